// Package record is the one write path and the one read path of records:
// whoever asks, API, import or workflow, comes through its Service, and every
// call is judged by the actor's rights. A write is one transaction that holds
// the row, what changed, and whatever the slots add. Start with Service;
// work.go is the order of a write.
package record

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Policies gives the rights of the newest catalog.
type Policies interface {
	// Current is the newest policy that this process knows.
	Current() *access.Policy
	// Refresh loads the newest revision from the database.
	Refresh(ctx context.Context) error
}

// Service reads and writes records.
type Service struct {
	store    *store.Store
	policies Policies
	clock    clock.Clock
	key      []byte // signs cursors
	slots    *Slots
	files    *file.Service
	memory   row.Memory
	names    names
}

// Slots are the places in a write where packages above add their part; each
// list is called in its order, inside the transaction.
type Slots struct {
	// Guard may refuse a change before it is judged further.
	Guard []Guard
	// AfterSave sees each change after it was written.
	AfterSave []AfterSave
	// AfterComment sees each comment after it was written.
	AfterComment []AfterComment
	// Forget removes what belongs to a record that is removed for good.
	Forget []func(w *Work, object *metadata.Object, id string)
	// Actions tell what else one who sees a record can do with it.
	Actions []Actions
}

// Actions gives the names of actions that an actor can take on a record, which
// he may change in the fields that are writable.
type Actions func(ctx context.Context, reader store.Reader, actor *access.Actor, object *metadata.Object, seen Seen) ([]string, error)

// Guard judges a change before it is written; an error refuses it.
type Guard func(ctx context.Context, w *Work, change *Change) error

// AfterSave does what belongs to a change in its own transaction.
type AfterSave func(ctx context.Context, w *Work, change *Change) error

// AfterComment does what belongs to a comment in its own transaction.
type AfterComment func(ctx context.Context, w *Work, spoken *Spoken) error

// Spoken is what happens to one comment.
type Spoken struct {
	Action    string // Created, Updated or Deleted
	Object    *metadata.Object
	Record    string
	Comment   string
	Mentioned []string // the people whom it did not mention before
}

// New makes the service. The key signs cursors; the slots are filled before the
// first write.
func New(s *store.Store, policies Policies, files *file.Service, c clock.Clock, key []byte, slots *Slots) *Service {
	return &Service{store: s, policies: policies, files: files, clock: c, key: key, slots: slots}
}

// Policy is the policy that a request should work with.
func (s *Service) Policy() *access.Policy { return s.policies.Current() }

// Planner makes plans for an actor in a policy.
func (s *Service) Planner(policy *access.Policy, actor *access.Actor) *query.Planner {
	return &query.Planner{Policy: policy, Actor: actor, Now: s.clock.Now(), Key: s.key}
}

func (s *Service) table(policy *access.Policy, actor *access.Actor, object *metadata.Object, now time.Time) *row.Table {
	return &row.Table{Dialect: s.store.Dialect(), Policy: policy, Actor: actor, Object: object, Input: actor.Input(now), Memory: &s.memory}
}

// objectOf finds an object that the actor may know of: one that he may do
// nothing with does not exist.
func objectOf(policy *access.Policy, actor *access.Actor, name, action string) (*metadata.Object, error) {
	object, ok := policy.Catalog().Object(name)
	if !ok {
		return nil, fault.New(fault.NotFound)
	}
	decision, err := policy.Decide(actor, object, action)
	if err != nil {
		return nil, err
	}
	if !decision.Nothing() {
		return object, nil
	}
	readable, err := policy.Decide(actor, object, access.Read)
	if err != nil {
		return nil, err
	}
	if action != access.Read && !readable.Nothing() {
		return nil, fault.New(fault.Forbidden)
	}
	return nil, fault.New(fault.NotFound)
}

// Options are what a caller adds to a write.
type Options struct {
	Lane store.Lane
	// Confirmed says that what looks like a duplicate is none.
	Confirmed bool
	// Finish is called last in the transaction with the answer.
	Finish func(ctx context.Context, tx *store.Tx, answer Body) error
	// Whole is called last in each transaction of a batch with its outcomes.
	Whole func(ctx context.Context, tx *store.Tx, outcomes []Outcome) error
	// unkept says that nothing of it is to stay.
	unkept bool
}

// Body is an answer that can be written as JSON.
type Body interface {
	// AppendJSON appends the whole body of the HTTP answer.
	AppendJSON(dst []byte) []byte
}

