package record

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Do runs fn in one write with its options, and answers what fn gives.
func (s *Service) Do(ctx context.Context, actor *access.Actor, options Options, fn func(ctx context.Context, w *Work) (Body, error)) (Body, error) {
	return s.write(ctx, actor, options, fn)
}

// Take locks a record for an action of the actor, and gives it as he sees it.
// Faults: not_found, forbidden.
func (w *Work) Take(ctx context.Context, name, id, action string) (*metadata.Object, Seen, error) {
	object, err := objectOf(w.Policy, w.Actor, name, action)
	if err != nil {
		return nil, Seen{}, err
	}
	found, err := w.lock(ctx, object, id, action, false)
	if err != nil {
		return nil, Seen{}, err
	}
	return object, Seen{ID: id, Values: found.Values, Readable: found.Permitted[0]}, nil
}

// Assign gives fields of a record values, as they go over the wire, also those
// that the actor may not write: what an action does follows from the right to
// it. The record as it becomes keeps its rules.
func (w *Work) Assign(ctx context.Context, name, id string, values map[string]json.RawMessage) (*Change, error) {
	elevated := w.Elevated()
	object, err := objectOf(w.Policy, elevated.Actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	prior, err := elevated.lock(ctx, object, id, access.Update, false)
	if err != nil {
		return nil, err
	}
	change := changing(Updated, object, id, prior)
	faults := fault.New(fault.InvalidValues)
	var given []int
	for _, name := range slices.Sorted(maps.Keys(values)) {
		wire, err := decodeWire(values[name])
		if err != nil {
			return nil, err
		}
		slot := object.Slot(name)
		if slot < 0 {
			continue
		}
		given = append(given, slot)
		change.Values[slot] = nil
		if f := object.Fields[slot]; !field.IsEmpty(wire) {
			value, item := f.Kind.Parse(f, wire)
			if item != nil {
				faults.At("/"+name, item.Code, flat(item.Params)...)
			}
			change.Values[slot] = value
		}
	}
	if err := elevated.files(ctx, change, given, faults); err != nil {
		return nil, err
	}
	if change.Changed = differing(object, prior.Values, change.Values); len(change.Changed) == 0 && len(faults.Items) == 0 {
		return change, nil
	}
	if err := elevated.convert(ctx, object, change.Changed, change.Values, faults); err != nil {
		return nil, err
	}
	if err := elevated.recompute(ctx, change); err != nil {
		return nil, err
	}
	required(object, change.Values, faults)
	elevated.options(object, prior.Values, change.Values, faults)
	if err := elevated.rules(ctx, object, change.Values, prior.Permitted[1], faults); err != nil {
		return nil, err
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	if err := elevated.guard(ctx, change); err != nil {
		return nil, err
	}
	return change, elevated.save(ctx, change)
}

// Wire is a value of a record as it goes over the wire.
func Wire(f *field.Field, value any) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	return f.Kind.AppendJSON(nil, f, value)
}
