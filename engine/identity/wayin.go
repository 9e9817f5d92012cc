package identity

import (
	"context"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// viaCommand is how who works on the machine itself came.
const viaCommand = "command"

// WayIn makes a link by which the person with a mail address sets a new
// password, whoever he is: who asks has the machine. With bare his second factor
// is taken away, if he has one, which had tells. Faults: not_found,
// account_disabled, no_password_here for whom none opens.
func (s *Service) WayIn(ctx context.Context, email string, bare bool) (link *PasswordLink, had bool, err error) {
	machine := access.System()
	machine.Via = viaCommand
	id, err := s.userID(ctx, email)
	if err != nil {
		return nil, false, err
	}
	if id == "" || id == access.SystemID {
		return nil, false, fault.New(fault.NotFound)
	}
	person, err := s.forgetful(ctx, machine, id)
	if err != nil {
		return nil, false, err
	}
	row, link, err := s.newLink(machine, person)
	if err != nil {
		return nil, false, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if bare {
			err := s.forgetFactors(ctx, tx, id)
			if had = err == nil; had {
				audit.Write(ctx, tx, machine, audit.Entry{Action: audit.SecondFactorReset, Object: field.UserObject, Subject: id})
				err = endSessions(ctx, tx, "user_id = ?", id)
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		return keepLink(ctx, tx, machine, row)
	})
	return link, had, err
}

// maker is who made a link; nil when he is no longer one of us.
func (s *Service) maker(ctx context.Context, id string) (*access.Actor, error) {
	if id == access.SystemID {
		return access.System(), nil
	}
	return s.actor(ctx, byID(id), "password_link")
}
