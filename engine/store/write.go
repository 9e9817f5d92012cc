package store

import (
	"context"
	"database/sql"
	"errors"
	"runtime/debug"
	"slices"
	"time"
)

// writer runs functions in transactions: direct where the database takes many
// writers, group where it takes one.
type writer interface {
	write(ctx context.Context, job request) error
	close()
}

// request is a function that waits for its transaction.
type request struct {
	lane      Lane
	exclusive bool
	fn        func(ctx context.Context, tx *Tx) error
}

// RevisionQuery reads the catalog's revision.
const RevisionQuery = "select revision from sys_catalog"

// Mark is what a write relies on: the catalog's revision, which cannot change
// before it ends, and the standing of people as it began, or 0 when that does
// not matter.
type Mark struct{ Revision, Standing int64 }

const markQuery = "select revision, standing from sys_catalog"

type txKey struct{}

// readOnlyKey is where a context says that nothing is written for it.
type readOnlyKey struct{}

// ReadOnly is a context in which every write ends with ErrReadOnly.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// refused is why no write may begin in a context.
func refused(ctx context.Context) error {
	switch {
	case ctx.Value(txKey{}) != nil:
		return ErrNested
	case ctx.Value(readOnlyKey{}) != nil:
		return ErrReadOnly
	default:
		return nil
	}
}

// Write runs fn in a transaction and returns when it is durable, or with fn's
// error when nothing of it was kept. It is the only way to write. The function
// may run twice, so it does nothing outside of tx but what tx.OnCommit takes;
// it does not call Write again (ErrNested). A panic in it is its error. When
// ctx ends before the function began, it is not run.
func (s *Store) Write(ctx context.Context, lane Lane, fn func(ctx context.Context, tx *Tx) error) error {
	if err := refused(ctx); err != nil {
		return err
	}
	return s.writer.write(ctx, request{lane: lane, fn: fn})
}

// errUnkept ends a transaction of which nothing is to stay.
var errUnkept = errors.New("nothing of it is kept")

// Look is Write of which nothing is kept, for what must be read as one while
// others write. Who only looks may have it.
func (s *Store) Look(ctx context.Context, lane Lane, fn func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(txKey{}) != nil {
		return ErrNested
	}
	err := s.writer.write(ctx, request{lane: lane, fn: func(ctx context.Context, tx *Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return errUnkept
	}})
	if errors.Is(err, errUnkept) {
		return nil
	}
	return err
}

// WriteExclusive is Write for changes of the catalog: no other Write runs
// beside it. It waits 2 seconds at most for the others and then tries again,
// so that it never holds up the house; ErrBusy when that was not enough.
func (s *Store) WriteExclusive(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if err := refused(ctx); err != nil {
		return err
	}
	return s.writer.write(ctx, request{lane: Interactive, exclusive: true, fn: fn})
}

// Tx is one running write. It is used only by its function, and not by several
// goroutines at once.
type Tx struct {
	store    *Store
	ctx      context.Context //nolint:containedctx // of what runs beside the function
	conn     *sql.Conn
	lane     Lane
	group    *group     // reads the mark; nil where a statement compares it
	failure  error      // of what was queued, which ended the transaction
	entered  bool       // the transaction is open
	sending  chan error // ends what runs beside the function; nil when nothing does
	ending   bool       // the commit was sent
	now      time.Time
	queued   []Statement
	last     []func(context.Context) error
	after    []func()
	told     []string // the channels that are notified after the commit
	gathered gathered
}

// Dialect is how the database is spoken to.
func (tx *Tx) Dialect() Dialect { return tx.store.dialect }

// Lane is the lane of the write.
func (tx *Tx) Lane() Lane { return tx.lane }

// Now is the product's time when the write began; it stands still in it.
func (tx *Tx) Now() time.Time { return tx.now }

// Expect ends the write with ErrRevision or ErrStanding when the mark does not
// hold: at the latest with the next statement, or instead of the commit.
func (tx *Tx) Expect(ctx context.Context, mark Mark) error {
	if tx.group == nil {
		tx.queued = append(tx.queued, tx.store.dialect.Expect(mark))
		return nil
	}
	now, err := tx.group.readMark(ctx, tx)
	switch {
	case err != nil:
		return err
	case now.Revision != mark.Revision:
		return ErrRevision
	case mark.Standing != 0 && now.Standing != mark.Standing:
		return ErrStanding
	default:
		return nil
	}
}

// Standing is the standing of people as far as this process has changed it;
// alone says that no other process does, so that nothing need be asked.
func (s *Store) Standing() (standing int64, alone bool) {
	return s.standing.Load(), s.dialect.SingleWriter()
}

// Unsettle raises the standing: whatever is remembered of people is read anew.
func (tx *Tx) Unsettle() {
	if tx.group != nil {
		tx.group.mark = nil
	}
	tx.Queue("update sys_catalog set standing = standing + 1")
	tx.OnCommit(func() { tx.store.standing.Add(1) })
}

// Hold makes other writes that hold the same name wait until this one ends, so
// that what it looks for and does not find, no other adds meanwhile.
func (tx *Tx) Hold(name string) {
	if hold := tx.store.dialect.Hold(); hold != "" {
		tx.queued = append(tx.queued, Statement{SQL: hold, Args: []any{name}})
	}
}

// Last has fn called when all else of the write was done, for what others would
// otherwise wait for too long; its error is the write's.
func (tx *Tx) Last(fn func(ctx context.Context) error) { tx.last = append(tx.last, fn) }

// Awaited tells whether somebody waits for this write to end, as one does where
// there is one writer.
func (tx *Tx) Awaited() bool { return tx.group != nil && tx.group.awaited() }

