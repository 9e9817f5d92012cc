package row

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
)

// figure is one column of an aggregate's statement.
type figure struct {
	column field.Column
	decode func(value expr.Value) expr.Value // nil: as it is
}

// Aggregate reads the groups of a plan: in each row the groups' values, then
// the measures'. Groups without a value are null; their order, "having" and
// the limit are the same on every database, because they are settled here.
func (t *Table) Aggregate(ctx context.Context, reader store.Reader, plan *query.AggregatePlan) ([][]expr.Value, error) {
	s := t.scope(plan.Decision)
	if err := t.search(ctx, reader, s, plan.Search); err != nil {
		return nil, err
	}
	var w writer
	w.WriteString("SELECT ")
	figures, err := t.groups(ctx, reader, s, &w, plan)
	if err != nil {
		return nil, err
	}
	for _, measure := range plan.Measures {
		if len(figures) > 0 {
			w.WriteString(", ")
		}
		columns, err := s.measure(&w, measure)
		if err != nil {
			return nil, err
		}
		figures = append(figures, columns...)
	}
	if err := s.from(&w, &plan.Plan); err != nil {
		return nil, err
	}
	for i := range plan.Groups {
		if i == 0 {
			w.WriteString(" GROUP BY 1")
			continue
		}
		fmt.Fprintf(&w, ", %d", i+1)
	}
	fmt.Fprintf(&w, " LIMIT %d", query.MaxGroupRows+1)
	rows, err := t.figures(ctx, reader, &w, figures)
	if err != nil {
		return nil, err
	}
	if len(rows) > query.MaxGroupRows {
		return nil, fault.New(fault.InvalidQuery).At("/groups", fault.TooManyGroups, "max", query.MaxGroupRows)
	}
	return settle(t.averages(rows, plan), plan)
}

func (t *Table) groups(ctx context.Context, reader store.Reader, s *scope, w *writer, plan *query.AggregatePlan) ([]figure, error) {
	var figures []figure
	for i, group := range plan.Groups {
		if i > 0 {
			w.WriteString(", ")
		}
		visible, err := s.seen(group.Field)
		if err != nil {
			return nil, err
		}
		column := group.Field.Kind.Column(group.Field)
		if group.By.Name == "" {
			w.add(visible)
			figures = append(figures, figure{column: column})
			continue
		}
		buckets, err := t.buckets(ctx, reader, s, plan, group, visible)
		if err != nil {
			return nil, err
		}
		if err := s.bucket(w, visible, column, buckets); err != nil {
			return nil, err
		}
		figures = append(figures, figure{column: field.Column{Type: field.Integer}, decode: buckets.Label})
	}
	return figures, nil
}

// buckets are the units of time between the first and the last value.
func (t *Table) buckets(ctx context.Context, reader store.Reader, s *scope, plan *query.AggregatePlan, group query.Group, visible expr.Fragment) (query.Buckets, error) {
	var w writer
	w.WriteString("SELECT min(")
	w.add(visible)
	w.WriteString("), max(")
	w.add(visible)
	w.WriteString(")")
	if err := s.from(&w, &plan.Plan); err != nil {
		return query.Buckets{}, err
	}
	column := group.Field.Kind.Column(group.Field)
	rows, err := t.figures(ctx, reader, &w, []figure{{column: column}, {column: column}})
	if err != nil {
		return query.Buckets{}, err
	}
	return query.NewBuckets(group.By, rows[0][0], rows[0][1], t.Actor.ZoneOrUTC())
}

// bucket writes the number of the unit of time that a value lies in, found by
// halving.
func (s *scope) bucket(w *writer, value expr.Fragment, column field.Column, buckets query.Buckets) error {
	if buckets.Count() == 0 {
		w.WriteString("CAST(NULL AS integer)")
		return nil
	}
	w.WriteString("CASE WHEN ")
	w.add(value)
	w.WriteString(" IS NULL THEN NULL ELSE ")
	if err := s.halve(w, value, column, buckets, 0, buckets.Count()-1); err != nil {
		return err
	}
	w.WriteString(" END")
	return nil
}

func (s *scope) halve(w *writer, value expr.Fragment, column field.Column, buckets query.Buckets, low, high int) error {
	if low == high {
		fmt.Fprintf(w, "%d", low)
		return nil
	}
	middle := (low + high + 1) / 2
	border, err := s.dialect.Encode(column, buckets.Start(middle))
	if err != nil {
		return fmt.Errorf("encode a border of time: %w", err)
	}
	w.WriteString("CASE WHEN ")
	w.add(value)
	w.WriteString(" < ? THEN ")
	w.args = append(w.args, expr.Fixed(border))
	if err := s.halve(w, value, column, buckets, low, middle-1); err != nil {
		return err
	}
	w.WriteString(" ELSE ")
	if err := s.halve(w, value, column, buckets, middle, high); err != nil {
		return err
	}
	w.WriteString(" END")
	return nil
}

