package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// killAmid kills the server after each step forward of a transfer, and starts
// it again, some times; it gives the transfer when it has come to its end.
func (v *victim) killAmid(t *testing.T, path, stage, working string) map[string]any {
	t.Helper()
	v.client.Post(t, path+"/"+stage, nil).Want(t, 202)
	seen, done := 0.0, 0.0
	for range enginetest.Times(3, 100) {
		state := working
		for state == working && done <= seen {
			data := v.client.Get(t, path).Want(t, 200).Data(t)
			state = data["state"].(string)
			done = data["progress"].(map[string]any)["done"].(float64)
		}
		if state != working {
			break
		}
		seen = done
		<-time.After(time.Duration(rand.IntN(50)) * time.Millisecond)
		v.kill(t)
		v.expireLeases(t)
		v.start(t)
	}
	require.Positive(t, seen, "it was killed in its midst")
	return v.client.Wait(t, path, working)
}

// expireLeases spares waiting until the jobs of a dead server are free.
func (v *victim) expireLeases(t *testing.T) {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Config{Directory: v.folder, URL: v.url}, storetest.Dialects()...)
	require.NoError(t, err)
	defer func() { require.NoError(t, opened.Close()) }()
	require.NoError(t, opened.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "update sys_job set lease_until = 0 where state = 'running'")
		return err
	}))
}

// total counts the records of an object that somebody sees.
func total(t *testing.T, client *enginetest.Client, object string) int {
	t.Helper()
	var body struct{ Page struct{ Total int } }
	client.Get(t, "/records/"+object+"?count=exact&limit=1").Want(t, 200).Into(t, &body)
	return body.Page.Total
}

// TestAnImportThatIsKilledGoesOnWhereItStopped: after kills in its midst every
// row is one record, created once; and undoing it, killed too, takes all back.
func TestAnImportThatIsKilledGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	binary := executable(t)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		const rows = 6000
		v := install(t, binary, config)
		v.start(t)
		defer func() { v.kill(t) }()
		v.client.Post(t, "/meta/_apply", map[string]any{"definitions": []any{map[string]any{
			"kind": "object", "name": "visitor", "type": "object", "properties": map[string]any{
				"code": map[string]any{"field": "integer"}, "name": map[string]any{"field": "text"},
			},
		}}}).Want(t, 200)
		var table bytes.Buffer
		table.WriteString("code,name\n")
		for n := range rows {
			fmt.Fprintf(&table, "%d,visitor %d\n", n, n)
		}
		imported := v.client.Upload(t, "visitor", "visitors.csv", table.Bytes()).Want(t, 201).Data(t)
		path := fmt.Sprint("/imports/", imported["id"])
		v.client.Patch(t, path, map[string]any{"match": []string{"code"}}).Want(t, 200)

		done := v.killAmid(t, path, "run", "running")
		require.Equal(t, "done", done["state"], "%v", done["fault"])
		require.InDelta(t, rows, done["counts"].(map[string]any)["create"], 0, "%v", done["counts"])
		require.Equal(t, rows, total(t, v.client, "visitor"))
		codes := v.client.Post(t, "/records/visitor/_aggregate", map[string]any{"measures": []any{map[string]any{"as": "n", "function": "count_distinct", "field": "code"}}}).Want(t, 200).List(t)
		require.InDelta(t, rows, codes[0]["n"], 0)
		opened := v.open(t)
		for _, statement := range []string{"SELECT count(*) FROM sys_change WHERE object = 'visitor'", "SELECT count(DISTINCT record) FROM sys_change WHERE object = 'visitor' AND action = 'create'"} {
			var entries int
			require.NoError(t, opened.QueryRow(t.Context(), statement).Scan(&entries))
			require.Equal(t, rows, entries, statement)
		}

		undone := v.killAmid(t, path, "undo", "undoing")
		require.Equal(t, "undone", undone["state"], "%v", undone["fault"])
		require.InDelta(t, 0, undone["counts"].(map[string]any)["kept"], 0)
		require.Equal(t, 0, total(t, v.client, "visitor"))
	})
}

// TestABackupThatIsKilledLeavesTheOneBefore: whenever a copy is killed, under
// its name lies the one before or the new one, whole; and the next one works.
func TestABackupThatIsKilledLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	binary := executable(t)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		v := install(t, binary, config)
		v.start(t)
		defer func() { v.kill(t) }()
		fill := func() {
			operations := make([]any, 3000)
			for n := range operations {
				operations[n] = map[string]any{"op": "create", "values": map[string]any{"name": fmt.Sprint("person ", n), "company": "Acme"}}
			}
			v.client.Post(t, "/records/lead/_batch", map[string]any{"atomic": true, "operations": operations}).Want(t, 200)
		}
		restored := func(path string) int {
			folder := t.TempDir()
			_, err := engine.Restore(t.Context(), engine.Config{Directory: folder, Files: schemas.Files}, path)
			require.NoError(t, err)
			i := enginetest.Open(t, engine.Config{Directory: folder})
			return total(t, i.Client(t, enginetest.AdminEmail), "lead")
		}
		folder := t.TempDir()
		path := filepath.Join(folder, "copy.gz")
		fill()
		began := time.Now()
		v.run(t, "backup", path)
		takes := time.Since(began)
		fill()
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		for range enginetest.Times(3, 100) {
			process := exec.CommandContext(t.Context(), v.binary, "--data", v.folder, "--database-url", v.url, "backup", path)
			require.NoError(t, process.Start())
			<-time.After(time.Duration(rand.Int64N(int64(takes))))
			_ = process.Process.Kill()
			_ = process.Wait() // it was killed
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			if !bytes.Equal(before, after) {
				require.Equal(t, 6000, restored(path), "it was done before it was killed")
			}
			left, err := os.ReadDir(folder)
			require.NoError(t, err)
			for _, entry := range left {
				require.True(t, entry.Name() == "copy.gz" || strings.HasPrefix(entry.Name(), "."), "%s could be taken for a copy", entry.Name())
			}
		}
		v.run(t, "backup", path)
		require.Equal(t, 6000, restored(path))
	})
}
