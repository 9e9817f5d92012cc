package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// A passkey is a key pair in somebody's device, which gives its signature once he
// has shown the device that it is he: it stands for the password and the second
// factor together. Every signature answers one question, which is asked of one
// browser, for one purpose, and answered once.

// The purposes of a question.
const (
	toEnrol   = "enrol"   // a new passkey
	toSignIn  = "sign_in" // by a passkey alone
	toFollow  = "follow"  // as the second factor, after a password
	toConfirm = "confirm" // that it is still the person himself
)

// QuestionLife is how long a passkey's question may be answered.
const QuestionLife = 5 * time.Minute

// The limits of passkeys.
const (
	maxPasskeys    = 20
	maxPasskeyName = 60 // characters
	maxQuestions   = 1000
)

// Place is where passkeys are used: the address of the server as browsers see it.
type Place struct {
	Domain string // a name, such as crm.example.com
	Origin string // such as https://crm.example.com
}

// passkeyRow is a passkey of a person.
type passkeyRow struct {
	ID           string `gorm:"primaryKey"`
	UserID       string
	Name         string
	CredentialID []byte
	Credential   string
	Counter      int64
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	UsedAt       *int64
}

// TableName is the table of passkeys.
func (passkeyRow) TableName() string { return "sys_passkey" }

// questionRow is what a passkey was asked to sign.
type questionRow struct {
	QuestionHash []byte `gorm:"primaryKey"`
	BrowserHash  []byte
	Purpose      string
	UserID       *string // whose passkeys may answer; nil is anybody's
	Asked        string
	Address      string
	ExpiresAt    int64
}

// TableName is the table of questions.
func (questionRow) TableName() string { return "sys_passkey_question" }

// Passkey is a passkey as its owner may see it.
type Passkey struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at"`
}

func (r *passkeyRow) shown() Passkey {
	passkey := Passkey{ID: r.ID, Name: r.Name, CreatedAt: moment(r.CreatedAt)}
	if r.UsedAt != nil {
		at := moment(*r.UsedAt)
		passkey.UsedAt = &at
	}
	return passkey
}

// Passkeys lists a person's passkeys, the oldest first.
func (s *Service) Passkeys(ctx context.Context, actor *access.Actor) ([]Passkey, error) {
	rows, err := passkeysOf(ctx, s.store, actor.ID)
	if err != nil {
		return nil, err
	}
	passkeys := make([]Passkey, len(rows))
	for i := range rows {
		passkeys[i] = rows[i].shown()
	}
	return passkeys, nil
}

func passkeysOf(ctx context.Context, from store.Source, userID string) ([]passkeyRow, error) {
	rows, err := store.Find[passkeyRow](ctx, from, store.Selection{Where: "user_id = ?", Args: []any{userID}, Order: "created_at, id"})
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return rows, nil
}

// keyholder is a person as the library of passkeys knows him.
type keyholder struct {
	handle      []byte
	name, title string
	credentials []webauthn.Credential
}

var _ webauthn.User = keyholder{}

// WebAuthnID is what stands for the person in his device.
func (k keyholder) WebAuthnID() []byte { return k.handle }

// WebAuthnName is his mail address.
func (k keyholder) WebAuthnName() string { return k.name }

// WebAuthnDisplayName is his name.
func (k keyholder) WebAuthnDisplayName() string { return k.title }

// WebAuthnCredentials are his passkeys.
func (k keyholder) WebAuthnCredentials() []webauthn.Credential { return k.credentials }

// handleOf is what stands for a person in his devices: his id, which says nothing
// of him.
func handleOf(userID string) ([]byte, error) {
	id, err := uuid.Parse(userID)
	if err != nil {
		return nil, fmt.Errorf("read an id: %w", err)
	}
	return id[:], nil
}

