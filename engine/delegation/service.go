// Package delegation lets one person stand in for another who is away: from
// when until when, who that is, and whom that makes the one to turn to. Start
// with Service.
package delegation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
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

// manageAbility lets somebody say who stands in for others.
const manageAbility = "manage_users"

// The limits of a delegation: how long it lasts, how many of a person's there
// are that have not ended, and how many people a chain of them leads through.
const (
	longest  = 366 * 24 * time.Hour
	mostOpen = 50
	maxChain = 3
)

// Service keeps delegations.
type Service struct {
	store   *store.Store
	records *record.Service
	people  People
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, people People, c clock.Clock) *Service {
	return &Service{store: s, records: records, people: people, clock: c}
}

// Delegation is that a person stands in for another, from an instant and before
// another.
type Delegation struct {
	ID     string    `json:"id"`
	Person string    `json:"person"` // who is away
	To     string    `json:"to"`     // who stands in
	By     string    `json:"by"`     // who said so
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
}

// delegationRow is a delegation as it is kept.
type delegationRow struct {
	ID, UserID, ToID, ByID string
	BeginsAt, EndsAt       int64
	CreatedAt              int64 `gorm:"autoCreateTime:false"`
}

// TableName is the table of delegations.
func (delegationRow) TableName() string { return "sys_delegation" }

func (r *delegationRow) told() Delegation {
	return Delegation{
		ID: r.ID, Person: r.UserID, To: r.ToID, By: r.ByID,
		From: time.UnixMilli(r.BeginsAt).UTC(), Until: time.UnixMilli(r.EndsAt).UTC(),
	}
}

// Ask is what a delegation is to be. Without a person it is the actor's own,
// without a beginning it begins now.
type Ask struct {
	Person string     `json:"person"`
	To     string     `json:"to"`
	From   *time.Time `json:"from"`
	Until  time.Time  `json:"until"`
}

// Of lists the delegations of a person that have not ended, and those by which
// he stands in for others, by their beginning. Faults: not_found, forbidden.
func (s *Service) Of(ctx context.Context, actor *access.Actor, person string) ([]Delegation, error) {
	if err := s.mayAsk(ctx, actor, person); err != nil {
		return nil, err
	}
	return s.list(ctx, "ends_at > ? AND (user_id = ? OR to_id = ?)", s.clock.Now().UnixMilli(), person, person)
}

// Current lists all delegations that are in force.
func (s *Service) Current(ctx context.Context) ([]Delegation, error) {
	now := s.clock.Now().UnixMilli()
	return s.list(ctx, "begins_at <= ? AND ends_at > ?", now, now)
}

func (s *Service) list(ctx context.Context, where string, args ...any) ([]Delegation, error) {
	rows, err := store.Find[delegationRow](ctx, s.store, store.Selection{Where: where, Args: args, Order: "begins_at, id"})
	if err != nil {
		return nil, fmt.Errorf("list delegations: %w", err)
	}
	all := make([]Delegation, len(rows))
	for i := range rows {
		all[i] = rows[i].told()
	}
	return all, nil
}

// mayAsk refuses who is neither the person nor manages people. Faults:
// not_found, forbidden.
func (s *Service) mayAsk(ctx context.Context, actor *access.Actor, person string) error {
	if person == actor.ID {
		return nil
	}
	manages, err := s.records.Policy().Can(actor, manageAbility)
	if err != nil {
		return fmt.Errorf("judge an ability: %w", err)
	}
	if !manages {
		return fault.New(fault.MissingAbility, "ability", manageAbility)
	}
	return s.people.MayManage(ctx, actor, person)
}

