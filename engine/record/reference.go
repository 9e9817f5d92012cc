package record

import (
	"context"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// references checks that each lookup that was set points to a record that the
// actor may see: one that he may not see is one that does not exist.
func (w *Work) references(ctx context.Context, object *metadata.Object, slots []int, values []expr.Value, faults *fault.Fault) error {
	for _, slot := range slots {
		f := object.Fields[slot]
		id, _ := values[slot].(string)
		self := f.Target == object.Name && id == values[object.Slot(metadata.FieldID)]
		if f.Target == "" || id == "" || self || f.Target == field.UserObject && id == w.Actor.ID {
			continue
		}
		target, ok := w.Policy.Catalog().Object(f.Target)
		if !ok {
			continue
		}
		decision, err := w.decide(target, access.Read)
		if err != nil {
			return err
		}
		found, err := w.table(target).ByID(ctx, w.Tx, decision, []int{target.Slot(metadata.FieldID)}, []string{id})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			faults.At("/"+f.Name, fault.MissingRecord)
		}
	}
	return nil
}
