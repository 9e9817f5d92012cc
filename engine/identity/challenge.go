package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// How long one may take to give the second factor, and how many wrong codes
// are taken before the password is asked for again.
const (
	ChallengeLife  = 10 * time.Minute
	challengeTries = 5
)

// challengeRow is somebody who gave his password, or came by a provider, and has
// yet to give the second factor.
type challengeRow struct {
	TokenHash []byte `gorm:"primaryKey"`
	UserID    string
	Tries     int64
	ExpiresAt int64
	Provider  *string // by which he came; nil is by password
}

// TableName is the table of challenges.
func (challengeRow) TableName() string { return "sys_challenge" }

// newChallenge makes a question for somebody's second factor; the secret is the
// cookie's.
func (s *Service) newChallenge(userID string) (*challengeRow, string, error) {
	secret, err := newSecret()
	if err != nil {
		return nil, "", err
	}
	return &challengeRow{TokenHash: hashSecret(secret), UserID: userID, ExpiresAt: milliseconds(s.clock.Now().Add(ChallengeLife))}, secret, nil
}

// challenge asks who gave the right password for his second factor.
func (s *Service) challenge(ctx context.Context, userID string) (string, error) {
	row, secret, err := s.newChallenge(userID)
	if err != nil {
		return "", err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return "", fmt.Errorf("ask for a second factor: %w", err)
	}
	return secret, nil
}

// challenged finds who has yet to give the second factor. Fault:
// sign_in_expired.
func (s *Service) challenged(ctx context.Context, secret string) (*challengeRow, error) {
	asked, err := store.First[challengeRow](ctx, s.store, "token_hash = ? AND expires_at > ?", hashSecret(secret), milliseconds(s.clock.Now()))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.SignInExpired)
	}
	if err != nil {
		return nil, fmt.Errorf("find who signs in: %w", err)
	}
	return asked, nil
}

// SecondStep ends a sign-in with a code of the app or a recovery code. Faults:
// invalid_code, sign_in_expired, too_many_attempts.
func (s *Service) SecondStep(ctx context.Context, secret, code string, origin Origin) (*Entered, error) {
	asked, err := s.challenged(ctx, secret)
	if err != nil {
		return nil, err
	}
	if err := s.attemptCode(ctx, asked.UserID, origin.Address); err != nil {
		return nil, err
	}
	actor, err := s.actor(ctx, byID(asked.UserID), "session")
	if err != nil {
		return nil, err
	}
	if actor == nil {
		return nil, fault.New(fault.SignInExpired)
	}
	session, opened, err := s.newSession(actor.ID, origin)
	if err != nil {
		return nil, err
	}
	passed := false
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		how, err := s.useCode(ctx, tx, actor.ID, code)
		if err != nil {
			return err
		}
		if passed = how != ""; !passed {
			return wrongCode(ctx, tx, actor, asked)
		}
		return s.passed(ctx, tx, actor, asked, session, how)
	})
	switch {
	case err != nil:
		return nil, err
	case !passed:
		return nil, fault.New(fault.InvalidCode)
	}
	return &Entered{Actor: actor, Secret: opened}, nil
}

// wrongCode counts a wrong code; after the last there is nothing left to try
// it on.
func wrongCode(ctx context.Context, tx *store.Tx, actor *access.Actor, asked *challengeRow) error {
	audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SecondFactorFailed, Object: field.UserObject, Subject: actor.ID})
	if _, err := tx.Exec(ctx, "UPDATE sys_challenge SET tries = tries + 1 WHERE token_hash = ?", asked.TokenHash); err != nil {
		return fmt.Errorf("count a wrong code: %w", err)
	}
	if _, err := store.Delete[challengeRow](ctx, tx, "token_hash = ? AND tries >= ?", asked.TokenHash, challengeTries); err != nil {
		return fmt.Errorf("end a sign-in: %w", err)
	}
	return nil
}

// passed opens the session of who gave the right code.
func (s *Service) passed(ctx context.Context, tx *store.Tx, actor *access.Actor, asked *challengeRow, session *sessionRow, how string) error {
	count, err := store.Delete[challengeRow](ctx, tx, "token_hash = ?", asked.TokenHash)
	if err != nil {
		return fmt.Errorf("end a sign-in: %w", err)
	}
	if count == 0 {
		return fault.New(fault.SignInExpired)
	}
	email, _ := actor.Profile("email").(string)
	if err := forgetAttempts(ctx, tx, email, session.Address); err != nil {
		return err
	}
	if err := forgetCodes(ctx, tx, actor.ID); err != nil {
		return err
	}
	detail := map[string]any{"second_factor": how}
	if asked.Provider != nil {
		detail["provider"], session.Provider = *asked.Provider, asked.Provider
	} else if err := noteEmergency(ctx, tx, actor.ID, detail); err != nil {
		return err
	}
	return s.openSession(ctx, tx, session, detail)
}
