package pool

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
)

// maxPools is how many pools of an object are looked at for one person.
const maxPools = 200

// Mine is a pool as somebody who belongs to it finds it: what waits there that he
// sees, and how much he took and holds, against the limits; null without one.
type Mine struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Waiting      int64  `json:"waiting"`
	ClaimedToday int64  `json:"claimed_today"`
	DailyQuota   *int64 `json:"daily_quota"`
	Holding      int64  `json:"holding"`
	HoldingCap   *int64 `json:"holding_cap"`
	CooldownDays *int64 `json:"cooldown_days"`
	CanClaim     bool   `json:"can_claim"`
	CanAssign    bool   `json:"can_assign"`
}

// Mine are the pools of an object that somebody belongs to, by their codes.
// Faults: not_found.
func (s *Service) Mine(ctx context.Context, actor *access.Actor, name string) ([]Mine, error) {
	policy := s.records.Policy()
	object, ok := policy.Catalog().Object(name)
	if !ok || object.Pool == nil {
		return nil, fault.New(fault.NotFound)
	}
	waiting, err := s.waiting(ctx, actor, object)
	if err != nil {
		return nil, err
	}
	pools, _ := policy.Catalog().Object(metadata.ObjectPool)
	ids, err := s.records.IDsWhere(ctx, s.store, policy, pools, "enabled && object == "+expr.Quote(name), maxPools)
	if err != nil {
		return nil, err
	}
	mine := []Mine{}
	for _, id := range ids {
		of, err := s.read(ctx, s.store, policy, id)
		if err != nil {
			return nil, err
		}
		if of == nil {
			continue
		}
		belongs, err := of.has(policy, actor, object, s.clock.Now())
		if err != nil {
			return nil, err
		}
		if !belongs {
			continue
		}
		one, err := s.figures(ctx, policy, actor, object, of)
		if err != nil {
			return nil, err
		}
		one.Waiting = waiting[id]
		mine = append(mine, *one)
	}
	return mine, nil
}

// figures tells how somebody stands with a pool.
func (s *Service) figures(ctx context.Context, policy *access.Policy, actor *access.Actor, object *metadata.Object, of *rules) (*Mine, error) {
	one := &Mine{ID: of.id, Name: of.name, DailyQuota: of.quota, HoldingCap: of.cap, CooldownDays: of.cooldown}
	var err error
	if one.ClaimedToday, _, err = s.usedToday(ctx, s.store, policy, of.id, actor.ID); err != nil {
		return nil, err
	}
	if one.Holding, err = s.held(ctx, s.store, policy, object, of.id, actor.ID); err != nil {
		return nil, err
	}
	update, err := policy.Decide(actor, object, access.Update)
	if err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	if !actor.Limit.Permits(object.Name, access.Update) {
		return one, nil
	}
	owner := object.Slot(metadata.FieldOwner)
	one.CanAssign = of.administers(actor) || update.Unrestricted() && update.Always(owner)
	one.CanClaim, err = s.mayClaim(policy, actor, object, of)
	return one, err
}

// waiting counts what somebody sees wait, by the ids of the pools.
func (s *Service) waiting(ctx context.Context, actor *access.Actor, object *metadata.Object) (map[string]int64, error) {
	figures, err := s.records.Aggregate(ctx, actor, object.Name, query.Aggregate{
		Where: metadata.FieldOwner + " == null && " + object.Pool.Field + " != null", Groups: []query.GroupAsk{{Field: object.Pool.Field}},
		Measures: []query.MeasureAsk{{As: "n", Function: "count"}}, Limit: maxPools,
	})
	if err != nil {
		return nil, err
	}
	waiting := map[string]int64{}
	for _, row := range figures.Rows {
		id, _ := row[0].(string)
		if n, ok := row[1].(decimal.Decimal); ok {
			waiting[id] = n.IntPart()
		}
	}
	return waiting, nil
}
