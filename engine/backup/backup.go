// Package backup copies a whole installation into one file and back. A copy is
// taken while the server works, and counts only after it was restored once on
// trial and found whole. Start with Write and Restore.
package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// A copy is two members of gzip: the dump of the database, and an archive of
// the contents of files, where the installation keeps them itself.

// Copy is what a file holds.
type Copy struct {
	store.Header
	// Missing are the names of the files whose contents the installation itself
	// has lost, so that the copy does not have them either.
	Missing []string
}

// Write copies the installation into a file, with the contents of its files
// where they are not nil: a bucket has copies of its own. The file appears under its name
// when it is complete, stored and verified; a process that is killed before
// leaves the file that was there.
func Write(ctx context.Context, s *store.Store, contents blob.Store, path string, dialects ...store.Dialect) (copied Copy, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return copied, fmt.Errorf("make the file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if copied.Missing, err = dump(ctx, s, contents, file); err != nil {
		return copied, errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return copied, fmt.Errorf("close the file: %w", err)
	}
	if copied.Header, err = Verify(ctx, file.Name(), dialects...); err != nil {
		return copied, fmt.Errorf("verify the copy: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return copied, fmt.Errorf("name the file: %w", err)
	}
	return copied, nil
}

func dump(ctx context.Context, s *store.Store, contents blob.Store, file *os.File) (missing []string, err error) {
	packed := gzip.NewWriter(file)
	if err := s.Dump(ctx, packed); err != nil {
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	if err := packed.Close(); err != nil {
		return nil, fmt.Errorf("write the file: %w", err)
	}
	if contents != nil { // after the database: what it names is there until then, at least
		packed.Reset(file)
		missing, err = writeContents(ctx, s, contents, packed)
		if err := errors.Join(err, packed.Close()); err != nil {
			return nil, fmt.Errorf("copy the files: %w", err)
		}
	}
	if err := file.Sync(); err != nil {
		return nil, fmt.Errorf("store the file: %w", err)
	}
	return missing, nil
}

// Verify restores a file on trial, into a folder that is removed again.
func Verify(ctx context.Context, path string, dialects ...store.Dialect) (header store.Header, err error) {
	folder, err := os.MkdirTemp("", "trellis-verify-*")
	if err != nil {
		return header, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	return Restore(ctx, store.Config{Directory: folder}, blob.NewFolder(filepath.Join(folder, "files")), path, dialects...)
}

// Restore fills an empty database, and the place of the contents of files, from
// a file. Faults: file_damaged, not_a_backup.
func Restore(ctx context.Context, config store.Config, contents blob.Store, path string, dialects ...store.Dialect) (header store.Header, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return header, fmt.Errorf("open the file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := whole(file); err != nil {
		return header, err
	}
	from := bufio.NewReader(file)
	packed, err := gzip.NewReader(from)
	if err != nil {
		return header, fault.New(fault.NotABackup).Because(err)
	}
	packed.Multistream(false)
	header, err = store.Load(ctx, config, packed, dialects...)
	if err != nil {
		return header, fmt.Errorf("restore: %w", err)
	}
	if _, err := io.Copy(io.Discard, packed); err != nil { //nolint:gosec // what is thrown away fills nothing
		return header, fault.New(fault.FileDamaged).Because(err)
	}
	switch err := packed.Reset(from); {
	case errors.Is(err, io.EOF):
		return header, nil
	case err != nil:
		return header, fault.New(fault.FileDamaged).Because(err)
	}
	return header, readContents(ctx, contents, packed)
}

// whole reads a file to its end before anything is kept of it.
func whole(file *os.File) error {
	packed, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return fault.New(fault.NotABackup).Because(err)
	}
	if _, err := io.Copy(io.Discard, packed); err != nil { //nolint:gosec // what is thrown away fills nothing
		return fault.New(fault.FileDamaged).Because(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	return nil
}
