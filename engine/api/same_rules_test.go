package api_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// tender is an object whose form shows and requires a number of a bid, whose
// city depends on its province, and whose phone is of one record only.
func tender() []any {
	option := func(code string, when ...any) doc {
		o := doc{"const": code, "title": code}
		if len(when) > 0 {
			o["when"] = when
		}
		return o
	}
	return []any{
		doc{"kind": "object", "name": "tender", "type": "object", "display": "name", "required": []any{"name"}, "properties": doc{
			"name":       doc{"field": "text"},
			"type":       doc{"field": "select", "oneOf": []any{option("open"), option("bid")}},
			"bid_number": doc{"field": "text"},
			"province":   doc{"field": "select", "oneOf": []any{option("zhejiang"), option("jiangsu")}},
			"city":       doc{"field": "select", "dependsOn": "province", "oneOf": []any{option("hangzhou", "zhejiang"), option("suzhou", "jiangsu")}},
			"phone":      doc{"field": "phone"},
		}, "behaviours": doc{"duplicates": []any{comparing("block", "phone")}}},
		doc{"kind": "form", "name": "tender_default", "object": "tender", "sections": []any{doc{"fields": []any{
			"name", "type", doc{"field": "bid_number", "showIf": `type == "bid"`, "requiredIf": `type == "bid"`}, "province", "city", "phone",
		}}}},
	}
}

// ways are the ways to write a tender. Each gives the codes of the refusal by
// their fields, none when the values are taken.
func ways(i *enginetest.Installation) map[string]func(t *testing.T, values doc) map[string]string {
	refusal := func(t *testing.T, answer *enginetest.Answer) map[string]string {
		t.Helper()
		if answer.Status < 300 {
			return map[string]string{}
		}
		_, items := answer.Fault(t)
		return items
	}
	before := func(t *testing.T) string {
		t.Helper()
		made := i.Admin.Post(t, "/records/tender", doc{"name": "before", "type": "open", "province": "jiangsu", "city": "suzhou"})
		return made.Want(t, 201).Data(t)["id"].(string)
	}
	batch := func(rehearsed bool) func(t *testing.T, values doc) map[string]string {
		return func(t *testing.T, values doc) map[string]string {
			t.Helper()
			operation := doc{"op": "update", "id": before(t), "values": values}
			answer := i.Admin.Post(t, "/records/tender/_batch", doc{"dry_run": rehearsed, "operations": []any{operation}}).Want(t, 200)
			items := map[string]string{}
			faults, _ := answer.List(t)[0]["errors"].([]any)
			for _, one := range faults {
				item, _ := one.(map[string]any)
				items[fmt.Sprint(item["pointer"])] = fmt.Sprint(item["code"])
			}
			return items
		}
	}
	return map[string]func(t *testing.T, values doc) map[string]string{
		"create": func(t *testing.T, values doc) map[string]string {
			return refusal(t, i.Admin.Post(t, "/records/tender", values))
		},
		"update": func(t *testing.T, values doc) map[string]string {
			return refusal(t, i.Admin.Patch(t, "/records/tender/"+before(t), values))
		},
		"rehearsal": batch(true),
		"batch":     batch(false),
		"import": func(t *testing.T, values doc) map[string]string {
			t.Helper()
			names := slices.Sorted(maps.Keys(values))
			row := make([]string, len(names))
			for at, name := range names {
				row[at] = fmt.Sprint(values[name])
			}
			var text strings.Builder
			table := csv.NewWriter(&text)
			require.NoError(t, table.WriteAll([][]string{names, row}))
			uploaded := i.Admin.Upload(t, "tender", "tenders.csv", []byte(text.String())).Want(t, 201).Data(t)
			i.Admin.Stage(t, uploaded["id"], "plan")
			items := map[string]string{}
			for _, row := range i.Admin.Get(t, fmt.Sprintf("/imports/%v/rows", uploaded["id"])).Want(t, 200).List(t) {
				faults, _ := row["errors"].([]any)
				for _, one := range faults {
					item, _ := one.(map[string]any)
					items[fmt.Sprint(item["pointer"])] = fmt.Sprint(item["code"])
				}
			}
			return items
		},
	}
}

// TestARuleHoldsHoweverARecordIsWritten: what a form requires, what goes with
// what, and what may be there once, is the same for a form, a cell, many
// records at once, a file and a program.
func TestARuleHoldsHoweverARecordIsWritten(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, tender()...)
		i.Admin.Post(t, "/records/tender", doc{"name": "first", "phone": "13800138000"}).Want(t, 201)
		for name, asked := range map[string]struct {
			values  doc
			refused map[string]string
		}{
			"a bid needs its number":            {doc{"type": "bid"}, map[string]string{"/bid_number": "required"}},
			"a bid with its number is taken":    {doc{"type": "bid", "bid_number": "T-1"}, map[string]string{}},
			"what is no bid needs none":         {doc{"type": "open"}, map[string]string{}},
			"a number that is hidden is taken":  {doc{"type": "open", "bid_number": "T-1"}, map[string]string{}},
			"a city lies in its province":       {doc{"province": "zhejiang", "city": "suzhou"}, map[string]string{"/city": "option_does_not_fit"}},
			"a city of its province is taken":   {doc{"province": "zhejiang", "city": "hangzhou"}, map[string]string{}},
			"a phone is of one record":          {doc{"phone": "138 0013 8000"}, map[string]string{"/phone": "duplicate"}},
			"a phone must be one":               {doc{"type": "bid", "phone": "nobody"}, map[string]string{"/phone": "invalid_phone"}},
			"a name is needed whatever it says": {doc{"name": "", "type": "open"}, map[string]string{"/name": "required"}},
		} {
			for way, write := range ways(i) {
				values := maps.Clone(asked.values)
				if _, given := values["name"]; !given {
					values["name"] = "after"
				}
				require.Equal(t, asked.refused, write(t, values), "%s: %s", way, name)
			}
		}
	})
}
