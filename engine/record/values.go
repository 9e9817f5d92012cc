package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// parse reads what a caller sent into values, and judges each by its field:
// unknown when he may neither read nor write it, read-only when he may not
// write it, and names them in the order of their names. It returns the slots
// that were given.
func parse(object *metadata.Object, sent map[string]any, values []expr.Value, writable, readable access.Fields, faults *fault.Fault) []int {
	given, known := make([]int, 0, len(sent)), len(faults.Items)
	for name, wire := range sent {
		slot := object.Slot(name)
		pointer := fault.Pointer(name)
		switch {
		case slot < 0 || !writable.Has(slot) && !readable.Has(slot):
			faults.At(pointer, fault.UnknownField, "field", name)
			continue
		case !writable.Has(slot) || !object.Fields[slot].Writable:
			faults.At(pointer, fault.ReadOnly, "field", name)
			continue
		}
		given = append(given, slot)
		values[slot] = nil
		if field.IsEmpty(wire) {
			continue
		}
		f := object.Fields[slot]
		value, item := read(f, wire)
		if item != nil {
			faults.At(pointer, item.Code, flat(item.Params)...)
			continue
		}
		values[slot] = value
	}
	slices.SortFunc(faults.Items[known:], func(a, b fault.Item) int { return strings.Compare(a.Pointer, b.Pointer) })
	slices.Sort(given)
	return given
}

// read reads a JSON value, or takes one that was read already.
func read(f *field.Field, wire any) (expr.Value, *fault.Item) {
	if parsed, ok := wire.(Parsed); ok {
		return parsed.Value, nil
	}
	return f.Kind.Parse(f, wire)
}

// decodeWire decodes a JSON value with its numbers as they were written.
func decodeWire(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("decode a value: %w", err)
	}
	return value, nil
}

func flat(params fault.Params) []any {
	list := make([]any, 0, 2*len(params))
	for name, value := range params {
		list = append(list, name, value)
	}
	return list
}

// required adds a fault for each required field without a value, also of those
// that the record's type requires; an automatic number comes later by itself.
func required(object *metadata.Object, values []expr.Value, faults *fault.Fault) {
	recordType, _ := object.RecordType(values)
	for slot, f := range object.Fields {
		needed := f.Required || slices.Contains(recordType.Required, f.Name)
		if needed && f.Template == "" && f.Lines == nil && values[slot] == nil && !faults.Has("/"+f.Name) {
			faults.At("/"+f.Name, fault.Required)
		}
	}
}

// rules evaluates the object's rules on the final state, and what its form
// requires of who fills it in. A rule is reported at the fields that it names,
// and at the record when it names none.
func (w *Work) rules(ctx context.Context, object *metadata.Object, values []expr.Value, writable access.Fields, faults *fault.Fault) error {
	var wanted []metadata.Needed
	if form, ok := w.Policy.Catalog().FormOf(object, values); ok && !w.formless {
		wanted = form.Needed
	}
	if len(object.Rules) == 0 && len(wanted) == 0 {
		return nil
	}
	in := w.input(ctx, object, values)
	for _, rule := range object.Rules {
		holds, err := rule.Assert.True(in)
		if err != nil {
			return err //nolint:wrapcheck // an expression's own fault
		}
		if holds {
			continue
		}
		pointers := rule.At
		if len(pointers) == 0 {
			pointers = []string{""}
		}
		for _, name := range pointers {
			pointer := ""
			if name != "" {
				pointer = "/" + name
			}
			faults.At(pointer, fault.RuleBroken, "rule", rule.Name, "message", rule.Message.In(w.Actor.Language))
		}
	}
	return needed(object, wanted, values, writable, in, faults)
}

// needed adds a fault for each empty field that the actor may write and that
// the record's form requires as its other values are; a rule that speaks of the
// field says it better.
func needed(object *metadata.Object, all []metadata.Needed, values []expr.Value, writable access.Fields, in expr.Input, faults *fault.Fault) error {
	for _, wanted := range all {
		slot := object.Slot(wanted.Field)
		if values[slot] != nil || !writable.Has(slot) || faults.Has("/"+wanted.Field) {
			continue
		}
		holds, err := wanted.Holds(in)
		if err != nil {
			return err //nolint:wrapcheck // an expression's own fault
		}
		if holds {
			faults.At("/"+wanted.Field, fault.Required)
		}
	}
	return nil
}

// conceal keeps the names of fields out of faults that the actor may neither
// read nor write, because for him there are none: a rule speaks of the record
// then, and of what else is wrong with them he is told that it is not his to
// do. Of what he sent himself he was told before.
func conceal(object *metadata.Object, readable, writable access.Fields, faults *fault.Fault) {
	var kept []fault.Item
	for _, item := range faults.Items {
		name, _, _ := strings.Cut(strings.TrimPrefix(item.Pointer, "/"), "/")
		slot := object.Slot(name)
		if slot >= 0 && !readable.Has(slot) && !writable.Has(slot) && item.Code != fault.UnknownField {
			item.Pointer = ""
			if item.Code != fault.RuleBroken {
				item.Code, item.Params = fault.Forbidden, nil
			}
		}
		same := func(other fault.Item) bool {
			return other.Pointer == item.Pointer && other.Code == item.Code && other.Params["rule"] == item.Params["rule"]
		}
		if item.Pointer != "" || !slices.ContainsFunc(kept, same) {
			kept = append(kept, item)
		}
	}
	faults.Items = kept
}

// equal compares two values of one field.
func equal(a, b expr.Value) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case decimal.Decimal:
		y, ok := b.(decimal.Decimal)
		return ok && x.Equal(y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case []string:
		y, ok := b.([]string)
		return ok && slices.Equal(x, y)
	case field.Money:
		y, ok := b.(field.Money)
		return ok && x.Equal(y)
	default:
		return a == b
	}
}

// differing are the slots whose values differ from the prior ones, which are
// all null where there are none, system fields and virtual ones left out.
func differing(object *metadata.Object, prior, values []expr.Value) []int {
	var slots []int
	for slot, f := range object.Fields {
		var before expr.Value
		if prior != nil {
			before = prior[slot]
		}
		if !f.System && !f.IsVirtual() && !equal(before, values[slot]) {
			slots = append(slots, slot)
		}
	}
	return slots
}

func next(version expr.Value) expr.Value {
	d, _ := version.(decimal.Decimal)
	return d.Add(decimal.NewFromInt(1))
}

// versionOf is the version of a record's values.
func versionOf(object *metadata.Object, values []expr.Value) int64 {
	d, _ := values[object.Slot(metadata.FieldVersion)].(decimal.Decimal)
	return d.IntPart()
}
