// Package identity knows the people: it signs them in with passwords and second
// factors, with passkeys, or by providers of OpenID Connect, keeps their sessions and API keys, and turns either into an access.Actor. People
// themselves are records of the object user; their hashes, sessions and keys
// are tables that no query can name. Start with Service.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Policies gives the rights of the newest catalog.
type Policies interface {
	// Current is the newest policy that this process knows.
	Current() *access.Policy
}

// Service signs people in.
type Service struct {
	store       *store.Store
	records     *record.Service
	policies    Policies
	clock       clock.Clock
	key         []byte
	client      *http.Client
	hasher      *hasher
	known       actors
	seen        sightings
	connections connections
}

// New makes the service; the key is the installation's own, of which those are
// made that seal secrets, and the client speaks to providers.
func New(s *store.Store, records *record.Service, policies Policies, c clock.Clock, key []byte, client *http.Client) *Service {
	return &Service{store: s, records: records, policies: policies, clock: c, key: key, client: client, hasher: newHasher()}
}

// secretSize is how many random bytes a session or a key has.
const secretSize = 32

// encodedSecret is how long it is as text.
const encodedSecret = 43

// newSecret makes a random secret, as text.
func newSecret() (string, error) {
	secret := make([]byte, secretSize)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(secret), nil
}

// hashSecret is what is stored of a secret: it has enough entropy that a plain
// hash cannot be turned back.
func hashSecret(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func milliseconds(t time.Time) int64 { return t.UnixMilli() }

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// What has expired is removed by a job, every hour.
const (
	CleaningKind     = "identity_cleaning"
	CleaningSchedule = "7 * * * *"
)

// Kinds are the jobs that the service does.
func (s *Service) Kinds() []job.Kind { return []job.Kind{cleaning{s}} }

// cleaning removes expired sessions, old attempts and stored answers.
type cleaning struct{ service *Service }

// Name is the kind's name.
func (cleaning) Name() string { return CleaningKind }

// Run removes what has expired.
func (c cleaning) Run(ctx context.Context, _ *job.Running) error {
	now := c.service.clock.Now()
	day := now.Add(-24 * time.Hour).UnixMilli()
	return c.service.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if err := settleViewAs(ctx, tx, now); err != nil {
			return err
		}
		if err := c.service.confineAll(ctx, tx); err != nil { // roles change with definitions, too
			return err
		}
		if err := endSessions(ctx, tx, "expires_at < ? OR seen_at < ?", milliseconds(now), milliseconds(now.Add(-sessionIdle))); err != nil {
			return err
		}
		if _, err := store.Delete[invitationRow](ctx, tx, "expires_at < ?", milliseconds(now.Add(-invitationsKept))); err != nil {
			return fmt.Errorf("remove old invitations: %w", err)
		}
		if _, err := store.Delete[linkRow](ctx, tx, "expires_at < ?", milliseconds(now)); err != nil {
			return fmt.Errorf("remove links that were not used: %w", err)
		}
		if _, err := store.Delete[challengeRow](ctx, tx, "expires_at < ?", milliseconds(now)); err != nil {
			return fmt.Errorf("remove sign-ins that were not ended: %w", err)
		}
		if _, err := store.Delete[visitRow](ctx, tx, "expires_at < ?", milliseconds(now)); err != nil {
			return fmt.Errorf("remove visits to providers that were not ended: %w", err)
		}
		if _, err := store.Delete[questionRow](ctx, tx, "expires_at < ?", milliseconds(now)); err != nil {
			return fmt.Errorf("remove questions that were not answered: %w", err)
		}
		if _, err := store.Delete[attemptRow](ctx, tx, "at < ?", day); err != nil {
			return fmt.Errorf("remove old attempts: %w", err)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM sys_idempotency WHERE at < ?", day); err != nil {
			return fmt.Errorf("remove old answers: %w", err)
		}
		return nil
	})
}
