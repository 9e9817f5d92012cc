package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// providerRow is a provider of OpenID Connect.
type providerRow struct {
	Name      string `gorm:"primaryKey"`
	Settings  string
	Secret    []byte
	Version   int64
	Tested    int64 // the last version that passed a trial
	Trial     *string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// TableName is the table of providers.
func (providerRow) TableName() string { return "sys_sign_in_provider" }

// Titles are the name of something in every language.
type Titles struct {
	Chinese string `json:"zh-CN"`
	English string `json:"en"`
}

// ProviderSettings are what administrators say of a provider, but for the secret.
type ProviderSettings struct {
	Titles   Titles   `json:"title"`
	Issuer   string   `json:"issuer"`
	ClientID string   `json:"client_id"`
	Enabled  bool     `json:"enabled"`
	Adds     bool     `json:"adds_people"` // whom nobody has added yet
	Domains  []string `json:"domains"`     // of the mail addresses that are added
	Roles    []string `json:"roles"`       // of who is added
}

// Provider is a provider as administrators see it. Its secret is never told.
type Provider struct {
	Name string `json:"name"`
	ProviderSettings
	HasSecret bool   `json:"has_secret"`
	Tested    bool   `json:"tested"` // the connection as it is now has passed a test
	People    int    `json:"people"` // who are known to it
	Trial     *Trial `json:"test"`   // the last of the connection as it is now
}

// ProviderChange is what is to be changed of a provider; nil stays as it is.
type ProviderChange struct {
	Titles   *Titles   `json:"title"`
	Issuer   *string   `json:"issuer"`
	ClientID *string   `json:"client_id"`
	Secret   *string   `json:"secret"` // "" takes it away
	Enabled  *bool     `json:"enabled"`
	Adds     *bool     `json:"adds_people"`
	Domains  *[]string `json:"domains"`
	Roles    *[]string `json:"roles"`
}

const maxProviders = 20

// newProviderPage is where the page of a new provider is, in place of its name.
const newProviderPage = "new"

// sealedProviders is what the secrets of providers are sealed for.
const sealedProviders = "the secrets of providers"

func (r *providerRow) settings() (settings ProviderSettings, err error) {
	if err = json.Unmarshal([]byte(r.Settings), &settings); err != nil {
		err = fmt.Errorf("read a provider: %w", err)
	}
	return settings, err
}

func (r *providerRow) trial() (*Trial, error) {
	if r.Trial == nil {
		return nil, nil
	}
	trial := &Trial{}
	if err := json.Unmarshal([]byte(*r.Trial), trial); err != nil {
		return nil, fmt.Errorf("read the test of a provider: %w", err)
	}
	return trial, nil
}

// mayKeep refuses all but administrators: who names a provider says who
// everybody is. Fault: forbidden.
func (s *Service) mayKeep(actor *access.Actor) error {
	administers, err := s.policies.Current().Administers(actor.Roles)
	if err == nil && !administers {
		err = fault.New(fault.Forbidden)
	}
	return err
}

// Providers lists all providers by their names. Fault: forbidden.
func (s *Service) Providers(ctx context.Context, actor *access.Actor) ([]Provider, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, err
	}
	rows, err := store.Find[providerRow](ctx, s.store, store.Selection{Order: "name"})
	if err != nil {
		return nil, fmt.Errorf("list providers: %w", err)
	}
	list := make([]Provider, len(rows))
	for i := range rows {
		told, err := s.toldProvider(ctx, &rows[i])
		if err != nil {
			return nil, err
		}
		list[i] = *told
	}
	return list, nil
}

// Provider tells of one provider. Faults: not_found, forbidden.
func (s *Service) Provider(ctx context.Context, actor *access.Actor, name string) (*Provider, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, err
	}
	row, err := providerNamed(ctx, s.store, name)
	if err != nil {
		return nil, err
	}
	return s.toldProvider(ctx, row)
}

func (s *Service) toldProvider(ctx context.Context, row *providerRow) (*Provider, error) {
	settings, err := row.settings()
	if err != nil {
		return nil, err
	}
	trial, err := row.trial()
	if err != nil {
		return nil, err
	}
	told := &Provider{Name: row.Name, ProviderSettings: settings, HasSecret: row.Secret != nil, Tested: row.Tested == row.Version, Trial: trial}
	if err := s.store.QueryRow(ctx, "SELECT count(*) FROM sys_sign_in_link WHERE provider = ?", row.Name).Scan(&told.People); err != nil {
		return nil, fmt.Errorf("count who is known to a provider: %w", err)
	}
	return told, nil
}

