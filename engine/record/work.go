package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Work is one transaction of writes, for one actor in one catalog. The order
// of every write is: the prior record is locked and judged, guards, values,
// defaults, formulas, references, rules, row, history, AfterSave; roll-ups come
// last in the transaction, in Settle.
type Work struct {
	Tx     *store.Tx
	Policy *access.Policy
	Actor  *access.Actor // whose rights judge
	Author *access.Actor // who acts: the same, but where the work is elevated
	Now    time.Time
	// Confirmed says that what looks like a duplicate is none.
	Confirmed bool
	// Splitting are the two records of a merge that is undone: they were alike
	// before.
	Splitting []string

	erasing  bool              // what is deleted is gone for good
	formless bool              // nobody fills in a form: what one requires is not asked of what comes back, is merged or follows
	root     field.Link        // with which record others are deleted
	merged   map[string]string // of the files that a merge may move, their fields
	service  *Service
	stale    stale                    // what Settle brings up to date
	settled  map[string]bool          // the ids of the records that it wrote
	deferred bool                     // also what is left to jobs
	found    map[sought]bool          // what exists was asked already
	readers  map[string]*access.Actor // people whose rights were asked for, by id
}

// Elevated is the same work with every right, for what follows from a right
// that was judged already. Guards still judge who acts.
func (w *Work) Elevated() *Work {
	elevated := *w
	actor := *w.Actor
	actor.Roles, actor.Limit = []string{metadata.RoleAdmin}, nil
	elevated.Actor, elevated.formless = &actor, true
	return &elevated
}

// withoutForm is the same work for what nobody fills in a form for.
func (w *Work) withoutForm() *Work {
	formless := *w
	formless.formless = true
	return &formless
}

// Referenced reports whether any live record points to this one.
func (w *Work) Referenced(ctx context.Context, object *metadata.Object, id string) (bool, error) {
	for _, user := range object.Users {
		ids, err := w.table(user.Object).Pointing(ctx, w.Tx, user.Field, id, 2)
		if err != nil {
			return false, err
		}
		for _, other := range ids {
			if other != id {
				return true, nil
			}
		}
	}
	return false, nil
}

// The actions of a change, as the history names them.
const (
	Created  = "create"
	Updated  = "update"
	Deleted  = "delete"
	Restored = "restore"
)

// Change is what happens to one record.
type Change struct {
	Action  string
	Object  *metadata.Object
	ID      string
	Prior   []expr.Value // nil for a new record
	Values  []expr.Value
	Changed []int // the slots whose value differs, system fields left out
	Quiet   bool  // the engine's own: neither a new version nor in the history
	// Followed tells that somebody follows the record.
	Followed bool

	lines []sentLines
}

// changing begins a change of a record as it was read.
func changing(action string, object *metadata.Object, id string, prior *row.Record) *Change {
	return &Change{Action: action, Object: object, ID: id, Prior: prior.Values, Values: slices.Clone(prior.Values), Followed: prior.Followed}
}

// Version is the record's version after the change.
func (c *Change) Version() int64 { return versionOf(c.Object, c.Values) }

func (w *Work) table(object *metadata.Object) *row.Table {
	return w.service.table(w.Policy, w.Actor, object, w.Now)
}

func (w *Work) decide(object *metadata.Object, action string) (*access.Decision, error) {
	return w.Policy.Decide(w.Actor, object, action)
}

// input is what the expressions of a rule or a right read: the record itself
// and, through its lookups, the records it points to.
func (w *Work) input(ctx context.Context, object *metadata.Object, values []expr.Value) expr.Input {
	in := w.Actor.Input(w.Now)
	in.Record = func(path []string) expr.Value { return follow(ctx, w.Tx, w.table, object, values, path) }
	return in
}

