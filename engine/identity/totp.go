package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// stepSeconds is how long a code is shown; that of the step before and of the
// one after are taken too, for clocks that differ.
const stepSeconds = 30

// totpRow is a person's second factor: an app that shows a code of the time.
type totpRow struct {
	UserID      string `gorm:"primaryKey"`
	Secret      []byte
	Step        int64
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	ConfirmedAt *int64
}

// TableName is the table of second factors.
func (totpRow) TableName() string { return "sys_totp" }

// SecondFactor is what a person is told of the app that shows his codes, and of
// the recovery codes that stand in for any second factor.
type SecondFactor struct {
	On            bool       `json:"on"`
	Since         *time.Time `json:"since"`
	RecoveryCodes int        `json:"recovery_codes"` // that were not used yet
}

// SecondFactor tells a person of his second factor.
func (s *Service) SecondFactor(ctx context.Context, actor *access.Actor) (*SecondFactor, error) {
	row, err := s.factor(ctx, s.store, actor.ID)
	if err != nil {
		return nil, err
	}
	codes, err := store.Find[recoveryRow](ctx, s.store, store.Selection{Where: "user_id = ?", Args: []any{actor.ID}})
	if err != nil {
		return nil, fmt.Errorf("count recovery codes: %w", err)
	}
	told := &SecondFactor{RecoveryCodes: len(codes)}
	if row != nil && row.ConfirmedAt != nil {
		since := moment(*row.ConfirmedAt)
		told.On, told.Since = true, &since
	}
	return told, nil
}

// factor reads a person's second factor; nil when he has none.
func (s *Service) factor(ctx context.Context, from store.Source, userID string) (*totpRow, error) {
	row, err := store.First[totpRow](ctx, from, "user_id = ?", userID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a second factor: %w", err)
	}
	return row, nil
}

// hasFactor reports whether a person has a second factor: an app, or a passkey.
func (s *Service) hasFactor(ctx context.Context, from store.Source, userID string) (bool, error) {
	factors, err := s.factors(ctx, from, userID)
	return factors.App || factors.Passkey, err
}

// Factors are the second factors that a person can give.
type Factors struct{ App, Passkey bool }

func (s *Service) factors(ctx context.Context, from store.Source, userID string) (Factors, error) {
	row, err := s.factor(ctx, from, userID)
	if err != nil {
		return Factors{}, err
	}
	keys, err := store.Find[passkeyRow](ctx, from, store.Selection{Where: "user_id = ?", Args: []any{userID}, Limit: 1})
	if err != nil {
		return Factors{}, fmt.Errorf("look for a passkey: %w", err)
	}
	return Factors{App: row != nil && row.ConfirmedAt != nil, Passkey: len(keys) > 0}, nil
}

// Enrolment is what an app needs to show a person's codes, told once.
type Enrolment struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
	QR     string `json:"qr"` // the URI as a picture (SVG)
}

// Enrol makes a secret for an app, which counts once Confirm has seen a code
// of it. Faults: invalid_credentials, already_on.
func (s *Service) Enrol(ctx context.Context, actor *access.Actor, password string, origin Origin) (*Enrolment, error) {
	if err := s.reauthenticate(ctx, actor, password, origin); err != nil {
		return nil, err
	}
	email, _ := actor.Profile("email").(string)
	issuer := strings.TrimSpace(strings.ReplaceAll(s.organisation().Name, ":", " "))
	if issuer == "" {
		issuer = "Trellis"
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: email})
	if err != nil {
		return nil, fmt.Errorf("make the secret of a second factor: %w", err)
	}
	picture, err := qrCode(made.URL())
	if err != nil {
		return nil, err
	}
	sealed, err := s.seal(sealedFactors, actor.ID, made.Secret())
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, err := s.factor(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if row != nil && row.ConfirmedAt != nil {
			return fault.New(fault.AlreadyOn)
		}
		return store.Save(ctx, tx, &totpRow{UserID: actor.ID, Secret: sealed, CreatedAt: milliseconds(s.clock.Now())})
	})
	if err != nil {
		return nil, err
	}
	return &Enrolment{Secret: made.Secret(), URI: made.URL(), QR: picture}, nil
}

// Confirm turns the second factor on when the app shows the right code, ends
// the person's other sessions and gives the recovery codes, once. Where his own
// was confined it gets another secret, fresh, which is "" otherwise. Faults:
// invalid_code, not_found where nothing was enrolled.
func (s *Service) Confirm(ctx context.Context, actor *access.Actor, code, secret string, origin Origin) (codes []string, fresh string, err error) {
	if err := s.attemptCode(ctx, actor.ID, origin.Address); err != nil {
		return nil, "", err
	}
	codes, err = s.giveRecoveryCodes(ctx, actor.ID, func(ctx context.Context, tx *store.Tx, row *totpRow) error {
		if row == nil || row.ConfirmedAt != nil {
			return fault.New(fault.NotFound)
		}
		step, err := s.stepOf(row, plainCode(code))
		if err != nil {
			return err
		}
		if step == 0 {
			return fault.New(fault.InvalidCode)
		}
		set := map[string]any{"step": step, "confirmed_at": milliseconds(s.clock.Now())}
		if _, err := store.Update[totpRow](ctx, tx, set, "user_id = ?", actor.ID); err != nil {
			return fmt.Errorf("turn a second factor on: %w", err)
		}
		if err := forgetCodes(ctx, tx, actor.ID); err != nil {
			return err
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SecondFactorOn, Object: field.UserObject, Subject: actor.ID})
		if err := endSessions(ctx, tx, "user_id = ? AND token_hash <> ?", actor.ID, hashSecret(secret)); err != nil {
			return err
		}
		fresh, err = s.release(ctx, tx, actor.ID, secret)
		return err
	})
	return codes, fresh, err
}

