package record

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Shares are the shares of a record as an answer, and whether the actor may add
// to them and end them: who was only given the record may not.
type Shares struct {
	Data     []Share
	CanShare bool
	included Included
}

// AppendJSON appends {"data": [shares], "can": {"share": …}, "included": …}.
func (l *Shares) AppendJSON(dst []byte) []byte {
	dst = AppendValue(append(dst, `{"data":`...), l.Data)
	dst = strconv.AppendBool(append(dst, `,"can":{"share":`...), l.CanShare)
	return append(l.included.appendJSON(append(dst, `},"included":`...)), '}')
}

// Shares lists the shares of a record that have not ended, for who may update
// it. Faults: not_found, forbidden.
func (s *Service) Shares(ctx context.Context, actor *access.Actor, name, id string) (*Shares, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	answer, err := s.get(ctx, s.store, policy, actor, object, id)
	if err != nil {
		return nil, s.known(policy, actor, err)
	}
	if !answer.Can.Update {
		return nil, fault.New(fault.Forbidden)
	}
	rows, err := store.Find[shareRow](ctx, s.store, store.Selection{
		Where: "object = ? AND record = ? AND (until IS NULL OR until > ?)", Args: []any{name, id, s.clock.Now().UnixMilli()}, Order: "id",
	})
	if err != nil {
		return nil, fmt.Errorf("list shares: %w", err)
	}
	list, people := &Shares{Data: []Share{}}, &references{}
	for i := range rows {
		list.Data = append(list.Data, rows[i].share())
		people.add(field.UserObject, rows[i].ByID)
		if rows[i].ToKind != metadata.KindRole {
			people.add(rows[i].ToKind, rows[i].ToName)
		}
	}
	if list.CanShare, err = s.mayShare(ctx, policy, actor, object, id); err != nil {
		return nil, err
	}
	list.included, err = s.include(ctx, s.store, policy, actor, people, nil)
	return list, err
}

// mayShare tells whether an actor who may update a record may do so by his own
// grants.
func (s *Service) mayShare(ctx context.Context, policy *access.Policy, actor *access.Actor, object *metadata.Object, id string) (bool, error) {
	if !actor.Shared[access.Opening{Object: object.Name, Action: access.Update}] {
		return true, nil
	}
	alone := *actor
	alone.Shared = nil
	answer, err := s.get(ctx, s.store, policy, &alone, object, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return answer.Can.Update, nil
}
