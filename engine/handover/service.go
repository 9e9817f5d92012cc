// Package handover gives the records of one person to another, as when he
// leaves: it counts them first, gives them in the background, and takes back
// what it gave. Start with Service.
package handover

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// People judges who may do this to whom.
type People interface {
	// ByID gives the active person with an id, or nil when there is none.
	ByID(ctx context.Context, id, via string) (*access.Actor, error)
	// MayManage refuses who may not manage a person. Faults: not_found,
	// forbidden.
	MayManage(ctx context.Context, actor *access.Actor, userID string) error
}

// Notes tell people what concerns them.
type Notes interface {
	// HandedOver tells a person that he was given the records of a filter.
	HandedOver(w *record.Work, person string, of record.Happening) error
}

// Service hands records over.
type Service struct {
	store   *store.Store
	records *record.Service
	people  People
	notes   Notes
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, people People, notes Notes, c clock.Clock) *Service {
	return &Service{store: s, records: records, people: people, notes: notes, clock: c}
}

// Kinds are the jobs that the service does.
func (s *Service) Kinds() []job.Kind { return []job.Kind{worker{s}} }

// The states of a handover.
const (
	Working = "working"
	Done    = "done"
	Undoing = "undoing"
	Undone  = "undone"
	Failed  = "failed"
)

// Handover is that the records of one person are given to another.
type Handover struct {
	ID      string   `json:"id"`
	Person  string   `json:"person"`
	To      string   `json:"to"`
	By      string   `json:"by"`
	Objects []string `json:"objects"`
	Disable bool     `json:"disable"` // the person could sign in, and cannot any more
	State   string   `json:"state"`   // working, done, undoing, undone or failed
	Total   int64    `json:"total"`   // how many records it was to give
	Given   int64    `json:"given"`
	Kept    int64    `json:"kept"` // that could not be given, or be taken back
	Undone  int64    `json:"undone"`

	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
}

// handoverRow is a handover as it is kept.
type handoverRow struct {
	ID, UserID, ToID, ByID string
	Objects                string
	Disable                bool
	State                  string
	Total, Given, Kept     int64
	Undone                 int64
	CreatedAt              int64 `gorm:"autoCreateTime:false"`
	EndedAt                *int64
}

// TableName is the table of handovers.
func (handoverRow) TableName() string { return "sys_handover" }

func (r *handoverRow) objects() (names []string, err error) {
	if err := json.Unmarshal([]byte(r.Objects), &names); err != nil {
		return nil, fmt.Errorf("read a handover: %w", err)
	}
	return names, nil
}

func (r *handoverRow) told() (*Handover, error) {
	names, err := r.objects()
	if err != nil {
		return nil, err
	}
	told := &Handover{
		ID: r.ID, Person: r.UserID, To: r.ToID, By: r.ByID, Objects: names, Disable: r.Disable, State: r.State,
		Total: r.Total, Given: r.Given, Kept: r.Kept, Undone: r.Undone, CreatedAt: time.UnixMilli(r.CreatedAt).UTC(),
	}
	if r.EndedAt != nil {
		ended := time.UnixMilli(*r.EndedAt).UTC()
		told.EndedAt = &ended
	}
	return told, nil
}

// Owned is how many records of an object a person has.
type Owned struct {
	Object string `json:"object"`
	Count  int64  `json:"count"`
	// Log tells that the records say what somebody did, not what he is to do.
	Log bool `json:"log"`
}

// Owned counts what a person has, by object. Faults: not_found, forbidden.
func (s *Service) Owned(ctx context.Context, actor *access.Actor, userID string) ([]Owned, error) {
	if err := s.people.MayManage(ctx, actor, userID); err != nil {
		return nil, err
	}
	all := []Owned{}
	for _, object := range s.records.Policy().Catalog().Objects() {
		if !given(object) {
			continue
		}
		count, err := store.Count(ctx, s.store, "SELECT count(*) FROM "+s.table(object)+" WHERE owner = ? AND deleted_at IS NULL", userID)
		if err != nil {
			return nil, fmt.Errorf("count the records of %s: %w", object.Name, err)
		}
		if count > 0 {
			all = append(all, Owned{Object: object.Name, Count: count, Log: object.Activity != nil && object.Due == nil})
		}
	}
	return all, nil
}

// given tells whether records of an object are given from one person to another:
// not who there is, nor what belongs to another record.
func given(object *metadata.Object) bool {
	who := []string{field.UserObject, field.DepartmentObject, field.TeamObject}
	return !slices.Contains(who, object.Name) && !object.IsLines()
}

func (s *Service) table(object *metadata.Object) string {
	return s.store.Dialect().Quote(object.Name)
}

// Ask is what somebody is to hand over.
type Ask struct {
	To      string   `json:"to"`
	Objects []string `json:"objects"`
	Disable bool     `json:"disable"`
}

// Start begins to hand the records of a person over. What he is asked to give is
// given as far as its rules let it. Faults: not_found, forbidden, wrong_state
// while another of his is under way, last_administrator, invalid_values.
func (s *Service) Start(ctx context.Context, actor *access.Actor, userID string, ask Ask) (*Handover, error) {
	row, err := s.begin(ctx, actor, userID, ask)
	if err != nil {
		return nil, err
	}
	err = s.records.Transact(ctx, actor, store.Interactive, func(ctx context.Context, w *record.Work) error {
		if row.Disable {
			if err := s.setActive(ctx, w, userID, false); err != nil {
				return err
			}
		}
		if err := store.Insert(ctx, w.Tx, row); err != nil {
			return fmt.Errorf("keep a handover: %w", err)
		}
		audit.Write(ctx, w.Tx, actor, audit.Entry{Action: audit.HandoverBegun, Object: field.UserObject, Subject: userID, Detail: map[string]any{
			"to": row.ToID, "objects": ask.Objects, "records": row.Total, "disable": row.Disable,
		}})
		return enqueue(ctx, w.Tx, row)
	})
	if err != nil {
		return nil, err
	}
	return row.told()
}

