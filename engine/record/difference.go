package record

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
)

// Difference is what an action changed of a record, before and after, as it goes over
// the wire: what it takes to undo that.
type Difference struct {
	Before map[string]json.RawMessage `json:"before,omitempty"`
	After  map[string]json.RawMessage `json:"after,omitempty"`
}

// DifferenceOf is what a change changed.
func DifferenceOf(change *Change) Difference {
	made := Difference{Before: change.Before(), After: map[string]json.RawMessage{}}
	for name := range made.Before {
		f, _ := change.Object.Field(name)
		made.After[name] = Wire(f, change.Values[change.Object.Slot(name)])
	}
	return made
}

// Revert gives a record the values it had before an edit, where it still has
// those that it was given, and names the fields that it leaves as they are. Of
// a record that is gone nothing is left to do.
func (w *Work) Revert(ctx context.Context, name, id string, was Difference) (kept []string, err error) {
	object, ok := w.Policy.Catalog().Object(name)
	if !ok || len(was.Before) == 0 {
		return nil, nil
	}
	_, seen, err := w.Elevated().Take(ctx, name, id, access.Update)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	back := map[string]json.RawMessage{}
	for field, raw := range was.Before {
		f, ok := object.Field(field)
		switch {
		case !ok:
		case sameWire(Wire(f, seen.Values[object.Slot(field)]), was.After[field]):
			back[field] = raw
		default:
			kept = append(kept, field)
		}
	}
	refused, err := w.assignAll(ctx, name, id, back)
	kept = append(kept, refused...)
	slices.Sort(kept)
	return kept, err
}

// assignAll assigns values, and names the fields that do not take theirs any
// more, because what is allowed has changed.
func (w *Work) assignAll(ctx context.Context, name, id string, values map[string]json.RawMessage) (refused []string, err error) {
	for {
		_, err := w.Assign(ctx, name, id, values)
		why := fault.As(err)
		if why == nil || !fault.Is(err, fault.InvalidValues) || len(values) == 0 {
			return refused, err
		}
		before := len(refused)
		for _, item := range why.Items {
			field, _, _ := strings.Cut(strings.TrimPrefix(item.Pointer, "/"), "/")
			if _, ok := values[field]; ok {
				refused = append(refused, field)
				delete(values, field)
			}
		}
		if len(refused) == before { // they do not go together with the rest
			refused = slices.AppendSeq(refused, maps.Keys(values))
			clear(values)
		}
	}
}

// sameWire tells whether two values are the same over the wire: a database may
// write JSON in another order, and with blanks.
func sameWire(a, b json.RawMessage) bool {
	one, err := decodeWire(a)
	if err != nil {
		return false
	}
	two, err := decodeWire(b)
	return err == nil && reflect.DeepEqual(one, two)
}
