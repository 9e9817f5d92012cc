package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// RemovedFile is a file in the recycle bin, and the record that it was in.
type RemovedFile struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Type    string    `json:"type"`
	Size    int64     `json:"size"`
	Object  string    `json:"object"`
	Record  string    `json:"record"`
	Display string    `json:"display"` // of the record
	Field   string    `json:"field"`   // "" is beside its fields
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	PurgeAt time.Time `json:"purge_at"`
	Restore bool      `json:"restore"` // whether the reader may put it back
}

// RemovedFiles are a page of the files in the recycle bin as an answer.
type RemovedFiles struct {
	Data     []RemovedFile
	next     string
	included Included
}

// AppendJSON appends {"data": [files], "page": …, "included": …}.
func (l *RemovedFiles) AppendJSON(dst []byte) []byte {
	return appendPaged(dst, l.Data, l.next, l.included)
}

// FileBin lists the files that were taken out of records and that the actor
// could have if they were still there, the last first. Fault: invalid_query.
func (s *Service) FileBin(ctx context.Context, actor *access.Actor, cursor string, limit int) (*RemovedFiles, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	before := place{At: 1 << 52, ID: access.SystemID}
	if cursor != "" {
		if before, err = readPlace(cursor); err != nil {
			return nil, err
		}
	}
	policy := s.policies.Current()
	objects, err := s.recycled(policy, actor, "")
	if err != nil {
		return nil, err
	}
	list, people := &RemovedFiles{Data: []RemovedFile{}}, &references{}
	for looks, more := 0, true; more && len(list.Data) < limit && looks < mostLooks; looks++ {
		rows, err := s.removed(ctx, objects, before, limit)
		if err != nil {
			return nil, err
		}
		more = len(rows) == limit
		for i := range rows {
			shown, err := s.removedFile(ctx, policy, actor, &rows[i])
			if err != nil {
				return nil, err
			}
			before = place{At: *rows[i].LooseAt, ID: rows[i].ID}
			if shown == nil {
				continue
			}
			people.add(field.UserObject, shown.By)
			if list.Data = append(list.Data, *shown); len(list.Data) == limit {
				more = more || i < len(rows)-1
				break
			}
		}
		if list.next = ""; more {
			if list.next, err = before.cursor(); err != nil {
				return nil, err
			}
		}
	}
	list.included, err = s.include(ctx, s.store, policy, actor, people, nil)
	return list, err
}

// removed reads the files that were taken out of records of some objects before
// a place, the last first.
func (s *Service) removed(ctx context.Context, objects []any, before place, limit int) ([]file.Stored, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	rows, err := store.Find[file.Stored](ctx, s.store, store.Selection{
		Where: "loose_at IS NOT NULL AND loose_by IS NOT NULL AND state = 'ready' AND loose_at > ? AND (loose_at < ? OR loose_at = ? AND id < ?) AND object IN (?" + strings.Repeat(", ?", len(objects)-1) + ")",
		Args:  append([]any{s.clock.Now().Add(-keepRemoved).UnixMilli(), before.At, before.At, before.ID}, objects...),
		Order: "loose_at DESC, id DESC", Limit: limit,
	})
	if err != nil {
		return nil, fmt.Errorf("read the files in the recycle bin: %w", err)
	}
	return rows, nil
}

// removedFile is a file in the recycle bin as the actor sees it; nil when he
// does not, or its record or its field is not there.
func (s *Service) removedFile(ctx context.Context, policy *access.Policy, actor *access.Actor, stored *file.Stored) (*RemovedFile, error) {
	object, ok := policy.Catalog().Object(*stored.Object)
	if !ok {
		return nil, nil
	}
	decisions := make([]*access.Decision, 2)
	for i, action := range []string{access.Read, access.Update} {
		decision, err := policy.Decide(actor, object, action)
		if err != nil {
			return nil, err
		}
		decisions[i] = decision
	}
	found, err := s.table(policy, actor, object, s.clock.Now()).Find(ctx, s.store, *stored.Record, row.Wanted{Decisions: decisions})
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	restore := found.Permitted[1] != nil
	if *stored.Field == "" && !object.Files {
		return nil, nil
	}
	if *stored.Field != "" {
		slot := object.Slot(*stored.Field)
		if slot < 0 || object.Fields[slot].Files == nil || !found.Permitted[0].Has(slot) || keeps(object.Fields[slot], found.Values[slot], stored.ID) {
			return nil, nil
		}
		restore = restore && found.Permitted[1].Has(slot)
	}
	display, at := object.Slot(object.Display), time.UnixMilli(*stored.LooseAt).UTC()
	return &RemovedFile{
		ID: stored.ID, Name: stored.Name, Type: stored.Type, Size: stored.Size,
		Object: object.Name, Record: *stored.Record, Field: *stored.Field,
		Display: displayOf(object.Fields[display], found.Values[display], *stored.Record, found.Permitted[0].Has(display)),
		At:      at, By: *stored.LooseBy, PurgeAt: at.Add(keepRemoved), Restore: restore,
	}, nil
}

// RestoreFile puts a file back where it was taken out. Faults: not_found,
// forbidden, too_many_items when its place was taken meanwhile, and those of an
// update.
func (s *Service) RestoreFile(ctx context.Context, actor *access.Actor, id string, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		if !isID(id) {
			return nil, fault.New(fault.NotFound)
		}
		stored, err := store.First[file.Stored](ctx, w.Tx, "id = ? AND state = 'ready' AND record IS NOT NULL AND loose_by IS NOT NULL", id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, fault.New(fault.NotFound)
		}
		if err != nil {
			return nil, fmt.Errorf("find a file: %w", err)
		}
		seen, err := s.removedFile(ctx, w.Policy, w.Actor, stored)
		if err != nil {
			return nil, err
		}
		switch {
		case seen == nil:
			return nil, fault.New(fault.NotFound)
		case !seen.Restore:
			return nil, fault.New(fault.Forbidden)
		case seen.Field == "":
			return Nothing{}, w.reattach(ctx, seen)
		default:
			return Nothing{}, w.refill(ctx, seen)
		}
	})
	return err
}

// reattach puts a file back beside the fields of its record.
func (w *Work) reattach(ctx context.Context, removed *RemovedFile) error {
	if err := w.holdsFiles(ctx, removed.Object, removed.Record); err != nil {
		return err
	}
	if err := w.roomForFile(ctx, removed.Object, removed.Record); err != nil {
		return err
	}
	_, err := store.Update[file.Stored](ctx, w.Tx, map[string]any{"loose_at": nil, "loose_by": nil}, "id = ? AND state = 'ready'", removed.ID)
	if err != nil {
		return fmt.Errorf("put a file back: %w", err)
	}
	return nil
}

// refill puts a file back into its field, behind what is in it.
func (w *Work) refill(ctx context.Context, removed *RemovedFile) error {
	object, err := objectOf(w.Policy, w.Actor, removed.Object, access.Update)
	if err != nil {
		return err
	}
	prior, err := w.lock(ctx, object, removed.Record, access.Update, false)
	if err != nil {
		return err
	}
	slot := object.Slot(removed.Field)
	var held []any
	for _, ref := range field.FilesOf(prior.Values[slot]) {
		held = append(held, ref.ID)
	}
	var value any = append(held, removed.ID)
	if !object.Fields[slot].Files.Multiple {
		if len(held) > 0 {
			return fault.New(fault.InvalidValues).At("/"+removed.Field, fault.TooManyItems, "max", 1, "count", 2)
		}
		value = removed.ID
	}
	_, err = w.Update(ctx, removed.Object, removed.Record, nil, map[string]any{removed.Field: value})
	return err
}
