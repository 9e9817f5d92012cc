package field

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// maxLookups is how many records one field may point to.
const maxLookups = 500

// lookups points to any number of records of one object: a set of ids, each
// once and in their order. It is kept in a table of its own, one row a pair.
type lookups struct{}

var _ Kind = lookups{}

func (lookups) Name() string              { return "lookups" }
func (lookups) Order() Order              { return Unsorted }
func (lookups) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Set} }
func (lookups) Column(f *Field) Column    { return Column{Name: f.Name, Type: JSON} }
func (lookups) Check(*Field) []fault.Item { return nil }

func (lookups) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	list, ok := wire.([]any)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "array")
	}
	ids := make([]string, len(list))
	for i, element := range list {
		if ids[i], ok = element.(string); !ok {
			return nil, wrong(fault.WrongType, "expected", "string")
		}
	}
	return idSet(ids)
}

func idSet(ids []string) (expr.Value, *fault.Item) {
	for i, text := range ids {
		id, item := ParseID(text)
		if item != nil {
			return nil, item
		}
		ids[i], _ = id.(string)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > maxLookups {
		return nil, wrong(fault.TooManyRecords, "max", maxLookups)
	}
	return ids, nil
}

func (lookups) ParseText(_ *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	ids := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";；,，、 \t\n", r) })
	if len(ids) == 0 {
		return nil, nil
	}
	return idSet(ids)
}

func (lookups) Text(_ *Field, v expr.Value, _ Locale) string {
	ids, _ := v.([]string)
	return strings.Join(ids, "; ")
}

func (lookups) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	ids, _ := v.([]string)
	dst = append(dst, '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, id)
	}
	return append(dst, ']')
}

func (lookups) Schema(f *Field) map[string]any {
	return map[string]any{
		"type": "array", "uniqueItems": true, "maxItems": maxLookups, "x-target": f.Target,
		"items": map[string]any{"type": "string", "format": "uuid"},
	}
}

// The columns of a table of pairs.
const (
	PairRecord = "record"
	PairTarget = "target"
)

// pairsLength is how long a table's name may be on every database, and leaves
// room to set it aside.
const pairsLength = 50

// PairsTable is the name of the table that keeps the lookups of an object's
// field.
func PairsTable(object, name string) string {
	table := object + "__" + name
	if len(table) <= pairsLength {
		return table
	}
	sum := sha256.Sum256([]byte(table))
	return table[:pairsLength-9] + "_" + hex.EncodeToString(sum[:4])
}
