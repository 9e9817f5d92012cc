package record

import (
	"context"
	"errors"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// compute works out the formulas that a record keeps, each after those that it
// needs.
func (w *Work) compute(ctx context.Context, object *metadata.Object, values []expr.Value) error {
	for _, slot := range object.Formulas {
		value, err := formula(ctx, w.Tx, w.table, object, values, object.Fields[slot])
		if err != nil {
			return err
		}
		values[slot] = value
	}
	return nil
}

// recompute works out the formulas that a changed record keeps, and which of
// its values differ then.
func (w *Work) recompute(ctx context.Context, change *Change) error {
	w.date(change)
	if err := w.compute(ctx, change.Object, change.Values); err != nil {
		return err
	}
	change.Changed = differing(change.Object, change.Prior, change.Values)
	return nil
}

// date notes since when fields have the values that this change gives them.
func (w *Work) date(change *Change) {
	for slot, f := range change.Object.Fields {
		if f.Since == "" {
			continue
		}
		of := change.Object.Slot(f.Since)
		if change.Prior == nil || !equal(change.Prior[of], change.Values[of]) {
			change.Values[slot] = w.Now
		}
	}
}

// refresh gives a record that was written its virtual formulas, as the actor
// may see them, and what was settled in it after it was written.
func (w *Work) refresh(ctx context.Context, change *Change) error {
	if !w.settled[change.ID] && !slices.ContainsFunc(change.Object.Fields, (*field.Field).IsVirtual) {
		return nil
	}
	read, err := w.decide(change.Object, access.Read)
	if err != nil {
		return err
	}
	found, err := w.table(change.Object).Find(ctx, w.Tx, change.ID, row.Wanted{Decisions: []*access.Decision{read}})
	if errors.Is(err, store.ErrNotFound) {
		return nil // the write took it out of the actor's sight
	}
	if err != nil {
		return err
	}
	for slot, f := range change.Object.Fields {
		if f.Computed != nil {
			change.Values[slot] = found.Values[slot]
		}
	}
	return nil
}

// tables gives the table of an object.
type tables func(*metadata.Object) *row.Table

// formula gives the value of a formula for a record in memory. Its days are
// those of the organisation.
func formula(ctx context.Context, reader store.Reader, table tables, object *metadata.Object, values []expr.Value, f *field.Field) (expr.Value, error) {
	t := table(object)
	in := t.Input
	in.Zone = t.Policy.Catalog().Environment().Organisation.Zone()
	in.Record = func(path []string) expr.Value { return follow(ctx, reader, table, object, values, path) }
	value, err := f.Computed.Formula.Eval(in)
	return f.Fit(value), err //nolint:wrapcheck // an expression's own fault
}

// valueAt is what an expression sees of a field of a record in memory.
func valueAt(ctx context.Context, reader store.Reader, table tables, object *metadata.Object, values []expr.Value, slot int) expr.Value {
	f := object.Fields[slot]
	if !f.IsVirtual() {
		return f.Plain(values[slot])
	}
	value, err := formula(ctx, reader, table, object, values, f)
	if err != nil {
		return nil
	}
	return value
}
