package identity

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// AskPasskey asks whoever is at a browser for any of his passkeys. Fault:
// too_many_attempts.
func (s *Service) AskPasskey(ctx context.Context, browser string, place Place, origin Origin) (*Question, error) {
	party, err := s.party(place)
	if err != nil {
		return nil, err
	}
	options, session, err := party.BeginDiscoverableLogin()
	if err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return s.askBrowser(ctx, browser, toSignIn, nil, session, options, origin)
}

// AskPasskeyOf asks who gave his password, whose challenge it is, for one of his
// passkeys. Faults: sign_in_expired, not_found where he has none.
func (s *Service) AskPasskeyOf(ctx context.Context, challenge, browser string, place Place, origin Origin) (*Question, error) {
	asked, err := s.challenged(ctx, challenge)
	if err != nil {
		return nil, err
	}
	actor, err := s.actor(ctx, byID(asked.UserID), "session")
	if err != nil {
		return nil, err
	}
	if actor == nil {
		return nil, fault.New(fault.SignInExpired)
	}
	return s.askPerson(ctx, actor, toFollow, browser, place, origin)
}

// askPerson asks for a passkey of one person.
func (s *Service) askPerson(ctx context.Context, actor *access.Actor, purpose, browser string, place Place, origin Origin) (*Question, error) {
	holder, err := s.keyholder(ctx, actor)
	if err != nil {
		return nil, err
	}
	if len(holder.credentials) == 0 {
		return nil, fault.New(fault.NotFound)
	}
	party, err := s.party(place)
	if err != nil {
		return nil, err
	}
	options, session, err := party.BeginLogin(holder)
	if err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return s.askBrowser(ctx, browser, purpose, &actor.ID, session, options, origin)
}

// signed is an answer whose signature is good.
type signed struct {
	actor      *access.Actor
	row        *passkeyRow
	credential *webauthn.Credential
	purpose    string
}

// signed verifies the answer of a passkey; of is whose it must be, "" whoever's
// the question allows. What is refused is in the audit log. Faults:
// sign_in_expired, passkey_refused.
func (s *Service) signed(ctx context.Context, answer []byte, browser string, place Place, of string, purposes ...string) (*signed, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, fault.New(fault.PasskeyRefused).Because(err)
	}
	question, session, err := s.answered(ctx, parsed.Response.CollectedClientData.Challenge, browser, purposes...)
	if err != nil {
		return nil, err
	}
	if of != "" && (question.UserID == nil || *question.UserID != of) {
		return nil, fault.New(fault.SignInExpired)
	}
	row, actor, err := s.signer(ctx, parsed, question)
	if err != nil {
		return nil, err
	}
	if actor == nil {
		return nil, s.refusedPasskey(ctx, row, "unknown", nil)
	}
	holder, err := s.keyholder(ctx, actor)
	if err != nil {
		return nil, err
	}
	party, err := s.party(place)
	if err != nil {
		return nil, err
	}
	var credential *webauthn.Credential
	if question.UserID == nil {
		_, credential, err = party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return holder, nil }, *session, parsed)
	} else {
		credential, err = party.ValidateLogin(holder, *session, parsed)
	}
	switch {
	case err != nil:
		return nil, s.refusedPasskey(ctx, row, "signature", err)
	case !sameKey(row, credential):
		return nil, s.refusedPasskey(ctx, row, "signature", nil)
	case credential.Authenticator.CloneWarning:
		return nil, s.refusedPasskey(ctx, row, "counter", nil)
	}
	return &signed{actor, row, credential, question.Purpose}, nil
}

