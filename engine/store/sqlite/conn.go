package sqlite

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"io"

	modernc "modernc.org/sqlite"
)

// connector opens connections that keep their prepared statements, so that a
// statement is compiled once per connection however it is run. database/sql
// gives a connection to one goroutine at a time, so none of this needs locks.
type connector struct {
	driver *modernc.Driver
	name   string
	kept   int       // statements a connection keeps
	dog    *watchdog // ends statements that take too long; may be nil
}

// inner is what the driver's connection can do.
type inner interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

// Connect opens a connection.
func (c *connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.driver.Open(c.name)
	if err != nil {
		return nil, err
	}
	made := &conn{inner: opened.(inner), kept: c.kept, known: map[string]*list.Element{}} //nolint:errcheck,forcetypeassert // fixed by the driver's version
	c.dog.guard(&made.watch, opened)
	return made, nil
}

// Close ends the pool.
func (c *connector) Close() error {
	c.dog.stop()
	return nil
}

// Driver is the driver beneath.
func (c *connector) Driver() driver.Driver { return c.driver }

// conn is a connection with its statements, most recently used first.
type conn struct {
	inner
	kept   int
	watch  watch
	known  map[string]*list.Element
	recent list.List
}

var (
	_ driver.QueryerContext = (*conn)(nil)
	_ driver.ExecerContext  = (*conn)(nil)
	_ driver.ConnBeginTx    = (*conn)(nil)
)

// statement is a prepared statement; while its rows are read it is busy, and
// the same text is prepared a second time.
type statement struct {
	driver.Stmt
	text string
	busy bool
}

// take gives a prepared statement for text. When kept is false, the caller
// closes it.
func (c *conn) take(ctx context.Context, text string) (s *statement, kept bool, err error) {
	if found, ok := c.known[text]; ok {
		if s := found.Value.(*statement); !s.busy { //nolint:errcheck,forcetypeassert // only statements are kept
			c.recent.MoveToFront(found)
			return s, true, nil
		}
	}
	prepared, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, false, err
	}
	s = &statement{Stmt: prepared, text: text}
	if _, busy := c.known[text]; busy {
		return s, false, nil
	}
	c.known[text] = c.recent.PushFront(s)
	c.forget(c.kept)
	return s, true, nil
}

// forget closes the statements that were not used for longest, until most are
// left.
func (c *conn) forget(most int) {
	for last := c.recent.Back(); last != nil && c.recent.Len() > most; {
		s := last.Value.(*statement) //nolint:errcheck,forcetypeassert // only statements are kept
		before := last.Prev()
		if !s.busy {
			_ = s.Close() // frees memory; there is nothing to be done about an error
			delete(c.known, s.text)
			c.recent.Remove(last)
		}
		last = before
	}
}

// ExecContext runs a statement.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, kept, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if !kept {
		defer func() { _ = s.Close() }() // frees memory
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args) //nolint:errcheck,forcetypeassert // fixed by the driver's version
}

// QueryContext runs a statement that gives rows.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, kept, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	c.watch.begin()
	found, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args) //nolint:errcheck,forcetypeassert // fixed by the driver's version
	if err != nil {
		if !kept {
			_ = s.Close() // the first error says more
		}
		return nil, c.watch.end(err)
	}
	s.busy = true
	return &rows{Rows: found, statement: s, kept: kept, watch: &c.watch}, nil
}

// BeginTx begins a transaction; one that only reads sees one moment.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	return c.inner.BeginTx(ctx, driver.TxOptions{ReadOnly: options.ReadOnly})
}

// Close closes the connection and its statements.
func (c *conn) Close() error {
	c.watch.release()
	for e := c.recent.Front(); e != nil; e = e.Next() {
		e.Value.(*statement).busy = false //nolint:errcheck,forcetypeassert // only statements are kept
	}
	c.forget(0)
	return c.inner.Close()
}

// rows gives its statement back when it is closed.
type rows struct {
	driver.Rows
	statement *statement
	kept      bool
	watch     *watch
}

// Next reads a row.
func (r *rows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err != nil && !errors.Is(err, io.EOF) {
		return r.watch.end(err)
	}
	return err
}

// Close ends the reading.
func (r *rows) Close() error {
	err := r.watch.end(r.Rows.Close())
	r.statement.busy = false
	if !r.kept {
		_ = r.statement.Close() // frees memory
	}
	return err
}
