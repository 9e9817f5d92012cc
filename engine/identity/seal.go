package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// errSeal says that what was sealed is not what is there now.
var errSeal = errors.New("the seal of a second factor is broken")

// sealer seals the secrets of second factors with a key that is made of the
// installation's own.
func (s *Service) sealer() (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("the secrets of second factors"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("make the key of second factors: %w", err)
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the seal of second factors: %w", err)
	}
	return sealer, nil
}

// seal hides a secret; it opens for this person only.
func (s *Service) seal(userID, secret string) ([]byte, error) {
	sealer, err := s.sealer()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, sealer.NonceSize(), sealer.NonceSize()+len(secret)+sealer.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal a second factor: %w", err)
	}
	return sealer.Seal(nonce, nonce, []byte(secret), []byte(userID)), nil
}

// unseal shows a person's secret again.
func (s *Service) unseal(userID string, sealed []byte) (string, error) {
	sealer, err := s.sealer()
	if err != nil {
		return "", err
	}
	if len(sealed) < sealer.NonceSize() {
		return "", errSeal
	}
	secret, err := sealer.Open(nil, sealed[:sealer.NonceSize()], sealed[sealer.NonceSize():], []byte(userID))
	if err != nil {
		return "", errSeal
	}
	return string(secret), nil
}
