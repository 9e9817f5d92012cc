package record

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// options refuses an option that is no longer offered, unless the record had it
// before, and one that does not go with the field it depends on, unless neither
// was changed. A new record has no prior values.
func (w *Work) options(object *metadata.Object, prior, values []expr.Value, faults *fault.Fault) {
	before := func(slot int) expr.Value {
		if prior == nil {
			return nil
		}
		return prior[slot]
	}
	for slot, f := range object.Fields {
		if f.Options == nil || values[slot] == nil {
			continue
		}
		had := codes(before(slot))
		other := object.Slot(f.DependsOn)
		moved := other >= 0 && (!equal(before(slot), values[slot]) || !equal(before(other), values[other]))
		for _, code := range codes(values[slot]) {
			at := f.Options.Index(code)
			if at < 0 {
				continue
			}
			option := f.Options.All()[at]
			title := option.Title.In(w.Actor.Language)
			switch {
			case option.Inactive && !slices.Contains(had, code):
				faults.At("/"+f.Name, fault.InactiveOption, "value", title)
			case moved && !option.Offered(codes(values[other])):
				faults.At("/"+f.Name, fault.OptionDoesNotFit, "value", title, "field", object.Fields[other].Title.In(w.Actor.Language))
			}
		}
	}
}

// codes are the options that a value holds.
func codes(value expr.Value) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []string:
		return value
	default:
		return nil
	}
}
