package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// How long a session lives: without use, and at the most.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 14 * 24 * time.Hour
)

// sessionRow is somebody who is signed in.
type sessionRow struct {
	ID        string `gorm:"primaryKey"`
	TokenHash []byte
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	SeenAt    int64
	ExpiresAt int64
	Address   string
	Agent     string
	// As whom the person looks at the application, and until when.
	ViewedID    *string
	ViewedUntil *int64
	// By which provider the person came; nil is by what is known of him here.
	Provider *string
	// From when on he may only give himself a second factor; nil is never.
	ConfinedFrom *int64
}

// TableName is the table of sessions.
func (sessionRow) TableName() string { return "sys_session" }

// passwordRow is the hash of a person's password.
type passwordRow struct {
	UserID    string `gorm:"primaryKey"`
	Hash      string
	ChangedAt int64
}

// TableName is the table of passwords.
func (passwordRow) TableName() string { return "sys_password" }

// Origin is where a request comes from.
type Origin struct{ Address, Agent string }

// Entered is how far somebody came who signs in.
type Entered struct {
	Actor     *access.Actor // nil while the second factor is missing
	Secret    string        // of the session
	Challenge string        // the secret with which the second factor is to be given
	Factors   Factors       // of which one is to be given
}

// SignIn checks a password and opens a session, or asks for the second factor
// of who has one. Where only providers open, a password is wrong but for an
// emergency. Faults: invalid_credentials, too_many_attempts, unavailable.
func (s *Service) SignIn(ctx context.Context, email, password string, origin Origin) (*Entered, error) {
	account, _ := canonicalEmail(email)
	if err := s.attempt(ctx, account, origin.Address); err != nil {
		return nil, err
	}
	id, err := s.userID(ctx, email)
	if err != nil {
		return nil, err
	}
	matched, err := s.passwordMatches(ctx, id, password)
	if err != nil {
		return nil, err
	}
	var actor *access.Actor
	if matched {
		if actor, err = s.actor(ctx, byID(id), "session"); err != nil {
			return nil, err
		}
	}
	setting, err := singleSignOn(ctx, s.store)
	if err != nil {
		return nil, err
	}
	if actor == nil || !setting.keepsPassword(id) {
		return nil, s.refused(ctx, account)
	}
	factors, err := s.factors(ctx, s.store, id)
	if err != nil {
		return nil, err
	}
	if factors.App || factors.Passkey {
		// Its attempt is forgotten with the second step, or codes could be tried without end.
		challenge, err := s.challenge(ctx, id)
		return &Entered{Challenge: challenge, Factors: factors}, err
	}
	if err := s.succeeded(ctx, account, origin.Address); err != nil {
		return nil, err
	}
	session, secret, err := s.newSession(id, origin)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		detail := map[string]any{}
		if err := noteEmergency(ctx, tx, id, detail); err != nil {
			return err
		}
		return s.openSession(ctx, tx, session, detail)
	})
	return &Entered{Actor: actor, Secret: secret}, err
}

// noteEmergency says of a sign-in with a password that nobody else may have one.
// Fault: invalid_credentials, where since then not even he may.
func noteEmergency(ctx context.Context, tx *store.Tx, userID string, detail map[string]any) error {
	setting, err := singleSignOn(ctx, tx)
	if err != nil || !setting.Only {
		return err
	}
	if !setting.keepsPassword(userID) {
		return fault.New(fault.InvalidCredentials)
	}
	detail["emergency"] = true
	return nil
}

// refused notes that somebody could not sign in. What was typed is noted only
// where it is a mail address: it may as well be a password.
func (s *Service) refused(ctx context.Context, account string) error {
	failed := audit.Entry{Action: audit.LoginFailed, Object: field.UserObject}
	if strings.Contains(account, "@") {
		failed.Detail = map[string]any{"email": cut(account, 254)}
	}
	if err := audit.Note(ctx, s.store, &access.Actor{ID: access.SystemID, Via: "session"}, failed); err != nil {
		return err //nolint:wrapcheck // says what failed
	}
	return fault.New(fault.InvalidCredentials)
}

func (s *Service) passwordMatches(ctx context.Context, userID, password string) (bool, error) {
	hash := ""
	if userID != "" {
		row, err := store.First[passwordRow](ctx, s.store, "user_id = ?", userID)
		switch {
		case err == nil:
			hash = row.Hash
		case !errors.Is(err, store.ErrNotFound):
			return false, fmt.Errorf("read a password: %w", err)
		}
	}
	return s.hasher.matches(ctx, password, hash)
}

// OpenSession opens a session of a person; the secret is the cookie's.
func (s *Service) OpenSession(ctx context.Context, userID string, origin Origin) (string, error) {
	row, secret, err := s.newSession(userID, origin)
	if err != nil {
		return "", err
	}
	return secret, s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return s.openSession(ctx, tx, row, nil)
	})
}

