// Package pool lets people take records that wait for an owner, give them back,
// and hand them out: which records wait, and in which pool, the definition of
// their object says. It keeps who got what out of which pool, so that quotas are
// counted from what happened. It knows no object by name. Start with Service.
package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// The names of the actions, as a record's answer lists them.
const (
	ActionClaim   = "claim"
	ActionRelease = "release"
	ActionAssign  = "assign"
)

// MaxAtOnce is how many records one request may be about.
const MaxAtOnce = 200

// Service takes, returns and assigns records of pools.
type Service struct {
	store   *store.Store
	records *record.Service
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, c clock.Clock) *Service {
	return &Service{store: s, records: records, clock: c}
}

// move is that a record went to a person out of a pool, or back from him.
type move struct {
	ID     string `gorm:"primaryKey"`
	Object string
	Record string
	PoolID string
	UserID string
	Way    string // one of the actions
	ByID   string
	At     int64
}

// TableName is the table of moves.
func (move) TableName() string { return "sys_pool_move" }

// latest is the last move of a record, or nil.
func latest(ctx context.Context, reader store.Reader, object, id string) (*move, error) {
	m := &move{Object: object, Record: id}
	err := reader.QueryRow(ctx, "SELECT pool_id, user_id, way, by_id, at FROM sys_pool_move WHERE object = ? AND record = ? ORDER BY at DESC, id DESC LIMIT 1", object, id).
		Scan(&m.PoolID, &m.UserID, &m.Way, &m.ByID, &m.At)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for what became of a record: %w", err)
	}
	return m, nil
}

// place is where a record stands: in which pool, and with whom.
type place struct{ pool, owner string }

func placeOf(object *metadata.Object, values []expr.Value) place {
	var at place
	if values != nil {
		at.pool, _ = values[object.Slot(object.Pool.Field)].(string)
		at.owner, _ = values[object.Slot(metadata.FieldOwner)].(string)
	}
	return at
}

// waits reports whether a record that stands there waits for somebody.
func (p place) waits() bool { return p.pool != "" && p.owner == "" }

