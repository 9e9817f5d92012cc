package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestCellsOfASpreadsheetAreReadAsPeopleWriteThem: by label or code in either
// language, with separators and symbols, and records by what they are called
// among those that the reader may see; what is not clear is said.
func TestCellsOfASpreadsheetAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kind := func(name string) doc { return doc{"field": name, "title": name} }
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "firm", "type": "object", "display": "name", "properties": doc{
				"name": kind("text"), "code": doc{"field": "text", "title": "Code", "unique": true}, "open": kind("boolean"), "tel": kind("phone"),
			}},
			doc{"kind": "object", "name": "sale", "type": "object", "display": "name", "properties": doc{
				"name": kind("text"), "secret": kind("text"), "size": kind("integer"), "day": kind("date"), "moment": kind("datetime"), "sum": kind("money"), "yes": kind("boolean"),
				"from": doc{"field": "select", "title": "From", "oneOf": []any{doc{"const": "fair", "title": "Fair"}, doc{"const": "web", "title": "Web site"}}},
				"firm": doc{"field": "lookup", "title": "Firm", "target": "firm"}, "firms": doc{"field": "lookups", "title": "Firms", "target": "firm"},
			}},
			doc{"kind": "translation", "name": "zh-CN", "texts": doc{"object/sale/properties/from/oneOf/fair/title": "展会"}},
			doc{"kind": "role", "name": "seller", "grants": []any{
				doc{"object": "sale", "actions": []any{"read", "update"}, "fields": doc{"read": []any{"name", "firm"}, "update": []any{"name"}}},
				doc{"object": "firm", "actions": []any{"read"}, "scope": doc{"where": "open"}, "fields": doc{"read": []any{"*"}}},
			}},
		}}).Want(t, 200)
		firm := func(name, code string, open bool) string {
			id, _ := i.Admin.Post(t, "/records/firm", doc{"name": name, "code": code, "open": open}).Want(t, 201).Data(t)["id"].(string)
			return id
		}
		cloud, twin, hidden := firm("Cloud", "c1", true), firm("Twin", "c2", true), firm("Shadow", "c3", false)
		firm("Twin", "c4", true)
		i.Admin.Patch(t, "/records/firm/"+cloud, doc{"tel": "13800138000"}).Want(t, 200)
		sea := firm("海; 蓝", "c5", true)
		both := []any{min(cloud, twin), max(cloud, twin)}
		one := func(client *enginetest.Client, column, cell string) (value, code any) {
			t.Helper()
			var answer struct {
				Data [][]struct {
					Value  any
					Errors []struct{ Code string }
				}
			}
			client.Post(t, "/records/sale/_read_cells", doc{"columns": []any{column}, "rows": []any{[]any{cell}}}).Want(t, 200).Into(t, &answer)
			read := answer.Data[0][0]
			if len(read.Errors) > 0 {
				return nil, read.Errors[0].Code
			}
			return read.Value, nil
		}
		money := func(amount, currency string) any { return map[string]any{"amount": amount, "currency": currency} }
		for _, c := range []struct {
			column, cell string
			value, code  any
		}{
			{"from", "fair", "fair", nil},
			{"from", " Web site ", "web", nil},
			{"from", "展会", "fair", nil},
			{"from", "train", nil, "unknown_option"},
			{"name", "'=1+1", "=1+1", nil},
			{"name", "", nil, nil},
			{"size", "1,200", 1200.0, nil},
			{"size", "lots", nil, "wrong_type"},
			{"day", "2026/1/2", "2026-01-02", nil},
			{"day", "2026年1月2日", "2026-01-02", nil},
			{"day", "2 Jan 2026", "2026-01-02", nil},
			{"day", "1/25/2026", "2026-01-25", nil},
			{"day", "25/1/2026", "2026-01-25", nil},
			{"day", "1/2/2026", nil, "invalid_date"},
			{"day", "2/2/2026", "2026-02-02", nil},
			{"moment", "2 Jan 2026 09:30", "2026-01-02T01:30:00.000Z", nil},
			{"yes", "是", true, nil},
			{"yes", "perhaps", nil, "wrong_type"},
			{"sum", "-US$1,200.50", money("-1200.50", "USD"), nil},
			{"sum", "CN¥ 3", money("3.00", "CNY"), nil},
			{"sum", "SGD\u00a01,200.50", money("1200.50", "SGD"), nil},
			{"sum", "1,200", money("1200.00", "CNY"), nil},
			{"sum", "$5", money("5.00", "USD"), nil},
			{"sum", "¥5", nil, "unknown_currency"},
			{"sum", "5 XYZ", nil, "unknown_currency"},
			{"firm", "Cloud", cloud, nil},
			{"firm", "c2", twin, nil},
			{"firm", "138 0013 8000", cloud, nil},
			{"firm", "Twin", nil, "ambiguous_record"},
			{"firm", "Nobody", nil, "no_such_record"},
			{"firm", cloud, cloud, nil},
			{"firm", absent, nil, "no_such_record"},
			{"firms", "Cloud; c2", both, nil},
			{"firms", "海; 蓝", []any{sea}, nil},
			{"firms", "Cloud; Twin", nil, "ambiguous_record"},
		} {
			value, code := one(i.Admin, c.column, c.cell)
			require.Equal(t, c.value, value, c.column+" "+c.cell)
			require.Equal(t, c.code, code, c.column+" "+c.cell)
		}
		seller := i.Person(t, "Sel", "seller")
		for _, cell := range []string{"Shadow", "c3", hidden} {
			_, code := one(seller, "firm", cell)
			require.Equal(t, "no_such_record", code, "who may not see it is told that there is none")
		}
		code, items := seller.Post(t, "/records/sale/_read_cells", doc{"columns": []any{"secret"}, "rows": []any{}}).Fault(t)
		require.Equal(t, "invalid_values", code)
		require.Len(t, items, 1)
		i.Person(t, "Out").Post(t, "/records/sale/_read_cells", doc{"columns": []any{"name"}, "rows": []any{}}).Want(t, 404)
		long := make([]any, 1001)
		for n := range long {
			long[n] = []any{"x"}
		}
		i.Admin.Post(t, "/records/sale/_read_cells", doc{"columns": []any{"name"}, "rows": long}).Want(t, 422)
		i.Admin.Post(t, "/records/sale/_read_cells", doc{"columns": []any{"name"}, "rows": []any{[]any{"a", "b"}}}).Want(t, 422)
	})
}
