package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
