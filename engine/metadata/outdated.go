package metadata

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
)

// Outdated gives the computed fields that are kept and whose values may differ
// from those of the catalog before, each after those that it needs: those that
// are new or were changed, and those that need a field that is or was.
func (c *Catalog) Outdated(before *Catalog) []Reference {
	var outdated []Reference
	changed := map[*field.Field]bool{}
	rezoned := c.environment.Organisation.Timezone != before.environment.Organisation.Timezone
	for _, computed := range c.computed {
		if computed.Field.IsVirtual() {
			continue
		}
		needs := slices.ContainsFunc(computed.Field.Computed.Inputs, func(input field.Input) bool {
			return !same(fieldOf(before, input), fieldOf(c, input))
		})
		for _, mentioned := range c.mentioned(computed) {
			needs = needs || changed[mentioned]
		}
		needs = needs || rezoned && computed.zoned()
		now := field.Input{Object: computed.Object.Name, Field: computed.Field.Name}
		if needs || !same(fieldOf(before, now), computed.Field) {
			changed[computed.Field] = true
			outdated = append(outdated, computed)
		}
	}
	return outdated
}

func fieldOf(c *Catalog, input field.Input) *field.Field {
	object, ok := c.objects[input.Object]
	if !ok {
		return nil
	}
	f, _ := object.Field(input.Field)
	return f
}

// mentioned are the fields that the expressions of a computed one name.
func (c *Catalog) mentioned(computed Reference) []*field.Field {
	object := computed.Object
	if rollup := computed.Field.Computed.Rollup; rollup != nil {
		object = c.objects[rollup.Object]
	}
	var fields []*field.Field
	for _, program := range computed.programs() {
		for _, path := range program.Mentions() {
			fields = append(fields, object.Fields[object.Owner(path[0])])
		}
	}
	return fields
}

// programs are the expressions from which a computed field follows.
func (r Reference) programs() []*expr.Program {
	programs := []*expr.Program{r.Field.Computed.Formula}
	if rollup := r.Field.Computed.Rollup; rollup != nil {
		programs = []*expr.Program{rollup.Value, rollup.Where}
	}
	return slices.DeleteFunc(programs, func(program *expr.Program) bool { return program == nil })
}

// zoned tells whether a computed field depends on the organisation's zone.
func (r Reference) zoned() bool {
	return slices.ContainsFunc(r.programs(), (*expr.Program).Zoned)
}

// same tells whether two revisions of a field keep the same values in the same
// form.
func same(a, b *field.Field) bool {
	if a == nil || b == nil || a.Kind.Name() != b.Kind.Name() || a.Kind.Column(a) != b.Kind.Column(b) || a.MaxBytes != b.MaxBytes {
		return false
	}
	if a.Computed == nil || b.Computed == nil {
		return a.Computed == b.Computed
	}
	if a.Computed.Virtual != b.Computed.Virtual || source(a.Computed.Formula) != source(b.Computed.Formula) {
		return false
	}
	x, y := a.Computed.Rollup, b.Computed.Rollup
	if x == nil || y == nil {
		return x == y
	}
	return x.Object == y.Object && x.Lookup == y.Lookup && x.Function == y.Function && source(x.Value) == source(y.Value) && source(x.Where) == source(y.Where)
}

// source is what an expression says, and what the calendars do that it asks.
func source(program *expr.Program) string {
	if program == nil {
		return ""
	}
	return program.Source + program.Hours()
}
