package pool

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Ask is what is to be done with a record: to assign it to User; to return it to
// Pool, without one to where it came from, for a Reason.
type Ask struct {
	User   string
	Pool   string
	Reason string
}

// maxReason is how many characters a reason may have.
const maxReason = 500

// knownFor is how long who could have seen a record wait is told who took it.
const knownFor = time.Hour

// Act takes a record out of its pool, gives it back, or assigns it, as the action
// says, in one transaction, and answers the record as it is then. Faults:
// not_found, forbidden, missing_ability, already_taken with the name of who has
// it, not_waiting, not_owned, claim_quota, holding_cap and claim_cooldown with
// what is left, no_pool, invalid_values.
func (s *Service) Act(ctx context.Context, actor *access.Actor, action, name, id string, ask Ask, options record.Options) (*record.Answer, error) {
	acting := *actor
	acting.Via = action
	body, err := s.records.Do(ctx, &acting, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		change, err := s.act(ctx, w, action, name, id, ask)
		if err != nil {
			return nil, err
		}
		return w.Answer(ctx, change)
	})
	if err != nil {
		return nil, err
	}
	answer, _ := body.(*record.Answer)
	return answer, nil
}

// ActOnMany does with each of some records what Act does with one, those that can
// be. There is one outcome an id, in order. Faults: not_found, too_many_operations.
func (s *Service) ActOnMany(ctx context.Context, actor *access.Actor, action, name string, ids []string, ask Ask, options record.Options) ([]record.Outcome, error) {
	if len(ids) > MaxAtOnce {
		return nil, fault.New(fault.TooManyOperations, "max", MaxAtOnce)
	}
	acting := *actor
	acting.Via = action
	var outcomes []record.Outcome
	_, err := s.records.Do(ctx, &acting, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		outcomes = make([]record.Outcome, 0, len(ids))
		if _, err := w.Known(name); err != nil {
			return nil, err
		}
		for _, id := range ids {
			var outcome record.Outcome
			err := w.Tx.Try(ctx, func(ctx context.Context) (err error) {
				outcome.Change, err = s.act(ctx, w, action, name, id, ask)
				return err
			})
			if err != nil && fault.As(err) == nil {
				return nil, err
			}
			outcome.Err = err
			outcomes = append(outcomes, outcome)
		}
		if options.Whole != nil {
			return record.Nothing{}, options.Whole(ctx, w.Tx, outcomes)
		}
		return record.Nothing{}, nil
	})
	return outcomes, err
}

func (s *Service) act(ctx context.Context, w *record.Work, action, name, id string, ask Ask) (*record.Change, error) {
	object, seen, err := w.Meet(ctx, name, id)
	if fault.Is(err, fault.NotFound) && action != ActionRelease {
		return nil, s.gone(ctx, w, name, id, err)
	}
	if err != nil {
		return nil, err
	}
	if object.Pool == nil {
		return nil, fault.New(fault.NotWaiting)
	}
	at := placeOf(object, seen.Values)
	of, err := s.read(ctx, w.Tx, w.Policy, at.pool)
	if err != nil {
		return nil, err
	}
	if action == ActionRelease {
		return s.release(ctx, w, object, seen, of, ask)
	}
	switch {
	case at.owner != "":
		return nil, s.taken(ctx, w, at.owner)
	case of == nil || !of.enabled || !of.isFor(object):
		return nil, fault.New(fault.NotWaiting)
	case action == ActionAssign:
		return s.assign(ctx, w, object, seen, of, ask)
	default:
		return s.claim(ctx, w, object, seen, of)
	}
}

// taken says that somebody has a record already, and who, if the actor may see
// him.
func (s *Service) taken(ctx context.Context, w *record.Work, owner string) error {
	people, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok {
		return fault.New(fault.AlreadyTaken)
	}
	seen, err := s.records.Seen(ctx, w.Tx, w.Policy, w.Actor, people, []string{owner})
	if err != nil {
		return err
	}
	if display := seen[owner].Display; display != "" {
		return fault.New(fault.AlreadyTakenBy, "name", display)
	}
	return fault.New(fault.AlreadyTaken)
}

