package metadata

import (
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// lines finds the lookup by which the lines of a field point back: the named
// one, or the only one.
func (c *Check) lines(object *Object, f *field.Field) {
	at := "/properties/" + f.Name
	child := c.Object(at+"/target", f.Lines.Object)
	if child == nil {
		return
	}
	var back []*field.Field
	for _, other := range child.Fields {
		if other.Target == object.Name && other.Kind.Name() == "lookup" && (f.Lines.By == "" || f.Lines.By == other.Name) {
			back = append(back, other)
		}
	}
	if len(back) != 1 {
		c.Report(at+"/by", fault.NoWayBack, "name", child.Name, "value", object.Name)
		return
	}
	f.Lines.By = c.Field(at+"/by", child, back[0].Name).Name
	if child.lineOf == nil {
		child.lineOf = map[string]bool{}
	}
	child.lineOf[f.Lines.By] = true
	if f.Lines.Order == "" {
		return
	}
	order := c.Field(at+"/order", child, f.Lines.Order)
	if order != nil && (order.System || order.Kind.Type(order).Kind != expr.Number) {
		c.Report(at+"/order", fault.UnknownField, "field", f.Lines.Order)
	}
}
