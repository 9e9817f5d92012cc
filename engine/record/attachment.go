package record

import (
	"context"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/store"
)

// maxAttached is how many files a record has beside its fields.
const maxAttached = 500

// MayAttach refuses who may not add files to a record. Faults: not_found,
// forbidden.
func (s *Service) MayAttach(ctx context.Context, actor *access.Actor, name, id string) error {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Update)
	if err != nil {
		return err
	}
	answer, err := s.get(ctx, s.store, policy, actor, object, id)
	switch {
	case err != nil:
		return s.known(policy, actor, err)
	case !object.Files:
		return fault.New(fault.NotFound)
	case !answer.Can.Update:
		return fault.New(fault.Forbidden)
	default:
		return nil
	}
}

// Attach adds a file that the actor uploaded to a record, beside its fields.
// Faults: not_found, forbidden, too_many_items.
func (s *Service) Attach(ctx context.Context, actor *access.Actor, name, id string, uploaded *file.Stored, options Options) (Body, error) {
	return s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		if err := w.holdsFiles(ctx, name, id); err != nil {
			return nil, err
		}
		if err := w.roomForFile(ctx, name, id); err != nil {
			return nil, err
		}
		attached, err := store.Update[file.Stored](ctx, w.Tx, map[string]any{"object": name, "record": id, "field": "", "loose_at": nil},
			"id = ? AND by_id = ? AND record IS NULL AND state = 'ready'", uploaded.ID, w.Actor.ID)
		if err != nil {
			return nil, fmt.Errorf("attach a file: %w", err)
		}
		if attached == 0 {
			return nil, fault.New(fault.NotFound)
		}
		people := &references{}
		people.add(field.UserObject, uploaded.ByID)
		included, err := s.include(ctx, w.Tx, w.Policy, w.Actor, people, nil)
		return &FileBody{Data: uploaded.File(), included: included}, err
	})
}

// roomForFile refuses one more file beside the fields of a record that has as
// many as it may.
func (w *Work) roomForFile(ctx context.Context, name, id string) error {
	var count int
	if err := w.Tx.QueryRow(ctx, "SELECT count(*) FROM sys_file WHERE object = ? AND record = ? AND field = '' AND state = 'ready' AND loose_by IS NULL", name, id).Scan(&count); err != nil {
		return fmt.Errorf("count files: %w", err)
	}
	if count >= maxAttached {
		return fault.New(fault.TooManyItems, "max", maxAttached, "count", count+1)
	}
	return nil
}

// Detach moves a file that a record has beside its fields to the recycle bin.
// Faults: not_found, forbidden.
func (s *Service) Detach(ctx context.Context, actor *access.Actor, name, id, attached string, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		if err := w.holdsFiles(ctx, name, id); err != nil {
			return nil, err
		}
		if !isID(attached) {
			return nil, fault.New(fault.NotFound)
		}
		count, err := store.Update[file.Stored](ctx, w.Tx, map[string]any{"loose_at": w.Now.UnixMilli(), "loose_by": w.Actor.ID},
			"id = ? AND object = ? AND record = ? AND field = '' AND state = 'ready' AND loose_by IS NULL", attached, name, id)
		if err != nil {
			return nil, fmt.Errorf("remove a file: %w", err)
		}
		if count == 0 {
			return nil, fault.New(fault.NotFound)
		}
		return Nothing{}, nil
	})
	return err
}

// Attachments reads a part of the files that a record has beside its fields,
// newest first.
func (s *Service) Attachments(ctx context.Context, actor *access.Actor, name, id, cursor string, limit int) (*Timeline, error) {
	r, err := s.readable(ctx, actor, name, id, false)
	if err != nil {
		return nil, err
	}
	if !r.object.Files {
		return nil, fault.New(fault.NotFound)
	}
	return r.page(ctx, []timelineSource{r.files}, cursor, limit)
}

// files gives the files that the record has beside its fields.
func (r *recordReading) files(ctx context.Context, number int, before place, limit int) ([]TimelineEntry, error) {
	text, args := before.idCondition(number)
	rows, err := store.Find[file.Stored](ctx, r.service.store, store.Selection{
		Where: "object = ? AND record = ? AND field = '' AND state = 'ready' AND loose_by IS NULL AND " + text, Args: append([]any{r.object.Name, r.id}, args...),
		Order: "at DESC, id DESC", Limit: limit,
	})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	entries := make([]TimelineEntry, len(rows))
	for i := range rows {
		told := rows[i].File()
		entries[i] = TimelineEntry{Kind: "file", At: told.At, By: told.By, File: &told, place: place{At: rows[i].At, Source: number, ID: told.ID}}
	}
	return entries, nil
}

// FileBody is a file of a record as an answer.
type FileBody struct {
	Data     file.File
	included Included
}

// AppendJSON appends {"data": file, "included": …}.
func (b *FileBody) AppendJSON(dst []byte) []byte {
	return appendReferring(dst, b.Data, b.included)
}

// Attachments is a page of a record's files as an answer.
type Attachments struct{ *Timeline }

// AppendJSON appends {"data": [files], "page": …, "included": …}.
func (l Attachments) AppendJSON(dst []byte) []byte {
	files := make([]*file.File, len(l.Entries))
	for i, entry := range l.Entries {
		files[i] = entry.File
	}
	return l.append(dst, files)
}
