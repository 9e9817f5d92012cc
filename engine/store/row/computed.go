package row

import (
	"context"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// seen writes a field as the reader may see it.
func (s *scope) seen(f *field.Field) (expr.Fragment, error) {
	cell, err := s.cell(f)
	if err != nil {
		return expr.Fragment{}, err
	}
	return s.visible(f, cell)
}

// cell writes a field's value: its column, or the virtual formula in the form
// that a column of its kind has. Through lookups a formula sees what the reader
// may see; its days are those of the organisation.
func (s *scope) cell(f *field.Field) (expr.Fragment, error) {
	if !f.IsVirtual() {
		return s.stored(f), nil
	}
	column := f.Kind.Column(f)
	value, err := f.Computed.Formula.SQLStored(s, s.dialect.Expressions(), column.Scale, f.Digits())
	if err != nil {
		return expr.Fragment{}, err //nolint:wrapcheck // a fault of Column, which callers look for
	}
	value.SQL = "(" + value.SQL + ")"
	return value.In(s.policy.Catalog().Environment().Organisation.Zone()), nil
}

// Page reads records with all that they keep, those in the recycle bin too, in
// the order of their ids, from behind one ("" for the first).
func (t *Table) Page(ctx context.Context, reader store.Reader, after string, limit int) ([]*Record, error) {
	var condition expr.Fragment
	if after != "" {
		condition = expr.Fragment{SQL: " > ?", Args: []expr.Arg{expr.Fixed(after)}}
	}
	return t.kept(ctx, reader, condition, limit)
}

// Those reads the records with these ids as Page does.
func (t *Table) Those(ctx context.Context, reader store.Reader, ids []string) ([]*Record, error) {
	condition := expr.Fragment{SQL: " IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"}
	for _, id := range ids {
		condition.Args = append(condition.Args, expr.Fixed(id))
	}
	return t.kept(ctx, reader, condition, len(ids))
}

// kept reads records of whose ids a condition holds.
func (t *Table) kept(ctx context.Context, reader store.Reader, condition expr.Fragment, limit int) ([]*Record, error) {
	s := t.scope(nil)
	slots := make([]int, len(t.Object.Fields))
	for slot := range slots {
		slots[slot] = slot
	}
	var w writer
	w.WriteString("SELECT ")
	if err := s.columns(&w, slots, nil); err != nil {
		return nil, err
	}
	w.WriteString(" FROM " + t.Dialect.Quote(t.Object.Name) + " AS t")
	if condition.SQL != "" {
		w.WriteString(" WHERE " + s.quoted(metadata.FieldID))
		w.add(condition)
	}
	fmt.Fprintf(&w, " ORDER BY %s LIMIT %d", s.quoted(metadata.FieldID), limit)
	return t.read(ctx, reader, &w, &layout{slots: slots})
}

// RollUp gives the value of a roll-up for records of the table with these ids.
// The children are those that live, whoever may see them.
func (t *Table) RollUp(ctx context.Context, reader store.Reader, f *field.Field, ids []string) (map[string]expr.Value, error) {
	rollup := f.Computed.Rollup
	child, _ := t.Policy.Catalog().Object(rollup.Object)
	children := *t
	children.Object = child
	s := children.scope(nil)
	link, _ := child.Field(rollup.Lookup)
	parent := s.stored(link).SQL
	var w writer
	w.WriteString("SELECT " + parent)
	figures, err := s.sumUp(&w, f)
	if err != nil {
		return nil, err
	}
	w.WriteString(" FROM " + t.Dialect.Quote(child.Name) + " AS t WHERE " + parent + " IN (")
	for i, id := range ids {
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString("?")
		w.args = append(w.args, expr.Fixed(id))
	}
	w.WriteString(") AND ")
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	if rollup.Where != nil {
		w.WriteString(" AND ")
		if err := s.condition(&w, rollup.Where, false); err != nil {
			return nil, err
		}
	}
	w.WriteString(" GROUP BY 1")
	children.Input.Zone = t.Policy.Catalog().Environment().Organisation.Zone()
	rows, err := children.figures(ctx, reader, &w, append([]figure{{column: field.Column{Type: field.ID}}}, figures...))
	if err != nil {
		return nil, err
	}
	values := make(map[string]expr.Value, len(ids))
	for _, id := range ids {
		values[id] = f.Fit(rollup.Nothing())
	}
	for _, row := range rows {
		id, _ := row[0].(string)
		value := row[1]
		if rollup.Function == "avg" {
			value = quotient(row[1], row[2])
		}
		if value != nil {
			values[id] = f.Fit(value)
		}
	}
	return values, nil
}

// sumUp writes the columns from which a roll-up follows.
func (s *scope) sumUp(w *writer, f *field.Field) ([]figure, error) {
	rollup, count := f.Computed.Rollup, figure{column: field.Column{Type: field.Integer}}
	if rollup.Value == nil {
		w.WriteString(", count(*)")
		return []figure{count}, nil
	}
	column, digits := f.Kind.Column(f), f.Digits()
	if same, ok := s.object.Field(strings.Join(rollup.Value.Path(), ".")); ok {
		column, digits = same.Kind.Column(same), same.Digits()
	}
	value, err := rollup.Value.SQLStored(s, s.dialect.Expressions(), column.Scale, digits)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault of Column, which callers look for
	}
	write := func(function string) {
		w.WriteString(", " + function + "(")
		w.add(value)
		w.WriteString(")")
	}
	switch rollup.Function {
	case "count":
		write("count")
		return []figure{count}, nil
	case "sum", "avg":
		w.WriteString(", ")
		w.add(expr.SumSQL(s.dialect.Expressions(), value, column.Scale))
		write("count")
		return []figure{{column: column}, count}, nil
	default:
		write(rollup.Function)
		return []figure{{column: column}}, nil
	}
}
