package record

import (
	"context"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// maxCascade is how many records one delete may take with it.
const maxCascade = 1000

// Delete puts a record into the recycle bin, or removes it where its object
// keeps none. Faults: not_found, forbidden, stale, in_use when a field that
// restricts it points here.
func (s *Service) Delete(ctx context.Context, actor *access.Actor, object, id string, version *int64, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		_, err := w.Delete(ctx, object, id, version)
		return Nothing{}, err
	})
	return err
}

// Delete deletes a record in this transaction.
func (w *Work) Delete(ctx context.Context, name, id string, version *int64) (*Change, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Delete)
	if err != nil {
		return nil, err
	}
	prior, err := w.lock(ctx, object, id, access.Delete, false)
	if err != nil {
		return nil, err
	}
	if err := fresh(versionOf(object, prior.Values), version); err != nil {
		return nil, err
	}
	left := maxCascade
	return w.discard(ctx, object, id, prior, &left)
}

// discard deletes a record that was locked, and settles what points to it:
// a restricting field refuses, a cascading one goes along, and where nothing
// is recycled the others are emptied.
//
// What goes along is decided by the definitions alone: who may delete a record
// deletes what its definition says is a part of it, and empties what points to
// it, whether or not he has a right to those records, or can see them. A rights
// check here would leave orphans, or tell of hidden records by refusing. The
// guards still judge each record that goes along.
func (w *Work) discard(ctx context.Context, object *metadata.Object, id string, prior *row.Record, left *int) (*Change, error) {
	if *left--; *left < 0 {
		return nil, fault.New(fault.TooManyRecords, "max", maxCascade)
	}
	if w.root.ID == "" {
		w.root = field.Link{Object: object.Name, ID: id}
		defer func() { w.root = field.Link{} }()
	}
	change := changing(Deleted, object, id, prior)
	if err := w.guard(ctx, change); err != nil {
		return nil, err
	}
	for _, user := range object.Users {
		if err := w.settle(ctx, object, id, user, left); err != nil {
			return nil, err
		}
	}
	for slot, f := range object.Fields {
		if !f.System && prior.Values[slot] != nil {
			change.Changed = append(change.Changed, slot)
		}
	}
	return change, w.save(ctx, change)
}

func (w *Work) settle(ctx context.Context, object *metadata.Object, id string, user metadata.Reference, left *int) error {
	if user.Field.OnDelete == "setNull" && object.Recycle && !w.erasing {
		return nil
	}
	table := w.table(user.Object)
	ids, err := table.Pointing(ctx, w.Tx, user.Field, id, *left+1)
	if err != nil || len(ids) == 0 {
		return err
	}
	if w.erasing && user.Field.OnDelete == "cascade" && !user.IsLine() {
		return fault.New(fault.InUse)
	}
	if user.Field.OnDelete == "restrict" {
		return fault.New(fault.InUse, "object", user.Object.Plural.In(w.Actor.Language), "count", len(ids))
	}
	for _, other := range ids {
		found, err := table.Find(ctx, w.Tx, other, row.Wanted{Lock: true})
		if isMissing(err) { // it went with one before it
			continue
		}
		if err != nil {
			return err
		}
		if user.Field.OnDelete == "cascade" {
			if _, err := w.discard(ctx, user.Object, other, found, left); err != nil {
				return err
			}
			continue
		}
		change := changing(Updated, user.Object, other, found)
		slot := user.Object.Slot(user.Field.Name)
		change.Values[slot] = letGo(found.Values[slot], id)
		if err := w.recompute(ctx, change); err != nil {
			return err
		}
		if err := w.save(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// letGo is what a field points to when one record is gone.
func letGo(value expr.Value, id string) expr.Value {
	ids, ok := value.([]string)
	if !ok {
		return nil
	}
	if ids = slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id }); len(ids) == 0 {
		return nil
	}
	return ids
}

// Erase removes a record for good, past the recycle bin, with its lines. What
// else would go along keeps it. Faults: not_found, in_use.
func (w *Work) Erase(ctx context.Context, name, id string) error {
	w.erasing = true
	defer func() { w.erasing = false }()
	_, err := w.Delete(ctx, name, id, nil)
	return err
}
