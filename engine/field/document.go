package field

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// document is any JSON value, for what other programs keep with a record. An
// expression can ask whether it is null, and nothing else. Its value is its
// canonical text: see CanonicalJSON.
type document struct{}

var _ Kind = document{}

// The most that a document may hold: bytes as it is written without spaces,
// levels, and digits of a number.
const (
	maxDocument       = 64 << 10
	maxDocumentLevels = 16
	maxDocumentDigits = 30
)

func (document) Name() string              { return "json" }
func (document) Order() Order              { return Unsorted }
func (document) Type(*Field) expr.Type     { return expr.Type{Kind: expr.JSON} }
func (document) Check(*Field) []fault.Item { return nil }

func (document) Column(f *Field) Column {
	return Column{Name: f.Name, Type: JSON, Document: true}
}

func (document) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	text, item := appendDocument(nil, wire, 1)
	switch {
	case item != nil:
		return nil, item
	case len(text) > maxDocument:
		return nil, wrong(fault.TooLong, "max", maxDocument, "length", len(text))
	}
	return string(text), nil
}

func (k document) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	wire, err := decodeJSON([]byte(s))
	switch {
	case err != nil:
		return nil, wrong(fault.WrongType, "expected", "json")
	case IsEmpty(wire):
		return nil, nil
	}
	return k.Parse(f, wire)
}

func (document) Text(_ *Field, v expr.Value, _ Locale) string { return asText(v) }

func (document) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return append(dst, asText(v)...)
}

func (document) Schema(*Field) map[string]any { return map[string]any{} }

// CanonicalJSON writes a JSON document in its one form: without spaces, the
// keys of an object by their length and then by their bytes, as PostgreSQL
// keeps them, and numbers without an exponent.
func CanonicalJSON(text []byte) (expr.Value, error) {
	value, err := decodeJSON(text)
	if err != nil {
		return nil, err
	}
	canonical, item := appendDocument(nil, value, 1)
	if item != nil {
		return nil, fmt.Errorf("a document was kept that is refused: %s", item.Code)
	}
	return string(canonical), nil
}

func decodeJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("decode a document: %w", err)
	}
	if decoder.More() {
		return nil, fmt.Errorf("decode a document: %w", strconv.ErrSyntax)
	}
	return value, nil
}

func appendDocument(dst []byte, value any, level int) ([]byte, *fault.Item) {
	if level > maxDocumentLevels {
		return nil, wrong(fault.TooDeep, "max", maxDocumentLevels)
	}
	switch value := value.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, value), nil
	case json.Number:
		return appendNumber(dst, value)
	case string:
		return appendPlain(dst, value)
	case []any:
		return appendList(dst, value, level)
	case map[string]any:
		return appendMembers(dst, value, level)
	default:
		return nil, wrong(fault.WrongType, "expected", "json")
	}
}

func appendList(dst []byte, list []any, level int) (_ []byte, item *fault.Item) {
	dst = append(dst, '[')
	for i, element := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, item = appendDocument(dst, element, level+1); item != nil {
			return nil, item
		}
	}
	return append(dst, ']'), nil
}

func appendMembers(dst []byte, members map[string]any, level int) (_ []byte, item *fault.Item) {
	dst = append(dst, '{')
	keys := slices.SortedFunc(maps.Keys(members), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, item = appendPlain(dst, key); item != nil {
			return nil, item
		}
		if dst, item = appendDocument(append(dst, ':'), members[key], level+1); item != nil {
			return nil, item
		}
	}
	return append(dst, '}'), nil
}

func appendPlain(dst []byte, s string) ([]byte, *fault.Item) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return nil, wrong(fault.InvalidText)
	}
	return AppendString(dst, s), nil
}

func appendNumber(dst []byte, number json.Number) ([]byte, *fault.Item) {
	if len(number) > 2*maxDocumentDigits {
		return nil, wrong(fault.UnsafeNumber)
	}
	d, err := decimal.NewFromString(number.String())
	if err != nil || d.Exponent() < -maxDocumentDigits || d.NumDigits()+max(int(d.Exponent()), 0) > maxDocumentDigits {
		return nil, wrong(fault.UnsafeNumber)
	}
	return append(dst, d.String()...), nil
}
