package storetest

import (
	"context"
	"database/sql"
	"sync"
	"testing"
)

// Seed is a PostgreSQL database that a process fills once and copies often.
type Seed struct {
	// Fill fills the database at a URL, which has the system's tables.
	Fill func(url string) error

	once   sync.Once
	name   string
	broken error
}

// Copy gives the URL of a copy, which is dropped when the test ends.
func (s *Seed) Copy(t testing.TB) string {
	t.Helper()
	c := sharedCluster(t)
	s.once.Do(func() { s.name, s.broken = c.plant(s.Fill) })
	if s.broken != nil {
		t.Fatalf("filling a database to copy: %v", s.broken)
	}
	return c.copyOf(t, s.name)
}

const seedKind = "seed_"

// plant makes a seed, and drops those whose processes have ended: each holds a
// lock on the name of its own as long as it lives.
func (c *cluster) plant(fill func(url string) error) (string, error) {
	ctx := context.Background()
	own, err := c.admin.Conn(ctx) // is never closed
	if err != nil {
		return "", err
	}
	if err := c.dropOrphans(ctx, own); err != nil {
		return "", err
	}
	name := newName(seedKind)
	if _, err := own.ExecContext(ctx, "select pg_advisory_lock(hashtext($1))", name); err != nil {
		return "", err
	}
	if err := c.create(name, c.template); err != nil {
		return "", err
	}
	return name, fill(c.urlOf(name))
}

func (c *cluster) dropOrphans(ctx context.Context, own *sql.Conn) error {
	rows, err := own.QueryContext(ctx, `select datname from pg_database
		where datname ~ $1 and pg_try_advisory_lock(hashtext(datname))`, "^trellis_"+seedKind)
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	for _, name := range names {
		c.drop(name)
	}
	return rows.Err()
}
