package duplicate

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Ability lets somebody learn that a record exists which he may not see.
const Ability = "check_duplicates"

// Candidate is a record that may be the same. One that the actor may not see
// has no id, and a card in place of it.
type Candidate struct {
	ID      *string           `json:"id"`
	Display *string           `json:"display"`
	Score   string            `json:"score"`
	Fields  []string          `json:"fields"` // that were compared
	Action  string            `json:"action"` // block or warn
	Card    map[string]string `json:"card,omitempty"`
}

// Check finds the records that match values which are about to be written: as a
// new record, or as the one with an id. Faults: not_found, invalid_values,
// too_many_requests.
func (s *Service) Check(ctx context.Context, actor *access.Actor, name, id string, sent map[string]any) ([]Candidate, error) {
	policy := s.records.Policy()
	object, values, err := s.records.Draft(ctx, policy, actor, name, id, sent)
	if err != nil {
		return nil, err
	}
	told := map[string]bool{}
	if id != "" {
		if told, err = s.apart(ctx, name, id); err != nil {
			return nil, err
		}
	}
	candidates := []Candidate{}
	for _, rule := range object.Duplicates {
		found, err := s.matches(ctx, s.store, policy, object, values, id, rule)
		if err != nil {
			return nil, err
		}
		seen, err := s.records.Seen(ctx, s.store, policy, actor, object, idsOf(found))
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if told[m.id] {
				continue
			}
			candidate := candidateOf(m)
			if other, ok := seen[m.id]; ok && shows(object, other, rule) {
				candidate.ID, candidate.Display = &m.id, &other.Display
			} else if ok {
				continue
			} else if candidate.Card, err = s.card(ctx, policy, actor, object, m); err != nil || candidate.Card == nil {
				if err != nil {
					return nil, err
				}
				continue
			}
			told[m.id] = true
			candidates = append(candidates, candidate)
		}
	}
	return candidates, nil
}

func candidateOf(m match) Candidate {
	candidate := Candidate{Score: scoreText(m.score), Action: "warn"}
	if m.rule.Block {
		candidate.Action = "block"
	}
	for _, compared := range m.rule.Match {
		candidate.Fields = append(candidate.Fields, compared.Field)
	}
	return candidate
}

// card is what somebody with the ability learns of a record that he may not
// see: what the rule's card names, and only where every value is equal.
func (s *Service) card(ctx context.Context, policy *access.Policy, actor *access.Actor, object *metadata.Object, m match) (map[string]string, error) {
	can, err := policy.Can(actor, Ability)
	similar := slices.ContainsFunc(m.rule.Match, func(c metadata.DuplicateMatch) bool { return c.AtLeast > 0 })
	if err != nil || !can || similar {
		return nil, err
	}
	if wait := s.asked.wait(actor.ID, s.clock.Now()); wait > 0 {
		return nil, fault.New(fault.TooManyRequests, "seconds", int(wait.Seconds())+1)
	}
	seen, err := s.records.Seen(ctx, s.store, policy, access.System(), object, []string{m.id})
	if err != nil {
		return nil, err
	}
	card := map[string]string{}
	for _, name := range m.rule.Card {
		slot := object.Slot(name)
		value := seen[m.id].Values[slot]
		if f := object.Fields[slot]; f.Target == field.UserObject && value != nil {
			id, _ := value.(string)
			people, _ := policy.Catalog().Object(field.UserObject)
			person, err := s.records.Seen(ctx, s.store, policy, access.System(), people, []string{id})
			if err != nil {
				return nil, err
			}
			card[name] = person[id].Display
		} else if value != nil {
			card[name] = f.Kind.Text(f, value, actor.Locale())
		}
	}
	shown := audit.Entry{Action: audit.DuplicateShown, Object: object.Name, Subject: m.id}
	return card, audit.Note(ctx, s.store, actor, shown) //nolint:wrapcheck // it says that the log could not be written
}

// asked counts what each person asked about records that he may not see.
type asked struct {
	mutex sync.Mutex
	since time.Time
	times map[string]int
}

// A person may ask so often in such a while.
const (
	askedOften = 30
	askedWhile = time.Minute
)

// wait counts one, and tells how long to wait when that is too often.
func (a *asked) wait(person string, now time.Time) time.Duration {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if age := now.Sub(a.since); age < 0 || age >= askedWhile {
		a.since, a.times = now, map[string]int{}
	}
	if a.times[person]++; a.times[person] > askedOften {
		return a.since.Add(askedWhile).Sub(now)
	}
	return 0
}
