package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// Trial is how a sign-in by a provider went that an administrator tried. It
// signs nobody in.
type Trial struct {
	At      time.Time         `json:"at"`
	By      string            `json:"by"`
	Passed  bool              `json:"passed"`
	Steps   []TrialStep       `json:"steps"`
	Claims  map[string]string `json:"claims"`
	Person  *TrialPerson      `json:"person"`
	Subject string            `json:"subject"`
	Issuer  string            `json:"issuer"`
}

// TrialStep is how far a trial came: the states are passed, failed and left.
type TrialStep struct {
	Name     string `json:"name"`
	State    string `json:"state"`
	Reason   string `json:"reason"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// TrialPerson is who would have been signed in: how is link, email or added.
type TrialPerson struct {
	ID   string `json:"id"` // "" who would be added
	Name string `json:"name"`
	How  string `json:"how"`
}

// maxClaims is how many claims of a trial are kept.
const maxClaims = 60

// connectLife is how long after a trial one may still connect oneself.
const connectLife = 15 * time.Minute

// Try sends an administrator to a provider, to see what becomes of it; nil when
// it does not come so far, which the provider then has as its test. Faults:
// not_found, forbidden.
func (s *Service) Try(ctx context.Context, actor *access.Actor, name, callback string, origin Origin) (*Visit, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, err
	}
	row, err := providerNamed(ctx, s.store, name)
	if err != nil {
		return nil, err
	}
	visit, err := s.depart(ctx, row, &visitRow{Callback: callback, Next: "/", UserID: &actor.ID, Address: cut(origin.Address, 64)})
	if stumbled, ok := errors.AsType[*stumble](err); ok {
		return nil, s.keepTrial(ctx, row, actor, nil, nil, stumbled)
	}
	return visit, err
}

// tried keeps how a trial went.
func (s *Service) tried(ctx context.Context, row *providerRow, visit *visitRow, brought Brought, actor *access.Actor) error {
	if err := s.mayKeep(actor); err != nil {
		return err
	}
	settings, err := row.settings()
	if err != nil {
		return err
	}
	arrived, err := s.arrive(ctx, row, visit, brought)
	var person *found
	if err == nil {
		person, err = s.recognise(ctx, settings, arrived)
	}
	stumbled, ok := errors.AsType[*stumble](err)
	if err != nil && !ok {
		return err
	}
	return s.keepTrial(ctx, row, actor, arrived, person, stumbled)
}

// keepTrial makes how a trial went the test of a provider.
func (s *Service) keepTrial(ctx context.Context, row *providerRow, actor *access.Actor, arrived *arrival, person *found, stumbled *stumble) error {
	trial := &Trial{At: s.clock.Now(), By: actor.ID, Passed: stumbled == nil, Steps: walked(stumbled), Claims: map[string]string{}}
	if arrived != nil {
		trial.Subject, trial.Issuer = arrived.subject, arrived.issuer
		for _, name := range slices.Sorted(maps.Keys(arrived.claims))[:min(len(arrived.claims), maxClaims)] {
			trial.Claims[shownText(name)] = told(arrived.claims[name])
		}
	}
	if stumbled == nil && person != nil {
		trial.Person = &TrialPerson{Name: arrived.name, How: person.how}
		if person.actor != nil {
			name, _ := person.actor.Profile("name").(string)
			trial.Person.ID, trial.Person.Name = person.actor.ID, name
		}
	}
	detail := map[string]any{"passed": trial.Passed}
	if stumbled != nil {
		detail["step"], detail["reason"] = stumbled.step, stumbled.reason
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.ProviderTested, Subject: row.Name, Detail: detail})
		return putTrial(ctx, tx, row, trial)
	})
}

// putTrial keeps a trial, unless the connection is another by now. A failure
// does not take back that it has worked.
func putTrial(ctx context.Context, tx *store.Tx, row *providerRow, trial *Trial) error {
	kept, err := json.Marshal(trial)
	if err != nil {
		return fmt.Errorf("keep a test: %w", err)
	}
	set := map[string]any{"trial": string(kept)}
	if trial.Passed {
		set["tested"] = row.Version
	}
	if _, err := store.Update[providerRow](ctx, tx, set, "name = ? AND version = ?", row.Name, row.Version); err != nil {
		return fmt.Errorf("keep a test: %w", err)
	}
	return nil
}

// walked are the steps up to the one at which a trial ended.
func walked(stumbled *stumble) []TrialStep {
	list, state := []TrialStep{}, "passed"
	for _, name := range steps() {
		step := TrialStep{Name: name, State: state}
		if stumbled != nil && stumbled.step == name {
			step = TrialStep{name, "failed", stumbled.reason, shownText(stumbled.expected), stumbled.got}
			state = "left"
		}
		list = append(list, step)
	}
	return list
}

// Connect lets a provider know an administrator by the subject with which he has
// just tried it: for him no mail address does. It takes his password. Faults:
// not_found, forbidden, invalid_credentials, wrong_state, duplicate.
func (s *Service) Connect(ctx context.Context, actor *access.Actor, name, password string, origin Origin) error {
	if err := s.mayKeep(actor); err != nil {
		return err
	}
	if err := s.reauthenticate(ctx, actor, password, origin); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, err := providerNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		trial, err := row.trial()
		if err != nil {
			return err
		}
		if trial == nil || trial.By != actor.ID || trial.Subject == "" || s.clock.Now().Sub(trial.At) > connectLife {
			return fault.New(fault.NotTested)
		}
		err = s.know(ctx, tx, name, &arrival{issuer: trial.Issuer, subject: trial.Subject}, actor.ID, "connected")
		if errors.Is(err, errOvertaken) {
			return fault.New(fault.AlreadyOn)
		}
		if err != nil {
			return err
		}
		own, _ := actor.Profile("name").(string)
		trial.Passed, trial.Steps, trial.Person = true, walked(nil), &TrialPerson{ID: actor.ID, Name: own, How: byLink}
		return putTrial(ctx, tx, row, trial)
	})
}
