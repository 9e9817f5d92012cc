package record

import (
	"context"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Meet locks a record that the actor may read, and tells what he may change of
// it. Fault: not_found.
func (w *Work) Meet(ctx context.Context, name, id string) (*metadata.Object, Seen, error) {
	object, err := w.Known(name)
	if err != nil {
		return nil, Seen{}, err
	}
	if !isID(id) {
		return nil, Seen{}, fault.New(fault.NotFound)
	}
	var decisions []*access.Decision
	for _, action := range []string{access.Read, access.Update} {
		decision, err := w.decide(object, action)
		if err != nil {
			return nil, Seen{}, err
		}
		decisions = append(decisions, decision)
	}
	found, err := w.table(object).Find(ctx, w.Tx, id, row.Wanted{Decisions: decisions, Lock: true})
	if errors.Is(err, store.ErrNotFound) {
		return nil, Seen{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, Seen{}, fmt.Errorf("meet a record: %w", err)
	}
	return object, Seen{ID: id, Values: found.Values, Readable: found.Permitted[0], Writable: found.Permitted[1]}, nil
}

// Plain reads a record without rights and without a lock; nil when it is deleted
// or was never there.
func (s *Service) Plain(ctx context.Context, reader store.Reader, policy *access.Policy, object *metadata.Object, id string) ([]expr.Value, error) {
	if !isID(id) {
		return nil, nil
	}
	found, err := s.table(policy, access.System(), object, s.clock.Now()).Find(ctx, reader, id, row.Wanted{})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a record: %w", err)
	}
	return found.Values, nil
}

// Reads reports whether the actor could read a record if it had these values.
func (w *Work) Reads(ctx context.Context, object *metadata.Object, id string, values []expr.Value) (bool, error) {
	decision, err := w.decide(object, access.Read)
	if err != nil {
		return false, err
	}
	sharings, err := w.sharings(ctx, object, id)
	if err != nil {
		return false, err
	}
	_, reads, err := decision.Judge(w.input(ctx, object, values), sharings[access.Read])
	return reads, err //nolint:wrapcheck // an expression's own fault
}

// Reader is somebody else as one who acts, with the roles and the departments
// that he has; nil when he is not active, or does not exist.
func (w *Work) Reader(ctx context.Context, person string) (*access.Actor, error) {
	if !isID(person) {
		return nil, nil
	}
	return w.readerOf(ctx, person)
}

// Answer is what a write answers with: the record as it now is, as the actor may
// see it.
func (w *Work) Answer(ctx context.Context, change *Change) (*Answer, error) {
	return w.answer(ctx, change)
}

// CountWhere counts the live records of an object for which an expression holds,
// without rights.
func (s *Service) CountWhere(ctx context.Context, reader store.Reader, policy *access.Policy, object *metadata.Object, where string) (int64, error) {
	plan, table, err := s.everyWhere(policy, object, where, 1)
	if err != nil {
		return 0, err
	}
	return table.Count(ctx, reader, plan)
}

// IDsWhere are the ids of the first live records of an object for which an
// expression holds, without rights.
func (s *Service) IDsWhere(ctx context.Context, reader store.Reader, policy *access.Policy, object *metadata.Object, where string, limit int) ([]string, error) {
	plan, table, err := s.everyWhere(policy, object, where, limit)
	if err != nil {
		return nil, err
	}
	found, err := table.List(ctx, reader, plan, false)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, one := range found[:min(len(found), limit)] {
		id, _ := one.Values[object.Slot(metadata.FieldID)].(string)
		ids = append(ids, id)
	}
	return ids, nil
}

// everyWhere plans a query of all records, in the organisation's time.
func (s *Service) everyWhere(policy *access.Policy, object *metadata.Object, where string, limit int) (*query.Plan, *row.Table, error) {
	actor := access.System()
	actor.Zone = policy.Catalog().Environment().Organisation.Zone()
	planner := s.Planner(policy, actor)
	plan, err := planner.Plan(object, query.Query{Where: where, Fields: []string{metadata.FieldID}, Sort: []string{metadata.FieldID}, Limit: limit})
	if err != nil {
		return nil, nil, fmt.Errorf("plan a query of %s: %w", object.Name, err)
	}
	return plan, s.table(policy, actor, object, planner.Now), nil
}
