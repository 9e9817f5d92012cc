package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// InlineReference declares the foreign key with the column: SQLite cannot add
// or drop one later. A column that was set aside keeps it, so the deletion of
// what it points to makes it null; for columns in use, the record service has
// decided about their values before.
func (d *Dialect) InlineReference(_ string, column field.Column, _ bool) string {
	if column.References == "" {
		return ""
	}
	text := " references " + d.Quote(column.References) + ` ("id")`
	if !column.NotNull {
		text += " on delete set null"
	}
	return text
}

// AddReference does nothing: the column has it.
func (*Dialect) AddReference(string, field.Column) []string { return nil }

// DropReference does nothing: see InlineReference.
func (*Dialect) DropReference(string, field.Column) []string { return nil }

// CreateIndex makes an index. SQLite has none for the members of sets, and
// keeps an ordered one in its place. Nor does it see that the rows of an index
// fulfil its condition, and would look at each of them, so that the column of
// the condition is there too; a unique one would no longer be unique by it.
func (d *Dialect) CreateIndex(table string, index store.Index) string {
	begin, condition := store.RenderIndex(d, table, index)
	if index.Live && !index.Unique {
		index.Columns = append(slices.Clone(index.Columns), store.DeletedAt)
	}
	return begin + store.IndexColumns(d, index, "", " desc") + condition
}

// Loaded checks the references, which were off. Generated keys go on by
// themselves.
func (*Dialect) Loaded(ctx context.Context, conn *sql.Conn, _ []store.Table) error {
	var table, parent string
	err := conn.QueryRowContext(ctx, `select "table", parent from pragma_foreign_key_check limit 1`).Scan(&table, &parent)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("a row of %s points to a row of %s that is missing", table, parent)
}

// Introspect reads the tables from SQLite's own schema.
func (d *Dialect) Introspect(ctx context.Context, from store.Reader) ([]store.Table, error) {
	names, err := column[string](ctx, from, `select name from pragma_table_list
		where schema = 'main' and type = 'table' and name not like 'sqlite\_%' escape '\' and name <> 'sys_migration' order by name`)
	if err != nil {
		return nil, err
	}
	tables := make([]store.Table, 0, len(names))
	for _, name := range names {
		table, err := d.table(ctx, from, name)
		if err != nil {
			return nil, fmt.Errorf("reading table %s: %w", name, err)
		}
		tables = append(tables, table)
	}
	return tables, nil
}

func (d *Dialect) table(ctx context.Context, from store.Reader, name string) (store.Table, error) {
	table := store.Table{Name: name}
	references, err := referencesOf(ctx, from, name)
	if err != nil {
		return table, err
	}
	rows, err := from.Query(ctx, `select name, type, "notnull", pk from pragma_table_info(?) order by cid`, name)
	if err != nil {
		return table, err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	key := map[int]string{}
	for rows.Next() {
		var column field.Column
		var declared string
		var position int
		if err := rows.Scan(&column.Name, &declared, &column.NotNull, &position); err != nil {
			return table, err
		}
		column.Type, column.Scale = columnType(declared)
		column.References = references[column.Name]
		column.NotNull = column.NotNull || position > 0
		table.Columns = append(table.Columns, column)
		if position > 0 {
			key[position] = column.Name
		}
	}
	for position := 1; position <= len(key); position++ {
		table.Key = append(table.Key, key[position])
	}
	if err := rows.Err(); err != nil {
		return table, err
	}
	table.Indexes, err = indexesOf(ctx, from, name)
	return table, err
}

var scaled = regexp.MustCompile(`^SCALED INTEGER\((\d)\)$`)

func columnType(declared string) (columnType field.ColumnType, scale int) {
	if found := scaled.FindStringSubmatch(declared); found != nil {
		scale, _ = strconv.Atoi(found[1]) // a digit
		return field.Decimal, scale
	}
	types := map[string]field.ColumnType{
		"TEXT": field.Text, "INTEGER": field.Integer, "BOOLEAN INTEGER": field.Boolean, "DATE TEXT": field.Date,
		"INSTANT TEXT": field.Instant, "JSON TEXT": field.JSON, "UUID TEXT": field.ID, "BLOB": field.Bytes,
	}
	return types[strings.ToUpper(declared)], 0
}

func referencesOf(ctx context.Context, from store.Reader, table string) (map[string]string, error) {
	rows, err := from.Query(ctx, `select "from", "table" from pragma_foreign_key_list(?)`, table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	references := map[string]string{}
	for rows.Next() {
		var column, target string
		if err := rows.Scan(&column, &target); err != nil {
			return nil, err
		}
		references[column] = target
	}
	return references, rows.Err()
}

func indexesOf(ctx context.Context, from store.Reader, table string) ([]store.Index, error) {
	rows, err := from.Query(ctx, `select l.name, l."unique", l.partial, s.sql
		from pragma_index_list(?) l join sqlite_schema s on s.name = l.name and s.type = 'index' where l.origin = 'c'`, table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	var indexes []store.Index
	for rows.Next() {
		var index store.Index
		var text string
		if err := rows.Scan(&index.Name, &index.Unique, &index.Partial, &text); err != nil {
			return nil, err
		}
		if strings.HasPrefix(index.Name, store.MembersPrefix) {
			index.Kind = store.Members
		}
		if strings.HasSuffix(text, ` where "deleted_at" is null`) {
			index.Live, index.Partial = true, false
		}
		indexes = append(indexes, index)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range indexes {
		indexes[i].Columns, err = column[string](ctx, from, `select name || case when "desc" then ' DESC' else '' end
			from pragma_index_xinfo(?) where key order by seqno`, indexes[i].Name)
		if err != nil {
			return nil, err
		}
		if last := len(indexes[i].Columns) - 1; indexes[i].Live && !indexes[i].Unique && indexes[i].Columns[last] == store.DeletedAt {
			indexes[i].Columns = indexes[i].Columns[:last]
		}
	}
	return indexes, nil
}

// column reads the first column of all rows.
func column[T any](ctx context.Context, from store.Reader, query string, args ...any) ([]T, error) {
	rows, err := from.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	var values []T
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return slices.Clip(values), rows.Err()
}
