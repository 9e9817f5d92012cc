package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// VisitLife is how long one may take to come back from a provider.
const VisitLife = 10 * time.Minute

// maxVisits is how many may be at providers from one address.
const maxVisits = 1000

// visitRow is somebody who was sent to a provider and has yet to come back.
type visitRow struct {
	StateHash   []byte `gorm:"primaryKey"`
	BrowserHash []byte
	Provider    string
	Version     int64
	Nonce       string
	Verifier    string
	Callback    string
	Next        string
	UserID      *string // who tries the provider
	Address     string
	ExpiresAt   int64
}

// TableName is the table of visits.
func (visitRow) TableName() string { return "sys_sign_in_visit" }

// Visit is where a browser is to go, and the secret that it is to bring back.
type Visit struct{ Location, Browser string }

// Depart sends a stranger to a provider; callback is where it sends him back to,
// and next where he wanted to go. Faults: not_found, provider_unavailable,
// too_many_attempts.
func (s *Service) Depart(ctx context.Context, name, callback, next string, origin Origin) (*Visit, error) {
	row, err := providerNamed(ctx, s.store, name)
	if err != nil {
		return nil, err
	}
	settings, err := row.settings()
	if err != nil {
		return nil, err
	}
	if !settings.Enabled {
		return nil, fault.New(fault.NotFound)
	}
	visit, err := s.depart(ctx, row, &visitRow{Callback: callback, Next: next, Address: cut(origin.Address, 64)})
	if stumbled, ok := errors.AsType[*stumble](err); ok {
		return nil, fault.New(stumbled.code).Because(stumbled)
	}
	return visit, err
}

// depart begins a visit to a provider. The error may be a stumble.
func (s *Service) depart(ctx context.Context, row *providerRow, visit *visitRow) (*Visit, error) {
	to, err := s.connect(ctx, row)
	if err != nil {
		return nil, err
	}
	state, err := newSecret()
	if err != nil {
		return nil, err
	}
	browser, err := newSecret()
	if err != nil {
		return nil, err
	}
	if visit.Nonce, err = newSecret(); err != nil {
		return nil, err
	}
	visit.StateHash, visit.BrowserHash, visit.Verifier = hashSecret(state), hashSecret(browser), oauth2.GenerateVerifier()
	visit.Provider, visit.Version, visit.ExpiresAt = row.Name, row.Version, milliseconds(s.clock.Now().Add(VisitLife))
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		var open int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM sys_sign_in_visit WHERE address = ? AND expires_at > ?", visit.Address, milliseconds(s.clock.Now())).Scan(&open)
		if err != nil {
			return fmt.Errorf("count visits: %w", err)
		}
		if open >= maxVisits {
			return fault.New(fault.TooManyAttempts, "seconds", int(VisitLife.Seconds()))
		}
		return store.Insert(ctx, tx, visit)
	})
	if err != nil {
		return nil, err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(visit.Nonce), oauth2.S256ChallengeOption(visit.Verifier)}
	if visit.UserID != nil { // who tries it may wish to be somebody else than the last time
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return &Visit{Location: to.oauth(visit.Callback).AuthCodeURL(state, options...), Browser: browser}, nil
}

// Brought is what a browser brings back from a provider.
type Brought struct {
	State, Code, Issuer string
	Error, Description  string
	Browser             string // the secret that it left with
}

// Returned is what came of a visit.
type Returned struct {
	Entered *Entered // nil when the provider was tried
	Next    string
}

// Return ends a visit: it signs in whom the provider names, or asks for the
// second factor of who has one; of a trial it keeps how it went. A visit ends
// once, and in the browser in which it began. Faults: sign_in_expired,
// provider_unavailable, provider_refused, sign_in_refused, email_unverified,
// no_account.
func (s *Service) Return(ctx context.Context, name string, brought Brought, session *access.Actor, origin Origin) (*Returned, error) {
	visit, err := s.endVisit(ctx, name, brought)
	if err != nil {
		return nil, err
	}
	row, err := providerNamed(ctx, s.store, name)
	if err != nil || row.Version != visit.Version {
		return nil, fault.New(fault.SignInExpired).Because(err)
	}
	if visit.UserID != nil {
		if session == nil || session.Via != "session" || session.ID != *visit.UserID {
			return nil, fault.New(fault.SignInExpired)
		}
		return &Returned{}, s.tried(ctx, row, visit, brought, session)
	}
	entered, err := s.enterBy(ctx, row, visit, brought, origin)
	if stumbled, ok := errors.AsType[*stumble](err); ok {
		return nil, s.stumbled(ctx, name, stumbled)
	}
	return &Returned{Entered: entered, Next: visit.Next}, err
}

// endVisit finds the visit that a state began, and ends it.
func (s *Service) endVisit(ctx context.Context, name string, brought Brought) (*visitRow, error) {
	var visit *visitRow
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) (err error) {
		visit, err = store.First[visitRow](ctx, tx, "state_hash = ?", hashSecret(brought.State))
		if errors.Is(err, store.ErrNotFound) {
			visit = nil
			return nil
		}
		if err != nil {
			return fmt.Errorf("find a visit: %w", err)
		}
		count, err := store.Delete[visitRow](ctx, tx, "state_hash = ?", visit.StateHash)
		if err != nil {
			return fmt.Errorf("end a visit: %w", err)
		}
		if count == 0 {
			visit = nil
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if visit == nil || visit.Provider != name || visit.ExpiresAt <= milliseconds(s.clock.Now()) ||
		subtle.ConstantTimeCompare(visit.BrowserHash, hashSecret(brought.Browser)) != 1 {
		return nil, fault.New(fault.SignInExpired)
	}
	return visit, nil
}

// stumbled notes why somebody could not sign in, and says as much of it as is
// his.
func (s *Service) stumbled(ctx context.Context, name string, why *stumble) error {
	detail := map[string]any{"provider": name, "step": why.step, "reason": why.reason}
	if why.email != "" {
		detail["email"] = cut(why.email, 254)
	}
	failed := audit.Entry{Action: audit.LoginFailed, Object: field.UserObject, Detail: detail}
	if err := audit.Note(ctx, s.store, &access.Actor{ID: access.SystemID, Via: "session"}, failed); err != nil {
		return err //nolint:wrapcheck // says what failed
	}
	return fault.New(why.code).Because(why)
}

// Inside is an address of the application that a sign-in may go on to: what is
// none is its first page.
func Inside(next string) string {
	bad := func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }
	if len(next) > 1000 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, bad) {
		return "/"
	}
	return next
}
