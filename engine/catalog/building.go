package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// building is a plan that is prepared beside what is in force: the new columns
// and indexes have names of their own, under which nobody looks, until the last
// steps give them theirs.
type building struct {
	service *Service
	plan    *plan
	// catalog is the plan's, with the fields that are built under the names
	// under which they are built.
	catalog *metadata.Catalog
	beside  store.Beside

	columns, indexes, last []store.Step
	fillings               []filling
	computed               []metadata.Reference
	calculation            *record.Calculation
	allow                  []string
	watched                []store.Watched
}

// filling is columns that are filled from others.
type filling struct {
	conversion
	into  []field.Column
	value func(ctx context.Context, tx *store.Tx, old expr.Value) ([]expr.Value, bool, error)
}

// newBuilding works out how a plan is prepared.
func (s *Service) newBuilding(p *plan, allow []string) (*building, error) {
	b := &building{service: s, plan: p, beside: store.Beside{}, allow: allow}
	var problems []metadata.Problem
	b.catalog, problems = metadata.Compile(p.to.Revision, p.merged(), p.environment)
	if len(problems) > 0 {
		return nil, fmt.Errorf("compile revision %d again: %v", p.to.Revision, problems)
	}
	for _, reference := range b.catalog.Outdated(p.from) {
		if p.existed(reference.Object.Name) {
			b.computed = append(b.computed, reference)
		}
	}
	steps := slices.Clone(p.steps)
	for _, object := range b.catalog.Objects() {
		if p.existed(object.Name) {
			steps = b.object(object, steps)
		}
	}
	b.columns, b.indexes, b.last = b.beside.Split(s.store.Dialect(), steps)
	b.watch()
	var err error
	if b.calculation, err = record.NewCalculation(s.store.Dialect(), b.catalog, s.clock.Now()); err != nil {
		return nil, fmt.Errorf("compile the rights of revision %d: %w", p.to.Revision, err)
	}
	return b, nil
}

// object gives the fields of an object that are built names of their own, and
// adds the steps for those whose columns stay and whose values do not.
func (b *building) object(object *metadata.Object, steps []store.Step) []store.Step {
	var keys []filling
	for slot, f := range object.Fields {
		if len(f.Columns()) == 0 {
			continue
		}
		name, own := f.Name, slices.Clone(f.Columns())
		computed := slices.ContainsFunc(b.computed, func(r metadata.Reference) bool { return r.Field == f })
		key := own[len(own)-1]
		switch {
		case computed, b.comes(object.Name, f):
			f.Name = store.BuildingField(slot)
			f.Prepare()
			for i, column := range f.Columns() {
				b.beside.Put(object.Name, own[i].Name, column)
			}
			c, converts := b.plan.conversion(object.Name, name, f)
			if computed || converts {
				steps = b.anew(object.Name, own, steps)
			}
			if converts {
				b.fillings = append(b.fillings, filling{conversion: c, into: f.Parts(), value: func(ctx context.Context, tx *store.Tx, old expr.Value) ([]expr.Value, bool, error) {
					return b.service.value(ctx, tx, c, old)
				}})
				if f.HasSortColumn() {
					keys = append(keys, b.sortKey(object, f, f.Columns()[0].Name, f.Columns()[len(own)-1]))
				}
			}
		case f.HasSortColumn() && b.plan.brings(object.Name, key.Name):
			built := field.Column{Name: store.BuildingField(slot) + sortKeySuffix, Type: key.Type}
			b.beside.Put(object.Name, key.Name, built)
			keys = append(keys, b.sortKey(object, f, b.plan.now(object.Name, name), built))
		}
	}
	b.fillings = append(b.fillings, keys...)
	return steps
}

// comes tells whether a field that is entered gets columns that are new, and
// none that was set aside.
func (b *building) comes(table string, f *field.Field) bool {
	comes := false
	for _, column := range f.Columns() {
		if column.Name == f.SortColumn() {
			continue
		}
		if b.plan.has(store.RestoreColumn, table, column.Name) {
			return false
		}
		comes = comes || b.plan.has(store.AddColumn, table, column.Name) || b.plan.has(store.Retype, table, column.Name)
	}
	return comes
}

