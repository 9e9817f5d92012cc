package store_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

func TestAReadThatTakesTooLongIsEnded(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		config.ReadTime = 200 * time.Millisecond
		config.ReadConnections = 1
		s := storetest.Open(t, config)
		for _, condition := range []string{"i < 0", "i = 1 or i < 0"} { // before the first row, and after it
			rows, err := s.Query(t.Context(), `with recursive n(i) as (select 1 union all select (i + 1) % 1000 + 2 from n) select i from n where `+condition)
			if err == nil {
				for rows.Next() {
					continue
				}
				err = rows.Err()
				_ = rows.Close()
			}
			require.ErrorIs(t, s.Dialect().Translate(err), store.ErrTimeout)
			var one int
			require.NoError(t, s.QueryRow(t.Context(), `select 1`).Scan(&one), "the connection goes on")
		}
	})
}

// TestAChangeOfTablesDoesNotHoldUpReaders keeps a reader's transaction open on
// a table that is to be changed. Only on PostgreSQL: on SQLite readers and the
// writer do not meet.
func TestAChangeOfTablesDoesNotHoldUpReaders(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	require.NoError(t, apply(ctx, s, nil, []store.Table{values()}, 1))
	changed := make(chan error, 1)
	require.NoError(t, s.Read(ctx, func(r store.Reader) error {
		var count int
		if err := r.QueryRow(ctx, `select count(*) from sample`).Scan(&count); err != nil {
			return err
		}
		go func() {
			changed <- s.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `alter table sample add column more text`)
				return err
			})
		}()
		for began := time.Now(); time.Since(began) < 2500*time.Millisecond; {
			if err := s.QueryRow(ctx, `select count(*) from sample`).Scan(&count); err != nil {
				return err
			}
		}
		require.Empty(t, changed)
		return nil
	}))
	require.NoError(t, <-changed)
}

// TestTransactionsThatMeetAreTriedAgain locks two rows in opposite orders. Only
// on PostgreSQL: on SQLite there is one writer.
func TestTransactionsThatMeetAreTriedAgain(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	require.NoError(t, s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `insert into sys_counter (object, field, period, next) values ('a', '', '', 0), ('b', '', '', 0)`)
		return err
	}))
	met := make(chan struct{}, 2)
	ends := make(chan error, 2)
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		first := true
		go func() {
			ends <- s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				for i, name := range order {
					if _, err := tx.Exec(ctx, `update sys_counter set next = next + 1 where object = ?`, name); err != nil {
						return err
					}
					if i == 0 && first { // both have their first row before either asks for its second
						first = false
						met <- struct{}{}
						for len(met) < 2 {
							continue
						}
					}
				}
				return nil
			})
		}()
	}
	require.NoError(t, <-ends)
	require.NoError(t, <-ends)
	var sum int
	require.NoError(t, s.QueryRow(ctx, `select sum(next) from sys_counter`).Scan(&sum))
	require.Equal(t, 4, sum)
}

// TestLostConnectionsAreReplaced ends all connections, as a restart of
// PostgreSQL does.
func TestLostConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	config := store.Config{URL: storetest.Postgres(t)}
	s, other := storetest.Open(t, config), storetest.Open(t, config)
	use := func() {
		done := make(chan error, 2*clients)
		for i := range clients {
			go func() {
				var count int
				done <- s.QueryRow(t.Context(), `select count(*) from sys_setting`).Scan(&count)
			}()
			go func() {
				done <- s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Exec(ctx, `update sys_setting set value = '1' where name = ?`, string(rune('a'+i)))
					return err
				})
			}()
		}
		for range 2 * clients {
			require.NoError(t, <-done)
		}
	}
	use()
	for range 3 {
		rows, err := other.Query(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and application_name = 'trellis'`)
		require.NoError(t, err)
		for rows.Next() {
			continue
		}
		require.NoError(t, rows.Close())
		use()
	}
}

func TestUpkeepFindsNoDamage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.Upkeep(t.Context()))
	})
}

// TestNewStatisticsReachOpenConnections fills a table so that one index is the
// right one, and then so that the other is. On PostgreSQL the server sees to it.
func TestNewStatisticsReachOpenConnections(t *testing.T) {
	t.Parallel()
	config := storetest.SQLite(t)
	config.ReadConnections = 1
	s := storetest.Open(t, config)
	fill := func(account, address string) {
		require.NoError(t, s.Write(t.Context(), store.Bulk, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `delete from sys_login_attempt`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `insert into sys_login_attempt (account, address, at, succeeded)
				with recursive n(i) as (select 1 union all select i + 1 from n limit 5000) select `+account+`, `+address+`, 1, 0 from n`)
			return err
		}))
		require.NoError(t, s.Upkeep(t.Context()))
	}
	explained := 0
	plan := func() (detail string) {
		// "explain" does not look whether the schema changed, so another statement
		// goes before, and its text is new each time.
		var number int
		explained++
		require.NoError(t, s.QueryRow(t.Context(), `select count(*) from sys_login_attempt`).Scan(&number))
		require.NoError(t, s.QueryRow(t.Context(), `explain query plan select * from sys_login_attempt where account = 'a' and address = 'b' and at > `+strconv.Itoa(-explained)).
			Scan(&number, &number, &number, &detail))
		return detail
	}
	fill("i", "'b'")
	require.Contains(t, plan(), "ix_sys_login_attempt_account_at")
	fill("'a'", "i")
	require.Contains(t, plan(), "ix_sys_login_attempt_address_at")
	fill("'a' || (i % 2)", "'b' || (i % 4)") // each has more than a sample sees
	require.Contains(t, plan(), "ix_sys_login_attempt_address_at")
	fill("'a' || (i % 4)", "'b' || (i % 2)")
	require.Contains(t, plan(), "ix_sys_login_attempt_account_at")
}