// gone says of a record that the actor does not see that somebody took it, if he
// saw it wait a moment ago; otherwise that it is not there.
func (s *Service) gone(ctx context.Context, w *record.Work, name, id string, missing error) error {
	object, ok := w.Policy.Catalog().Object(name)
	if _, item := field.ParseID(id); !ok || object.Pool == nil || item != nil {
		return missing
	}
	last, err := latest(ctx, w.Tx, name, id)
	if err != nil || last == nil || last.Way == ActionRelease || w.Now.Sub(time.UnixMilli(last.At)) > knownFor {
		return orMissing(err, missing)
	}
	values, err := s.records.Plain(ctx, w.Tx, w.Policy, object, id)
	if err != nil || values == nil {
		return orMissing(err, missing)
	}
	owner := placeOf(object, values).owner
	values[object.Slot(metadata.FieldOwner)], values[object.Slot(object.Pool.Field)] = nil, last.PoolID
	saw, err := w.Reads(ctx, object, id, values)
	if err != nil || !saw || owner == "" {
		return orMissing(err, missing)
	}
	return s.taken(ctx, w, owner)
}

func orMissing(err, missing error) error {
	if err != nil {
		return err
	}
	return missing
}

func (s *Service) claim(ctx context.Context, w *record.Work, object *metadata.Object, seen record.Seen, of *rules) (*record.Change, error) {
	able, err := w.Policy.Can(w.Actor, metadata.Claim)
	switch {
	case err != nil:
		return nil, err //nolint:wrapcheck // a policy's own fault
	case !able:
		return nil, fault.New(fault.MissingAbility, "ability", metadata.Claim)
	}
	if belongs, err := of.has(w.Policy, w.Actor, object, w.Now); err != nil || !belongs {
		return nil, orMissing(err, fault.New(fault.Forbidden))
	}
	hold(w, w.Actor.ID)
	if err := s.cool(ctx, w, object, seen.ID, of); err != nil {
		return nil, err
	}
	if of.quota != nil {
		used, midnight, err := s.usedToday(ctx, w.Tx, w.Policy, of.id, w.Actor.ID)
		if err != nil {
			return nil, err
		}
		if used >= *of.quota {
			return nil, fault.New(fault.ClaimQuota, "limit", *of.quota, "left", 0, "until", midnight.UTC().Format(time.RFC3339))
		}
	}
	return w.Assign(ctx, object.Name, seen.ID, s.given(w, object, w.Actor.ID))
}

// cool refuses a record to who gave it back not long ago.
func (s *Service) cool(ctx context.Context, w *record.Work, object *metadata.Object, id string, of *rules) error {
	if of.cooldown == nil {
		return nil
	}
	last, err := latest(ctx, w.Tx, object.Name, id)
	if err != nil || last == nil || last.Way != ActionRelease || last.UserID != w.Actor.ID {
		return err
	}
	until := time.UnixMilli(last.At).AddDate(0, 0, int(*of.cooldown))
	if w.Now.Before(until) {
		return fault.New(fault.ClaimCooldown, "days", *of.cooldown, "until", until.UTC().Format(time.RFC3339))
	}
	return nil
}

// usedToday counts what somebody took out of a pool on the organisation's day,
// and tells when that ends.
func (s *Service) usedToday(ctx context.Context, reader store.Reader, policy *access.Policy, pool, person string) (used int64, midnight time.Time, err error) {
	zone := policy.Catalog().Environment().Organisation.Zone()
	year, month, day := s.clock.Now().In(zone).Date()
	begin := time.Date(year, month, day, 0, 0, 0, 0, zone)
	midnight = time.Date(year, month, day+1, 0, 0, 0, 0, zone)
	row := reader.QueryRow(ctx, "SELECT count(*) FROM sys_pool_move WHERE user_id = ? AND pool_id = ? AND way = ? AND at >= ?", person, pool, ActionClaim, begin.UnixMilli())
	if err := row.Scan(&used); err != nil {
		return 0, midnight, fmt.Errorf("count what somebody took: %w", err)
	}
	return used, midnight, nil
}

