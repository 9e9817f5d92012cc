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

// Every write begins by telling, with a lock that it shares with nobody who
// minds, how far the numbers of changes have come: its own will be higher. A
// reader of the change feed stops at the lowest such number, because what
// stands behind it may still be overtaken by a write that has not ended.
const (
	writingLocks = "4611686018427387904" // the first of their keys
	tellNumber   = "pg_advisory_xact_lock_shared(" + writingLocks + " + last_value - (not is_called)::int) from sys_change_id_seq"
)

// Settled looks at the sequence first: who begins to write after that takes
// higher numbers.
func (*Dialect) Settled() string {
	return `select least(s.last_value - (not s.is_called)::int, l.began), s.last_value from sys_change_id_seq s cross join lateral (
		select min(((classid::bigint << 32) | objid::bigint) - ` + writingLocks + `) as began from pg_locks
		where locktype = 'advisory' and objsubid = 1 and classid::bigint between 1073741824 and 1073742079 and granted and s.last_value > 0
		and database = (select oid from pg_database where datname = current_database())) l`
}

// A change of the catalog waits this long for a table, because whoever wants to
// read the table waits behind it.
const tableLockTimeout = "400ms"

// Begin opens the transaction and takes the catalog lock. The lock is a
// statement of its own, because a statement sees what was committed before it
// began: the next one sees the catalog that the lock keeps.
func (*Dialect) Begin(lane store.Lane, exclusive bool) []store.Statement {
	lock := "select pg_advisory_xact_lock_shared(" + catalogLock + "), " + tellNumber
	if exclusive {
		lock = "select pg_advisory_xact_lock(" + catalogLock + "), " + tellNumber
	}
	statements := []store.Statement{{SQL: "begin"}, {SQL: lock}}
	if exclusive {
		statements = append(statements, store.Statement{SQL: "set local lock_timeout = '" + tableLockTimeout + "'"})
	}
	if exclusive || lane == store.Bulk {
		statements = append(statements, store.Statement{SQL: "set local statement_timeout = '60s'"})
	}
	return statements
}

// Expect compares the catalog's row with the mark.
func (*Dialect) Expect(mark store.Mark) store.Statement {
	return store.Statement{
		SQL:  "select sys_expect(revision, $1, '" + revisionChanged + "'), $2 = 0 or sys_expect(standing, $2, '" + standingChanged + "') from sys_catalog",
		Args: []any{mark.Revision, mark.Standing},
	}
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
