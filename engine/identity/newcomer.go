package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// How a person is known by a provider.
const (
	byLink  = "link"  // he came by it before
	byMail  = "email" // by his verified mail address
	byAdded = "added" // nobody knew him, and the provider may add people
)

// accountRow is whom a provider means by a subject: an account there.
type accountRow struct {
	Issuer    string `gorm:"primaryKey"`
	Subject   string `gorm:"primaryKey"`
	Provider  string
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// TableName is the table of accounts at providers.
func (accountRow) TableName() string { return "sys_sign_in_link" }

// found is who a person that a provider names is here.
type found struct {
	how   string
	actor *access.Actor // nil when he is to be added
}

// turned makes a stumble of a person who has no way in.
func (a *arrival) turned(step, reason, got string, code fault.Code) *stumble {
	return &stumble{step: step, reason: reason, got: shownText(got), email: a.email, code: code}
}

// recognise finds who somebody is: by the link that an earlier sign-in made,
// else by his verified mail address. No address makes anybody an administrator,
// and who is disabled or deleted stays so. The error is a stumble.
func (s *Service) recognise(ctx context.Context, settings ProviderSettings, a *arrival) (*found, error) {
	link, err := store.First[accountRow](ctx, s.store, "issuer = ? AND subject = ?", a.issuer, a.subject)
	if err == nil {
		actor, err := s.actor(ctx, byID(link.UserID), "session")
		if err == nil && actor == nil {
			err = a.turned(stepPerson, "disabled", a.subject, fault.NoAccount)
		}
		return &found{byLink, actor}, err
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("find whom a provider means: %w", err)
	}
	if a.email == "" {
		reason := "unverified"
		if _, told := a.claims["email"].(string); !told {
			reason = "missing"
		}
		return nil, a.turned(stepEmail, reason, fmt.Sprintf("email = %s, email_verified = %s", told(a.claims["email"]), told(a.claims["email_verified"])), fault.EmailUnverified)
	}
	id, active, several, err := s.anybody(ctx, a.email)
	switch {
	case err != nil:
		return nil, err
	case several:
		return nil, a.turned(stepPerson, "several", a.email, fault.NoAccount)
	case id != "" && !active:
		return nil, a.turned(stepPerson, "disabled", a.email, fault.NoAccount)
	case id == "" && !settings.Adds:
		return nil, a.turned(stepPerson, "unknown", a.email, fault.NoAccount)
	case id == "":
		return s.mayAdd(settings, a)
	}
	actor, err := s.actor(ctx, byID(id), "session")
	if err != nil {
		return nil, err
	}
	if actor == nil {
		return nil, a.turned(stepPerson, "disabled", a.email, fault.NoAccount)
	}
	administers, err := s.policies.Current().Administers(actor.Roles)
	if err == nil && administers {
		err = a.turned(stepPerson, "administrator", a.email, fault.NoAccount)
	}
	return &found{byMail, actor}, err
}

// anybody finds whoever has a mail address, though he is disabled or deleted.
// Providers write addresses as they like, so that capitals do not count; where
// several are left, it is nobody's. Letters beyond ASCII are as they are: some
// of them only look alike.
func (s *Service) anybody(ctx context.Context, email string) (id string, active, several bool, err error) {
	rows, err := s.store.Query(ctx, `SELECT id, email, coalesce(active, false), deleted_at IS NULL FROM "user" WHERE lower(email) = lower(?)`, email)
	if err != nil {
		return "", false, false, fmt.Errorf("find a person: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	best, ties := 0, 0
	for rows.Next() {
		var one, address string
		var able, live bool
		if err := rows.Scan(&one, &address, &able, &live); err != nil {
			return "", false, false, fmt.Errorf("find a person: %w", err)
		}
		rank := 0
		switch {
		case address != email && !sameASCII(address, email):
			continue
		case live && address == email:
			rank = 3
		case live:
			rank = 2
		default:
			rank = 1
		}
		switch {
		case rank > best:
			best, ties, id, active = rank, 1, one, able && live
		case rank == best:
			ties++
		}
	}
	if err := rows.Err(); err != nil {
		return "", false, false, fmt.Errorf("find a person: %w", err)
	}
	return id, active, best > 1 && ties > 1, nil
}

// sameASCII reports whether two texts of ASCII differ in nothing but capitals.
func sameASCII(a, b string) bool {
	beyond := func(r rune) bool { return r > unicode.MaxASCII }
	return strings.EqualFold(a, b) && !strings.ContainsFunc(a, beyond) && !strings.ContainsFunc(b, beyond)
}

// mayAdd judges whether somebody whom nobody knows is added.
func (s *Service) mayAdd(settings ProviderSettings, a *arrival) (*found, error) {
	_, domain, _ := strings.Cut(a.email, "@")
	allowed := false
	for _, one := range settings.Domains {
		allowed = allowed || strings.EqualFold(one, domain)
	}
	if !allowed {
		return nil, a.turned(stepPerson, "domain", a.email, fault.NoAccount)
	}
	policy := s.policies.Current()
	for _, role := range settings.Roles {
		_, there := policy.Catalog().Role(role)
		administers, err := policy.Administers([]string{role})
		if there && err != nil {
			return nil, err
		}
		if !there || administers {
			return nil, a.turned(stepPerson, "role", role, fault.NoAccount)
		}
	}
	return &found{how: byAdded}, nil
}

// errOvertaken says that somebody else did the same at the same time.
var errOvertaken = errors.New("somebody came by the same link at the same time")

// enterBy signs in whom a provider names. The error may be a stumble.
func (s *Service) enterBy(ctx context.Context, row *providerRow, visit *visitRow, brought Brought, origin Origin) (*Entered, error) {
	arrived, err := s.arrive(ctx, row, visit, brought)
	if err != nil {
		return nil, err
	}
	settings, err := row.settings()
	if err != nil {
		return nil, err
	}
	if !settings.Enabled {
		return nil, fault.New(fault.SignInExpired)
	}
	for range 3 { // of two at once, the second is known to the first's link
		person, known := s.recognise(ctx, settings, arrived)
		if known != nil {
			return nil, known
		}
		var entered *Entered
		entered, err = s.enterAs(ctx, row.Name, settings, arrived, person, origin)
		if f := fault.As(err); !errors.Is(err, errOvertaken) && (f == nil || f.Code != fault.Duplicate) {
			return entered, err
		}
	}
	return nil, err
}

// enterAs opens a session of who was found, and makes what makes him known the
// next time, in one transaction.
func (s *Service) enterAs(ctx context.Context, provider string, settings ProviderSettings, a *arrival, person *found, origin Origin) (*Entered, error) {
	id, err := personID(person)
	if err != nil {
		return nil, err
	}
	factors, err := s.factors(ctx, s.store, id)
	if err != nil {
		return nil, err
	}
	session, secret, err := s.newSession(id, origin)
	if err != nil {
		return nil, err
	}
	challenge, asked, err := s.newChallenge(id)
	if err != nil {
		return nil, err
	}
	challenge.Provider, session.Provider = &provider, &provider
	needsCode := factors.App || factors.Passkey && person.how != byMail // which goes then
	err = s.records.Transact(ctx, access.System(), store.Interactive, func(ctx context.Context, w *record.Work) error {
		if person.how == byAdded {
			w.Confirmed = true
			if _, err := w.CreateAs(ctx, field.UserObject, id, a.values(settings)); err != nil {
				return err
			}
		}
		if person.how != byLink {
			if err := s.know(ctx, w.Tx, provider, a, id, person.how); err != nil {
				return err
			}
		}
		if person.how == byMail {
			if err := clean(ctx, w.Tx, id); err != nil {
				return err
			}
			if err := s.forgetBareCodes(ctx, w.Tx, id); err != nil {
				return err
			}
		}
		if needsCode {
			return store.Insert(ctx, w.Tx, challenge)
		}
		return s.openSession(ctx, w.Tx, session, map[string]any{"provider": provider})
	})
	if err != nil {
		return nil, err
	}
	if needsCode {
		return &Entered{Challenge: asked, Factors: factors}, nil
	}
	actor, err := s.actor(ctx, byID(id), "session")
	if err == nil && actor == nil {
		err = fault.New(fault.NoAccount)
	}
	return &Entered{Actor: actor, Secret: secret}, err
}

// personID is the id of who was found, or a new one for who is to be added.
func personID(person *found) (string, error) {
	if person.actor != nil {
		return person.actor.ID, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// maxPersonName is how much of a name is taken from a provider, in characters.
const maxPersonName = 100

// values are those of the record of who is added.
func (a *arrival) values(settings ProviderSettings) map[string]any {
	name := []rune(a.name)
	if len(name) == 0 {
		name = []rune(a.email)
	}
	return Invited{Email: a.email, Roles: settings.Roles}.values(string(name[:min(len(name), maxPersonName)]))
}

// know lets a provider know a person from now on; errOvertaken when it does
// already.
func (s *Service) know(ctx context.Context, tx *store.Tx, provider string, a *arrival, userID, how string) error {
	count, err := tx.Exec(ctx, `INSERT INTO sys_sign_in_link (issuer, subject, provider, user_id, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		a.issuer, a.subject, provider, userID, milliseconds(s.clock.Now()))
	if err != nil {
		return fmt.Errorf("link a person to a provider: %w", err)
	}
	if count == 0 {
		return errOvertaken
	}
	audit.Write(ctx, tx, &access.Actor{ID: userID, Via: "session"}, audit.Entry{
		Action: audit.ProviderLinked, Object: field.UserObject, Subject: userID, Detail: map[string]any{"provider": provider, "how": how},
	})
	return nil
}

// clean takes from an account all by which somebody else may have taken it
// before its owner came: the address was never shown to be his until now.
func clean(ctx context.Context, tx *store.Tx, userID string) error {
	for _, text := range []string{"DELETE FROM sys_password WHERE user_id = ?", "DELETE FROM sys_password_link WHERE user_id = ?", "DELETE FROM sys_token WHERE user_id = ?", "DELETE FROM sys_passkey WHERE user_id = ?", "DELETE FROM sys_challenge WHERE user_id = ?"} {
		if _, err := tx.Exec(ctx, text, userID); err != nil {
			return fmt.Errorf("clean an account: %w", err)
		}
	}
	return endSessions(ctx, tx, "user_id = ?", userID)
}