// given is what becomes of a record that goes to somebody.
func (s *Service) given(w *record.Work, object *metadata.Object, person string) map[string]json.RawMessage {
	values := map[string]json.RawMessage{metadata.FieldOwner: wire(person)}
	put(values, object.Pool.Claimed, instant(w))
	return values
}

func (s *Service) assign(ctx context.Context, w *record.Work, object *metadata.Object, seen record.Seen, of *rules, ask Ask) (*record.Change, error) {
	if !mayAssign(w.Actor, object, seen, of) {
		return nil, fault.New(fault.Forbidden)
	}
	if ask.User == "" {
		return nil, fault.New(fault.InvalidValues).At("/user", fault.Required)
	}
	person, err := w.Reader(ctx, ask.User)
	if err != nil {
		return nil, err
	}
	people, _ := w.Policy.Catalog().Object(field.UserObject)
	if person == nil || w.Readable(ctx, people, ask.User) != nil {
		return nil, fault.New(fault.InvalidValues).At("/user", fault.MissingRecord)
	}
	if !seen.Writable.Has(object.Slot(metadata.FieldOwner)) {
		belongs, err := of.has(w.Policy, person, object, w.Now)
		if err != nil {
			return nil, err
		}
		if !belongs {
			return nil, fault.New(fault.InvalidValues).At("/user", fault.NotOfPool, "pool", of.name)
		}
	}
	return w.Assign(ctx, object.Name, seen.ID, s.given(w, object, ask.User))
}

func (s *Service) release(ctx context.Context, w *record.Work, object *metadata.Object, seen record.Seen, of *rules, ask Ask) (*record.Change, error) {
	if !mayRelease(w.Actor, object, seen, of) {
		return nil, fault.New(fault.Forbidden)
	}
	owner := placeOf(object, seen.Values).owner
	if owner == "" {
		return nil, fault.New(fault.NotOwned)
	}
	if length := utf8.RuneCountInString(ask.Reason); length > maxReason {
		return nil, fault.New(fault.InvalidValues).At("/reason", fault.TooLong, "max", maxReason, "length", length)
	}
	to, err := s.destination(ctx, w, object, of, ask.Pool)
	if err != nil {
		return nil, err
	}
	values := map[string]json.RawMessage{metadata.FieldOwner: json.RawMessage("null"), object.Pool.Field: wire(to)}
	put(values, object.Pool.Claimed, json.RawMessage("null"))
	put(values, object.Pool.Returned, instant(w))
	put(values, object.Pool.Reason, wire(ask.Reason))
	put(values, object.Pool.Previous, wire(owner))
	return w.Assign(ctx, object.Name, seen.ID, values)
}

// destination is the pool to which a record goes: the one that was chosen, the one
// that it came out of, or the default one of its object.
func (s *Service) destination(ctx context.Context, w *record.Work, object *metadata.Object, of *rules, chosen string) (string, error) {
	pools, _ := w.Policy.Catalog().Object(metadata.ObjectPool)
	if chosen != "" {
		to, err := s.read(ctx, w.Tx, w.Policy, chosen)
		if err != nil {
			return "", err
		}
		if to == nil || !to.enabled || !to.isFor(object) || w.Readable(ctx, pools, chosen) != nil {
			return "", fault.New(fault.InvalidValues).At("/pool", fault.MissingRecord)
		}
		return chosen, nil
	}
	if of != nil && of.enabled && of.isFor(object) {
		return of.id, nil
	}
	ids, err := s.records.IDsWhere(ctx, w.Tx, w.Policy, pools, "fallback && enabled && object == "+expr.Quote(object.Name), 1)
	if err != nil {
		return "", err
	}
	if len(ids) == 0 {
		return "", fault.New(fault.NoPool)
	}
	return ids[0], nil
}

// put gives a field a value where the object has one for it.
func put(values map[string]json.RawMessage, name string, value json.RawMessage) {
	if name != "" {
		values[name] = value
	}
}

// wire is a text as it goes over the wire; without any, it is empty.
func wire(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage("null")
	}
	raw, err := json.Marshal(text)
	if err != nil {
		return json.RawMessage("null")
	}
	return raw
}

func instant(w *record.Work) json.RawMessage {
	return wire(w.Now.UTC().Format("2006-01-02T15:04:05.000Z"))
}