// begin is a handover that is allowed, with what there is to give.
func (s *Service) begin(ctx context.Context, actor *access.Actor, userID string, ask Ask) (*handoverRow, error) {
	owned, err := s.Owned(ctx, actor, userID)
	if err != nil {
		return nil, err
	}
	faults := fault.New(fault.InvalidValues)
	if ask.To == userID {
		faults.At("/to", fault.MissingRecord)
	}
	if err := s.receiver(ctx, actor, ask.To, faults); err != nil {
		return nil, err
	}
	var total int64
	catalog := s.records.Policy().Catalog()
	for i, name := range ask.Objects {
		object, ok := catalog.Object(name)
		if !ok || !given(object) || slices.Index(ask.Objects, name) < i {
			faults.At(fmt.Sprintf("/objects/%d", i), fault.UnknownOption, "value", name)
		}
		if at := slices.IndexFunc(owned, func(o Owned) bool { return o.Object == name }); at >= 0 {
			total += owned[at].Count
		}
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	person, err := s.people.ByID(ctx, userID, actor.Via)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	names, err := json.Marshal(append([]string{}, ask.Objects...))
	if err != nil {
		return nil, fmt.Errorf("write a handover: %w", err)
	}
	return &handoverRow{
		ID: id.String(), UserID: userID, ToID: ask.To, ByID: actor.ID, Objects: string(names), Disable: ask.Disable && person != nil,
		State: Working, Total: total, CreatedAt: s.clock.Now().UnixMilli(),
	}, nil
}

// receiver notes a fault where the person who is to be given records is nobody
// whom the actor may manage, or cannot sign in.
func (s *Service) receiver(ctx context.Context, actor *access.Actor, id string, faults *fault.Fault) error {
	if _, item := field.ParseID(id); item != nil {
		faults.At("/to", fault.MissingRecord)
		return nil
	}
	person, err := s.people.ByID(ctx, id, actor.Via)
	if err != nil {
		return err
	}
	if person == nil {
		faults.At("/to", fault.MissingRecord)
		return nil
	}
	names, err := s.records.Named(ctx, actor, field.UserObject, []string{id})
	if err == nil && len(names[field.UserObject]) == 0 {
		faults.At("/to", fault.MissingRecord)
	}
	return err
}

// Undo begins to take back what a handover gave: each record that is still with
// whom it was given to, and the right to sign in. Faults: not_found, forbidden,
// wrong_state.
func (s *Service) Undo(ctx context.Context, actor *access.Actor, id string) (*Handover, error) {
	row, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.people.MayManage(ctx, actor, row.UserID); err != nil {
		return nil, err
	}
	err = s.records.Transact(ctx, actor, store.Interactive, func(ctx context.Context, w *record.Work) error {
		count, err := store.Update[handoverRow](ctx, w.Tx, map[string]any{"state": Undoing, "by_id": actor.ID, "ended_at": nil}, "id = ? AND state IN ?", id, []string{Done, Failed})
		if err != nil {
			return fmt.Errorf("undo a handover: %w", err)
		}
		if count == 0 {
			return fault.New(fault.WrongState, "state", row.State)
		}
		if row.Disable {
			if err := s.setActive(ctx, w, row.UserID, true); err != nil {
				return err
			}
		}
		audit.Write(ctx, w.Tx, actor, audit.Entry{Action: audit.HandoverUndone, Object: field.UserObject, Subject: row.UserID, Detail: map[string]any{"to": row.ToID, "records": row.Given}})
		row.State, row.ByID, row.EndedAt = Undoing, actor.ID, nil
		return enqueue(ctx, w.Tx, row)
	})
	if err != nil {
		return nil, err
	}
	return row.told()
}

// setActive says whether a person may sign in; guards judge who does that.
func (s *Service) setActive(ctx context.Context, w *record.Work, userID string, active bool) error {
	_, err := w.Assign(ctx, field.UserObject, userID, map[string]json.RawMessage{"active": json.RawMessage(strconv.FormatBool(active))})
	return err
}

func enqueue(ctx context.Context, tx *store.Tx, row *handoverRow) error {
	id, err := job.EnqueueOne(ctx, tx, job.Job{Kind: JobKind, Payload: todo{ID: row.ID, State: row.State}, UniqueKey: row.UserID})
	if err == nil && id == 0 {
		return fault.New(fault.WrongState, "state", Working)
	}
	if err != nil {
		return fmt.Errorf("enqueue a handover: %w", err)
	}
	return nil
}

// find reads a handover. Fault: not_found.
func (s *Service) find(ctx context.Context, id string) (*handoverRow, error) {
	if _, item := field.ParseID(id); item != nil {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[handoverRow](ctx, s.store, "id = ?", id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read a handover: %w", err)
	}
	return row, nil
}

// maxTold is how many handovers are told of.
const maxTold = 50

// List are the last handovers of the people whom the actor may manage.
func (s *Service) List(ctx context.Context, actor *access.Actor) ([]*Handover, error) {
	rows, err := store.Find[handoverRow](ctx, s.store, store.Selection{Order: "created_at desc, id desc", Limit: maxTold})
	if err != nil {
		return nil, fmt.Errorf("read the handovers: %w", err)
	}
	list := []*Handover{}
	for i := range rows {
		err := s.people.MayManage(ctx, actor, rows[i].UserID)
		if fault.As(err) != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		told, err := rows[i].told()
		if err != nil {
			return nil, err
		}
		list = append(list, told)
	}
	return list, nil
}
