package field

import (
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// text is one line of text, sorted by the Unicode collation with Chinese in
// pinyin order.
type text struct{ plain }

var _ Kind = text{}

func (text) Name() string { return "text" }
func (text) Order() Order { return ByKey }

// longtext is text of any number of lines; it cannot be sorted.
type longtext struct{ plain }

var _ Kind = longtext{}

func (longtext) Name() string { return "longtext" }
func (longtext) Order() Order { return Unsorted }

// plain is what the kinds have in common whose value is text.
type plain struct{}

func (plain) Order() Order              { return ByValue }
func (plain) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Text} }
func (plain) Column(f *Field) Column    { return Column{Name: f.Name, Type: Text} }
func (plain) Check(*Field) []fault.Item { return nil }

func (plain) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	return checkText(f, s)
}

func (p plain) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return checkText(f, s)
}

func (plain) Text(_ *Field, v expr.Value, _ Locale) string { return asText(v) }

func (plain) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return AppendString(dst, asText(v))
}

func (plain) Schema(f *Field) map[string]any {
	schema := map[string]any{"type": "string"}
	if f.MaxLength > 0 {
		schema["maxLength"] = f.MaxLength
	}
	if f.MinLength > 0 {
		schema["minLength"] = f.MinLength
	}
	if f.Pattern != nil {
		schema["pattern"] = f.Pattern.String()
	}
	return schema
}

// checkText judges text by the length and the pattern of its field. The null
// character is refused because PostgreSQL cannot keep it.
func checkText(f *Field, s string) (expr.Value, *fault.Item) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return nil, wrong(fault.InvalidText)
	}
	length := utf8.RuneCountInString(s)
	switch {
	case f.MaxLength > 0 && length > f.MaxLength:
		return nil, wrong(fault.TooLong, "max", f.MaxLength, "length", length)
	case f.MaxBytes > 0 && len(s) > f.MaxBytes:
		return nil, wrong(fault.TooLong, "max", length*f.MaxBytes/len(s), "length", length)
	case length < f.MinLength:
		return nil, wrong(fault.TooShort, "min", f.MinLength, "length", length)
	case f.Pattern != nil && !f.Pattern.MatchString(s):
		return nil, wrong(fault.PatternMismatch, "pattern", f.Pattern.String())
	}
	return s, nil
}

func asText(v expr.Value) string {
	s, _ := v.(string)
	return s
}
