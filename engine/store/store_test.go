package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

func TestWriteIsReadBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		err := s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `insert into sys_setting (name, value) values (?, ?)`, "a", `{"x":1}`)
			return err
		})
		require.NoError(t, err)
		var value string
		require.NoError(t, s.QueryRow(ctx, `select value from sys_setting where name = ?`, "a").Scan(&value))
		require.JSONEq(t, `{"x":1}`, value)
	})
}
