package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// singleSignOnSetting is the name of the setting that says who may still sign in
// with a password.
const singleSignOnSetting = "single_sign_on"

// SingleSignOn says who may sign in with a password.
type SingleSignOn struct {
	Only      bool     `json:"only"`      // by a provider, but for those of Emergency
	Emergency []string `json:"emergency"` // ids of administrators who keep their passwords
}

// keepsPassword reports whether somebody may sign in with a password.
func (s SingleSignOn) keepsPassword(userID string) bool {
	return !s.Only || slices.Contains(s.Emergency, userID)
}

// singleSignOn reads the setting.
func singleSignOn(ctx context.Context, reader store.Reader) (SingleSignOn, error) {
	setting := SingleSignOn{Emergency: []string{}}
	err := catalog.ReadSetting(ctx, reader, singleSignOnSetting, &setting)
	return setting, err //nolint:wrapcheck // says what it reads
}

// passwordsOpen refuses what gives somebody a password where none opens. Fault:
// single_sign_on_only.
func (s *Service) passwordsOpen(ctx context.Context) error {
	setting, err := singleSignOn(ctx, s.store)
	if err == nil && setting.Only {
		err = fault.New(fault.SingleSignOnOnly)
	}
	return err
}

// lockSingleSignOn reads the setting, and lets nobody else change it or a
// provider until the end of the transaction.
func lockSingleSignOn(ctx context.Context, tx *store.Tx) (SingleSignOn, error) {
	none, err := json.Marshal(SingleSignOn{Emergency: []string{}})
	if err != nil {
		return SingleSignOn{}, fmt.Errorf("write a setting: %w", err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO sys_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET name = excluded.name", singleSignOnSetting, string(none))
	if err != nil {
		return SingleSignOn{}, fmt.Errorf("lock a setting: %w", err)
	}
	return singleSignOn(ctx, tx)
}

// stillKept refuses to take away the last provider by which people are known to
// come in, while they have no other way. Fault: single_sign_on_in_force.
func (s SingleSignOn) stillKept(ctx context.Context, tx *store.Tx) error {
	if !s.Only {
		return nil
	}
	works, err := oneWorks(ctx, tx)
	if err == nil && !works {
		err = fault.New(fault.SingleSignOnInForce)
	}
	return err
}

// oneWorks reports whether a provider is offered that has passed its test.
func oneWorks(ctx context.Context, tx *store.Tx) (bool, error) {
	rows, err := store.Find[providerRow](ctx, tx, store.Selection{})
	if err != nil {
		return false, fmt.Errorf("list providers: %w", err)
	}
	for i := range rows {
		settings, err := rows[i].settings()
		if err != nil {
			return false, err
		}
		if settings.Enabled && rows[i].Tested == rows[i].Version {
			return true, nil
		}
	}
	return false, nil
}

// Administrator is an active administrator.
type Administrator struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Email       string `json:"email"`
	HasPassword bool   `json:"has_password"`
}

// SingleSignOn tells who may sign in with a password, and which administrators
// there are. Fault: forbidden.
func (s *Service) SingleSignOn(ctx context.Context, actor *access.Actor) (*SingleSignOn, []Administrator, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, nil, err
	}
	var ids []string
	err := s.records.Transact(ctx, access.System(), store.Interactive, func(ctx context.Context, w *record.Work) (err error) {
		ids, err = w.Administrators(ctx)
		return err //nolint:wrapcheck // says what it lists
	})
	if err != nil {
		return nil, nil, err
	}
	list := []Administrator{}
	for _, id := range ids {
		person, err := s.records.Person(ctx, byID(id))
		if err != nil {
			return nil, nil, fmt.Errorf("read the person: %w", err)
		}
		name, _ := person.Field("name").(string)
		email, _ := person.Field("email").(string)
		has, err := hasPassword(ctx, s.store, id)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, Administrator{ID: id, Name: name, Email: email, HasPassword: has})
	}
	setting, err := singleSignOn(ctx, s.store)
	return &setting, list, err
}

func hasPassword(ctx context.Context, reader store.Reader, userID string) (bool, error) {
	var count int
	if err := reader.QueryRow(ctx, "SELECT count(*) FROM sys_password WHERE user_id = ?", userID).Scan(&count); err != nil {
		return false, fmt.Errorf("look for a password: %w", err)
	}
	return count > 0, nil
}

