package metadata

import (
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// lines finds the lookup by which the lines of a field point back: the named
// one, or the only one.
func (b *builder) lines(key Key, object *Object, f *field.Field) {
	at := "/properties/" + f.Name
	child, ok := b.catalog.objects[f.Lines.Object]
	if !ok {
		b.problem(key, fault.New("").At(at+"/target", fault.DanglingReference, "kind", KindObject, "name", f.Lines.Object).Items[0])
		return
	}
	var back []string
	for _, other := range child.Fields {
		if other.Target == object.Name && other.Kind.Name() == "lookup" && (f.Lines.By == "" || f.Lines.By == other.Name) {
			back = append(back, other.Name)
		}
	}
	if len(back) != 1 {
		b.problem(key, fault.New("").At(at+"/by", fault.NoWayBack, "name", child.Name, "value", object.Name).Items[0])
		return
	}
	f.Lines.By = back[0]
	if order, ok := child.Field(f.Lines.Order); f.Lines.Order != "" && (!ok || order.System || order.Kind.Type(order).Kind != expr.Number) {
		b.problem(key, fault.New("").At(at+"/order", fault.UnknownField, "field", f.Lines.Order).Items[0])
	}
}
