package row

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// layout says what the columns of a statement are, in their order.
type layout struct {
	slots    []int
	masks    []mask
	keys     []sortKey
	last     int // the row whose keys are wanted
	raw      bool
	deleted  bool
	followed bool

	starts []int // where the columns of each slot begin; one more for their end
}

// place works out where the columns of the slots are.
func (l *layout) place(object *metadata.Object) {
	if l.starts != nil {
		return
	}
	starts := make([]int, len(l.slots)+1)
	for i, slot := range l.slots {
		starts[i+1] = starts[i] + len(object.Fields[slot].Parts())
	}
	l.starts = starts
}

// width is how many columns the slots have together.
func (l *layout) width() int { return l.starts[len(l.slots)] }

// keyColumns is how many columns the keys have of their own.
func (l *layout) keyColumns() int {
	count := 0
	for _, key := range l.keys {
		if key.slot < 0 {
			count++
		}
	}
	return count
}

func (t *Table) read(ctx context.Context, reader store.Reader, w *writer, l *layout) ([]*Record, error) {
	args, err := w.fragment().Bind(t.Input)
	if err != nil {
		return nil, fmt.Errorf("bind a query of %s: %w", t.Object.Name, err)
	}
	return t.rows(ctx, reader, t.text(w), args, l)
}

func (t *Table) rows(ctx context.Context, reader store.Reader, text string, args []any, l *layout) ([]*Record, error) {
	rows, err := reader.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Object.Name, err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var records []*Record
	l.place(t.Object)
	scan := newScan(l)
	for rows.Next() {
		record, err := t.scan(rows, scan, l, len(records))
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Object.Name, t.Dialect.Translate(err))
	}
	return records, nil
}

// scan holds the raw columns of one row; it is used again for each.
type scan struct {
	raw  []any
	dest []any
	free []any // room for the raw values of the next records
}

// A page's raw values are made room for at once, this many records at a time.
const roomFor = 51

func (s *scan) room(fields int) []any {
	if len(s.free) < fields {
		s.free = make([]any, roomFor*fields)
	}
	room := s.free[:fields:fields]
	s.free = s.free[fields:]
	return room
}

func newScan(l *layout) *scan {
	count := l.width() + l.keyColumns()
	for _, m := range l.masks {
		count += m.columns
	}
	for _, told := range []bool{l.deleted, l.followed} {
		if told {
			count++
		}
	}
	s := &scan{raw: make([]any, count), dest: make([]any, count)}
	for i := range s.raw {
		s.dest[i] = &s.raw[i]
	}
	return s
}

func (t *Table) scan(rows *sql.Rows, s *scan, l *layout, number int) (*Record, error) {
	if err := rows.Scan(s.dest...); err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Object.Name, err)
	}
	record := &Record{}
	if err := t.values(record, s, l); err != nil {
		return nil, err
	}
	at := l.width()
	for _, m := range l.masks {
		record.Permitted = append(record.Permitted, m.fields(s.raw[at:at+m.columns]))
		at += m.columns
	}
	if number == l.last && len(l.keys) > 0 {
		if err := t.keys(record, s, l, at); err != nil {
			return nil, err
		}
	}
	if l.deleted {
		record.Deleted = truth(s.raw[at+l.keyColumns()])
	}
	if l.followed {
		record.Followed = truth(s.raw[len(s.raw)-1])
	}
	return record, nil
}

// values takes the fields out of a row.
func (t *Table) values(record *Record, s *scan, l *layout) error {
	if l.raw {
		record.Raw = s.room(len(t.Object.Fields))
		for i, slot := range l.slots {
			if l.starts[i+1] == l.starts[i]+1 {
				record.Raw[slot] = s.raw[l.starts[i]]
			} else {
				record.Raw[slot] = slices.Clone(s.raw[l.starts[i]:l.starts[i+1]])
			}
		}
		return nil
	}
	record.Values = make([]expr.Value, len(t.Object.Fields))
	for i, slot := range l.slots {
		value, err := Value(t.Dialect, t.Object.Fields[slot], s.raw[l.starts[i]:l.starts[i+1]])
		if err != nil {
			return fmt.Errorf("read %s: %w", t.Object.Name, err)
		}
		record.Values[slot] = value
	}
	return nil
}

// Value gives the value of a field that its columns hold.
func Value(dialect store.Dialect, f *field.Field, raw []any) (expr.Value, error) {
	columns := f.Parts()
	if len(columns) == 1 {
		value, err := dialect.Decode(columns[0], raw[0])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return value, nil
	}
	parts := make([]expr.Value, len(columns))
	for i, column := range columns {
		part, err := dialect.Decode(column, raw[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", column.Name, err)
		}
		parts[i] = part
	}
	return f.Join(parts), nil
}

// keys takes the values out of a row that it was sorted by.
func (t *Table) keys(record *Record, s *scan, l *layout, at int) error {
	for _, key := range l.keys {
		place := at
		if key.slot >= 0 {
			place = l.starts[slices.Index(l.slots, key.slot)]
		} else {
			at++
		}
		value, err := t.Dialect.Decode(key.column, s.raw[place])
		if err != nil {
			return fmt.Errorf("read the order of %s: %w", t.Object.Name, err)
		}
		record.Keys = append(record.Keys, value)
	}
	return nil
}

func (m mask) fields(raw []any) access.Fields {
	if m.columns == 0 {
		if len(m.decision.Pairs) == 0 {
			return nil
		}
		return m.decision.Pairs[0].Fields
	}
	var fields access.Fields
	for i, pair := range m.decision.Pairs {
		if !truth(raw[i]) {
			continue
		}
		if fields == nil {
			fields = make(access.Fields, len(pair.Fields))
		}
		for slot, has := range pair.Fields {
			fields[slot] = fields[slot] || has
		}
	}
	return fields
}

// truth reads what a database answers for a condition.
func truth(raw any) bool {
	switch v := raw.(type) {
	case bool:
		return v
	case int64:
		return v != 0
	default:
		return false
	}
}
