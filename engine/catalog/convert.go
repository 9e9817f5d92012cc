package catalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// conversion turns the values of a field that changes its type, through their
// text form: what the new kind cannot read is lost from the field, and stays
// in what was set aside.
type conversion struct {
	table  string
	column string // where the old values are
	from   *field.Field
	to     *field.Field
	// revision keeps a statement apart from that of another revision, in which
	// the column has another type.
	revision int64
}

// newConversion is the conversion that a step asks for, if there are values to
// convert, between two catalogs.
func newConversion(old, now *metadata.Catalog, step store.Step, column string) (conversion, bool) {
	before, ok := old.Object(step.Table)
	if !ok {
		return conversion{}, false
	}
	after, _ := now.Object(step.Table)
	from, had := before.Field(step.Column.Name)
	to, has := after.Field(step.Column.Name)
	if has && to.Computed != nil {
		return conversion{}, false // it is worked out anew
	}
	return conversion{table: step.Table, column: column, from: from, to: to, revision: now.Revision}, had && has
}

func (c conversion) value(old expr.Value) (expr.Value, bool) {
	if old == nil {
		return nil, true
	}
	value, item := c.to.Kind.ParseText(c.to, c.from.Kind.Text(c.from, old, field.Locale{}), field.Locale{})
	return value, item == nil
}

// each calls fn with the id and the old value of each row that has one.
func (s *Service) each(ctx context.Context, reader store.Reader, c conversion, fn func(id string, old expr.Value) error) error {
	for after := ""; ; {
		page, err := s.pageAfter(ctx, reader, c, after)
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := fn(row.id, row.value); err != nil {
				return err
			}
		}
		if len(page) < conversionPage {
			return nil
		}
		after = page[len(page)-1].id
	}
}

// conversionPage is how many rows are read at once.
const conversionPage = 1000

// pageAfter reads the next rows that have a value, behind an id ("" for the
// first).
func (s *Service) pageAfter(ctx context.Context, reader store.Reader, c conversion, after string) ([]convertible, error) {
	dialect := s.store.Dialect()
	condition, args := dialect.Quote(c.column)+" IS NOT NULL", []any(nil)
	if after != "" {
		condition, args = condition+" AND "+dialect.Quote(metadata.FieldID)+" > ?", []any{after}
	}
	return s.page(ctx, reader, c, condition, args)
}

// pageOf reads the rows with these ids, also those without a value.
func (s *Service) pageOf(ctx context.Context, reader store.Reader, c conversion, ids []string) ([]convertible, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return s.page(ctx, reader, c, s.store.Dialect().Quote(metadata.FieldID)+" IN (?"+strings.Repeat(", ?", len(ids)-1)+")", args)
}

type convertible struct {
	id    string
	value expr.Value
}

func (s *Service) page(ctx context.Context, reader store.Reader, c conversion, condition string, args []any) ([]convertible, error) {
	dialect := s.store.Dialect()
	id := dialect.Quote(metadata.FieldID)
	rows, err := reader.Query(ctx, fmt.Sprintf("SELECT /* %d %s */ %s, %s FROM %s WHERE %s ORDER BY %s LIMIT %d",
		c.revision, c.from.Kind.Name(), id, dialect.Quote(c.column), dialect.Quote(c.table), condition, id, conversionPage), args...)
	if err != nil {
		return nil, fmt.Errorf("read %s.%s: %w", c.table, c.column, err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var page []convertible
	for rows.Next() {
		var id string
		var raw any
		if err := rows.Scan(&id, &raw); err != nil {
			return nil, fmt.Errorf("read %s.%s: %w", c.table, c.column, err)
		}
		value, err := s.store.Dialect().Decode(c.from.Kind.Column(c.from), raw)
		if err != nil {
			return nil, fmt.Errorf("read %s.%s: %w", c.table, c.column, err)
		}
		page = append(page, convertible{id: id, value: value})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s.%s: %w", c.table, c.column, s.store.Dialect().Translate(err))
	}
	return page, nil
}

// unconvertible counts the values that a change of type would lose, and gives
// one of them.
func (s *Service) unconvertible(ctx context.Context, reader store.Reader, p *plan, step store.Step) (lost int, example string, err error) {
	c, ok := newConversion(p.from, p.to, step, step.Column.Name)
	if !ok {
		return 0, "", nil
	}
	err = s.each(ctx, reader, c, func(_ string, old expr.Value) error {
		if _, ok := c.value(old); !ok {
			lost++
			example = c.from.Kind.Text(c.from, old, field.Locale{})
		}
		return nil
	})
	return lost, example, err
}

// convert fills the column of a field that changed its type from the values
// that were set aside.
func (s *Service) convert(ctx context.Context, tx *store.Tx, p *plan, step store.Step) error {
	c, ok := newConversion(p.from, p.to, step, step.Aside)
	if !ok {
		return nil
	}
	return s.each(ctx, tx, c, func(id string, old expr.Value) error {
		value, ok := c.value(old)
		if !ok || value == nil {
			return nil
		}
		return s.set(tx, c.table, c.to.Kind.Column(c.to), id, value)
	})
}

// fillSortKeys writes the collation keys that were added beside a field that
// already had values, or that were kept while the values changed.
func (s *Service) fillSortKeys(ctx context.Context, tx *store.Tx, p *plan) error {
	for _, step := range p.steps {
		name := strings.TrimSuffix(step.Column.Name, sortKeySuffix)
		adds := step.Kind == store.AddColumn || step.Kind == store.RestoreColumn || step.Kind == store.Retype
		object, ok := p.to.Object(step.Table)
		if !adds || !ok || !p.fillsSortKey(step) {
			continue
		}
		f, ok := object.Field(name)
		if !ok {
			continue
		}
		c := conversion{table: step.Table, column: name, from: f, to: f, revision: p.to.Revision}
		if err := s.each(ctx, tx, c, func(id string, value expr.Value) error {
			return s.set(tx, step.Table, step.Column, id, field.SortKey(value))
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) set(tx *store.Tx, table string, column field.Column, id string, value expr.Value) error {
	dialect := s.store.Dialect()
	encoded, err := dialect.Encode(column, value)
	if err != nil {
		return fmt.Errorf("convert %s.%s: %w", table, column.Name, err)
	}
	tx.Queue("UPDATE "+dialect.Quote(table)+" SET "+dialect.Quote(column.Name)+" = ? WHERE "+dialect.Quote(metadata.FieldID)+" = ?", encoded, id)
	return nil
}
