package blob_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/record"
)

// each runs a promise on every place for contents; left lists what lies there.
func each(t *testing.T, promise func(t *testing.T, kept blob.Store, left func() []string)) {
	t.Helper()
	files := func(t *testing.T, folder string) func() []string {
		return func() (found []string) {
			_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					found = append(found, filepath.Base(path))
				}
				return nil
			})
			return found
		}
	}
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		folder := filepath.Join(t.TempDir(), "files")
		kept, err := blob.Open(folder, "")
		require.NoError(t, err)
		promise(t, kept, files(t, folder))
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		address, folder := enginetest.Bucket(t)
		kept, err := blob.Open("", address)
		require.NoError(t, err)
		promise(t, kept, files(t, folder))
	})
}

func name(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012x", n) }

// TestWhatIsPutIsThere, whole, from any place on, until it is deleted.
func TestWhatIsPutIsThere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kept blob.Store, left func() []string) {
		ctx := t.Context()
		_, err := kept.Open(ctx, name(0))
		require.ErrorIs(t, err, blob.ErrNotFound)
		require.NoError(t, kept.Delete(ctx, name(0)), "what is not there can be deleted")
		var wait sync.WaitGroup
		for n, size := range []int{0, 1, 5 << 20, 12<<20 + 7} {
			content := make([]byte, size)
			_, _ = rand.Read(content) // it never fails
			wait.Go(func() {
				for _, name := range []string{name(n), name(n) + ".thumbnail"} {
					stored, err := kept.Put(ctx, name, bytes.NewReader(content), int64(size))
					if !errors.Is(err, nil) || stored != int64(size) {
						t.Errorf("put %d bytes: %d, %v", size, stored, err)
					}
				}
			})
			wait.Wait()
			opened, err := kept.Open(ctx, name(n))
			require.NoError(t, err)
			read, err := io.ReadAll(opened)
			require.NoError(t, err)
			require.True(t, bytes.Equal(content, read))
			end, err := opened.Seek(0, io.SeekEnd)
			require.NoError(t, err)
			require.EqualValues(t, size, end)
			_, err = opened.Seek(int64(size/2), io.SeekStart)
			require.NoError(t, err)
			read, err = io.ReadAll(opened)
			require.NoError(t, err)
			require.True(t, bytes.Equal(content[size/2:], read))
			require.NoError(t, opened.Close())
			require.NoError(t, kept.Delete(ctx, name(n)))
			_, err = kept.Open(ctx, name(n))
			require.ErrorIs(t, err, blob.ErrNotFound)
			require.NoError(t, kept.Delete(ctx, name(n)+".thumbnail"))
		}
		require.Empty(t, left())
	})
}

// TestWhatIsNotWholeIsNotThere: what is too large, or whose reader fails.
func TestWhatIsNotWholeIsNotThere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kept blob.Store, left func() []string) {
		ctx := t.Context()
		broken := errors.New("the connection broke")
		for n, size := range []int{10, 11 << 20} {
			_, err := kept.Put(ctx, name(n), bytes.NewReader(make([]byte, size)), int64(size)-1)
			require.ErrorIs(t, err, blob.ErrTooLarge)
			half := io.MultiReader(bytes.NewReader(make([]byte, size)), iotest.ErrReader(broken))
			_, err = kept.Put(ctx, name(n), half, int64(size)+10)
			require.ErrorIs(t, err, broken)
			_, err = kept.Open(ctx, name(n))
			require.ErrorIs(t, err, blob.ErrNotFound)
			require.NoError(t, kept.Delete(ctx, name(n)))
		}
		require.Empty(t, left())
		for _, wrong := range []string{"", "..", "../../etc/passwd", name(1) + "/x", "A" + name(1)[1:], name(1) + ".a/b"} {
			_, err := kept.Put(ctx, wrong, bytes.NewReader(nil), 1)
			require.Error(t, err)
			_, err = kept.Open(ctx, wrong)
			require.Error(t, err)
			require.Error(t, kept.Delete(ctx, wrong))
		}
	})
}

// TestAnAddressHoldsNoKeys, and is understood as a whole.
func TestAnAddressHoldsNoKeys(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"s3://", "https://bucket", "s3://key:secret@bucket", "s3://bucket?secret=x", "s3://bucket?endpoint=https://host/path", "\x00"} {
		_, err := blob.Open("", wrong)
		require.Error(t, err, wrong)
		require.NotContains(t, err.Error(), "key:secret")
	}
}

// TestAnInstallationKeepsItsFilesInABucket: from the upload to the removal.
func TestAnInstallationKeepsItsFilesInABucket(t *testing.T) {
	t.Parallel()
	address, folder := enginetest.Bucket(t)
	i := enginetest.New(t, engine.Config{Directory: t.TempDir(), BlobURL: address})
	pixel := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
	lead := fmt.Sprint("/records/lead/", i.Admin.Post(t, "/records/lead", map[string]any{"name": "a", "company": "b"}).Want(t, 201).Data(t)["id"])
	id := fmt.Sprint(i.Admin.Send(t, lead+"/files", "one.gif", pixel).Want(t, 201).Data(t)["id"])
	require.Equal(t, pixel, i.Admin.Get(t, "/files/"+id).Want(t, 200).Body)
	i.Admin.Get(t, "/files/"+id+"/thumbnail").Want(t, 200)
	i.Admin.Send(t, lead+"/files", "large", make([]byte, 26<<20)).Want(t, 413)
	objects, err := filepath.Glob(filepath.Join(folder, "kept", "*"))
	require.NoError(t, err)
	require.Len(t, objects, 2)
	i.Admin.Delete(t, lead+"/files/"+id).Want(t, 204)
	i.Admin.Get(t, "/files/"+id).Want(t, 404)
	i.Admin.Post(t, "/bin/files/"+id+"/restore", nil).Want(t, 204)
	require.Equal(t, pixel, i.Admin.Get(t, "/files/"+id).Want(t, 200).Body)
	i.Admin.Delete(t, lead+"/files/"+id).Want(t, 204)
	i.Admin.Post(t, "//test/clock", map[string]any{"advance": "P31D"}).Want(t, 200)
	for _, kind := range i.Records.Kinds() {
		if kind.Name() == record.FileCleaningKind {
			require.NoError(t, kind.Run(t.Context(), &job.Running{}))
		}
	}
	objects, err = filepath.Glob(filepath.Join(folder, "kept", "*"))
	require.NoError(t, err)
	require.Empty(t, objects)
}
