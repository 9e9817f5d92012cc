package conversion

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// masked are the values of a record that its reader may see; the others are
// empty, so that no mapping tells of them.
func masked(seen record.Seen) []expr.Value {
	values := make([]expr.Value, len(seen.Values))
	for slot, value := range seen.Values {
		if seen.Readable.Has(slot) {
			values[slot] = value
		}
	}
	return values
}

func inputOf(actor *access.Actor, now time.Time, object *metadata.Object, values []expr.Value) expr.Input {
	in := actor.Input(now)
	in.Record = func(path []string) expr.Value {
		if len(path) != 1 {
			return nil
		}
		return object.Value(values, path[0])
	}
	return in
}

// isOpen tells whether a record is one of those that may be converted.
func isOpen(object *metadata.Object, in expr.Input) (bool, error) {
	if object.Conversion.When == nil {
		return true, nil
	}
	return object.Conversion.When.True(in) //nolint:wrapcheck // an expression's own fault
}

// mapped are the values that assignments give the fields of an object, as they
// go over the wire; empty ones are left out.
func mapped(from, into *metadata.Object, list []metadata.Assignment, values []expr.Value, in expr.Input) (map[string]json.RawMessage, error) {
	wires := map[string]json.RawMessage{}
	for _, assignment := range list {
		if path := assignment.Value.Path(); len(path) == 1 {
			same, ok := from.Field(path[0])
			if f, _ := into.Field(assignment.Field); ok && f != nil && same.Kind.Name() == f.Kind.Name() {
				if value := values[from.Slot(same.Name)]; value != nil {
					wires[assignment.Field] = record.Wire(same, value)
				}
				continue
			}
		}
		value, err := assignment.Value.Eval(in)
		if err != nil {
			return nil, err //nolint:wrapcheck // an expression's own fault
		}
		if value == nil {
			continue
		}
		if wires[assignment.Field], err = wireOf(value); err != nil {
			return nil, err
		}
	}
	return wires, nil
}

// wireOf is a value of an expression as it goes over the wire.
func wireOf(value expr.Value) (json.RawMessage, error) {
	switch v := value.(type) {
	case decimal.Decimal:
		return json.RawMessage(v.String()), nil
	case expr.Date:
		value = v.String()
	case time.Time:
		value = v.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("write a value: %w", err)
	}
	return raw, nil
}

// creatable are the values that an actor may give a new record of an object.
func creatable(policy *access.Policy, actor *access.Actor, into *metadata.Object, wires map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	create, err := policy.Decide(actor, into, access.Create)
	if err != nil {
		return nil, err //nolint:wrapcheck // a policy's own fault
	}
	kept := map[string]json.RawMessage{}
	for name, raw := range wires {
		if f, ok := into.Field(name); ok && create.Writable(f) {
			kept[name] = raw
		}
	}
	return kept, nil
}