// measure writes the columns of a figure: an average is a sum and a count.
func (s *scope) measure(w *writer, measure query.Measure) ([]figure, error) {
	count := figure{column: field.Column{Type: field.Integer}}
	if measure.Field == nil {
		w.WriteString("count(*)")
		return []figure{count}, nil
	}
	visible, err := s.seen(measure.Field)
	if err != nil {
		return nil, err
	}
	write := func(function string) {
		w.WriteString(function + "(")
		w.add(visible)
		w.WriteString(")")
	}
	column := measure.Field.Kind.Column(measure.Field)
	switch measure.Function {
	case "count":
		write("count")
		return []figure{count}, nil
	case "count_distinct":
		w.WriteString("count(DISTINCT ")
		w.add(visible)
		w.WriteString(")")
		return []figure{count}, nil
	case "avg":
		write("sum")
		w.WriteString(", ")
		write("count")
		return []figure{{column: column}, count}, nil
	default:
		write(measure.Function)
		return []figure{{column: column}}, nil
	}
}

func (t *Table) figures(ctx context.Context, reader store.Reader, w *writer, figures []figure) ([][]expr.Value, error) {
	args, err := w.fragment().Bind(t.Input)
	if err != nil {
		return nil, fmt.Errorf("bind an aggregate: %w", err)
	}
	rows, err := reader.Query(ctx, t.text(w), args...)
	if err != nil {
		return nil, fmt.Errorf("aggregate %s: %w", t.Object.Name, err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var all [][]expr.Value
	for rows.Next() {
		values, err := t.figureRow(rows, figures)
		if err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("aggregate %s: %w", t.Object.Name, t.Dialect.Translate(err))
	}
	return all, nil
}

func (t *Table) figureRow(rows *sql.Rows, figures []figure) ([]expr.Value, error) {
	raw, dest := make([]any, len(figures)), make([]any, len(figures))
	for i := range raw {
		dest[i] = &raw[i]
	}
	if err := rows.Scan(dest...); err != nil {
		return nil, fmt.Errorf("aggregate %s: %w", t.Object.Name, err)
	}
	values := make([]expr.Value, len(figures))
	for i, f := range figures {
		value, err := t.Dialect.Decode(f.column, raw[i])
		if err != nil {
			return nil, fmt.Errorf("aggregate %s: %w", t.Object.Name, err)
		}
		if f.decode != nil {
			value = f.decode(value)
		}
		values[i] = value
	}
	return values, nil
}

// averageDigits is how many digits after the point a quotient is rounded to.
const averageDigits = 16

// averages joins the two columns of each average into one.
func (t *Table) averages(rows [][]expr.Value, plan *query.AggregatePlan) [][]expr.Value {
	for i, row := range rows {
		joined := slices.Clone(row[:len(plan.Groups)])
		at := len(plan.Groups)
		for _, measure := range plan.Measures {
			value := row[at]
			at++
			if measure.Function == "avg" {
				value = quotient(value, row[at])
				at++
			}
			joined = append(joined, value)
		}
		rows[i] = joined
	}
	return rows
}

func quotient(sum, count expr.Value) expr.Value {
	a, ok := sum.(decimal.Decimal)
	b, _ := count.(decimal.Decimal)
	if !ok || b.IsZero() {
		return nil
	}
	return a.DivRound(b, averageDigits)
}

// settle filters, orders and cuts the groups.
func settle(rows [][]expr.Value, plan *query.AggregatePlan) ([][]expr.Value, error) {
	if plan.Having != nil {
		var kept [][]expr.Value
		for _, row := range rows {
			in := plan.Input
			in.Record = func(path []string) expr.Value { return row[plan.Column(path[0])] }
			holds, err := plan.Having.True(in)
			if err != nil {
				return nil, err //nolint:wrapcheck // an expression's own fault
			}
			if holds {
				kept = append(kept, row)
			}
		}
		rows = kept
	}
	slices.SortStableFunc(rows, func(a, b []expr.Value) int {
		for _, key := range plan.Order {
			i := plan.Column(key.Column)
			if c := compare(plan, i, a[i], b[i]); c != 0 {
				if key.Desc {
					return -c
				}
				return c
			}
		}
		for i := range plan.Groups {
			if c := compare(plan, i, a[i], b[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows[:min(len(rows), plan.Rows)], nil
}

// compare orders two values of one column: nulls first, options in their
// order, texts by their collation.
func compare(plan *query.AggregatePlan, column int, a, b expr.Value) int {
	if a == nil || b == nil {
		return order01(a != nil) - order01(b != nil)
	}
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		return compareTexts(plan, column, x, y)
	case decimal.Decimal:
		y, _ := b.(decimal.Decimal)
		return x.Cmp(y)
	case expr.Date:
		y, _ := b.(expr.Date)
		return x.Compare(y)
	case time.Time:
		y, _ := b.(time.Time)
		return x.Compare(y)
	case bool:
		return order01(x) - order01(b == true)
	default:
		return 0
	}
}

func compareTexts(plan *query.AggregatePlan, column int, a, b string) int {
	if column < len(plan.Groups) && plan.Groups[column].Field.Kind.Order() == field.ByOption {
		f := plan.Groups[column].Field
		return f.Options.Index(a) - f.Options.Index(b)
	}
	x, _ := field.SortKey(a).([]byte)
	y, _ := field.SortKey(b).([]byte)
	return cmp.Or(bytes.Compare(x, y), cmp.Compare(a, b))
}

func order01(b bool) int {
	if b {
		return 1
	}
	return 0
}
