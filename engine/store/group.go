package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trellis-crm/trellis/engine/clock"
)

// group is the writer of a database that takes one at a time. One goroutine
// runs the waiting functions in one transaction, each in a savepoint, commits
// once for all of them, and then answers: one wait for the disk serves many.
type group struct {
	store *Store
	conn  *sql.Conn
	ended chan struct{}
	self  atomic.Uint64 // the writing goroutine

	mu     sync.Mutex
	more   sync.Cond
	lanes  [2][]*waiting // by Lane
	closed bool
	lasts  time.Duration // how long a group lasts at most

	// The rest belongs to the writing goroutine.
	open    bool       // a transaction is open
	running *waiting   // the function that runs now
	kept    []*waiting // functions that are done in it
	mark    *Mark      // as read in it
	passed  int        // groups in a row that left the bulk lane waiting
	broken  error      // why no write is taken any more
}

// A group ends with this many functions, or after this time, because those who
// are done wait for its commit. Jobs get their turn after this many groups.
const (
	groupSize   = 64
	groupTime   = 20 * time.Millisecond
	groupPasses = 3
)

// waiting is a request in the queue. Whoever moves its state from queued
// decides: the writer runs it, or the caller withdraws it.
type waiting struct {
	request
	ctx   context.Context //nolint:containedctx // it travels with its function to the writing goroutine
	state atomic.Bool     // taken or withdrawn
	tx    *Tx
	done  chan error
}

func newGroup(ctx context.Context, s *Store) (*group, error) {
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return nil, s.translate(err)
	}
	g := &group{store: s, conn: conn, ended: make(chan struct{}), lasts: groupTime}
	g.more.L = &g.mu
	go g.run()
	return g, nil
}

// A function that waits this long looks whether it waits for itself.
const suspicious = 200 * time.Millisecond

func (g *group) write(ctx context.Context, r request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &waiting{request: r, ctx: ctx, done: make(chan error, 1)}
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return ErrClosed
	}
	g.lanes[r.lane] = append(g.lanes[r.lane], w)
	g.mu.Unlock()
	g.more.Signal()
	err := g.await(ctx, w)
	if err == nil {
		w.tx.committed()
	}
	return err
}

func (g *group) await(ctx context.Context, w *waiting) error {
	timer := time.NewTimer(suspicious)
	defer timer.Stop()
	for {
		select {
		case err := <-w.done:
			return err
		case <-ctx.Done():
			if w.state.CompareAndSwap(false, true) {
				return ctx.Err()
			}
			return <-w.done
		case <-timer.C:
			if goroutine() == g.self.Load() && w.state.CompareAndSwap(false, true) {
				return ErrNested
			}
		}
	}
}

// goroutine is the number of the running goroutine. A write inside another may
// be given the outer context, and then only this tells that it waits for
// itself; it is asked for only after a long wait.
func goroutine() uint64 {
	var buffer [64]byte
	text := string(buffer[:runtime.Stack(buffer[:], false)])
	number, _, _ := strings.Cut(strings.TrimPrefix(text, "goroutine "), " ")
	id, _ := strconv.ParseUint(number, 10, 64)
	return id
}

func (g *group) close() {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return
	}
	g.closed = true
	left := slices.Concat(g.lanes[Interactive], g.lanes[Bulk])
	g.lanes = [2][]*waiting{}
	g.mu.Unlock()
	g.more.Signal()
	for _, w := range left {
		if w.state.CompareAndSwap(false, true) {
			w.done <- ErrClosed
		}
	}
	<-g.ended
}

// run is the writing goroutine.
func (g *group) run() {
	g.self.Store(goroutine())
	finished := false
	defer func() {
		if !finished { // a function ended the goroutine, as a failing test does
			g.fail(errors.New("a function ended the writing goroutine"))
			go g.run()
			return
		}
		_ = g.conn.Close() // everything is committed
		close(g.ended)
	}()
	for g.wait() {
		g.runGroup()
	}
	finished = true
}

// wait waits for work; it is false when the store is closed.
func (g *group) wait() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.closed && len(g.lanes[Interactive]) == 0 && len(g.lanes[Bulk]) == 0 {
		g.more.Wait()
	}
	return !g.closed
}

func (g *group) runGroup() {
	g.mark = nil
	begun := clock.Machine()
	for range groupSize {
		w := g.next()
		if w == nil {
			break
		}
		g.runOne(w)
		if w.exclusive || w.lane == Bulk || g.over(begun) {
			break
		}
	}
	g.commit()
}

// awaited says that somebody waits for the running function: to begin, or for the
// commit.
func (g *group) awaited() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.lanes[Interactive]) > 0 || len(g.kept) > 0
}

// over says that the group that has begun then lasts long enough.
func (g *group) over(begun time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return clock.Machine().Sub(begun) >= g.lasts
}

