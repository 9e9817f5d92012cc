package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// conversion turns the values of a field that changes its type, through their
// text form: what the new kind cannot read is lost from the field, and stays
// in what was set aside. It goes from all columns of the one to all of the other.
type conversion struct {
	table   string
	columns []string // where the old values are
	from    *field.Field
	to      *field.Field
	catalog *metadata.Catalog
	// revision keeps a statement apart from that of another revision, in which
	// the column has another type.
	revision int64
}

// conversion is the one from a field that is to one that shall be, with values
// in columns of the plan's, if there are any to convert.
func (p *plan) conversion(table, name string, to *field.Field) (conversion, bool) {
	before, ok := p.from.Object(table)
	if !ok {
		return conversion{}, false
	}
	from, had := before.Field(name)
	after, has := p.to.Object(table)
	if !had || !has || to.Computed != nil || len(from.Parts()) == 0 { // what is computed is worked out anew
		return conversion{}, false
	}
	wanted, has := after.Field(name)
	if !has || !slices.ContainsFunc(wanted.Parts(), func(c field.Column) bool {
		return p.has(store.AddColumn, table, c.Name) || p.has(store.Retype, table, c.Name)
	}) {
		return conversion{}, false
	}
	c := conversion{table: table, from: from, to: to, catalog: p.to, revision: p.to.Revision}
	for _, column := range from.Parts() {
		c.columns = append(c.columns, column.Name)
	}
	return c, !from.IsVirtual()
}

// converts gives the conversion that is due once a step is done: the last of
// those of its field.
func (p *plan) converts(i int) (conversion, bool) {
	f, ok := p.owner(p.steps[i])
	if !ok {
		return conversion{}, false
	}
	for _, later := range p.steps[i+1:] {
		if other, ok := p.owner(later); ok && later.Table == p.steps[i].Table && other.Name == f.Name {
			return conversion{}, false
		}
	}
	return p.conversion(p.steps[i].Table, f.Name, f)
}

// owner is the field, as it shall be, one of whose columns a step brings or
// takes away.
func (p *plan) owner(step store.Step) (*field.Field, bool) {
	switch step.Kind {
	case store.AddColumn, store.Retype, store.SetColumnAside:
	default:
		return nil, false
	}
	after, ok := p.to.Object(step.Table)
	if !ok {
		return nil, false
	}
	for _, catalog := range []*metadata.Catalog{p.to, p.from} {
		object, _ := catalog.Object(step.Table)
		if object == nil {
			continue
		}
		for _, f := range object.Fields {
			if slices.ContainsFunc(f.Parts(), func(c field.Column) bool { return c.Name == step.Column.Name }) {
				return after.Field(f.Name)
			}
		}
	}
	return nil, false
}

// settled is the conversion once the steps are done, which have set aside most
// of what it reads.
func (c conversion) settled(steps []store.Step) conversion {
	c.columns = slices.Clone(c.columns)
	for i, column := range c.columns {
		for _, step := range steps {
			aside := step.Kind == store.Retype || step.Kind == store.SetColumnAside
			if aside && step.Table == c.table && step.Column.Name == column {
				c.columns[i] = step.Aside
			}
		}
	}
	return c
}

// counted tells whether a value of several parts becomes a number, which is then
// the one by which it is compared.
func (c conversion) counted() bool {
	_, composite := c.from.Kind.(field.Composite)
	return composite && c.to.Kind.Name() != c.from.Kind.Name() && c.to.Kind.Type(c.to).Kind == expr.Number && c.from.Kind.Type(c.from).Kind == expr.Number
}

