package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/field"
)

// ErrDamaged refuses a dump that is not what was written.
var ErrDamaged = errors.New("the backup is damaged")

// ErrNotEmpty refuses to load into a database that holds something.
var ErrNotEmpty = errors.New("the database is not empty")

// Load fills an empty database from a dump, of either database, in one
// transaction; then it is migrated to this program's schema. What arrived is
// read again and compared with the dump, so to load one into a SQLite database
// in a temporary directory is to verify it. A dump that is damaged, or that a
// newer program wrote, is refused and nothing is kept.
func Load(ctx context.Context, config Config, r io.Reader, dialects ...Dialect) (Header, error) {
	dialect, err := choose(config, dialects)
	if err != nil {
		return Header{}, err
	}
	l := loader{dialect: dialect, sum: sha256.New()}
	l.in = bufio.NewReaderSize(r, 1<<16)
	header, err := l.header()
	if err != nil {
		return Header{}, err
	}
	if err := migrateTo(ctx, dialect, config, header.Schema); err != nil {
		return Header{}, err
	}
	if err := l.load(ctx, config, header); err != nil {
		return Header{}, fmt.Errorf("loading the backup: %w", dialect.Translate(err))
	}
	return header, migrate(ctx, dialect, config)
}

type loader struct {
	dialect Dialect
	conn    *sql.Conn
	in      *bufio.Reader
	sum     hash.Hash
	line    []byte
}

// next reads a line; it is valid until the next one is read.
func (l *loader) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.line = append(l.line, part...)
		if len(l.line) > longestLine {
			return nil, fmt.Errorf("%w: a line is too long", ErrDamaged)
		}
		if err == nil {
			return l.line, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("%w: it ends early: %w", ErrDamaged, err)
		}
	}
}

// longestLine is far above what a row may hold.
const longestLine = 1 << 28

// decode reads the line and adds it to the sum.
func (l *loader) decode(line []byte, into any) error {
	l.sum.Write(line)
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

func (l *loader) header() (header Header, err error) {
	line, err := l.next()
	if err != nil {
		return header, err
	}
	if err := l.decode(line, &header); err != nil {
		return header, err
	}
	if header.Format != dumpFormat {
		return header, fmt.Errorf("%w (the backup has format %d, this program knows %d)", ErrNewerSchema, header.Format, dumpFormat)
	}
	return header, nil
}

func (l *loader) load(ctx context.Context, config Config, header Header) (err error) {
	db, err := l.dialect.Connect(ctx, config, LoadUse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }() // what is not committed is rolled back
	if l.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.conn.Close()) }()
	if _, err := l.conn.ExecContext(ctx, "begin"); err != nil {
		return err
	}
	if err := l.fill(ctx, header.Tables); err != nil {
		_, undo := l.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
		return errors.Join(err, undo)
	}
	return l.dialect.Run(ctx, l.conn, nil, true)
}

// fill makes the tables, reads their rows, and looks whether all arrived.
func (l *loader) fill(ctx context.Context, tables []Table) error {
	from := &connection{dialect: l.dialect, conn: l.conn}
	if err := l.prepare(ctx, from, tables); err != nil {
		return err
	}
	tallies := make([]tally, len(tables))
	for i, table := range tables {
		var err error
		if tallies[i], err = l.rows(ctx, table); err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
	}
	if err := l.ending(); err != nil {
		return err
	}
	if err := l.finish(ctx, tables); err != nil {
		return err
	}
	check := dumper{dialect: l.dialect, from: from, out: bufio.NewWriter(io.Discard)}
	for i, table := range tables {
		arrived, err := check.rows(ctx, table)
		if err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
		if arrived != tallies[i] {
			return fmt.Errorf("table %s did not arrive as it was written", table.Name)
		}
	}
	return nil
}

// prepare looks that there is nothing yet, and makes the tables of objects.
func (l *loader) prepare(ctx context.Context, from Reader, tables []Table) error {
	has, err := l.dialect.Introspect(ctx, from)
	if err != nil {
		return err
	}
	system := sortOut(Normal(has)).System
	if len(system) != len(has) {
		return ErrNotEmpty
	}
	var some int
	err = from.QueryRow(ctx, "select 1 from sys_revision union all select 1 from sys_change limit 1").Scan(&some)
	if !errors.Is(err, ErrNotFound) {
		return errors.Join(ErrNotEmpty, err)
	}
	for _, table := range tables {
		statement := Render(l.dialect, Step{Kind: CreateTable, Table: table.Name, Columns: table.Columns, Key: table.Key})[0]
		if known, ok := find(system, table.Name); ok {
			if !slices.Equal(known.Columns, table.Columns) {
				return fmt.Errorf("%w: table %s is not that of its schema", ErrDamaged, table.Name)
			}
			statement = "delete from " + l.dialect.Quote(table.Name) // what the migrations put there
		}
		if _, err := l.conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("making table %s: %w", table.Name, err)
		}
	}
	return nil
}

