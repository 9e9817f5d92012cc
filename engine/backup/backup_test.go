package backup_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/backup"
	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// TestBackup copies an installation while pairs of records are written, each
// pair in one transaction: a copy holds both of a pair or neither, restores to
// the same counts as its own moment, and a damaged one is refused.
func TestBackup(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := func(company string) map[string]any {
			return map[string]any{"op": "create", "values": map[string]any{"name": "pair", "company": company}}
		}
		stop, stopped := make(chan struct{}), make(chan int)
		go func() {
			pairs := 0
			for {
				select {
				case <-stop:
					stopped <- pairs
					return
				default:
				}
				answer, err := i.Admin.Try("POST", "/records/lead/_batch", map[string]any{"atomic": true, "operations": []any{create("left"), create("right")}})
				if err == nil && answer.Status == 200 {
					pairs++
				}
			}
		}()
		pixel := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
		lead := i.Admin.Post(t, "/records/lead", map[string]any{"name": "with a file", "company": "x"}).Want(t, 201).Data(t)["id"]
		attached := i.Admin.Send(t, fmt.Sprint("/records/lead/", lead, "/files"), "one.gif", pixel).Want(t, 201).Data(t)["id"]
		path := filepath.Join(t.TempDir(), "copy.gz")
		_, err := i.Backup(context.Background(), path)
		close(stop)
		written := <-stopped
		require.NoError(t, err)

		folder := t.TempDir()
		_, err = engine.Restore(context.Background(), engine.Config{Directory: folder, Files: schemas.Files}, path)
		require.NoError(t, err)
		restored := enginetest.Open(t, engine.Config{Directory: folder})
		client := restored.Client(t, enginetest.AdminEmail)
		require.Equal(t, pixel, client.Get(t, fmt.Sprint("/files/", attached)).Want(t, 200).Body, "the copy holds the files")
		client.Get(t, fmt.Sprint("/files/", attached, "/thumbnail")).Want(t, 200)
		count := func(company string) int {
			var body struct{ Page struct{ Total int } }
			client.Post(t, "/records/lead/_query", map[string]any{"where": `company == "` + company + `"`, "count": "exact", "limit": 1}).Want(t, 200).Into(t, &body)
			return body.Page.Total
		}
		require.Equal(t, count("left"), count("right"), "both of a pair or neither")
		require.LessOrEqual(t, count("left"), written)
		client.Post(t, "/records/lead", map[string]any{"name": "goes on", "company": "here"}).Want(t, 201)

		content, err := os.ReadFile(path)
		require.NoError(t, err)
		content[len(content)/2] ^= 1
		require.NoError(t, os.WriteFile(path, content, 0o600))
		_, err = backup.Verify(context.Background(), path, storetest.Dialects()...)
		require.Error(t, err, "a damaged copy is refused")
	})
}

// TestABackupTellsWhatIsMissing: a file whose content is not there any more does
// not keep the rest from being copied, and is named; one that was removed is not
// missed.
func TestABackupTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	i := enginetest.New(t, engine.Config{Directory: directory})
	sent := func(name string) string {
		return fmt.Sprint(i.Admin.Send(t, "/files", name, []byte(name)).Want(t, 201).Data(t)["id"])
	}
	lost, whole, removed := sent("lost.txt"), sent("whole.txt"), sent("removed.txt")
	i.Admin.Delete(t, "/files/"+removed).Want(t, 204)
	contents := blob.NewFolder(filepath.Join(directory, "files"))
	for _, id := range []string{lost, removed} {
		require.NoError(t, contents.Delete(t.Context(), id))
	}
	path := filepath.Join(t.TempDir(), "copy.gz")
	copied, err := i.Backup(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, []string{"lost.txt"}, copied.Missing)

	folder := t.TempDir()
	_, err = engine.Restore(t.Context(), engine.Config{Directory: folder, Files: schemas.Files}, path)
	require.NoError(t, err)
	client := enginetest.Open(t, engine.Config{Directory: folder}).Client(t, enginetest.AdminEmail)
	require.Equal(t, "whole.txt", string(client.Get(t, "/files/"+whole).Want(t, 200).Body))
	client.Get(t, "/files/"+lost).Want(t, 404)
}
