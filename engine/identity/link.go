package identity

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// passwordLinkLife is how long a link to set a new password is good.
const passwordLinkLife = 24 * time.Hour

// linkRow is somebody who may set a new password without the old one.
type linkRow struct {
	UserID    string `gorm:"primaryKey"`
	TokenHash []byte
	Email     string
	ByID      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
}

// TableName is the table of links to set a password.
func (linkRow) TableName() string { return "sys_password_link" }

// PasswordLink is a link that was just made; its token is told this once.
type PasswordLink struct {
	Token     string    `json:"-"`
	ExpiresAt time.Time `json:"expires_at"`
}

// LinkPassword makes a link by which somebody who forgot his password sets a
// new one, in place of an earlier link. Faults: not_found, forbidden for who
// has roles beyond one's own and for oneself, account_disabled,
// no_password_here for whom none opens.
func (s *Service) LinkPassword(ctx context.Context, actor *access.Actor, userID string) (*PasswordLink, error) {
	person, err := s.forgetful(ctx, actor, userID)
	if err != nil {
		return nil, err
	}
	row, link, err := s.newLink(actor, person)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return keepLink(ctx, tx, actor, row)
	})
	if err != nil {
		return nil, err
	}
	return link, nil
}

// newLink makes a link of somebody for a person, which is to be kept.
func (s *Service) newLink(by, person *access.Actor) (*linkRow, *PasswordLink, error) {
	secret, err := newSecret()
	if err != nil {
		return nil, nil, err
	}
	now := s.clock.Now()
	email, _ := person.Profile("email").(string)
	row := &linkRow{
		UserID: person.ID, TokenHash: hashSecret(secret), Email: email, ByID: by.ID,
		CreatedAt: milliseconds(now), ExpiresAt: milliseconds(now.Add(passwordLinkLife)),
	}
	return row, &PasswordLink{Token: secret, ExpiresAt: moment(row.ExpiresAt)}, nil
}

// keepLink keeps a link, in place of an earlier one.
func keepLink(ctx context.Context, tx *store.Tx, by *access.Actor, row *linkRow) error {
	audit.Write(ctx, tx, by, audit.Entry{Action: audit.PasswordLinkMade, Object: field.UserObject, Subject: row.UserID, Detail: map[string]any{
		"expires_at": moment(row.ExpiresAt),
	}})
	if err := store.Save(ctx, tx, row); err != nil {
		return fmt.Errorf("keep a link: %w", err)
	}
	return nil
}

// forgetful is the person to whom somebody may give a new password, or a first
// one: whom he manages, and who may sign in here with one.
func (s *Service) forgetful(ctx context.Context, by *access.Actor, userID string) (*access.Actor, error) {
	if err := s.MayManage(ctx, by, userID); err != nil {
		return nil, err
	}
	if userID == by.ID {
		return nil, fault.New(fault.Forbidden) // one's own takes the present password
	}
	person, err := s.actor(ctx, byID(userID), "session")
	if err != nil {
		return nil, err
	}
	if person == nil {
		return nil, fault.New(fault.AccountDisabled)
	}
	setting, err := singleSignOn(ctx, s.store)
	if err == nil && !setting.keepsPassword(userID) {
		err = fault.New(fault.NoPasswordHere)
	}
	return person, err
}

// Forgetful is what who holds a link to set a password is told of it.
type Forgetful struct {
	Email        string `json:"email"`
	Name         string `json:"name"`
	Organisation string `json:"organisation"`
}

// Forgetful tells who holds the secret of a link whose password it sets. Faults:
// link_over, too_many_attempts.
func (s *Service) Forgetful(ctx context.Context, secret string, origin Origin) (*Forgetful, error) {
	row, person, err := s.link(ctx, secret, origin)
	if err != nil {
		return nil, err
	}
	name, _ := person.Profile("name").(string)
	organisation := s.organisation()
	return &Forgetful{Email: row.Email, Name: name, Organisation: organisation.Name}, nil
}

// link finds the link of a secret and whose it is. It is over with whatever
// would keep its maker from making it now.
func (s *Service) link(ctx context.Context, secret string, origin Origin) (*linkRow, *access.Actor, error) {
	var row *linkRow
	err := s.attemptSecret(ctx, secret, origin, func() (err error) {
		row, err = store.First[linkRow](ctx, s.store, "token_hash = ? AND expires_at > ?", hashSecret(secret), milliseconds(s.clock.Now()))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, fault.New(fault.LinkOver)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find a link: %w", err)
	}
	by, err := s.maker(ctx, row.ByID)
	if err != nil {
		return nil, nil, err
	}
	if by == nil {
		return nil, nil, fault.New(fault.LinkOver)
	}
	manages, err := s.policies.Current().Can(by, ManageAbility)
	if err != nil {
		return nil, nil, fmt.Errorf("judge who made a link: %w", err)
	}
	person, err := s.forgetful(ctx, by, row.UserID)
	if fault.As(err) != nil || err == nil && (!manages || person.Profile("email") != row.Email) {
		return nil, nil, fault.New(fault.LinkOver).Because(err)
	}
	return row, person, err
}

// SetForgotten sets the new password of who holds the secret of a link, which is
// over then, and ends all his sessions; he signs in as ever. Faults: link_over,
// too_many_attempts, invalid_values with weak_password.
func (s *Service) SetForgotten(ctx context.Context, secret, password string, origin Origin) error {
	row, person, err := s.link(ctx, secret, origin)
	if err != nil {
		return err
	}
	name, _ := person.Profile("name").(string)
	hash, err := s.HashPassword(ctx, "/password", password, row.Email, name)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		// Of two at once, one finds it gone.
		count, err := store.Delete[linkRow](ctx, tx, "user_id = ? AND token_hash = ?", row.UserID, row.TokenHash)
		if err != nil {
			return fmt.Errorf("use a link: %w", err)
		}
		if count == 0 {
			return fault.New(fault.LinkOver)
		}
		audit.Write(ctx, tx, person, audit.Entry{Action: audit.PasswordSetByLink, Object: field.UserObject, Subject: person.ID, Detail: map[string]any{"by": row.ByID}})
		return s.replacePassword(ctx, tx, person.ID, hash, "user_id = ?", person.ID)
	})
}

// replacePassword gives a person another password and ends the sessions that
// match, with whatever else was begun with the old one.
func (s *Service) replacePassword(ctx context.Context, tx *store.Tx, userID, hash, where string, args ...any) error {
	if err := SetPassword(ctx, tx, userID, hash, s.clock.Now()); err != nil {
		return err
	}
	if _, err := store.Delete[challengeRow](ctx, tx, "user_id = ?", userID); err != nil {
		return fmt.Errorf("forget who signs in: %w", err)
	}
	if _, err := store.Delete[linkRow](ctx, tx, "user_id = ?", userID); err != nil {
		return fmt.Errorf("end a link: %w", err)
	}
	return endSessions(ctx, tx, where, args...)
}

// attemptSecret looks for what the secret of a link opens; who tries many that
// open nothing has to wait.
func (s *Service) attemptSecret(ctx context.Context, secret string, origin Origin, find func() error) error {
	account := "link " + hex.EncodeToString(hashSecret(secret)[:8]) // no mail address looks like it
	if err := s.attempt(ctx, account, origin.Address); err != nil {
		return err
	}
	if err := find(); err != nil {
		return err
	}
	return s.succeeded(ctx, account, origin.Address)
}