// brings tells whether a step brings a column.
func (p *plan) brings(table, column string) bool {
	return p.has(store.AddColumn, table, column) || p.has(store.RestoreColumn, table, column) || p.has(store.Retype, table, column)
}

// now is what a column is called before the steps.
func (p *plan) now(table, column string) string {
	for _, step := range p.steps {
		if step.Kind == store.RestoreColumn && step.Table == table && step.Column.Name == column {
			return step.Aside
		}
	}
	return column
}

// anew adds the steps that have columns made anew which would have stayed, with
// their indexes.
func (b *building) anew(table string, columns []field.Column, steps []store.Step) []store.Step {
	for _, column := range columns {
		if b.plan.brings(table, column.Name) {
			continue
		}
		steps = append(steps, store.Step{Kind: store.Retype, Table: table, Column: column, Aside: store.AsideColumn(column.Name, b.plan.to.Revision)})
		for _, t := range b.plan.shape.Objects {
			for _, index := range t.Indexes {
				if t.Name == table && index.Covers(column.Name) && !b.indexed(steps, store.DropIndex, index) {
					steps = append(steps, store.Step{Kind: store.DropIndex, Table: table, Index: index}, store.Step{Kind: store.CreateIndex, Table: table, Index: index})
				}
			}
		}
	}
	return steps
}

func (*building) indexed(steps []store.Step, kind store.StepKind, index store.Index) bool {
	return slices.ContainsFunc(steps, func(step store.Step) bool { return step.Kind == kind && step.Index.Name == index.Name })
}

// sortKey fills the collation keys of a text from its column.
func (b *building) sortKey(object *metadata.Object, f *field.Field, from string, into field.Column) filling {
	return filling{
		conversion: conversion{table: object.Name, columns: []string{from}, from: f, to: f, revision: b.plan.to.Revision},
		into:       []field.Column{into}, value: func(_ context.Context, _ *store.Tx, old expr.Value) ([]expr.Value, bool, error) {
			return []expr.Value{field.SortKey(old)}, true, nil
		},
	}
}

// watch says which changes must be noted: those of the records whose columns
// are filled, and those of the records that a roll-up sums up.
func (b *building) watch() {
	seen := map[string]bool{}
	add := func(table, object, key string) {
		at := strings.Join([]string{table, object, key}, " ")
		if seen[at] {
			return
		}
		seen[at] = true
		for _, t := range b.plan.shape.Objects {
			if t.Name != table {
				continue
			}
			watched := store.Watched{Table: table, Object: object, Key: key}
			for _, column := range t.Columns {
				watched.Columns = append(watched.Columns, column.Name)
			}
			b.watched = append(b.watched, watched)
		}
	}
	for _, f := range b.fillings {
		add(f.table, f.table, metadata.FieldID)
	}
	for _, reference := range b.computed {
		add(reference.Object.Name, reference.Object.Name, metadata.FieldID)
		if table, key, ok := b.lookup(reference); ok {
			add(table, reference.Object.Name, b.present(table, key))
		}
	}
}

// present is the column that holds a lookup's values now.
func (b *building) present(table, key string) string {
	for column, built := range b.beside[table] {
		if built.Name == key {
			return column
		}
	}
	return key
}

// lookup is the column through which a roll-up finds what it sums up, as the
// building has it.
func (b *building) lookup(reference metadata.Reference) (table, column string, ok bool) {
	rollup := reference.Field.Computed.Rollup
	if rollup == nil {
		return "", "", false
	}
	child, found := b.catalog.Object(rollup.Object)
	if !found {
		return "", "", false
	}
	link, found := child.Field(rollup.Lookup)
	if !found {
		return "", "", false
	}
	return child.Name, link.Kind.Column(link).Name, true
}

