package row

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Insert adds a record with these values by slot. The statement runs at the
// latest with the commit.
func (t *Table) Insert(tx *store.Tx, values []expr.Value) error {
	key := statementKey{revision: t.Policy.Catalog().Revision, object: t.Object.Name, actions: "insert"}
	insert, err := t.Memory.statement(key, func() (*statement, error) { return t.insert(), nil })
	if err != nil {
		return err
	}
	args := make([]any, 0, insert.before)
	for slot, f := range t.Object.Fields {
		parts := f.Split(values[slot])
		for i, column := range f.Columns() {
			encoded, err := t.encode(column, parts[i])
			if err != nil {
				return err
			}
			args = append(args, encoded)
		}
	}
	tx.Gather(insert.text, args...)
	for slot, f := range t.Object.Fields {
		if f.Pairs != "" {
			t.pair(tx, f, values, values[slot])
		}
	}
	return nil
}

// pair writes which records a field points to.
func (t *Table) pair(tx *store.Tx, f *field.Field, record []expr.Value, value expr.Value) {
	id := record[t.Object.Slot(metadata.FieldID)]
	targets, _ := value.([]string)
	for _, target := range targets {
		tx.Gather("INSERT INTO "+t.Dialect.Quote(f.Pairs)+" ("+t.Dialect.Quote(field.PairRecord)+", "+t.Dialect.Quote(field.PairTarget)+") VALUES %s", id, target)
	}
}

// unpair forgets which records a field of one record points to.
func (t *Table) unpair(tx *store.Tx, f *field.Field, id string) {
	tx.Queue("DELETE FROM "+t.Dialect.Quote(f.Pairs)+" WHERE "+t.Dialect.Quote(field.PairRecord)+" = ?", id)
}

// insert writes the statement that adds records; each takes "before" arguments.
func (t *Table) insert() *statement {
	var columns []string
	for _, f := range t.Object.Fields {
		for _, column := range f.Columns() {
			columns = append(columns, t.Dialect.Quote(column.Name))
		}
	}
	text := "INSERT INTO " + t.Dialect.Quote(t.Object.Name) + " (" + strings.Join(columns, ", ") + ") VALUES %s"
	return &statement{text: text, before: len(columns)}
}

// Update writes the fields in slots of one record.
func (t *Table) Update(tx *store.Tx, id string, values []expr.Value, slots []int) error {
	var sets []string
	var args []any
	for _, slot := range slots {
		f := t.Object.Fields[slot]
		if f.Pairs != "" {
			t.unpair(tx, f, id)
			t.pair(tx, f, values, values[slot])
			continue
		}
		parts := f.Split(values[slot])
		for i, column := range f.Columns() {
			encoded, err := t.encode(column, parts[i])
			if err != nil {
				return err
			}
			sets = append(sets, t.Dialect.Quote(column.Name)+" = ?")
			args = append(args, encoded)
		}
	}
	if len(sets) == 0 {
		return nil
	}
	tx.Queue("UPDATE "+t.Dialect.Quote(t.Object.Name)+" SET "+strings.Join(sets, ", ")+" WHERE "+t.Dialect.Quote(metadata.FieldID)+" = ?", append(args, id)...)
	return nil
}

// Recycle puts a record into the recycle bin at a moment, or takes it out with
// nil.
func (t *Table) Recycle(tx *store.Tx, id string, at *time.Time) error {
	var value expr.Value
	if at != nil {
		value = *at
	}
	encoded, err := t.Dialect.Encode(field.Column{Name: metadata.DeletedAt, Type: field.Instant}, value)
	if err != nil {
		return fmt.Errorf("write %s.%s: %w", t.Object.Name, metadata.DeletedAt, err)
	}
	tx.Queue("UPDATE "+t.Dialect.Quote(t.Object.Name)+" SET "+t.Dialect.Quote(metadata.DeletedAt)+" = ? WHERE "+t.Dialect.Quote(metadata.FieldID)+" = ?", encoded, id)
	return nil
}

// Remove deletes a record for good.
func (t *Table) Remove(tx *store.Tx, id string) {
	for _, f := range t.Object.Fields {
		if f.Pairs != "" {
			t.unpair(tx, f, id)
		}
	}
	tx.Queue("DELETE FROM "+t.Dialect.Quote(t.Object.Name)+" WHERE "+t.Dialect.Quote(metadata.FieldID)+" = ?", id)
}

// Pointing finds the live records of the object whose field points to id.
func (t *Table) Pointing(ctx context.Context, tx *store.Tx, f *field.Field, id string, limit int) ([]string, error) {
	return t.pointing(ctx, tx, f, id, limit, " IS NULL")
}

// PointingDeleted finds those in the recycle bin.
func (t *Table) PointingDeleted(ctx context.Context, tx *store.Tx, f *field.Field, id string, limit int) ([]string, error) {
	if !t.Object.Recycle {
		return nil, nil
	}
	return t.pointing(ctx, tx, f, id, limit, " IS NOT NULL")
}

func (t *Table) pointing(ctx context.Context, tx *store.Tx, f *field.Field, id string, limit int, deleted string) ([]string, error) {
	points := t.Dialect.Quote(f.Kind.Column(f).Name) + " = ?"
	if f.Pairs != "" {
		points = t.Dialect.Quote(metadata.FieldID) + " IN (SELECT " + t.Dialect.Quote(field.PairRecord) + " FROM " + t.Dialect.Quote(f.Pairs) +
			" WHERE " + t.Dialect.Quote(field.PairTarget) + " = ?)"
	}
	text := "SELECT " + t.Dialect.Quote(metadata.FieldID) + " FROM " + t.Dialect.Quote(t.Object.Name) + " WHERE " + points
	if t.Object.Recycle {
		text += " AND " + t.Dialect.Quote(metadata.DeletedAt) + deleted
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("%s ORDER BY %s LIMIT %d", text, t.Dialect.Quote(metadata.FieldID), limit), id)
	if err != nil {
		return nil, fmt.Errorf("find what points to a record: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find what points to a record: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find what points to a record: %w", err)
	}
	return ids, nil
}

func (t *Table) encode(column field.Column, value expr.Value) (any, error) {
	encoded, err := t.Dialect.Encode(column, value)
	if err != nil {
		return nil, fmt.Errorf("write %s.%s: %w", t.Object.Name, column.Name, err)
	}
	return encoded, nil
}
