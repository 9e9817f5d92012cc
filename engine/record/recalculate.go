package record

import (
	"context"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Recalculate works out computed fields for all records of their objects, in
// the given order, as a change of definitions makes it necessary. Nobody
// changed a record by that: no trigger hears of it.
func Recalculate(ctx context.Context, tx *store.Tx, catalog *metadata.Catalog, fields []metadata.Reference, now time.Time) error {
	if len(fields) == 0 {
		return nil
	}
	policy, err := access.NewPolicy(catalog)
	if err != nil {
		return err //nolint:wrapcheck // says that it is about rights
	}
	system, memory := access.System(), &row.Memory{}
	table := func(object *metadata.Object) *row.Table {
		return &row.Table{Dialect: tx.Dialect(), Policy: policy, Actor: system, Object: object, Input: system.Input(now), Memory: memory}
	}
	for _, reference := range fields {
		if err := recalculate(ctx, tx, table, reference.Object, reference.Field); err != nil {
			return err
		}
	}
	return nil
}

func recalculate(ctx context.Context, tx *store.Tx, tables tables, object *metadata.Object, f *field.Field) error {
	table := tables(object)
	slot, idSlot := object.Slot(f.Name), object.Slot(metadata.FieldID)
	for after := ""; ; {
		page, err := table.Page(ctx, tx, after, rollUpTogether)
		if err != nil {
			return err
		}
		ids := make([]string, len(page))
		for i, record := range page {
			ids[i], _ = record.Values[idSlot].(string)
		}
		values := map[string]expr.Value{}
		if f.Computed.Rollup != nil && len(ids) > 0 {
			if values, err = table.RollUp(ctx, tx, f, ids); err != nil {
				return err
			}
		}
		for i, record := range page {
			value := values[ids[i]]
			if f.Computed.Formula != nil {
				if value, err = formula(ctx, tx, tables, object, record.Values, f); err != nil {
					return err
				}
			}
			if equal(value, record.Values[slot]) {
				continue
			}
			changed := slices.Clone(record.Values)
			changed[slot] = value
			if err := table.Update(tx, ids[i], changed, []int{slot}); err != nil {
				return err
			}
		}
		if len(page) < rollUpTogether {
			return nil
		}
		after = ids[len(ids)-1]
	}
}
