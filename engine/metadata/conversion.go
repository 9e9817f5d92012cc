package metadata

import (
	"fmt"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Conversion says what records of an object become: a record of each target,
// in their order, the source then keeping what it became.
type Conversion struct {
	When    *expr.Program // which records may be converted; nil for all
	Set     []Assignment  // what becomes of the source
	Targets []ConversionTarget
}

// ConversionTarget is one thing that a record becomes.
type ConversionTarget struct {
	Object   string
	Field    string // of the source, which keeps what it became
	Optional bool
	Values   []Assignment
}

// Assignment gives a field the value of an expression about the source.
type Assignment struct {
	Field string
	Value *expr.Program
}

// conversionDocument is a conversion as it is written.
type conversionDocument struct {
	When    string            `json:"when"`
	Set     map[string]string `json:"set"`
	Targets []struct {
		Object   string            `json:"object"`
		Field    string            `json:"field"`
		Optional bool              `json:"optional"`
		Values   map[string]string `json:"values"`
	} `json:"targets"`
}

// conversion compiles what records of an object become.
func (c *Check) conversion(object *Object, doc *conversionDocument) {
	if doc == nil {
		return
	}
	at := "/behaviours/convert"
	compiled := &Conversion{When: c.Expression(at+"/when", object.Name, doc.When, expr.Condition())}
	compiled.Set = c.assignments(at+"/set", object, object, doc.Set)
	for i, target := range doc.Targets {
		place := fmt.Sprintf("%s/targets/%d", at, i)
		into := c.Object(place+"/object", target.Object)
		if into == nil {
			continue
		}
		if slices.ContainsFunc(compiled.Targets, func(other ConversionTarget) bool { return other.Object == target.Object }) {
			c.Report(place+"/object", fault.NameTaken, "name", target.Object)
		}
		if f := c.Field(place+"/field", object, target.Field); f != nil && (f.Target != into.Name || f.Kind.Name() != "lookup") {
			c.Report(place+"/field", fault.NoWayBack, "name", object.Name, "value", into.Name)
		}
		compiled.Targets = append(compiled.Targets, ConversionTarget{
			Object: target.Object, Field: target.Field, Optional: target.Optional,
			Values: c.assignments(place+"/values", object, into, target.Values),
		})
	}
	object.Conversion = compiled
}

// assignments compiles expressions about records of one object that give
// fields of another their values, in the order of their names.
func (c *Check) assignments(at string, from, into *Object, texts map[string]string) []Assignment {
	var list []Assignment
	use := expr.Computed(expr.Any)
	use.Paths = false
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		pointer := at + "/" + name
		f := c.Field(pointer, into, name)
		if f == nil {
			continue
		}
		program := c.Expression(pointer, from.Name, texts[name], use)
		switch {
		case program == nil:
			continue
		case f.System || f.Computed != nil || f.Lines != nil || f.Files != nil:
			c.Report(pointer, fault.NotAllowed, "what", name)
		case !assignable(from, f, program):
			c.Report(pointer, fault.WrongResult, "expected", f.Kind.Type(f).Kind.String(), "actual", program.Type.Kind.String())
		}
		list = append(list, Assignment{Field: name, Value: program})
	}
	return list
}

// assignable tells whether a field takes what an expression gives: a value of
// its type, or that of a field of the same kind as it is.
func assignable(from *Object, f *field.Field, program *expr.Program) bool {
	if path := program.Path(); len(path) == 1 {
		if same, ok := from.Field(path[0]); ok && same.Kind.Name() == f.Kind.Name() {
			return same.Target == f.Target
		}
	}
	if _, composite := f.Kind.(field.Composite); composite && f.Kind.Type(f).Kind != expr.Number {
		return false
	}
	kind := f.Kind.Type(f).Kind
	if kind == expr.Record {
		return program.Type.Kind == expr.Record && program.Type.Object == f.Target
	}
	return program.Type.Kind == expr.Any || program.Type.Kind == kind && kind != expr.JSON
}
