package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Prospect is what one person may do before and after a change of roles. One
// who is not active may do nothing.
type Prospect struct {
	User      string        `json:"user"`
	Active    bool          `json:"active"`
	Limited   bool          `json:"limited"` // not every record was looked at
	Abilities []AbilityTurn `json:"abilities"`
	Rights    []RightTurn   `json:"rights"`
}

// AbilityTurn is whether a person has an ability before and after.
type AbilityTurn struct {
	Ability string `json:"ability"`
	Before  bool   `json:"before"`
	After   bool   `json:"after"`
}

// RightTurn is what becomes of a person's right to an action on an object: on
// how many of the records that were looked at he has it, and which fields he
// has it for in some of them. To create is a right without records.
type RightTurn struct {
	Object       string   `json:"object"`
	Action       string   `json:"action"`
	Looked       int64    `json:"looked"`
	Before       Holding  `json:"before"`
	After        Holding  `json:"after"`
	Gained       int64    `json:"gained"`
	Lost         int64    `json:"lost"`
	FieldsGained []string `json:"fields_gained"`
	FieldsLost   []string `json:"fields_lost"`
}

// Holding is a right as a person has it.
type Holding struct {
	Allowed bool  `json:"allowed"` // on some records, of those there are or might be
	Records int64 `json:"records"`
}

// weighing compares what people may do in two policies.
type weighing struct {
	service  *Service
	from, to *access.Policy
	actors   Actors
	now      time.Time
}

// weighed is a person in both.
type weighed struct{ before, after *access.Actor }

// weigh reads people as those who act, with what was shared with them in both.
func (w *weighing) weigh(ctx context.Context, ids []string) ([]*weighed, error) {
	people := make([]*weighed, 0, len(ids))
	for _, id := range ids {
		actor, err := w.actors(ctx, id)
		if err != nil {
			return nil, err
		}
		if actor == nil {
			continue
		}
		person := &weighed{}
		for _, side := range []struct {
			policy *access.Policy
			actor  **access.Actor
		}{{w.from, &person.before}, {w.to, &person.after}} {
			one := *actor
			one.Standing, one.Shared = 0, nil
			if err := w.service.openings(ctx, w.service.store, side.policy, &one); err != nil {
				return nil, err
			}
			*side.actor = &one
		}
		people = append(people, person)
	}
	return people, nil
}

// touches reports whether a set of roles is about a role that changed.
func (w *weighing) touches(set string) (bool, error) {
	for _, policy := range []*access.Policy{w.from, w.to} {
		effective, err := policy.Effective(strings.Split(set, ","))
		if err != nil {
			return false, fmt.Errorf("find what roles inherit: %w", err)
		}
		if slices.ContainsFunc(effective, w.changed) {
			return true, nil
		}
	}
	return false, nil
}

// changed reports whether a role is another one afterwards.
func (w *weighing) changed(name string) bool {
	key := metadata.Key{Kind: metadata.KindRole, Name: name}
	before, was := w.from.Catalog().Definition(key)
	after, is := w.to.Catalog().Definition(key)
	return was != is || string(before.Document) != string(after.Document)
}

func (w *weighing) decide(before, after *access.Actor, object *metadata.Object, action string) (was, is *access.Decision, err error) {
	if was, err = w.from.Decide(before, object, action); err != nil {
		return nil, nil, fmt.Errorf("decide as it was: %w", err)
	}
	if is, err = w.to.Decide(after, object, action); err != nil {
		return nil, nil, fmt.Errorf("decide as it would be: %w", err)
	}
	return was, is, nil
}

