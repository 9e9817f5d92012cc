package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// EnrolPasskey asks a person's browser for a new passkey. Faults:
// invalid_credentials, invalid_values where he has as many as one may.
func (s *Service) EnrolPasskey(ctx context.Context, actor *access.Actor, password, browser string, place Place, origin Origin) (*Question, error) {
	if err := s.reauthenticate(ctx, actor, password, origin); err != nil {
		return nil, err
	}
	holder, err := s.keyholder(ctx, actor)
	if err != nil {
		return nil, err
	}
	if len(holder.credentials) >= maxPasskeys {
		return nil, fault.New(fault.InvalidValues).At("", fault.TooManyRecords, "max", maxPasskeys)
	}
	party, err := s.party(place)
	if err != nil {
		return nil, err
	}
	options, session, err := party.BeginRegistration(holder, webauthn.WithExclusions(webauthn.Credentials(holder.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return s.askBrowser(ctx, browser, toEnrol, &actor.ID, session, options, origin)
}

// Enrolled is a passkey that was just added.
type Enrolled struct {
	Passkey
	RecoveryCodes []string `json:"recovery_codes"` // told once, with the first second factor
}

// AddPasskey keeps the passkey with which a browser answers, and ends the
// person's other sessions where it is his first second factor. Where his own was
// confined it gets another secret, fresh, which is "" otherwise. Faults:
// invalid_values with what is wrong with the name, sign_in_expired,
// passkey_refused.
func (s *Service) AddPasskey(ctx context.Context, actor *access.Actor, name string, answer []byte, browser, secret string, place Place) (added *Enrolled, fresh string, err error) {
	faults := fault.New(fault.InvalidValues)
	name = strings.TrimSpace(name)
	plainText(faults, "/name", name, maxPasskeyName, true)
	if err := faults.OrNil(); err != nil {
		return nil, "", err
	}
	credential, err := s.newCredential(ctx, actor, answer, browser, place)
	if err != nil {
		return nil, "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, "", fmt.Errorf("make an id: %w", err)
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return nil, "", fmt.Errorf("keep a passkey: %w", err)
	}
	row := &passkeyRow{
		ID: id.String(), UserID: actor.ID, Name: name, CredentialID: credential.ID, Credential: string(raw),
		Counter: int64(credential.Authenticator.SignCount), CreatedAt: milliseconds(s.clock.Now()),
	}
	codes, err := newRecoveryCodes()
	if err != nil {
		return nil, "", err
	}
	added = &Enrolled{Passkey: row.shown(), RecoveryCodes: []string{}}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		had, err := s.hasFactor(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.PasskeyAdded, Object: field.UserObject, Subject: actor.ID, Detail: map[string]any{"passkey": row.ID, "name": name}})
		if err := store.Insert(ctx, tx, row); err != nil {
			return fault.New(fault.PasskeyRefused).Because(err) // it is somebody's already
		}
		if !had {
			added.RecoveryCodes = codes
			if err := keepRecoveryCodes(ctx, tx, actor.ID, codes); err != nil {
				return err
			}
			if err := endSessions(ctx, tx, "user_id = ? AND token_hash <> ?", actor.ID, hashSecret(secret)); err != nil {
				return err
			}
		}
		fresh, err = s.release(ctx, tx, actor.ID, secret)
		return err
	})
	return added, fresh, err
}

// newCredential verifies what a browser answers that was asked for a passkey.
func (s *Service) newCredential(ctx context.Context, actor *access.Actor, answer []byte, browser string, place Place) (*webauthn.Credential, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, fault.New(fault.PasskeyRefused).Because(err)
	}
	question, session, err := s.answered(ctx, parsed.Response.CollectedClientData.Challenge, browser, toEnrol)
	if err != nil {
		return nil, err
	}
	if question.UserID == nil || *question.UserID != actor.ID {
		return nil, fault.New(fault.SignInExpired)
	}
	holder, err := s.keyholder(ctx, actor)
	if err != nil {
		return nil, err
	}
	party, err := s.party(place)
	if err != nil {
		return nil, err
	}
	credential, err := party.CreateCredential(holder, *session, parsed)
	if err != nil {
		return nil, fault.New(fault.PasskeyRefused).Because(err)
	}
	return credential, nil
}

// ConfirmWithPasskey asks for a passkey of who is signed in, in place of his
// password. Fault: not_found where he has none.
func (s *Service) ConfirmWithPasskey(ctx context.Context, actor *access.Actor, browser string, place Place, origin Origin) (*Question, error) {
	return s.askPerson(ctx, actor, toConfirm, browser, place, origin)
}

// Confirmation shows that it is still the person himself: his password, or the
// answer of one of his passkeys.
type Confirmation struct {
	Password string
	Answer   []byte
	Browser  string
	Place    Place
}

// confirm sees that it is still the person himself. Faults: invalid_credentials,
// too_many_attempts, sign_in_expired, passkey_refused.
func (s *Service) confirm(ctx context.Context, actor *access.Actor, given Confirmation, origin Origin) error {
	if given.Answer == nil {
		return s.reauthenticate(ctx, actor, given.Password, origin)
	}
	if err := s.attemptCode(ctx, actor.ID, origin.Address); err != nil {
		return err
	}
	signed, err := s.signed(ctx, given.Answer, given.Browser, given.Place, actor.ID, toConfirm)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := forgetCodes(ctx, tx, actor.ID); err != nil {
			return err
		}
		return s.counted(ctx, tx, signed)
	})
}

// RemovePasskey takes a person's own passkey away; with the last factor his
// recovery codes go, too. Faults: those of a confirmation, not_found.
func (s *Service) RemovePasskey(ctx context.Context, actor *access.Actor, id string, given Confirmation, origin Origin) error {
	if _, item := field.ParseID(id); item != nil {
		return fault.New(fault.NotFound)
	}
	if err := s.confirm(ctx, actor, given, origin); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		count, err := store.Delete[passkeyRow](ctx, tx, "id = ? AND user_id = ?", id, actor.ID)
		if err != nil {
			return fmt.Errorf("remove a passkey: %w", err)
		}
		if count == 0 {
			return fault.New(fault.NotFound)
		}
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.PasskeyRemoved, Object: field.UserObject, Subject: actor.ID, Detail: map[string]any{"passkey": id}})
		if err := s.forgetBareCodes(ctx, tx, actor.ID); err != nil {
			return err
		}
		return s.confineAnew(ctx, tx, actor)
	})
}

// forgetBareCodes removes the recovery codes of who has nothing left for which
// they could stand in, and whoever waits for it.
func (s *Service) forgetBareCodes(ctx context.Context, tx *store.Tx, userID string) error {
	if has, err := s.hasFactor(ctx, tx, userID); err != nil || has {
		return err
	}
	if _, err := store.Delete[recoveryRow](ctx, tx, "user_id = ?", userID); err != nil {
		return fmt.Errorf("forget recovery codes: %w", err)
	}
	if _, err := store.Delete[challengeRow](ctx, tx, "user_id = ?", userID); err != nil {
		return fmt.Errorf("forget who signs in: %w", err)
	}
	return nil
}
