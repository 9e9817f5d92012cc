package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// A second factor may be required of people. Each has some days for it; after
// that his sessions are confined: they let him give himself one, and nothing
// else. From when on a session is confined stands in its row, and follows the
// setting, the person's roles and his factors. Who came by a provider has given
// the provider's, and who has an API key has that.

// secondFactorSetting is the name of the setting that says who needs a second
// factor.
const secondFactorSetting = "second_factor"

// Of whom a second factor is required. Builders are who administers or designs.
const (
	OfNobody    = "nobody"
	OfBuilders  = "builders"
	OfEverybody = "everybody"
)

// The days that people have, where nothing else is said, and at the most.
const (
	usualDays = 7
	maxDays   = 90
)

// Requirement says of whom a second factor is required.
type Requirement struct {
	Of   string `json:"required_of"` // nobody, builders or everybody
	Days int    `json:"days"`        // that people have for it
}

// requirement is a Requirement as it is kept, with when it was set.
type requirement struct {
	Requirement
	Since int64 `json:"since"` // milliseconds
}

func readRequirement(ctx context.Context, reader store.Reader) (requirement, error) {
	kept := requirement{Requirement: Requirement{Of: OfNobody}}
	err := catalog.ReadSetting(ctx, reader, secondFactorSetting, &kept)
	return kept, err //nolint:wrapcheck // says what it reads
}

// BeginRequiring requires a second factor of who administers or designs, where
// nothing was said of that yet: from now on the days count.
func (s *Service) BeginRequiring(ctx context.Context) error {
	usual := requirement{Requirement{OfBuilders, usualDays}, milliseconds(s.clock.Now())}
	kept := requirement{}
	if err := catalog.ReadSetting(ctx, s.store, secondFactorSetting, &kept); err != nil || kept.Of != "" {
		return err //nolint:wrapcheck // says what it reads
	}
	value, err := json.Marshal(usual)
	if err != nil {
		return fmt.Errorf("write a setting: %w", err)
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO sys_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", secondFactorSetting, string(value))
		return err
	})
}

// termRow is since when a person may be asked for a second factor.
type termRow struct {
	UserID      string `gorm:"primaryKey"`
	Since       int64  // that he is one of us
	BuildsSince *int64 // where he did not from the beginning
}

// TableName is the table of terms.
func (termRow) TableName() string { return "sys_second_factor_term" }

// builds reports whether roles let their holder administer or design.
func builds(policy *access.Policy, roles []string) (bool, error) {
	administers, err := policy.Administers(roles)
	if err != nil || administers {
		return administers, err
	}
	return policy.Can(&access.Actor{Roles: roles}, catalog.AbilityDesign)
}

// holds reports whether the requirement is one of who has these roles.
func (r requirement) holds(policy *access.Policy, roles []string) (bool, error) {
	if r.Of == OfBuilders {
		return builds(policy, roles)
	}
	return r.Of == OfEverybody, nil
}

// due is when the days of a person are over.
func (r requirement) due(term *termRow) int64 {
	since := r.Since
	if term != nil {
		since = max(since, term.Since)
		if r.Of == OfBuilders && term.BuildsSince != nil {
			since = max(since, *term.BuildsSince)
		}
	}
	return since + (time.Duration(r.Days) * 24 * time.Hour).Milliseconds()
}

// dueOf is when the days of a person with these roles are over; nil when no
// second factor is required of him, or he has one.
func (s *Service) dueOf(ctx context.Context, from store.Source, policy *access.Policy, userID string, roles []string) (*int64, error) {
	kept, err := readRequirement(ctx, from)
	if err != nil {
		return nil, err
	}
	if holds, err := kept.holds(policy, roles); err != nil || !holds {
		return nil, err
	}
	if has, err := s.hasFactor(ctx, from, userID); err != nil || has {
		return nil, err
	}
	term, err := store.First[termRow](ctx, from, "user_id = ?", userID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read since when a second factor is required: %w", err)
	}
	due := kept.due(term)
	return &due, nil
}

// confine sets from when on the sessions of a person are confined.
func confine(ctx context.Context, tx *store.Tx, userID string, due *int64) error {
	tx.Unsettle()
	if _, err := tx.Exec(ctx, "UPDATE sys_session SET confined_from = ? WHERE user_id = ? AND provider IS NULL", due, userID); err != nil {
		return fmt.Errorf("confine sessions: %w", err)
	}
	return nil
}

