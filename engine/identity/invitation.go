package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// InvitationDays is how long an invitation is good when nothing else is said.
const InvitationDays = 3

const (
	maxInvitationDays = 30
	maxInvitations    = 500
	invitationsKept   = 30 * 24 * time.Hour // after they have run out, to be renewed
)

// invitationRow is somebody who is invited.
type invitationRow struct {
	ID        string `gorm:"primaryKey"`
	TokenHash []byte
	Email     string
	Values    string
	ByID      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
}

// TableName is the table of invitations.
func (invitationRow) TableName() string { return "sys_invitation" }

// Invited is who somebody will be once he has accepted.
type Invited struct {
	Email      string   `json:"email"`
	Name       string   `json:"name"`
	Roles      []string `json:"roles"`
	Department *string  `json:"department"`
	Manager    *string  `json:"manager"`
	Teams      []string `json:"teams"`
}

// listOf is a list that was perhaps not given.
func listOf(names []string) []string { return append([]string{}, names...) }

// values are those of his record.
func (i Invited) values(name string) map[string]any {
	values := map[string]any{"email": i.Email, "name": name}
	for field, names := range map[string][]string{"roles": i.Roles, "teams": i.Teams} {
		if len(names) > 0 {
			list := make([]any, len(names))
			for n, one := range names {
				list[n] = one
			}
			values[field] = list
		}
	}
	for field, id := range map[string]*string{"department": i.Department, "manager": i.Manager} {
		if id != nil && *id != "" {
			values[field] = *id
		}
	}
	return values
}

// Invitation is an invitation as who manages people may see it; the token of
// its link is known only when it was just made.
type Invitation struct {
	ID string `json:"id"`
	Invited
	By        string    `json:"by"`
	Token     string    `json:"token,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// told is an invitation as it is kept.
func (r *invitationRow) told() (*Invitation, error) {
	invitation := &Invitation{ID: r.ID, By: r.ByID, CreatedAt: moment(r.CreatedAt), ExpiresAt: moment(r.ExpiresAt)}
	if err := json.Unmarshal([]byte(r.Values), &invitation.Invited); err != nil {
		return nil, fmt.Errorf("read an invitation: %w", err)
	}
	return invitation, nil
}

// Invite invites somebody, in place of an earlier invitation to that address.
// He will be whom the actor himself may add: faults are those of adding him, and
// single_sign_on_only where no password opens.
func (s *Service) Invite(ctx context.Context, actor *access.Actor, invited Invited, days int) (*Invitation, error) {
	if err := s.passwordsOpen(ctx); err != nil {
		return nil, err
	}
	email, ok := canonicalEmail(invited.Email)
	if !ok || email == "" {
		return nil, fault.New(fault.InvalidValues).At("/email", fault.InvalidEmail)
	}
	invited.Email, invited.Roles, invited.Teams = email, listOf(invited.Roles), listOf(invited.Teams)
	if days < 1 || days > maxInvitationDays {
		return nil, fault.New(fault.InvalidValues).At("/expires_in_days", fault.OutOfRange, "min", 1, "max", maxInvitationDays)
	}
	name := invited.Name
	if name == "" {
		name = email // he will say himself
	}
	added, err := s.records.Rehearse(ctx, actor, field.UserObject, []record.Operation{{Op: "create", Values: invited.values(name)}}, false, record.Options{})
	if err != nil {
		return nil, err
	}
	if added[0].Err != nil {
		return nil, added[0].Err
	}
	kept, err := json.Marshal(invited)
	if err != nil {
		return nil, fmt.Errorf("keep an invitation: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	row := &invitationRow{ID: id.String(), Email: email, Values: string(kept)}
	return s.send(ctx, actor, row, days, func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Delete[invitationRow](ctx, tx, "email = ?", email); err != nil {
			return fmt.Errorf("take an invitation back: %w", err)
		}
		open, err := store.Find[invitationRow](ctx, tx, store.Selection{Limit: maxInvitations})
		if err != nil {
			return fmt.Errorf("count invitations: %w", err)
		}
		if len(open) == maxInvitations {
			return fault.New(fault.TooManyRecords, "max", maxInvitations)
		}
		return nil
	})
}

// Renew makes a new link for an invitation; the old one opens nothing any more.
// It is then the actor's invitation. Faults: not_found, and those of Invite.
func (s *Service) Renew(ctx context.Context, actor *access.Actor, id string) (*Invitation, error) {
	row, err := s.invitation(ctx, id)
	if err != nil {
		return nil, err
	}
	kept, err := row.told()
	if err != nil {
		return nil, err
	}
	return s.Invite(ctx, actor, kept.Invited, InvitationDays)
}

func (s *Service) invitation(ctx context.Context, id string) (*invitationRow, error) {
	if _, item := field.ParseID(id); item != nil {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[invitationRow](ctx, s.store, "id = ?", id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("find an invitation: %w", err)
	}
	return row, nil
}

// send keeps an invitation under a new secret, which is told once.
func (s *Service) send(ctx context.Context, actor *access.Actor, row *invitationRow, days int, before func(ctx context.Context, tx *store.Tx) error) (*Invitation, error) {
	secret, err := newSecret()
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	row.TokenHash, row.ByID, row.CreatedAt = hashSecret(secret), actor.ID, milliseconds(now)
	row.ExpiresAt = milliseconds(now.Add(time.Duration(days) * 24 * time.Hour))
	invitation, err := row.told()
	if err != nil {
		return nil, err
	}
	invitation.Token = secret
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := before(ctx, tx); err != nil {
			return err
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.InvitationMade, Object: field.UserObject, Detail: map[string]any{
			"email": row.Email, "roles": invitation.Roles, "expires_at": invitation.ExpiresAt,
		}})
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return nil, err
	}
	return invitation, nil
}

// Invitations lists the open ones and those that have run out, the newest
// first.
func (s *Service) Invitations(ctx context.Context) ([]Invitation, error) {
	rows, err := store.Find[invitationRow](ctx, s.store, store.Selection{Order: "created_at desc, id desc", Limit: maxInvitations})
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	list := make([]Invitation, len(rows))
	for i := range rows {
		told, err := rows[i].told()
		if err != nil {
			return nil, err
		}
		list[i] = *told
	}
	return list, nil
}

// TakeBack ends an invitation. Fault: not_found.
func (s *Service) TakeBack(ctx context.Context, actor *access.Actor, id string) error {
	row, err := s.invitation(ctx, id)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		count, err := store.Delete[invitationRow](ctx, tx, "id = ?", row.ID)
		if err != nil {
			return fmt.Errorf("take an invitation back: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.InvitationTakenBack, Object: field.UserObject, Detail: map[string]any{"email": row.Email}})
		return nil
	})
}