// next takes the next function of the group: people first, then one job. A
// function that must be alone ends the group before it.
func (g *group) next() *waiting {
	g.mu.Lock()
	defer g.mu.Unlock()
	lane := Interactive
	if len(g.lanes[Interactive]) == 0 || g.passed >= groupPasses && len(g.lanes[Bulk]) > 0 {
		lane = Bulk
	}
	for len(g.lanes[lane]) > 0 {
		w := g.lanes[lane][0]
		if w.exclusive && len(g.kept) > 0 {
			return nil
		}
		g.lanes[lane][0] = nil
		g.lanes[lane] = g.lanes[lane][1:]
		if !w.state.CompareAndSwap(false, true) {
			continue // its caller has gone
		}
		switch {
		case lane == Bulk:
			g.passed = 0
		case len(g.kept) == 0 && len(g.lanes[Bulk]) > 0:
			g.passed++
		}
		return w
	}
	return nil
}

// runOne runs one function and keeps or undoes what it did.
func (g *group) runOne(w *waiting) {
	if g.broken != nil {
		w.done <- g.broken
		return
	}
	if err := g.attempt(w); err != nil {
		w.done <- err
		return
	}
	g.kept = append(g.kept, w)
}

// attempt runs the function. The first of a transaction needs no savepoint:
// when it fails, the transaction has nothing else to keep.
func (g *group) attempt(w *waiting) (err error) {
	ctx := context.WithoutCancel(w.ctx)
	if !g.open {
		if err := g.store.dialect.Run(ctx, g.conn, g.store.dialect.Begin(w.lane, w.exclusive), false); err != nil {
			return g.store.translate(err)
		}
		g.open = true
	}
	first := len(g.kept) == 0
	if !first {
		if err := g.exec(ctx, "savepoint one"); err != nil {
			return err
		}
	}
	w.tx = g.store.begin(w.ctx, g.conn, w.lane)
	w.tx.group = g
	g.running = w
	err = w.tx.call(w.ctx, w.fn)
	g.running = nil
	if err == nil {
		err = w.tx.finish(ctx, false)
	}
	_ = w.tx.sent()
	w.tx.conn = nil
	switch {
	case err == nil && first:
		return nil
	case err == nil:
		if err = g.exec(ctx, "release one"); err != nil {
			g.repeat(ctx)
		}
		return err
	case first:
		g.rollback(ctx)
		return err
	}
	if undo := errors.Join(g.exec(ctx, "rollback to one"), g.exec(ctx, "release one")); undo != nil {
		g.repeat(ctx)
	}
	return err
}

// repeat begins again with the functions that were done, because the database
// gave up the whole transaction, as it does when the disk is full or a
// statement was interrupted.
func (g *group) repeat(ctx context.Context) {
	again := g.kept
	g.kept = nil
	g.rollback(ctx)
	for _, w := range again {
		g.runOne(w)
	}
}

func (g *group) rollback(ctx context.Context) {
	_ = g.exec(ctx, "rollback") // fails when the database has already done it
	g.open = false
	g.mark = nil
}

// commit makes the group durable and answers everyone in it.
func (g *group) commit() {
	if !g.open {
		return
	}
	err := g.exec(context.Background(), "commit")
	if err != nil {
		g.rollback(context.Background())
		if errors.Is(err, ErrDisk) {
			// What the disk holds is unknown until the log is read anew, so a
			// later success would prove nothing.
			err = fmt.Errorf("%w: %w", ErrStopped, err)
			g.broken = err
			g.store.config.Log.Error("no more writes are taken", "error", err)
		}
	}
	g.open = false
	for i, w := range g.kept {
		w.done <- err
		g.kept[i] = nil
	}
	g.kept = g.kept[:0]
}

// fail answers everyone in the running group with err.
func (g *group) fail(err error) {
	if g.running != nil {
		_ = g.running.tx.sent()
	}
	g.rollback(context.Background())
	for _, w := range append(g.kept, g.running) {
		if w != nil {
			w.done <- err
		}
	}
	g.kept, g.running = nil, nil
}

func (g *group) exec(ctx context.Context, statement string) error {
	_, err := g.conn.ExecContext(ctx, statement)
	return g.store.translate(err)
}

// readMark reads the mark once in a group: nobody else can change it before the
// commit, who changes the catalog is alone, and who raises the standing says
// so.
func (g *group) readMark(ctx context.Context, tx *Tx) (Mark, error) {
	if g.mark == nil {
		var mark Mark
		if err := tx.QueryRow(ctx, markQuery).Scan(&mark.Revision, &mark.Standing); err != nil {
			return Mark{}, fmt.Errorf("reading the mark: %w", err)
		}
		g.mark = &mark
	}
	return *g.mark, nil
}
