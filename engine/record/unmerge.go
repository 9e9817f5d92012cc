package record

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Left is what undoing a merge leaves as it is, because somebody has changed it
// since: fields of a record.
type Left struct {
	Object  string   `json:"object"`
	ID      string   `json:"id"`
	Display string   `json:"display"`
	Fields  []string `json:"fields"`
}

// Split is a merge that was undone: the record that is there again, and what
// was left as it is, as far as the actor sees that.
type Split struct {
	Object string `json:"object"`
	Record string `json:"record"`
	Other  string `json:"other"`
	Kept   []Left `json:"kept"`
}

// AppendJSON appends {"data": split}.
func (b *Split) AppendJSON(dst []byte) []byte { return AppendValue(dst, map[string]any{"data": b}) }

// Unmerge undoes a merge of a record, the last one without an id: the values go
// back, the other record is there again, and what came along returns to it,
// unless it was changed since. Who merged may undo it; another needs the right
// to delete the other. Faults: not_found, forbidden, not_merged, undo_expired,
// duplicate when a unique value was taken meanwhile.
func (s *Service) Unmerge(ctx context.Context, actor *access.Actor, name, id, merge string, options Options) (Body, error) {
	undoing := *actor
	undoing.Via = viaUnmerge
	return s.write(ctx, &undoing, confirmed(options), func(ctx context.Context, w *Work) (Body, error) {
		object, _, err := w.Take(ctx, name, id, access.Update)
		if err != nil {
			return nil, err
		}
		m, err := w.standingMerge(ctx, name, id, merge)
		if err != nil {
			return nil, err
		}
		w.Splitting = []string{m.Record, m.Other}
		return w.split(ctx, object, m)
	})
}

// standingMerge finds a merge that was not undone, the last one without an id.
func (w *Work) standingMerge(ctx context.Context, name, id, merge string) (*Merge, error) {
	where, args := "object = ? AND record = ? AND undone_at IS NULL", []any{name, id}
	if merge != "" {
		if !isID(merge) {
			return nil, fault.New(fault.NotMerged)
		}
		where, args = where+" AND id = ?", append(args, merge)
	}
	found, err := store.Find[mergeRow](ctx, w.Tx, store.Selection{Where: where, Args: args, Order: "id DESC", Limit: 1})
	switch {
	case err != nil:
		return nil, fmt.Errorf("find a merge: %w", err)
	case len(found) == 0:
		return nil, fault.New(fault.NotMerged)
	}
	m, err := found[0].merge()
	if err == nil && !w.Now.Before(m.UndoUntil) {
		err = fault.New(fault.UndoExpired)
	}
	return m, err
}

// split undoes a merge. The values go back first, so that those of which there
// is only one are free again.
func (w *Work) split(ctx context.Context, object *metadata.Object, m *Merge) (*Split, error) {
	fields, err := w.Revert(ctx, object.Name, m.Record, m.detail.Changed)
	if err != nil {
		return nil, err
	}
	if err := w.bringBack(ctx, object, m); err != nil {
		return nil, err
	}
	if err := w.giveBack(ctx, object, m); err != nil {
		return nil, err
	}
	kept, err := w.CarryBack(ctx, m.detail.Carried, field.Link{Object: object.Name, ID: m.Record}, field.Link{Object: object.Name, ID: m.Other})
	if err != nil {
		return nil, err
	}
	for _, name := range fields {
		kept = append(kept, Pointer{Object: object.Name, Field: name, ID: m.Record})
	}
	if _, err := store.Update[mergeRow](ctx, w.Tx, map[string]any{"undone_at": w.Now.UnixMilli()}, "id = ?", m.ID); err != nil {
		return nil, fmt.Errorf("undo a merge: %w", err)
	}
	if err := w.Settle(ctx); err != nil {
		return nil, err
	}
	split := &Split{Object: object.Name, Record: m.Record, Other: m.Other}
	split.Kept, err = w.told(ctx, kept)
	return split, err
}

