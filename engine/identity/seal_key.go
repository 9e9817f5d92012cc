package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/store"
)

// sealSetting is the name of the setting that tells with what secrets are sealed.
const sealSetting = "seal"

// What the proof of a seal is sealed for, and what it says.
const (
	sealedProof = "the proof of the key"
	proofOwner  = "seal"
	proofText   = "this is the key"
)

// keptSeal is what the database knows of a key outside of it: a text that only
// that key opens. Without one, the key is in the database.
type keptSeal struct {
	Proof []byte `json:"proof"`
}

// HoldSeal sees that the key is the one with which this database's secrets are
// sealed. The first time that it is another than that inside the database, they
// are sealed anew with it. The error says what to do.
func (s *Service) HoldSeal(ctx context.Context, inside []byte) error {
	outside := !bytes.Equal(s.key, inside)
	var kept keptSeal
	if err := catalog.ReadSetting(ctx, s.store, sealSetting, &kept); err != nil {
		return err //nolint:wrapcheck // says what it reads
	}
	if kept.Proof == nil && !outside {
		return nil
	}
	if kept.Proof == nil {
		return s.sealAnew(ctx, inside)
	}
	if !outside {
		return errors.New("the secrets of this database are sealed with a key outside of it: give its file with --seal-key-file")
	}
	if text, err := s.unseal(sealedProof, proofOwner, kept.Proof); err != nil || text != proofText {
		return errors.New("the secrets of this database are sealed with another key than that of --seal-key-file")
	}
	return nil
}

// sealAnew seals with the key what was sealed with that inside the database, in
// one transaction.
func (s *Service) sealAnew(ctx context.Context, inside []byte) error {
	proof, err := s.seal(sealedProof, proofOwner, proofText)
	if err != nil {
		return err
	}
	value, err := json.Marshal(keptSeal{Proof: proof})
	if err != nil {
		return fmt.Errorf("write a setting: %w", err)
	}
	before := &Service{key: inside}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		count, err := tx.Exec(ctx, "INSERT INTO sys_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", sealSetting, string(value))
		if err != nil {
			return fmt.Errorf("keep the proof of a key: %w", err)
		}
		if count == 0 {
			return errors.New("another server has just begun to use a key outside of the database: start again")
		}
		if err := s.moveFactors(ctx, tx, before); err != nil {
			return err
		}
		if err := s.moveProviders(ctx, tx, before); err != nil {
			return err
		}
		machine := access.System()
		machine.Via = viaCommand
		audit.Write(ctx, tx, machine, audit.Entry{Action: audit.SettingChanged, Subject: sealSetting})
		return nil
	})
	if err != nil {
		return fmt.Errorf("seal the secrets with the key outside of the database: %w", err)
	}
	return nil
}

// move seals with the key what another has sealed.
func (s *Service) move(before *Service, sort, owner string, sealed []byte) ([]byte, error) {
	secret, err := before.unseal(sort, owner, sealed)
	if err != nil {
		return nil, err
	}
	return s.seal(sort, owner, secret)
}

func (s *Service) moveFactors(ctx context.Context, tx *store.Tx, before *Service) error {
	rows, err := store.Find[totpRow](ctx, tx, store.Selection{})
	if err != nil {
		return fmt.Errorf("list second factors: %w", err)
	}
	for _, row := range rows {
		sealed, err := s.move(before, sealedFactors, row.UserID, row.Secret)
		if err != nil {
			return err
		}
		if _, err := store.Update[totpRow](ctx, tx, map[string]any{"secret": sealed}, "user_id = ?", row.UserID); err != nil {
			return fmt.Errorf("keep a second factor: %w", err)
		}
	}
	return nil
}

func (s *Service) moveProviders(ctx context.Context, tx *store.Tx, before *Service) error {
	rows, err := store.Find[providerRow](ctx, tx, store.Selection{Where: "secret IS NOT NULL"})
	if err != nil {
		return fmt.Errorf("list providers: %w", err)
	}
	for _, row := range rows {
		sealed, err := s.move(before, sealedProviders, row.Name, row.Secret)
		if err != nil {
			return err
		}
		if _, err := store.Update[providerRow](ctx, tx, map[string]any{"secret": sealed}, "name = ?", row.Name); err != nil {
			return fmt.Errorf("keep a provider: %w", err)
		}
	}
	return nil
}
