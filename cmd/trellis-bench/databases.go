package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// database is an empty one, for one server.
type database struct {
	// url is a postgres:// address, and empty for SQLite.
	url string
	dir string
	// settle lets the database do at once what it would do in its first quiet
	// minutes: collect statistics.
	settle func() error
	drop   func() error
}

// makeDatabase makes an empty database: a directory for SQLite's files, or a
// new database on the PostgreSQL server.
func makeDatabase(ctx context.Context, kind, server, dir string) (*database, error) {
	nothing := func() error { return nil }
	switch kind {
	case "sqlite":
		return &database{dir: dir, settle: nothing, drop: nothing}, nil
	case "postgres":
		return makePostgres(ctx, server, dir)
	default:
		return nil, fmt.Errorf("there is no database %q", kind)
	}
}

func makePostgres(ctx context.Context, server, dir string) (*database, error) {
	address, err := url.Parse(server)
	if err != nil || server == "" {
		return nil, errors.New("a -database-url is missing or wrong; `make bench` brings its own server")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return nil, err
	}
	name := "bench_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, errors.Join(fmt.Errorf("making a database: %w", err), admin.Close())
	}
	address.Path = name
	return &database{
		url: address.String(), dir: dir,
		settle: func() error {
			db, err := sql.Open("pgx", address.String())
			if err != nil {
				return err
			}
			_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
			return errors.Join(err, db.Close())
		},
		drop: func() error {
			_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
			return errors.Join(err, admin.Close())
		},
	}, nil
}

// forLimit is the database as the limit is told of it.
func (d *database) forLimit() string {
	if d.url != "" {
		return d.url
	}
	return filepath.Join(d.dir, "limit.db")
}

// forProduct is the database as the product's command line is told of it.
func (d *database) forProduct() []string {
	args := []string{"--data", d.dir}
	if d.url != "" {
		args = append(args, "--database-url", d.url)
	}
	return args
}
