package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// Files live in the database in parts, so that every server has them and a
// backup holds them.

// partSize is how large a part is.
const partSize = 512 << 10

// blobRow is a part of a file.
type blobRow struct {
	ID   string `gorm:"primaryKey"`
	Part int64  `gorm:"primaryKey;autoIncrement:false"`
	Data []byte
}

// TableName is the table of parts.
func (blobRow) TableName() string { return "sys_blob" }

// blobWriter writes a file part by part, each in its own transaction.
type blobWriter struct {
	ctx    context.Context //nolint:containedctx // an io.Writer has no other way
	store  *store.Store
	id     string
	part   int64
	size   int64
	buffer bytes.Buffer
}

func newBlob(ctx context.Context, s *store.Store) (*blobWriter, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	return &blobWriter{ctx: ctx, store: s, id: id.String()}, nil
}

// Write adds to the file.
func (w *blobWriter) Write(p []byte) (int, error) {
	w.size += int64(len(p))
	w.buffer.Write(p)
	for w.buffer.Len() >= partSize {
		if err := w.flush(w.buffer.Next(partSize)); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// Close writes what is left.
func (w *blobWriter) Close() error { return w.flush(w.buffer.Bytes()) }

func (w *blobWriter) flush(data []byte) error {
	row := &blobRow{ID: w.id, Part: w.part, Data: bytes.Clone(data)}
	w.part++
	err := w.store.Write(w.ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return fmt.Errorf("store a file: %w", err)
	}
	return nil
}

// receive stores an uploaded file and refuses one that is too large.
func (s *Service) receive(ctx context.Context, content io.Reader) (*blobWriter, error) {
	blob, err := newBlob(ctx, s.store)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(blob, io.LimitReader(content, MaxFile+1)); err != nil {
		return nil, errors.Join(fmt.Errorf("receive a file: %w", err), s.drop(ctx, blob.id))
	}
	if err := blob.Close(); err != nil {
		return nil, err
	}
	if blob.size > MaxFile {
		return nil, errors.Join(fault.New(fault.FileTooLarge, "max", fmt.Sprintf("%d MiB", MaxFile>>20)), s.drop(ctx, blob.id))
	}
	return blob, nil
}

// drop removes a file.
func (s *Service) drop(ctx context.Context, id string) error {
	return s.store.Write(context.WithoutCancel(ctx), store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Delete[blobRow](ctx, tx, "id = ?", id)
		return err //nolint:wrapcheck // joined with what went wrong before
	})
}

// blobReader reads a file part by part.
type blobReader struct {
	ctx   context.Context //nolint:containedctx // an io.Reader has no other way
	store *store.Store
	id    string
	part  int64
	data  []byte
	ended bool
}

func (s *Service) open(ctx context.Context, id string) io.ReadCloser {
	return &blobReader{ctx: store.InLane(ctx, store.Bulk), store: s.store, id: id}
}

// Read reads on.
func (r *blobReader) Read(p []byte) (int, error) {
	for len(r.data) == 0 {
		if r.ended {
			return 0, io.EOF
		}
		row, err := store.First[blobRow](r.ctx, r.store, "id = ? AND part = ?", r.id, r.part)
		if errors.Is(err, store.ErrNotFound) {
			r.ended = true
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("read a file: %w", err)
		}
		r.data = row.Data
		r.part++
	}
	n := copy(p, r.data)
	r.data = r.data[n:]
	return n, nil
}

// Close ends the reading.
func (*blobReader) Close() error { return nil }