// fill fills the next rows of a column, behind an id ("" for the first).
func (b *building) fill(ctx context.Context, tx *store.Tx, f filling, after string) (last string, more bool, err error) {
	page, err := b.service.pageAfter(ctx, tx, f.conversion, after)
	if err != nil || len(page) == 0 {
		return "", false, err
	}
	return page[len(page)-1].id, len(page) == conversionPage, b.write(ctx, tx, f, page)
}

// write writes what is to stand in the columns. That a value is lost which was
// not there when all were looked at, must be allowed, too.
func (b *building) write(ctx context.Context, tx *store.Tx, f filling, page []convertible) error {
	for _, row := range page {
		values, kept, err := f.value(ctx, tx, row.value)
		if err != nil {
			return err
		}
		if !kept && !slices.Contains(b.allow, Destructive) {
			return fault.New(fault.Destructive).At("/"+metadata.KindObject+"/"+f.table, fault.Destructive)
		}
		if err := b.service.set(tx, f.table, f.into, row.id, values); err != nil {
			return err
		}
	}
	return nil
}

// settleChunk is how many noted changes are settled at once.
const settleChunk = 500

// settle brings what was filled up to date with noted changes, and tells how
// many these were.
func (b *building) settle(ctx context.Context, tx *store.Tx) (int, error) {
	var entries []any
	changed, order, err := noted(ctx, tx, &entries)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM sys_building WHERE id IN (?"+strings.Repeat(", ?", len(entries)-1)+")", entries...); err != nil {
		return 0, fmt.Errorf("forget noted changes: %w", err)
	}
	for _, object := range order {
		if err := b.renew(ctx, tx, object, changed[object]); err != nil {
			return 0, err
		}
	}
	return len(entries), nil
}

// noted reads noted changes: the ids of records by their object.
func noted(ctx context.Context, tx *store.Tx, entries *[]any) (changed map[string][]string, order []string, err error) {
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT id, object, record FROM sys_building ORDER BY id LIMIT %d", settleChunk))
	if err != nil {
		return nil, nil, fmt.Errorf("read noted changes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	changed = map[string][]string{}
	for rows.Next() {
		var entry int64
		var object, id string
		if err := rows.Scan(&entry, &object, &id); err != nil {
			return nil, nil, fmt.Errorf("read noted changes: %w", err)
		}
		*entries = append(*entries, entry)
		if changed[object] == nil {
			order = append(order, object)
		}
		if !slices.Contains(changed[object], id) {
			changed[object] = append(changed[object], id)
		}
	}
	return changed, order, rows.Err()
}

// renew fills all columns of records of one object again. What sums up a value
// that changed by that, is noted in its turn.
func (b *building) renew(ctx context.Context, tx *store.Tx, object string, ids []string) error {
	for _, f := range b.fillings {
		if f.table != object {
			continue
		}
		page, err := b.service.pageOf(ctx, tx, f.conversion, ids)
		if err != nil {
			return err
		}
		if err := b.write(ctx, tx, f, page); err != nil {
			return err
		}
	}
	for _, reference := range b.computed {
		if reference.Object.Name != object {
			continue
		}
		differ, err := b.calculation.Of(ctx, tx, reference, ids)
		if err != nil {
			return fmt.Errorf("recalculate: %w", err)
		}
		if err := b.pass(ctx, tx, object, differ); err != nil {
			return err
		}
	}
	return nil
}

// pass notes the records whose roll-ups sum up records that differ now.
func (b *building) pass(ctx context.Context, tx *store.Tx, object string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	quote := b.service.store.Dialect().Quote
	for _, reference := range b.computed {
		table, key, ok := b.lookup(reference)
		if !ok || table != object {
			continue
		}
		args := []any{reference.Object.Name}
		for _, id := range ids {
			args = append(args, id)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO sys_building (object, record) SELECT ?, "+quote(key)+" FROM "+quote(table)+
			" WHERE "+quote(key)+" IS NOT NULL AND "+quote(metadata.FieldID)+" IN (?"+strings.Repeat(", ?", len(ids)-1)+")", args...); err != nil {
			return fmt.Errorf("note what sums up: %w", err)
		}
	}
	return nil
}