// stepOf is the step of the code that an app shows now, a step ago or in a
// step, if it is later than the last that was taken; else 0.
func (s *Service) stepOf(row *totpRow, code string) (int64, error) {
	secret, err := s.unseal(sealedFactors, row.UserID, row.Secret)
	if err != nil {
		return 0, err
	}
	now, found := s.clock.Now().Unix()/stepSeconds, int64(0)
	for step := now - 1; step <= now+1; step++ {
		shown, err := hotp.GenerateCode(secret, uint64(step)) //nolint:gosec // it is after 1970
		if err != nil {
			return 0, fmt.Errorf("make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(shown), []byte(code)) == 1 && step > row.Step {
			found = step
		}
	}
	return found, nil
}

// useCode takes a code of the app or a recovery code, each once, and tells
// which it was; "" when it is neither.
func (s *Service) useCode(ctx context.Context, tx *store.Tx, userID, code string) (string, error) {
	row, err := s.factor(ctx, tx, userID)
	if err != nil {
		return "", err
	}
	code = plainCode(cut(code, 64))
	var step int64
	if row != nil && row.ConfirmedAt != nil {
		if step, err = s.stepOf(row, code); err != nil {
			return "", err
		}
	}
	if step > 0 {
		// Of two at once, one finds the step taken.
		count, err := store.Update[totpRow](ctx, tx, map[string]any{"step": step}, "user_id = ? AND step < ?", userID, step)
		if err != nil {
			return "", fmt.Errorf("take a code: %w", err)
		}
		if count == 1 {
			return "totp", nil
		}
		return "", nil
	}
	used, err := useRecoveryCode(ctx, tx, userID, code)
	if err != nil || !used {
		return "", err
	}
	return "recovery_code", nil
}

// RenewRecoveryCodes makes new recovery codes in place of the old. Faults:
// invalid_credentials, not_found without a second factor.
func (s *Service) RenewRecoveryCodes(ctx context.Context, actor *access.Actor, password string, origin Origin) ([]string, error) {
	if err := s.reauthenticate(ctx, actor, password, origin); err != nil {
		return nil, err
	}
	return s.giveRecoveryCodes(ctx, actor.ID, func(ctx context.Context, tx *store.Tx, _ *totpRow) error {
		has, err := s.hasFactor(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if !has {
			return fault.New(fault.NotFound)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.RecoveryCodesMade, Object: field.UserObject, Subject: actor.ID})
		return nil
	})
}

// giveRecoveryCodes makes a person's recovery codes, once what is done with his
// second factor, nil for none, went well.
func (s *Service) giveRecoveryCodes(ctx context.Context, userID string, do func(ctx context.Context, tx *store.Tx, row *totpRow) error) ([]string, error) {
	codes, err := newRecoveryCodes()
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, err := s.factor(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := do(ctx, tx, row); err != nil {
			return err
		}
		return keepRecoveryCodes(ctx, tx, userID, codes)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// TurnOff takes the app away that shows a person's codes. Faults:
// invalid_credentials, not_found.
func (s *Service) TurnOff(ctx context.Context, actor *access.Actor, password string, origin Origin) error {
	if err := s.reauthenticate(ctx, actor, password, origin); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SecondFactorOff, Object: field.UserObject, Subject: actor.ID})
		if err := forgetApp(ctx, tx, actor.ID); err != nil {
			return err
		}
		if err := s.forgetBareCodes(ctx, tx, actor.ID); err != nil {
			return err
		}
		return s.confineAnew(ctx, tx, actor)
	})
}

// Reset takes somebody's second factors away, who has lost them, and ends his
// sessions. Faults: not_found, forbidden for who has roles beyond one's own.
func (s *Service) Reset(ctx context.Context, actor *access.Actor, userID string) error {
	if err := s.MayManage(ctx, actor, userID); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SecondFactorReset, Object: field.UserObject, Subject: userID})
		if err := s.forgetFactors(ctx, tx, userID); err != nil {
			return err
		}
		return endSessions(ctx, tx, "user_id = ?", userID)
	})
}

// forgetApp removes the app that shows a person's codes. Fault: not_found.
func forgetApp(ctx context.Context, tx *store.Tx, userID string) error {
	count, err := store.Delete[totpRow](ctx, tx, "user_id = ?", userID)
	if err != nil {
		return fmt.Errorf("forget a second factor: %w", err)
	}
	if count == 0 {
		return fault.New(fault.NotFound)
	}
	return nil
}

// forgetFactors removes a person's second factors and all that hangs on them.
// Fault: not_found.
func (s *Service) forgetFactors(ctx context.Context, tx *store.Tx, userID string) error {
	passkeys, err := store.Delete[passkeyRow](ctx, tx, "user_id = ?", userID)
	if err != nil {
		return fmt.Errorf("forget passkeys: %w", err)
	}
	if err := forgetApp(ctx, tx, userID); err != nil && (passkeys == 0 || !fault.Is(err, fault.NotFound)) {
		return err
	}
	return s.forgetBareCodes(ctx, tx, userID)
}
