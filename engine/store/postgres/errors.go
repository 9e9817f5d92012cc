package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/trellis-crm/trellis/engine/store"
)

// A canceled statement gets this long to end before its connection is closed.
const cancelPatience = 2 * time.Second

// Translate gives the driver's errors as the store's.
func (d *Dialect) Translate(err error) error {
	var failed *pgconn.PgError
	if !errors.As(err, &failed) {
		return unreachable(err)
	}
	if _, known := errors.AsType[*store.Violation](err); known {
		return err
	}
	switch failed.Code {
	case "23505":
		return store.NewViolation(store.UniqueViolation, failed.TableName, failed.ConstraintName, nil, err)
	case "23503":
		return store.NewViolation(store.ReferenceViolation, failed.TableName, failed.ConstraintName, nil, err)
	case "23502":
		return store.NewViolation(store.NotNullViolation, failed.TableName, "", []string{failed.ColumnName}, err)
	case "23514":
		return store.NewViolation(store.CheckViolation, failed.TableName, failed.ConstraintName, nil, err)
	case standingChanged:
		return wrap(store.ErrStanding, err)
	case revisionChanged:
		return wrap(store.ErrRevision, err)
	case "42P01", "42703":
		return wrap(store.ErrOutdated, err)
	case "40001", "40P01":
		return wrap(store.ErrConflict, err)
	case "55P03":
		return wrap(store.ErrBusy, err)
	case "57014":
		if strings.Contains(failed.Message, "timeout") {
			return wrap(store.ErrTimeout, err)
		}
		return wrap(context.Canceled, err)
	case "53100", "53000":
		return wrap(store.ErrFull, err)
	case "58030":
		return wrap(store.ErrDisk, err)
	case "57P01", "57P02", "57P05", "25P03": // the server ended this connection
		return wrap(store.ErrUnavailable, store.Stale(err))
	case "57P03", "53300":
		return wrap(store.ErrUnavailable, err)
	case "0A000":
		if strings.Contains(failed.Message, "cached plan") {
			return store.Stale(err)
		}
	}
	return err
}

// wrap adds a kind to err, once.
func wrap(kind, err error) error {
	if errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// unreachable marks the errors of a connection.
func unreachable(err error) error {
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, store.ErrUnavailable):
		return err
	case errors.As(err, &connect):
		return wrap(store.ErrUnavailable, err)
	case errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, sql.ErrConnDone), errors.Is(err, pgconn.ErrConnClosed):
		return wrap(store.ErrUnavailable, store.Stale(err))
	}
	return err
}

// warn tells about settings of the server that endanger the data. A superuser
// is warned about and not refused, because the first cluster that somebody
// tries often has no other role.
func warn(ctx context.Context, db *sql.DB, config *pgx.ConnConfig, log *slog.Logger) {
	if !local(config.Host) && (config.TLSConfig == nil || config.TLSConfig.InsecureSkipVerify) {
		log.Warn("the connection to the database is not verified; use sslmode=verify-full", "host", config.Host)
	}
	var super bool
	var fsync, commit, pages string
	err := db.QueryRowContext(ctx, `select (select rolsuper from pg_roles where rolname = current_user),
		current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')`).
		Scan(&super, &fsync, &commit, &pages)
	if err != nil {
		log.Warn("looking at the database's settings", "error", err)
		return
	}
	if super {
		log.Warn("the database role is a superuser; make one of its own for this program")
	}
	if fsync == "off" || commit == "off" || commit == "local" || pages == "off" {
		log.Warn("the database may lose acknowledged writes", "fsync", fsync, "synchronous_commit", commit, "full_page_writes", pages)
	}
}
