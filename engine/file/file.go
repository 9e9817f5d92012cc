// Package file takes files in, finds out what they are, and gives them out
// again: a row of sys_file for each, its content in a blob.Store, and a small
// picture of those that are pictures. Which record holds a file, and who may
// have it, is the record service's to say. Start with Service.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// MaxSize is how many bytes a file may have.
const MaxSize = 25 << 20

// MaxLoose is how many files one person may have that no record holds.
const MaxLoose = 200

// File is a file as it is told of. Its type is that of its content, whatever
// its name says.
type File struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Type      string    `json:"type"` // such as application/pdf
	Size      int64     `json:"size"` // in bytes
	Thumbnail bool      `json:"thumbnail"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// Stored is a row of sys_file. It is there before the content is, and until it is
// gone, so that no content is without one.
type Stored struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	Type      string
	Size      int64
	SHA256    string `gorm:"column:sha256"`
	Thumbnail bool
	State     string
	ByID      string
	At        int64
	// Object, Record and Field are what holds the file, or held it last: a field
	// of a record, or the record itself where Field is "". Nothing did where they
	// are null.
	Object *string
	Record *string
	Field  *string
	// LooseAt is since when nothing holds the file; null while something does.
	LooseAt *int64
	// LooseBy is who took it out of its record; null where nobody did.
	LooseBy *string
}

// TableName is the table of files.
func (Stored) TableName() string { return "sys_file" }

// The states of a file.
const (
	Pending = "pending" // its content comes
	Ready   = "ready"
	Gone    = "gone" // it is being removed
)

// File is what is told of a row.
func (r *Stored) File() File {
	return File{ID: r.ID, Name: r.Name, Type: r.Type, Size: r.Size, Thumbnail: r.Thumbnail, By: r.ByID, At: time.UnixMilli(r.At).UTC()}
}

// Contents are the names of what a blob.Store keeps of a file.
func (r *Stored) Contents() []string {
	if r.Thumbnail {
		return []string{r.ID, r.ID + thumbnailMark}
	}
	return []string{r.ID}
}

// Holds tells whether something of a record holds the file, or held it last.
func (r *Stored) Holds(object, record, field string) bool {
	return r.Record != nil && *r.Object == object && *r.Record == record && *r.Field == field
}

// Service takes files in and gives them out.
type Service struct {
	store    *store.Store
	blobs    blob.Store
	clock    clock.Clock
	decoders chan struct{}
}

// maxDecoders is how many pictures are decoded at a time.
const maxDecoders = 2

// New makes the service.
func New(s *store.Store, blobs blob.Store, c clock.Clock) *Service {
	return &Service{store: s, blobs: blobs, clock: c, decoders: make(chan struct{}, maxDecoders)}
}

// Open reads the content of a file. Fault: not_found when it was removed.
func (s *Service) Open(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	return s.open(ctx, id)
}

// OpenThumbnail reads the small picture of a file, and says its type. Fault:
// not_found where there is none.
func (s *Service) OpenThumbnail(ctx context.Context, id string) (content io.ReadSeekCloser, kind string, err error) {
	if content, err = s.open(ctx, id+thumbnailMark); err != nil {
		return nil, "", err
	}
	kind, err = kindOf(content)
	if err != nil {
		return nil, "", errors.Join(err, content.Close())
	}
	return content, kind, nil
}

func (s *Service) open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	content, err := s.blobs.Open(ctx, name)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, fault.New(fault.NotFound).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	return content, nil
}

// Sweep removes the files that are gone, their contents first.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		rows, err := store.Find[Stored](ctx, s.store, store.Selection{Where: "state = ?", Args: []any{Gone}, Order: "id", Limit: sweepChunk})
		if err != nil {
			return fmt.Errorf("find files that are gone: %w", err)
		}
		for _, row := range rows {
			if err := s.remove(ctx, row.ID); err != nil {
				return err
			}
		}
		if len(rows) < sweepChunk {
			return nil
		}
	}
}

// sweepChunk is how many files are looked up at once.
const sweepChunk = 200

// remove removes a file that nobody can have any more.
func (s *Service) remove(ctx context.Context, id string) error {
	for _, name := range []string{id, id + thumbnailMark} {
		if err := s.blobs.Delete(ctx, name); err != nil {
			return fmt.Errorf("remove a file: %w", err)
		}
	}
	return s.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Delete[Stored](ctx, tx, "id = ?", id)
		return err //nolint:wrapcheck // the writer knows what it is
	})
}
