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
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Restore takes a record out of the recycle bin, with what was deleted with it.
// It needs the right to delete it; values that are sent take the place of its
// own, as a change would. Faults: not_found, forbidden, not_deleted, duplicate
// when a unique value was taken meanwhile, parent_deleted when what it is a part
// of is gone, invalid_values.
func (s *Service) Restore(ctx context.Context, actor *access.Actor, object, id string, sent map[string]any, options Options) (*Answer, error) {
	body, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		change, err := w.Restore(ctx, object, id, sent)
		if err != nil {
			return nil, err
		}
		return w.answer(ctx, change)
	})
	return asAnswer(body, err)
}

// Restore restores a record in this transaction.
func (w *Work) Restore(ctx context.Context, name, id string, sent map[string]any) (*Change, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Delete)
	if err != nil {
		return nil, err
	}
	prior, err := w.lock(ctx, object, id, access.Delete, true)
	if err != nil {
		return nil, err
	}
	if !prior.Deleted {
		return nil, fault.New(fault.NotDeleted)
	}
	change := changing(Restored, object, id, prior)
	if err := w.replace(ctx, change, sent); err != nil {
		return nil, err
	}
	if err := w.orphaned(ctx, change, prior.Permitted[0]); err != nil {
		return nil, err
	}
	family, err := w.deletedWith(ctx, field.Link{Object: object.Name, ID: id})
	if err != nil {
		return nil, err
	}
	if err := w.unearth(ctx, change); err != nil {
		return nil, err
	}
	return change, w.unearthFamily(ctx, family)
}

// replace puts what was sent into a record that is restored. What it had before
// a form came to require more is no reason to leave it in the bin.
func (w *Work) replace(ctx context.Context, change *Change, sent map[string]any) error {
	if len(sent) == 0 {
		return nil
	}
	object := change.Object
	found, err := w.lock(ctx, object, change.ID, access.Update, true)
	if err != nil {
		return err
	}
	faults := fault.New(fault.InvalidValues)
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if f, ok := object.Field(name); ok && f.Lines != nil { // its lines come back with it
			faults.At("/"+name, fault.ReadOnly, "field", name)
		}
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	return w.withoutForm().accept(ctx, change, sent, found)
}

// orphaned refuses a record whose parent is in the recycle bin or gone.
func (w *Work) orphaned(ctx context.Context, change *Change, readable access.Fields) error {
	for slot, f := range change.Object.Fields {
		parent, _ := change.Values[slot].(string)
		target, ok := w.Policy.Catalog().Object(f.Target)
		if f.OnDelete != "cascade" || parent == "" || !ok {
			continue
		}
		_, err := w.table(target).Find(ctx, w.Tx, parent, row.Wanted{Lock: true})
		if isMissing(err) {
			return w.withoutParent(ctx, f, target, parent, readable.Has(slot))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutParent says what keeps a record in the bin whose parent is not there: a
// parent that the actor may not see is one that does not exist, and in a field
// that he may not read he is told of none.
func (w *Work) withoutParent(ctx context.Context, f *field.Field, target *metadata.Object, parent string, readable bool) error {
	if !readable {
		return fault.New(fault.Forbidden)
	}
	read, err := w.decide(target, access.Read)
	if err != nil {
		return err
	}
	_, err = w.table(target).Find(ctx, w.Tx, parent, row.Wanted{Decisions: []*access.Decision{read}, Deleted: true})
	if isMissing(err) {
		return fault.New(fault.InvalidValues).At("/"+f.Name, fault.MissingRecord)
	}
	if err != nil {
		return err
	}
	title := target.Title.In(w.Actor.Language)
	return fault.New(fault.ParentDeleted, "object", title).At("/"+f.Name, fault.ParentDeleted, "object", title)
}

// deletedWith are the records that were deleted with another.
func (w *Work) deletedWith(ctx context.Context, root field.Link) ([]binRow, error) {
	members, err := store.Find[binRow](ctx, w.Tx, store.Selection{
		Where: "root_object = ? AND root = ? AND record <> ?", Args: []any{root.Object, root.ID, root.ID}, Order: "object, record", Limit: maxCascade,
	})
	if err != nil {
		return nil, fmt.Errorf("read what was deleted with a record: %w", err)
	}
	return members, nil
}

// unearthFamily restores what was deleted with a record, by what its definition
// says, as it went.
func (w *Work) unearthFamily(ctx context.Context, family []binRow) error {
	elevated := w.Elevated()
	for _, member := range family {
		object, ok := w.Policy.Catalog().Object(member.Object)
		if !ok {
			continue
		}
		prior, err := elevated.lock(ctx, object, member.Record, access.Delete, true)
		if fault.Is(err, fault.NotFound) || err == nil && !prior.Deleted {
			continue
		}
		if err != nil {
			return err
		}
		if err := elevated.unearth(ctx, changing(Restored, object, member.Record, prior)); err != nil {
			return err
		}
	}
	return nil
}

// unearth takes one record out of the recycle bin.
func (w *Work) unearth(ctx context.Context, change *Change) error {
	if err := w.guard(ctx, change); err != nil {
		return err
	}
	table := w.table(change.Object)
	if len(change.Changed) > 0 { // a value that must be unique is another one before the record lives
		if err := table.Update(w.Tx, change.ID, change.Values, change.Changed); err != nil {
			return err
		}
	}
	if err := table.Recycle(w.Tx, change.ID, nil); err != nil {
		return err
	}
	w.unbin(change.Object, change.ID)
	return w.save(ctx, change)
}

// bin notes that a record went to the recycle bin, and with which other.
func (w *Work) bin(change *Change) {
	display := change.Object.Slot(change.Object.Display)
	title := displayOf(change.Object.Fields[display], change.Values[display], change.ID, true)
	w.Tx.Queue(`INSERT INTO sys_bin (object, record, root_object, root, at, by_id, via, title) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (object, record) DO UPDATE SET root_object = excluded.root_object, root = excluded.root, at = excluded.at, by_id = excluded.by_id, via = excluded.via, title = excluded.title`,
		change.Object.Name, change.ID, w.root.Object, w.root.ID, w.Now.UnixMilli(), w.Author.ID, w.Author.Via, folded(title))
}

// unbin notes that a record is no longer in the recycle bin. What was deleted
// with it is there on its own by then.
func (w *Work) unbin(object *metadata.Object, id string) {
	w.Tx.Queue("DELETE FROM sys_bin WHERE object = ? AND record = ?", object.Name, id)
	w.Tx.Queue("UPDATE sys_bin SET root_object = object, root = record WHERE root_object = ? AND root = ?", object.Name, id)
}
