package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/trellis-crm/trellis/engine/fault"
)

// The parameters of argon2id, and what bounds it: hashing is costly, so that
// only as many run at once as there are cores.
const (
	hashMemory  = 46 * 1024 // KiB
	hashTime    = 1
	hashThreads = 1
	saltSize    = 16
	tagSize     = 32

	maxPassword = 1024 // bytes
	minPassword = 12   // characters
	hashWait    = 2 * time.Second
	hashQueue   = 64
)

// hasher hashes passwords, a bounded number at once.
type hasher struct {
	running chan struct{}
	waiting chan struct{}
}

func newHasher() *hasher {
	return &hasher{
		running: make(chan struct{}, runtime.NumCPU()),
		waiting: make(chan struct{}, hashQueue),
	}
}

// turn waits for a core; without one in time the fault is unavailable.
func (h *hasher) turn(ctx context.Context) (release func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, fault.New(fault.Unavailable)
	}
	defer func() { <-h.waiting }()
	timer := time.NewTimer(hashWait)
	defer timer.Stop()
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running }, nil
	case <-timer.C:
		return nil, fault.New(fault.Unavailable)
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

// hash makes the PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	release, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	tag := argon2.IDKey([]byte(norm.NFC.String(password)), salt, hashTime, hashMemory, hashThreads, tagSize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(tag)), nil
}

// matches compares a password with a PHC string. Without one it takes the same
// time, so that nobody can tell which accounts exist.
func (h *hasher) matches(ctx context.Context, password, phc string) (bool, error) {
	if len(password) > maxPassword {
		return false, nil
	}
	release, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	memory, passes, threads := uint32(hashMemory), uint32(hashTime), uint8(hashThreads)
	salt, tag := make([]byte, saltSize), make([]byte, tagSize)
	known := false
	if parts := strings.Split(phc, "$"); len(parts) == 6 {
		_, scanned := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads)
		s, decodedSalt := base64.RawStdEncoding.DecodeString(parts[4])
		t, decodedTag := base64.RawStdEncoding.DecodeString(parts[5])
		if scanned == nil && decodedSalt == nil && decodedTag == nil && len(t) == tagSize {
			salt, tag, known = s, t, true
		}
	}
	actual := argon2.IDKey([]byte(norm.NFC.String(password)), salt, passes, memory, threads, tagSize)
	return subtle.ConstantTimeCompare(actual, tag) == 1 && known, nil
}

// checkPassword refuses a password that is short, too long, or among those
// that are tried first; context are words it must not consist of.
func checkPassword(pointer, password string, context ...string) error {
	weak := fault.New(fault.InvalidValues).At(pointer, fault.WeakPassword, "min", minPassword)
	if utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword || !utf8.ValidString(password) {
		return weak
	}
	folded := strings.ToLower(password)
	for _, word := range append(context, commonWords()...) {
		word = strings.ToLower(word)
		if word != "" && strings.Trim(strings.ReplaceAll(folded, word, ""), "0123456789!@#$%^&*()-_=+. ") == "" {
			return weak
		}
	}
	return nil
}

// commonWords are what the passwords that are tried first are made of; with
// digits and signs around them they are no better.
func commonWords() []string {
	return []string{
		"password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm",
		"letmein", "welcome", "monkey", "dragon", "football", "baseball", "iloveyou", "sunshine", "princess", "admin", "administrator",
		"login", "master", "superman", "batman", "trustno", "hello", "freedom", "whatever", "shadow", "michael", "jordan", "computer",
		"changeme", "default", "secret", "woaini", "wodemima", "mima", "qazwsx", "qazwsxedc", "abc", "abcd", "abcdef", "abcdefg",
		"a", "q", "test", "guest", "root", "trellis", "crm", "company", "summer", "winter", "spring", "autumn",
	}
}
