package metadata

import (
	"fmt"

	"github.com/trellis-crm/trellis/engine/expr"
)

// Needed is a field that a form wants filled as long as all of some conditions
// hold, and it is not locked.
type Needed struct {
	Field  string
	While  []*expr.Program
	Locked *expr.Program // nil: never
}

// Holds tells whether the field has to be filled in a record.
func (n Needed) Holds(in expr.Input) (bool, error) {
	for _, condition := range n.While {
		if holds, err := condition.True(in); err != nil || !holds {
			return false, err //nolint:wrapcheck // an expression's own fault
		}
	}
	if n.Locked == nil {
		return true, nil
	}
	locked, err := n.Locked.True(in)
	return !locked, err //nolint:wrapcheck // an expression's own fault
}

// needed are the fields with a requiredIf that a person gives a value.
func (doc *formDocument) needed(object *Object, programs map[string]*expr.Program) []Needed {
	var list []Needed
	for i, section := range doc.Sections {
		for j, named := range section.Fields {
			at := fmt.Sprintf("/sections/%d", i)
			shown, at := programs[at+"/showIf"], fmt.Sprintf("%s/fields/%d", at, j)
			f, ok := object.Field(named.Field)
			if !ok || programs[at+"/requiredIf"] == nil || !f.Writable || f.Template != "" || f.Lines != nil {
				continue
			}
			needed := Needed{Field: f.Name, Locked: programs[at+"/readOnlyIf"]}
			for _, condition := range []*expr.Program{shown, programs[at+"/showIf"], programs[at+"/requiredIf"]} {
				if condition != nil {
					needed.While = append(needed.While, condition)
				}
			}
			list = append(list, needed)
		}
	}
	return list
}

// entry are the forms that an object's records are entered in: those of its
// record types, by their codes, and the usual one, which may be nil.
type entry struct {
	usual  *Form
	byType map[string]*Form
}

// entries settles once for each object in which forms its records are entered,
// because every write asks.
func (c *Catalog) entries() {
	c.entered = make(map[string]entry, len(c.objects))
	for _, form := range Compiled[*Form](c, KindForm) {
		forms := c.entered[form.Object]
		if forms.usual == nil || form.Name == form.Object+"_default" {
			forms.usual = form
		}
		c.entered[form.Object] = forms
	}
	for name, forms := range c.entered {
		object := c.objects[name]
		slot := object.Slot(object.RecordTypes)
		if slot < 0 {
			continue
		}
		forms.byType = map[string]*Form{}
		for _, option := range object.Fields[slot].Options.All() {
			if form, ok := Find[*Form](c, KindForm, option.Form); ok && form.Object == name {
				forms.byType[option.Value] = form
			}
		}
		c.entered[name] = forms
	}
}

// FormOf is the form that a record is entered in: that of its record type, or
// else the one that is named after the object, or the first.
func (c *Catalog) FormOf(object *Object, values []expr.Value) (*Form, bool) {
	forms := c.entered[object.Name]
	if forms.byType != nil {
		code, _ := values[object.Slot(object.RecordTypes)].(string)
		if form, ok := forms.byType[code]; ok {
			return form, true
		}
	}
	return forms.usual, forms.usual != nil
}