// confineAnew is confine for a person as he is now.
func (s *Service) confineAnew(ctx context.Context, tx *store.Tx, actor *access.Actor) error {
	due, err := s.dueOf(ctx, tx, s.policies.Current(), actor.ID, actor.Roles)
	if err != nil {
		return err
	}
	return confine(ctx, tx, actor.ID, due)
}

// confineAll is confine for everybody who is signed in.
func (s *Service) confineAll(ctx context.Context, tx *store.Tx) error {
	sessions, err := store.Find[sessionRow](ctx, tx, store.Selection{Where: "provider IS NULL"})
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	until := map[string][]*int64{}
	for i := range sessions {
		until[sessions[i].UserID] = append(until[sessions[i].UserID], sessions[i].ConfinedFrom)
	}
	people, err := s.records.Holders(ctx, tx)
	if err != nil {
		return fmt.Errorf("find who holds roles: %w", err)
	}
	for _, person := range people {
		if until[person.ID] == nil {
			continue
		}
		due, err := s.dueOf(ctx, tx, s.policies.Current(), person.ID, person.Roles)
		if err != nil {
			return err
		}
		other := func(was *int64) bool { return (was == nil) != (due == nil) || was != nil && *was != *due }
		if !slices.ContainsFunc(until[person.ID], other) {
			continue
		}
		if err := confine(ctx, tx, person.ID, due); err != nil {
			return err
		}
	}
	return nil
}

// Terms is the part of a write that notes since when somebody is one of us, and
// since when he administers or designs; his sessions follow.
func (s *Service) Terms(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Name != field.UserObject || change.ID == access.SystemID {
		return nil
	}
	now := milliseconds(w.Now)
	if change.Action == record.Created {
		w.Tx.Queue("INSERT INTO sys_second_factor_term (user_id, since) VALUES (?, ?) ON CONFLICT (user_id) DO NOTHING", change.ID, now)
		return nil
	}
	if change.Action != record.Updated || !slices.Contains(change.Changed, change.Object.Slot("roles")) {
		return nil
	}
	roles := rolesOf(change.Object, change.Values)
	before, err := builds(w.Policy, rolesOf(change.Object, change.Prior))
	if err != nil {
		return err
	}
	after, err := builds(w.Policy, roles)
	if err != nil || before == after {
		return err
	}
	if after {
		_, err := w.Tx.Exec(ctx, `INSERT INTO sys_second_factor_term (user_id, since, builds_since) VALUES (?, 0, ?)
			ON CONFLICT (user_id) DO UPDATE SET builds_since = excluded.builds_since`, change.ID, now)
		if err != nil {
			return fmt.Errorf("note since when somebody administers: %w", err)
		}
	}
	due, err := s.dueOf(ctx, w.Tx, w.Policy, change.ID, roles)
	if err != nil {
		return err
	}
	return confine(ctx, w.Tx, change.ID, due)
}

// FactorTerm is until when a person may go on without a second factor.
type FactorTerm struct {
	Due  time.Time `json:"due"`
	Over bool      `json:"over"` // he may only give himself one
}

// Term tells who is signed in until when he may go on without a second factor;
// nil when none is required of him in this session.
func (s *Service) Term(ctx context.Context, actor *access.Actor, secret string) (*FactorTerm, error) {
	row, err := store.First[sessionRow](ctx, s.store, "token_hash = ? AND user_id = ?", hashSecret(secret), actor.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a session: %w", err)
	}
	if row.ConfinedFrom == nil {
		return nil, nil
	}
	return &FactorTerm{Due: moment(*row.ConfinedFrom), Over: row.confined(s.clock.Now())}, nil
}

// confined reports whether a session lets its person only give himself a second
// factor.
func (r *sessionRow) confined(now time.Time) bool {
	return r.ConfinedFrom != nil && *r.ConfinedFrom <= milliseconds(now)
}

// release lets the sessions of who has just given himself a second factor do
// what they could. One that was confined gets another secret, which is given;
// else it is "".
func (s *Service) release(ctx context.Context, tx *store.Tx, userID, secret string) (string, error) {
	fresh, err := newSecret()
	if err != nil {
		return "", err
	}
	tx.Unsettle()
	count, err := tx.Exec(ctx, "UPDATE sys_session SET token_hash = ? WHERE token_hash = ? AND confined_from <= ?",
		hashSecret(fresh), hashSecret(secret), milliseconds(s.clock.Now()))
	if err != nil {
		return "", fmt.Errorf("release a session: %w", err)
	}
	if count == 0 {
		fresh = ""
	}
	return fresh, confine(ctx, tx, userID, nil)
}

