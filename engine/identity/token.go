package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
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

// viaKey is how who sends an API key came.
const viaKey = "key"

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
	Limit     *string
}

// TableName is the table of API keys.
func (tokenRow) TableName() string { return "sys_token" }

// limit is what the key is limited to; nil when it is not.
func (r *tokenRow) limit() (*access.Limit, error) {
	if r.Limit == nil {
		return nil, nil
	}
	var limit access.Limit
	if err := json.Unmarshal([]byte(*r.Limit), &limit); err != nil {
		return nil, fmt.Errorf("read what a key is limited to: %w", err)
	}
	return &limit, nil
}

// Token is an API key as its owner may see it; the secret is known only when
// it was just made.
type Token struct {
	ID        string             `json:"id"`
	Name      string             `json:"name"`
	Token     string             `json:"token,omitempty"`
	Scopes    *map[string]string `json:"scopes"`    // read or write, by object; nil for a key without a limit
	Abilities []string           `json:"abilities"` // that a limited key carries
	CreatedAt time.Time          `json:"created_at"`
	SeenAt    *time.Time         `json:"seen_at"`
	ExpiresAt *time.Time         `json:"expires_at"`
}

// CreateToken makes an API key of a person, which may do what he may do, or of
// that what a limit leaves. Its secret is returned once. Keys cannot make keys:
// forbidden.
func (s *Service) CreateToken(ctx context.Context, actor *access.Actor, name string, life time.Duration, limit *access.Limit) (*Token, error) {
	if actor.Via == viaKey {
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
	if err := s.checkLimit(actor, limit, faults); err != nil {
		return nil, err
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
	detail := map[string]any{"key": row.ID, "name": name, "expires_at": moment(expires)}
	if limit != nil {
		slices.Sort(limit.Abilities)
		limit.Abilities = slices.Compact(limit.Abilities)
		raw, err := json.Marshal(limit)
		if err != nil {
			return nil, fmt.Errorf("write what a key is limited to: %w", err)
		}
		text := string(raw)
		row.Limit, detail["scopes"], detail["abilities"] = &text, limit.Objects, limit.Abilities
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		mine, err := store.Find[tokenRow](ctx, tx, store.Selection{Where: "user_id = ?", Args: []any{actor.ID}, Limit: maxKeys})
		if err != nil {
			return fmt.Errorf("count keys: %w", err)
		}
		if len(mine) == maxKeys {
			return fault.New(fault.InvalidValues).At("", fault.TooManyRecords, "max", maxKeys)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.KeyCreated, Object: field.UserObject, Subject: actor.ID, Detail: detail})
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return nil, err
	}
	token, err := row.shown()
	if err != nil {
		return nil, err
	}
	token.Token = text
	return token, nil
}

// checkLimit notes what of a limit is not the person's, or is nothing: objects
// that he does not see are as those that do not exist.
func (s *Service) checkLimit(actor *access.Actor, limit *access.Limit, faults *fault.Fault) error {
	if limit == nil {
		return nil
	}
	if len(limit.Objects)+len(limit.Abilities) == 0 {
		faults.At("/scopes", fault.Required)
	}
	policy := s.policies.Current()
	for _, name := range slices.Sorted(maps.Keys(limit.Objects)) {
		at, scope := "/scopes"+fault.Pointer(name), limit.Objects[name]
		if scope != access.ReadOnly && scope != access.ReadWrite {
			faults.At(at, fault.UnknownOption, "value", scope)
		}
		seen, err := sees(policy, actor, name)
		if err != nil {
			return err
		}
		if !seen {
			faults.At(at, fault.UnknownOption, "value", name)
		}
	}
	for i, ability := range limit.Abilities {
		can, err := policy.Can(actor, ability)
		if err != nil {
			return fmt.Errorf("judge an ability of a key: %w", err)
		}
		if !can {
			faults.At(fmt.Sprintf("/abilities/%d", i), fault.MissingAbility, "ability", ability)
		}
	}
	return nil
}

// sees reports whether an actor may do anything with the records of an object.
func sees(policy *access.Policy, actor *access.Actor, name string) (bool, error) {
	object, ok := policy.Catalog().Object(name)
	if !ok {
		return false, nil
	}
	for _, action := range []string{access.Read, access.Create, access.Update, access.Delete} {
		decision, err := policy.Decide(actor, object, action)
		if err != nil {
			return false, fmt.Errorf("judge an object of a key: %w", err)
		}
		if !decision.Nothing() {
			return true, nil
		}
	}
	return false, nil
}

func (r *tokenRow) shown() (*Token, error) {
	token := &Token{Abilities: []string{}, ID: r.ID, Name: r.Name, CreatedAt: moment(r.CreatedAt)}
	if r.SeenAt != nil {
		at := moment(*r.SeenAt)
		token.SeenAt = &at
	}
	if r.ExpiresAt != nil {
		at := moment(*r.ExpiresAt)
		token.ExpiresAt = &at
	}
	limit, err := r.limit()
	if limit != nil {
		token.Scopes, token.Abilities = &limit.Objects, limit.Abilities
	}
	return token, err
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
	for i := range rows {
		token, err := rows[i].shown()
		if err != nil {
			return nil, err
		}
		tokens[i] = *token
	}
	return tokens, nil
}

// DeleteToken revokes one of a person's own API keys. Fault: not_found.
func (s *Service) DeleteToken(ctx context.Context, actor *access.Actor, id string) error {
	if _, item := field.ParseID(id); item != nil {
		return fault.New(fault.NotFound)
	}
	return s.revoke(ctx, actor, actor.ID, map[string]any{"key": id}, "id = ? AND user_id = ?", id, actor.ID)
}

// RevokeTokensOf revokes all API keys of somebody whom one manages. Faults:
// not_found, forbidden.
func (s *Service) RevokeTokensOf(ctx context.Context, actor *access.Actor, userID string) error {
	if err := s.MayManage(ctx, actor, userID); err != nil {
		return err
	}
	return s.revoke(ctx, actor, userID, map[string]any{}, "user_id = ?", userID)
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
		via: viaKey, hash: hashSecret(text), table: "sys_token",
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
	actor, err := s.holder(ctx, c)
	if actor != nil && actor.Confined {
		return nil, err
	}
	return actor, err
}
