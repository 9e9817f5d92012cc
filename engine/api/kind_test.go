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

// example is a field of a kind with its settings, values it takes, in the
// order in which they sort, and values it refuses; cells are what people write
// into spreadsheets, with the value that is meant.
type example struct {
	settings map[string]any
	valid    []valid
	hostile  []hostile
	cells    map[string]string
}

// valid is a value that is taken: what is sent, what is answered (the same
// when it is not given), and an expression that holds for it alone.
type valid struct {
	sent, answered any
	is             string
}

// hostile is a value that is refused with a code. Of those that lie beyond
// what JSON Schema can say, the record's schema knows nothing.
type hostile struct {
	sent   any
	code   string
	beyond bool
}

// examples has an entry for each field kind; ids are those of two people and
// of two records of the object kind_target, by their display.
func examples(people, targets []string) map[string][]example {
	return map[string][]example{
		"text": {
			{
				valid:   texts("!", "'; DROP TABLE x; --", "0", "1", "10", "a", "ab", "Äpfel", "b", "\u200bpartly hidden", strings.Repeat("z", 255), "啊", "北京", "张三"),
				hostile: wrongTypes("text", hostile{strings.Repeat("界", 256), "too_long", false}, hostile{"a\x00b", "invalid_text", true}),
			},
			{
				settings: map[string]any{"minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
				valid:    texts("ab", "abcd"),
				hostile:  []hostile{{"a", "too_short", false}, {"abcde", "too_long", false}, {"AB", "pattern_mismatch", false}, {"ab\n", "pattern_mismatch", false}},
			},
		},
		"longtext": {{
			valid:   append(texts("one\ntwo\r\n\tthree", `{"a": [1]}`, "👩‍👩‍👧 é е\u0301", "  kept  "), valid{sent: strings.Repeat("长", 20000)}),
			hostile: wrongTypes("longtext", hostile{strings.Repeat("x", 20001), "too_long", false}, hostile{"\x00", "invalid_text", true}),
		}},
		"integer": {
			{
				valid:   numbers("-9007199254740991", "-1", "0", "1", "9007199254740991"),
				hostile: wrongTypes("integer", hostile{json.Number("1.5"), "wrong_type", false}, hostile{json.Number("9007199254740992"), "too_large", false}, hostile{json.Number("1e999999999"), "wrong_type", true}, hostile{"7", "wrong_type", false}),
				cells:   map[string]string{"1,234": "1234", "\uff11\uff12\uff0c\uff13\uff14\uff15": "12345", "\uff0d7": "-7", "12.0": "12"},
			},
			{
				settings: map[string]any{"exclusiveMinimum": 0, "maximum": 100, "multipleOf": 5},
				valid:    numbers("5", "100"),
				hostile:  []hostile{{0, "too_small", false}, {105, "too_large", false}, {7, "not_a_multiple", false}},
			},
		},
		"decimal": {
			{
				valid: []valid{
					{"-99999999999999.9999", nil, "value == -99999999999999.9999"},
					{"-0.0001", nil, "value == -0.0001"},
					{"0", nil, "value == 0"},
					{"-0.0", "0", ""},
					{json.Number("0.1"), "0.1", "value == 0.1"},
					{"1.50", "1.5", "value == 1.5"},
					{"12", nil, "value == 12.00"},
					{"99999999999999.9999", nil, "value == 99999999999999.9999"},
				},
				hostile: wrongTypes("decimal", hostile{"0.00001", "too_many_decimals", true}, hostile{"100000000000000", "too_large", true}, hostile{"1e3", "wrong_type", true}, hostile{"NaN", "wrong_type", true}, hostile{"1,5", "wrong_type", true}, hostile{"٣", "wrong_type", true}),
				cells:   map[string]string{"1,234.50": `"1234.5"`, "\uff11\uff0e\uff15": `"1.5"`, "1\u202f000": `"1000"`},
			},
			{
				settings: map[string]any{"decimals": 0, "minimum": "-2", "exclusiveMaximum": 10},
				valid:    []valid{{"-2", nil, "value == -2"}, {"9", nil, "value == 9"}},
				hostile:  []hostile{{"-3", "too_small", true}, {"10", "too_large", true}, {"1.5", "too_many_decimals", true}},
			},
		},
		"percent": {{
			valid:   []valid{{"-5", nil, "value == -5"}, {"0.25", nil, "value == 0.25"}, {"100", nil, "value == 100"}},
			hostile: wrongTypes("percent", hostile{"12%", "wrong_type", true}, hostile{"0.125", "too_many_decimals", true}),
			cells:   map[string]string{"12.5%": `"12.5"`, "12.5\uff05": `"12.5"`},
		}},
		"money": {
			{
				valid: []valid{
					{map[string]any{"amount": "-99999999999999.99", "currency": "CNY"}, nil, "value == -99999999999999.99"},
					{map[string]any{"amount": json.Number("-0.5"), "currency": "CNY"}, map[string]any{"amount": "-0.50", "currency": "CNY"}, "value == -0.5"},
					{json.Number("0"), map[string]any{"amount": "0.00", "currency": "CNY"}, "value == 0"},
					{"1200.5", map[string]any{"amount": "1200.50", "currency": "CNY"}, `value__currency == "CNY" && value == 1200.50`},
					{map[string]any{"amount": "1201"}, map[string]any{"amount": "1201.00", "currency": "CNY"}, "value__amount == 1201"},
				},
				hostile: wrongTypes("money", hostile{map[string]any{"amount": "1", "currency": "cny"}, "unknown_currency", false}, hostile{map[string]any{"amount": "1", "currency": "USD"}, "no_exchange_rate", true},
					hostile{map[string]any{"amount": "1.001", "currency": "CNY"}, "too_many_decimals", true}, hostile{map[string]any{"amount": "100000000000000", "currency": "CNY"}, "too_large", true},
					hostile{map[string]any{"amount": "1", "currency": nil}, "wrong_type", false}, hostile{map[string]any{"currency": "CNY"}, "wrong_type", false}, hostile{map[string]any{"amount": "1", "currency": "CNY", "base": "9"}, "wrong_type", false}),
				cells: map[string]string{"1,200.5": `{"amount":"1200.50","currency":"CNY"}`, "1200 jpy": `{"amount":"1200","currency":"JPY"}`, "USD 3.5": `{"amount":"3.50","currency":"USD"}`},
			},
			{
				settings: map[string]any{"minimum": 0, "exclusiveMaximum": "10"},
				valid:    []valid{{"0", map[string]any{"amount": "0.00", "currency": "CNY"}, "value == 0"}, {"9.99", map[string]any{"amount": "9.99", "currency": "CNY"}, "value == 9.99"}},
				hostile:  []hostile{{"-0.01", "too_small", false}, {"10", "too_large", false}},
			},
		},
		"boolean": {{
			valid:   []valid{{false, nil, "value == false"}, {true, nil, "value == true"}},
			hostile: wrongTypes("boolean", hostile{"true", "wrong_type", false}, hostile{0, "wrong_type", false}),
			cells:   map[string]string{"Yes": "true", "是": "true", "0": "false", "否": "false"},
		}},
		"date": {
			{
				valid:   quotedBy(`date("%s")`, "0001-01-01", "1969-12-31", "2024-02-29", "2026-11-21", "9999-12-31"),
				hostile: wrongTypes("date", hostile{"2025-02-29", "invalid_date", false}, hostile{"0000-01-01", "invalid_date", true}, hostile{"2026-11-21T08:00:00Z", "invalid_date", false}, hostile{"21.11.2026", "invalid_date", false}, hostile{"10000-01-01", "invalid_date", false}),
				cells:   map[string]string{"2026/1/2": `"2026-01-02"`, "2026年1月2日": `"2026-01-02"`, "20260102": `"2026-01-02"`, "2026-01-02 15:04:05": `"2026-01-02"`},
			},
			{
				settings: map[string]any{"minimum": "2026-01-01", "maximum": "2026-12-31"},
				valid:    quotedBy(`date("%s")`, "2026-01-01", "2026-12-31"),
				hostile:  []hostile{{"2025-12-31", "too_small", true}, {"2027-01-01", "too_large", true}},
			},
		},
		"datetime": {{
			valid: []valid{
				{"0001-01-01T00:00:00.000Z", nil, `value == datetime("0001-01-01T00:00:00Z")`},
				{"1969-12-31T23:59:59.999Z", nil, `value == datetime("1969-12-31T23:59:59.999Z")`},
				{"2026-03-29T02:30:00+01:00", "2026-03-29T01:30:00.000Z", `value == datetime("2026-03-29T01:30:00Z")`},
				{"2026-11-21T08:00:00.1239Z", "2026-11-21T08:00:00.123Z", `value == datetime("2026-11-21T08:00:00.123Z")`},
				{"9999-12-31T23:59:59.999Z", nil, `value == datetime("9999-12-31T23:59:59.999Z")`},
			},
			hostile: wrongTypes("datetime", hostile{"2026-11-21", "invalid_datetime", false}, hostile{"2026-11-21T08:00:00", "invalid_datetime", false}, hostile{"2026-11-21T25:00:00Z", "invalid_datetime", false}, hostile{"0000-12-31T00:00:00Z", "invalid_datetime", true}, hostile{"9999-12-31T23:59:59-01:00", "invalid_datetime", true}),
			cells:   map[string]string{"2026/1/2 3:04": `"2026-01-02T03:04:00.000Z"`, "2026-01-02": `"2026-01-02T00:00:00.000Z"`, "2026-01-02T03:04:05+08:00": `"2026-01-01T19:04:05.000Z"`},
		}},
		"select": {{
			settings: map[string]any{"oneOf": []any{map[string]any{"const": "zeta", "title": "First"}, map[string]any{"const": "alpha", "title": "zeta"}, map[string]any{"const": "mid", "title": "First"}}},
			valid:    texts("zeta", "alpha", "mid"),
			hostile:  wrongTypes("select", hostile{"First", "unknown_option", false}, hostile{"ZETA", "unknown_option", false}, hostile{"zeta ", "unknown_option", false}),
			cells:    map[string]string{"ZETA": `"zeta"`, "FIRST": `"zeta"`, "Alpha": `"alpha"`},
		}},
		"multiselect": {{
			settings: map[string]any{"oneOf": []any{map[string]any{"const": "red", "title": "Red; or so"}, map[string]any{"const": "green", "title": "Green"}, map[string]any{"const": "blue", "title": "蓝"}}},
			valid: []valid{
				{[]any{"red"}, nil, `"red" in value && len(value) == 1`}, {[]any{"blue", "red", "blue"}, []any{"red", "blue"}, `"blue" in value && len(value) == 2`}, {[]any{"red", "green", "blue"}, nil, "len(value) == 3"},
			},
			hostile: wrongTypes("multiselect", hostile{[]any{"red", "black"}, "unknown_option", false}, hostile{[]any{1}, "wrong_type", false}, hostile{[]any{nil}, "wrong_type", false}, hostile{"red", "wrong_type", false}),
			cells:   map[string]string{"green; red": `["red","green"]`, "蓝\uff1bgreen、RED": `["red","green","blue"]`, "; ;": "null"},
		}},
		"email": {{
			valid:   []valid{{"a+b@EXAMPLE.com", "a+b@example.com", `value == "a+b@example.com"`}, {" b@sub.example.co ", "b@sub.example.co", `value == "b@sub.example.co"`}, {"o'brien@example.com", nil, `value == "o'brien@example.com"`}},
			hostile: wrongTypes("email", hostile{"nobody", "invalid_email", false}, hostile{"a@b@c", "invalid_email", false}, hostile{"Ann <a@example.com>", "invalid_email", true}, hostile{"a@example.com\r\nBcc: x@example.com", "invalid_email", true}, hostile{strings.Repeat("a", 250) + "@example.com", "invalid_email", false}),
		}},
		"phone": {{
			valid:   []valid{{"+1 (415) 555-2671", "+14155552671", `value == "+14155552671"`}, {"+442071838750", nil, `value == "+442071838750"`}, {"138 0013 8000", "+8613800138000", `value == "+8613800138000"`}},
			hostile: wrongTypes("phone", hostile{"call me", "invalid_phone", true}, hostile{"+999", "invalid_phone", true}, hostile{strings.Repeat("1", 65), "invalid_phone", false}),
		}},
		"url": {{
			valid:   []valid{{"http://example.com", nil, `value == "http://example.com"`}, {" https://example.com/a?b=c#d ", "https://example.com/a?b=c#d", `value == "https://example.com/a?b=c#d"`}, {"https://例子.测试/路", nil, `value == "https://例子.测试/路"`}},
			hostile: wrongTypes("url", hostile{"javascript:alert(1)", "invalid_url", true}, hostile{"//example.com", "invalid_url", false}, hostile{"https://", "invalid_url", true}, hostile{"https://example.com/a\nb", "invalid_url", false}, hostile{"https://example.com/" + strings.Repeat("x", 2000), "invalid_url", false}),
			cells:   map[string]string{"example.com/a": `"https://example.com/a"`},
		}},
		"user":   {{valid: texts(people...), hostile: references("user")}},
		"lookup": {{settings: map[string]any{"target": "kind_target"}, valid: texts(targets...), hostile: references("lookup")}},
		"lookups": {{
			settings: map[string]any{"target": "kind_target"},
			valid: []valid{
				{[]any{targets[0]}, nil, fmt.Sprintf("%q in value && len(value) == 1", targets[0])},
				{[]any{targets[1], targets[0], targets[1]}, slices.Sorted(slices.Values(targets)), "len(value) == 2"},
			},
			hostile: wrongTypes("lookups", hostile{[]any{"x"}, "invalid_id", false}, hostile{[]any{targets[0], 7}, "wrong_type", false},
				hostile{[]any{targets[0], people[0]}, "missing_record", true}, hostile{targets[0], "wrong_type", false}),
		}},
		"link": {{
			settings: map[string]any{"targets": []any{"kind_target", "user"}},
			valid: []valid{
				{map[string]any{"object": "kind_target", "id": targets[0]}, nil, fmt.Sprintf("value == %q", targets[0])},
				{map[string]any{"object": "user", "id": people[0]}, nil, fmt.Sprintf(`value__object == "user" && value == %q`, people[0])},
			},
			hostile: wrongTypes("link", hostile{targets[0], "wrong_type", false}, hostile{map[string]any{"object": "kind_target", "id": "x"}, "invalid_id", false},
				hostile{map[string]any{"object": "user", "id": targets[0]}, "missing_record", true}, hostile{map[string]any{"object": "lead", "id": targets[0]}, "unknown_option", false},
				hostile{map[string]any{"object": "user", "id": people[0], "more": 1}, "wrong_type", false}),
		}},
		"autonumber": {{
			settings: map[string]any{"pattern": "N-{0000}"},
			valid:    []valid{{nil, "N-0001", `value == "N-0001"`}, {nil, "N-0002", `value == "N-0002"`}},
			hostile:  []hostile{{"N-0009", "read_only", false}, {7, "read_only", false}, {nil, "read_only", false}},
		}},
	}
}

func texts(list ...string) []valid { return quotedBy(`"%s"`, list...) }

func quotedBy(form string, list ...string) []valid {
	all := make([]valid, len(list))
	for i, text := range list {
		inside, _ := json.Marshal(text)
		all[i] = valid{sent: text, is: "value == " + fmt.Sprintf(form, inside[1:len(inside)-1])}
	}
	return all
}

func numbers(list ...string) []valid {
	all := make([]valid, len(list))
	for i, text := range list {
		all[i] = valid{sent: json.Number(text), is: "value == " + text}
	}
	return all
}

// wrongTypes adds the JSON values that are of no use to a kind.
func wrongTypes(kind string, more ...hostile) []hostile {
	list := slices.Concat(more, []hostile{{map[string]any{"a": 1}, "wrong_type", false}, {[]any{map[string]any{}}, "wrong_type", false}})
	if kind != "boolean" {
		list = append(list, hostile{true, "wrong_type", false})
	}
	if !slices.Contains([]string{"integer", "decimal", "percent", "money"}, kind) {
		list = append(list, hostile{json.Number("5"), "wrong_type", false})
	}
	return list
}

func references(kind string) []hostile {
	return wrongTypes(kind, hostile{"Ada", "invalid_id", false}, hostile{"00000000-0000-7000-8000-0000000000ff", "missing_record", true},
		hostile{"{00000000-0000-7000-8000-0000000000f}", "invalid_id", false}, hostile{"urn:uuid:00000000-0000-7000-8000-0000000000ff", "invalid_id", true})
}

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
// examples fails.
func TestFieldKind(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{map[string]any{
			"kind": "object", "name": "kind_target", "type": "object", "properties": map[string]any{"name": map[string]any{"field": "text"}},
		}}}).Want(t, 200)
		people := []string{i.Person(t, "啊 First").UserID, i.Person(t, "张 Last").UserID}
		var targets []string
		for _, name := range []string{"Apfel", "äpfel tart"} {
			targets = append(targets, i.Admin.Post(t, "/records/kind_target", map[string]any{"name": name}).Want(t, 201).Data(t)["id"].(string))
		}
		table := examples(people, targets)
		var tests []*kindTest
		var definitions []any
		for _, kind := range field.Kinds() {
			if slices.Contains(field.ComputedKinds(), kind.Name()) {
				continue // nobody enters their values; see computed_test.go
			}
			if kind.Name() == "lines" { // records of their own: TestLinesAreSavedWithTheirRecord
				continue
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
