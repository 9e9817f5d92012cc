package handover

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// JobKind is the name of the job that gives records, and takes them back.
const JobKind = "handover"

// via is how the history names what a handover did.
const via = "handover"

// atOnce is how many records share one transaction.
const atOnce = 100

// todo says which handover is under way, and which way it goes.
type todo struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// What became of a record.
const (
	wasGiven  = "given"
	wasKept   = "kept"
	wasUndone = "undone"
)

// recordRow is what became of one record.
type recordRow struct {
	HandoverID, Object, Record, State string
}

// TableName is the table of records that were handed over.
func (recordRow) TableName() string { return "sys_handover_record" }

var _ job.Mortal = worker{}

type worker struct{ *Service }

// Name is the kind's name.
func (worker) Name() string { return JobKind }

// Run gives or takes back, some records at a time; broken off and begun again,
// it goes on where it was.
func (s worker) Run(ctx context.Context, running *job.Running) error {
	var todo todo
	if err := running.Decode(&todo); err != nil {
		return err
	}
	row, err := s.find(ctx, todo.ID)
	if err != nil {
		return err
	}
	if row.State != todo.State {
		return nil
	}
	actor, err := s.stillMay(ctx, row)
	if err == nil {
		work := &handing{Service: s.Service, row: row, actor: actor, running: running}
		if todo.State == Working {
			err = work.give(ctx)
		} else {
			err = work.takeBack(ctx)
		}
	}
	if fault.As(err) == nil || ctx.Err() != nil {
		return err
	}
	return s.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if err := s.end(ctx, tx, row.ID, Failed); err != nil {
			return err
		}
		return running.Complete(ctx, tx)
	})
}

// stillMay is who hands over, as he is now: his right may have been taken from
// him.
func (s worker) stillMay(ctx context.Context, row *handoverRow) (*access.Actor, error) {
	actor, err := s.people.ByID(ctx, row.ByID, via)
	if err != nil {
		return nil, err
	}
	if actor == nil {
		return nil, fault.New(fault.Forbidden)
	}
	return actor, s.people.MayManage(ctx, actor, row.UserID)
}

// Died ends a handover whose work failed too often; what was given can still be
// taken back.
func (s worker) Died(ctx context.Context, tx *store.Tx, dead *job.Running) error {
	var todo todo
	if err := dead.Decode(&todo); err != nil {
		return err
	}
	return s.end(ctx, tx, todo.ID, Failed)
}

func (s *Service) end(ctx context.Context, tx *store.Tx, id, state string) error {
	set := map[string]any{"state": state, "ended_at": s.clock.Now().UnixMilli()}
	if _, err := store.Update[handoverRow](ctx, tx, set, "id = ?", id); err != nil {
		return fmt.Errorf("end a handover: %w", err)
	}
	return nil
}

// handing is a handover under work.
type handing struct {
	*Service
	row     *handoverRow
	actor   *access.Actor
	running *job.Running
}

// give gives the records of one object after the other.
func (h *handing) give(ctx context.Context) error {
	names, err := h.row.objects()
	if err != nil {
		return err
	}
	for _, name := range names {
		for more := true; more; {
			if more, err = h.giveSome(ctx, name); err != nil {
				return err
			}
		}
	}
	return h.records.Transact(ctx, h.actor, store.Bulk, func(ctx context.Context, w *record.Work) error {
		if err := h.tell(w, names); err != nil {
			return err
		}
		if err := h.end(ctx, w.Tx, h.row.ID, Done); err != nil {
			return err
		}
		return h.running.Complete(ctx, w.Tx)
	})
}

// giveSome gives the next records of an object, and tells whether there may be
// more.
func (h *handing) giveSome(ctx context.Context, name string) (more bool, err error) {
	err = h.records.Transact(ctx, h.actor, store.Bulk, func(ctx context.Context, w *record.Work) error {
		object, ok := w.Policy.Catalog().Object(name)
		if !ok {
			more = false
			return nil
		}
		ids, err := h.next(ctx, w.Tx, object)
		if err != nil {
			return err
		}
		more = len(ids) == atOnce
		return h.each(ctx, w, len(ids), func(i int) recordRow { return recordRow{Object: name, Record: ids[i]} }, wasGiven, h.row.UserID, h.row.ToID)
	})
	return more, err
}

