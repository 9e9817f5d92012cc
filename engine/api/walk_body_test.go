package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"strings"
)

// bodies makes bodies from JSON Schemas: valid ones, and what is made of them.
type bodies struct {
	*rand.Rand
	schemas map[string]any
	seen    map[string][]string // the texts that answers held, by the name of their member, and ids by their path
}

// one is true once in so many times.
func (b *bodies) one(in int) bool { return b.IntN(in) == 0 }

func hostileTexts() []string {
	return []string{
		"'; DROP TABLE lead; --", `" OR ""="`, "%", "_", `\`, "a\x00b", "\u2028", "\u202eexe.gpj", "\ufeff", "<script>alert(1)</script>", "=1+1", "{{7*7}}", "${x}", "../../etc/passwd", "file:///etc/passwd", "javascript:alert(1)",
		"1e400", "-0", "0x10", "٣", "NaN", "null", "true", "[]", "{}", "00000000-0000-7000-8000-0000000000ff", "{00000000-0000-7000-8000-0000000000f}", "2026-02-30", "9999-12-31T23:59:59-01:00", "P99999999999Y", "\r\nSet-Cookie: x", "ﬁ İ ß", "👩‍👩‍👧", "admin", "system", "id", "owner", "-", "*", ",", "a,b,,c", "(((((", "name == \"a\"", "true", "1/0", "x", strings.Repeat("y", 5000), strings.Repeat("(", 500), strings.Repeat("界", 400),
	}
}

func hostileText(random *rand.Rand) string {
	texts := hostileTexts()
	return texts[random.IntN(len(texts))]
}

// resolve follows a reference to a schema.
func (b *bodies) resolve(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		return b.resolve(b.schemas[ref[strings.LastIndexByte(ref, '/')+1:]])
	}
	return s
}

// valid is a value that a schema takes, as far as it says.
func (b *bodies) valid(schema any, depth int) any {
	s := b.resolve(schema)
	if value, ok := s["const"]; ok {
		return value
	}
	if values, ok := s["enum"].([]any); ok && len(values) > 0 {
		return values[b.IntN(len(values))]
	}
	if values, ok := s["examples"].([]any); ok && len(values) > 0 {
		return values[b.IntN(len(values))]
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if choices, ok := s[key].([]any); ok && len(choices) > 0 {
			return b.valid(choices[b.IntN(len(choices))], depth)
		}
	}
	switch s["type"] {
	case "object":
		return b.object(s, depth)
	case "array":
		list := []any{}
		for range b.IntN(4) {
			list = append(list, b.valid(s["items"], depth+1))
		}
		return list
	case "string":
		return b.text(s)
	case "integer", "number":
		return []any{0, 1, 2, 5, 50, 1000, -1}[b.IntN(7)]
	case "boolean":
		return b.one(2)
	case "null":
		return nil
	default:
		return []any{"x", 1, true, nil, []any{}, map[string]any{}}[b.IntN(6)]
	}
}

func (b *bodies) object(s map[string]any, depth int) any {
	values := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, name := range required {
		if depth < 6 {
			values[name.(string)] = b.valid(properties[name.(string)], depth+1)
		}
	}
	for _, name := range sorted(properties) {
		switch {
		case depth >= 6 || len(properties) > 6 && !b.one(len(properties)/3) || b.one(3):
		case len(b.seen[name]) > 0 && b.one(2) && b.resolve(properties[name])["type"] == "string":
			values[name] = b.seen[name][b.IntN(len(b.seen[name]))]
		default:
			values[name] = b.valid(properties[name], depth+1)
		}
	}
	if more, ok := s["additionalProperties"].(map[string]any); ok && depth < 6 {
		values["x"] = b.valid(more, depth+1)
	}
	return values
}

func (b *bodies) text(s map[string]any) any {
	switch s["format"] {
	case "date":
		return "2026-11-21"
	case "date-time":
		return "2026-11-21T08:00:00Z"
	case "email":
		return fmt.Sprintf("p%d@example.com", b.IntN(1000))
	case "uri":
		return "https://example.com"
	case "decimal":
		return "12.5"
	case "uuid":
		return partID(b.IntN(90))
	}
	return []string{"lead", "part", "every", "name", "x", "text", "size > 1", "object", "count", "en", partID(b.IntN(90)), "gold", "Ada"}[b.IntN(13)]
}

// body is what is sent to an operation, with its type.
func (b *bodies) body(spec operationSpec) (kind string, body []byte) {
	value := b.valid(spec.body, 0)
	if spec.format == "multipart/form-data" {
		return b.form(value)
	}
	switch {
	case b.one(8):
		return "application/json", []byte(b.hostile())
	case b.one(2):
		for range 1 + b.IntN(3) {
			value = b.mutate(value)
		}
	}
	raw, err := json.Marshal(value)
	if err != nil {
		raw = []byte("{}")
	}
	return "application/json", raw
}

// mutate changes something somewhere in a value.
func (b *bodies) mutate(value any) any {
	switch v := value.(type) {
	case map[string]any:
		names := sorted(v)
		switch {
		case len(names) == 0 || b.one(6):
			v[[]string{"bogus", "id", "version", "__proto__", "", "a\x00", "name", "deleted_at"}[b.IntN(8)]] = b.anything()
			return v
		case b.one(8):
			return b.anything()
		}
		name := names[b.IntN(len(names))]
		switch b.IntN(4) {
		case 0:
			delete(v, name)
		case 1:
			v[name] = b.anything()
		default:
			v[name] = b.mutate(v[name])
		}
		return v
	case []any:
		if len(v) == 0 || b.one(4) {
			return append(v, b.anything())
		}
		n := b.IntN(len(v))
		v[n] = b.mutate(v[n])
		return v
	default:
		return b.anything()
	}
}

func (b *bodies) anything() any {
	if b.one(2) {
		return hostileText(b.Rand)
	}
	return []any{
		nil, true, false, 0, -1, 1.5, json.Number("9007199254740993"), json.Number("-99999999999999999999999999999999999999"), json.Number("1e400"), json.Number("1e-400"), json.Number("1E5"), json.Number("-0.0"),
		[]any{},
		[]any{nil},
		[]any{[]any{}},
		[]any{"a", 1},
		map[string]any{},
		map[string]any{"amount": "1"},
		map[string]any{"object": "lead", "id": absent},
		strings.Repeat("z", 70_000),
		map[string]any{"": map[string]any{"": nil}},
	}[b.IntN(21)]
}

// hostile is no body that anybody means.
func (b *bodies) hostile() string {
	if b.one(40) {
		return `{"name":"` + strings.Repeat("x", 1<<20+b.IntN(3)-1) + `"}`
	}
	return []string{
		"", "null", "[]", "5", `"x"`, "{", `{"a":}`, `{"name":"a","name":"b"}`, `{"name":"\ud800"}`, `{"name":"\udc00\ud800"}`, `{"\ud800":1}`, "{\"name\":\"\xff\xfe\"}", `{"name":"a\u0000b"}`, `{"a":1}{"b":2}`, `{"a":1} x`, "\ufeff{}",
		strings.Repeat("[", 40) + strings.Repeat("]", 40), strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), strings.Repeat("[", 20_000), `{"a":` + strings.Repeat("9", 5000) + `}`, `{"a":1e999999999}`, `{"a":-}`, `{"a":01}`, `{"a":+1}`, `{'a':1}`, "{\"a\":\"\n\"}", `{"operations":[` + strings.Repeat(`{},`, 300) + `{}]}`,
		"\x00\x01\x02", "a=b&c=d", "<xml/>", `{"where":"` + strings.Repeat("(", 3000) + `"}`, `{"definitions":[null,5,{},[]]}`, `{"values":null}`, `{"values":{"":""}}`,
	}[b.IntN(34)]
}

// form is a form with a file.
func (b *bodies) form(value any) (kind string, body []byte) {
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	values, _ := value.(map[string]any)
	values["file"] = "name,size\na,1\nb,x\n"
	for _, name := range sorted(values) {
		if b.one(8) {
			continue
		}
		content := fmt.Sprint(values[name])
		if b.one(6) {
			content = hostileText(b.Rand)
		}
		if name != "file" {
			_ = form.WriteField(name, content) // into memory
			continue
		}
		part, err := form.CreateFormFile(name, []string{"a.csv", "a.xlsx", "../../a.csv", "a\".csv", "", "a.png"}[b.IntN(6)])
		if err == nil {
			_, _ = part.Write([]byte(content)) // into memory
		}
	}
	_ = form.Close() // into memory
	raw := buffer.Bytes()
	if b.one(10) {
		raw = raw[:b.IntN(len(raw)+1)]
	}
	return form.FormDataContentType(), raw
}