// maxRestarts is how often a write begins anew because the catalog changed.
const maxRestarts = 50

// write runs fn in one transaction, on the newest catalog: when the catalog
// changed meanwhile, it begins anew with the new one.
func (s *Service) write(ctx context.Context, actor *access.Actor, options Options, fn func(ctx context.Context, w *Work) (Body, error)) (Body, error) {
	var answer Body
	transact := s.store.Write
	if options.unkept {
		transact = s.store.Look
	}
	for range maxRestarts {
		policy := s.policies.Current()
		err := transact(ctx, options.Lane, func(ctx context.Context, tx *store.Tx) error {
			err := tx.Expect(ctx, store.Mark{Revision: policy.Catalog().Revision, Standing: actor.Standing})
			if err != nil {
				return err
			}
			answer, err = s.run(ctx, tx, policy, actor.Settled(), options, fn)
			return err
		})
		if !errors.Is(err, store.ErrRevision) && !errors.Is(err, store.ErrOutdated) {
			return answer, s.known(policy, actor, err)
		}
		if err := s.policies.Refresh(ctx); err != nil {
			return nil, err
		}
		if errors.Is(err, store.ErrOutdated) && s.policies.Current() == policy {
			return nil, err
		}
	}
	return nil, fault.New(fault.Busy)
}

// In gives the work of a transaction that somebody else began, such as set-up,
// who calls Settle before its end.
func (s *Service) In(tx *store.Tx, policy *access.Policy, actor *access.Actor) *Work {
	return &Work{Tx: tx, Policy: policy, Actor: actor, Author: actor, Now: s.clock.Now(), formless: actor.ID == access.SystemID, service: s, stale: stale{}, settled: map[string]bool{}, found: map[sought]bool{}, readers: map[string]*access.Actor{}}
}

func (s *Service) run(ctx context.Context, tx *store.Tx, policy *access.Policy, actor *access.Actor, options Options, fn func(ctx context.Context, w *Work) (Body, error)) (Body, error) {
	w := s.In(tx, policy, actor)
	w.Confirmed = options.Confirmed
	answer, err := fn(ctx, w)
	if err != nil {
		return nil, err
	}
	if err := w.Settle(ctx); err != nil {
		return nil, err
	}
	if options.Finish != nil {
		return answer, options.Finish(ctx, tx, answer)
	}
	return answer, nil
}

// known turns what the database refuses into faults, told to the actor.
func (s *Service) known(policy *access.Policy, actor *access.Actor, err error) error {
	if violation := store.AsViolation(err, store.UniqueViolation); violation != nil {
		return duplicate(policy, actor, violation)
	}
	switch {
	case store.AsViolation(err, store.ReferenceViolation) != nil:
		return fault.New(fault.InUse).Because(err)
	case errors.Is(err, store.ErrNotFound):
		return fault.New(fault.NotFound).Because(err)
	default:
		return err
	}
}

// duplicate names the fields whose values must be unique and are not, those of
// them that the actor may ever see or fill.
func duplicate(policy *access.Policy, actor *access.Actor, violation *store.Violation) error {
	f := fault.New(fault.Duplicate).Because(violation)
	object, ok := policy.Catalog().Object(violation.Table)
	if !ok {
		return f
	}
	for _, name := range keyOf(object, violation) {
		if slot := object.Owner(name); slot >= 0 && knows(policy, actor, object, slot) {
			f.At("/"+object.Fields[slot].Name, fault.Duplicate)
		}
	}
	return f
}

// knows reports whether an actor may ever see or fill a field.
func knows(policy *access.Policy, actor *access.Actor, object *metadata.Object, slot int) bool {
	return slices.ContainsFunc([]string{access.Read, access.Create, access.Update}, func(action string) bool {
		decision, err := policy.Decide(actor, object, action)
		return err == nil && decision.Ever(slot)
	})
}

// keyOf are the columns of the key that was violated; a database that does not
// tell them tells the name of their index.
func keyOf(object *metadata.Object, violation *store.Violation) []string {
	keys, index := object.Unique, strings.TrimPrefix(violation.Name, store.BuildingIndexPrefix)
	for _, f := range object.Fields {
		keys = append(slices.Clip(keys), []string{f.Name})
	}
	for _, names := range keys {
		if store.IndexName(object.Name, names, true) == index {
			return names
		}
	}
	return violation.Columns
}
