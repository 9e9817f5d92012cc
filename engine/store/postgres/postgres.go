// Package postgres is the store's dialect for PostgreSQL: how it is connected
// to, how a transaction begins in one round trip, and how values and tables
// look in it. It knows nothing of records. Start with Dialect.
package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/migrations"
)

// Dialect speaks to PostgreSQL. Make it with New.
type Dialect struct{}

var _ store.Dialect = (*Dialect)(nil)

// New gives the dialect.
func New() *Dialect { return &Dialect{} }

// Name is "postgres".
func (*Dialect) Name() string { return "postgres" }

// Serves takes postgres:// and postgresql:// URLs.
func (*Dialect) Serves(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// SingleWriter is false.
func (*Dialect) SingleWriter() bool { return false }

// Connect opens a pool whose statements end by themselves: reads and writes
// after 5 seconds, the bulk lane's after 60, and a wait for a lock after 2.
func (d *Dialect) Connect(ctx context.Context, config store.Config, use store.Use) (*sql.DB, error) {
	parsed, err := parse(config)
	if err != nil {
		return nil, err
	}
	settings(parsed.RuntimeParams, config, use)
	parsed.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelPatience}
	}
	db := stdlib.OpenDB(*parsed)
	size := poolSize(config, use)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(idleTime)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // the first error says more
		return nil, d.Translate(err)
	}
	if use == store.WriteUse {
		warn(ctx, db, parsed, config.Log)
	}
	return db, nil
}

// A connection that nobody needed for this long is closed.
const idleTime = 5 * time.Minute

// parse reads the URL. Across a network the server must prove who it is,
// unless the URL says otherwise.
func parse(config store.Config) (*pgx.ConnConfig, error) {
	parsed, err := pgx.ParseConfig(config.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the database's URL: %w", err)
	}
	address, err := url.Parse(config.URL)
	if err != nil {
		return nil, errors.New("reading the database's URL: it is not a URL") // the text may hold a password
	}
	query := address.Query()
	if local(parsed.Host) || query.Has("sslmode") {
		return parsed, nil
	}
	query.Set("sslmode", "verify-full")
	address.RawQuery = query.Encode()
	if parsed, err = pgx.ParseConfig(address.String()); err != nil {
		return nil, fmt.Errorf("reading the database's URL: %w", err)
	}
	return parsed, nil
}

// local says whether a host is this machine.
func local(host string) bool {
	address := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || address != nil && address.IsLoopback()
}

func settings(params map[string]string, config store.Config, use store.Use) {
	params["application_name"] = "trellis"
	params["timezone"] = "UTC"
	if use == store.MaintainUse || use == store.LoadUse {
		return
	}
	params["lock_timeout"] = "2s"
	params["statement_timeout"] = milliseconds(cmp.Or(config.ReadTime, 5*time.Second))
	params["idle_in_transaction_session_timeout"] = "30s"
	switch use {
	case store.BulkUse:
		params["statement_timeout"] = milliseconds(cmp.Or(config.BulkTime, time.Minute))
		params["default_transaction_read_only"] = "on"
	case store.ReadUse:
		params["default_transaction_read_only"] = "on"
	case store.WriteUse, store.MaintainUse, store.LoadUse:
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func poolSize(config store.Config, use store.Use) int {
	given, usual := 0, 2
	switch use {
	case store.ReadUse:
		given, usual = config.ReadConnections, max(16, 2*runtime.NumCPU())
	case store.BulkUse:
		given, usual = config.BulkConnections, 4
	case store.WriteUse:
		given, usual = config.WriteConnections, max(16, 2*runtime.NumCPU())
	case store.MaintainUse, store.LoadUse:
	}
	if given > 0 {
		return given
	}
	return usual
}

// LockServe does nothing: servers share the database.
func (*Dialect) LockServe(store.Config) (io.Closer, error) { return io.NopCloser(nil), nil }

// Migrations are the files of migrations/postgres; several servers that start
// at once wait for each other.
func (*Dialect) Migrations() (fs.FS, goose.Dialect, []goose.ProviderOption) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return migrations.PostgreSQL(), goose.DialectPostgres, nil
	}
	return migrations.PostgreSQL(), goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}
}

// Install creates the functions of expressions and our own, unless this program's are
// there already. Servers that start at once wait for each other.
func (*Dialect) Install(ctx context.Context, db *sql.DB) error {
	functions := append(expr.PostgresFunctions(), expect, noting)
	sum := sha256.Sum256([]byte(strings.Join(functions, "\x00")))
	wanted := hex.EncodeToString(sum[:])
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var installed string
	if err := tx.QueryRowContext(ctx, "select functions from sys_catalog for update").Scan(&installed); err != nil {
		return err
	}
	if installed == wanted {
		return nil
	}
	for _, function := range functions {
		if _, err := tx.ExecContext(ctx, function); err != nil {
			return fmt.Errorf("%s: %w", function, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "update sys_catalog set functions = $1", wanted); err != nil {
		return err
	}
	return tx.Commit()
}

// Check does nothing: the server looks by itself.
func (*Dialect) Check(context.Context, *sql.DB) error { return nil }

// Analyze refreshes the statistics, of which a table that was just filled has
// none yet.
func (*Dialect) Analyze(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "analyze")
	return err
}

// Expr renders expressions.
func (*Dialect) Expr() expr.Dialect { return expr.Postgres{} }

// ORM is gorm's own dialector over our pool; its Migrator is never used.
func (*Dialect) ORM(pool gorm.ConnPool) gorm.Dialector {
	return gormpostgres.New(gormpostgres.Config{Conn: pool})
}

// Quote makes a name an identifier.
func (*Dialect) Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Rebind numbers the placeholders; it leaves quoted text alone.
func (*Dialect) Rebind(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 16)
	var quote byte
	number := 0
	for i := range len(query) {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			number++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(number))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// ForValues locks the values of the selected rows.
func (*Dialect) ForValues() string { return " for no key update" }

// ForUpdate locks the selected rows.
func (*Dialect) ForUpdate() string { return " for update" }

// SkipLocked locks the selected rows and passes over locked ones.
func (*Dialect) SkipLocked() string { return " for update skip locked" }

// The codes of the errors that expect raises.
const (
	standingChanged = "TR001"
	revisionChanged = "TR002"
)

// expect compares a number with the one that is expected, and otherwise ends
// the statement with an error. It says that it costs little, so that statements
// with it are planned once and not each time.
const expect = `create or replace function sys_expect(is_now bigint, expected bigint, otherwise text) returns boolean
language plpgsql stable parallel safe cost 1 as $$
begin
	if is_now is distinct from expected then
		raise exception 'changed' using errcode = otherwise;
	end if;
	return true;
end $$`

// Hold takes a lock of two numbers, which none of the others have.
func (*Dialect) Hold() string { return "select pg_advisory_xact_lock(1, hashtext($1))" }

// Standing compares once, before any row is looked at, because nothing in it
// depends on a row.
func (*Dialect) Standing() string {
	return "sys_expect((select standing from sys_catalog), ?, '" + standingChanged + "')"
}

// Gather aggregates; no rows aggregate to null.
func (*Dialect) Gather(query string) string {
	return "(select jsonb_agg(element) from (" + query + ") as gathered(element))"
}

// Milliseconds is the database's time, which all servers share.
func (*Dialect) Milliseconds() string {
	return "(extract(epoch from clock_timestamp()) * 1000)::bigint"
}
