package engine_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// victim is a server in a process of its own, to be killed.
type victim struct {
	binary, folder, url string
	process             *exec.Cmd
	serve               []string // more flags of the server
	client              *enginetest.Client
	pots                []string // that its writers fill
}

func (v *victim) run(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), v.binary, append([]string{"--data", v.folder, "--database-url", v.url}, args...)...)
	out, err := command.Output()
	require.NoError(t, err, "trellis %v", args)
	return strings.TrimSpace(string(out))
}

// executable builds the product and gives its path.
func executable(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "trellis")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "noui", "-o", binary, "../cmd/trellis")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// install sets an installation up with the lead template.
func install(t *testing.T, binary string, config store.Config) *victim {
	t.Helper()
	v := &victim{binary: binary, folder: t.TempDir(), url: config.URL, client: &enginetest.Client{}}
	password := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(password, []byte(enginetest.Password), 0o600))
	v.run(t, "setup", "--org", "Acme", "--email", enginetest.AdminEmail, "--password-file", password, "--template", "lead")
	v.client.Token = v.run(t, "token", "--email", enginetest.AdminEmail, "--name", "test")
	return v
}

// start serves and waits until the server answers.
func (v *victim) start(t *testing.T) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	v.process = exec.CommandContext(context.WithoutCancel(t.Context()), v.binary, "--data", v.folder, "--database-url", v.url, "serve", "--listen", address)
	v.process.Args = append(v.process.Args, v.serve...)
	log, err := v.process.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, v.process.Start())
	lines := bufio.NewScanner(log)
	for lines.Scan() && !strings.Contains(lines.Text(), "msg=serving") {
		continue
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	v.client.URL = "http://" + address
	for {
		answer, err := v.client.Try(http.MethodGet, "/me", nil)
		if err == nil && answer.Status == http.StatusOK {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
}

func (v *victim) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, v.process.Process.Kill())
	_ = v.process.Wait() // it was killed
}

// TestKilled kills a server at random moments while eight clients create,
// change and delete, alone and in batches, and an administrator changes an
// object. What was acknowledged is there, nothing is half, its history is whole,
// the search, the figures and the roll-ups agree with the records, and the
// tables with the definitions.
func TestKilled(t *testing.T) {
	t.Parallel()
	binary := executable(t)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		v := install(t, binary, config)
		random := enginetest.Random(t)
		v.start(t)
		v.prepare(t)
		all := map[string]kept{}
		for round := range enginetest.Times(10, 200) {
			written := v.disturb(t, round, func() {
				if round == 0 {
					v.filled(t)
				}
				<-time.After(time.Duration(random.IntN(enginetest.Times(500, 3000))) * time.Millisecond)
				v.kill(t)
			})
			v.soundFile(t)
			v.start(t)
			maps.Copy(all, v.holds(t, written))
		}
		defer v.kill(t)
		require.NotEmpty(t, all)
		v.sumsUp(t, all)
		v.agrees(t)
	})
}

// filled waits until something lies in each pot.
func (v *victim) filled(t *testing.T) {
	t.Helper()
	for _, pot := range v.pots {
		for fmt.Sprint(v.client.Get(t, "/records/pot/"+pot).Want(t, 200).Data(t)["drops"]) == "0" {
			<-time.After(20 * time.Millisecond)
		}
	}
}

// disturb writes and changes until the server is ended, and gives what was
// written.
func (v *victim) disturb(t *testing.T, round int, end func()) []*writer {
	t.Helper()
	var group sync.WaitGroup
	writers := make([]*writer, 8)
	for n := range writers {
		writers[n] = v.writer(fmt.Sprintf("w%d.%d", round, n))
		group.Go(func() { writers[n].write(t) })
	}
	group.Go(func() {
		for n := 0; ; n++ {
			definition := v.definition(fmt.Sprintf("extra_%d_%d", round, n%3))
			if _, err := v.client.Try(http.MethodPut, "/meta/object/visit?allow=destructive", definition); err != nil {
				return
			}
		}
	})
	end()
	group.Wait()
	return writers
}

func (*victim) definition(extra string) map[string]any {
	return map[string]any{"kind": "object", "name": "visit", "type": "object", "properties": map[string]any{
		"lead": map[string]any{"field": "lookup", "target": "lead"}, extra: map[string]any{"field": "text", "index": true},
	}}
}

// opened is the database, to be closed.
func (v *victim) opened(t *testing.T) *store.Store {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Config{Directory: v.folder, URL: v.url}, storetest.Dialects()...)
	require.NoError(t, err)
	return opened
}

// open opens the database until the test ends.
func (v *victim) open(t *testing.T) *store.Store {
	t.Helper()
	opened := v.opened(t)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	return opened
}

// agrees holds the tables to the definitions.
func (v *victim) agrees(t *testing.T) {
	t.Helper()
	opened := v.open(t)
	service, err := catalog.Open(t.Context(), opened, &clock.Movable{}, schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	shape, err := store.Introspect(t.Context(), opened)
	require.NoError(t, err)
	require.Equal(t, store.Normal(catalog.Tables(service.Current().Catalog())), shape.Objects)
}