// Lacking is somebody who has no second factor.
type Lacking struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Builds bool   `json:"builds"` // he administers or designs
}

// Lack is who signs in with a password and has no second factor.
type Lack struct {
	Everybody int       `json:"everybody"`
	Builders  int       `json:"builders"`
	People    []Lacking `json:"people"` // the builders first, and no more than a hundred
}

// maxLacking is how many people are named.
const maxLacking = 100

// Requirement tells of whom a second factor is required, and who has none.
// Fault: forbidden.
func (s *Service) Requirement(ctx context.Context, actor *access.Actor) (*Requirement, *Lack, error) {
	if err := s.mayKeep(actor); err != nil {
		return nil, nil, err
	}
	kept, err := readRequirement(ctx, s.store)
	if err != nil {
		return nil, nil, err
	}
	people, err := s.records.Holders(ctx, s.store)
	if err != nil {
		return nil, nil, fmt.Errorf("find who holds roles: %w", err)
	}
	lacks, err := s.lacks(ctx)
	if err != nil {
		return nil, nil, err
	}
	lack := &Lack{People: []Lacking{}}
	var others []Lacking
	for _, person := range people {
		if !person.Active || !lacks[person.ID] {
			continue
		}
		lack.Everybody++
		able, err := builds(s.policies.Current(), person.Roles)
		if err != nil {
			return nil, nil, err
		}
		if able {
			lack.Builders++
			lack.People = append(lack.People, Lacking{ID: person.ID, Builds: true})
		} else {
			others = append(others, Lacking{ID: person.ID})
		}
	}
	lack.People = append(lack.People, others...)
	lack.People = lack.People[:min(len(lack.People), maxLacking)]
	return &kept.Requirement, lack, s.name(ctx, lack.People)
}

// name gives people their names.
func (s *Service) name(ctx context.Context, people []Lacking) error {
	for i := range people {
		person, err := s.records.Person(ctx, byID(people[i].ID))
		if errors.Is(err, store.ErrNotFound) {
			continue // deleted just now
		}
		if err != nil {
			return fmt.Errorf("read the person: %w", err)
		}
		people[i].Name, _ = person.Field("name").(string)
	}
	return nil
}

// lacks are the people who have a password and no second factor.
func (s *Service) lacks(ctx context.Context) (map[string]bool, error) {
	rows, err := s.store.Query(ctx, `SELECT CAST(user_id AS TEXT) FROM sys_password
		WHERE user_id NOT IN (SELECT user_id FROM sys_totp WHERE confirmed_at IS NOT NULL) AND user_id NOT IN (SELECT user_id FROM sys_passkey)`)
	if err != nil {
		return nil, fmt.Errorf("find who has no second factor: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	lacks := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find who has no second factor: %w", err)
		}
		lacks[id] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find who has no second factor: %w", err)
	}
	return lacks, nil
}

// KeepRequirement says of whom a second factor is required; the days count from
// now. Faults: forbidden, invalid_values with unknown_option at /required_of or
// out_of_range at /days.
func (s *Service) KeepRequirement(ctx context.Context, actor *access.Actor, wanted Requirement) error {
	if err := s.mayKeep(actor); err != nil {
		return err
	}
	faults := fault.New(fault.InvalidValues)
	if !slices.Contains([]string{OfNobody, OfBuilders, OfEverybody}, wanted.Of) {
		faults.At("/required_of", fault.UnknownOption, "value", wanted.Of)
	}
	if wanted.Days < 0 || wanted.Days > maxDays {
		faults.At("/days", fault.OutOfRange, "min", 0, "max", maxDays)
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		// Locked, so that of two at once each knows what was before.
		if _, err := tx.Exec(ctx, "UPDATE sys_setting SET name = name WHERE name = ?", secondFactorSetting); err != nil {
			return fmt.Errorf("lock a setting: %w", err)
		}
		before, err := readRequirement(ctx, tx)
		if err != nil || before.Requirement == wanted {
			return err
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SettingChanged, Subject: secondFactorSetting, Detail: map[string]any{"before": before.Requirement, "after": wanted}})
		if err := catalog.WriteSetting(ctx, tx, secondFactorSetting, requirement{wanted, milliseconds(s.clock.Now())}); err != nil {
			return err
		}
		return s.confineAll(ctx, tx)
	})
}
