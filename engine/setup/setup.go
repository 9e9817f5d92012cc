// Package setup makes an installation out of an empty database, in one
// transaction: the organisation, the definitions of the built-in objects and
// of the chosen templates, and the first administrator. Start with Service.
package setup

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/template"
)

// Service sets the installation up, once.
type Service struct {
	store     *store.Store
	clock     clock.Clock
	catalog   *catalog.Service
	records   *record.Service
	people    *identity.Service
	templates fs.FS
	samples   Samples

	mutex sync.Mutex
	token string
	until time.Time
	done  bool
}

// Samples has example records made, in a transaction of set-up.
type Samples interface {
	Ask(ctx context.Context, tx *store.Tx) error
}

// New makes the service; the files hold a folder for each template.
func New(s *store.Store, c clock.Clock, definitions *catalog.Service, records *record.Service, people *identity.Service, samples Samples, templates fs.FS) *Service {
	return &Service{store: s, clock: c, catalog: definitions, records: records, people: people, samples: samples, templates: templates}
}

// Request is what set-up asks for.
type Request struct {
	Locale       string `json:"locale"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	Password     string `json:"password"`
	Organisation string `json:"organisation"`
	Timezone     string `json:"timezone"`
	Currency     string `json:"currency"`
	// FiscalYearStart is the month in which the fiscal year begins; 0 is January.
	FiscalYearStart int      `json:"fiscal_year_start"`
	Templates       []string `json:"templates"`
	// Samples asks for example records, which a job makes.
	Samples bool `json:"samples"`
}

// Done reports whether the installation is set up.
func (s *Service) Done(ctx context.Context) (bool, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.done {
		return true, nil
	}
	organisation, err := catalog.ReadOrganisation(ctx, s.store)
	s.done = organisation.Name != ""
	return s.done, err
}

// tokenLife is how long a set-up link is good.
const tokenLife = 30 * time.Minute

// Token gives the secret of the set-up link, and makes a new one when the last
// has expired; fresh tells so.
func (s *Service) Token() (token string, fresh bool, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := clock.Machine()
	if s.token != "" && now.Before(s.until) {
		return s.token, false, nil
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", false, fmt.Errorf("make a set-up token: %w", err)
	}
	s.token, s.until = base64.RawURLEncoding.EncodeToString(secret), now.Add(tokenLife)
	return s.token, true, nil
}

// Admits reports whether a token is that of the present set-up link.
func (s *Service) Admits(token string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.token != "" && clock.Machine().Before(s.until) && subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
}

// Templates lists the templates to start with, each without those that only
// serve others.
func (s *Service) Templates() ([]template.Template, error) {
	templates, err := template.List(s.templates)
	return slices.DeleteFunc(templates, func(t template.Template) bool { return t.Foundation }), err
}

// settings are those of the organisation.
func (r Request) settings() metadata.Organisation {
	return metadata.Organisation{Name: r.Organisation, Currency: r.Currency, Timezone: r.Timezone, Locale: r.Locale, FiscalYearStart: r.FiscalYearStart, Version: 1}.Settled()
}

func (r Request) check() error {
	faults := fault.New(fault.InvalidValues)
	for pointer, text := range map[string]string{"/name": r.Name, "/email": r.Email, "/password": r.Password} {
		switch {
		case text == "":
			faults.At(pointer, fault.Required)
		case len(text) > 1000:
			faults.At(pointer, fault.TooLong, "max", 1000, "length", len(text))
		}
	}
	wrong := fault.New(fault.InvalidValues)
	r.settings().Check(wrong)
	for _, item := range wrong.Items {
		if item.Pointer == "/name" {
			item.Pointer = "/organisation"
		}
		faults.Items = append(faults.Items, item)
	}
	return faults.OrNil()
}

// The calendars that come with the templates.
const (
	calendarOfChina = "cn_office"
	calendarOfWeeks = "weekdays"
)

// calendar is the name of the organisation's calendar among definitions: China's
// where its zone and its language are, and otherwise the week without holidays.
func (r Request) calendar(definitions []json.RawMessage) string {
	wanted := calendarOfWeeks
	if r.Locale == metadata.Locales()[0] && r.Timezone == "Asia/Shanghai" {
		wanted = calendarOfChina
	}
	there := slices.ContainsFunc(definitions, func(definition json.RawMessage) bool {
		var key metadata.Key
		return json.Unmarshal(definition, &key) == nil && key == metadata.Key{Kind: metadata.KindCalendar, Name: wanted}
	})
	if !there {
		return ""
	}
	return wanted
}

// Run sets the installation up and returns the id of the administrator. Of two
// at once one wins. Faults: already_set_up, invalid_values.
func (s *Service) Run(ctx context.Context, request Request) (string, error) {
	if err := request.check(); err != nil {
		return "", err
	}
	hash, err := s.people.HashPassword(ctx, "/password", request.Password, request.Email, request.Name, request.Organisation)
	if err != nil {
		return "", err
	}
	documents, err := template.Definitions(s.catalog.Schemas(), s.templates, request.Templates, s.catalog.Builtin())
	if err != nil {
		return "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	var applied *metadata.Catalog
	err = s.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		known, err := catalog.ReadOrganisation(ctx, tx)
		if err != nil {
			return err
		}
		if known.Name != "" {
			return fault.New(fault.AlreadySetUp)
		}
		organisation := request.settings()
		organisation.Calendar = request.calendar(documents)
		if err := catalog.WriteOrganisation(ctx, tx, organisation); err != nil {
			return err
		}
		actor := access.System()
		actor.Language = request.Locale
		if applied, _, err = s.catalog.ApplyIn(ctx, tx, actor, catalog.Request{Definitions: documents, Note: "set-up"}); err != nil {
			return err
		}
		if err := s.firstPeople(ctx, tx, applied, request, id.String(), hash); err != nil || !request.Samples {
			return err
		}
		return s.samples.Ask(ctx, tx)
	})
	if err != nil {
		return "", err
	}
	return id.String(), s.catalog.Announce(applied)
}

// firstPeople makes the engine's own user and the administrator.
func (s *Service) firstPeople(ctx context.Context, tx *store.Tx, applied *metadata.Catalog, request Request, id, hash string) error {
	policy, err := access.NewPolicy(applied)
	if err != nil {
		return fmt.Errorf("compile the rights: %w", err)
	}
	work := s.records.In(tx, policy, access.System())
	system := map[string]any{"name": "Trellis", "email": "system@trellis.invalid", "active": false}
	if _, err := work.CreateAs(ctx, field.UserObject, access.SystemID, system); err != nil {
		return err
	}
	administrator := map[string]any{
		"name": request.Name, "email": request.Email, "roles": []any{metadata.RoleAdmin}, "active": true, "owner": id,
	}
	if _, err := work.CreateAs(ctx, field.UserObject, id, administrator); err != nil {
		return err
	}
	if err := work.Settle(ctx); err != nil {
		return err
	}
	return identity.SetPassword(ctx, tx, id, hash, s.clock.Now())
}
