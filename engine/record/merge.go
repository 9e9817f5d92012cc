package record

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// maxMoved is how many records may point to one that is merged.
const maxMoved = 10_000

// Merge makes one record of two: what pointed to the other points to the first
// by then, which gets the values and the files; the other goes to the recycle bin. It needs
// the right to change the one and to delete the other. Faults: not_found,
// forbidden, invalid_values, too_many_records.
func (s *Service) Merge(ctx context.Context, actor *access.Actor, object, id, other string, values map[string]any, options Options) (*Answer, error) {
	merging := *actor
	merging.Via = "merge"
	options.Confirmed = true
	body, err := s.write(ctx, &merging, options, func(ctx context.Context, w *Work) (Body, error) {
		change, err := w.Merge(ctx, object, id, other, values)
		if err != nil {
			return nil, err
		}
		return w.answer(ctx, change)
	})
	return asAnswer(body, err)
}

// Merge merges records in this transaction.
func (w *Work) Merge(ctx context.Context, name, id, other string, values map[string]any) (*Change, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	if id == other {
		return nil, fault.New(fault.InvalidValues).At("/with", fault.NotAllowed, "what", other)
	}
	locked := map[string]*row.Record{}
	actions := map[string]string{id: access.Update, other: access.Delete}
	for _, one := range slices.Sorted(maps.Keys(actions)) {
		if locked[one], err = w.lock(ctx, object, one, actions[one], false); err != nil {
			return nil, err
		}
	}
	left := maxMoved
	for _, user := range object.Users {
		if err := w.repoint(ctx, user, other, id, &left); err != nil {
			return nil, err
		}
	}
	prior, err := w.table(object).Find(ctx, w.Tx, other, row.Wanted{Lock: true})
	if err != nil {
		return nil, fmt.Errorf("read a record that is merged: %w", err)
	}
	w.Tx.Queue("UPDATE sys_file SET record = ? WHERE object = ? AND record = ? AND field = ''", id, name, other)
	w.merged = movable(object, locked[other])
	defer func() { w.merged = nil }()
	cascade := maxCascade
	if _, err := w.discard(ctx, object, other, prior, &cascade); err != nil {
		return nil, err
	}
	return w.Update(ctx, name, id, nil, values)
}

// movable are the files in the fields of a record that the actor may read, with
// their fields: a merge may give them to the same field of the other record.
func movable(object *metadata.Object, from *row.Record) map[string]string {
	files := map[string]string{}
	for slot, f := range object.Fields {
		if f.Files == nil || !from.Permitted[0].Has(slot) {
			continue
		}
		for _, ref := range field.FilesOf(from.Values[slot]) {
			files[ref.ID] = f.Name
		}
	}
	return files
}

// repoint makes what points to one record point to another, whether or not the
// actor may change it: what a merge moves follows from the right to merge.
func (w *Work) repoint(ctx context.Context, user metadata.Reference, from, to string, left *int) error {
	table := w.table(user.Object)
	ids, err := table.Pointing(ctx, w.Tx, user.Field, from, *left+1)
	if err != nil {
		return err
	}
	if *left -= len(ids); *left < 0 {
		return fault.New(fault.TooManyRecords, "max", maxMoved)
	}
	slot := user.Object.Slot(user.Field.Name)
	for _, id := range ids {
		found, err := table.Find(ctx, w.Tx, id, row.Wanted{Lock: true})
		if err != nil {
			return err
		}
		change := &Change{Action: Updated, Object: user.Object, ID: id, Prior: found.Values, Values: slices.Clone(found.Values), Changed: []int{slot}}
		change.Values[slot] = pointed(found.Values[slot], from, to)
		if id == to {
			change.Values[slot] = letGo(found.Values[slot], from) // a record does not come to point to itself
		}
		if err := w.guard(ctx, change); err != nil {
			return err
		}
		if err := w.save(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// pointed is what a field points to when one record has become another.
func pointed(value expr.Value, from, to string) expr.Value {
	switch v := value.(type) {
	case field.Link:
		return field.Link{Object: v.Object, ID: to}
	case []string:
		ids := slices.Clone(v)
		if slices.Contains(ids, to) {
			return letGo(ids, from)
		}
		ids[slices.Index(ids, from)] = to
		return ids
	default:
		return to
	}
}
