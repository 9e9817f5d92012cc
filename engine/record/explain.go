package record

import (
	"context"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// An explanation says what somebody may do with a record, and why. It judges
// with the decision by which he is judged, so that it cannot say otherwise. Who
// asks learns of it no more than he may know: whether a condition holds that
// reads what he may not is left open, and only administrators are told what the
// roles say.

// ManageUsers is the ability to ask how others may use a record.
const ManageUsers = "manage_users"

// Access is what a person may do with a record. One who is not active may do
// nothing.
type Access struct {
	User    string    `json:"user"`
	Active  bool      `json:"active"`
	Actions []Verdict `json:"actions"`
}

// Verdict is whether an action is permitted, and what led to that. Needs is
// another action that must be permitted, too, and is not.
type Verdict struct {
	Action       string         `json:"action"`
	Allowed      bool           `json:"allowed"`
	Needs        string         `json:"needs,omitempty"`
	Fields       []FieldVerdict `json:"fields"`
	Grants       []ToldGrant    `json:"grants"`
	Restrictions []ToldShut     `json:"restrictions"`
	Remedy       *Remedy        `json:"remedy,omitempty"`
	Predicate    *row.Predicate `json:"predicate,omitempty"`
}

// FieldVerdict is whether an action is permitted on a field.
type FieldVerdict struct {
	Field   string  `json:"field"`
	Allowed bool    `json:"allowed"`
	Masked  bool    `json:"masked,omitempty"` // what is not allowed is shown in part
	Remedy  *Remedy `json:"remedy,omitempty"`
}

// Remedy is the least that would permit what is not: a share of the record, or
// one more grant. A grant of the scope shared needs the share, too.
type Remedy struct {
	Share bool      `json:"share"`
	Grant *Proposal `json:"grant,omitempty"`
}

// Proposal is a grant as a role would hold it.
type Proposal struct {
	Object  string              `json:"object"`
	Actions []string            `json:"actions"`
	Scope   string              `json:"scope"`
	Fields  map[string][]string `json:"fields,omitempty"`
}

// asking is one question about one record.
type asking struct {
	service *Service
	policy  *access.Policy
	asker   *access.Actor
	person  *access.Actor
	whole   bool // the asker may know everything
	object  *metadata.Object
	known   access.Fields // fields that the asker may know of
	seen    *recordReading
	in      expr.Input
	shares  []shareRow
}

// MayExplain judges who may ask: about himself whoever sees the record, about
// others whom he knows of who manages people. Faults: not_found, missing_ability.
func (s *Service) MayExplain(ctx context.Context, asker *access.Actor, name, id, user string) error {
	if err := s.Exists(ctx, asker, name, id); err != nil || user == asker.ID {
		return err
	}
	can, err := s.policies.Current().Can(asker, ManageUsers)
	if err != nil {
		return fmt.Errorf("find who may ask: %w", err)
	}
	if !can {
		return fault.New(fault.MissingAbility, "ability", ManageUsers)
	}
	return s.Exists(ctx, asker, field.UserObject, user)
}

// Explain says what a person may do with a record, as MayExplain let the asker
// ask; a nil one is not active. Fault: not_found.
func (s *Service) Explain(ctx context.Context, asker *access.Actor, name, id, user string, person *access.Actor) (*Access, error) {
	seen, err := s.readable(ctx, asker, name, id, false)
	if err != nil {
		return nil, err
	}
	answer := &Access{User: user, Active: person != nil, Actions: []Verdict{}}
	if person == nil {
		return answer, nil
	}
	counting := *person
	counting.Standing, counting.Shared = 0, map[access.Opening]bool{}
	for _, action := range []string{access.Read, access.Update, access.Delete} {
		counting.Shared[access.Opening{Object: name, Action: action}] = true
	}
	a := &asking{service: s, policy: seen.policy, asker: asker, person: &counting, object: seen.object, seen: seen}
	if err := a.begin(ctx); err != nil {
		return nil, err
	}
	for _, action := range []string{access.Read, access.Update, access.Delete} {
		verdict, err := a.verdict(action)
		if err != nil {
			return nil, err
		}
		if len(answer.Actions) > 0 && !answer.Actions[0].Allowed {
			verdict.needs(access.Read)
		}
		answer.Actions = append(answer.Actions, *verdict)
	}
	return answer, nil
}

// begin reads what every verdict needs.
func (a *asking) begin(ctx context.Context) error {
	var err error
	if a.whole, err = a.policy.Administrator(a.asker); err != nil {
		return fmt.Errorf("find who asks: %w", err)
	}
	now := a.service.clock.Now()
	if a.shares, err = sharesWith(ctx, a.service.store, a.policy, a.person, a.object, a.seen.id, now); err != nil {
		return err
	}
	a.known = make(access.Fields, len(a.object.Fields))
	for _, action := range []string{access.Read, access.Create, access.Mask} {
		decision, err := a.policy.Decide(a.asker, a.object, action)
		if err != nil {
			return fmt.Errorf("find what the asker knows: %w", err)
		}
		for slot := range a.known {
			a.known[slot] = a.known[slot] || decision.Ever(slot)
		}
	}
	table := func(object *metadata.Object) *row.Table { return a.service.table(a.policy, a.person, object, now) }
	a.in = a.person.Input(now)
	a.in.Record = func(path []string) expr.Value {
		return follow(ctx, a.service.store, table, a.object, a.seen.values, path)
	}
	return nil
}

// verdict judges one action, with what led to it.
func (a *asking) verdict(action string) (*Verdict, error) {
	decision, err := a.policy.Decide(a.person, a.object, action)
	if err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	sharing := sharingsOf(a.shares)[action]
	permitted, story, err := decision.Explain(a.in, sharing)
	if err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	verdict := &Verdict{Action: action, Allowed: permitted != nil, Fields: []FieldVerdict{}, Grants: []ToldGrant{}, Restrictions: []ToldShut{}}
	if err := a.tell(verdict, story); err != nil {
		return nil, fmt.Errorf("tell the story: %w", err)
	}
	var remedy access.Remedy
	if a.whole {
		if remedy, err = a.policy.Remedy(decision, a.in, sharing); err != nil {
			return nil, fmt.Errorf("find a remedy: %w", err)
		}
		table := a.service.table(a.policy, a.person, a.object, a.in.Now)
		if verdict.Predicate, err = table.Predicate(decision); err != nil {
			return nil, err
		}
		if !verdict.Allowed && (remedy.Shared != nil || remedy.Grant != nil) {
			verdict.Remedy = a.remedy(action, remedy, remedy.Shared != nil)
		}
	}
	masked, err := a.masked(action)
	if err != nil {
		return nil, err
	}
	for slot, f := range a.object.Fields {
		if action == access.Delete || !a.known.Has(slot) {
			continue
		}
		possible := action == access.Read || f.Writable
		one := FieldVerdict{Field: f.Name, Allowed: possible && permitted.Has(slot)}
		one.Masked = !one.Allowed && masked.Has(slot)
		if !one.Allowed && possible && (remedy.Shared.Has(slot) || remedy.Grant.Has(slot)) {
			one.Remedy = a.remedy(action, remedy, remedy.Shared.Has(slot), f)
		}
		verdict.Fields = append(verdict.Fields, one)
	}
	return verdict, nil
}

// masked are the fields that are shown in part where they are read.
func (a *asking) masked(action string) (access.Fields, error) {
	if action != access.Read {
		return nil, nil
	}
	decision, err := a.policy.Decide(a.person, a.object, access.Mask)
	if err != nil {
		return nil, fmt.Errorf("decide what is masked: %w", err)
	}
	masked, _, err := decision.Judge(a.in, sharingsOf(a.shares)[access.Read])
	if err != nil {
		return nil, fmt.Errorf("judge what is masked: %w", err)
	}
	return masked, nil
}

// remedy is a share where one is enough, else a grant that names fields.
func (a *asking) remedy(action string, found access.Remedy, share bool, fields ...*field.Field) *Remedy {
	if share {
		return &Remedy{Share: true}
	}
	grant := access.SmallestGrant(a.object, action, found.Scope, fields...)
	proposal := &Proposal{Object: grant.Object, Actions: grant.Actions, Scope: grant.Scope.Name}
	switch action {
	case access.Read:
		proposal.Fields = map[string][]string{"read": grant.Read}
	case access.Update:
		proposal.Fields = map[string][]string{"update": grant.Update}
	}
	shared := len(a.shares) > 0 && sharingsOf(a.shares)[action].Person
	return &Remedy{Share: found.Scope == metadata.ScopeShared && !shared, Grant: proposal}
}

// needs refuses all that an action permits, because another one is not.
func (v *Verdict) needs(action string) {
	v.Allowed, v.Needs = false, action
	for i := range v.Fields {
		v.Fields[i].Allowed = false
	}
}
