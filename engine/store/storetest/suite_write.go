package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
)

const clients = 16

var errUndone = errors.New("undone")

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (b *bundle) failuresAreAlone() {
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			for n := range 20 {
				fails := (client+n)%3 == 0
				err := b.write(func(ctx context.Context, tx *store.Tx) error {
					if err := add(ctx, tx, newID(), fmt.Sprint(client, n, fails)); err != nil || !fails {
						return err
					}
					return errUndone
				})
				if fails != errors.Is(err, errUndone) || !fails && err != nil {
					b.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
	require.Equal(b, 0, b.count("name like '%true'"))
	kept := 0
	for client := range clients {
		for n := range 20 {
			if (client+n)%3 != 0 {
				kept++
			}
		}
	}
	require.Equal(b, kept, b.count("name like '%false'"))
}

func (b *bundle) panicsAreErrors() {
	err := b.write(func(ctx context.Context, tx *store.Tx) error {
		require.NoError(b, add(ctx, tx, newID(), "a"))
		panic("oh")
	})
	var panicked *store.Panic
	require.ErrorAs(b, err, &panicked)
	require.Equal(b, "oh", panicked.Value)
	require.Zero(b, b.count("true"))
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error { return add(ctx, tx, newID(), "b") }))
}

func (b *bundle) goexitIsAlone() {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = b.write(func(ctx context.Context, tx *store.Tx) error {
			if err := add(ctx, tx, newID(), "a"); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-ended
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error { return add(ctx, tx, newID(), "b") }))
	require.Equal(b, 1, b.count("true"))
}

func (b *bundle) nestedIsRefused() {
	nothing := func(context.Context, *store.Tx) error { return nil }
	require.NoError(b, b.write(func(ctx context.Context, _ *store.Tx) error {
		require.ErrorIs(b, b.s.Write(ctx, store.Interactive, nothing), store.ErrNested)
		require.ErrorIs(b, b.s.WriteExclusive(ctx, nothing), store.ErrNested)
		return nil
	}))
	if !b.s.Dialect().SingleWriter() {
		return // with the outer context it is another transaction, which waits for nobody
	}
	require.NoError(b, b.write(func(context.Context, *store.Tx) error {
		require.ErrorIs(b, b.s.Write(b.ctx, store.Interactive, nothing), store.ErrNested)
		return nil
	}))
}

func (b *bundle) canceledIsNotRun() {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	ran := false
	run := func(context.Context, *store.Tx) error {
		ran = true
		return nil
	}
	require.ErrorIs(b, b.s.Write(ctx, store.Interactive, run), context.Canceled)
	if b.s.Dialect().SingleWriter() {
		ctx, cancel := context.WithCancel(b.ctx)
		require.NoError(b, b.write(func(context.Context, *store.Tx) error {
			waiting := make(chan error, 1)
			go func() { waiting <- b.s.Write(ctx, store.Interactive, run) }()
			cancel()
			require.ErrorIs(b, <-waiting, context.Canceled)
			return nil
		}))
		cancel()
	}
	require.NoError(b, b.write(func(context.Context, *store.Tx) error { return nil }))
	require.False(b, ran)
}

func (b *bundle) overIsOver() {
	var leaked *store.Tx
	require.NoError(b, b.write(func(_ context.Context, tx *store.Tx) error {
		leaked = tx
		return nil
	}))
	_, err := leaked.Exec(b.ctx, `delete from parent`)
	require.ErrorIs(b, err, store.ErrOver)
	_, err = leaked.Query(b.ctx, `select 1`)
	require.ErrorIs(b, err, store.ErrOver)
}

func (b *bundle) afterCommit() {
	seen := -1
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		tx.OnCommit(func() { seen = b.count("true") })
		return add(ctx, tx, newID(), "a")
	}))
	require.Equal(b, 1, seen)
	require.ErrorIs(b, b.write(func(_ context.Context, tx *store.Tx) error {
		tx.OnCommit(func() { seen = 99 })
		return errUndone
	}), errUndone)
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		err := tx.Try(ctx, func(context.Context) error {
			tx.OnCommit(func() { seen = 99 })
			return errUndone
		})
		require.ErrorIs(b, err, errUndone)
		return nil
	}))
	require.Equal(b, 1, seen)
}

func (b *bundle) queuedInOrder() {
	id := newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(`insert into parent (id, name, count) values (?, ?, ?)`, id, "what?", int64(1))
		tx.Queue(`update parent set count = count * 10 + 2 where id = ?`, id)
		if _, err := tx.Exec(ctx, `update parent set count = count * 10 + 3 where id = ?`, id); err != nil {
			return err
		}
		tx.Queue(`update parent set count = count * 10 + 4 where id = ?`, id)
		return nil
	}))
	require.Equal(b, 1, b.count("id = ? and name = 'what?' and count = 1234", id))
	err := b.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(`insert into parent (id, name) values (?, ?)`, newID(), "b")
		tx.Queue(`insert into parent (id, name) values (?, ?)`, id, "c")
		return nil
	})
	require.NotNil(b, store.AsViolation(err, store.UniqueViolation), "%v", err)
	require.Equal(b, 1, b.count("true"))
}

