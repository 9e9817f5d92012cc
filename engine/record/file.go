package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/store"
)

// A file belongs to who uploaded it until a record holds it, in a field or
// beside its fields, and from then on to that place alone: who may read the
// place may have the file. One that is taken out of its field can be put back
// for as long as the cleaning leaves it.

// File finds a file that the actor may have now. Fault: not_found, also for one
// that he may not have.
func (s *Service) File(ctx context.Context, actor *access.Actor, id string) (*file.Stored, error) {
	if !isID(id) {
		return nil, fault.New(fault.NotFound)
	}
	found, err := store.First[file.Stored](ctx, s.store, "id = ? AND state = ?", id, file.Ready)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("find a file: %w", err)
	}
	if found.Record == nil {
		if found.ByID != actor.ID {
			return nil, fault.New(fault.NotFound)
		}
		return found, nil
	}
	r, err := s.readable(ctx, actor, *found.Object, *found.Record, false)
	if err != nil {
		return nil, err
	}
	if !r.shows(found) {
		return nil, fault.New(fault.NotFound)
	}
	return found, nil
}

// RemoveFile removes a file of the actor's that was put nowhere, for good. Fault:
// not_found, also for one that a record has or had.
func (s *Service) RemoveFile(ctx context.Context, actor *access.Actor, id string, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		if !isID(id) {
			return nil, fault.New(fault.NotFound)
		}
		count, err := store.Update[file.Stored](ctx, w.Tx, map[string]any{"state": file.Gone}, "id = ? AND by_id = ? AND record IS NULL AND state = ?", id, w.Actor.ID, file.Ready)
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

// shows tells whether a reader of a record sees a file that is or was held by
// it.
func (r *recordReading) shows(found *file.Stored) bool {
	if *found.Field == "" {
		return r.object.Files && found.LooseBy == nil
	}
	slot := r.object.Slot(*found.Field)
	return r.readable.Has(slot) && keeps(r.object.Fields[slot], r.values[slot], found.ID)
}

// keeps tells whether a value of a field names a file.
func keeps(f *field.Field, value expr.Value, id string) bool {
	return f.Files != nil && slices.ContainsFunc(field.FilesOf(value), func(ref field.FileRef) bool { return ref.ID == id })
}

// files turns the ids that were sent for fields of files into what the record
// keeps of them. A new one must be the actor's own and free, or have been taken
// out of the same field: any other is one that is not there.
func (w *Work) files(ctx context.Context, change *Change, given []int, faults *fault.Fault) error {
	taken := map[string]bool{}
	for _, slot := range given {
		f := change.Object.Fields[slot]
		if f.Files == nil || change.Values[slot] == nil {
			continue
		}
		var before []field.FileRef
		if change.Prior != nil {
			before = field.FilesOf(change.Prior[slot])
		}
		refs := field.FilesOf(change.Values[slot])
		for i, ref := range refs {
			if at := slices.IndexFunc(before, func(b field.FileRef) bool { return b.ID == ref.ID }); at >= 0 {
				refs[i] = before[at]
				continue
			}
			found, err := w.freeFile(ctx, change, f, ref.ID)
			if err != nil {
				return err
			}
			if found == nil || taken[ref.ID] {
				faults.At("/"+f.Name, fault.MissingFile)
				break
			}
			if item := unfit(f, found); item != nil {
				faults.At("/"+f.Name, item.Code, flat(item.Params)...)
				break
			}
			taken[ref.ID] = true
			refs[i] = field.FileRef{ID: found.ID, Name: found.Name, Size: found.Size, Type: found.Type}
		}
		change.Values[slot] = field.FilesValue(refs)
	}
	return nil
}

// freeFile finds a file that a field of the change may come to hold, and keeps
// others from it until the transaction ends; nil when there is none.
func (w *Work) freeFile(ctx context.Context, change *Change, f *field.Field, id string) (*file.Stored, error) {
	var locked string
	err := w.Tx.QueryRow(ctx, "SELECT id FROM sys_file WHERE id = ? AND state = 'ready' "+w.Tx.Dialect().ForUpdate(), id).Scan(&locked)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a file: %w", err)
	}
	found, err := store.First[file.Stored](ctx, w.Tx, "id = ?", id)
	if err != nil {
		return nil, fmt.Errorf("find a file: %w", err)
	}
	own := found.Record == nil && found.ByID == w.Actor.ID
	if own || w.merged[id] == f.Name || found.LooseAt != nil && found.Holds(change.Object.Name, change.ID, f.Name) {
		return found, nil
	}
	return nil, nil
}

// unfit says why a field does not take a file.
func unfit(f *field.Field, found *file.Stored) *fault.Item {
	refuse := func(code fault.Code, pairs ...any) *fault.Item { return &fault.New("").At("", code, pairs...).Items[0] }
	switch {
	case f.Files.Pictures && !found.Thumbnail:
		return refuse(fault.NotAPicture, "max", file.MaxMegapixels)
	case !file.Accepted(f.Files.Accept, found.File()):
		return refuse(fault.FileNotAccepted, "types", strings.Join(f.Files.Accept, ", "))
	case f.Files.MaxSize > 0 && found.Size > f.Files.MaxSize:
		return refuse(fault.FileTooLarge, "max", file.Human(f.Files.MaxSize))
	default:
		return nil
	}
}

// hold notes which files a change puts into fields of the record, and which it
// takes out of them.
func (w *Work) hold(change *Change) {
	for slot, f := range change.Object.Fields {
		if f.Files == nil {
			continue
		}
		var before []field.FileRef
		if change.Prior != nil {
			before = field.FilesOf(change.Prior[slot])
		}
		after := field.FilesOf(change.Values[slot])
		for _, ref := range after {
			if !slices.Contains(before, ref) {
				w.Tx.Queue("UPDATE sys_file SET object = ?, record = ?, field = ?, loose_at = NULL, loose_by = NULL WHERE id = ?", change.Object.Name, change.ID, f.Name, ref.ID)
			}
		}
		for _, ref := range before {
			if !slices.Contains(after, ref) {
				w.Tx.Queue("UPDATE sys_file SET loose_at = ?, loose_by = ? WHERE id = ? AND object = ? AND record = ? AND field = ?",
					w.Now.UnixMilli(), w.Actor.ID, ref.ID, change.Object.Name, change.ID, f.Name)
			}
		}
	}
}

// holdsFiles locks a record that has files beside its fields and that the actor
// may change.
func (w *Work) holdsFiles(ctx context.Context, name, id string) error {
	object, err := objectOf(w.Policy, w.Actor, name, access.Update)
	if err != nil {
		return err
	}
	if !object.Files {
		return fault.New(fault.NotFound)
	}
	_, err = w.lock(ctx, object, id, access.Update, false)
	return err
}
