package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/store"
)

// pageSize is how many files are looked up at once.
const pageSize = 500

// writeContents writes the contents of all files as an archive, and gives the
// names of those that are missing. One that was removed meanwhile is not.
func writeContents(ctx context.Context, s *store.Store, contents blob.Store, w io.Writer) (missing []string, err error) {
	archive := tar.NewWriter(w)
	after := ""
	for {
		selection := store.Selection{Where: "state = ?", Args: []any{file.Ready}, Order: "id", Limit: pageSize}
		if after != "" {
			selection.Where, selection.Args = selection.Where+" AND id > ?", append(selection.Args, after)
		}
		rows, err := store.Find[file.Stored](ctx, s, selection)
		if err != nil {
			return nil, fmt.Errorf("list the files: %w", err)
		}
		for i := range rows {
			found, err := writeFile(ctx, s, archive, contents, &rows[i])
			if err != nil {
				return nil, err
			}
			if !found {
				missing = append(missing, rows[i].Name)
			}
		}
		if len(rows) < pageSize {
			return missing, archive.Close() //nolint:wrapcheck // said by the caller
		}
		after = rows[len(rows)-1].ID
	}
}

// writeFile writes the contents of a file; found is false when one is not there,
// although the file is still.
func writeFile(ctx context.Context, s *store.Store, archive *tar.Writer, contents blob.Store, row *file.Stored) (found bool, err error) {
	for _, name := range row.Contents() {
		err := writeContent(ctx, archive, contents, name)
		if errors.Is(err, blob.ErrNotFound) {
			_, err = store.First[file.Stored](ctx, s, "id = ? AND state = ?", row.ID, file.Ready)
			if errors.Is(err, store.ErrNotFound) {
				return true, nil
			}
			return false, err //nolint:wrapcheck // said by the caller
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func writeContent(ctx context.Context, archive *tar.Writer, contents blob.Store, name string) (err error) {
	content, err := contents.Open(ctx, name)
	if err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	size, err := content.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	if err := archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600}); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	if _, err := io.Copy(archive, content); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	return nil
}

// readContents stores the contents of an archive.
func readContents(ctx context.Context, contents blob.Store, r io.Reader) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.FileDamaged).Because(err)
		}
		if _, err := contents.Put(ctx, header.Name, archive, header.Size); err != nil {
			return fmt.Errorf("store a file: %w", err)
		}
	}
}
