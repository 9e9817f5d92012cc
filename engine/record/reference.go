package record

import (
	"context"
	"errors"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// references checks that each record that was pointed to is one that the actor
// may see: one that he may not see is one that does not exist.
func (w *Work) references(ctx context.Context, object *metadata.Object, slots []int, values []expr.Value, faults *fault.Fault) error {
	for _, slot := range slots {
		f := object.Fields[slot]
		for _, link := range f.Refers(values[slot]) {
			found, err := w.exists(ctx, object, values, link)
			if err != nil {
				return err
			}
			if !found {
				faults.At("/"+f.Name, fault.MissingRecord)
				break
			}
		}
	}
	return nil
}

// sought is a record that somebody asks for: the work and what it does with
// every right share what they know, and forget it together.
type sought struct {
	actor *access.Actor
	link  field.Link
}

// exists reports whether the actor may see a record that a new value of his
// own record points to. It is remembered until this work changes a record, or
// takes a change back: many of a batch point to the same few.
func (w *Work) exists(ctx context.Context, object *metadata.Object, values []expr.Value, link field.Link) (bool, error) {
	self := link.Object == object.Name && link.ID == values[object.Slot(metadata.FieldID)]
	if self || link.Object == field.UserObject && link.ID == w.Actor.ID {
		return true, nil
	}
	asked := sought{actor: w.Actor, link: link}
	if found, known := w.found[asked]; known {
		return found, nil
	}
	target, ok := w.Policy.Catalog().Object(link.Object)
	if !ok {
		return false, nil
	}
	decision, err := w.decide(target, access.Read)
	if err != nil {
		return false, err
	}
	found, err := w.table(target).ByID(ctx, w.Tx, decision, []int{target.Slot(metadata.FieldID)}, []string{link.ID})
	if err != nil {
		return false, err
	}
	w.found[asked] = len(found) > 0
	return len(found) > 0, nil
}

// circle refuses a change that puts a record of a tree below itself.
func (w *Work) circle(ctx context.Context, change *Change, faults *fault.Fault) error {
	above := expr.TreeField(change.Object.Name)
	slot := change.Object.Slot(above)
	if !slices.Contains(change.Changed, slot) || change.Object.Fields[slot].Target != change.Object.Name {
		return nil
	}
	seen := map[string]bool{}
	for at, _ := change.Values[slot].(string); at != "" && !seen[at]; {
		if at == change.ID {
			faults.At("/"+above, fault.Circle)
			return nil
		}
		seen[at] = true
		above, err := w.table(change.Object).Find(ctx, w.Tx, at, row.Wanted{})
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		at, _ = above.Values[slot].(string)
	}
	return nil
}
