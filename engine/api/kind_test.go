package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/field"
)

// kindTest is an object with one field of a kind, value, and a record for each
// of its valid values, and one that is empty.
type kindTest struct {
	*enginetest.Installation
	example
	object  string
	kind    field.Kind
	records map[string]any // what each record answers, by its id
	ids     []string       // of the records with a value, as their values sort
}

// TestFieldKind holds every kind to the promises of a kind. One that has no
// examples, neither here nor in its schema, fails.
func TestFieldKind(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{map[string]any{
			"kind": "object", "name": "kind_target", "type": "object", "properties": map[string]any{"name": map[string]any{"field": "text"}},
		}}}).Want(t, 200)
		people := []string{i.Person(t, "啊 First").UserID, i.Person(t, "张 Last").UserID}
		var departments []string
		for _, name := range []string{"Market", "Sales"} {
			departments = append(departments, i.Admin.Post(t, "/records/department", map[string]any{"name": name, "code": name}).Want(t, 201).Data(t)["id"].(string))
		}
		var targets []string
		for _, name := range []string{"Apfel", "äpfel tart"} {
			targets = append(targets, i.Admin.Post(t, "/records/kind_target", map[string]any{"name": name}).Want(t, 201).Data(t)["id"].(string))
		}
		table := examples(people, departments, targets)
		maps.Copy(table, fileExamples(t, i))
		var tests []*kindTest
		var definitions []any
		for _, kind := range field.Kinds() {
			if slices.Contains(field.ComputedKinds(), kind.Name()) {
				continue // nobody enters their values; see computed_test.go
			}
			if kind.Name() == "lines" { // records of their own: TestLinesAreSavedWithTheirRecord
				continue
			}
			if table[kind.Name()] == nil {
				table[kind.Name()] = ownExamples(t, kind.Name())
			}
			require.NotEmpty(t, table[kind.Name()], "the field kind %s has no examples", kind.Name())
			for n, e := range table[kind.Name()] {
				k := &kindTest{Installation: i, example: e, kind: kind, object: fmt.Sprintf("kind_%s_%d", kind.Name(), n+1), records: map[string]any{}}
				property := map[string]any{"field": kind.Name()}
				maps.Copy(property, e.settings)
				definitions = append(definitions, map[string]any{"kind": "object", "name": k.object, "type": "object", "properties": map[string]any{"value": property}})
				tests = append(tests, k)
			}
		}
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": definitions}).Want(t, 200)
		for _, k := range tests {
			t.Run(k.object, func(t *testing.T) {
				k.takes(t)
				k.takesEmptyForNull(t)
				k.refuses(t)
				k.filters(t)
				k.sorts(t)
				k.writesTextItReads(t)
				k.readsWhatPeopleWrite(t)
				k.isDescribed(t)
			})
		}
	})
}

func (k *kindTest) path() string { return "/records/" + k.object }

// takes creates a record of each value and reads it again, alone and listed.
func (k *kindTest) takes(t *testing.T) {
	for _, v := range k.valid {
		want := v.answered
		if want == nil {
			want = v.sent
		}
		body := map[string]any{}
		if v.sent != nil {
			body["value"] = v.sent
		}
		created := k.Admin.Post(t, k.path(), body).Want(t, 201).Data(t)
		id := created["id"].(string)
		require.Equal(t, plain(t, want), created["value"])
		require.Equal(t, created["value"], k.Admin.Get(t, k.path()+"/"+id).Want(t, 200).Data(t)["value"])
		k.ids = append(k.ids, id)
		k.records[id] = created["value"]
	}
	listed := map[string]any{}
	for _, record := range k.Admin.Get(t, k.path()+"?limit=1000").Want(t, 200).List(t) {
		listed[record["id"].(string)] = record["value"]
	}
	require.Equal(t, k.records, listed)
}

// takesEmptyForNull: empty text, an empty set, null and absent are one value.
func (k *kindTest) takesEmptyForNull(t *testing.T) {
	if k.kind.Name() == "autonumber" {
		return
	}
	first := k.path() + "/" + k.ids[0]
	for _, empty := range []any{"", []any{}, nil} {
		require.Nil(t, k.Admin.Patch(t, first, map[string]any{"value": empty}).Want(t, 200).Data(t)["value"])
		back := k.Admin.Patch(t, first, map[string]any{"value": k.valid[0].sent}).Want(t, 200).Data(t)["value"]
		require.Equal(t, k.records[k.ids[0]], back)
	}
	created := k.Admin.Post(t, k.path(), map[string]any{}).Want(t, 201).Data(t)
	require.Nil(t, created["value"])
	k.records[created["id"].(string)] = nil
}

