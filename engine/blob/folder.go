package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/trellis-crm/trellis/engine/fault"
)

// Folder keeps contents as files in a folder.
type Folder struct{ path string }

var _ Store = (*Folder)(nil)

// NewFolder keeps contents in a folder, which need not be there yet.
func NewFolder(path string) *Folder { return &Folder{path: path} }

// file is where a content is: in one of 256 folders, by the end of its id,
// because its beginning is the time.
func (f *Folder) file(name string) string {
	return filepath.Join(f.path, name[34:36], name)
}

// part is where a content is until it is whole.
func part(file string) string { return file + ".part" }

// Put writes the content beside its place, has the disk store it, and then puts
// it there. Fault: storage_full.
func (f *Folder) Put(_ context.Context, name string, from io.Reader, most int64) (int64, error) {
	if err := check(name); err != nil {
		return 0, err
	}
	place := f.file(name)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return 0, full(fmt.Errorf("make a folder: %w", err))
	}
	file, err := os.OpenFile(part(place), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, full(fmt.Errorf("make a file: %w", err))
	}
	content := &bounded{from: from, left: most}
	if err := fill(file, content); err != nil {
		return 0, errors.Join(full(err), os.Remove(part(place)))
	}
	if err := os.Rename(part(place), place); err != nil {
		return 0, errors.Join(fmt.Errorf("name a file: %w", err), os.Remove(part(place)))
	}
	for _, folder := range []string{filepath.Dir(place), f.path, filepath.Dir(f.path)} {
		if err := syncFolder(folder); err != nil {
			return 0, err
		}
	}
	return content.size, nil
}

func fill(file *os.File, content io.Reader) error {
	_, err := io.Copy(file, content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncFolder has the disk store the names in a folder.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // made of our own names
	if err != nil {
		return fmt.Errorf("open a folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("store a folder: %w", err)
	}
	return nil
}

// full names what only room on the disk will help.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.StorageFull).Because(err)
	}
	return err
}

// Open opens the file.
func (f *Folder) Open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	if err := check(name); err != nil {
		return nil, err
	}
	file, err := os.Open(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	return file, nil
}

// Delete removes the file.
func (f *Folder) Delete(_ context.Context, name string) error {
	if err := check(name); err != nil {
		return err
	}
	for _, path := range []string{f.file(name), part(f.file(name))} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a file: %w", err)
		}
	}
	return nil
}
