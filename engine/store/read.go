package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
)

// Reader reads: a Store outside of transactions, a Tx inside one, or the
// snapshot of Read. Placeholders are "?" on every database.
type Reader interface {
	// Query runs a statement that gives rows; the caller closes them.
	Query(ctx context.Context, sql string, args ...any) (*sql.Rows, error)
	// QueryRow runs a statement that gives at most one row.
	QueryRow(ctx context.Context, sql string, args ...any) Row
}

var (
	_ Reader = (*Store)(nil)
	_ Reader = (*Tx)(nil)
	_ Reader = (*snapshot)(nil)
)

type laneKey struct{}

// InLane gives a context whose reads go to the pool of lane.
func InLane(ctx context.Context, lane Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, lane)
}

func laneOf(ctx context.Context) Lane {
	lane, _ := ctx.Value(laneKey{}).(Lane)
	return lane
}

func (s *Store) pool(ctx context.Context) *sql.DB {
	if laneOf(ctx) == Bulk {
		return s.bulk
	}
	return s.reads
}

// Query reads outside of transactions; it sees what was committed before, and
// cannot write. Statements are prepared once per connection.
func (s *Store) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query = s.Rebind(query)
	pool := s.pool(ctx)
	ctx, err := s.unwatched(ctx, laneOf(ctx))
	if err != nil {
		return nil, err
	}
	for stale := 0; ; stale++ {
		rows, err := pool.QueryContext(ctx, query, args...)
		if err == nil {
			return rows, nil
		}
		if err = s.translate(err); !errors.Is(err, errStale) || stale == mostStale {
			return nil, err
		}
	}
}

// unwatched gives a context that nobody need watch while a statement of the
// lane runs: to watch one costs a goroutine for each statement. Interactive
// ones end by themselves after a few seconds; one of the bulk lane can be
// interrupted.
func (s *Store) unwatched(ctx context.Context, lane Lane) (context.Context, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if lane == Interactive && s.dialect.SingleWriter() {
		return context.WithoutCancel(ctx), nil
	}
	return ctx, nil
}

// A statement is stale once on each connection of a pool at most.
const mostStale = 64

// QueryRow reads one row outside of transactions.
func (s *Store) QueryRow(ctx context.Context, query string, args ...any) Row {
	rows, err := s.Query(ctx, query, args...)
	return Row{rows: rows, err: err, dialect: s.dialect}
}

// Read runs fn over one snapshot: all its reads see the same moment. It cannot
// write, and may run again when a table changed meanwhile.
func (s *Store) Read(ctx context.Context, fn func(Reader) error) error {
	for stale := 0; ; stale++ {
		if err := s.readOnce(ctx, fn); !errors.Is(err, errStale) || stale == mostStale {
			return err
		}
	}
}

func (s *Store) readOnce(ctx context.Context, fn func(Reader) error) error {
	tx, err := s.pool(ctx).BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSnapshot, ReadOnly: true})
	if err != nil {
		return s.translate(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written; a failed end loses nothing
	return fn(&snapshot{store: s, tx: tx})
}

type snapshot struct {
	store *Store
	tx    *sql.Tx
}

// Query reads in the snapshot.
func (r *snapshot) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := r.tx.QueryContext(ctx, r.store.Rebind(query), args...)
	return rows, r.store.translate(err)
}

// QueryRow reads one row in the snapshot.
func (r *snapshot) QueryRow(ctx context.Context, query string, args ...any) Row {
	rows, err := r.Query(ctx, query, args...)
	return Row{rows: rows, err: err, dialect: r.store.dialect}
}

// Row is the answer of QueryRow.
type Row struct {
	rows    *sql.Rows
	err     error
	dialect Dialect
}

// Scan copies the row's columns, or answers ErrNotFound. It may be called
// once.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer func() { _ = r.rows.Close() }() // what it could say, Err below has said
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.dialect.Translate(err)
		}
		return ErrNotFound
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return nil
}

// texts remembers statements in the dialect's own words.
type texts struct {
	known atomic.Pointer[sync.Map]
	count atomic.Int64
}

// The memory is emptied when it holds this many statements, because filters
// that people write make ever new ones.
const textsKept = 4096

// Rebind gives a statement with "?" placeholders in the dialect's words.
func (s *Store) Rebind(query string) string {
	if s.sameText {
		return query
	}
	known := s.rebound.known.Load()
	if known != nil {
		if text, ok := known.Load(query); ok {
			return text.(string) //nolint:errcheck // only strings are stored
		}
	}
	text := s.dialect.Rebind(query)
	if known == nil || s.rebound.count.Add(1) > textsKept {
		known = new(sync.Map)
		s.rebound.known.Store(known)
		s.rebound.count.Store(0)
	}
	known.Store(query, text)
	return text
}