// bringBack takes the other record out of the recycle bin, unless somebody has.
// Who merged may do that as long as the merge is why it is there.
func (w *Work) bringBack(ctx context.Context, object *metadata.Object, m *Merge) error {
	merged, err := store.Find[binRow](ctx, w.Tx, store.Selection{
		Where: "object = ? AND record = ? AND via = ? AND by_id = ? AND at = ?", Args: []any{object.Name, m.Other, viaMerge, m.By, m.At.UnixMilli()}, Limit: 1,
	})
	if err != nil {
		return fmt.Errorf("look into the recycle bin: %w", err)
	}
	restoring := w
	if m.By == w.Actor.ID && len(merged) > 0 {
		restoring = w.Elevated()
	}
	_, err = restoring.Restore(ctx, object.Name, m.Other, nil)
	switch {
	case fault.Is(err, fault.NotDeleted):
		return nil
	case fault.Is(err, fault.NotFound) && restoring == w:
		return fault.New(fault.Forbidden)
	case fault.Is(err, fault.NotFound):
		return fault.New(fault.NotMerged) // it was removed for good
	default:
		return err
	}
}

// giveBack returns the files of fields, and the shares.
func (w *Work) giveBack(ctx context.Context, object *metadata.Object, m *Merge) error {
	_, seen, err := w.Elevated().Take(ctx, object.Name, m.Record, access.Update)
	if err != nil {
		return err
	}
	for id, name := range m.detail.Files {
		slot := object.Slot(name)
		if slot < 0 || keeps(object.Fields[slot], seen.Values[slot], id) {
			continue
		}
		w.Tx.Queue("UPDATE sys_file SET record = ?, loose_at = NULL, loose_by = NULL WHERE id = ? AND object = ? AND record = ? AND field = ?", m.Other, id, object.Name, m.Record, name)
	}
	return w.shareBack(object, m)
}

// told says of pointers which records the actor sees them in.
func (w *Work) told(ctx context.Context, pointers []Pointer) ([]Left, error) {
	kept := []Left{}
	byObject := map[string][]Pointer{}
	for _, pointer := range pointers {
		byObject[pointer.Object] = append(byObject[pointer.Object], pointer)
	}
	for _, name := range sortedKeys(byObject) {
		object, seen, err := w.seenOf(ctx, name, byObject[name])
		if err != nil {
			return nil, err
		}
		at := map[string]int{}
		for _, pointer := range byObject[name] {
			found, ok := seen[pointer.ID]
			if !ok || !found.Readable.Has(object.Slot(pointer.Field)) {
				continue
			}
			if _, ok := at[pointer.ID]; !ok {
				at[pointer.ID] = len(kept)
				kept = append(kept, Left{Object: name, ID: pointer.ID, Display: found.Display})
			}
			left := &kept[at[pointer.ID]]
			left.Fields = append(left.Fields, pointer.Field)
		}
	}
	return kept, nil
}

// seenOf are the records of one object that pointers are in, as the actor sees
// them.
func (w *Work) seenOf(ctx context.Context, name string, pointers []Pointer) (*metadata.Object, map[string]Seen, error) {
	object, ok := w.Policy.Catalog().Object(name)
	if !ok {
		return nil, nil, nil
	}
	ids := make([]string, len(pointers))
	for i, pointer := range pointers {
		ids[i] = pointer.ID
	}
	seen, err := w.service.Seen(ctx, w.Tx, w.Policy, w.Actor, object, ids)
	return object, seen, err
}

