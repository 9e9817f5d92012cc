package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/trellis-crm/trellis/engine/store"
)

// Translate gives the driver's errors as the store's.
func (d *Dialect) Translate(err error) error {
	var failed *driver.Error
	if !errors.As(err, &failed) || translated(err) {
		return err
	}
	switch failed.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		table, columns := columnsOf(failed.Error())
		return store.NewViolation(store.UniqueViolation, table, store.IndexName(table, columns, true), columns, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return store.NewViolation(store.ReferenceViolation, "", "", nil, err)
	case sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		table, columns := columnsOf(failed.Error())
		return store.NewViolation(store.NotNullViolation, table, "", columns, err)
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return store.NewViolation(store.CheckViolation, "", "", nil, err)
	}
	switch failed.Code() & 0xff {
	case sqlite3.SQLITE_ERROR:
		if strings.Contains(failed.Error(), "no such ") || strings.Contains(failed.Error(), "has no column") {
			return fmt.Errorf("%w: %w", store.ErrOutdated, err)
		}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", store.ErrDisk, err)
	case sqlite3.SQLITE_INTERRUPT:
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return err
}

// translated says whether err is the store's already.
func translated(err error) bool {
	for _, known := range []error{store.ErrBusy, store.ErrFull, store.ErrDisk, store.ErrOutdated, context.Canceled} {
		if errors.Is(err, known) {
			return true
		}
	}
	var violation *store.Violation
	return errors.As(err, &violation)
}

// columnsOf reads "… constraint failed: lead.email, lead.source (2067)".
func columnsOf(message string) (table string, columns []string) {
	list := message[strings.LastIndex(message, ": ")+1:]
	if at := strings.LastIndex(list, " ("); at >= 0 {
		list = list[:at]
	}
	for name := range strings.SplitSeq(strings.TrimSpace(list), ", ") {
		if before, column, ok := strings.Cut(name, "."); ok {
			table = before
			columns = append(columns, column)
		}
	}
	return table, columns
}
