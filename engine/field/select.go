package field

import (
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// choice is one option of a list; its value is the option's code.
type choice struct{}

var _ Kind = choice{}

func (choice) Name() string                { return "select" }
func (choice) Order() Order                { return ByOption }
func (choice) Type(*Field) expr.Type       { return expr.Type{Kind: expr.Text} }
func (choice) Column(f *Field) Column      { return Column{Name: f.Name, Type: Text} }
func (choice) Check(f *Field) []fault.Item { return checkOptions(f) }

func (choice) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	if f.Options.Index(s) < 0 {
		return nil, unknownOption(s)
	}
	return s, nil
}

func (choice) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	value, ok := f.Options.find(s)
	if !ok {
		return nil, unknownOption(s)
	}
	return value, nil
}

func (choice) Text(f *Field, v expr.Value, in Locale) string {
	return f.Options.text(asText(v), in.Language)
}

func (choice) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return AppendString(dst, asText(v))
}

func (choice) Schema(f *Field) map[string]any {
	return map[string]any{"type": "string", "oneOf": optionSchemas(f)}
}

// choices is a set of options, kept in the order of the list.
type choices struct{}

var _ Kind = choices{}

func (choices) Name() string                { return "multiselect" }
func (choices) Order() Order                { return Unsorted }
func (choices) Type(*Field) expr.Type       { return expr.Type{Kind: expr.Set} }
func (choices) Column(f *Field) Column      { return Column{Name: f.Name, Type: JSON} }
func (choices) Check(f *Field) []fault.Item { return checkOptions(f) }

func (choices) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	list, ok := wire.([]any)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "array")
	}
	values := make([]string, 0, len(list))
	for _, element := range list {
		s, ok := element.(string)
		if !ok {
			return nil, wrong(fault.WrongType, "expected", "string")
		}
		if f.Options.Index(s) < 0 {
			return nil, unknownOption(s)
		}
		values = append(values, s)
	}
	return f.inOrder(values), nil
}

// separators are what people put between options in one cell; \uff1b is the
// semicolon of Chinese.
const separators = ";\uff1b、|\n"

func (choices) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	var values []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		value, ok := f.Options.find(part)
		if !ok {
			return nil, unknownOption(part)
		}
		values = append(values, value)
	}
	if len(values) == 0 {
		return nil, nil
	}
	return f.inOrder(values), nil
}

func (choices) Text(f *Field, v expr.Value, in Locale) string {
	values, _ := v.([]string)
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = f.Options.text(value, in.Language)
		if strings.ContainsAny(texts[i], separators) {
			texts[i] = value
		}
	}
	return strings.Join(texts, "; ")
}

func (choices) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	values, _ := v.([]string)
	return appendTexts(dst, values)
}

// appendTexts appends a set as a JSON array.
func appendTexts(dst []byte, values []string) []byte {
	dst = append(dst, '[')
	for i, value := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, value)
	}
	return append(dst, ']')
}

func (choices) Schema(f *Field) map[string]any {
	return map[string]any{
		"type": "array", "uniqueItems": true,
		"items": map[string]any{"type": "string", "oneOf": optionSchemas(f)},
	}
}

// inOrder makes a set of values: sorted by the order of the options, each once.
func (f *Field) inOrder(values []string) []string {
	slices.SortFunc(values, func(a, b string) int { return f.Options.Index(a) - f.Options.Index(b) })
	return slices.Compact(values)
}

func unknownOption(value string) *fault.Item {
	return wrong(fault.UnknownOption, "value", short(value))
}

// short cuts what a person sent to a length fit for a message.
func short(s string) string {
	runes := []rune(s)
	if len(runes) <= 60 {
		return s
	}
	return string(runes[:60]) + "…"
}

func checkOptions(f *Field) []fault.Item {
	if f.OptionSet == "" && f.Options.Len() == 0 {
		return []fault.Item{{Pointer: "", Code: fault.NoOptions}}
	}
	return nil
}

func optionSchemas(f *Field) []map[string]any {
	schemas := make([]map[string]any, f.Options.Len())
	for i, option := range f.Options.All() {
		schemas[i] = map[string]any{"const": option.Value, "title": option.Title.Base}
	}
	return schemas
}
