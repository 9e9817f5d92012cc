package enginetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/setup"
	"github.com/trellis-crm/trellis/engine/store/sqlite"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// Set-up takes longer than most tests, so that a process does it once for each
// kind of database, and its tests begin with copies.
var (
	postgresSeed = storetest.Seed{Fill: func(url string) error {
		return inDirectory(func(directory string) error {
			return setUpIn(engine.Config{Directory: directory, DatabaseURL: url})
		})
	}}
	sqliteSeed = sync.OnceValues(func() (file []byte, err error) {
		err = inDirectory(func(directory string) error {
			if err := setUpIn(engine.Config{Directory: directory}); err != nil {
				return err
			}
			file, err = os.ReadFile(filepath.Join(directory, sqlite.FileName))
			return err
		})
		return file, err
	})
)

// Database gives the URL of a PostgreSQL database of an installation that is
// set up.
func Database(t testing.TB) string {
	t.Helper()
	return postgresSeed.Copy(t)
}

// copySQLite gives an empty directory the database of an installation that is
// set up.
func copySQLite(t testing.TB, directory string) {
	t.Helper()
	file, err := sqliteSeed()
	if err == nil {
		err = os.WriteFile(filepath.Join(directory, sqlite.FileName), file, 0o600)
	}
	if err != nil {
		t.Fatalf("copy an installation: %v", err)
	}
}

// setUp sets an installation up, unless it is.
func setUp(e *engine.Engine) error {
	done, err := e.Setup.Done(context.Background())
	if err != nil || done {
		return err
	}
	_, err = e.Setup.Run(context.Background(), setup.Request{
		Locale: "en", Name: "Ada Admin", Email: AdminEmail, Password: Password,
		Organisation: "Acme", Timezone: "Asia/Shanghai", Currency: "CNY", Templates: []string{"lead"},
	})
	return err
}

// setUpIn sets up what a configuration names, and leaves it closed.
func setUpIn(config engine.Config) error {
	config.Files = schemas.Files
	e, err := engine.New(context.Background(), config)
	if err != nil {
		return fmt.Errorf("open the engine: %w", err)
	}
	return errors.Join(setUp(e), e.Close())
}

func inDirectory(do func(directory string) error) error {
	directory, err := os.MkdirTemp("", "trellis-seed-")
	if err != nil {
		return err
	}
	return errors.Join(do(directory), os.RemoveAll(directory))
}
