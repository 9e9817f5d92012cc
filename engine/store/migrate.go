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
func migrate(ctx context.Context, dialect Dialect, config Config) (err error) {
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
	if err := refuseNewer(ctx, dialect, provider); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("running the migrations: %w", dialect.Translate(err))
	}
	if err := dialect.Install(ctx, db); err != nil {
		return fmt.Errorf("installing the functions of expressions: %w", dialect.Translate(err))
	}
	return nil
}

// refuseNewer looks before goose does, which would be content with a schema
// that it does not know.
func refuseNewer(ctx context.Context, dialect Dialect, provider *goose.Provider) error {
	has, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", dialect.Translate(err))
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; has > newest {
		return fmt.Errorf("%w (its schema is %d, this program's %d)", ErrNewerSchema, has, newest)
	}
	return nil
}
