package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/pressly/goose/v3"
)

// migrate brings the system's tables up to date. A program that was stopped
// midway continues at its next start, because each migration is a transaction.
func migrate(ctx context.Context, dialect Dialect, config Config) error {
	return migrateTo(ctx, dialect, config, newest)
}

// newest stands for the newest version that this program knows.
const newest = 0

func migrateTo(ctx context.Context, dialect Dialect, config Config, version int64) (err error) {
	db, err := dialect.Connect(ctx, config, MaintainUse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	files, name, options := dialect.Migrations()
	provider, err := goose.NewProvider(name, db, files, append(options,
		goose.WithTableName("sys_migration"),
		goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithDisableGlobalRegistry(true),
	)...)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	has, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", dialect.Translate(err))
	}
	sources := provider.ListSources()
	last := sources[len(sources)-1].Version
	if version == newest {
		version = last
	}
	if wanted := max(has, version); wanted > last { // goose would be content with a schema that it does not know
		return fmt.Errorf("%w (the schema is %d, this program's %d)", ErrNewerSchema, wanted, last)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("running the migrations: %w", dialect.Translate(err))
	}
	if version != last {
		return nil
	}
	if err := dialect.Install(ctx, db); err != nil {
		return fmt.Errorf("installing the functions of expressions: %w", dialect.Translate(err))
	}
	return nil
}
