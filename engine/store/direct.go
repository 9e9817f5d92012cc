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
		begun, err := w.once(ctx, r)
		for ; again(err, begun) && stale < mostStale; stale++ {
			begun, err = w.once(ctx, r)
		}
		waits := errors.Is(err, ErrConflict) || errors.Is(err, ErrBusy) && (r.exclusive || !begun)
		if !waits || try == limit {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, time.Second)
	}
}

// again says whether another connection may help at once. A connection that
// was lost after the function began may have been lost in the commit.
func again(err error, begun bool) bool {
	return errors.Is(err, errStale) && (!begun || !errors.Is(err, ErrUnavailable))
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

// once tries once; begun says whether the function was run.
func (w *direct) once(ctx context.Context, r request) (begun bool, err error) {
	s := w.store
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return false, s.translate(err)
	}
	open := true
	defer func() {
		if open { // also when the function ends its goroutine
			w.abandon(ctx, conn)
		}
		_ = conn.Close() // gives it back to the pool
	}()
	mark, err := s.dialect.Begin(ctx, conn, r.lane, r.exclusive)
	if err != nil {
		return false, s.translate(err)
	}
	tx := s.begin(conn, r.lane)
	tx.mark = mark
	if err := tx.call(ctx, r.fn); err != nil {
		tx.conn = nil
		return true, err
	}
	err = tx.finish(ctx, true)
	tx.conn = nil
	if err != nil {
		return true, err
	}
	open = false
	tx.committed()
	return true, nil
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
