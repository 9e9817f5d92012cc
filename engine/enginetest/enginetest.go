// Package enginetest gives tests a whole installation: an engine on SQLite and
// one on PostgreSQL, set up with the lead template, serving on a real port,
// and clients that speak to it over HTTP. It is imported by tests only. Start
// with Each.
package enginetest

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// Password is the administrator's.
const Password = "correct horse battery staple"

// AdminEmail is the administrator's mail address.
const AdminEmail = "admin@example.com"

// Installation is a served engine.
type Installation struct {
	*engine.Engine
	URL   string
	Admin *Client
}

// Each runs a test on an installation of every database, in parallel.
func Each(t *testing.T, test func(t *testing.T, i *Installation)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, New(t, engine.Config{Directory: t.TempDir()}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: Database(t)}))
	})
}

// New serves an installation that is set up until the test ends. Without a
// database of its own it gets a copy of one that was set up before.
func New(t testing.TB, config engine.Config) *Installation {
	t.Helper()
	if config.DatabaseURL == "" {
		copySQLite(t, config.Directory)
	}
	return settled(t, config)
}

// settled serves an installation, and sets it up where nobody has.
func settled(t testing.TB, config engine.Config) *Installation {
	t.Helper()
	i := Open(t, config)
	if err := setUp(i.Engine); err != nil {
		t.Fatalf("set up: %v", err)
	}
	i.Admin = i.Client(t, AdminEmail)
	return i
}

// Open serves an installation as it is, perhaps not set up, until the test
// ends.
func Open(t testing.TB, config engine.Config) *Installation {
	t.Helper()
	config.Files, config.TestClock = schemas.Files, true
	config.Log = slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	e, err := engine.New(context.Background(), config)
	if err != nil {
		t.Fatalf("open the engine: %v", err)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := e.Close(); err != nil {
			t.Errorf("close the engine: %v", err)
		}
		e = nil // package testing keeps this function to the end of all tests
	})
	i := &Installation{Engine: e, URL: "http://" + listener.Addr().String()}
	(&Client{URL: i.URL}).Get(t, "//healthz").Want(t, 200) // from now on it is not at its beginning
	return i
}

// Person makes a person with roles and gives a client with his API key.
func (i *Installation) Person(t testing.TB, name string, roles ...string) *Client {
	t.Helper()
	email := strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.com"
	answer := i.Admin.Post(t, "/records/user", map[string]any{"name": name, "email": email, "roles": roles})
	answer.Want(t, 201)
	return i.Client(t, email)
}

// Client gives a client with an API key of the person with a mail address.
func (i *Installation) Client(t testing.TB, email string) *Client {
	t.Helper()
	return i.Limited(t, email, nil)
}

// Limited is Client with a key that is limited, where limit is not nil.
func (i *Installation) Limited(t testing.TB, email string, limit *access.Limit) *Client {
	t.Helper()
	actor, err := i.People.ByEmail(context.Background(), email, "command")
	if err != nil {
		t.Fatalf("find %s: %v", email, err)
	}
	token, err := i.People.CreateToken(context.Background(), actor, "test", 24*time.Hour, limit)
	if err != nil {
		t.Fatalf("make a key for %s: %v", email, err)
	}
	return &Client{URL: i.URL, Token: token.Token, UserID: actor.ID}
}

// testLog shows what the engine logs when the test fails.
type testLog struct{ t testing.TB }

// Write logs one line.
func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimRight(string(line), "\n"))
	return len(line), nil
}

// Twin sets a second installation up on the same kind of database; none of its
// ids and secrets are those of the first.
func (i *Installation) Twin(t testing.TB) *Installation {
	t.Helper()
	config := engine.Config{Directory: t.TempDir()}
	if i.Store.Dialect().Name() == "postgres" {
		config.DatabaseURL = storetest.Postgres(t)
	}
	return settled(t, config)
}

// NewSQLite is New on SQLite, for promises that no database has a part in.
func NewSQLite(t testing.TB) *Installation {
	t.Helper()
	return New(t, engine.Config{Directory: t.TempDir()})
}

// EmptyDatabase gives the URL of a PostgreSQL database with nothing in it.
func EmptyDatabase(t testing.TB) string {
	t.Helper()
	return storetest.Postgres(t)
}
