package store_test

import (
	"testing"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

func TestDialectsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, storetest.SQLite)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t testing.TB) store.Config {
			t.Helper()
			return store.Config{URL: storetest.Postgres(t)}
		})
	})
}
