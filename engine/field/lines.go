package field

import (
	"encoding/json"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// Lines says which records are the lines of a record.
type Lines struct {
	Object string // of the lines
	By     string // its lookup that points back
	Order  string // its integer field that numbers them, or ""
}

// MaxLines is how many lines a record may have in one field.
const MaxLines = 500

// SentLines are lines as a caller sent them: the record's whole list.
type SentLines []map[string]any

// ToldLines are lines as they are answered, a JSON array.
type ToldLines json.RawMessage

// lines are the records that are parts of another and are saved with it. They
// have a table of their own and no column here: whoever reads or writes the
// record reads and writes them as records.
type lines struct{}

var _ Kind = lines{}

func (lines) Name() string              { return "lines" }
func (lines) Order() Order              { return Unsorted }
func (lines) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Any} }
func (lines) Column(f *Field) Column    { return Column{Name: f.Name, Type: JSON} }
func (lines) Check(*Field) []fault.Item { return nil }

func (lines) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	list, ok := wire.([]any)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "array")
	}
	if len(list) > MaxLines {
		return nil, wrong(fault.TooManyRecords, "max", MaxLines)
	}
	sent := make(SentLines, len(list))
	for i, element := range list {
		if sent[i], ok = element.(map[string]any); !ok {
			return nil, wrong(fault.WrongType, "expected", "object")
		}
	}
	return sent, nil
}

// ParseText refuses: lines do not stand in one cell.
func (lines) ParseText(f *Field, _ string, _ Locale) (expr.Value, *fault.Item) {
	return nil, wrong(fault.ReadOnly, "field", f.Name)
}

func (lines) Text(*Field, expr.Value, Locale) string { return "" }

func (lines) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	told, _ := v.(ToldLines)
	if told == nil {
		return append(dst, "[]"...)
	}
	return append(dst, told...)
}

func (lines) Schema(f *Field) map[string]any {
	return map[string]any{
		"type": "array", "maxItems": MaxLines, "x-target": f.Lines.Object,
		"items": map[string]any{"type": "object"},
	}
}
