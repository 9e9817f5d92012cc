package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// How many failed attempts to sign in are let through in a while.
const (
	attemptWindow      = 15 * time.Minute
	attemptsPerAccount = 10 // from one address
	attemptsPerAddress = 50
	codesPerPerson     = 10 // from anywhere: who tries codes knows the password
)

// attemptRow is an attempt to sign in.
type attemptRow struct {
	ID        int64 `gorm:"primaryKey"`
	Account   string
	Address   string
	At        int64
	Succeeded bool
}

// TableName is the table of attempts.
func (attemptRow) TableName() string { return "sys_login_attempt" }

// attempt refuses to try a password after too many failures, and counts the
// one that is about to be tried as one, so that many at once are counted too.
func (s *Service) attempt(ctx context.Context, account, address string) error {
	account, address = cut(account, 254), cut(address, 64)
	now := s.clock.Now()
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		var byAccount, byAddress int64
		err := tx.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN account = ? THEN 1 ELSE 0 END), 0), count(*)
			FROM sys_login_attempt WHERE address = ? AND at > ? AND NOT succeeded`,
			account, address, milliseconds(now.Add(-attemptWindow))).Scan(&byAccount, &byAddress)
		if err != nil {
			return fmt.Errorf("count attempts: %w", err)
		}
		if byAccount >= attemptsPerAccount || byAddress >= attemptsPerAddress {
			return fault.New(fault.TooManyAttempts, "seconds", int(attemptWindow.Seconds()))
		}
		if err := store.Insert(ctx, tx, &attemptRow{Account: account, Address: address, At: milliseconds(now)}); err != nil {
			return fmt.Errorf("note an attempt: %w", err)
		}
		return nil
	})
}

// attemptCode is attempt for the code of a second factor.
func (s *Service) attemptCode(ctx context.Context, userID, address string) error {
	account, now := codeAccount(userID), s.clock.Now()
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		var tried int64
		err := tx.QueryRow(ctx, "SELECT count(*) FROM sys_login_attempt WHERE account = ? AND at > ? AND NOT succeeded",
			account, milliseconds(now.Add(-attemptWindow))).Scan(&tried)
		if err != nil {
			return fmt.Errorf("count codes: %w", err)
		}
		if tried >= codesPerPerson {
			return fault.New(fault.TooManyAttempts, "seconds", int(attemptWindow.Seconds()))
		}
		if err := store.Insert(ctx, tx, &attemptRow{Account: account, Address: cut(address, 64), At: milliseconds(now)}); err != nil {
			return fmt.Errorf("note a code: %w", err)
		}
		return nil
	})
}

// codeAccount is under which the codes that are tried for a person are counted;
// no mail address looks like it.
func codeAccount(userID string) string { return "code of " + userID }

// succeeded forgets the attempts before a success.
func (s *Service) succeeded(ctx context.Context, account, address string) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return forgetAttempts(ctx, tx, account, address)
	})
}

func forgetAttempts(ctx context.Context, tx *store.Tx, account, address string) error {
	if _, err := store.Delete[attemptRow](ctx, tx, "account = ? AND address = ?", cut(account, 254), cut(address, 64)); err != nil {
		return fmt.Errorf("forget attempts: %w", err)
	}
	return nil
}

func forgetCodes(ctx context.Context, tx *store.Tx, userID string) error {
	if _, err := store.Delete[attemptRow](ctx, tx, "account = ?", codeAccount(userID)); err != nil {
		return fmt.Errorf("forget codes: %w", err)
	}
	return nil
}