// providerNamed finds a provider. Fault: not_found.
func providerNamed(ctx context.Context, from store.Source, name string) (*providerRow, error) {
	if !isProviderName(name) {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[providerRow](ctx, from, "name = ?", name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("find a provider: %w", err)
	}
	return row, nil
}

// AddProvider adds a provider under a name that stays, for it is a part of the
// address that the provider sends people back to. Faults: forbidden,
// invalid_values, too_many_records.
func (s *Service) AddProvider(ctx context.Context, actor *access.Actor, name string, change ProviderChange) (*Provider, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, err
	}
	faults := fault.New(fault.InvalidValues)
	switch {
	case name == "":
		faults.At("/name", fault.Required)
	case !isProviderName(name):
		faults.At("/name", fault.PatternMismatch)
	case name == newProviderPage:
		faults.At("/name", fault.ReservedName, "name", name)
	}
	row := &providerRow{Name: name, Version: 1, CreatedAt: milliseconds(s.clock.Now())}
	if err := s.changed(row, ProviderSettings{Domains: []string{}, Roles: []string{}}, change, faults); err != nil {
		return nil, err
	}
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if _, err := lockSingleSignOn(ctx, tx); err != nil {
			return err
		}
		there, err := store.Find[providerRow](ctx, tx, store.Selection{Limit: maxProviders})
		if err != nil {
			return fmt.Errorf("count providers: %w", err)
		}
		if len(there) == maxProviders {
			return fault.New(fault.TooManyRecords, "max", maxProviders)
		}
		for _, other := range there {
			if other.Name == name {
				return fault.New(fault.InvalidValues).At("/name", fault.NameTaken, "name", name)
			}
		}
		if err := noteProvider(ctx, tx, actor, audit.ProviderAdded, nil, row); err != nil {
			return err
		}
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return nil, err
	}
	return s.toldProvider(ctx, row)
}

// ChangeProvider changes a provider. A change of the connection takes its test
// back. Faults: not_found, forbidden, invalid_values, single_sign_on_in_force.
func (s *Service) ChangeProvider(ctx context.Context, actor *access.Actor, name string, change ProviderChange) (*Provider, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, err
	}
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		current, err := lockSingleSignOn(ctx, tx)
		if err != nil {
			return err
		}
		before, err := providerNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		settings, err := before.settings()
		if err != nil {
			return err
		}
		after := *before
		if err := s.changed(&after, settings, change, fault.New(fault.InvalidValues)); err != nil {
			return err
		}
		if err := noteProvider(ctx, tx, actor, audit.ProviderChanged, before, &after); err != nil {
			return err
		}
		if err := store.Save(ctx, tx, &after); err != nil {
			return fmt.Errorf("change a provider: %w", err)
		}
		return current.stillKept(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return s.Provider(ctx, actor, name)
}

// DeleteProvider takes a provider away, and forgets whom it knows. Faults:
// not_found, forbidden, single_sign_on_in_force.
func (s *Service) DeleteProvider(ctx context.Context, actor *access.Actor, name string) error {
	if err := s.mayKeep(actor); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		current, err := lockSingleSignOn(ctx, tx)
		if err != nil {
			return err
		}
		row, err := providerNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		if err := noteProvider(ctx, tx, actor, audit.ProviderDeleted, row, nil); err != nil {
			return err
		}
		for _, text := range []string{"DELETE FROM sys_sign_in_provider WHERE name = ?", "DELETE FROM sys_sign_in_link WHERE provider = ?", "DELETE FROM sys_sign_in_visit WHERE provider = ?"} {
			if _, err := tx.Exec(ctx, text, name); err != nil {
				return fmt.Errorf("delete a provider: %w", err)
			}
		}
		return current.stillKept(ctx, tx)
	})
}

// noteProvider tells the audit log of a change of a provider, never of its
// secret.
func noteProvider(ctx context.Context, tx *store.Tx, actor *access.Actor, action string, before, after *providerRow) error {
	detail := map[string]any{}
	for when, row := range map[string]*providerRow{"before": before, "after": after} {
		if row == nil {
			continue
		}
		settings, err := row.settings()
		if err != nil {
			return err
		}
		detail[when] = settings
	}
	if before != nil && after != nil && string(before.Secret) != string(after.Secret) {
		detail["secret_changed"] = true
	}
	subject := after
	if subject == nil {
		subject = before
	}
	audit.Write(ctx, tx, actor, audit.Entry{Action: action, Subject: subject.Name, Detail: detail})
	return nil
}
