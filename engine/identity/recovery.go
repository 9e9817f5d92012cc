package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/store"
)

// Recovery codes stand in for a second factor that is lost, each once.
const (
	recoveryCodes    = 10
	recoveryCodeSize = 10 // random bytes: too many to be found from a plain hash
)

// recoveryRow is a recovery code that was not used yet.
type recoveryRow struct {
	UserID string `gorm:"primaryKey"`
	Hash   []byte `gorm:"primaryKey"`
}

// TableName is the table of recovery codes.
func (recoveryRow) TableName() string { return "sys_recovery_code" }

// newRecoveryCodes makes codes as people write them down: xxxx-xxxx-xxxx-xxxx.
func newRecoveryCodes() ([]string, error) {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, recoveryCodeSize)
		if _, err := rand.Read(raw); err != nil {
			return nil, fmt.Errorf("make a recovery code: %w", err)
		}
		text := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	}
	return codes, nil
}

// keepRecoveryCodes replaces a person's codes; only their hashes are kept.
func keepRecoveryCodes(ctx context.Context, tx *store.Tx, userID string, codes []string) error {
	if _, err := store.Delete[recoveryRow](ctx, tx, "user_id = ?", userID); err != nil {
		return fmt.Errorf("forget recovery codes: %w", err)
	}
	rows := make([]*recoveryRow, len(codes))
	for i, code := range codes {
		rows[i] = &recoveryRow{UserID: userID, Hash: hashSecret(plainCode(code))}
	}
	if err := store.Insert(ctx, tx, rows...); err != nil {
		return fmt.Errorf("keep recovery codes: %w", err)
	}
	return nil
}

// useRecoveryCode takes a code, once.
func useRecoveryCode(ctx context.Context, tx *store.Tx, userID, code string) (bool, error) {
	count, err := store.Delete[recoveryRow](ctx, tx, "user_id = ? AND hash = ?", userID, hashSecret(code))
	if err != nil {
		return false, fmt.Errorf("use a recovery code: %w", err)
	}
	return count == 1, nil
}

// plainCode is a code without what people write between its signs.
func plainCode(code string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(code))
}
