package record

import (
	"context"
	"errors"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Seen is a record as an actor sees it, for packages above that compare records.
type Seen struct {
	ID       string
	Display  string
	Values   []expr.Value
	Readable access.Fields
	Writable access.Fields // nil where the record may not be changed, or nobody asked
}

// Seen reads the live ones of some records that an actor sees, by their ids.
func (s *Service) Seen(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, object *metadata.Object, ids []string) (map[string]Seen, error) {
	decision, err := policy.Decide(actor, object, access.Read)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]Seen, len(ids))
	if decision.Nothing() {
		return seen, nil
	}
	var slots []int
	for slot := range object.Fields {
		if decision.Ever(slot) {
			slots = append(slots, slot)
		}
	}
	table := s.table(policy, actor, object, s.clock.Now())
	idSlot, display := object.Slot(metadata.FieldID), object.Slot(object.Display)
	for chunk := range slices.Chunk(ids, 500) {
		records, err := table.ByID(ctx, reader, decision, slots, chunk)
		if err != nil {
			return nil, err
		}
		for _, found := range records {
			id, _ := found.Values[idSlot].(string)
			seen[id] = Seen{
				ID: id, Values: found.Values, Readable: found.Permitted[0],
				Display: displayOf(object.Fields[display], found.Values[display], id, found.Permitted[0].Has(display)),
			}
		}
	}
	return seen, nil
}

// Holding finds the records that an actor sees whose field has one of some
// values: the ids of the first two by the value as JSON. Nothing has a value of
// a field that he does not see.
func (s *Service) Holding(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, object *metadata.Object, f *field.Field, values []expr.Value) (map[string][]string, error) {
	decision, err := policy.Decide(actor, object, access.Read)
	if err != nil {
		return nil, err
	}
	holding, slot := map[string][]string{}, object.Slot(f.Name)
	if decision.Nothing() || !decision.Ever(slot) {
		return holding, nil
	}
	table := s.table(policy, actor, object, s.clock.Now())
	for chunk := range slices.Chunk(values, 500) {
		records, err := table.Holding(ctx, reader, decision, slot, chunk, 2)
		if err != nil {
			return nil, err
		}
		for _, found := range records {
			id, _ := found.Values[object.Slot(metadata.FieldID)].(string)
			value := string(f.Kind.AppendJSON(nil, f, found.Values[slot]))
			holding[value] = append(holding[value], id)
		}
	}
	return holding, nil
}

// Draft is what a record would be with the values that were sent, as far as the
// actor may write or read them: a new one, or one that he sees. Faults:
// not_found, invalid_values.
func (s *Service) Draft(ctx context.Context, policy *access.Policy, actor *access.Actor, name, id string, sent map[string]any) (*metadata.Object, []expr.Value, error) {
	object, err := objectOf(policy, actor, name, access.Read)
	if err != nil {
		return nil, nil, err
	}
	values := make([]expr.Value, len(object.Fields))
	if id != "" {
		if !isID(id) {
			return nil, nil, fault.New(fault.NotFound)
		}
		seen, err := s.Seen(ctx, s.store, policy, actor, object, []string{id})
		if err != nil {
			return nil, nil, err
		}
		if len(seen) == 0 {
			return nil, nil, fault.New(fault.NotFound)
		}
		for slot, value := range seen[id].Values {
			if seen[id].Readable.Has(slot) {
				values[slot] = value
			}
		}
	}
	permitted := make(access.Fields, len(object.Fields))
	for _, action := range []string{access.Create, access.Update} {
		decision, err := policy.Decide(actor, object, action)
		if err != nil {
			return nil, nil, err
		}
		for slot := range permitted {
			permitted[slot] = permitted[slot] || decision.Ever(slot)
		}
	}
	read, err := policy.Decide(actor, object, access.Read)
	if err != nil {
		return nil, nil, err
	}
	faults := fault.New(fault.InvalidValues)
	parse(object, sent, values, permitted, ever(read), faults)
	return object, values, faults.OrNil()
}

// InPortions goes through records for a job, in portions that are written each by
// itself, so that others write between them. A step takes a portion behind an
// id, and gives its last id, and whether there may be more.
func (s *Service) InPortions(ctx context.Context, running *job.Running, after string, step func(ctx context.Context, w *Work, after string) (last string, more bool, err error)) error {
	for more := true; more; {
		var last string // the step is made again when its write could not be
		err := s.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *Work) (err error) {
			if err := running.Guard(ctx, w.Tx); err != nil {
				return err
			}
			last, more, err = step(ctx, w, after)
			return err
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// EachAfter calls fn with the next records behind one, locked, in the order of
// their ids. It gives the last one, and whether there may be more.
func (w *Work) EachAfter(ctx context.Context, object *metadata.Object, after string, limit int, fn func(id string, values []expr.Value)) (last string, more bool, err error) {
	ids, err := w.idsAfter(ctx, object, after, limit)
	if err != nil {
		return "", false, err
	}
	table := w.table(object)
	for _, id := range ids {
		found, err := table.Find(ctx, w.Tx, id, row.Wanted{Lock: true})
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", false, err
		}
		fn(id, found.Values)
	}
	if len(ids) < limit {
		return "", false, nil
	}
	return ids[len(ids)-1], true, nil
}
