package record

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// references are ids by the object they belong to.
type references struct{ objects []*referred }

// referred are the ids of one object, each once. Nearly all records of a page
// name the same few people, so the ids are compared before they are hashed.
type referred struct {
	object string
	ids    []string
	known  map[string]bool // of more than few ids
}

const few = 8

func (r *references) add(object, id string) {
	for _, of := range r.objects {
		if of.object == object {
			of.add(id)
			return
		}
	}
	r.objects = append(r.objects, &referred{object: object, ids: []string{id}})
}

func (r *referred) add(id string) {
	if r.known[id] || r.known == nil && slices.Contains(r.ids, id) {
		return
	}
	r.ids = append(r.ids, id)
	if r.known == nil && len(r.ids) > few {
		r.known = map[string]bool{}
		for _, known := range r.ids {
			r.known[known] = true
		}
	} else if r.known != nil {
		r.known[id] = true
	}
}

// gather notes what the lookups of a record refer to.
func (r *references) gather(object *metadata.Object, slots []int, values []expr.Value, readable access.Fields) {
	for _, slot := range slots {
		f := object.Fields[slot]
		if readable != nil && !readable.Has(slot) {
			continue
		}
		for _, link := range f.Refers(values[slot]) {
			r.add(link.Object, link.ID)
		}
	}
}

// point notes what a lookup refers to, as the database gave it.
func (r *references) point(dialect store.Dialect, f *field.Field, column field.Column, raw any) error {
	value, err := dialect.Decode(column, raw)
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	if id, ok := value.(string); ok {
		r.add(f.Target, id)
		return nil
	}
	for _, link := range f.Refers(value) {
		r.add(link.Object, link.ID)
	}
	return nil
}

// told notes what a value refers to that was written as JSON before, perhaps by
// a field of another kind.
func (r *references) told(f *field.Field, raw json.RawMessage) {
	if !f.Links() {
		return
	}
	wire, err := decodeWire(raw)
	if err != nil || field.IsEmpty(wire) {
		return
	}
	if value, item := f.Kind.Parse(f, wire); item == nil {
		for _, link := range f.Refers(value) {
			r.add(link.Object, link.ID)
		}
	}
}

// Named are records of an object by their ids, as the actor knows them.
func (s *Service) Named(ctx context.Context, actor *access.Actor, object string, ids []string) (Included, error) {
	wanted := &references{}
	for _, id := range ids {
		wanted.add(object, id)
	}
	return s.include(ctx, s.store, s.policies.Current(), actor, wanted, nil)
}

// include reads what is referred to, in the actor's rights: what he may not
// see is left out. Of the objects in expand all readable fields are included.
func (s *Service) include(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, wanted *references, expand map[string]bool) (Included, error) {
	included := Included{}
	for _, of := range wanted.objects {
		name, ids := of.object, of.ids
		target, ok := policy.Catalog().Object(name)
		if !ok {
			continue
		}
		found := make(map[string]Reference, len(ids))
		if at := slices.Index(ids, actor.ID); at >= 0 && name == field.UserObject && !expand[name] {
			if display, ok := actor.Me(target.Display).(string); ok {
				found[actor.ID] = Reference{Display: display}
				ids = slices.Delete(ids, at, at+1)
			}
		}
		if err := s.referred(ctx, reader, policy, actor, target, ids, expand[name], found); err != nil {
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
	everybody := target.Name == field.UserObject && !whole && decision.Always(display) && decision.Unrestricted()
	if everybody {
		ids = s.names.take(ids, found, s.clock.Now())
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
			if everybody {
				s.names.keep(id, reference.Display)
			}
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

// names remembers for a second what people are called, because nearly every
// record refers to somebody. It is asked only for a reader who may see
// everybody's name; where this process writes a person, it forgets at once.
type names struct {
	mutex sync.RWMutex
	since time.Time
	byID  map[string]string
}

const namesFor = time.Second

// take moves the known ones of ids into found, and gives the others.
func (n *names) take(ids []string, found map[string]Reference, now time.Time) []string {
	n.mutex.RLock()
	age := now.Sub(n.since)
	if age < 0 || age > namesFor {
		n.mutex.RUnlock()
		n.mutex.Lock()
		n.since, n.byID = now, map[string]string{}
		n.mutex.Unlock()
		return ids
	}
	defer n.mutex.RUnlock()
	var unknown []string
	for _, id := range ids {
		if name, ok := n.byID[id]; ok {
			found[id] = Reference{Display: name}
			continue
		}
		unknown = append(unknown, id)
	}
	return unknown
}

// maxNames bounds how many names are remembered.
const maxNames = 10_000

func (n *names) keep(id, name string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.byID != nil && len(n.byID) < maxNames {
		n.byID[id] = name
	}
}

func (n *names) forget() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.byID = map[string]string{}
}