// next are the next records that the person still has, and that were not tried.
func (h *handing) next(ctx context.Context, tx *store.Tx, object *metadata.Object) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT t.id FROM `+h.table(object)+` AS t WHERE t.owner = ? AND t.deleted_at IS NULL AND NOT EXISTS
		(SELECT 1 FROM sys_handover_record AS r WHERE r.handover_id = ? AND r.object = ? AND r.record = t.id) ORDER BY t.id LIMIT `+strconv.Itoa(atOnce),
		h.row.UserID, h.row.ID, object.Name)
	if err != nil {
		return nil, fmt.Errorf("find what to hand over: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find what to hand over: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find what to hand over: %w", err)
	}
	return ids, nil
}

// each passes some records on, from one owner to another, and notes what became
// of them.
func (h *handing) each(ctx context.Context, w *record.Work, n int, at func(i int) recordRow, done, from, to string) error {
	w.Confirmed = true // it is no second one because its owner changes
	counts := map[string]int64{}
	for i := range n {
		row := at(i)
		err := w.Tx.Try(ctx, func(ctx context.Context) error { return pass(ctx, w, row, from, to) })
		state := done
		if fault.As(err) != nil {
			state = wasKept
		} else if err != nil {
			return err
		}
		counts[state]++
		w.Tx.Queue(`INSERT INTO sys_handover_record (handover_id, object, record, state) VALUES (?, ?, ?, ?)
			ON CONFLICT (handover_id, object, record) DO UPDATE SET state = excluded.state`, h.row.ID, row.Object, row.Record, state)
	}
	w.Tx.Queue("UPDATE sys_handover SET given = given + ?, kept = kept + ?, undone = undone + ? WHERE id = ?", counts[wasGiven], counts[wasKept], counts[wasUndone], h.row.ID)
	return h.running.Advance(ctx, w.Tx)
}

// pass gives a record another owner, if it still has the one before.
func pass(ctx context.Context, w *record.Work, row recordRow, from, to string) error {
	object, seen, err := w.Elevated().Take(ctx, row.Object, row.Record, access.Update)
	if err != nil {
		return err
	}
	if owner, _ := seen.Values[object.Slot(metadata.FieldOwner)].(string); owner != from {
		return fault.New(fault.ChangedSince, "name", metadata.FieldOwner)
	}
	raw, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("write an owner: %w", err)
	}
	_, err = w.Assign(ctx, row.Object, row.Record, map[string]json.RawMessage{metadata.FieldOwner: raw})
	return err
}

// takeBack gives back what was given.
func (h *handing) takeBack(ctx context.Context) error {
	for more := true; more; {
		rows, err := store.Find[recordRow](ctx, h.store, store.Selection{Where: "handover_id = ? AND state = ?", Args: []any{h.row.ID, wasGiven}, Order: "object, record", Limit: atOnce})
		if err != nil {
			return fmt.Errorf("read what was handed over: %w", err)
		}
		more = len(rows) == atOnce
		err = h.records.Transact(ctx, h.actor, store.Bulk, func(ctx context.Context, w *record.Work) error {
			return h.each(ctx, w, len(rows), func(i int) recordRow { return rows[i] }, wasUndone, h.row.ToID, h.row.UserID)
		})
		if err != nil {
			return err
		}
	}
	return h.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if err := h.end(ctx, tx, h.row.ID, Undone); err != nil {
			return err
		}
		return h.running.Complete(ctx, tx)
	})
}

// tell tells the new owner of the records of each object at once.
func (h *handing) tell(w *record.Work, names []string) error {
	if h.row.ToID == h.row.ByID {
		return nil
	}
	moment := func(t time.Time) string {
		return fmt.Sprintf("datetime(%q)", t.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	filter := fmt.Sprintf("owner == me && updated_by == %q && updated_at >= %s && updated_at <= %s", h.row.ByID, moment(time.UnixMilli(h.row.CreatedAt)), moment(w.Now))
	for _, name := range names {
		of := record.Happening{Object: name, Record: h.row.ID, By: h.row.ByID, Filter: filter}
		if err := h.notes.HandedOver(w, h.row.ToID, of); err != nil {
			return err
		}
	}
	return nil
}
