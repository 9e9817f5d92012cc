package record

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Merge makes one record of two: what pointed to the other points to the first
// by then, which gets the values, the comments and the files; the other goes to the recycle bin. It needs
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
		if _, err := w.repoint(ctx, user, other, field.Link{Object: name, ID: id}, &left); err != nil {
			return nil, err
		}
	}
	prior, err := w.table(object).Find(ctx, w.Tx, other, row.Wanted{Lock: true})
	if err != nil {
		return nil, fmt.Errorf("read a record that is merged: %w", err)
	}
	w.Tx.Queue("UPDATE sys_file SET record = ? WHERE object = ? AND record = ? AND field = ''", id, name, other)
	w.Tx.Queue("UPDATE sys_comment SET record = ? WHERE object = ? AND record = ?", id, name, other)
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
