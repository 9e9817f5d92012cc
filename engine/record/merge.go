package record

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// A merge as the history names it, and how long it can be undone.
const (
	viaMerge   = "merge"
	viaUnmerge = "undo_merge"
	mergeLife  = 30 * 24 * time.Hour
)

// Merge is one that can be undone: the record that another became a part of.
type Merge struct {
	ID     string    `json:"id"`
	Object string    `json:"object"`
	Record string    `json:"record"`
	Other  string    `json:"other"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// Display is what the other one was called, where the reader may see it.
	Display   *string   `json:"display"`
	UndoUntil time.Time `json:"undo_until"`

	detail mergeDetail
}

// mergeDetail is what it takes to undo a merge.
type mergeDetail struct {
	Changed Difference        `json:"changed"`
	Carried Carried           `json:"carried"`
	Shares  []string          `json:"shares,omitempty"`
	Files   map[string]string `json:"files,omitempty"` // that went from a field to the same one, with its name
}

type mergeRow struct {
	ID       string `gorm:"primaryKey"`
	Object   string
	Record   string
	Other    string
	ByID     string
	At       int64
	UndoneAt *int64
	Detail   string
}

// TableName is the table of merges.
func (mergeRow) TableName() string { return "sys_merge" }

func (r *mergeRow) merge() (*Merge, error) {
	at := time.UnixMilli(r.At).UTC()
	m := &Merge{ID: r.ID, Object: r.Object, Record: r.Record, Other: r.Other, By: r.ByID, At: at, UndoUntil: at.Add(mergeLife)}
	if err := json.Unmarshal([]byte(r.Detail), &m.detail); err != nil {
		return nil, fmt.Errorf("read a merge: %w", err)
	}
	return m, nil
}

// Merge makes one record of two: what pointed to the other points to the first
// by then, which gets the values, the comments, the files, and those of the
// shares that the actor could give it; the other goes to the recycle bin. It
// needs the right to change the one and to delete the other. Faults: not_found,
// forbidden, invalid_values, too_many_records.
func (s *Service) Merge(ctx context.Context, actor *access.Actor, object, id, other string, values map[string]any, options Options) (*Answer, error) {
	body, err := s.write(ctx, merging(actor), confirmed(options), func(ctx context.Context, w *Work) (Body, error) {
		change, err := w.Merge(ctx, object, id, other, values)
		if err != nil {
			return nil, err
		}
		return w.answer(ctx, change)
	})
	return asAnswer(body, err)
}

func merging(actor *access.Actor) *access.Actor {
	merging := *actor
	merging.Via = viaMerge
	return &merging
}

// confirmed are options that say that what looks like a duplicate is none: two
// that are alike are about to be one.
func confirmed(options Options) Options {
	options.Confirmed = true
	return options
}

// Merge merges records in this transaction.
func (w *Work) Merge(ctx context.Context, name, id, other string, values map[string]any) (*Change, error) {
	object, locked, err := w.lockPair(ctx, name, id, other)
	if err != nil {
		return nil, err
	}
	var detail mergeDetail
	to := field.Link{Object: name, ID: id}
	if detail.Carried, err = w.carry(ctx, field.Link{Object: name, ID: other}, to, func(*field.Field) bool { return true }); err != nil {
		return nil, err
	}
	if detail.Shares, err = w.carryShares(ctx, object, other, id); err != nil {
		return nil, err
	}
	prior, err := w.table(object).Find(ctx, w.Tx, other, row.Wanted{Lock: true})
	if err != nil {
		return nil, fmt.Errorf("read a record that is merged: %w", err)
	}
	w.merged = movable(object, locked)
	defer func() { w.merged = nil }()
	cascade := maxCascade
	if _, err := w.discard(ctx, object, other, prior, &cascade); err != nil {
		return nil, err
	}
	change, err := w.withoutForm().Update(ctx, name, id, nil, values)
	if err != nil || !object.Recycle {
		return change, err
	}
	detail.Changed, detail.Files = DifferenceOf(change), taken(change, w.merged)
	return change, w.keepMerge(ctx, name, id, other, detail)
}

// lockPair locks two records, the one to change and the other to delete, and
// gives the other.
func (w *Work) lockPair(ctx context.Context, name, id, other string) (*metadata.Object, *row.Record, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Update)
	if err != nil {
		return nil, nil, err
	}
	if id == other {
		return nil, nil, fault.New(fault.InvalidValues).At("/with", fault.NotAllowed, "what", other)
	}
	locked := map[string]*row.Record{}
	actions := map[string]string{id: access.Update, other: access.Delete}
	for _, one := range slices.Sorted(maps.Keys(actions)) {
		if locked[one], err = w.lock(ctx, object, one, actions[one], false); err != nil {
			return nil, nil, err
		}
	}
	return object, locked[other], nil
}

// keepMerge remembers a merge.
func (w *Work) keepMerge(ctx context.Context, name, id, other string, detail mergeDetail) error {
	made, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	raw, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("keep a merge: %w", err)
	}
	kept := &mergeRow{ID: made.String(), Object: name, Record: id, Other: other, ByID: w.Actor.ID, At: w.Now.UnixMilli(), Detail: string(raw)}
	if err := store.Insert(ctx, w.Tx, kept); err != nil {
		return fmt.Errorf("keep a merge: %w", err)
	}
	return nil
}

// movable are the files in the fields of a record that the actor may read, with
// their fields: a merge may give them to the same field of the other record.
func movable(object *metadata.Object, from *row.Record) map[string]string {
	files := map[string]string{}
	for slot, f := range object.Fields {
		if f.Files == nil || !from.Permitted[0].Has(slot) {
			continue
		}
		for _, ref := range field.FilesOf(from.Values[slot]) {
			files[ref.ID] = f.Name
		}
	}
	return files
}

// taken are those of the movable files that a change took.
func taken(change *Change, movable map[string]string) map[string]string {
	files := map[string]string{}
	for id, name := range movable {
		slot := change.Object.Slot(name)
		if slices.Contains(change.Changed, slot) && keeps(change.Object.Fields[slot], change.Values[slot], id) {
			files[id] = name
		}
	}
	return files
}
