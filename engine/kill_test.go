package engine_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
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
	client              *enginetest.Client
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

// TestKilled kills a server at random moments while eight clients write and an
// administrator changes the object that they write to. What was acknowledged
// is there, no record is half, its history is whole, and tables and
// definitions agree.
func TestKilled(t *testing.T) {
	t.Parallel()
	binary := executable(t)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		v := install(t, binary, config)
		acknowledged := map[string]bool{}
		for round := range enginetest.Times(3, 200) {
			v.start(t)
			for id := range v.disturb(t, round) {
				acknowledged[id] = true
			}
		}
		v.start(t)
		defer v.kill(t)
		for id := range acknowledged {
			data := v.client.Get(t, "/records/lead/"+id).Want(t, 200).Data(t)
			require.Equal(t, data["name"], data["company"], "a record is whole")
			entries := v.client.Get(t, "/records/lead/"+id+"/changes").Want(t, 200).List(t)
			require.Len(t, entries, int(data["version"].(float64)), "each version has its entry")
		}
		v.agrees(t)
	})
}

// disturb writes and changes until the server is killed, and gives the ids of
// what was acknowledged.
func (v *victim) disturb(t *testing.T, round int) map[string]bool {
	t.Helper()
	acknowledged := map[string]bool{}
	var mutex sync.Mutex
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for n := 0; ; n++ {
				text := fmt.Sprintf("w%d.%d.%d", round, worker, n)
				answer, err := v.client.Try(http.MethodPost, "/records/lead", map[string]any{"name": text, "company": text})
				if err != nil {
					return
				}
				if answer.Status != http.StatusCreated {
					t.Errorf("a writer got %d: %s", answer.Status, answer.Body)
					return
				}
				id, _ := answer.Data(t)["id"].(string)
				mutex.Lock()
				acknowledged[id] = true
				mutex.Unlock()
			}
		})
	}
	group.Go(func() {
		for n := 0; ; n++ {
			definition := v.definition(fmt.Sprintf("extra_%d_%d", round, n%3))
			if _, err := v.client.Try(http.MethodPut, "/meta/object/visit?allow=destructive", definition); err != nil {
				return
			}
		}
	})
	<-time.After(time.Duration(200+rand.IntN(900)) * time.Millisecond)
	v.kill(t)
	group.Wait()
	return acknowledged
}

func (*victim) definition(extra string) map[string]any {
	return map[string]any{"kind": "object", "name": "visit", "type": "object", "properties": map[string]any{
		"lead": map[string]any{"field": "lookup", "target": "lead"}, extra: map[string]any{"field": "text", "index": true},
	}}
}

// open opens the database until the test ends.
func (v *victim) open(t *testing.T) *store.Store {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Config{Directory: v.folder, URL: v.url}, storetest.Dialects()...)
	require.NoError(t, err)
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
