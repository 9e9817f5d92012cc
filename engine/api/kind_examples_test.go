package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/schemas"
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

// examples has an entry for each field kind; ids are those of two people, of
// two departments and of two records of the object kind_target, by their
// display.
func examples(people, departments, targets []string) map[string][]example {
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
					{map[string]any{"amount": "1201"}, map[string]any{"amount": "1201.00", "currency": "CNY"}, `amount(value) == 1201 && currency(value) == "CNY"`},
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
		"richtext": {{
			valid: []valid{
				{"<p>Hello <strong>world</strong> &amp; co</p>", nil, `value == "Hello world & co"`},
				{"a < b\nc", "a &lt; b<br>c", `value == "a < b\nc"`},
				{"<script>alert(1)</script><h2>Title</h2><p>It's</p>", "<h2>Title</h2><p>It&#39;s</p>", `value == "Title\nIt's"`},
				{`<img src=x onerror=alert(1)><p style="x" onclick="y">seen</p><svg><animate/></svg>`, "<p>seen</p>", `value == "seen"`},
				{`<a href="java&#9;script:alert(1)">one</a>`, "one", `value == "one"`},
				{`<a href="https://example.com/?a=1&amp;b=2" title="x">link</a>`, `<a href="https://example.com/?a=1&amp;b=2" rel="nofollow noreferrer noopener" target="_blank">link</a>`, `value == "link"`},
			},
			hostile: wrongTypes("richtext", hostile{strings.Repeat("x", 100001), "too_long", false}, hostile{"\x00", "invalid_text", true}),
			cells:   map[string]string{"<script>x</script>": "null", "<p> </p>": "null"},
		}},
		"time": {
			{
				valid:   append(texts("00:00", "09:30", "09:30:15", "23:59:59"), valid{"23:59:59", nil, ""}),
				hostile: wrongTypes("time", hostile{"24:00", "invalid_time", false}, hostile{"9:30", "invalid_time", false}, hostile{"09:60", "invalid_time", false}, hostile{"09:30:15.5", "invalid_time", false}, hostile{"09:30Z", "invalid_time", false}),
				cells:   map[string]string{"9:30": `"09:30"`, "9:30 pm": `"21:30"`, "09\uff1a30\uff1a00": `"09:30"`, "9点5分": `"09:05"`},
			},
			{
				settings: map[string]any{"minimum": "08:00", "maximum": "18:00"},
				valid:    texts("08:00", "18:00"),
				hostile:  []hostile{{"07:59:59", "too_small", true}, {"18:00:01", "too_large", true}},
			},
		},
		"duration": {{
			valid:   numbers("0", "1", "59", "5400", "90061", "9007199254740991"),
			hostile: wrongTypes("integer", hostile{json.Number("-1"), "too_small", false}, hostile{json.Number("1.5"), "wrong_type", false}, hostile{"1:30", "wrong_type", false}),
			cells:   map[string]string{"1:30": "5400", "0:00:05": "5", "1 h 30 min": "5400", "1.5小时": "5400", "90m": "5400", "1d2h": "93600"},
		}},
		"tags": {{
			valid: []valid{
				{[]any{"VIP"}, nil, `"VIP" in value && len(value) == 1`},
				{[]any{" b ", "A", "a", ""}, []any{"b", "A"}, `"A" in value && "b" in value`},
				{[]any{"重要 客户", "'; DROP TABLE x; --"[3:9]}, []any{"重要 客户", "DROP T"}, `"重要 客户" in value`},
			},
			hostile: wrongTypes("tags", hostile{"a", "wrong_type", false}, hostile{[]any{1}, "wrong_type", false}, hostile{[]any{"a,b"}, "invalid_tag", false}, hostile{[]any{strings.Repeat("x", 65)}, "invalid_tag", true}, hostile{[]any{"a\x00"}, "invalid_text", true}),
			cells:   map[string]string{"a, b；c、A": `["a","b","c"]`, ";": "null"},
		}},
		"address": {{
			valid: []valid{
				{map[string]any{"country": "CN", "region": "浙江省", "city": "杭州市", "street": "文三路  1 号", "postcode": "310000"}, map[string]any{"country": "CN", "region": "浙江省", "city": "杭州市", "street": "文三路 1 号", "postcode": "310000"}, `value == "CN 浙江省 杭州市 文三路 1 号 310000"`},
				{map[string]any{"street": "a|b", "city": nil}, map[string]any{"street": "a|b"}, `value == "a|b"`},
				{map[string]any{"city": `"Quoted"`}, nil, `value.startsWith("\"quoted")`},
			},
			hostile: []hostile{{"Main Street 1", "wrong_type", false}, {map[string]any{"planet": "Mars"}, "unknown_field", false}, {map[string]any{"city": 5}, "wrong_type", false}, {map[string]any{"city": strings.Repeat("x", 81)}, "too_long", false}, {map[string]any{"city": "a\x00"}, "invalid_text", true}},
			cells:   map[string]string{"文三路 1 号": `{"street":"文三路 1 号"}`, "CN | 浙江省 | 杭州市 |  | 文三路 | ": `{"city":"杭州市","region":"浙江省","street":"文三路","country":"CN"}`, `{"city": "x"}`: `{"city":"x"}`},
		}},
		"json": {{
			valid: []valid{
				{map[string]any{"b": []any{json.Number("1.50"), nil, true}, "aa": map[string]any{"x": "<&\u2028\b"}}, map[string]any{"b": []any{1.5, nil, true}, "aa": map[string]any{"x": "<&\u2028\b"}}, ""},
				{[]any{"a", "b"}, nil, ""},
				{[]any{nil}, nil, ""},
				{"text", nil, ""},
				{json.Number("1e3"), json.Number("1000"), ""},
				{false, nil, ""},
				{map[string]any{}, nil, ""},
			},
			hostile: []hostile{{json.Number("1e99"), "unsafe_number", true}, {[]any{"a\x00"}, "invalid_text", true}, {strings.Repeat("x", 65537), "too_long", true}, {map[string]any{"\x00": 1}, "invalid_text", true}},
			cells:   map[string]string{`{ "b" : 1, "aa" : [ ] }`: `{"b":1,"aa":[]}`, "null": "null", "[]": "null", "12.0": "12"},
		}},
		"region": {{
			valid:   texts("110000", "330100", "330106", "650000"),
			hostile: wrongTypes("region", hostile{"999999", "unknown_option", true}, hostile{"浙江省", "unknown_option", false}),
			cells:   map[string]string{"浙江省": `"330000"`, "浙江省/杭州市/西湖区": `"330106"`, "浙江省杭州市西湖区": `"330106"`, "北京市东城区": `"110101"`},
		}},
		"department": {{valid: texts(departments...), hostile: references("department")}},
		"user":       {{valid: texts(people...), hostile: references("user")}},
		"lookup":     {{settings: map[string]any{"target": "kind_target"}, valid: texts(targets...), hostile: references("lookup")}},
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

// ownExamples are those that the schema of a kind gives: fields in examples,
// and values in $defs/value/examples, in the order in which they sort. What lies
// beyond the limits of the values is refused.
func ownExamples(t *testing.T, kind string) []example {
	t.Helper()
	var schema struct {
		Examples []map[string]any
		Defs     struct {
			Value struct {
				Type             string
				Minimum, Maximum *json.Number
				Examples         []any
			}
		} `json:"$defs"`
	}
	text, err := fs.ReadFile(schemas.Files, "fields/"+kind+".json")
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&schema))
	var e example
	for _, value := range schema.Defs.Value.Examples {
		literal, err := json.Marshal(value)
		require.NoError(t, err)
		e.valid = append(e.valid, valid{sent: value, is: "value == " + string(literal)})
	}
	beyond := func(limit *json.Number, step int64, code string) {
		if limit != nil {
			n, err := limit.Int64()
			require.NoError(t, err)
			e.hostile = append(e.hostile, hostile{n + step, code, false})
		}
	}
	beyond(schema.Defs.Value.Minimum, -1, "too_small")
	beyond(schema.Defs.Value.Maximum, 1, "too_large")
	e.hostile = wrongTypes(schema.Defs.Value.Type, e.hostile...)
	var list []example
	for _, settings := range schema.Examples {
		delete(settings, "field")
		e.settings = settings
		list = append(list, e)
	}
	return list
}

func references(kind string) []hostile {
	return wrongTypes(kind, hostile{"Ada", "invalid_id", false}, hostile{"00000000-0000-7000-8000-0000000000ff", "missing_record", true},
		hostile{"{00000000-0000-7000-8000-0000000000f}", "invalid_id", false}, hostile{"urn:uuid:00000000-0000-7000-8000-0000000000ff", "invalid_id", true})
}
