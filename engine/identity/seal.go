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
var errSeal = errors.New("the seal of a secret is broken")

// sealedFactors is what the secrets of second factors are sealed for.
const sealedFactors = "the secrets of second factors"

// sealer seals secrets of a sort with a key that is made of the installation's
// own.
func (s *Service) sealer(sort string) (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(sort))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("make the key of %s: %w", sort, err)
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the seal of %s: %w", sort, err)
	}
	return sealer, nil
}

// seal hides a secret; it opens for its owner, a person or a provider, only.
func (s *Service) seal(sort, owner, secret string) ([]byte, error) {
	sealer, err := s.sealer(sort)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, sealer.NonceSize(), sealer.NonceSize()+len(secret)+sealer.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	return sealer.Seal(nonce, nonce, []byte(secret), []byte(owner)), nil
}

// unseal shows an owner's secret again.
func (s *Service) unseal(sort, owner string, sealed []byte) (string, error) {
	sealer, err := s.sealer(sort)
	if err != nil {
		return "", err
	}
	if len(sealed) < sealer.NonceSize() {
		return "", errSeal
	}
	secret, err := sealer.Open(nil, sealed[:sealer.NonceSize()], sealed[sealer.NonceSize():], []byte(owner))
	if err != nil {
		return "", errSeal
	}
	return string(secret), nil
}
