package store_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// linked is the table of all types with pointers among its rows and a table
// that was set aside.
func linked() []store.Table {
	t := values()
	t.Columns = append(t.Columns, field.Column{Name: "next", Type: field.ID, References: "sample"}, field.Column{Name: "name", Type: field.Text, NotNull: true})
	t.Indexes = []store.Index{{Columns: []string{"name"}, Unique: true}, {Columns: []string{"integer DESC", "id"}}, {Columns: []string{"json"}, Kind: store.Members}}
	return []store.Table{t}
}

// filled makes a database with something of everything.
func filled(t *testing.T, config store.Config) *store.Store {
	t.Helper()
	s := storetest.Open(t, config)
	gone := store.Table{Name: "gone", Columns: systemColumns()}
	require.NoError(t, apply(t.Context(), s, nil, append(linked(), gone), 1))
	require.NoError(t, apply(t.Context(), s, append(linked(), gone), linked(), 2))
	columns := linked()[0].Columns
	rapid.Check(t, func(rt *rapid.T) {
		require.NoError(rt, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			args := make([]any, 0, len(columns))
			for _, column := range columns[:9] {
				arg, err := tx.Dialect().Encode(column, drawValue(rt, column))
				require.NoError(rt, err)
				args = append(args, arg)
			}
			_, err := tx.Exec(ctx, "insert into sample values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", append(args, args[0], uuid.NewString())...)
			return err
		}))
	})
	require.NoError(t, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `insert into sys_change (object, record, at, by_id, via, action, version, before, after, revision)
			values ('sample', ?, 1, ?, '', 'create', 1, null, ?, 1)`, uuid.NewString(), uuid.NewString(), `{"b":{"z":[1,{"y":"<é>","x":null}]},"a":"1.50"}`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into sys_blob (id, part, data) values (?, 1, ?)`, uuid.NewString(), []byte{0, 1, 255})
		return err
	}))
	return s
}

func TestADumpLoadsIntoEitherDatabase(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run("into "+to, func(t *testing.T) {
			t.Parallel()
			storetest.EachConfig(t, func(t *testing.T, config store.Config) {
				s := filled(t, config)
				var dump bytes.Buffer
				require.NoError(t, s.Dump(t.Context(), &dump))
				target := storetest.SQLite(t)
				if to == "postgres" {
					target = store.Config{URL: storetest.EmptyPostgres(t)}
				}
				header, err := store.Load(t.Context(), target, bytes.NewReader(dump.Bytes()), storetest.Dialects()...)
				require.NoError(t, err)
				require.NotEmpty(t, header.Tables)
				restored := storetest.Open(t, target)
				require.Equal(t, store.Normal(linked()), objects(t.Context(), t, restored))
				var again bytes.Buffer
				require.NoError(t, restored.Dump(t.Context(), &again))
				require.Equal(t, tallies(dump.String()), tallies(again.String()))
				require.NoError(t, restored.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Exec(ctx, `insert into sys_change (object, record, at, by_id, via, action, version, revision)
						values ('sample', ?, 1, ?, '', 'create', 1, 1)`, uuid.NewString(), uuid.NewString())
					return err
				}), "generated keys go on")
				_, err = store.Load(t.Context(), target, bytes.NewReader(dump.Bytes()), storetest.Dialects()...)
				require.ErrorIs(t, err, store.ErrNotEmpty)
			})
		})
	}
}

// tallies are the lines that count the rows.
func tallies(dump string) (lines []string) {
	for line := range strings.Lines(dump) {
		if strings.HasPrefix(line, `{"table"`) {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestADamagedDumpIsRefusedAndNothingIsKept(t *testing.T) {
	t.Parallel()
	s := filled(t, storetest.SQLite(t))
	var dump bytes.Buffer
	require.NoError(t, s.Dump(t.Context(), &dump))
	target := storetest.SQLite(t)
	for range 40 {
		damaged := bytes.Clone(dump.Bytes())
		at := rand.IntN(len(damaged))
		switch rand.IntN(3) {
		case 0:
			damaged[at] ^= 1 << rand.IntN(8)
		case 1:
			damaged = damaged[:at]
		case 2:
			damaged = append(damaged, damaged[at:]...)
		}
		_, err := store.Load(t.Context(), target, bytes.NewReader(damaged), storetest.Dialects()...)
		require.Error(t, err, "damaged at %d", at)
	}
	_, err := store.Load(t.Context(), target, bytes.NewReader(dump.Bytes()), storetest.Dialects()...)
	require.NoError(t, err)
}

// TestADumpUnderLoadIsOneMoment has writers move an amount between rows, so
// that any moment has the same sum.
func TestADumpUnderLoadIsOneMoment(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for i := range 4 {
			require.NoError(t, s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `insert into sys_counter (object, field, period, next) values (?, '', '', 1000)`, fmt.Sprint(i))
				return err
			}))
		}
		var stop atomic.Bool
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for !stop.Load() {
				from, to := rand.IntN(4), rand.IntN(4)
				err := s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
					if _, err := tx.Exec(ctx, `update sys_counter set next = next - 1 where object = ?`, fmt.Sprint(from)); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `update sys_counter set next = next + 1 where object = ?`, fmt.Sprint(to))
					return err
				})
				if err != nil {
					t.Errorf("%v", err)
				}
			}
		}()
		for range 3 {
			var dump bytes.Buffer
			require.NoError(t, s.Dump(ctx, &dump))
			target := storetest.SQLite(t)
			_, err := store.Load(ctx, target, &dump, storetest.Dialects()...)
			require.NoError(t, err)
			var sum int
			require.NoError(t, storetest.Open(t, target).QueryRow(ctx, `select sum(next) from sys_counter`).Scan(&sum))
			require.Equal(t, 4000, sum)
		}
		stop.Store(true)
		<-ended
	})
}

func TestASecondServerOnOneDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	config := storetest.SQLite(t)
	first, second := storetest.Open(t, config), storetest.Open(t, config)
	lock, err := first.LockServe()
	require.NoError(t, err)
	_, err = second.LockServe()
	require.ErrorIs(t, err, store.ErrServed)
	require.NoError(t, lock.Close())
	lock, err = second.LockServe()
	require.NoError(t, err)
	require.NoError(t, lock.Close())
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		s := storetest.Open(t, config)
		require.NoError(t, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `insert into sys_migration (version_id, is_applied) values (9999, ?)`, true)
			return err
		}))
		_, err := store.Open(t.Context(), config, storetest.Dialects()...)
		require.ErrorIs(t, err, store.ErrNewerSchema)
	})
}
