package store

import (
	"context"
	"database/sql"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

// The system's own tables are Go structs, read and written through gorm by the
// functions of this file. A struct's fields are columns in snake_case; its
// table is what its TableName method says. Where and order are SQL with "?".

// Source is what rows are read from: a Store or a Tx.
type Source interface {
	Reader
	session(ctx context.Context) *gorm.DB
}

var (
	_ Source = (*Store)(nil)
	_ Source = (*Tx)(nil)
)

func openORM(dialect Dialect, pool *sql.DB) (*gorm.DB, error) {
	db, err := gorm.Open(dialect.ORM(pool), &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         false, // Dialect.Translate says more
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
		NamingStrategy:         schema.NamingStrategy{SingularTable: true, IdentifierMaxLength: 63},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing gorm: %w", err)
	}
	return db, nil
}

func (s *Store) session(ctx context.Context) *gorm.DB {
	session := s.orm.Session(&gorm.Session{NewDB: true, Context: ctx})
	session.Statement.ConnPool = s.pool(ctx)
	return session
}

func (tx *Tx) session(ctx context.Context) *gorm.DB {
	session := tx.store.orm.Session(&gorm.Session{NewDB: true, Context: ctx})
	session.Statement.ConnPool = pool{tx}
	return session
}

// pool lets gorm speak through a Tx.
type pool struct{ tx *Tx }

var _ gorm.ConnPool = pool{}

// PrepareContext prepares a statement; gorm does not ask for it here.
func (p pool) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return p.tx.conn.PrepareContext(ctx, query)
}

// ExecContext runs a statement.
func (p pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.tx.exec(ctx, query, args)
}

// QueryContext runs a statement that gives rows.
func (p pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.tx.query(ctx, query, args)
}

// QueryRowContext runs a statement that gives one row.
func (p pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, err := p.tx.ready(ctx)
	if err != nil {
		ended, cancel := context.WithCancelCause(context.Background())
		cancel(err)
		ctx = ended // a sql.Row can be given its error in no other way
	}
	return p.tx.conn.QueryRowContext(ctx, query, args...)
}

// Insert adds rows of a system table; generated keys are filled in.
func Insert[T any](ctx context.Context, tx *Tx, rows ...*T) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.store.translate(tx.session(ctx).Create(rows).Error)
}

// Save writes the row over the one with its key, or adds it.
func Save[T any](ctx context.Context, tx *Tx, row *T) error {
	return tx.store.translate(tx.session(ctx).Save(row).Error)
}

// Update sets columns of the rows that match, and says how many they were.
func Update[T any](ctx context.Context, tx *Tx, set map[string]any, where string, args ...any) (int64, error) {
	result := tx.session(ctx).Model(new(T)).Where(where, args...).Updates(set)
	return result.RowsAffected, tx.store.translate(result.Error)
}

// Delete removes the rows that match, and says how many they were.
func Delete[T any](ctx context.Context, tx *Tx, where string, args ...any) (int64, error) {
	result := tx.session(ctx).Where(where, args...).Delete(new(T))
	return result.RowsAffected, tx.store.translate(result.Error)
}

// Selection says which rows Find reads; the zero value is all of them.
type Selection struct {
	Where string
	Args  []any
	Order string
	Limit int
}

// Find reads rows of a system table.
func Find[T any](ctx context.Context, from Source, selection Selection) ([]T, error) {
	query := from.session(ctx)
	if selection.Where != "" {
		query = query.Where(selection.Where, selection.Args...)
	}
	if selection.Order != "" {
		query = query.Order(selection.Order)
	}
	if selection.Limit > 0 {
		query = query.Limit(selection.Limit)
	}
	var rows []T
	return rows, translateOf(from, query.Find(&rows).Error)
}

// First reads the first row that matches, or answers ErrNotFound.
func First[T any](ctx context.Context, from Source, where string, args ...any) (*T, error) {
	var rows []T
	err := from.session(ctx).Where(where, args...).Limit(1).Find(&rows).Error
	switch {
	case err != nil:
		return nil, translateOf(from, err)
	case len(rows) == 0:
		return nil, ErrNotFound
	}
	return &rows[0], nil
}

func translateOf(from Source, err error) error {
	if err == nil {
		return nil
	}
	return dialectOf(from).Translate(err)
}

func dialectOf(from Source) Dialect {
	if tx, ok := from.(*Tx); ok {
		return tx.store.dialect
	}
	return from.(*Store).dialect //nolint:errcheck,forcetypeassert // there are only these two
}
