package conversion

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// Undo takes a conversion back: what it created goes, unless somebody has
// worked with it, what it carried along returns, and the record is as it was.
// Who converted may undo it; another needs the right to delete what goes.
// Faults: not_found, forbidden, not_converted, undo_expired, changed_since.
func (s *Service) Undo(ctx context.Context, actor *access.Actor, name, id string, options record.Options) (*Conversion, error) {
	undoing := *actor
	undoing.Via = ActionUndo
	body, err := s.records.Do(ctx, &undoing, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		object, _, err := convertible(ctx, w, name, id)
		if err != nil {
			return nil, err
		}
		c, err := standing(ctx, w.Tx, name, id)
		switch {
		case err != nil:
			return nil, err
		case c == nil:
			return nil, fault.New(fault.NotConverted)
		case !w.Now.Before(c.UndoUntil):
			return nil, fault.New(fault.UndoExpired)
		}
		c.Targets = []Became{}
		return c, s.undo(ctx, w, object, c)
	})
	if err != nil {
		return nil, err
	}
	undone, _ := body.(*Conversion)
	return undone, nil
}

func (s *Service) undo(ctx context.Context, w *record.Work, object *metadata.Object, c *Conversion) error {
	source, to := linkTo(object.Name, c.Record), linkTo(c.detail.To.Object, c.detail.To.ID)
	if _, err := w.CarryBack(ctx, c.detail.Carried, to, source); err != nil {
		return err
	}
	if _, err := w.Revert(ctx, object.Name, c.Record, c.detail.Source); err != nil {
		return err
	}
	for _, target := range slices.Backward(c.detail.Targets) {
		if !target.Created {
			if _, err := w.Revert(ctx, target.Object, target.ID, target.Edit); err != nil {
				return err
			}
			continue
		}
		if err := s.discard(ctx, w, target, c.By == w.Actor.ID); err != nil {
			return err
		}
	}
	if _, err := w.Tx.Exec(ctx, "UPDATE sys_conversion SET undone_at = ? WHERE id = ?", w.Now.UnixMilli(), c.ID); err != nil {
		return fmt.Errorf("undo a conversion: %w", err)
	}
	return w.Settle(ctx)
}

// discard deletes a record that a conversion created, which must be as it was
// created: the same version, and nothing about it.
func (s *Service) discard(ctx context.Context, w *record.Work, target made, own bool) error {
	deleting := w
	if own {
		deleting = w.Elevated()
	}
	_, seen, err := deleting.Take(ctx, target.Object, target.ID, access.Delete)
	if fault.Is(err, fault.NotFound) {
		return nil // somebody deleted it already
	}
	if err != nil {
		return err
	}
	object, _ := w.Policy.Catalog().Object(target.Object)
	about, err := w.About(ctx, linkTo(target.Object, target.ID))
	if err != nil {
		return err
	}
	version := json.RawMessage(fmt.Sprint(seen.Values[object.Slot(metadata.FieldVersion)]))
	if string(version) != fmt.Sprint(target.Version) || len(about.Records)+len(about.Comments)+len(about.Files) > 0 {
		return fault.New(fault.ChangedSince, "name", object.Title.In(w.Actor.Language))
	}
	_, err = deleting.Delete(ctx, target.Object, target.ID, nil)
	return err
}