// keyholder reads a person with his passkeys.
func (s *Service) keyholder(ctx context.Context, actor *access.Actor) (keyholder, error) {
	handle, err := handleOf(actor.ID)
	if err != nil {
		return keyholder{}, err
	}
	rows, err := passkeysOf(ctx, s.store, actor.ID)
	if err != nil {
		return keyholder{}, err
	}
	holder := keyholder{handle: handle, credentials: make([]webauthn.Credential, len(rows))}
	holder.name, _ = actor.Profile("email").(string)
	holder.title, _ = actor.Profile("name").(string)
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Credential), &holder.credentials[i]); err != nil {
			return keyholder{}, fmt.Errorf("read a passkey: %w", err)
		}
		holder.credentials[i].Authenticator.SignCount = uint32(row.Counter) //nolint:gosec // it was one
	}
	return holder, nil
}

// party is this installation as devices know it.
func (s *Service) party(place Place) (*webauthn.WebAuthn, error) {
	title := s.policies.Current().Catalog().Environment().Organisation.Name
	if title == "" {
		title = "Trellis"
	}
	life := webauthn.TimeoutConfig{Timeout: QuestionLife, TimeoutUVD: QuestionLife}
	party, err := webauthn.New(&webauthn.Config{
		RPID: place.Domain, RPDisplayName: title, RPOrigins: []string{place.Origin}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
		Timeouts:                          webauthn.TimeoutsConfig{Login: life, Registration: life},
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore, // some password managers tell more than they are asked
	})
	if err != nil {
		return nil, fmt.Errorf("ask for passkeys at %s: %w", place.Origin, err)
	}
	return party, nil
}

// Question is what a browser is to have a passkey sign, and the secret by which
// the browser is known when it answers.
type Question struct {
	Options any
	Browser string
}

// askBrowser keeps a question. A browser that has a secret keeps it, so that several of
// its pages may ask at once. Fault: too_many_attempts.
func (s *Service) askBrowser(ctx context.Context, browser, purpose string, userID *string, session *webauthn.SessionData, options any, origin Origin) (*Question, error) {
	if len(browser) != encodedSecret {
		var err error
		if browser, err = newSecret(); err != nil {
			return nil, err
		}
	}
	asked, err := json.Marshal(session)
	if err != nil {
		return nil, fmt.Errorf("keep a question: %w", err)
	}
	row := &questionRow{
		QuestionHash: hashSecret(session.Challenge), BrowserHash: hashSecret(browser), Purpose: purpose, UserID: userID,
		Asked: string(asked), Address: cut(origin.Address, 64), ExpiresAt: milliseconds(s.clock.Now().Add(QuestionLife)),
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		var open int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM sys_passkey_question WHERE address = ? AND expires_at > ?", row.Address, milliseconds(s.clock.Now())).Scan(&open)
		if err != nil {
			return fmt.Errorf("count questions: %w", err)
		}
		if open >= maxQuestions {
			return fault.New(fault.TooManyAttempts, "seconds", int(QuestionLife.Seconds()))
		}
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return nil, err
	}
	return &Question{Options: options, Browser: browser}, nil
}

// answered takes the question that a browser answers, so that nobody answers it
// again. Fault: sign_in_expired, also for what was asked of another browser or
// for something else.
func (s *Service) answered(ctx context.Context, challenge, browser string, purposes ...string) (*questionRow, *webauthn.SessionData, error) {
	hash := hashSecret(challenge)
	row, err := store.First[questionRow](ctx, s.store, "question_hash = ? AND browser_hash = ? AND expires_at > ? AND purpose IN ?",
		hash, hashSecret(browser), milliseconds(s.clock.Now()), purposes)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, fault.New(fault.SignInExpired)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find a question: %w", err)
	}
	var taken int64
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) (err error) {
		taken, err = store.Delete[questionRow](ctx, tx, "question_hash = ?", hash)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("take a question: %w", err)
	}
	if taken == 0 {
		return nil, nil, fault.New(fault.SignInExpired) // answered twice at once
	}
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(row.Asked), &session); err != nil {
		return nil, nil, fmt.Errorf("read a question: %w", err)
	}
	return row, &session, nil
}

// sameKey reports whether two passkeys are one.
func sameKey(row *passkeyRow, credential *webauthn.Credential) bool {
	return bytes.Equal(row.CredentialID, credential.ID)
}
