package store

import (
	"context"
	"database/sql"
	"io"
	"io/fs"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/search"
)

// Use says what a pool of connections is for.
type Use uint8

// The uses. Reads cannot write, and end after their lane's time; Maintain has
// no time limits and is opened only while needed; Load is Maintain without
// foreign keys where they cannot be added later.
const (
	ReadUse Use = iota
	BulkUse
	WriteUse
	MaintainUse
	LoadUse
)

// Statement is a statement in the dialect's own words with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// Dialect is everything that differs between databases, the one wide seam of
// the house; package storetest holds the promises that each must keep.
type Dialect interface {
	// Name is the dialect's name and that of its folder in migrations.
	Name() string
	// Serves says whether the dialect opens databases with this URL.
	Serves(url string) bool
	// Connect opens a pool; pools for reading cannot write.
	Connect(ctx context.Context, config Config, use Use) (*sql.DB, error)
	// LockServe refuses a second server on the same files, until the lock is
	// closed or the process ends; where servers share the database it does
	// nothing.
	LockServe(config Config) (io.Closer, error)
	// SingleWriter says that one connection writes at a time, so that writes
	// are committed in groups.
	SingleWriter() bool
	// Migrations are the dialect's migration files, and how goose runs them.
	Migrations() (fs.FS, goose.Dialect, []goose.ProviderOption)
	// Install brings what the SQL of expressions needs into the database.
	Install(ctx context.Context, db *sql.DB) error
	// Check looks for damage where the database does not do so by itself.
	Check(ctx context.Context, db *sql.DB) error
	// Analyze refreshes the statistics that the planner goes by.
	Analyze(ctx context.Context, db *sql.DB) error
	// Expr renders expressions.
	Expr() expr.Dialect
	// ORM is gorm's dialector over a pool.
	ORM(pool gorm.ConnPool) gorm.Dialector
	// Translate gives the driver's errors as this package's.
	Translate(err error) error

	// Begin are the statements that open a writing transaction and take the
	// catalog lock, shared or exclusively. A dialect with a single writer only
	// opens the transaction.
	Begin(lane Lane, exclusive bool) []Statement
	// Expect is the statement that fails with ErrRevision or ErrStanding when
	// the mark does not hold. A dialect with a single writer has none.
	Expect(mark Mark) Statement
	// Run runs statements on conn in one round trip where the database can,
	// and commits after the last when asked.
	Run(ctx context.Context, conn *sql.Conn, statements []Statement, commit bool) error
	// Notify wakes listeners in other processes.
	Notify(ctx context.Context, db *sql.DB, channels []string) error
	// Listen calls wake for each notification, and with an empty channel after
	// a gap in listening, until ctx ends. It returns at once when there can be
	// no other process.
	Listen(ctx context.Context, config Config, wake func(channel string))

	// Quote makes a name an identifier.
	Quote(name string) string
	// Rebind turns the "?" placeholders of a statement into the dialect's.
	Rebind(sql string) string
	// ForUpdate is the clause that locks the selected rows; empty where a
	// transaction is alone anyway.
	ForUpdate() string
	// ForValues is the clause that locks the selected rows against a change of
	// their values, but not against rows of others that come to point to them.
	ForValues() string
	// SkipLocked is the clause that locks the selected rows and passes over
	// locked ones; empty where a transaction is alone anyway.
	SkipLocked() string
	// Hold is the statement that makes other writes with the same one argument
	// wait until this write ends; empty where a transaction is alone anyway.
	Hold() string
	// Standing is the condition, with one argument, that holds while the
	// standing of people is this one, and otherwise ends the statement with
	// ErrStanding, whether or not there are rows. A dialect with a single
	// writer has none: see Store.Standing.
	Standing() string
	// Settled is a query of two numbers of sys_change: the one up to which no
	// running write can add any more, so that what stands there is all there
	// ever will be; and the last that was given. A dialect with a single writer
	// commits in the order of the numbers.
	Settled() string
	// Gather is a query that gives the texts of a query's one column as a JSON
	// array, or no row's null.
	Gather(query string) string
	// Finds is the condition, with Sought as its argument, that the entry "e" of
	// sys_search has the words; the index answers it.
	Finds() string
	Sought(words []search.Word) string
	// Position is where a text has a part, from 1, or 0.
	Position(text, part string) string
	// Milliseconds is the expression for the database's own time since 1970;
	// where database and program share a machine, it is the machine's.
	Milliseconds() string

	// Encode gives a value as the argument of a statement; nil stays nil, and
	// what the column cannot keep exactly is refused with ErrValue.
	Encode(column field.Column, value expr.Value) (any, error)
	// Decode gives the value of what a row holds; empty text is nil.
	Decode(column field.Column, raw any) (expr.Value, error)
	// AppendJSON appends what a row holds as it goes over the wire, the same
	// bytes on every database.
	AppendJSON(dst []byte, column field.Column, raw any) ([]byte, error)

	// Expressions is the SQL in which expressions are rendered.
	Expressions() expr.Dialect
	// Binary orders a text by its bytes, whatever the database's language.
	Binary(sql string) string

	// ColumnType is the declared type of a column.
	ColumnType(column field.Column) string
	// InlineReference is the part of a column's declaration that makes it point
	// to another table, in the table's creation or afterwards; empty where
	// AddReference does it.
	InlineReference(table string, column field.Column, creating bool) string
	// AddReference makes a column point to its table; values that point to
	// nothing become null first.
	AddReference(table string, column field.Column) []string
	// DropReference ends that; where it cannot, a row that is pointed to can be
	// deleted all the same, and the pointer becomes null.
	DropReference(table string, column field.Column) []string
	// RenameReference names the reference of a column that was renamed anew.
	RenameReference(table, from, to string) []string
	// CreateIndex makes an index.
	CreateIndex(table string, index Index) string
	// Concurrently gives a statement that makes or drops an index in the form
	// in which others may write meanwhile; false where there is none.
	Concurrently(statement string) (string, bool)
	// DropsColumns says that a column is dropped without rewriting its table.
	DropsColumns() bool
	// Watch begins to note changes; the number tells it from others.
	Watch(number int, watched Watched) []string
	// EndWatches gives the statements that end all noting.
	EndWatches(ctx context.Context, from Reader) ([]string, error)
	// Loaded ends the loading of tables in the transaction of conn: references
	// are checked, and generated keys go on after the largest.
	Loaded(ctx context.Context, conn *sql.Conn, tables []Table) error
	// Introspect reads all tables but that of the migrations.
	Introspect(ctx context.Context, from Reader) ([]Table, error)
}
