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

// throttle refuses an attempt after too many failed ones.
func (s *Service) throttle(ctx context.Context, account, address string) error {
	since := milliseconds(s.clock.Now().Add(-attemptWindow))
	var byAccount, byAddress int64
	err := s.store.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN account = ? THEN 1 ELSE 0 END), 0), count(*)
		FROM sys_login_attempt WHERE address = ? AND at > ? AND NOT succeeded`, account, address, since).Scan(&byAccount, &byAddress)
	if err != nil {
		return fmt.Errorf("count attempts: %w", err)
	}
	if byAccount >= attemptsPerAccount || byAddress >= attemptsPerAddress {
		return fault.New(fault.TooManyAttempts, "seconds", int(attemptWindow.Seconds()))
	}
	return nil
}

// attempted notes an attempt; a success forgets the failures before it.
func (s *Service) attempted(ctx context.Context, account, address string, succeeded bool) error {
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if succeeded {
			if _, err := store.Delete[attemptRow](ctx, tx, "account = ? AND address = ?", account, address); err != nil {
				return err
			}
		}
		return store.Insert(ctx, tx, &attemptRow{Account: cut(account, 254), Address: cut(address, 64), At: milliseconds(s.clock.Now()), Succeeded: succeeded})
	})
	if err != nil {
		return fmt.Errorf("note an attempt: %w", err)
	}
	return nil
}
