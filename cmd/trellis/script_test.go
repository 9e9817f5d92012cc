package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/trellis-crm/trellis/engine/store/storetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"trellis": main})
}

// TestCommands runs the scripts of testdata/script, each a promise of the
// command line. $POSTGRES is a fresh database.
func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("POSTGRES", storetest.EmptyPostgres(t))
			env.Setenv("LANG", "en")
			return nil
		},
	})
}