// KeepSingleSignOn says who may sign in with a password. That only providers
// open takes one that has passed its test, and an administrator who keeps his
// password for the day on which it does not answer. Faults: forbidden,
// invalid_values with not_tested at /only or no_emergency at /emergency.
func (s *Service) KeepSingleSignOn(ctx context.Context, actor *access.Actor, wanted SingleSignOn) error {
	if err := s.mayKeep(actor); err != nil {
		return err
	}
	wanted.Emergency = listOf(wanted.Emergency)
	return s.records.Transact(ctx, actor, store.Interactive, func(ctx context.Context, w *record.Work) error {
		ids, err := w.Administrators(ctx)
		if err != nil {
			return err
		}
		before, err := lockSingleSignOn(ctx, w.Tx)
		if err != nil {
			return err
		}
		faults := fault.New(fault.InvalidValues)
		if wanted.Only && len(wanted.Emergency) == 0 {
			faults.At("/emergency", fault.NoEmergency)
		}
		for i, id := range wanted.Emergency {
			has := slices.Contains(ids, id)
			if has {
				if has, err = hasPassword(ctx, w.Tx, id); err != nil {
					return err
				}
			}
			if !has {
				faults.At(fmt.Sprintf("/emergency/%d", i), fault.NoEmergency)
			}
		}
		if works, err := oneWorks(ctx, w.Tx); err != nil {
			return err
		} else if wanted.Only && !works {
			faults.At("/only", fault.NotTested)
		}
		if err := faults.OrNil(); err != nil {
			return err
		}
		audit.Write(ctx, w.Tx, actor, audit.Entry{Action: audit.SettingChanged, Subject: singleSignOnSetting, Detail: map[string]any{"before": before, "after": wanted}})
		return catalog.WriteSetting(ctx, w.Tx, singleSignOnSetting, wanted)
	})
}

// GuardEmergency keeps an active administrator with a password, as long as
// nobody else may sign in with one. Fault: last_emergency.
func (s *Service) GuardEmergency(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Name != field.UserObject || change.Action == record.Created || change.Action == record.Restored {
		return nil
	}
	before, err := administers(w.Policy, change.Object, change.Prior)
	if err != nil || !before {
		return err
	}
	if change.Action == record.Updated {
		if after, err := administers(w.Policy, change.Object, change.Values); err != nil || after {
			return err
		}
	}
	ids, err := w.Administrators(ctx) // first of all, so that two do not leave at once
	if err != nil {
		return err //nolint:wrapcheck // says what it lists
	}
	setting, err := singleSignOn(ctx, w.Tx)
	if err != nil || !setting.Only || !slices.Contains(setting.Emergency, change.ID) {
		return err
	}
	for _, id := range setting.Emergency {
		if id == change.ID || !slices.Contains(ids, id) {
			continue
		}
		if has, err := hasPassword(ctx, w.Tx, id); err != nil || has {
			return err
		}
	}
	return fault.New(fault.LastEmergency)
}

// Forget is the part of removing a person for good that lets no provider know
// him any more, and nothing of his sign-in remain.
func (s *Service) Forget(w *record.Work, object *metadata.Object, id string) {
	if object.Name == field.UserObject {
		w.Tx.Queue("DELETE FROM sys_sign_in_link WHERE user_id = ?", id)
		w.Tx.Queue("DELETE FROM sys_second_factor_term WHERE user_id = ?", id)
		w.Tx.Queue("DELETE FROM sys_passkey WHERE user_id = ?", id)
	}
}

// OfferedProvider is a provider that the page of signing in offers.
type OfferedProvider struct {
	Name   string `json:"name"`
	Titles Titles `json:"title"`
}

// Ways are the ways to sign in.
type Ways struct {
	Only      bool              `json:"only"` // by a provider, but for an emergency
	Providers []OfferedProvider `json:"providers"`
	CanKeep   bool              `json:"can_keep"` // who asks may change them
	Passkeys  string            `json:"passkeys"` // the origin at which passkeys are used; "" for nowhere
}

// Ways tells how people sign in; a stranger has no actor.
func (s *Service) Ways(ctx context.Context, actor *access.Actor) (*Ways, error) {
	setting, err := singleSignOn(ctx, s.store)
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[providerRow](ctx, s.store, store.Selection{Order: "name"})
	if err != nil {
		return nil, fmt.Errorf("list providers: %w", err)
	}
	ways := &Ways{Only: setting.Only, Providers: []OfferedProvider{}, CanKeep: actor != nil && s.mayKeep(actor) == nil}
	for i := range rows {
		settings, err := rows[i].settings()
		if err != nil {
			return nil, err
		}
		if settings.Enabled {
			ways.Providers = append(ways.Providers, OfferedProvider{rows[i].Name, settings.Titles})
		}
	}
	return ways, nil
}
