package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// keysAtOnce is how many API keys are listed at once.
const keysAtOnce = 50

// HeldToken is an API key and whose it is.
type HeldToken struct {
	Token
	User string `json:"user"`
}

// TokensOfAll lists the API keys of everybody whom the actor sees, the newest
// first, a part at a time; next begins the next part, "" after the last. Fault:
// invalid_cursor.
func (s *Service) TokensOfAll(ctx context.Context, actor *access.Actor, cursor string) (tokens []HeldToken, next string, err error) {
	selection := store.Selection{Order: "id desc", Limit: keysAtOnce + 1}
	if cursor != "" {
		if canonical, item := field.ParseID(cursor); item != nil || canonical != cursor {
			return nil, "", fault.New(fault.InvalidCursor)
		}
		selection.Where, selection.Args = "id < ?", []any{cursor}
	}
	rows, err := store.Find[tokenRow](ctx, s.store, selection)
	if err != nil {
		return nil, "", fmt.Errorf("list keys: %w", err)
	}
	if len(rows) > keysAtOnce {
		rows = rows[:keysAtOnce]
		next = rows[keysAtOnce-1].ID
	}
	owners := make([]string, len(rows))
	for i := range rows {
		owners[i] = rows[i].UserID
	}
	named, err := s.records.Named(ctx, actor, field.UserObject, owners)
	if err != nil {
		return nil, "", err
	}
	tokens = []HeldToken{}
	for i := range rows {
		if _, visible := named[field.UserObject][rows[i].UserID]; !visible {
			continue
		}
		token, err := rows[i].shown()
		if err != nil {
			return nil, "", err
		}
		tokens = append(tokens, HeldToken{Token: *token, User: rows[i].UserID})
	}
	return tokens, next, nil
}

// RevokeToken revokes one API key of somebody whom one manages. Faults:
// not_found, forbidden.
func (s *Service) RevokeToken(ctx context.Context, actor *access.Actor, id string) error {
	if _, item := field.ParseID(id); item != nil {
		return fault.New(fault.NotFound)
	}
	row, err := store.First[tokenRow](ctx, s.store, "id = ?", id)
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound)
	}
	if err != nil {
		return fmt.Errorf("find a key: %w", err)
	}
	if err := s.MayManage(ctx, actor, row.UserID); err != nil {
		return err
	}
	return s.revoke(ctx, actor, row.UserID, map[string]any{"key": id, "name": row.Name}, "id = ?", id)
}

// revoke revokes the API keys of a person that match. Fault: not_found where
// none does.
func (s *Service) revoke(ctx context.Context, actor *access.Actor, userID string, detail map[string]any, where string, args ...any) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		count, err := store.Delete[tokenRow](ctx, tx, where, args...)
		if err != nil {
			return fmt.Errorf("revoke a key: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		detail["keys"] = count
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.KeyRevoked, Object: field.UserObject, Subject: userID, Detail: detail})
		return nil
	})
}