// Begin lets somebody stand in for a person. Faults: not_found, forbidden,
// missing_ability, invalid_values.
func (s *Service) Begin(ctx context.Context, actor *access.Actor, ask Ask) (*Delegation, error) {
	if ask.Person == "" {
		ask.Person = actor.ID
	}
	if err := s.mayAsk(ctx, actor, ask.Person); err != nil {
		return nil, err
	}
	row, err := s.wanted(ctx, actor, ask)
	if err != nil {
		return nil, err
	}
	err = s.records.Transact(ctx, actor, store.Interactive, func(ctx context.Context, w *record.Work) error {
		if err := apart(ctx, w.Tx, row); err != nil {
			return err
		}
		if err := store.Insert(ctx, w.Tx, row); err != nil {
			return fmt.Errorf("keep a delegation: %w", err)
		}
		told := row.told()
		audit.Write(ctx, w.Tx, actor, audit.Entry{Action: audit.DelegationBegun, Object: field.UserObject, Subject: row.UserID, Detail: map[string]any{
			"to": told.To, "from": told.From, "until": told.Until,
		}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	told := row.told()
	return &told, nil
}

// wanted is the row of what is asked for. Fault: invalid_values.
func (s *Service) wanted(ctx context.Context, actor *access.Actor, ask Ask) (*delegationRow, error) {
	now := s.clock.Now().Truncate(time.Millisecond)
	from := now
	if ask.From != nil {
		from = ask.From.Truncate(time.Millisecond)
	}
	faults := fault.New(fault.InvalidValues)
	if err := s.stands(ctx, actor, ask, faults); err != nil {
		return nil, err
	}
	switch earliest := slices.MaxFunc([]time.Time{now, from}, time.Time.Compare); {
	case ask.Until.IsZero():
		faults.At("/until", fault.Required)
	case !ask.Until.After(earliest):
		faults.At("/until", fault.TooEarly)
	case ask.Until.Sub(from) > longest:
		faults.At("/until", fault.TooLarge, "max", from.Add(longest).UTC().Format(time.DateOnly))
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	return &delegationRow{
		ID: id.String(), UserID: ask.Person, ToID: ask.To, ByID: actor.ID,
		BeginsAt: from.UnixMilli(), EndsAt: ask.Until.UnixMilli(), CreatedAt: now.UnixMilli(),
	}, nil
}

// stands notes a fault where whoever is to stand in is the person himself, not
// active, or nobody whom the actor sees.
func (s *Service) stands(ctx context.Context, actor *access.Actor, ask Ask, faults *fault.Fault) error {
	if ask.To == "" {
		faults.At("/to", fault.Required)
		return nil
	}
	if _, item := field.ParseID(ask.To); item != nil || ask.To == ask.Person {
		faults.At("/to", fault.MissingRecord)
		return nil
	}
	person, err := s.people.ByID(ctx, ask.To, actor.Via)
	if err != nil {
		return err //nolint:wrapcheck // the interface's own
	}
	named, err := s.records.Named(ctx, actor, field.UserObject, []string{ask.To})
	if err == nil && (person == nil || len(named[field.UserObject]) == 0) {
		faults.At("/to", fault.MissingRecord)
	}
	return err
}

// lockSetting is the name of the setting whose row those lock who begin a
// delegation.
const lockSetting = "delegation"

// apart refuses a delegation beside another of the same person at the same
// time; of two at once one waits for the other. Faults: invalid_values,
// too_many_records.
func apart(ctx context.Context, tx *store.Tx, row *delegationRow) error {
	if _, err := tx.Exec(ctx, "INSERT INTO sys_setting (name, value) VALUES (?, 'null') ON CONFLICT (name) DO UPDATE SET name = excluded.name", lockSetting); err != nil {
		return fmt.Errorf("lock the delegations: %w", err)
	}
	open, err := store.Find[delegationRow](ctx, tx, store.Selection{Where: "user_id = ? AND ends_at > ?", Args: []any{row.UserID, row.CreatedAt}, Limit: mostOpen})
	if err != nil {
		return fmt.Errorf("find delegations: %w", err)
	}
	if len(open) == mostOpen {
		return fault.New(fault.TooManyRecords, "max", mostOpen)
	}
	for _, other := range open {
		if row.BeginsAt < other.EndsAt && other.BeginsAt < row.EndsAt {
			return fault.New(fault.InvalidValues).At("/from", fault.Overlaps)
		}
	}
	return nil
}

// End ends a delegation now, or takes one back that has not begun. Faults:
// not_found, forbidden, missing_ability.
func (s *Service) End(ctx context.Context, actor *access.Actor, id string) error {
	if canonical, item := field.ParseID(id); item != nil || canonical != id {
		return fault.New(fault.NotFound)
	}
	row, err := store.First[delegationRow](ctx, s.store, "id = ? AND ends_at > ?", id, s.clock.Now().UnixMilli())
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound)
	}
	if err != nil {
		return fmt.Errorf("find a delegation: %w", err)
	}
	if err := s.mayAsk(ctx, actor, row.UserID); err != nil {
		if fault.As(err) != nil {
			return fault.New(fault.NotFound) // as one that does not exist
		}
		return err
	}
	return s.records.Transact(ctx, actor, store.Interactive, func(ctx context.Context, w *record.Work) error {
		now := w.Now.UnixMilli()
		count, err := store.Update[delegationRow](ctx, w.Tx, map[string]any{"ends_at": now}, "id = ? AND ends_at > ?", id, now)
		if err != nil {
			return fmt.Errorf("end a delegation: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		audit.Write(ctx, w.Tx, actor, audit.Entry{Action: audit.DelegationEnded, Object: field.UserObject, Subject: row.UserID, Detail: map[string]any{"to": row.ToID}})
		return nil
	})
}

// Forget removes the delegations of a person who is removed for good.
func Forget(w *record.Work, object *metadata.Object, id string) {
	if object.Name == field.UserObject {
		w.Tx.Queue("DELETE FROM sys_delegation WHERE user_id = ? OR to_id = ?", id, id)
	}
}

// StandIn gives who stands in for a person at an instant, through those who
// are away themselves; "" when he is there, or the chain comes back to him or
// never ends.
func StandIn(ctx context.Context, reader store.Reader, person string, at time.Time) (string, error) {
	for current, step := person, 0; step <= maxChain; step++ {
		var to string
		err := reader.QueryRow(ctx, "SELECT to_id FROM sys_delegation WHERE user_id = ? AND begins_at <= ? AND ends_at > ? ORDER BY begins_at LIMIT 1",
			current, at.UnixMilli(), at.UnixMilli()).Scan(&to)
		switch {
		case errors.Is(err, store.ErrNotFound) && step == 0, err == nil && to == person:
			return "", nil
		case errors.Is(err, store.ErrNotFound):
			return current, nil
		case err != nil:
			return "", fmt.Errorf("find who stands in: %w", err)
		}
		current = to
	}
	return "", nil
}
