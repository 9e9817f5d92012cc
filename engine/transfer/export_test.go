package transfer

import (
	"context"

	"github.com/trellis-crm/trellis/engine/store"
)

// WriteExport writes the file of an export that was asked for before.
func (s *Service) WriteExport(ctx context.Context, id string) error {
	row, err := store.First[exportRow](ctx, s.store, "id = ?", id)
	if err != nil {
		return err
	}
	_, _, err = s.write(ctx, row)
	return err
}
