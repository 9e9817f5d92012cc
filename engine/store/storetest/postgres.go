package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver for making databases

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/postgres"
	"github.com/trellis-crm/trellis/migrations"
)

// URLVariable names the environment variable with the URL of a cluster that
// tests may make databases in. Without it, a cluster is started.
const URLVariable = "TRELLIS_TEST_DATABASE_URL"

// Postgres gives the URL of a fresh database with the system's tables; it is
// dropped when the test ends. It fails the test when there is no PostgreSQL.
func Postgres(t testing.TB) string {
	t.Helper()
	c := sharedCluster(t)
	return c.copyOf(t, c.template)
}

// EmptyPostgres is Postgres without any table.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return sharedCluster(t).copyOf(t, "template0")
}

// copyOf gives the URL of a copy of a database until the test ends.
func (c *cluster) copyOf(t testing.TB, template string) string {
	t.Helper()
	name := newName("")
	if err := c.create(name, template); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() { c.drop(name) })
	return c.urlOf(name)
}

func newName(kind string) string { return "trellis_" + kind + strings.ToLower(rand.Text()[:16]) }

// cluster is a PostgreSQL server and the database that others are copied from.
type cluster struct {
	alive    io.Closer // while it is open, the cluster that we started runs
	base     *url.URL
	admin    *sql.DB
	template string
}

var (
	once   sync.Once
	shared *cluster
	broken error
)

func sharedCluster(t testing.TB) *cluster {
	t.Helper()
	once.Do(func() { shared, broken = openCluster() })
	if broken != nil {
		t.Fatalf("PostgreSQL is needed for this test: %v", broken)
	}
	return shared
}

func openCluster() (*cluster, error) {
	c := &cluster{}
	address := os.Getenv(URLVariable)
	if address == "" {
		var err error
		if address, c.alive, err = start(); err != nil {
			return nil, err
		}
	}
	var err error
	if c.base, err = url.Parse(address); err != nil {
		return nil, fmt.Errorf("reading %s: %w", URLVariable, err)
	}
	if c.admin, err = sql.Open("pgx", c.base.String()); err != nil {
		return nil, err
	}
	c.admin.SetMaxOpenConns(3)
	if err := c.makeTemplate(); err != nil {
		return nil, fmt.Errorf("making the template: %w", err)
	}
	return c, nil
}

// makeTemplate migrates a database that all others are copied from. Processes
// that share the cluster share it, as long as their migrations are the same.
func (c *cluster) makeTemplate() (err error) {
	ctx := context.Background()
	sum, err := migrationSum()
	if err != nil {
		return err
	}
	c.template = "trellis_template_" + sum
	lock, err := c.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }() // which ends the lock
	if _, err := lock.ExecContext(ctx, "select pg_advisory_lock(7311585091222)"); err != nil {
		return err
	}
	defer func() { _, _ = lock.ExecContext(ctx, "select pg_advisory_unlock(7311585091222)") }()
	var exists bool
	if err := lock.QueryRowContext(ctx, "select exists (select from pg_database where datname = $1)", c.template).Scan(&exists); err != nil || exists {
		return err
	}
	unfinished := c.template + "_unfinished"
	c.drop(unfinished) // of a process that was stopped
	if err := c.create(unfinished, "template0"); err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Config{URL: c.urlOf(unfinished)}, postgres.New())
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	_, err = lock.ExecContext(ctx, fmt.Sprintf("alter database %q rename to %q", unfinished, c.template))
	return err
}

// migrationSum tells apart what different versions of the program would make.
func migrationSum() (string, error) {
	files := migrations.PostgreSQL()
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		sum.Write([]byte(path))
		sum.Write(content)
		return err
	})
	for _, function := range expr.PostgresFunctions() {
		sum.Write([]byte(function))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}

func (c *cluster) urlOf(name string) string {
	at := *c.base
	at.Path = "/" + name
	return at.String()
}

// create copies a database as files, which takes a quarter of the time that
// PostgreSQL takes for it by its log.
func (c *cluster) create(name, template string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := c.admin.ExecContext(ctx, fmt.Sprintf(`create database %q template %q strategy file_copy encoding 'UTF8'`, name, template))
	return err
}

func (c *cluster) drop(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// What is left behind goes with the cluster.
	_, _ = c.admin.ExecContext(ctx, fmt.Sprintf(`drop database if exists %q with (force)`, name))
}

// start starts a cluster in a temporary directory and has a watcher stop it
// when this process is gone, however it ended.
func start() (address string, alive io.Closer, err error) {
	directory, err := os.MkdirTemp("", "trellis-pg-")
	if err != nil {
		return "", nil, err
	}
	p, err := newProgram(directory)
	if err != nil {
		return "", nil, err
	}
	if err := p.start("-c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB"); err != nil {
		return "", nil, err
	}
	alive, err = stopLater(p.path("pg_ctl"), p.data, directory, p.identity)
	return p.url(), alive, err
}

// unprivileged gives the identity that PostgreSQL runs under, because it
// refuses to run as root, and hands it the directory.
func unprivileged(directory string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil means our own identity
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("looking for the user postgres: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(directory, int(uid), int(gid))
}

// stopLater starts a shell that waits for the end of its input, which comes
// when this process ends, and then stops the cluster and removes it.
func stopLater(control, data, directory string, identity *syscall.Credential) (io.Closer, error) {
	script := fmt.Sprintf("cat >/dev/null; %q -D %q -m immediate stop; rm -rf %q", control, data, directory)
	watcher := exec.Command("/bin/sh", "-c", script)
	watcher.SysProcAttr = &syscall.SysProcAttr{Credential: identity, Setpgid: true}
	watcher.Dir = "/"
	input, err := watcher.StdinPipe()
	if err != nil {
		return nil, err
	}
	return input, watcher.Start()
}