// Rows are inserted so many at a time.
const loadRows = 200

func (l *loader) rows(ctx context.Context, table Table) (tally, error) {
	insert := l.dialect.Rebind("insert into " + l.dialect.Quote(table.Name) + " (" + columnList(l.dialect, table) + ") values (?" +
		strings.Repeat(", ?", len(table.Columns)-1) + ")")
	counted := counter{}
	var waiting []Statement
	for {
		line, err := l.next()
		if err != nil {
			return tally{}, err
		}
		if line[0] != '[' {
			break
		}
		counted.add(line)
		args, err := l.args(table, line)
		if err != nil {
			return tally{}, err
		}
		if waiting = append(waiting, Statement{SQL: insert, Args: args}); len(waiting) == loadRows {
			if err := l.dialect.Run(ctx, l.conn, waiting, false); err != nil {
				return tally{}, err
			}
			waiting = waiting[:0]
		}
	}
	if err := l.dialect.Run(ctx, l.conn, waiting, false); err != nil {
		return tally{}, err
	}
	var said tally
	if err := l.decode(l.line, &said); err != nil {
		return tally{}, err
	}
	if said != counted.tally(table.Name) {
		return tally{}, fmt.Errorf("%w: its rows are not those that were written", ErrDamaged)
	}
	return said, nil
}

func (l *loader) args(table Table, line []byte) ([]any, error) {
	var values []json.RawMessage
	if err := l.decode(line, &values); err != nil {
		return nil, err
	}
	if len(values) != len(table.Columns) {
		return nil, fmt.Errorf("%w: a row has %d values", ErrDamaged, len(values))
	}
	args := make([]any, len(values))
	for i, column := range table.Columns {
		var err error
		if args[i], err = l.arg(column, values[i]); err != nil {
			return nil, fmt.Errorf("%w: column %s: %w", ErrDamaged, column.Name, err)
		}
	}
	return args, nil
}

func (l *loader) arg(column field.Column, value json.RawMessage) (any, error) {
	if column.Type == field.JSON && (column.NotNull || string(value) != "null") {
		return string(value), nil // a JSON null, where the column has none of its own
	}
	if string(value) == "null" {
		return nil, nil //nolint:nilnil // null is a value
	}
	if column.Type == field.Boolean {
		return l.dialect.Encode(column, string(value) == "true")
	}
	text := string(value)
	if column.Type != field.Integer {
		if err := json.Unmarshal(value, &text); err != nil {
			return nil, err
		}
	}
	switch column.Type {
	case field.Integer, field.Decimal:
		number, err := decimal.NewFromString(text)
		if err != nil {
			return nil, err
		}
		return l.dialect.Encode(column, number)
	case field.Instant:
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, err
		}
		return l.dialect.Encode(column, instant)
	case field.Bytes:
		return base64.StdEncoding.DecodeString(text)
	case field.Text, field.Date, field.ID, field.Boolean, field.JSON:
	}
	return text, nil
}

// ending compares the sum of all bytes before the last line.
func (l *loader) ending() error {
	sum := hex.EncodeToString(l.sum.Sum(nil))
	line, err := l.next()
	if err != nil {
		return err
	}
	var said ending
	if err := json.Unmarshal(line, &said); err != nil || said.SHA256 != sum {
		return fmt.Errorf("%w: its sum is another", ErrDamaged)
	}
	if _, err := l.in.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it does not end where it should", ErrDamaged)
	}
	return nil
}

// finish makes the references and indexes of the tables of objects. What was
// set aside gets no references, so that it holds up nothing.
func (l *loader) finish(ctx context.Context, tables []Table) error {
	var statements []string
	for _, table := range sortOut(tables).Objects {
		for _, column := range table.Columns {
			if column.References != "" {
				statements = append(statements, l.dialect.AddReference(table.Name, column)...)
			}
		}
		for _, index := range table.Indexes {
			statements = append(statements, l.dialect.CreateIndex(table.Name, index))
		}
	}
	for _, statement := range statements {
		if _, err := l.conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return l.dialect.Loaded(ctx, l.conn, tables)
}

// connection reads on one connection, also what is not committed yet.
type connection struct {
	dialect Dialect
	conn    *sql.Conn
}

// Query reads on the connection.
func (c *connection) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := c.conn.QueryContext(ctx, c.dialect.Rebind(query), args...)
	return rows, c.dialect.Translate(err)
}

// QueryRow reads one row on the connection.
func (c *connection) QueryRow(ctx context.Context, query string, args ...any) Row {
	rows, err := c.Query(ctx, query, args...)
	return Row{rows: rows, err: err, dialect: c.dialect}
}
