package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
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

// SignIn checks a password and opens a session; the secret is the cookie's.
// Faults: invalid_credentials, too_many_attempts, unavailable.
func (s *Service) SignIn(ctx context.Context, email, password string, origin Origin) (actor *access.Actor, secret string, err error) {
	account, _ := canonicalEmail(email)
	if err := s.attempt(ctx, account, origin.Address); err != nil {
		return nil, "", err
	}
	id, err := s.userID(ctx, email)
	if err != nil {
		return nil, "", err
	}
	matched, err := s.passwordMatches(ctx, id, password)
	if err != nil {
		return nil, "", err
	}
	if matched {
		if actor, err = s.actor(ctx, byID(id), "session"); err != nil {
			return nil, "", err
		}
	}
	if actor == nil {
		return nil, "", fault.New(fault.InvalidCredentials)
	}
	if err := s.succeeded(ctx, account, origin.Address); err != nil {
		return nil, "", err
	}
	secret, err = s.OpenSession(ctx, id, origin)
	return actor, secret, err
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
	text, err := newSecret()
	if err != nil {
		return "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	now := s.clock.Now()
	row := &sessionRow{
		ID: id.String(), TokenHash: hashSecret(text), UserID: userID, CreatedAt: milliseconds(now), SeenAt: milliseconds(now),
		ExpiresAt: milliseconds(now.Add(sessionLife)), Address: cut(origin.Address, 64), Agent: cut(origin.Agent, 200),
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return "", fmt.Errorf("open a session: %w", err)
	}
	return text, nil
}

// cut keeps at most so many bytes of what a client says of itself.
func cut(text string, length int) string {
	return strings.ToValidUTF8(text[:min(len(text), length)], "")
}

// BySession makes the actor of a session's cookie; nil when it is not, or no
// longer, one. With remembered he may have a Standing.
func (s *Service) BySession(ctx context.Context, secret string, remembered bool) (*access.Actor, error) {
	return s.bySecret(ctx, s.ofSession(secret), remembered)
}

func (s *Service) ofSession(secret string) credential {
	now := s.clock.Now()
	return credential{
		via: "session", hash: hashSecret(secret), table: "sys_session",
		owner: expr.Fragment{
			SQL:  "(SELECT user_id FROM sys_session WHERE token_hash = ? AND expires_at > ? AND seen_at > ?)",
			Args: []expr.Arg{expr.Fixed(hashSecret(secret)), expr.Fixed(milliseconds(now)), expr.Fixed(milliseconds(now.Add(-sessionIdle)))},
		},
	}
}

// SignOut ends the session of a cookie.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.endSessions(ctx, "token_hash = ?", hashSecret(secret))
}

func (s *Service) endSessions(ctx context.Context, where string, args ...any) error {
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		_, err := store.Delete[sessionRow](ctx, tx, where, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
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
	rows, err := store.Find[sessionRow](ctx, s.store, store.Selection{
		Where: "user_id = ? AND expires_at > ?", Args: []any{actor.ID, milliseconds(s.clock.Now())}, Order: "seen_at desc", Limit: 200,
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
		tx.Unsettle()
		count, err := store.Delete[sessionRow](ctx, tx, "id = ? AND user_id = ?", id, actor.ID)
		if err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		return nil
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

// ChangePassword changes a person's own password; it ends all his sessions but
// the one in use. Faults: invalid_credentials, weak_password.
func (s *Service) ChangePassword(ctx context.Context, actor *access.Actor, current, changed, secret string, origin Origin) error {
	email, _ := actor.Profile("email").(string)
	if err := s.attempt(ctx, email, origin.Address); err != nil {
		return err
	}
	matched, err := s.passwordMatches(ctx, actor.ID, current)
	if err != nil {
		return err
	}
	if !matched {
		return fault.New(fault.InvalidCredentials)
	}
	if err := s.succeeded(ctx, email, origin.Address); err != nil {
		return err
	}
	hash, err := s.HashPassword(ctx, "/new", changed, email)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := SetPassword(ctx, tx, actor.ID, hash, s.clock.Now()); err != nil {
			return err
		}
		tx.Unsettle()
		if _, err := store.Delete[sessionRow](ctx, tx, "user_id = ? AND token_hash <> ?", actor.ID, hashSecret(secret)); err != nil {
			return fmt.Errorf("end other sessions: %w", err)
		}
		return nil
	})
}
