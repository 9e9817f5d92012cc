package record

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
)

// A cursor of the feed holds the number of a change, from which one could tell
// how much was changed by everybody. So it is sealed, and not signed only: who
// holds it can neither read nor alter it, and it serves the actor that it was
// made for.

// sealer seals the cursors of the feed.
func (s *Service) sealer() (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("the cursors of the change feed"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("make the key of cursors: %w", err)
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the seal of cursors: %w", err)
	}
	return sealer, nil
}

// Cursor is how a position is shown to an actor.
func (s *Service) Cursor(actor *access.Actor, position Position) (string, error) {
	sealer, err := s.sealer()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, sealer.NonceSize(), sealer.NonceSize()+8+sealer.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("make a cursor: %w", err)
	}
	number := binary.BigEndian.AppendUint64(nil, uint64(position)) //nolint:gosec // numbers of changes are positive
	return base64.RawURLEncoding.EncodeToString(sealer.Seal(nonce, nonce, number, []byte(actor.ID))), nil
}

// Position reads a cursor that this actor was given. Fault: invalid_cursor.
func (s *Service) Position(actor *access.Actor, cursor string) (Position, error) {
	sealer, err := s.sealer()
	if err != nil {
		return 0, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < sealer.NonceSize() {
		return 0, invalidCursor()
	}
	number, err := sealer.Open(nil, raw[:sealer.NonceSize()], raw[sealer.NonceSize():], []byte(actor.ID))
	if err != nil || len(number) != 8 {
		return 0, invalidCursor()
	}
	return Position(binary.BigEndian.Uint64(number)), nil //nolint:gosec // it was a position before
}

func invalidCursor() error {
	return fault.New(fault.InvalidCursor).At("/since", fault.InvalidCursor)
}