// comparison is what a person may do before and after in one action: to change
// or to delete a record he must read it, too.
func (w *weighing) comparison(person *weighed, object *metadata.Object, action string) (row.Comparison, error) {
	was, is, err := w.decide(person.before, person.after, object, action)
	if err != nil {
		return row.Comparison{}, err
	}
	comparison := row.Comparison{Before: row.Side{Rows: []*access.Decision{was}, Fields: was}, After: row.Side{Rows: []*access.Decision{is}, Fields: is}, Input: person.after.Input(w.now)}
	if action == access.Read {
		return comparison, nil
	}
	read, reads, err := w.decide(person.before, person.after, object, access.Read)
	if err != nil {
		return row.Comparison{}, err
	}
	if action == access.Mask {
		comparison.Before = row.Side{Rows: []*access.Decision{read}, Fields: was, Except: read}
		comparison.After = row.Side{Rows: []*access.Decision{reads}, Fields: is, Except: reads}
		return comparison, nil
	}
	comparison.Before.Rows, comparison.After.Rows = append(comparison.Before.Rows, read), append(comparison.After.Rows, reads)
	return comparison, nil
}

// Prospect tells what one person may do in some rights and in others.
func (s *Service) Prospect(ctx context.Context, from, to *access.Policy, actors Actors, user string) (*Prospect, error) {
	w := &weighing{service: s, from: from, to: to, actors: actors, now: s.clock.Now()}
	prospect := &Prospect{User: user, Abilities: []AbilityTurn{}, Rights: []RightTurn{}}
	people, err := w.weigh(ctx, []string{user})
	if err != nil || len(people) == 0 {
		return prospect, err
	}
	prospect.Active = true
	person := people[0]
	before, err := from.Abilities(person.before)
	if err != nil {
		return nil, fmt.Errorf("find abilities: %w", err)
	}
	after, err := to.Abilities(person.after)
	if err != nil {
		return nil, fmt.Errorf("find abilities: %w", err)
	}
	for _, ability := range metadata.Abilities() {
		if was, is := slices.Contains(before, ability), slices.Contains(after, ability); was || is {
			prospect.Abilities = append(prospect.Abilities, AbilityTurn{Ability: ability, Before: was, After: is})
		}
	}
	for _, object := range to.Catalog().Objects() {
		if err := w.prospect(ctx, prospect, person, object); err != nil {
			return nil, err
		}
	}
	return prospect, nil
}

// prospect tells what becomes of the rights to one object.
func (w *weighing) prospect(ctx context.Context, prospect *Prospect, person *weighed, object *metadata.Object) error {
	turns := []RightTurn{}
	var comparisons []row.Comparison
	for _, action := range actions() {
		was, is, err := w.decide(person.before, person.after, object, action)
		if err != nil {
			return err
		}
		if was.Nothing() && is.Nothing() {
			continue
		}
		turn := RightTurn{Object: object.Name, Action: action, FieldsGained: []string{}, FieldsLost: []string{}}
		turn.Before.Allowed, turn.After.Allowed = !was.Nothing(), !is.Nothing()
		for slot, f := range object.Fields {
			switch {
			case action != access.Read && !f.Writable || action == access.Delete || was.Ever(slot) == is.Ever(slot):
			case is.Ever(slot):
				turn.FieldsGained = append(turn.FieldsGained, f.Name)
			default:
				turn.FieldsLost = append(turn.FieldsLost, f.Name)
			}
		}
		turns = append(turns, turn)
		if action == access.Create {
			continue
		}
		comparison, err := w.comparison(person, object, action)
		if err != nil {
			return err
		}
		comparisons = append(comparisons, comparison)
	}
	if len(comparisons) > 0 {
		compared, err := w.service.table(w.to, access.System(), object, w.now).Compare(ctx, w.service.store, comparisons, MaxLooked)
		if err != nil {
			return fmt.Errorf("measure what somebody may do: %w", err)
		}
		prospect.Limited = prospect.Limited || compared.Looked == MaxLooked
		at := len(turns) - len(comparisons)
		for i, each := range compared.Each {
			turn := &turns[at+i]
			turn.Looked, turn.Gained, turn.Lost = compared.Looked, each.Gained, each.Lost
			turn.Before.Records, turn.After.Records = each.Before, each.After
		}
	}
	prospect.Rights = append(prospect.Rights, turns...)
	return nil
}
