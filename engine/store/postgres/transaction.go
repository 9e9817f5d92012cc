package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/trellis-crm/trellis/engine/store"
)

// The catalog's advisory lock: writes hold it shared, a change of the catalog
// exclusively.
const catalogLock = "7311585091221"

// A change of the catalog waits this long for a table, because whoever wants to
// read the table waits behind it.
const tableLockTimeout = "400ms"

// Begin opens the transaction, takes the catalog lock and reads the mark.
// The lock is a statement of its own before the read, because a statement sees
// what was committed before it began.
func (*Dialect) Begin(ctx context.Context, conn *sql.Conn, lane store.Lane, exclusive bool) (mark store.Mark, err error) {
	batch := &pgx.Batch{}
	batch.Queue("begin")
	lock := "select pg_advisory_xact_lock_shared(" + catalogLock + ")"
	if exclusive {
		lock = "select pg_advisory_xact_lock(" + catalogLock + ")"
	}
	batch.Queue(lock)
	switch {
	case exclusive:
		batch.Queue("set local lock_timeout = '" + tableLockTimeout + "'")
		batch.Queue("set local statement_timeout = '60s'")
	case lane == store.Bulk:
		batch.Queue("set local statement_timeout = '60s'")
	}
	batch.Queue(store.MarkQuery).QueryRow(func(row pgx.Row) error { return row.Scan(&mark.Revision, &mark.Standing) })
	return mark, send(ctx, conn, batch)
}

// Run sends all statements at once; the first that fails ends them.
func (*Dialect) Run(ctx context.Context, conn *sql.Conn, statements []store.Statement, commit bool) error {
	batch := &pgx.Batch{}
	for _, statement := range statements {
		batch.Queue(statement.SQL, statement.Args...)
	}
	if commit {
		batch.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
			if tag.String() == "ROLLBACK" {
				return errAborted
			}
			return nil
		})
	}
	return send(ctx, conn, batch)
}

var errAborted = errors.New("a statement of the transaction had failed, so nothing was committed")

func send(ctx context.Context, conn *sql.Conn, batch *pgx.Batch) error {
	return conn.Raw(func(driverConn any) error {
		return driverConn.(*stdlib.Conn).Conn().SendBatch(ctx, batch).Close() //nolint:errcheck,forcetypeassert // the pool is stdlib's
	})
}

// Notify tells other servers.
func (*Dialect) Notify(ctx context.Context, db *sql.DB, channels []string) error {
	for _, channel := range channels {
		if _, err := db.ExecContext(ctx, "select pg_notify('trellis', $1)", channel); err != nil {
			return fmt.Errorf("notifying: %w", err)
		}
	}
	return nil
}