func (b *bundle) partsAreUndone() {
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		require.NoError(b, add(ctx, tx, newID(), "a"))
		err := tx.Try(ctx, func(ctx context.Context) error {
			require.NoError(b, add(ctx, tx, newID(), "b"))
			tx.Queue(`insert into parent (id, name) values (?, ?)`, newID(), "c")
			return errUndone
		})
		require.ErrorIs(b, err, errUndone)
		err = tx.Try(ctx, func(ctx context.Context) error { return add(ctx, tx, newID(), "a") })
		require.NotNil(b, store.AsViolation(err, store.UniqueViolation))
		err = tx.Try(ctx, func(context.Context) error {
			tx.Queue(`insert into parent (id, name) values (?, ?)`, newID(), "a")
			return nil
		})
		require.NotNil(b, store.AsViolation(err, store.UniqueViolation))
		return tx.Try(ctx, func(ctx context.Context) error {
			return tx.Try(ctx, func(ctx context.Context) error { return add(ctx, tx, newID(), "d") })
		})
	}))
	require.Equal(b, 2, b.count("name in ('a', 'd')"))
	require.Equal(b, 2, b.count("true"))
}

func (b *bundle) violations() {
	id := newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error { return add(ctx, tx, id, "a") }))
	fails := func(query string, args ...any) error {
		return b.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		})
	}
	unique := store.AsViolation(fails(`insert into parent (id, name) values (?, ?)`, newID(), "a"), store.UniqueViolation)
	require.NotNil(b, unique)
	require.Equal(b, "parent", unique.Table)
	require.Equal(b, store.IndexName("parent", []string{"name"}, true), unique.Name)
	require.NotNil(b, store.AsViolation(fails(`insert into parent (id, name) values (?, ?)`, id, "b"), store.UniqueViolation))
	require.NotNil(b, store.AsViolation(fails(`insert into child (id, parent) values (?, ?)`, newID(), newID()), store.ReferenceViolation))
	missing := store.AsViolation(fails(`insert into parent (id) values (?)`, newID()), store.NotNullViolation)
	require.NotNil(b, missing)
	require.Equal(b, []string{"name"}, missing.Columns)
	require.NoError(b, fails(`update parent set deleted_at = ? where id = ?`, "2026-11-21T08:00:00.000Z", id))
	require.NoError(b, fails(`insert into parent (id, name) values (?, ?)`, newID(), "a"), "the other is deleted")
}

func (b *bundle) increments() {
	id := newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error { return add(ctx, tx, id, "a") }))
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range 10 {
				err := b.write(func(ctx context.Context, tx *store.Tx) error {
					var count int64
					if err := tx.QueryRow(ctx, `select count from parent where id = ?`+tx.Dialect().ForUpdate(), id).Scan(&count); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `update parent set count = ? where id = ?`, count+1, id)
					return err
				})
				if err != nil {
					b.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
	require.Equal(b, 1, b.count("count = ?", int64(10*clients)))
}

// revisionFence has writers note the revision they saw, while it changes. When
// it changes, all that saw the old one have committed, and none comes after.
func (b *bundle) revisionFence() {
	var stop atomic.Bool
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for !stop.Load() {
				var revision int64
				err := b.write(func(ctx context.Context, tx *store.Tx) error {
					if err := tx.QueryRow(ctx, store.RevisionQuery).Scan(&revision); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `insert into parent (id, name, count) values (?, ?, ?)`, newID(), newID(), revision)
					return err
				})
				if err != nil {
					b.Errorf("%v", err)
				}
			}
		})
	}
	counted := map[int64]int{}
	for revision := range int64(10) {
		require.NoError(b, b.s.WriteExclusive(b.ctx, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(b, tx.Expect(ctx, store.Mark{Revision: revision}))
			var count int
			if err := tx.QueryRow(ctx, `select count(*) from parent where count = ?`, revision).Scan(&count); err != nil {
				return err
			}
			counted[revision] = count
			_, err := tx.Exec(ctx, `update sys_catalog set revision = ?`, revision+1)
			return err
		}))
		time.Sleep(5 * time.Millisecond) // lets the writers write; nothing is expected of it
	}
	stop.Store(true)
	all.Wait()
	for revision, count := range counted {
		require.Equal(b, count, b.count("count = ?", revision), "revision %d", revision)
	}
}

// expectations has writes expect what holds and what does not, where they ask
// for something and where they only add, and where they pass over the error.
func (b *bundle) expectations() {
	only := func(context.Context, *store.Tx) error { return nil }
	asking := func(ctx context.Context, tx *store.Tx) error {
		var one int
		return tx.QueryRow(ctx, `select 1`).Scan(&one)
	}
	careless := func(ctx context.Context, tx *store.Tx) error {
		_ = asking(ctx, tx)
		return nil
	}
	for _, part := range []func(context.Context, *store.Tx) error{only, asking, careless} {
		write := func(mark store.Mark) error {
			return b.write(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.Expect(ctx, mark); err != nil {
					return err
				}
				tx.Queue(`insert into parent (id, name) values (?, ?)`, newID(), newID())
				return part(ctx, tx)
			})
		}
		require.ErrorIs(b, write(store.Mark{Revision: 7, Standing: 1}), store.ErrRevision)
		require.ErrorIs(b, write(store.Mark{Standing: 2}), store.ErrStanding)
		require.Zero(b, b.count("true"))
		require.NoError(b, write(store.Mark{Standing: 1}))
		require.NoError(b, write(store.Mark{}))
		require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `delete from parent`)
			return err
		}))
	}
}

func (b *bundle) closedRefuses() {
	require.NoError(b, b.s.Close())
	err := b.write(func(context.Context, *store.Tx) error { return nil })
	require.Error(b, err)
	require.NoError(b, b.s.Close())
}
