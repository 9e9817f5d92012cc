package record

import (
	"context"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// references are ids by the object they belong to.
type references map[string]map[string]bool

func (r references) add(object, id string) {
	if r[object] == nil {
		r[object] = map[string]bool{}
	}
	r[object][id] = true
}

// gather notes what the lookups of a record refer to.
func (r references) gather(object *metadata.Object, slots []int, values []expr.Value, readable access.Fields) {
	for _, slot := range slots {
		f := object.Fields[slot]
		if f.Target == "" || readable != nil && !readable.Has(slot) {
			continue
		}
		if id, ok := values[slot].(string); ok {
			r.add(f.Target, id)
		}
	}
}

// include reads what is referred to, in the actor's rights: what he may not
// see is left out. Of the objects in expand all readable fields are included.
func (s *Service) include(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, wanted references, expand map[string]bool) (Included, error) {
	included := Included{}
	for _, name := range sortedKeys(wanted) {
		target, ok := policy.Catalog().Object(name)
		if !ok {
			continue
		}
		ids := wanted[name]
		found := map[string]Reference{}
		if name == field.UserObject && !expand[name] {
			if display, ok := actor.Profile(target.Display).(string); ok && ids[actor.ID] {
				found[actor.ID] = Reference{Display: display}
				delete(ids, actor.ID)
			}
		}
		if err := s.referred(ctx, reader, policy, actor, target, sortedKeys(ids), expand[name], found); err != nil {
			return nil, err
		}
		if len(found) > 0 {
			included[name] = found
		}
	}
	return included, nil
}

func (s *Service) referred(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, target *metadata.Object, ids []string, whole bool, found map[string]Reference) error {
	decision, err := policy.Decide(actor, target, access.Read)
	if err != nil || len(ids) == 0 || decision.Nothing() {
		return err
	}
	idSlot, display := target.Slot(metadata.FieldID), target.Slot(target.Display)
	slots := []int{idSlot, display}
	if whole {
		slots = slots[:0]
		for slot := range target.Fields {
			if decision.Ever(slot) {
				slots = append(slots, slot)
			}
		}
	}
	for chunk := range slices.Chunk(ids, 500) {
		records, err := s.table(policy, actor, target, s.clock.Now()).ByID(ctx, reader, decision, slots, chunk)
		if err != nil {
			return err
		}
		for _, record := range records {
			id, _ := record.Values[idSlot].(string)
			reference := Reference{Display: displayOf(target.Fields[display], record.Values[display], id, record.Permitted[0].Has(display))}
			if whole {
				reference.Object, reference.Slots = target, slots
				reference.Listed = Listed{Values: record.Values, Readable: record.Permitted[0]}
			}
			found[id] = reference
		}
	}
	return nil
}

// displayOf is the text by which a record is known; its id where the reader
// may not see the display field or it is empty.
func displayOf(f *field.Field, value expr.Value, id string, visible bool) string {
	if value == nil || !visible {
		return id
	}
	return f.Kind.Text(f, value, field.Locale{})
}