// AfterSave keeps what goes out of a pool to somebody, and back, in whatever way
// it was written.
func (s *Service) AfterSave(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Pool == nil || change.Prior == nil || change.Action != record.Updated {
		return nil
	}
	was, is := placeOf(change.Object, change.Prior), placeOf(change.Object, change.Values)
	kept := &move{Object: change.Object.Name, Record: change.ID, ByID: w.Author.ID, At: w.Now.UnixMilli()}
	switch {
	case was.waits() && is.owner != "":
		kept.PoolID, kept.UserID, kept.Way = was.pool, is.owner, ActionAssign
		if w.Author.Via == ActionClaim {
			kept.Way = ActionClaim
		}
	case was.owner != "" && is.waits():
		kept.PoolID, kept.UserID, kept.Way = is.pool, was.owner, ActionRelease
	default:
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	kept.ID = id.String()
	if err := store.Insert(ctx, w.Tx, kept); err != nil {
		return fmt.Errorf("keep a move: %w", err)
	}
	return nil
}

// Forget forgets the moves of a record that is gone for good.
func (*Service) Forget(w *record.Work, object *metadata.Object, id string) {
	if object.Pool != nil {
		w.Tx.Queue("DELETE FROM sys_pool_move WHERE object = ? AND record = ?", object.Name, id)
	}
}

// Guard keeps to how many records out of a pool one person may hold, whoever
// gives him one and in whatever way.
func (s *Service) Guard(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Pool == nil || change.Prior == nil || change.Action != record.Updated {
		return nil
	}
	was, is := placeOf(change.Object, change.Prior), placeOf(change.Object, change.Values)
	if !was.waits() || is.owner == "" {
		return nil
	}
	of, err := s.read(ctx, w.Tx, w.Policy, was.pool)
	if err != nil || of == nil || of.cap == nil {
		return err
	}
	hold(w, is.owner)
	held, err := s.held(ctx, w.Tx, w.Policy, change.Object, was.pool, is.owner)
	if err != nil {
		return err
	}
	if held >= *of.cap {
		return fault.New(fault.HoldingCap, "limit", *of.cap, "held", held, "left", 0)
	}
	return nil
}

// hold makes all that counts what a person has wait for this one.
func hold(w *record.Work, person string) { w.Tx.Hold("pool " + person) }

// held is how many records out of a pool somebody has that count.
func (s *Service) held(ctx context.Context, reader store.Reader, policy *access.Policy, object *metadata.Object, pool, person string) (int64, error) {
	where := metadata.FieldOwner + " == " + expr.Quote(person) + " && " + object.Pool.Field + " == " + expr.Quote(pool)
	if object.Pool.While != nil {
		where += " && (" + object.Pool.While.Source + ")"
	}
	return s.records.CountWhere(ctx, reader, policy, object, where)
}

// rules are what a pool says.
type rules struct {
	id, name             string
	enabled              bool
	quota, cap, cooldown *int64
	object               *metadata.Object
	values               []expr.Value
}

// read reads a pool; nil when there is none.
func (s *Service) read(ctx context.Context, reader store.Reader, policy *access.Policy, id string) (*rules, error) {
	object, ok := policy.Catalog().Object(metadata.ObjectPool)
	if !ok || id == "" {
		return nil, nil
	}
	values, err := s.records.Plain(ctx, reader, policy, object, id)
	if err != nil || values == nil {
		return nil, err
	}
	of := &rules{id: id, object: object, values: values}
	of.name, _ = of.value("name").(string)
	of.enabled, _ = of.value("enabled").(bool)
	for name, number := range map[string]**int64{"daily_quota": &of.quota, "holding_cap": &of.cap, "cooldown_days": &of.cooldown} {
		if given, ok := of.value(name).(decimal.Decimal); ok {
			n := given.IntPart()
			*number = &n
		}
	}
	return of, nil
}

func (r *rules) value(name string) expr.Value { return r.object.Value(r.values, name) }

// isFor reports whether records of an object may wait in the pool.
func (r *rules) isFor(object *metadata.Object) bool { return r.value("object") == object.Name }

// has reports whether somebody belongs to the pool, for records of an object.
func (r *rules) has(policy *access.Policy, actor *access.Actor, object *metadata.Object, now time.Time) (bool, error) {
	program, err := policy.Belongs(object.Name)
	if err != nil {
		return false, err //nolint:wrapcheck // the text is the product's own
	}
	in := actor.Input(now)
	in.Record = func(path []string) expr.Value { return r.value(path[0]) }
	return program.True(in) //nolint:wrapcheck // an expression's own fault
}

// administers reports whether somebody is an administrator of the pool.
func (r *rules) administers(actor *access.Actor) bool {
	administrators, _ := r.value("administrators").([]string)
	return slices.Contains(administrators, actor.ID)
}

// Actions are those of this package that an actor can take on a record.
func (s *Service) Actions(ctx context.Context, reader store.Reader, actor *access.Actor, object *metadata.Object, seen record.Seen) ([]string, error) {
	if object.Pool == nil || !actor.Limit.Permits(object.Name, access.Update) {
		return nil, nil
	}
	policy := s.records.Policy()
	at := placeOf(object, seen.Values)
	of, err := s.read(ctx, reader, policy, at.pool)
	if err != nil {
		return nil, err
	}
	if at.owner != "" {
		if mayRelease(actor, object, seen, of) {
			return []string{ActionRelease}, nil
		}
		return nil, nil
	}
	if of == nil {
		return nil, nil
	}
	var names []string
	claims, err := s.mayClaim(policy, actor, object, of)
	if err != nil {
		return nil, err
	}
	if claims {
		names = append(names, ActionClaim)
	}
	if mayAssign(actor, object, seen, of) {
		names = append(names, ActionAssign)
	}
	return names, nil
}

// mayClaim tells whether somebody who sees a record that waits in a pool may
// take it.
func (s *Service) mayClaim(policy *access.Policy, actor *access.Actor, object *metadata.Object, of *rules) (bool, error) {
	able, err := policy.Can(actor, metadata.Claim)
	if err != nil || !able {
		return false, err //nolint:wrapcheck // a policy's own fault
	}
	return of.has(policy, actor, object, s.clock.Now())
}

// mayRelease tells whether somebody may give a record back: its owner who may
// change it, who may give it another owner, or who administers its pool.
func mayRelease(actor *access.Actor, object *metadata.Object, seen record.Seen, of *rules) bool {
	owner := object.Slot(metadata.FieldOwner)
	return seen.Writable != nil && seen.Values[owner] == actor.ID || seen.Writable.Has(owner) || of != nil && of.administers(actor)
}

// mayAssign tells whether somebody may give a record that waits to somebody.
func mayAssign(actor *access.Actor, object *metadata.Object, seen record.Seen, of *rules) bool {
	return seen.Writable.Has(object.Slot(metadata.FieldOwner)) || of.administers(actor)
}
