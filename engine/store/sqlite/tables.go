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

// ownTables are all tables but SQLite's and that of the migrations.
const ownTables = `(select name from pragma_table_list
	where schema = 'main' and type = 'table' and name not like 'sqlite\_%' escape '\' and name <> 'sys_migration')`

// Introspect reads the tables from SQLite's own schema, in a few queries for
// all of them: each has SQLite put together statements of its own.
func (*Dialect) Introspect(ctx context.Context, from store.Reader) ([]store.Table, error) {
	tables, err := columnsOfAll(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("reading the columns: %w", err)
	}
	byName := make(map[string]*store.Table, len(tables))
	for i := range tables {
		byName[tables[i].Name] = &tables[i]
	}
	if err := addReferences(ctx, from, byName); err != nil {
		return nil, fmt.Errorf("reading the references: %w", err)
	}
	if err := addIndexes(ctx, from, byName); err != nil {
		return nil, fmt.Errorf("reading the indexes: %w", err)
	}
	return tables, nil
}

func columnsOfAll(ctx context.Context, from store.Reader) ([]store.Table, error) {
	var tables []store.Table
	err := each(ctx, from, `select t.name, c.name, c.type, c."notnull", c.pk
		from `+ownTables+` t join pragma_table_info(t.name) c order by t.name, c.cid`,
		func(scan func(...any) error) error {
			var name, declared string
			var column field.Column
			var position int
			if err := scan(&name, &column.Name, &declared, &column.NotNull, &position); err != nil {
				return err
			}
			if len(tables) == 0 || tables[len(tables)-1].Name != name {
				tables = append(tables, store.Table{Name: name})
			}
			table := &tables[len(tables)-1]
			column.Type, column.Scale = columnType(declared)
			column.NotNull = column.NotNull || position > 0
			table.Columns = append(table.Columns, column)
			if position > 0 {
				table.Key = append(table.Key, make([]string, max(0, position-len(table.Key)))...)
				table.Key[position-1] = column.Name
			}
			return nil
		})
	return tables, err
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

func addReferences(ctx context.Context, from store.Reader, tables map[string]*store.Table) error {
	return each(ctx, from, `select t.name, f."from", f."table" from `+ownTables+` t join pragma_foreign_key_list(t.name) f`,
		func(scan func(...any) error) error {
			var name, column, target string
			if err := scan(&name, &column, &target); err != nil {
				return err
			}
			columns := tables[name].Columns
			columns[slices.IndexFunc(columns, func(c field.Column) bool { return c.Name == column })].References = target
			return nil
		})
}

func addIndexes(ctx context.Context, from store.Reader, tables map[string]*store.Table) error {
	live, err := liveIndexes(ctx, from)
	if err != nil {
		return err
	}
	err = each(ctx, from, `select t.name, l.name, l."unique", l.partial, x.name || case when x."desc" then ' DESC' else '' end
		from `+ownTables+` t join pragma_index_list(t.name) l join pragma_index_xinfo(l.name) x
		where l.origin = 'c' and x.key order by t.name, l.seq, x.seqno`,
		func(scan func(...any) error) error {
			var name, column string
			var index store.Index
			if err := scan(&name, &index.Name, &index.Unique, &index.Partial, &column); err != nil {
				return err
			}
			table := tables[name]
			if last := len(table.Indexes) - 1; last >= 0 && table.Indexes[last].Name == index.Name {
				table.Indexes[last].Columns = append(table.Indexes[last].Columns, column)
				return nil
			}
			if strings.HasPrefix(index.Name, store.MembersPrefix) {
				index.Kind = store.Members
			}
			if live[index.Name] {
				index.Live, index.Partial = true, false
			}
			index.Columns = []string{column}
			table.Indexes = append(table.Indexes, index)
			return nil
		})
	for _, table := range tables {
		for i, index := range table.Indexes {
			if last := len(index.Columns) - 1; index.Live && !index.Unique && index.Columns[last] == store.DeletedAt {
				table.Indexes[i].Columns = index.Columns[:last]
			}
		}
	}
	return err
}

// liveIndexes are those that leave out deleted rows.
func liveIndexes(ctx context.Context, from store.Reader) (map[string]bool, error) {
	names, err := column[string](ctx, from, `select name from sqlite_schema where type = 'index' and sql like '% where "deleted\_at" is null' escape '\'`)
	live := make(map[string]bool, len(names))
	for _, name := range names {
		live[name] = true
	}
	return live, err
}

// each goes through the rows of a query.
func each(ctx context.Context, from store.Reader, query string, row func(scan func(...any) error) error) error {
	rows, err := from.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
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
