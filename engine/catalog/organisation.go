package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// organisationSetting is the name of the setting that says who the
// installation is for.
const organisationSetting = "organisation"

// ReadOrganisation reads the setting; before set-up it is empty.
func ReadOrganisation(ctx context.Context, reader store.Reader) (metadata.Organisation, error) {
	var organisation metadata.Organisation
	err := ReadSetting(ctx, reader, organisationSetting, &organisation)
	if organisation.Name == "" {
		return organisation, err
	}
	return organisation.Settled(), err
}

// WriteOrganisation writes the setting.
func WriteOrganisation(ctx context.Context, tx *store.Tx, organisation metadata.Organisation) error {
	return WriteSetting(ctx, tx, organisationSetting, organisation)
}

// logoSetting is the name of the setting that holds the picture of the brand.
const logoSetting = "organisation_logo"

// logo is the picture of the brand, and the name that follows from it.
type logo struct {
	Name    string `json:"name"`
	Content []byte `json:"content"`
}

// KeepLogo makes a picture that of the brand; without content there is none.
func KeepLogo(ctx context.Context, tx *store.Tx, organisation *metadata.Organisation, content []byte) error {
	kept := logo{Content: content}
	if len(content) > 0 {
		sum := sha256.Sum256(content)
		kept.Name = hex.EncodeToString(sum[:16])
	}
	organisation.Brand.Logo = kept.Name
	return WriteSetting(ctx, tx, logoSetting, kept)
}

// ReadLogo gives the picture of the brand by its name. Fault: not_found.
func ReadLogo(ctx context.Context, reader store.Reader, name string) ([]byte, error) {
	var kept logo
	if err := ReadSetting(ctx, reader, logoSetting, &kept); err != nil {
		return nil, err
	}
	if len(kept.Content) == 0 || kept.Name != name {
		return nil, fault.New(fault.NotFound)
	}
	return kept.Content, nil
}

// ReadSetting reads a setting into a value, which stays as it is when the
// setting was never written.
func ReadSetting(ctx context.Context, reader store.Reader, name string, into any) error {
	var raw string
	err := reader.QueryRow(ctx, "SELECT value FROM sys_setting WHERE name = ?", name).Scan(&raw)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read setting %s: %w", name, err)
	}
	if err := json.Unmarshal([]byte(raw), into); err != nil {
		return fmt.Errorf("read setting %s: %w", name, err)
	}
	return nil
}

// WriteSetting writes a setting.
func WriteSetting(ctx context.Context, tx *store.Tx, name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO sys_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, string(raw))
	if err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	return nil
}
