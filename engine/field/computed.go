package field

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
)

// Computed is how the engine works a field out: by a formula about its own
// record, or as a roll-up of the records that point to it. The field's kind is
// the one that the value is shown as.
type Computed struct {
	Formula *expr.Program // nil of a roll-up
	Rollup  *Rollup       // nil of a formula
	// Virtual formulas are not kept: they are worked out where they are read.
	Virtual bool
	// Inputs are the fields that the value comes from in the end, each once and
	// none of them computed.
	Inputs []Input
}

// Rollup sums up the records of an object whose lookup points to the record.
type Rollup struct {
	Object   string
	Lookup   string
	Function string        // count, sum, avg, min or max
	Value    *expr.Program // nil where records are counted
	Where    *expr.Program // nil for all
	Deferred bool          // a job keeps it up to date, not the writer
}

// Nothing is the value of a roll-up of no records.
func (r *Rollup) Nothing() expr.Value {
	if r.Function == "count" || r.Function == "sum" {
		return decimal.Zero
	}
	return nil
}

// Input is a field of an object.
type Input struct{ Object, Field string }

// IsVirtual tells whether the field has no column of its own.
func (f *Field) IsVirtual() bool { return f.Computed != nil && f.Computed.Virtual }

// Digits is how many digits a number in the field may have.
func (f *Field) Digits() int {
	if f.Kind.Column(f).Type == Integer {
		return integerDigits
	}
	return maxDigits
}

// integerDigits keeps a computed integer within what every JSON reader keeps
// exactly.
const integerDigits = 15

// Fit makes a value that was computed one that the field keeps: numbers are
// rounded to its digits, a text is cut to what an index holds.
func (f *Field) Fit(value expr.Value) expr.Value {
	switch v := value.(type) {
	case string:
		if f.MaxBytes > 0 {
			return expr.Value(cut(v, f.MaxBytes))
		}
		return v
	case []string:
		return slices.Clone(v)
	default:
		return expr.Stored(value, f.Kind.Column(f).Scale, f.Digits())
	}
}

// cut shortens a text to a number of bytes, between two characters.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && text[size]&0xc0 == 0x80 {
		size--
	}
	return text[:size]
}

// computed is the kind that a formula or a roll-up has in its definition. A
// compiled field has the kind that its value is shown as.
type computed struct {
	plain
	name string
}

var _ Kind = computed{}

func (c computed) Name() string        { return c.name }
func (computed) Type(*Field) expr.Type { return expr.Type{Kind: expr.Any} }
func (computed) Order() Order          { return Unsorted }

// ComputedKinds are the names of the kinds whose values the engine works out.
func ComputedKinds() []string { return []string{"formula", "rollup"} }
