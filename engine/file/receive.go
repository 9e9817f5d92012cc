package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// Receive takes in a file that a person sends. Nothing holds it yet. Faults:
// file_too_large, file_empty, too_many_files, and what the reader gives.
func (s *Service) Receive(ctx context.Context, by, name string, content io.Reader) (*Stored, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	now := s.clock.Now().UnixMilli()
	row := &Stored{ID: id.String(), Name: cleanName(name), State: Pending, ByID: by, At: now, LooseAt: &now}
	if err := s.announce(ctx, row); err != nil {
		return nil, err
	}
	if err := s.take(ctx, row, content); err != nil {
		return nil, errors.Join(err, s.remove(context.WithoutCancel(ctx), row.ID))
	}
	return row, nil
}

// announce stores the row before the content, one of a person's after the
// other, so that many at once are counted, too.
func (s *Service) announce(ctx context.Context, row *Stored) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		var id string
		if err := tx.QueryRow(ctx, `SELECT id FROM "user" WHERE id = ? `+tx.Dialect().ForValues(), row.ByID).Scan(&id); err != nil {
			return fmt.Errorf("lock a person: %w", err)
		}
		var loose int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM sys_file WHERE by_id = ? AND record IS NULL`, row.ByID).Scan(&loose); err != nil {
			return fmt.Errorf("count files: %w", err)
		}
		if loose >= MaxLoose {
			return fault.New(fault.TooManyFiles, "max", MaxLoose)
		}
		return store.Insert(ctx, tx, row)
	})
}

// take stores the content and what it turns out to be.
func (s *Service) take(ctx context.Context, row *Stored, content io.Reader) error {
	told := &listener{sum: sha256.New()}
	size, err := s.blobs.Put(ctx, row.ID, io.TeeReader(content, told), MaxSize)
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		return fault.New(fault.FileTooLarge, "max", Human(MaxSize))
	case err != nil:
		return fmt.Errorf("store a file: %w", err)
	case size == 0:
		return fault.New(fault.FileEmpty)
	}
	row.Type = detect(told.head.Bytes())
	row.Size, row.SHA256, row.State = size, hex.EncodeToString(told.sum.Sum(nil)), Ready
	if row.Thumbnail, err = s.picture(ctx, row); err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return store.Save(ctx, tx, row)
	})
}

// listener hears a content go by: its sum, and how it begins.
type listener struct {
	sum  hash.Hash
	head bytes.Buffer
}

// Write hears a part.
func (l *listener) Write(p []byte) (int, error) {
	if room := headSize - l.head.Len(); room > 0 {
		l.head.Write(p[:min(room, len(p))])
	}
	return l.sum.Write(p) //nolint:wrapcheck // a hash takes everything
}

// Human writes a number of bytes for people.
func Human(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%d MiB", bytes>>20)
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KiB", bytes>>10)
	default:
		return fmt.Sprintf("%d B", bytes)
	}
}
