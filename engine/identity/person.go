package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Me is what a person is told about himself.
type Me struct {
	ID           string                `json:"id"`
	Name         string                `json:"name"`
	Email        string                `json:"email"`
	Roles        []string              `json:"roles"`
	Locale       string                `json:"locale"`
	Timezone     string                `json:"timezone"`
	Abilities    []string              `json:"abilities"`
	Scopes       *map[string]string    `json:"scopes,omitempty"` // of a limited key: read or write, by object
	Organisation metadata.Organisation `json:"organisation"`
	Viewer       *Viewer               `json:"viewer,omitempty"`
	SecondFactor *FactorTerm           `json:"second_factor,omitempty"` // where he needs one, and has none
}

// Viewer is who looks at the application as somebody else, and until when.
type Viewer struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Until time.Time `json:"until"`
}

// locales are the languages by the code that a person's record holds.
func locales() map[string]string {
	return map[string]string{"zh_cn": "zh-CN", "en": "en"}
}

// localeCode is the code of a language in a person's record, or "".
func localeCode(locale string) string {
	for code, known := range locales() {
		if known == locale {
			return code
		}
	}
	return ""
}

// actor makes the actor of an active person, or nil when there is none. The
// person's id is the value of a piece of SQL.
func (s *Service) actor(ctx context.Context, id expr.Fragment, via string) (*access.Actor, error) {
	person, err := s.records.Person(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the person: %w", err)
	}
	actor := actorOf(person, via)
	if actor == nil {
		return nil, nil
	}
	if !s.organisation().Speaks(actor.Language) {
		actor.Language = ""
	}
	return actor, s.records.Openings(ctx, actor)
}

func byID(id string) expr.Fragment {
	return expr.Fragment{SQL: "?", Args: []expr.Arg{expr.Fixed(id)}}
}

func actorOf(person *record.Person, via string) *access.Actor {
	if active, _ := person.Field("active").(bool); !active {
		return nil
	}
	roles, _ := person.Field("roles").([]string)
	locale, _ := person.Field("locale").(string)
	return &access.Actor{
		ID: person.ID, Roles: roles, Via: via, Profile: person.Field,
		Language: locales()[locale], Zone: zone(person.Field("timezone")),
	}
}

func zone(value expr.Value) *time.Location {
	name, _ := value.(string)
	if name == "" {
		return nil
	}
	location, err := clock.Zone(name)
	if err != nil {
		return nil
	}
	return location
}

// ByID makes the actor of the active person with an id, or nil when there is
// none.
func (s *Service) ByID(ctx context.Context, id, via string) (*access.Actor, error) {
	return s.actor(ctx, byID(id), via)
}

// organisation is the organisation as this server knows it.
func (s *Service) organisation() metadata.Organisation {
	return s.policies.Current().Catalog().Environment().Organisation
}

// Me tells an actor about himself.
func (s *Service) Me(actor *access.Actor) (*Me, error) {
	abilities, err := s.policies.Current().Abilities(actor)
	if err != nil {
		return nil, err
	}
	organisation := s.organisation()
	text := func(name string) string {
		value, _ := actor.Profile(name).(string)
		return value
	}
	me := &Me{
		ID: actor.ID, Name: text("name"), Email: text("email"), Roles: actor.Roles, Locale: locales()[text("locale")],
		Timezone: text("timezone"), Abilities: abilities, Organisation: organisation,
	}
	if actor.Limit != nil {
		me.Scopes = &actor.Limit.Objects
	}
	if !organisation.Speaks(me.Locale) {
		me.Locale = ""
	}
	if me.Roles == nil {
		me.Roles = []string{}
	}
	if me.Timezone == "" {
		me.Timezone = organisation.Timezone
	}
	return me, nil
}

// Profile is what a person may change about himself; nil stays as it is.
type Profile struct {
	Name     *string `json:"name"`
	Locale   *string `json:"locale"`
	Timezone *string `json:"timezone"`
}

// ChangeProfile changes what a person may change about himself. Faults are
// those of a record, with pointers into the profile.
func (s *Service) ChangeProfile(ctx context.Context, actor *access.Actor, profile Profile) error {
	patch := map[string]any{}
	if profile.Name != nil {
		patch["name"] = *profile.Name
	}
	if profile.Locale != nil {
		if code := localeCode(*profile.Locale); code != "" && s.organisation().Speaks(*profile.Locale) || *profile.Locale == "" {
			patch["locale"] = code
		} else {
			return fault.New(fault.InvalidValues).At("/locale", fault.UnknownOption, "value", *profile.Locale)
		}
	}
	if profile.Timezone != nil {
		if _, err := clock.Zone(*profile.Timezone); err != nil && *profile.Timezone != "" {
			return fault.New(fault.InvalidValues).At("/timezone", fault.UnknownTimezone, "value", *profile.Timezone)
		}
		patch["timezone"] = *profile.Timezone
	}
	self := *actor
	self.Roles, self.Limit = []string{metadata.RoleAdmin}, nil
	_, err := s.records.Update(ctx, &self, field.UserObject, actor.ID, nil, patch, record.Options{})
	return err
}

// ByEmail makes the actor of the person with a mail address, for the command
// line. Fault: not_found.
func (s *Service) ByEmail(ctx context.Context, email, via string) (*access.Actor, error) {
	id, err := s.userID(ctx, email)
	if err != nil {
		return nil, err
	}
	actor, err := s.actor(ctx, byID(id), via)
	if err == nil && actor == nil {
		return nil, fault.New(fault.NotFound)
	}
	return actor, err
}

// userID finds the id of the person with a mail address, or "".
func (s *Service) userID(ctx context.Context, email string) (string, error) {
	email, ok := canonicalEmail(email)
	if !ok {
		return "", nil
	}
	var id string
	err := s.store.QueryRow(ctx, `SELECT id FROM "user" WHERE email = ? AND deleted_at IS NULL`, email).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find a person: %w", err)
	}
	return id, nil
}

// canonicalEmail is a mail address as a person's record holds it.
func canonicalEmail(email string) (string, bool) {
	kind, _ := field.Registry().Get("email")
	value, item := kind.Parse(&field.Field{Name: "email", Kind: kind}, email)
	if item != nil {
		return "", false
	}
	text, ok := value.(string)
	return text, ok
}
