// Package storetest gives tests real databases, and holds the promises that
// every store.Dialect must keep. It is imported by tests only. Start with Each
// and Postgres; Run is the conformance suite.
package storetest

import (
	"context"
	"testing"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/postgres"
	"github.com/trellis-crm/trellis/engine/store/sqlite"
)

// Dialects are all dialects, for store.Open.
func Dialects() []store.Dialect { return []store.Dialect{postgres.New(), sqlite.New()} }

// Each runs a test on a fresh database of every dialect, in parallel.
func Each(t *testing.T, test func(t *testing.T, open *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, Open(t, SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Open(t, store.Config{URL: Postgres(t)}))
	})
}

// EachConfig is Each for tests that open the database themselves.
func EachConfig(t *testing.T, test func(t *testing.T, config store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, store.Config{URL: Postgres(t)})
	})
}

// SQLite gives the configuration of a fresh SQLite database.
func SQLite(t testing.TB) store.Config {
	t.Helper()
	return store.Config{Directory: t.TempDir()}
}

// Open opens a database and closes it when the test ends.
func Open(t testing.TB, config store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), config, Dialects()...)
	if err != nil {
		t.Fatalf("opening the database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return s
}
