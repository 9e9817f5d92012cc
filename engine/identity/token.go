package identity

import (
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// keyPrefix begins every API key, so that scanners of secrets find them.
const keyPrefix = "crm_"

// DefaultKeyLife is how long an API key lives when nothing else is said.
const DefaultKeyLife = 90 * 24 * time.Hour

const (
	maxKeyLife = 10 * 365 * 24 * time.Hour
	maxKeys    = 50
	maxKeyName = 120 // characters
)

// tokenRow is an API key.
type tokenRow struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	TokenHash []byte
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	SeenAt    *int64
	ExpiresAt *int64
}

// TableName is the table of API keys.
func (tokenRow) TableName() string { return "sys_token" }

// Token is an API key as its owner may see it; the secret is known only when
// it was just made.
type Token struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Token     string     `json:"token,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	SeenAt    *time.Time `json:"seen_at"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// CreateToken makes an API key of a person, which may do what he may do. Its
// secret is returned once. Keys cannot make keys: forbidden.
func (s *Service) CreateToken(ctx context.Context, actor *access.Actor, name string, life time.Duration) (*Token, error) {
	if actor.Via == "key" {
		return nil, fault.New(fault.Forbidden)
	}
	faults := fault.New(fault.InvalidValues)
	if name = strings.TrimSpace(name); name == "" {
		faults.At("/name", fault.Required)
	}
	if length := utf8.RuneCountInString(name); length > maxKeyName {
		faults.At("/name", fault.TooLong, "max", maxKeyName, "length", length)
	}
	if strings.ContainsRune(name, 0) {
		faults.At("/name", fault.InvalidText)
	}
	if life <= 0 || life > maxKeyLife {
		faults.At("/expires_in_days", fault.OutOfRange, "min", 1, "max", int(maxKeyLife.Hours()/24))
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	secret, err := newSecret()
	if err != nil {
		return nil, err
	}
	text := keyPrefix + secret + checksum(secret)
	now := s.clock.Now()
	expires := milliseconds(now.Add(life))
	row := &tokenRow{ID: id.String(), Name: name, TokenHash: hashSecret(text), UserID: actor.ID, CreatedAt: milliseconds(now), ExpiresAt: &expires}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		mine, err := store.Find[tokenRow](ctx, tx, store.Selection{Where: "user_id = ?", Args: []any{actor.ID}, Limit: maxKeys})
		if err != nil {
			return fmt.Errorf("count keys: %w", err)
		}
		if len(mine) == maxKeys {
			return fault.New(fault.InvalidValues).At("", fault.TooManyRecords, "max", maxKeys)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.KeyCreated, Object: field.UserObject, Subject: actor.ID, Detail: map[string]any{
			"key": row.ID, "name": name, "expires_at": moment(expires),
		}})
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return nil, err
	}
	token := shown(*row)
	token.Token = text
	return &token, nil
}

func shown(row tokenRow) Token {
	token := Token{ID: row.ID, Name: row.Name, CreatedAt: moment(row.CreatedAt)}
	if row.SeenAt != nil {
		at := moment(*row.SeenAt)
		token.SeenAt = &at
	}
	if row.ExpiresAt != nil {
		at := moment(*row.ExpiresAt)
		token.ExpiresAt = &at
	}
	return token
}

// checksum lets a scanner tell a key from a random text.
func checksum(secret string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(secret)))
}

// Tokens lists a person's API keys, without their secrets.
func (s *Service) Tokens(ctx context.Context, actor *access.Actor) ([]Token, error) {
	rows, err := store.Find[tokenRow](ctx, s.store, store.Selection{Where: "user_id = ?", Args: []any{actor.ID}, Order: "created_at desc", Limit: maxKeys})
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	tokens := make([]Token, len(rows))
	for i, row := range rows {
		tokens[i] = shown(row)
	}
	return tokens, nil
}

// DeleteToken revokes one of a person's own API keys. Fault: not_found.
func (s *Service) DeleteToken(ctx context.Context, actor *access.Actor, id string) error {
	if _, item := field.ParseID(id); item != nil {
		return fault.New(fault.NotFound)
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		count, err := store.Delete[tokenRow](ctx, tx, "id = ? AND user_id = ?", id, actor.ID)
		if err != nil {
			return fmt.Errorf("revoke a key: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.KeyRevoked, Object: field.UserObject, Subject: actor.ID, Detail: map[string]any{"key": id}})
		return nil
	})
}

// RevokeTokensOf revokes all API keys of somebody whom one manages. Faults:
// not_found, forbidden.
func (s *Service) RevokeTokensOf(ctx context.Context, actor *access.Actor, userID string) error {
	if err := s.MayManage(ctx, actor, userID); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		count, err := store.Delete[tokenRow](ctx, tx, "user_id = ?", userID)
		if err != nil {
			return fmt.Errorf("revoke keys: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.KeyRevoked, Object: field.UserObject, Subject: userID, Detail: map[string]any{"keys": count}})
		return nil
	})
}

// ByToken makes the actor of an API key; nil when it is not, or no longer, one.
// With remembered he may have a Standing.
func (s *Service) ByToken(ctx context.Context, text string, remembered bool) (*access.Actor, error) {
	if !strings.HasPrefix(text, keyPrefix) {
		return nil, nil
	}
	return s.bySecret(ctx, s.ofToken(text), remembered)
}

func (s *Service) ofToken(text string) credential {
	return credential{
		via: "key", hash: hashSecret(text), table: "sys_token",
		owner: expr.Fragment{
			SQL:  "(SELECT user_id FROM sys_token WHERE token_hash = ? AND (expires_at IS NULL OR expires_at > ?))",
			Args: []expr.Arg{expr.Fixed(hashSecret(text)), expr.Fixed(milliseconds(s.clock.Now()))},
		},
	}
}

// Still makes the actor of an API key, or where there is none of a session,
// again, for what goes on after its request; nil when it is no longer good. It
// is no use of the credential: an open page does not keep a session from
// ending.
func (s *Service) Still(ctx context.Context, token, session string) (*access.Actor, error) {
	c := s.ofToken(token)
	if token == "" {
		c = s.ofSession(session)
	}
	return s.actor(ctx, c.owner, c.via)
}