// follow is the value at a path that begins at a record and leads on through
// its lookups.
func follow(ctx context.Context, reader store.Reader, table tables, object *metadata.Object, values []expr.Value, path []string) expr.Value {
	slot := object.Slot(path[0])
	if len(path) == 1 && slot >= 0 {
		return valueAt(ctx, reader, table, object, values, slot)
	}
	if len(path) == 1 {
		return object.Value(values, path[0])
	}
	if slot < 0 {
		return nil
	}
	id, _ := valueAt(ctx, reader, table, object, values, slot).(string)
	target, ok := table(object).Policy.Catalog().Object(object.Fields[slot].Target)
	if !ok || id == "" {
		return nil
	}
	found, err := table(target).Find(ctx, reader, id, row.Wanted{})
	if err != nil {
		return nil
	}
	return follow(ctx, reader, table, target, found.Values, path[1:])
}

// lock loads a record for a change: it must be readable, or it does not exist,
// and the action must be permitted, or it is forbidden. It returns the fields
// that may be read, those that may be written and those that are shown in part.
func (w *Work) lock(ctx context.Context, object *metadata.Object, id, action string, deleted bool) (*row.Record, error) {
	if !isID(id) {
		return nil, fault.New(fault.NotFound)
	}
	read, err := w.decide(object, access.Read)
	if err != nil {
		return nil, err
	}
	act, err := w.decide(object, action)
	if err != nil {
		return nil, err
	}
	masked, err := w.decide(object, access.Mask)
	if err != nil {
		return nil, err
	}
	found, err := w.table(object).Find(ctx, w.Tx, id, row.Wanted{Decisions: []*access.Decision{read, act, masked}, Lock: true, Deleted: deleted})
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, err
	}
	if found.Permitted[1] == nil {
		return nil, fault.New(fault.Forbidden)
	}
	return found, nil
}

// save writes a change: the row, its history and what follows from it.
func (w *Work) save(ctx context.Context, change *Change) error {
	table := w.table(change.Object)
	if change.Action != Created {
		clear(w.found)
	}
	switch change.Action {
	case Created:
		if err := table.Insert(w.Tx, change.Values); err != nil {
			return err
		}
	case Updated, Restored:
		if err := table.Update(w.Tx, change.ID, change.Values, append(change.Changed, w.stamp(change)...)); err != nil {
			return err
		}
	case Deleted:
		if err := w.remove(table, change); err != nil {
			return err
		}
	}
	switch change.Object.Name {
	case field.UserObject:
		w.Tx.OnCommit(w.service.names.forget)
		clear(w.readers)
	case field.DepartmentObject, field.TeamObject:
		clear(w.readers)
	}
	w.hold(change)
	if err := w.remember(change); err != nil {
		return err
	}
	w.index(table, change)
	w.feed(change)
	for _, after := range w.service.slots.AfterSave {
		if err := after(ctx, w, change); err != nil {
			return err
		}
	}
	return w.handOn(ctx, change)
}

// stamp sets who changed a record and when, and raises its version.
func (w *Work) stamp(change *Change) []int {
	slots := []int{
		change.Object.Slot(metadata.FieldUpdatedAt),
		change.Object.Slot(metadata.FieldUpdatedBy),
		change.Object.Slot(metadata.FieldVersion),
	}
	change.Values[slots[0]] = w.Now
	change.Values[slots[1]] = w.Actor.ID
	change.Values[slots[2]] = next(change.Prior[slots[2]])
	return slots
}

func (w *Work) guard(ctx context.Context, change *Change) error {
	for _, guard := range w.service.slots.Guard {
		if err := guard(ctx, w, change); err != nil {
			return err
		}
	}
	return nil
}

func (w *Work) remove(table *row.Table, change *Change) error {
	if !change.Object.Recycle || w.erasing {
		table.Remove(w.Tx, change.ID)
		w.forget(change.Object, change.ID)
		return nil
	}
	slots := w.stamp(change)
	if err := table.Update(w.Tx, change.ID, change.Values, slots); err != nil {
		return err
	}
	if err := table.Recycle(w.Tx, change.ID, &w.Now); err != nil {
		return fmt.Errorf("recycle a record: %w", err)
	}
	w.bin(change)
	return nil
}
