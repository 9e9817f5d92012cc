package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/trellis-crm/trellis/engine/store/storetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"trellis": main})
}

// TestCommands runs the scripts of testdata/script, each a promise of the
// command line. $POSTGRES and $POSTGRES2 are fresh databases; "serving" runs a
// server with its flags until the script ends; "damage" makes a copy of a file
// with one byte changed, or cut at a place.
func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("POSTGRES", storetest.EmptyPostgres(t))
			env.Setenv("POSTGRES2", storetest.EmptyPostgres(t))
			env.Setenv("LANG", "en")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serving": serving, "damage": damage},
	})
}

func serving(ts *testscript.TestScript, _ bool, flags []string) {
	binary, err := exec.LookPath("trellis")
	ts.Check(err)
	server := exec.Command(binary, append(flags, "serve", "--listen", "127.0.0.1:0")...)
	server.Dir, server.Env = ts.Getenv("WORK"), append(os.Environ(), "LANG=en")
	log, err := server.StderrPipe()
	ts.Check(err)
	ts.Check(server.Start())
	ts.Defer(func() {
		_ = server.Process.Kill() // its end is not what is tried
		_ = server.Wait()
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "msg=serving") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return
		}
	}
	ts.Fatalf("trellis %v does not serve", flags)
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	content := []byte(ts.ReadFile(args[0]))
	switch middle := len(content) / 2; args[2] {
	case "cut":
		content = content[:middle]
	case "flip":
		content[middle] ^= 1
	case "end":
		content[len(content)-6] ^= 1
	case "more":
		content = append(content, content...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), content, 0o600))
}