func (k *kindTest) refuses(t *testing.T) {
	before := k.Admin.Get(t, k.path()+"?limit=1000").Want(t, 200).Body
	for _, h := range k.hostile {
		code, items := k.Admin.Post(t, k.path(), map[string]any{"value": h.sent}).Want(t, 422).Fault(t)
		require.Equal(t, "invalid_values", code)
		require.Equal(t, map[string]string{"/value": h.code}, items, "%v", h.sent)
		_, items = k.Admin.Patch(t, k.path()+"/"+k.ids[0], map[string]any{"value": h.sent}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/value": h.code}, items, "%v", h.sent)
	}
	require.Equal(t, string(before), string(k.Admin.Get(t, k.path()+"?limit=1000").Body))
}

// filters finds each value by the expression that holds for it alone, all
// others by its opposite, and the empty record by null.
func (k *kindTest) filters(t *testing.T) {
	find := func(where string) []string {
		t.Helper()
		ids := []string{}
		answer := k.Admin.Post(t, k.path()+"/_query", map[string]any{"where": where, "fields": []string{"id"}, "limit": 1000})
		for _, record := range answer.Want(t, 200).List(t) {
			ids = append(ids, record["id"].(string))
		}
		return ids
	}
	having := func(holds func(value any) bool) []string {
		ids := []string{}
		for id, value := range k.records {
			if holds(value) {
				ids = append(ids, id)
			}
		}
		return ids
	}
	for n, v := range k.valid {
		if v.is == "" {
			continue
		}
		want := plain(t, k.records[k.ids[n]])
		require.ElementsMatch(t, having(func(value any) bool { return equalJSON(value, want) }), find(v.is), v.is)
		others := having(func(value any) bool { return !equalJSON(value, want) })
		require.ElementsMatch(t, others, find("!("+v.is+")"), v.is)
		if literal, ok := strings.CutPrefix(v.is, "value == "); ok {
			require.ElementsMatch(t, others, find("value != "+literal), v.is)
		}
	}
	require.ElementsMatch(t, having(func(value any) bool { return value == nil }), find("value == null"))
	require.ElementsMatch(t, having(func(value any) bool { return value != nil }), find("value != null"))
}

// sorts lists the values in the order of the examples, the empty one first,
// or refuses to.
func (k *kindTest) sorts(t *testing.T) {
	if k.kind.Order() == field.Unsorted {
		code, _ := k.Admin.Get(t, k.path()+"?sort=value").Want(t, 400).Fault(t)
		require.Equal(t, "not_sortable", code)
		return
	}
	sorted := func(order string) []any {
		var values []any
		for _, record := range k.Admin.Get(t, k.path()+"?limit=1000&sort="+url.QueryEscape(order)).Want(t, 200).List(t) {
			values = append(values, record["value"])
		}
		return values
	}
	var want []any
	if len(k.records) > len(k.ids) {
		want = append(want, nil)
	}
	for _, id := range k.ids {
		want = append(want, k.records[id])
	}
	require.Equal(t, want, sorted("value,created_at"))
	slices.Reverse(want)
	require.Equal(t, want, sorted("-value,-created_at"))
}

// writesTextItReads: what an export writes, an import reads as the same value,
// in each language.
func (k *kindTest) writesTextItReads(t *testing.T) {
	f := k.field(t)
	if f.Files != nil { // what a file holds does not stand in a cell: TestAnExportNamesFiles
		return
	}
	for _, id := range k.ids {
		raw, err := json.Marshal(k.records[id])
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		var wire any
		require.NoError(t, decoder.Decode(&wire))
		value, item := k.kind.Parse(f, wire)
		require.Nil(t, item, "%s is answered and refused", raw)
		for _, in := range []field.Locale{{}, {Language: "zh-CN", Zone: time.FixedZone("", -11*3600)}} {
			text := k.kind.Text(f, value, in)
			again, item := k.kind.ParseText(f, text, in)
			require.Nil(t, item, "%q is written and not read", text)
			require.JSONEq(t, string(raw), string(k.kind.AppendJSON(nil, f, again)), "by way of %q", text)
		}
	}
}

func (k *kindTest) readsWhatPeopleWrite(t *testing.T) {
	f := k.field(t)
	for text, want := range k.cells {
		value, item := k.kind.ParseText(f, text, field.Locale{})
		require.Nil(t, item, "%q", text)
		written := []byte("null")
		if value != nil {
			written = k.kind.AppendJSON(nil, f, value)
		}
		require.Equal(t, want, string(written), "%q", text)
	}
}

func (k *kindTest) field(t *testing.T) *field.Field {
	t.Helper()
	object, ok := k.Catalog.Current().Catalog().Object(k.object)
	require.True(t, ok)
	f, ok := object.Field("value")
	require.True(t, ok)
	return f
}

// isDescribed: the record's JSON Schema takes every answer and refuses what is
// hostile, as far as JSON Schema can tell.
func (k *kindTest) isDescribed(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	address := "https://example.com/" + k.object
	require.NoError(t, compiler.AddResource(address, bytes.NewReader(k.Admin.Get(t, "/meta/object/"+k.object+"/schema").Want(t, 200).Body)))
	schema, err := compiler.Compile(address)
	require.NoError(t, err)
	if k.kind.Name() != "autonumber" {
		for _, value := range k.records {
			if value != nil {
				require.NoError(t, schema.Validate(map[string]any{"value": value}), "%v is answered", value)
			}
		}
	}
	for _, h := range k.hostile {
		if !h.beyond {
			require.Error(t, schema.Validate(map[string]any{"value": plain(t, h.sent)}), "%v is refused", h.sent)
		}
	}
	require.Error(t, schema.Validate(map[string]any{"bogus": 1}))
}

// plain is a value as it looks when it was JSON.
func plain(t *testing.T, value any) any {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	var decoded any
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return value // a number beyond what Go reads
	}
	return decoded
}

func equalJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
