package field

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// address is a postal address: an object of parts, each a text, of which any
// may be missing. Expressions read it as one line of text.
type address struct{ document }

var _ Worded = address{}

func (address) Name() string          { return "address" }
func (address) Type(*Field) expr.Type { return expr.Type{Kind: expr.Text} }

// maxPart is how many characters a part of an address may have.
func maxPart(part string) int {
	switch part {
	case "street":
		return 200
	case "postcode":
		return 20
	default:
		return 80
	}
}

func (address) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	sent, ok := wire.(map[string]any)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "object")
	}
	parts := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(sent)) { // so that the same part is always named
		value := sent[name]
		text, isText := value.(string)
		switch {
		case !slices.Contains(expr.AddressParts(), name):
			return nil, wrong(fault.UnknownField, "field", short(name))
		case value == nil:
			continue
		case !isText:
			return nil, wrong(fault.WrongType, "expected", "string")
		}
		text = strings.Join(strings.Fields(text), " ")
		if length := utf8.RuneCountInString(text); length > maxPart(name) {
			return nil, wrong(fault.TooLong, "max", maxPart(name), "length", length)
		}
		if text != "" {
			parts[name] = text
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	text, item := appendDocument(nil, parts, 1)
	if item != nil {
		return nil, item
	}
	return string(text), nil
}

// ParseText reads what Text writes; any other text is the street.
func (k address) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	wire := any(map[string]any{"street": s})
	texts := strings.Split(s, "|")
	switch {
	case strings.HasPrefix(strings.TrimSpace(s), "{"):
		decoded, err := decodeJSON([]byte(s))
		if err != nil {
			return nil, wrong(fault.WrongType, "expected", "object")
		}
		wire = decoded
	case len(texts) == len(expr.AddressParts()):
		parts := map[string]any{}
		for i, part := range expr.AddressParts() {
			parts[part] = texts[i]
		}
		wire = parts
	}
	return k.Parse(f, wire)
}

// Text writes the parts in their order with a bar between them, or as JSON
// where a part has a bar itself.
func (address) Text(_ *Field, v expr.Value, _ Locale) string {
	var parts map[string]string
	if json.Unmarshal([]byte(asText(v)), &parts) != nil || strings.Contains(asText(v), "|") {
		return asText(v)
	}
	texts := make([]string, 0, len(parts))
	for _, part := range expr.AddressParts() {
		texts = append(texts, parts[part])
	}
	return strings.TrimSpace(strings.Join(texts, " | "))
}

func (address) Plain(v expr.Value) expr.Value { return expr.AddressText(asText(v)) }

func (address) PlainSQL(column string) string { return "sys_address(" + column + ")" }

func (address) Schema(*Field) map[string]any {
	parts := map[string]any{}
	for _, part := range expr.AddressParts() {
		parts[part] = map[string]any{"type": []string{"string", "null"}, "maxLength": maxPart(part)}
	}
	return map[string]any{"type": "object", "properties": parts, "additionalProperties": false}
}
