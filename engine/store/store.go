// Package store keeps rows: it opens SQLite or PostgreSQL, migrates the
// system's own tables, and gives reads, and the one way to write. What differs
// between databases is behind Dialect (packages sqlite and postgres); what a
// record is, is known only above, and rows of objects are written only through
// store/row. Start with Open, Store.Query and Store.Write; ddl.go has tables
// and their changes.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"github.com/trellis-crm/trellis/engine/clock"
)

// Config says which database to open.
type Config struct {
	// Directory holds the SQLite database; it is made when missing.
	Directory string
	// URL names a PostgreSQL database (postgres://…); empty means SQLite.
	URL string
	// ReadConnections, BulkConnections and WriteConnections bound the pools of
	// interactive reads, of reads in the bulk lane, and of writes; zero means
	// the dialect's default. SQLite has always one connection that writes.
	ReadConnections, BulkConnections, WriteConnections int
	// ReadTime and BulkTime end reads that take longer, by their lane; zero is
	// 5 seconds and a minute.
	ReadTime, BulkTime time.Duration
	// Clock is the product's; nil means the machine's.
	Clock clock.Clock
	// Log takes warnings about the database; nil means none are written.
	Log *slog.Logger
}

// Lane says who waits: a person, or a job.
type Lane uint8

// The lanes. Interactive goes first, and its statements end after 5 seconds;
// Bulk may take 60.
const (
	Interactive Lane = iota
	Bulk
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect  Dialect
	config   Config
	reads    *sql.DB
	bulk     *sql.DB
	writes   *sql.DB
	writer   writer
	orm      *gorm.DB
	sameText bool // the dialect's placeholders are ours
	rebound  texts
	counts   counts
	notifier *notifier
	standing atomic.Int64 // how often this process has raised the standing of people
}

// Open opens the database that config names with the first dialect that serves
// it, creates or migrates the system's tables, and refuses a schema newer than
// this program with ErrNewerSchema.
func Open(ctx context.Context, config Config, dialects ...Dialect) (*Store, error) {
	dialect, err := choose(config, dialects)
	if err != nil {
		return nil, err
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Clock == nil {
		config.Clock = &clock.Movable{}
	}
	if err := migrate(ctx, dialect, config); err != nil {
		return nil, fmt.Errorf("migrating the %s database: %w", dialect.Name(), err)
	}
	s := &Store{dialect: dialect, config: config, sameText: dialect.Rebind("?") == "?"}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the %s database: %w", dialect.Name(), err), s.Close())
	}
	return s, nil
}

func choose(config Config, dialects []Dialect) (Dialect, error) {
	for _, d := range dialects {
		if d.Serves(config.URL) {
			return d, nil
		}
	}
	return nil, errors.New("no database can be opened by this URL; use postgres://… or none for SQLite")
}

// connect opens the pools and starts the writer.
func (s *Store) connect(ctx context.Context) (err error) {
	for _, pool := range []struct {
		use Use
		db  **sql.DB
	}{{ReadUse, &s.reads}, {BulkUse, &s.bulk}, {WriteUse, &s.writes}} {
		if *pool.db, err = s.dialect.Connect(ctx, s.config, pool.use); err != nil {
			return err
		}
	}
	if s.orm, err = openORM(s.dialect, s.reads); err != nil {
		return err
	}
	s.notifier = newNotifier(s)
	if s.dialect.SingleWriter() {
		s.writer, err = newGroup(ctx, s)
	} else {
		s.writer = &direct{store: s}
	}
	return err
}

// Close ends waiting writes with ErrClosed, lets the running ones finish, and
// closes every connection.
func (s *Store) Close() error {
	if s.writer != nil {
		s.writer.close()
	}
	if s.notifier != nil {
		s.notifier.close()
	}
	var errs []error
	for _, db := range []*sql.DB{s.reads, s.bulk, s.writes} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.translate(s.reads.PingContext(ctx))
}

// Clock is the product's clock.
func (s *Store) Clock() clock.Clock { return s.config.Clock }

// Dialect is how this database is spoken to.
func (s *Store) Dialect() Dialect { return s.dialect }

func (s *Store) translate(err error) error {
	if err == nil {
		return nil
	}
	return s.dialect.Translate(err)
}

// Upkeep looks for damage where the database does not do so by itself, and
// keeps the planner's statistics fresh. It is for once a day.
func (s *Store) Upkeep(ctx context.Context) error {
	return s.maintain(ctx, func(db *sql.DB) error {
		if err := s.dialect.Check(ctx, db); err != nil {
			return err
		}
		return s.dialect.Analyze(ctx, db)
	})
}

// Analyze refreshes the planner's statistics, for after much was written.
func (s *Store) Analyze(ctx context.Context) error {
	return s.maintain(ctx, func(db *sql.DB) error { return s.dialect.Analyze(ctx, db) })
}

func (s *Store) maintain(ctx context.Context, work func(db *sql.DB) error) (err error) {
	db, err := s.dialect.Connect(ctx, s.config, MaintainUse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return s.translate(work(db))
}

// LockServe makes this process the one server of a SQLite directory, until the
// lock is closed or the process ends; ErrServed when there is one already. The
// command line may open the same directory without it.
func (s *Store) LockServe() (io.Closer, error) { return s.dialect.LockServe(s.config) }