// newSession makes a session that is to be opened, and its secret.
func (s *Service) newSession(userID string, origin Origin) (*sessionRow, string, error) {
	secret, err := newSecret()
	if err != nil {
		return nil, "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, "", fmt.Errorf("make an id: %w", err)
	}
	now := s.clock.Now()
	return &sessionRow{
		ID: id.String(), TokenHash: hashSecret(secret), UserID: userID, CreatedAt: milliseconds(now), SeenAt: milliseconds(now),
		ExpiresAt: milliseconds(now.Add(sessionLife)), Address: cut(origin.Address, 64), Agent: cut(origin.Agent, 200),
	}, secret, nil
}

// openSession opens a session; detail is what the audit log tells of the
// sign-in.
func (s *Service) openSession(ctx context.Context, tx *store.Tx, row *sessionRow, detail map[string]any) error {
	if row.Provider == nil {
		roles, err := s.records.RolesOf(ctx, tx, row.UserID)
		if err != nil {
			return err
		}
		if row.ConfinedFrom, err = s.dueOf(ctx, tx, s.policies.Current(), row.UserID, roles); err != nil {
			return err
		}
	}
	audit.Write(ctx, tx, &access.Actor{ID: row.UserID, Via: "session"}, audit.Entry{
		Action: audit.Login, Object: field.UserObject, Subject: row.UserID, Detail: detail,
	})
	if err := store.Insert(ctx, tx, row); err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	return nil
}

// endSessions ends the sessions that match.
func endSessions(ctx context.Context, tx *store.Tx, where string, args ...any) error {
	tx.Unsettle()
	if _, err := tellViewAs(ctx, tx, where, args...); err != nil {
		return err
	}
	if _, err := store.Delete[sessionRow](ctx, tx, where, args...); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// cut keeps at most so many bytes of what a client says of itself.
func cut(text string, length int) string {
	return strings.ToValidUTF8(text[:min(len(text), length)], "")
}

// BySession makes the actor of a session's cookie; nil when it is not, or no
// longer, one. With remembered he may have a Standing. In a session that looks
// at the application as somebody else it is that person, with a Viewer; one that
// lacks a second factor is Confined. Fault: view_as_over.
func (s *Service) BySession(ctx context.Context, secret string, remembered bool) (*access.Actor, error) {
	return s.bySecret(ctx, s.ofSession(secret), remembered)
}

// ByOwnSession is BySession for the person himself who is signed in, whoever he
// looks at the application as; he is never remembered.
func (s *Service) ByOwnSession(ctx context.Context, secret string, _ bool) (*access.Actor, error) {
	row, err := s.openedBy(ctx, hashSecret(secret))
	if err != nil || row == nil {
		return nil, err
	}
	return s.himself(ctx, row)
}

// openedBy is the session of a secret; nil when there is none, or no longer.
func (s *Service) openedBy(ctx context.Context, hash []byte) (*sessionRow, error) {
	now := s.clock.Now()
	row, err := store.First[sessionRow](ctx, s.store, "token_hash = ? AND expires_at > ? AND seen_at > ?", hash, milliseconds(now), milliseconds(now.Add(-sessionIdle)))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a session: %w", err)
	}
	return row, nil
}

// himself makes the actor whose session it is, whoever he looks at the
// application as; nil when he is no longer active.
func (s *Service) himself(ctx context.Context, row *sessionRow) (*access.Actor, error) {
	actor, err := s.actor(ctx, byID(row.UserID), "session")
	if actor != nil {
		actor.Confined = row.confined(s.clock.Now())
	}
	return actor, err
}

func (s *Service) ofSession(secret string) credential {
	now := s.clock.Now()
	return credential{
		via: "session", hash: hashSecret(secret), table: "sys_session",
		owner: expr.Fragment{
			SQL:  "(SELECT user_id FROM sys_session WHERE token_hash = ? AND expires_at > ? AND seen_at > ? AND viewed_id IS NULL AND (confined_from IS NULL OR confined_from > ?))",
			Args: []expr.Arg{expr.Fixed(hashSecret(secret)), expr.Fixed(milliseconds(now)), expr.Fixed(milliseconds(now.Add(-sessionIdle))), expr.Fixed(milliseconds(now))},
		},
	}
}

// SignOut ends the session of a cookie.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, err := store.First[sessionRow](ctx, tx, "token_hash = ?", hashSecret(secret))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		audit.Write(ctx, tx, &access.Actor{ID: row.UserID, Via: "session"}, audit.Entry{Action: audit.Logout, Object: field.UserObject, Subject: row.UserID})
		return endSessions(ctx, tx, "id = ?", row.ID)
	})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Session is one of a person's sessions, as he may see it.
