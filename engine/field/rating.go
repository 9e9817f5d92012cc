package field

import (
	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// rating is how good something is: a whole number from 1 to the field's
// maximum, which is 5 when it does not say.
type rating struct{ integer }

var _ Kind = rating{}

const mostStars = 5

func (rating) Name() string { return "rating" }

func (r rating) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	return r.integer.Parse(stars(f), wire)
}

func (r rating) ParseText(f *Field, s string, locale Locale) (expr.Value, *fault.Item) {
	return r.integer.ParseText(stars(f), s, locale)
}

func (r rating) Schema(f *Field) map[string]any { return r.integer.Schema(stars(f)) }

// stars is the field with its limits.
func stars(f *Field) *Field {
	limited := *f
	limited.Minimum = &Limit{Value: decimal.NewFromInt(1)}
	if f.Maximum == nil {
		limited.Maximum = &Limit{Value: decimal.NewFromInt(mostStars)}
	}
	return &limited
}
