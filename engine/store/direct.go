package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// direct gives each write its own transaction on a connection of the pool, and
// tries again when transactions got in each other's way.
type direct struct{ store *Store }

// How often a write is tried, and how long an exclusive one at most.
const (
	tries          = 6
	exclusiveTries = 12
	firstPause     = 4 * time.Millisecond
	exclusivePause = 100 * time.Millisecond
)

func (w *direct) close() {}

func (w *direct) write(ctx context.Context, r request) error {
	limit, pause := tries, firstPause
	if r.exclusive {
		limit, pause = exclusiveTries, exclusivePause
	}
	for try, stale := 1, 0; ; try++ {
		tx, err := w.once(ctx, r)
		for ; again(err, tx) && stale < mostStale; stale++ {
			tx, err = w.once(ctx, r)
		}
		waits := errors.Is(err, ErrConflict) || errors.Is(err, ErrBusy) && (r.exclusive || !tx.entered)
		if !waits || try == limit {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, time.Second)
	}
}

// again says whether another connection may help at once. One that was lost
// after the commit was sent may have been lost in it.
func again(err error, tx *Tx) bool {
	return errors.Is(err, errStale) && (!tx.ending || !errors.Is(err, ErrUnavailable))
}

// sleep waits between half of the pause and all of it, so that two that met do
// not meet again.
func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause/2 + rand.N(pause/2)) //nolint:gosec // a pause is no secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// once tries once, and says with its Tx how far it came. What opens the
// transaction goes with the first statement, or with the only ones there are.
func (w *direct) once(ctx context.Context, r request) (*Tx, error) {
	s := w.store
	tx := s.begin(ctx, nil, r.lane)
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return tx, s.translate(err)
	}
	done := false
	defer func() {
		_ = tx.sent()                                   // what runs beside the function ends before its transaction
		if !done && (tx.entered || tx.failure != nil) { // also when the function ends its goroutine
			w.abandon(ctx, conn)
		}
		_ = conn.Close() // gives it back to the pool
	}()
	tx.conn, tx.queued = conn, s.dialect.Begin(r.lane, r.exclusive)
	if r.exclusive {
		err = tx.flush(ctx, false) // it waits for the others before it looks at anything
	}
	if err == nil {
		err = tx.call(ctx, r.fn)
	}
	if err == nil {
		err = tx.finish(ctx, true)
	}
	failure := tx.failure
	_ = tx.sent()
	tx.conn = nil
	switch {
	case err != nil && failure != nil && !errors.Is(err, failure): // it only follows from it
		return tx, failure
	case err != nil:
		return tx, err
	}
	done = true
	tx.committed()
	return tx, nil
}

// abandon rolls back; a connection that cannot even do that is thrown away by
// the pool, because it is still in its transaction.
func (w *direct) abandon(ctx context.Context, conn *sql.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "rollback"); err != nil {
		w.store.config.Log.Debug("rolling back", "error", fmt.Sprint(err))
	}
}
