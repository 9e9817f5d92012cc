package record

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// What an import needs beside the ordinary writes.

// Parsed is a value that was read from another form than JSON; it stands where
// a JSON value would.
type Parsed struct{ Value expr.Value }

// Flush has the database judge what was written so far.
func (w *Work) Flush(ctx context.Context) error {
	if err := w.Tx.Flush(ctx); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	return nil
}

// Filled tells which fields of a record have a value that the actor may see.
func (w *Work) Filled(ctx context.Context, name, id string) (func(field string) bool, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	read, err := w.decide(object, access.Read)
	if err != nil {
		return nil, err
	}
	found, err := w.table(object).Find(ctx, w.Tx, id, row.Wanted{Decisions: []*access.Decision{read}})
	if err != nil {
		return nil, err
	}
	return func(field string) bool {
		slot := object.Slot(field)
		return slot >= 0 && found.Permitted[0].Has(slot) && found.Values[slot] != nil
	}, nil
}

// Before are the values that the change replaced, as they go over the wire; the
// computed ones follow from them.
func (c *Change) Before() map[string]json.RawMessage {
	before := map[string]json.RawMessage{}
	for _, slot := range c.Changed {
		f := c.Object.Fields[slot]
		if f.Computed != nil {
			continue
		}
		before[f.Name] = json.RawMessage("null")
		if c.Prior[slot] != nil {
			before[f.Name] = f.Kind.AppendJSON(nil, f, c.Prior[slot])
		}
	}
	return before
}

// PutBack gives a record earlier values back, as long as it still has the
// version. Rules that did not hold before need not hold now.
func (w *Work) PutBack(ctx context.Context, name, id string, version int64, before map[string]json.RawMessage) (*Change, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	prior, err := w.lock(ctx, object, id, access.Update, false)
	if err != nil {
		return nil, err
	}
	if err := fresh(versionOf(object, prior.Values), &version); err != nil {
		return nil, err
	}
	change := changing(Updated, object, id, prior)
	sent := map[string]any{}
	for field, raw := range before {
		if sent[field], err = decodeWire(raw); err != nil {
			return nil, err
		}
	}
	faults := fault.New(fault.InvalidValues)
	parse(object, sent, change.Values, prior.Permitted[1], prior.Permitted[0], faults)
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	if change.Changed = differing(object, prior.Values, change.Values); len(change.Changed) == 0 {
		return change, nil
	}
	if err := w.recompute(ctx, change); err != nil {
		return nil, err
	}
	if err := w.guard(ctx, change); err != nil {
		return nil, err
	}
	return change, w.save(ctx, change)
}