// value gives what a value becomes in each column of the field; false where it
// is lost.
func (s *Service) value(ctx context.Context, reader store.Reader, c conversion, old expr.Value) ([]expr.Value, bool, error) {
	if old == nil {
		return c.to.Split(nil)[:len(c.to.Parts())], true, nil
	}
	text := c.from.Kind.Text(c.from, old, field.Locale{})
	if number, ok := c.from.Plain(old).(decimal.Decimal); ok && c.counted() {
		text = number.String()
	}
	value, item := c.to.Kind.ParseText(c.to, text, field.Locale{})
	kept := item == nil
	if amount, ok := value.(field.Money); ok && kept {
		priced, ok, err := record.Price(ctx, reader, s.store.Dialect(), c.catalog, s.clock.Now(), c.to, amount)
		if err != nil {
			return nil, false, fmt.Errorf("convert %s.%s: %w", c.table, c.to.Name, err)
		}
		value, kept = priced, ok
	}
	if !kept {
		value = nil
	}
	return c.to.Split(value)[:len(c.to.Parts())], kept, nil
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
	condition, args := dialect.Quote(c.columns[0])+" IS NOT NULL", []any(nil)
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
	parts, names := c.from.Parts(), make([]string, len(c.columns))
	for i, column := range c.columns {
		names[i] = dialect.Quote(column)
	}
	rows, err := reader.Query(ctx, fmt.Sprintf("SELECT /* %d %s */ %s, %s FROM %s WHERE %s ORDER BY %s LIMIT %d",
		c.revision, c.from.Kind.Name(), id, strings.Join(names, ", "), dialect.Quote(c.table), condition, id, conversionPage), args...)
	if err != nil {
		return nil, fmt.Errorf("read %s.%s: %w", c.table, c.columns[0], err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var page []convertible
	for rows.Next() {
		row := convertible{}
		raw, into := make([]any, len(names)), []any{&row.id}
		for i := range raw {
			into = append(into, &raw[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read %s.%s: %w", c.table, c.columns[0], err)
		}
		values := make([]expr.Value, len(raw))
		for i := range raw {
			if values[i], err = dialect.Decode(parts[i], raw[i]); err != nil {
				return nil, fmt.Errorf("read %s.%s: %w", c.table, c.columns[i], err)
			}
		}
		row.value = c.from.Join(values)
		page = append(page, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s.%s: %w", c.table, c.columns[0], dialect.Translate(err))
	}
	return page, nil
}

// unconvertible counts the values that a change of type would lose, and gives
// one of them.
func (s *Service) unconvertible(ctx context.Context, reader store.Reader, c conversion) (lost int, example string, err error) {
	err = s.each(ctx, reader, c, func(_ string, old expr.Value) error {
		_, kept, err := s.value(ctx, reader, c, old)
		if err == nil && !kept {
			lost++
			example = c.from.Kind.Text(c.from, old, field.Locale{})
		}
		return err
	})
	return lost, example, err
}

// convert fills the columns of a field that changed its type from the values
// that were set aside.
func (s *Service) convert(ctx context.Context, tx *store.Tx, c conversion) error {
	return s.each(ctx, tx, c, func(id string, old expr.Value) error {
		values, kept, err := s.value(ctx, tx, c, old)
		if err != nil || !kept {
			return err
		}
		return s.set(tx, c.table, c.to.Parts(), id, values)
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
		c := conversion{table: step.Table, columns: []string{name}, from: f, to: f, revision: p.to.Revision}
		if err := s.each(ctx, tx, c, func(id string, value expr.Value) error {
			return s.set(tx, step.Table, []field.Column{step.Column}, id, []expr.Value{field.SortKey(value)})
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) set(tx *store.Tx, table string, columns []field.Column, id string, values []expr.Value) error {
	dialect := s.store.Dialect()
	assigned, args := make([]string, len(columns)), make([]any, 0, len(columns)+1)
	for i, column := range columns {
		encoded, err := dialect.Encode(column, values[i])
		if err != nil {
			return fmt.Errorf("convert %s.%s: %w", table, column.Name, err)
		}
		assigned[i], args = dialect.Quote(column.Name)+" = ?", append(args, encoded)
	}
	tx.Queue("UPDATE "+dialect.Quote(table)+" SET "+strings.Join(assigned, ", ")+" WHERE "+dialect.Quote(metadata.FieldID)+" = ?", append(args, id)...)
	return nil
}