type Session struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	Current   bool      `json:"current"`
}

// Sessions lists a person's sessions, the one in use marked.
func (s *Service) Sessions(ctx context.Context, actor *access.Actor, secret string) ([]Session, error) {
	now := s.clock.Now()
	rows, err := store.Find[sessionRow](ctx, s.store, store.Selection{
		Where: "user_id = ? AND expires_at > ? AND seen_at > ?", Order: "seen_at desc", Limit: 200,
		Args: []any{actor.ID, milliseconds(now), milliseconds(now.Add(-sessionIdle))},
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	sessions := make([]Session, len(rows))
	for i, row := range rows {
		sessions[i] = Session{
			ID: row.ID, CreatedAt: moment(row.CreatedAt), SeenAt: moment(row.SeenAt), Address: row.Address, Agent: row.Agent,
			Current: string(row.TokenHash) == string(hashSecret(secret)),
		}
	}
	return sessions, nil
}

// EndSession ends one of a person's own sessions. Fault: not_found.
func (s *Service) EndSession(ctx context.Context, actor *access.Actor, id string) error {
	if _, item := field.ParseID(id); item != nil {
		return fault.New(fault.NotFound)
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		found, err := store.Find[sessionRow](ctx, tx, store.Selection{Where: "id = ? AND user_id = ?", Args: []any{id, actor.ID}, Limit: 1})
		if err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound)
		}
		if err := endSessions(ctx, tx, "id = ? AND user_id = ?", id, actor.ID); err != nil {
			return err
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SessionEnded, Object: field.UserObject, Subject: actor.ID})
		return nil
	})
}

// EndOthers ends all of a person's own sessions but the one in use.
func (s *Service) EndOthers(ctx context.Context, actor *access.Actor, secret string) error {
	return s.endAll(ctx, actor, actor.ID, "user_id = ? AND token_hash <> ?", actor.ID, hashSecret(secret))
}

// EndSessionsOf ends all sessions of somebody whom one manages. Faults:
// not_found, forbidden.
func (s *Service) EndSessionsOf(ctx context.Context, actor *access.Actor, userID string) error {
	if err := s.MayManage(ctx, actor, userID); err != nil {
		return err
	}
	return s.endAll(ctx, actor, userID, "user_id = ?", userID)
}

// endAll ends the sessions of a person that match.
func (s *Service) endAll(ctx context.Context, actor *access.Actor, userID, where string, args ...any) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SessionsEnded, Object: field.UserObject, Subject: userID})
		return endSessions(ctx, tx, where, args...)
	})
}

// SetPassword stores the hash of a person's password.
func SetPassword(ctx context.Context, tx *store.Tx, userID, hash string, now time.Time) error {
	if err := store.Save(ctx, tx, &passwordRow{UserID: userID, Hash: hash, ChangedAt: milliseconds(now)}); err != nil {
		return fmt.Errorf("store a password: %w", err)
	}
	return nil
}

// HashPassword checks that a password is strong enough and hashes it; words are
// those that it must not consist of. Fault: invalid_values with weak_password
// at the pointer.
func (s *Service) HashPassword(ctx context.Context, pointer, password string, words ...string) (string, error) {
	if err := checkPassword(pointer, password, words...); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, password)
}

// reauthenticate sees that it is still the person himself. Faults:
// invalid_credentials, too_many_attempts.
func (s *Service) reauthenticate(ctx context.Context, actor *access.Actor, password string, origin Origin) error {
	email, _ := actor.Profile("email").(string)
	if err := s.attempt(ctx, email, origin.Address); err != nil {
		return err
	}
	matched, err := s.passwordMatches(ctx, actor.ID, password)
	if err != nil {
		return err
	}
	if !matched {
		refused := audit.Entry{Action: audit.PasswordRefused, Object: field.UserObject, Subject: actor.ID}
		if err := audit.Note(ctx, s.store, actor, refused); err != nil {
			return err //nolint:wrapcheck // says what failed
		}
		return fault.New(fault.InvalidCredentials)
	}
	return s.succeeded(ctx, email, origin.Address)
}

// ChangePassword changes a person's own password; it ends all his sessions but
// the one in use. Faults: invalid_credentials, weak_password.
func (s *Service) ChangePassword(ctx context.Context, actor *access.Actor, current, changed, secret string, origin Origin) error {
	if err := s.reauthenticate(ctx, actor, current, origin); err != nil {
		return err
	}
	email, _ := actor.Profile("email").(string)
	hash, err := s.HashPassword(ctx, "/new", changed, email)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.PasswordChanged, Object: field.UserObject, Subject: actor.ID})
		return s.replacePassword(ctx, tx, actor.ID, hash, "user_id = ? AND token_hash <> ?", actor.ID, hashSecret(secret))
	})
}
