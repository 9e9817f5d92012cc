package record

import (
	"context"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Calculation works out computed fields of a catalog anew, for records that
// are there already, as a change of definitions makes it necessary. Nobody
// changed a record by that: no trigger hears of it. The fields are to be worked
// out in the order of metadata.Catalog.Outdated.
type Calculation struct{ tables tables }

// NewCalculation prepares the calculation in a catalog, at a moment.
func NewCalculation(dialect store.Dialect, catalog *metadata.Catalog, now time.Time) (*Calculation, error) {
	policy, err := access.NewPolicy(catalog)
	if err != nil {
		return nil, err //nolint:wrapcheck // says that it is about rights
	}
	system, memory := access.System(), &row.Memory{}
	return &Calculation{tables: func(object *metadata.Object) *row.Table {
		return &row.Table{Dialect: dialect, Policy: policy, Actor: system, Object: object, Input: system.Input(now), Memory: memory}
	}}, nil
}

// Recalculate works out fields for all records of their objects, in one
// transaction.
func Recalculate(ctx context.Context, tx *store.Tx, catalog *metadata.Catalog, fields []metadata.Reference, now time.Time) error {
	if len(fields) == 0 {
		return nil
	}
	calculation, err := NewCalculation(tx.Dialect(), catalog, now)
	if err != nil {
		return err
	}
	for _, reference := range fields {
		for after, more := "", true; more; {
			if after, more, err = calculation.After(ctx, tx, reference, after); err != nil {
				return err
			}
		}
	}
	return nil
}

// CalculatedTogether is how many records After goes on by.
const CalculatedTogether = rollUpTogether

// After works out a field for the next records behind one ("" for the first),
// in the order of their ids, and tells the last one and whether there may be
// more.
func (c *Calculation) After(ctx context.Context, tx *store.Tx, reference metadata.Reference, after string) (last string, more bool, err error) {
	page, err := c.tables(reference.Object).Page(ctx, tx, after, rollUpTogether)
	if err != nil || len(page) == 0 {
		return "", false, err
	}
	if _, err := c.renew(ctx, tx, reference, page); err != nil {
		return "", false, err
	}
	return idOf(reference.Object, page[len(page)-1]), len(page) == rollUpTogether, nil
}

// Of works out a field for the records with these ids, and gives the ids of
// those whose value changed.
func (c *Calculation) Of(ctx context.Context, tx *store.Tx, reference metadata.Reference, ids []string) ([]string, error) {
	page, err := c.tables(reference.Object).Those(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	return c.renew(ctx, tx, reference, page)
}

func idOf(object *metadata.Object, record *row.Record) string {
	id, _ := record.Values[object.Slot(metadata.FieldID)].(string)
	return id
}

// renew writes a field's values where they are not what they should be.
func (c *Calculation) renew(ctx context.Context, tx *store.Tx, reference metadata.Reference, page []*row.Record) (changed []string, err error) {
	object, f := reference.Object, reference.Field
	table, slot := c.tables(object), slices.Index(object.Fields, f)
	ids := make([]string, len(page))
	for i, record := range page {
		ids[i] = idOf(object, record)
	}
	values := map[string]expr.Value{}
	if f.Computed.Rollup != nil && len(ids) > 0 {
		if values, err = table.RollUp(ctx, tx, f, ids); err != nil {
			return nil, err
		}
	}
	for i, record := range page {
		value := values[ids[i]]
		if f.Computed.Formula != nil {
			if value, err = formula(ctx, tx, c.tables, object, record.Values, f); err != nil {
				return nil, err
			}
		}
		if equal(value, record.Values[slot]) {
			continue
		}
		now := slices.Clone(record.Values)
		now[slot] = value
		if err := table.Update(tx, ids[i], now, []int{slot}); err != nil {
			return nil, err
		}
		changed = append(changed, ids[i])
	}
	return changed, nil
}
