package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Welcome is what an invited person is told before he accepts.
type Welcome struct {
	Email        string `json:"email"`
	Name         string `json:"name"`
	Organisation string `json:"organisation"`
}

// Welcome tells who holds the secret of an invitation's link what it is. Faults:
// invitation_over, too_many_attempts.
func (s *Service) Welcome(ctx context.Context, secret string, origin Origin) (*Welcome, error) {
	_, invitation, _, err := s.open(ctx, secret, origin)
	if err != nil {
		return nil, err
	}
	organisation := s.organisation()
	return &Welcome{Email: invitation.Email, Name: invitation.Name, Organisation: organisation.Name}, nil
}

// open finds the invitation of a secret, and who invited: without him it is
// over.
func (s *Service) open(ctx context.Context, secret string, origin Origin) (*invitationRow, *Invitation, *access.Actor, error) {
	var row *invitationRow
	err := s.attemptSecret(ctx, secret, origin, func() (err error) {
		row, err = store.First[invitationRow](ctx, s.store, "token_hash = ? AND expires_at > ?", hashSecret(secret), milliseconds(s.clock.Now()))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil, fault.New(fault.InvitationOver)
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("find an invitation: %w", err)
	}
	by, err := s.actor(ctx, byID(row.ByID), "invitation")
	if err != nil {
		return nil, nil, nil, err
	}
	if by == nil {
		return nil, nil, nil, fault.New(fault.InvitationOver)
	}
	invitation, err := row.told()
	return row, invitation, by, err
}

// Accept makes the invited person, with the name and the password that he
// chose, and opens his session. He gets what who invited him may still give.
// Faults: invitation_over, single_sign_on_only, too_many_attempts, invalid_values
// with weak_password.
func (s *Service) Accept(ctx context.Context, secret, name, password string, origin Origin) (*Entered, error) {
	if err := s.passwordsOpen(ctx); err != nil {
		return nil, err
	}
	row, invitation, by, err := s.open(ctx, secret, origin)
	if err != nil {
		return nil, err
	}
	hash, err := s.HashPassword(ctx, "/password", password, invitation.Email, name)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	session, opened, err := s.newSession(id.String(), origin)
	if err != nil {
		return nil, err
	}
	err = s.records.Transact(ctx, by, store.Interactive, func(ctx context.Context, w *record.Work) error {
		// Of two at once, one finds it gone.
		count, err := store.Delete[invitationRow](ctx, w.Tx, "id = ? AND token_hash = ?", row.ID, row.TokenHash)
		if err != nil {
			return fmt.Errorf("accept an invitation: %w", err)
		}
		if count == 0 {
			return fault.New(fault.InvitationOver)
		}
		if _, err := w.CreateAs(ctx, field.UserObject, id.String(), invitation.values(name)); err != nil {
			return err
		}
		if err := SetPassword(ctx, w.Tx, id.String(), hash, s.clock.Now()); err != nil {
			return err
		}
		audit.Write(ctx, w.Tx, by, audit.Entry{Action: audit.InvitationAccepted, Object: field.UserObject, Subject: id.String()})
		return s.openSession(ctx, w.Tx, session, nil)
	})
	if err != nil {
		return nil, ownFault(err)
	}
	actor, err := s.actor(ctx, byID(id.String()), "session")
	return &Entered{Actor: actor, Secret: opened}, err
}

// ownFault is what the invited person can mend himself, which is his name.
// Whatever else is wrong with his record is who invited him to know.
func ownFault(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	for _, item := range f.Items {
		if item.Pointer == "/name" {
			return fault.New(f.Code).At(item.Pointer, item.Code)
		}
	}
	return fault.New(fault.InvitationOver).Because(err)
}