// OnCommit has fn called after the transaction was committed, before Write
// returns; not at all when it is not committed.
func (tx *Tx) OnCommit(fn func()) { tx.after = append(tx.after, fn) }

// Notify wakes the listeners of channel after the commit.
func (tx *Tx) Notify(channel string) {
	if slices.Contains(tx.told, channel) {
		return
	}
	tx.told = append(tx.told, channel)
	tx.OnCommit(func() { tx.store.Notify(channel) })
}

// Query runs a statement that gives rows; the caller closes them before the
// next statement.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.query(ctx, tx.store.Rebind(query), args)
}

// QueryRow runs a statement that gives at most one row.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	rows, err := tx.Query(ctx, query, args...)
	return Row{rows: rows, err: err, dialect: tx.store.dialect}
}

// Try runs a part of the write whose failure undoes only that part, with what
// it queued, gathered and left for the commit.
func (tx *Tx) Try(ctx context.Context, part func(ctx context.Context) error) error {
	if _, err := tx.exec(ctx, "savepoint part", nil); err != nil {
		return err
	}
	last, after := len(tx.last), len(tx.after)
	err := part(ctx)
	if err == nil {
		if _, err = tx.exec(ctx, "release part", nil); err == nil {
			return nil
		}
	}
	_ = tx.sent() // it belongs to the part
	tx.queued, tx.after, tx.told, tx.gathered, tx.failure = nil, tx.after[:after], nil, nil, nil
	tx.last = tx.last[:last]
	for _, undo := range []string{"rollback to part", "release part"} {
		if _, failed := tx.exec(ctx, undo, nil); failed != nil {
			return errors.Join(err, failed)
		}
	}
	return err
}

// Exec runs a statement and says how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := tx.exec(ctx, tx.store.Rebind(query), args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Queue runs a statement later: before the next one, or with the commit. A
// database across a network takes queued statements in one round trip.
func (tx *Tx) Queue(query string, args ...any) {
	tx.spread()
	tx.queued = append(tx.queued, Statement{SQL: tx.store.Rebind(query), Args: args})
}

// Flush runs what is queued and gathered, so that the database has judged it.
func (tx *Tx) Flush(ctx context.Context) error {
	tx.spread()
	_, err := tx.ready(ctx)
	return err
}

func (tx *Tx) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	tx.spreadFor(query)
	ctx, err := tx.ready(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.conn.QueryContext(ctx, query, args...)
	return rows, tx.store.translate(err)
}

func (tx *Tx) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	tx.spread()
	ctx, err := tx.ready(ctx)
	if err != nil {
		return nil, err
	}
	result, err := tx.conn.ExecContext(ctx, query, args...)
	return result, tx.store.translate(err)
}

// ready runs what is queued and gives the context for the next statement.
func (tx *Tx) ready(ctx context.Context) (context.Context, error) {
	switch {
	case tx.conn == nil:
		return nil, ErrOver
	case tx.sent() != nil:
		return nil, tx.failure
	}
	ctx, err := tx.store.unwatched(ctx, tx.lane)
	if err == nil && len(tx.queued) > 0 {
		err = tx.flush(ctx, false)
	}
	return ctx, err
}

// flush runs what is queued, and commits when asked.
func (tx *Tx) flush(ctx context.Context, commit bool) error {
	queued := tx.queued
	tx.queued = nil
	if len(queued) == 0 && !commit {
		return nil
	}
	tx.ending = tx.ending || commit
	if err := tx.store.dialect.Run(ctx, tx.conn, queued, commit); err != nil {
		tx.failure = tx.store.translate(err)
		return tx.failure
	}
	tx.entered = true
	return nil
}

// send has what is queued run while the function goes on with the next rows, so
// that a write of many keeps the database and this program busy at once. What
// needs the connection next waits for it.
func (tx *Tx) send() {
	if tx.conn == nil || tx.sent() != nil {
		return // the next statement says why
	}
	ctx, err := tx.store.unwatched(tx.ctx, tx.lane)
	if err != nil {
		return
	}
	conn, queued, sending := tx.conn, tx.queued, make(chan error, 1)
	tx.queued, tx.sending = nil, sending
	go func() { sending <- tx.store.dialect.Run(ctx, conn, queued, false) }()
}

// sent waits for what runs beside the function, and gives what has failed.
func (tx *Tx) sent() error {
	if tx.sending != nil {
		err := <-tx.sending
		tx.sending, tx.failure = nil, tx.store.translate(err)
		tx.entered = tx.entered || err == nil
	}
	return tx.failure
}

// finish runs all that waits, and commits when asked.
func (tx *Tx) finish(ctx context.Context, commit bool) error {
	if tx.sent() != nil {
		return tx.failure
	}
	tx.spread()
	return tx.flush(ctx, commit)
}

// begin gives a Tx for one run of the function.
func (s *Store) begin(ctx context.Context, conn *sql.Conn, lane Lane) *Tx {
	return &Tx{store: s, ctx: ctx, conn: conn, lane: lane, now: s.config.Clock.Now()}
}

// call runs fn on tx; a panic becomes its error.
func (tx *Tx) call(ctx context.Context, fn func(context.Context, *Tx) error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &Panic{Value: value, Stack: debug.Stack()}
		}
	}()
	ctx = context.WithValue(ctx, txKey{}, tx)
	if err := fn(ctx, tx); err != nil {
		return err
	}
	for _, last := range tx.last {
		if err := last(ctx); err != nil {
			return err
		}
	}
	return nil
}

// committed runs what waited for the commit.
func (tx *Tx) committed() {
	for _, fn := range tx.after {
		fn()
	}
}
