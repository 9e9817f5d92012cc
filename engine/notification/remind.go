package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// The jobs that remind: of one record at its time, and of those that were there
// before their object reminded.
const (
	RemindKind = "notification_remind"
	ArmKind    = "notification_arm"
)

// armChunk is how many records are looked through in one transaction.
const armChunk = 1000

// reminder is when the owner of a record is to be reminded of it.
type reminder struct {
	Object string `json:"object"`
	Record string `json:"record"`
	At     int64  `json:"at"`
}

// arm has a job remind the owner of a record when the time comes that the
// change gives it.
func arm(w *record.Work, change *record.Change) error {
	remind := change.Object.Remind
	if remind == nil || change.Action == record.Deleted {
		return nil
	}
	slot := change.Object.Slot(remind.At)
	at, ok := change.Values[slot].(time.Time)
	if !ok || at.Before(w.Now) {
		return nil
	}
	if change.Action == record.Updated {
		if was, ok := change.Prior[slot].(time.Time); ok && was.Equal(at) {
			return nil
		}
	}
	return armAt(w.Tx, change.Object, change.ID, at)
}

func armAt(tx *store.Tx, object *metadata.Object, id string, at time.Time) error {
	err := job.Enqueue(tx, job.Job{
		Kind: RemindKind, Payload: reminder{Object: object.Name, Record: id, At: at.UnixMilli()}, RunAt: at,
		UniqueKey: fmt.Sprintf("%s/%s/%d", object.Name, id, at.UnixMilli()),
	})
	if err != nil {
		return fmt.Errorf("set a reminder: %w", err)
	}
	return nil
}

type reminding struct{ *Service }

// Name is the kind's name.
func (reminding) Name() string { return RemindKind }

// Run reminds the owner, as long as the record still says so. The job is done
// with the notification, or neither is.
func (k reminding) Run(ctx context.Context, running *job.Running) error {
	var due reminder
	if err := running.Decode(&due); err != nil {
		return err
	}
	return k.records.Transact(ctx, access.System(), store.Interactive, func(ctx context.Context, w *record.Work) error {
		owner, err := k.due(ctx, w, due)
		if err != nil {
			return err
		}
		if owner != "" {
			if err := tell(ctx, w, owner, Reminded, record.Happening{Object: due.Object, Record: due.Record, By: w.Author.ID}); err != nil {
				return err
			}
		}
		return running.Complete(ctx, w.Tx)
	})
}

// due gives whom to remind, or "".
func (k reminding) due(ctx context.Context, w *record.Work, due reminder) (string, error) {
	object, ok := w.Policy.Catalog().Object(due.Object)
	if !ok || object.Remind == nil {
		return "", nil
	}
	values, err := w.Live(ctx, object, due.Record)
	if err != nil || values == nil {
		return "", err
	}
	at, ok := values[object.Slot(object.Remind.At)].(time.Time)
	if !ok || at.UnixMilli() != due.At {
		return "", nil
	}
	if holds, err := w.Holds(ctx, object, values, object.Remind.While); err != nil || !holds {
		return "", err
	}
	owner := textAt(object, values, metadata.FieldOwner)
	readable, err := w.ReadableBy(ctx, object, due.Record, owner)
	if err != nil || readable[owner] == nil {
		return "", err
	}
	return owner, nil
}

type armed struct {
	Object string `json:"object"`
}

// Watch follows a change of definitions in its transaction: of records that are
// there already, too, their owners are reminded.
func (s *Service) Watch(_ context.Context, tx *store.Tx, from, to *metadata.Catalog) error {
	for _, object := range to.Objects() {
		if object.Remind == nil {
			continue
		}
		before, ok := from.Object(object.Name)
		if !ok || before.Remind != nil && before.Remind.At == object.Remind.At {
			continue
		}
		if err := job.Enqueue(tx, job.Job{Kind: ArmKind, Payload: armed{object.Name}, SerialKey: ArmKind + " " + object.Name}); err != nil {
			return fmt.Errorf("set reminders: %w", err)
		}
	}
	return nil
}

type arming struct{ *Service }

// Name is the kind's name.
func (arming) Name() string { return ArmKind }

// Run sets the reminders of an object's records; begun again, it sets none
// twice.
func (k arming) Run(ctx context.Context, running *job.Running) error {
	var todo armed
	if err := running.Decode(&todo); err != nil {
		return err
	}
	return k.records.InPortions(ctx, running, "", func(ctx context.Context, w *record.Work, after string) (string, bool, error) {
		return armAfter(ctx, w, todo.Object, after)
	})
}

func armAfter(ctx context.Context, w *record.Work, name, after string) (string, bool, error) {
	object, ok := w.Policy.Catalog().Object(name)
	if !ok || object.Remind == nil {
		return "", false, nil
	}
	slot := object.Slot(object.Remind.At)
	var failed error
	last, more, err := w.EachAfter(ctx, object, after, armChunk, func(id string, values []expr.Value) {
		if at, ok := values[slot].(time.Time); ok && !at.Before(w.Now) && failed == nil {
			failed = armAt(w.Tx, object, id, at)
		}
	})
	if err == nil {
		err = failed
	}
	return last, more, err
}