// carryShares gives a record those shares of another that the actor could give
// it himself, where it has none for the same person or role.
func (w *Work) carryShares(ctx context.Context, object *metadata.Object, from, to string) ([]string, error) {
	coming, err := store.Find[shareRow](ctx, w.Tx, store.Selection{
		Where: "object = ? AND record = ? AND (until IS NULL OR until > ?)", Args: []any{object.Name, from, w.Now.UnixMilli()}, Order: "id",
	})
	if err != nil || len(coming) == 0 {
		return nil, err
	}
	_, mine, err := w.shareable(ctx, object.Name, to)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	there, err := store.Find[shareRow](ctx, w.Tx, store.Selection{Where: "object = ? AND record = ?", Args: []any{object.Name, to}})
	if err != nil {
		return nil, err
	}
	has := map[Recipient]bool{}
	for _, row := range there {
		has[row.share().To] = true
	}
	var carried []string
	for _, row := range coming {
		share := row.share()
		if has[share.To] || len(there)+len(carried) >= maxShares {
			continue
		}
		err := w.offered(ctx, object, mine, &Offer{To: share.To, Access: share.Access, Until: share.Until})
		if fault.As(err) != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		w.Tx.Queue("UPDATE sys_share SET record = ? WHERE id = ?", to, row.ID)
		carried = append(carried, row.ID)
	}
	if len(carried) > 0 {
		w.Tx.Unsettle()
	}
	return carried, nil
}

// shareBack returns the shares that came along and are still there.
func (w *Work) shareBack(object *metadata.Object, m *Merge) error {
	if len(m.detail.Shares) == 0 {
		return nil
	}
	args := []any{m.Other, object.Name, m.Record, object.Name, m.Other}
	for _, id := range m.detail.Shares {
		args = append(args, id)
	}
	w.Tx.Queue(`UPDATE sys_share SET record = ? WHERE object = ? AND record = ? AND NOT EXISTS (SELECT 1 FROM sys_share AS s
		WHERE s.object = ? AND s.record = ? AND s.to_kind = sys_share.to_kind AND s.to_name = sys_share.to_name) AND id IN (?`+strings.Repeat(", ?", len(m.detail.Shares)-1)+")", args...)
	w.Tx.Unsettle()
	return nil
}

// Merges lists the merges of a record that can be undone, newest first, for who
// may update it. Faults: not_found, forbidden.
func (s *Service) Merges(ctx context.Context, actor *access.Actor, name, id string) (*Merges, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	answer, err := s.get(ctx, s.store, policy, actor, object, id)
	switch {
	case err != nil:
		return nil, s.known(policy, actor, err)
	case !answer.Can.Update:
		return nil, fault.New(fault.Forbidden)
	}
	rows, err := store.Find[mergeRow](ctx, s.store, store.Selection{
		Where: "object = ? AND record = ? AND undone_at IS NULL AND at > ?", Args: []any{name, id, s.clock.Now().Add(-mergeLife).UnixMilli()}, Order: "id DESC", Limit: 200,
	})
	if err != nil {
		return nil, fmt.Errorf("list merges: %w", err)
	}
	list, people := &Merges{Data: []*Merge{}}, &references{}
	for i := range rows {
		m, err := rows[i].merge()
		if err != nil {
			return nil, err
		}
		if m.Display, err = s.gone(ctx, actor, object, m.Other); err != nil {
			return nil, err
		}
		list.Data = append(list.Data, m)
		people.add(field.UserObject, m.By)
	}
	list.included, err = s.include(ctx, s.store, policy, actor, people, nil)
	return list, err
}

// gone is what a record is called, deleted or not; nil when the actor may not
// see it.
func (s *Service) gone(ctx context.Context, actor *access.Actor, object *metadata.Object, id string) (*string, error) {
	r, err := s.readable(ctx, actor, object.Name, id, true)
	if fault.Is(err, fault.NotFound) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	display := object.Slot(object.Display)
	text := displayOf(object.Fields[display], r.values[display], id, r.readable.Has(display))
	return &text, nil
}

// Merges are the merges of a record as an answer.
type Merges struct {
	Data     []*Merge
	included Included
}

// AppendJSON appends {"data": [merges], "included": …}.
func (l *Merges) AppendJSON(dst []byte) []byte {
	return appendReferring(dst, l.Data, l.included)
}
