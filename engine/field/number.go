package field

import (
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// maxInteger is the largest integer that every JSON reader keeps exactly.
const maxInteger = 9007199254740991

// maxDigits is how many digits a decimal may have in all, so that SQLite can
// keep it as a scaled 64-bit integer.
const maxDigits = 18

// integer is a whole number, a JSON number on the wire.
type integer struct{}

var _ Kind = integer{}

func (integer) Name() string                { return "integer" }
func (integer) Order() Order                { return ByValue }
func (integer) Type(*Field) expr.Type       { return expr.Type{Kind: expr.Number} }
func (integer) Column(f *Field) Column      { return Column{Name: f.Name, Type: Integer} }
func (integer) Check(f *Field) []fault.Item { return checkLimits(f) }

func (integer) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	n, ok := wire.(json.Number)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "integer")
	}
	return parseInteger(f, n.String())
}

func (integer) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return parseInteger(f, plainNumber(s))
}

func parseInteger(f *Field, s string) (expr.Value, *fault.Item) {
	d, item := parseDecimal(s)
	if item != nil || !d.IsInteger() {
		return nil, wrong(fault.WrongType, "expected", "integer")
	}
	if d.Abs().GreaterThan(decimal.NewFromInt(maxInteger)) {
		return nil, wrong(fault.TooLarge, "max", maxInteger)
	}
	return within(f, decimal.NewFromInt(d.IntPart()))
}

func (integer) Text(_ *Field, v expr.Value, _ Locale) string { return asNumber(v).String() }

func (integer) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return append(dst, asNumber(v).String()...)
}

func (integer) Schema(f *Field) map[string]any {
	schema := map[string]any{"type": "integer", "minimum": -maxInteger, "maximum": maxInteger}
	addLimits(schema, f, "")
	return schema
}

// number is an exact decimal, a string without trailing zeros on the wire.
type number struct {
	name     string
	decimals int // when the field does not say
}

var _ Kind = number{}

func (n number) Name() string              { return n.name }
func (number) Order() Order                { return ByValue }
func (number) Type(*Field) expr.Type       { return expr.Type{Kind: expr.Number} }
func (number) Check(f *Field) []fault.Item { return checkLimits(f) }

func (n number) Column(f *Field) Column {
	return Column{Name: f.Name, Type: Decimal, Scale: n.scale(f)}
}

func (n number) scale(f *Field) int {
	if f.Decimals >= 0 {
		return f.Decimals
	}
	return n.decimals
}

func (n number) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	switch v := wire.(type) {
	case string:
		return n.parse(f, v)
	case json.Number:
		return n.parse(f, v.String())
	default:
		return nil, wrong(fault.WrongType, "expected", "decimal")
	}
}

func (n number) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return n.parse(f, strings.TrimSuffix(plainNumber(s), "%"))
}

func (n number) parse(f *Field, s string) (expr.Value, *fault.Item) {
	d, item := parseDecimal(s)
	if item != nil {
		return nil, item
	}
	scale := int32(n.scale(f)) //nolint:gosec // 0 to 6
	rounded := d.Truncate(scale)
	if !rounded.Equal(d) {
		return nil, wrong(fault.TooManyDecimals, "decimals", n.scale(f))
	}
	if rounded.Abs().GreaterThanOrEqual(decimal.New(1, maxDigits-scale)) {
		return nil, wrong(fault.TooLarge, "max", decimal.New(1, maxDigits-scale).Sub(decimal.New(1, -scale)).String())
	}
	return within(f, rounded)
}

func (number) Text(_ *Field, v expr.Value, _ Locale) string { return asNumber(v).String() }

func (number) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return append(append(append(dst, '"'), asNumber(v).String()...), '"')
}

func (n number) Schema(f *Field) map[string]any {
	schema := map[string]any{"type": "string", "format": "decimal", "x-decimals": n.scale(f)}
	addLimits(schema, f, "x-")
	return schema
}

// parseDecimal reads an ordinary decimal number of at most 40 characters. An
// exponent is refused: "1e999999999" must not cost memory.
func parseDecimal(s string) (decimal.Decimal, *fault.Item) {
	if len(s) == 0 || len(s) > 40 || strings.ContainsAny(s, "eE_ ") {
		return decimal.Decimal{}, wrong(fault.WrongType, "expected", "decimal")
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, wrong(fault.WrongType, "expected", "decimal")
	}
	return d, nil
}

// plainNumber takes away what people write around numbers: blanks, thousands
// separators and full-width forms.
func plainNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ',' || r == '\uff0c' || r == ' ' || r == '\u00a0' || r == '\u202f':
			return -1
		case r >= '\uff01' && r <= '\uff5e':
			return r - '\uff01' + '!'
		default:
			return r
		}
	}, strings.TrimSpace(s))
}

func asNumber(v expr.Value) decimal.Decimal {
	if m, ok := v.(Money); ok {
		return m.Amount
	}
	d, _ := v.(decimal.Decimal)
	return d
}

// within judges a number by its field's limits.
func within(f *Field, d decimal.Decimal) (expr.Value, *fault.Item) {
	if f.Minimum != nil {
		if c := d.Cmp(asNumber(f.Minimum.Value)); c < 0 || c == 0 && f.Minimum.Exclusive {
			return nil, wrong(fault.TooSmall, "min", asNumber(f.Minimum.Value).String())
		}
	}
	if f.Maximum != nil {
		if c := d.Cmp(asNumber(f.Maximum.Value)); c > 0 || c == 0 && f.Maximum.Exclusive {
			return nil, wrong(fault.TooLarge, "max", asNumber(f.Maximum.Value).String())
		}
	}
	if f.MultipleOf != nil && !d.Mod(*f.MultipleOf).IsZero() {
		return nil, wrong(fault.NotAMultiple, "of", f.MultipleOf.String())
	}
	return d, nil
}

func checkLimits(f *Field) []fault.Item {
	if f.Minimum != nil && f.Maximum != nil && asNumber(f.Minimum.Value).GreaterThan(asNumber(f.Maximum.Value)) {
		return []fault.Item{{Pointer: "/minimum", Code: fault.EmptyRange}}
	}
	return nil
}

// addLimits writes the limits under their standard keywords, or with prefix
// where the value is a string and the standard ones would not apply.
func addLimits(schema map[string]any, f *Field, prefix string) {
	add := func(limit *Limit, inclusive, exclusive string) {
		if limit == nil {
			return
		}
		name := inclusive
		if limit.Exclusive {
			name = exclusive
		}
		schema[prefix+name] = json.Number(asNumber(limit.Value).String())
	}
	add(f.Minimum, "minimum", "exclusiveMinimum")
	add(f.Maximum, "maximum", "exclusiveMaximum")
	if f.MultipleOf != nil {
		schema[prefix+"multipleOf"] = json.Number(f.MultipleOf.String())
	}
}
