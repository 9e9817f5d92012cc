// Package sqlite is the store's dialect for SQLite: how the file is opened and
// watched over, and how values and tables look in it. It knows nothing of
// records. Start with Dialect; conn.go keeps prepared statements.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/pressly/goose/v3"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	driver "modernc.org/sqlite"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/migrations"
)

// FileName is the database's file in the data directory.
const FileName = "trellis.db"

// Dialect speaks to SQLite. Make it with New.
type Dialect struct{ driver *driver.Driver }

var _ store.Dialect = (*Dialect)(nil)

// New gives the dialect, with a driver of its own that knows the functions of
// expressions.
func New() *Dialect {
	d := &Dialect{driver: &driver.Driver{}}
	for _, f := range expr.SQLiteFunctions() {
		d.driver.MustRegisterDeterministicScalarFunction(f.Name, int32(f.Args), //nolint:gosec // a handful
			func(_ *driver.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
				return f.Call(values(args)), nil
			})
	}
	return d
}

// Gather aggregates; no rows aggregate to an empty array, which is null.
func (*Dialect) Gather(query string) string {
	return "(with gathered(element) as (" + query + ") select nullif(json_group_array(element), '[]') from gathered)"
}

// Hold is empty: there is one writer.
func (*Dialect) Hold() string { return "" }

// Standing is empty: the one process that writes knows it.
func (*Dialect) Standing() string { return "" }

// Settled is the last number of all.
func (*Dialect) Settled() string {
	return "select coalesce(max(id), 0), coalesce(max(id), 0) from sys_change"
}

func values(args []sqldriver.Value) []any {
	list := make([]any, len(args))
	for i, arg := range args {
		list[i] = arg
	}
	return list
}

// Name is "sqlite".
func (*Dialect) Name() string { return "sqlite" }

// Serves takes the empty URL: the data directory says where the file is.
func (*Dialect) Serves(url string) bool { return url == "" }

// SingleWriter is true: SQLite takes one writer at a time.
func (*Dialect) SingleWriter() bool { return true }

// Connect opens a pool on the file. A commit is on the disk before it returns
// (synchronous=FULL), also through the write-ahead log.
func (d *Dialect) Connect(ctx context.Context, config store.Config, use store.Use) (*sql.DB, error) {
	if config.Directory == "" {
		return nil, errors.New("no data directory was given")
	}
	if err := os.MkdirAll(config.Directory, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	if err := refuseNetwork(config.Directory); err != nil {
		return nil, err
	}
	c := &connector{driver: d.driver, name: dataSource(config.Directory, use), kept: 256}
	switch use {
	case store.ReadUse:
		c.dog = newWatchdog(cmp.Or(config.ReadTime, 5*time.Second))
	case store.BulkUse:
		c.dog = newWatchdog(cmp.Or(config.BulkTime, 60*time.Second))
	case store.WriteUse, store.MaintainUse, store.LoadUse:
		c.kept = 1024
	}
	db := sql.OpenDB(c)
	size := poolSize(config, use)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // the first error says more
		return nil, d.Translate(err)
	}
	return db, nil
}

func dataSource(directory string, use store.Use) string {
	query := url.Values{}
	for _, pragma := range []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)",
		"trusted_schema(0)", "cell_size_check(1)", "temp_store(MEMORY)", "cache_size(-16384)", "journal_size_limit(67108864)",
	} {
		query.Add("_pragma", pragma)
	}
	if use != store.LoadUse {
		query.Add("_pragma", "foreign_keys(1)")
	}
	if use == store.ReadUse || use == store.BulkUse {
		query.Add("_pragma", "query_only(1)")
	}
	query.Set("_dqs", "0")
	query.Set("_defensive", "1")
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.Join(directory, FileName)}).EscapedPath(), RawQuery: query.Encode()}
	return file.String()
}

func poolSize(config store.Config, use store.Use) int {
	switch {
	case use == store.WriteUse || use == store.MaintainUse || use == store.LoadUse:
		return 1
	case use == store.ReadUse && config.ReadConnections > 0:
		return config.ReadConnections
	case use == store.BulkUse && config.BulkConnections > 0:
		return config.BulkConnections
	case use == store.BulkUse:
		return 2
	}
	return max(4, runtime.NumCPU())
}

// Migrations are the files of migrations/sqlite.
func (*Dialect) Migrations() (fs.FS, goose.Dialect, []goose.ProviderOption) {
	return migrations.SQLite(), goose.DialectSQLite3, nil
}

// Install does nothing: connections have the functions by themselves.
func (*Dialect) Install(context.Context, *sql.DB) error { return nil }

// Check reads the whole file.
func (*Dialect) Check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", store.ErrDisk, verdict)
	}
	return nil
}

// Expr renders expressions.
func (*Dialect) Expr() expr.Dialect { return expr.SQLite{} }

// ORM is gorm's own dialector over our pool; its Migrator is never used.
func (*Dialect) ORM(pool gorm.ConnPool) gorm.Dialector {
	return &gormsqlite.Dialector{Conn: pool, DriverName: "sqlite"}
}

// Begin takes the write lock at once, so that no statement later waits for it.
func (*Dialect) Begin(store.Lane, bool) []store.Statement {
	return []store.Statement{{SQL: "begin immediate"}}
}

// Expect is empty: the one process that writes reads the mark itself.
func (*Dialect) Expect(store.Mark) store.Statement { return store.Statement{} }

// Run runs the statements one after the other.
func (*Dialect) Run(ctx context.Context, conn *sql.Conn, statements []store.Statement, commit bool) error {
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement.SQL, statement.Args...); err != nil {
			return err
		}
	}
	if !commit {
		return nil
	}
	_, err := conn.ExecContext(ctx, "commit")
	return err
}

// Notify does nothing: no other process serves this file.
func (*Dialect) Notify(context.Context, *sql.DB, []string) error { return nil }

// Listen returns at once: no other process serves this file.
func (*Dialect) Listen(context.Context, store.Config, func(string)) {}

// Quote makes a name an identifier.
func (*Dialect) Quote(name string) string { return quote(name) }

// Rebind returns the statement as it is.
func (*Dialect) Rebind(query string) string { return query }

// ForValues is empty: the writer is alone.
func (*Dialect) ForValues() string { return "" }

// ForUpdate is empty: the writer is alone.
func (*Dialect) ForUpdate() string { return "" }

// SkipLocked is empty: the writer is alone.
func (*Dialect) SkipLocked() string { return "" }

// Milliseconds is the machine's time.
func (*Dialect) Milliseconds() string {
	return "cast(round((julianday('now') - 2440587.5) * 86400000) as integer)"
}
