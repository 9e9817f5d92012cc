package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// What may go wrong. Compare with errors.Is.
var (
	// ErrNotFound is the answer of First and QueryRow when no row matches.
	ErrNotFound = sql.ErrNoRows
	// ErrClosed is the answer to a write after Close.
	ErrClosed = errors.New("the store is closed")
	// ErrNested is the answer to a Write inside the function of another.
	ErrNested = errors.New("a write must not begin inside another; pass its Tx on")
	// ErrReadOnly is the answer to a write for whom nothing is written.
	ErrReadOnly = errors.New("nothing is written for who only looks")
	// ErrOver is the answer of a Tx that is used after its function returned.
	ErrOver = errors.New("the transaction is over")
	// ErrNewerSchema refuses a database that a newer program has migrated.
	ErrNewerSchema = errors.New("the database was migrated by a newer version of this program; start that one")
	// ErrRevision ends a write that expected another revision of the catalog.
	ErrRevision = errors.New("the catalog has another revision")
	// ErrStanding ends what was asked with a standing of people that does not
	// hold any more.
	ErrStanding = errors.New("somebody's standing has changed")
	// ErrBusy is the answer when a lock was not granted in time.
	ErrBusy = errors.New("another transaction holds the lock")
	// ErrConflict is the answer when concurrent transactions kept getting in
	// each other's way; the whole write may be tried again.
	ErrConflict = errors.New("concurrent transactions kept conflicting")
	// ErrFull is the answer when the disk has no room; reads go on.
	ErrFull = errors.New("no room on the disk of the database")
	// ErrDisk is the answer when the disk could not be read or written.
	ErrDisk = errors.New("the disk of the database failed")
	// ErrStopped is the answer to every write after the disk failed to store
	// one; only a restart, which recovers the file, ends it.
	ErrStopped = errors.New("the disk failed to store a write; restart the program to recover")
	// ErrUnavailable is the answer when the database does not answer.
	ErrUnavailable = errors.New("the database does not answer")
	// ErrTimeout is the answer when a statement ran longer than its lane allows.
	ErrTimeout = errors.New("the statement took too long")
	// ErrOutdated is the answer to a statement with a table or a column that is
	// not there: most likely it was made for an older revision of the catalog.
	ErrOutdated = errors.New("the statement does not fit the tables")
	// ErrServed refuses a second server on one SQLite directory.
	ErrServed = errors.New("another server already serves this directory")

	// errStale is a prepared statement whose table changed, or a connection that
	// had ended while it was idle: with another connection it may work.
	errStale = errors.New("the connection is stale")
)

// Stale marks err as that of a statement prepared before its table changed, or
// of a connection that had ended; for dialects.
func Stale(err error) error { return fmt.Errorf("%w: %w", errStale, err) }

// ViolationKind says which constraint was violated.
type ViolationKind uint8

// The kinds of violation.
const (
	UniqueViolation ViolationKind = iota + 1
	ReferenceViolation
	NotNullViolation
	CheckViolation
)

// Violation is the error of a statement that would break a constraint.
type Violation struct {
	Kind    ViolationKind
	Table   string   // empty when the database does not tell
	Name    string   // the index of a UniqueViolation
	Columns []string // when the database tells them
	cause   error
}

// NewViolation makes a violation of cause; for dialects.
func NewViolation(kind ViolationKind, table, name string, columns []string, cause error) *Violation {
	return &Violation{Kind: kind, Table: table, Name: name, Columns: columns, cause: cause}
}

// Error is the text for logs.
func (v *Violation) Error() string {
	return fmt.Sprintf("constraint %s of table %s violated: %v", v.Name, v.Table, v.cause)
}

// Unwrap gives the driver's error.
func (v *Violation) Unwrap() error { return v.cause }

// AsViolation finds a violation of this kind in err, or nil.
func AsViolation(err error, kind ViolationKind) *Violation {
	var v *Violation
	if errors.As(err, &v) && v.Kind == kind {
		return v
	}
	return nil
}

// Panic is the error of a write whose function panicked.
type Panic struct {
	Value any
	Stack []byte
}

// Error is the text for logs.
func (p *Panic) Error() string { return fmt.Sprintf("panic in a write: %v\n%s", p.Value, p.Stack) }
