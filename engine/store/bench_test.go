package store_test

import (
	"context"
	"database/sql"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// clients is how many write or read at once, as in the product's bench.
const clients = 16

func benchEach(b *testing.B, run func(b *testing.B, s *store.Store, bare *sql.DB)) {
	b.Helper()
	for name, config := range map[string]store.Config{"sqlite": storetest.SQLite(b), "postgres": {URL: storetest.Postgres(b)}} {
		config.Log = slog.New(slog.DiscardHandler)
		b.Run(name, func(b *testing.B) {
			s := storetest.Open(b, config)
			require.NoError(b, apply(b.Context(), s, nil, []store.Table{values()}, 1))
			bare, err := s.Dialect().Connect(b.Context(), config, store.WriteUse)
			require.NoError(b, err)
			b.Cleanup(func() { _ = bare.Close() })
			b.Cleanup(func() { _ = apply(context.Background(), s, []store.Table{values()}, nil, 2) })
			run(b, s, bare)
		})
	}
}

const insertSample = `insert into sample (id, text, integer, boolean, json) values (?, ?, ?, ?, ?)`

func sample(d store.Dialect) []any {
	yes, _ := d.Encode(values().Columns[4], true)
	return []any{uuid.Must(uuid.NewV7()).String(), "some text", int64(42), yes, `["a","b"]`}
}

func parallel(b *testing.B, fn func() error) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(clients / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := fn(); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkWrite compares a write with the same statement on the bare driver.
func BenchmarkWrite(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store, bare *sql.DB) {
		ctx := context.Background()
		b.Run("bare", func(b *testing.B) {
			insert, err := bare.PrepareContext(ctx, s.Dialect().Rebind(insertSample))
			require.NoError(b, err)
			parallel(b, func() error {
				_, err := insert.ExecContext(ctx, sample(s.Dialect())...)
				return err
			})
		})
		b.Run("write", func(b *testing.B) {
			parallel(b, func() error {
				return s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Exec(ctx, insertSample, sample(s.Dialect())...)
					return err
				})
			})
		})
		b.Run("queued", func(b *testing.B) {
			parallel(b, func() error {
				return s.Write(ctx, store.Interactive, func(_ context.Context, tx *store.Tx) error {
					tx.Queue(insertSample, sample(s.Dialect())...)
					return nil
				})
			})
		})
	})
}

// BenchmarkRead compares a read by id with the same statement on the bare
// driver.
func BenchmarkRead(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store, bare *sql.DB) {
		ctx := context.Background()
		args := sample(s.Dialect())
		require.NoError(b, s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, insertSample, args...)
			return err
		}))
		const query = `select text, integer, json from sample where id = ?`
		bare.SetMaxOpenConns(8)
		b.Run("bare", func(b *testing.B) {
			get, err := bare.PrepareContext(ctx, s.Dialect().Rebind(query))
			require.NoError(b, err)
			parallel(b, func() error {
				var text, json string
				var integer int64
				return get.QueryRowContext(ctx, args[0]).Scan(&text, &integer, &json)
			})
		})
		b.Run("query", func(b *testing.B) {
			parallel(b, func() error {
				var text, json string
				var integer int64
				return s.QueryRow(ctx, query, args[0]).Scan(&text, &integer, &json)
			})
		})
	})
}
