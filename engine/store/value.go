package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/field"
)

// What both dialects need to keep values alike; for dialects.

// ErrValue refuses a value that the column cannot keep.
var ErrValue = errors.New("the column cannot keep this value")

// Digits is how many digits a number in a column may have, before and after
// the point together.
const Digits = 18

// Scaled gives v × 10^scale, exactly; ErrValue when it is not an integer of at
// most 18 digits.
func Scaled(v decimal.Decimal, scale int) (int64, error) {
	shift := int(v.Exponent()) + scale
	digits := v.NumDigits()
	if v.IsZero() {
		return 0, nil
	}
	if digits+shift > Digits || digits > 4*Digits {
		return 0, fmt.Errorf("%w: more than %d digits", ErrValue, Digits)
	}
	if shift < -digits {
		return 0, fmt.Errorf("%w: more than %d digits after the point", ErrValue, scale)
	}
	v = v.Shift(int32(scale)) //nolint:gosec // 0 to 6
	if !v.IsInteger() {
		return 0, fmt.Errorf("%w: more than %d digits after the point", ErrValue, scale)
	}
	return v.IntPart(), nil
}

// Integer gives v as an integer of 64 bits; ErrValue when it is none.
func Integer(v decimal.Decimal) (int64, error) {
	if v.NumDigits()+int(v.Exponent()) > 19 || v.Exponent() < -4*Digits || !v.IsInteger() || !v.BigInt().IsInt64() {
		return 0, fmt.Errorf("%w: not an integer of 64 bits", ErrValue)
	}
	return v.IntPart(), nil
}

// PlainText refuses text that a database would.
func PlainText(text string) error {
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("%w: not plain text", ErrValue)
	}
	return nil
}

// AppendScaled appends v / 10^scale as a JSON string without trailing zeros.
func AppendScaled(dst []byte, v int64, scale int) []byte {
	dst = append(dst, '"')
	u := uint64(v) //nolint:gosec // the smallest number is mended below
	if v < 0 {
		dst = append(dst, '-')
		u = -u
	}
	for scale > 0 && u%10 == 0 {
		u /= 10
		scale--
	}
	var digits [20]byte
	text := strconv.AppendUint(digits[:0], u, 10)
	if scale == 0 {
		return append(append(dst, text...), '"')
	}
	point := len(text) - scale
	if point <= 0 {
		dst = append(dst, '0', '.')
		for ; point < 0; point++ {
			dst = append(dst, '0')
		}
		return append(append(dst, text...), '"')
	}
	dst = append(dst, text[:point]...)
	dst = append(dst, '.')
	return append(append(dst, text[point:]...), '"')
}

// AppendNumber appends the digits of a number as a JSON string without
// trailing zeros after the point.
func AppendNumber(dst []byte, digits string) []byte {
	if strings.IndexByte(digits, '.') >= 0 {
		digits = strings.TrimRight(digits, "0")
		digits = strings.TrimSuffix(digits, ".")
	}
	dst = append(dst, '"')
	return append(append(dst, digits...), '"')
}

// AppendCompact appends JSON without the spaces between its tokens.
func AppendCompact[T string | []byte](dst []byte, json T) []byte {
	inside := false
	for i := 0; i < len(json); i++ {
		c := json[i]
		switch {
		case inside && c == '\\':
			dst = append(dst, c, json[i+1])
			i++
			continue
		case c == '"':
			inside = !inside
		case !inside && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// Number reads what a driver gives for a number: the kept integer, or the
// digits of an exact sum.
func Number(raw any, scale int) (decimal.Decimal, error) {
	switch raw := raw.(type) {
	case int64:
		return decimal.New(raw, -int32(scale)), nil //nolint:gosec // 0 to 6
	case string:
		return decimal.NewFromString(raw)
	case []byte:
		return decimal.NewFromString(string(raw))
	case float64: // a whole one, where SQLite's sum left the integers
		if raw == math.Trunc(raw) && math.Abs(raw) < 1<<53 {
			return decimal.New(int64(raw), -int32(scale)), nil //nolint:gosec // 0 to 6
		}
	}
	return decimal.Decimal{}, fmt.Errorf("%v (%T) is not an exact number", raw, raw)
}

// JSON reads a JSON column: a document as its canonical text, otherwise a set
// of texts, null when it is empty. A set that is none is given as its text.
func JSON(column field.Column, raw any) (any, error) {
	var text []byte
	switch raw := raw.(type) {
	case string:
		text = []byte(raw)
	case []byte:
		text = raw
	default:
		return nil, fmt.Errorf("%T is not JSON", raw)
	}
	if column.Document {
		return field.CanonicalJSON(text)
	}
	var set []string
	if err := json.Unmarshal(text, &set); err != nil {
		return string(text), nil //nolint:nilerr // it is JSON of another sort
	}
	if len(set) == 0 {
		return nil, nil //nolint:nilnil // the empty set is null
	}
	return set, nil
}
