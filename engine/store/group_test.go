package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// These are about group commit, so they run on SQLite only.

func put(ctx context.Context, tx *store.Tx, name string) error {
	_, err := tx.Exec(ctx, `insert into sys_setting (name, value) values (?, '1')`, name)
	return err
}

func names(t require.TestingT, ctx context.Context, s *store.Store) (names []string) {
	rows, err := s.Query(ctx, `select name from sys_setting order by rowid`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	return names
}

// held runs the writer into a function that waits, so that what the test
// enqueues meanwhile becomes one group.
func held(t *testing.T, s *store.Store, enqueue func()) {
	t.Helper()
	entered, leave := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- s.Write(t.Context(), store.Interactive, func(context.Context, *store.Tx) error {
			close(entered)
			<-leave
			return errors.New("done waiting")
		})
	}()
	<-entered
	enqueue()
	close(leave)
	require.Error(t, <-done)
}

// waits lets a write join the queue, and gives where its end can be read.
func waits(t *testing.T, s *store.Store, lane store.Lane, fn func(ctx context.Context, tx *store.Tx) error) <-chan error {
	t.Helper()
	before := store.Queued(s)
	done := make(chan error, 1)
	go func() { done <- s.Write(t.Context(), lane, fn) }()
	for store.Queued(s) == before {
		runtime.Gosched()
	}
	return done
}

func TestPeopleGoBeforeJobs(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	var ends []<-chan error
	held(t, s, func() {
		for i := range 3 {
			ends = append(ends, waits(t, s, store.Bulk, func(ctx context.Context, tx *store.Tx) error { return put(ctx, tx, fmt.Sprint("job", i)) }))
		}
		for i := range 3 {
			ends = append(ends, waits(t, s, store.Interactive, func(ctx context.Context, tx *store.Tx) error { return put(ctx, tx, fmt.Sprint("person", i)) }))
		}
	})
	for _, end := range ends {
		require.NoError(t, <-end)
	}
	require.Equal(t, []string{"person0", "person1", "person2", "job0", "job1", "job2"}, names(t, t.Context(), s))
}

func TestAGroupCommitsOnceForAll(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	store.LongGroups(s)
	var ends []<-chan error
	var mu sync.Mutex
	visible := map[string]int{}
	held(t, s, func() {
		for i := range 10 {
			ends = append(ends, waits(t, s, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				mu.Lock()
				defer mu.Unlock()
				visible[fmt.Sprint(i)] = len(names(t, t.Context(), s)) // by another connection
				return put(ctx, tx, fmt.Sprint(i))
			}))
		}
	})
	for _, end := range ends {
		require.NoError(t, <-end)
	}
	for name, count := range visible {
		require.Zero(t, count, "%s saw what was not committed", name)
	}
	require.Len(t, names(t, t.Context(), s), 10)
}

// TestAnInterruptedStatementHarmsNoOtherFunction: SQLite gives up the whole
// transaction then, and what was done in it is done again.
func TestAnInterruptedStatementHarmsNoOtherFunction(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	ran := 0
	var person <-chan error
	job := make(chan error, 1)
	held(t, s, func() {
		person = waits(t, s, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			ran++
			return put(ctx, tx, "person")
		})
		before := store.Queued(s)
		go func() {
			job <- s.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
				time.AfterFunc(50*time.Millisecond, cancel) // in the middle of the statement
				_, err := tx.Exec(ctx, `insert into sys_setting (name, value)
					with recursive n(i) as (select 1 union all select i + 1 from n limit 1000000000) select 'job' || i, '1' from n`)
				return err
			})
		}()
		for store.Queued(s) == before {
			runtime.Gosched()
		}
	})
	require.Error(t, <-job)
	require.NoError(t, <-person)
	require.NoError(t, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error { return put(ctx, tx, "late") }))
	require.Equal(t, []string{"person", "late"}, names(t, t.Context(), s))
	require.LessOrEqual(t, ran, 2)
}

// TestAFullDiskRefusesWritesAndLosesNone limits the file as a full disk would.
func TestAFullDiskRefusesWritesAndLosesNone(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	limit := func(pages int) {
		require.NoError(t, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			var set int
			return tx.QueryRow(ctx, fmt.Sprint("pragma max_page_count = ", pages)).Scan(&set)
		}))
	}
	limit(1) // as small as it is
	var small, large []<-chan error
	held(t, s, func() {
		for i := range 4 {
			small = append(small, waits(t, s, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				return put(ctx, tx, fmt.Sprint("small", i))
			}))
			large = append(large, waits(t, s, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `insert into sys_setting (name, value) values (?, hex(zeroblob(100000)))`, fmt.Sprint("large", i))
				return err
			}))
		}
	})
	for i := range small {
		require.NoError(t, <-small[i])
		require.ErrorIs(t, <-large[i], store.ErrFull)
	}
	require.Equal(t, []string{"small0", "small1", "small2", "small3"}, names(t, t.Context(), s))
	limit(1 << 20)
	require.NoError(t, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error { return put(ctx, tx, "room again") }))
}