// signer finds whose passkey it is that answers: the actor is nil for who is not
// known, not active, or may come only by a provider.
func (s *Service) signer(ctx context.Context, parsed *protocol.ParsedCredentialAssertionData, question *questionRow) (*passkeyRow, *access.Actor, error) {
	row, err := store.First[passkeyRow](ctx, s.store, "credential_id = ?", parsed.RawID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find a passkey: %w", err)
	}
	if question.UserID != nil && *question.UserID != row.UserID {
		return row, nil, nil
	}
	handle, err := handleOf(row.UserID)
	if err != nil || question.UserID == nil && !bytes.Equal(handle, parsed.Response.UserHandle) {
		return row, nil, err
	}
	actor, err := s.actor(ctx, byID(row.UserID), "session")
	if err != nil || actor == nil || question.Purpose != toSignIn {
		return row, actor, err
	}
	setting, err := singleSignOn(ctx, s.store)
	if err == nil && !setting.keepsPassword(actor.ID) {
		actor = nil
	}
	return row, actor, err
}

// refusedPasskey notes that a passkey was refused, and why.
func (s *Service) refusedPasskey(ctx context.Context, row *passkeyRow, reason string, cause error) error {
	entry := audit.Entry{Action: audit.PasskeyRefused, Object: field.UserObject, Detail: map[string]any{"reason": reason}}
	if row != nil {
		entry.Subject = row.UserID
		entry.Detail["passkey"], entry.Detail["name"] = row.ID, row.Name
	}
	if err := audit.Note(ctx, s.store, &access.Actor{ID: access.SystemID, Via: "session"}, entry); err != nil {
		return err //nolint:wrapcheck // says what failed
	}
	return fault.New(fault.PasskeyRefused).Because(cause)
}

// counted keeps how far a passkey has counted, and when it was used. Of two
// answers at once with one count, one finds it taken. Fault: passkey_refused.
func (s *Service) counted(ctx context.Context, tx *store.Tx, by *signed) error {
	raw, err := json.Marshal(by.credential)
	if err != nil {
		return fmt.Errorf("keep a passkey: %w", err)
	}
	set := map[string]any{"credential": string(raw), "counter": int64(by.credential.Authenticator.SignCount), "used_at": milliseconds(s.clock.Now())}
	count, err := store.Update[passkeyRow](ctx, tx, set, "id = ? AND counter = ?", by.row.ID, by.row.Counter)
	if err != nil {
		return fmt.Errorf("keep a passkey: %w", err)
	}
	if count == 0 {
		return fault.New(fault.PasskeyRefused)
	}
	return nil
}

// SignInWithPasskey opens a session of whose passkey answers: alone, or after
// his password, whose challenge it then is. Faults: passkey_refused,
// sign_in_expired, too_many_attempts.
func (s *Service) SignInWithPasskey(ctx context.Context, answer []byte, browser, challenge string, place Place, origin Origin) (*Entered, error) {
	account := "passkey " + hex.EncodeToString(hashSecret(browser)[:8]) // no mail address looks like it
	if err := s.attempt(ctx, account, origin.Address); err != nil {
		return nil, err
	}
	by, err := s.signed(ctx, answer, browser, place, "", toSignIn, toFollow)
	if err != nil {
		return nil, err
	}
	var asked *challengeRow
	if by.purpose == toFollow {
		if asked, err = s.challenged(ctx, challenge); err != nil {
			return nil, err
		}
		if asked.UserID != by.actor.ID {
			return nil, fault.New(fault.SignInExpired)
		}
	}
	session, secret, err := s.newSession(by.actor.ID, origin)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := s.counted(ctx, tx, by); err != nil {
			return err
		}
		if err := forgetAttempts(ctx, tx, account, session.Address); err != nil {
			return err
		}
		if asked != nil {
			return s.passed(ctx, tx, by.actor, asked, session, "passkey")
		}
		detail := map[string]any{"passkey": by.row.Name}
		if err := noteEmergency(ctx, tx, by.actor.ID, detail); err != nil {
			return err
		}
		return s.openSession(ctx, tx, session, detail)
	})
	if err != nil {
		return nil, err
	}
	return &Entered{Actor: by.actor, Secret: secret}, nil
}
