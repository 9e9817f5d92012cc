package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// InlineReference declares the foreign key with a column that is added,
// because then PostgreSQL knows that there are no values to look at. The
// tables of one step may point to each other, so in a new table it is added
// afterwards.
func (d *Dialect) InlineReference(table string, column field.Column, creating bool) string {
	if column.References == "" || creating {
		return ""
	}
	return " constraint " + d.Quote(referenceName(table, column.Name)) + " references " + d.Quote(column.References)
}

// AddReference clears what points to nothing and adds the foreign key.
func (d *Dialect) AddReference(table string, column field.Column) []string {
	from, name, to := d.Quote(table), d.Quote(column.Name), d.Quote(column.References)
	var statements []string
	if !column.NotNull {
		statements = append(statements, fmt.Sprintf(
			`update %[1]s set %[2]s = null where %[2]s is not null and not exists (select from %[3]s target where target."id" = %[1]s.%[2]s)`,
			from, name, to))
	}
	return append(statements, fmt.Sprintf("alter table %s add constraint %s foreign key (%s) references %s",
		from, d.Quote(referenceName(table, column.Name)), name, to))
}

// DropReference drops the foreign key.
func (d *Dialect) DropReference(table string, column field.Column) []string {
	return []string{"alter table " + d.Quote(table) + " drop constraint if exists " + d.Quote(referenceName(table, column.Name))}
}

// referenceName is the name of a foreign key.
func referenceName(table, column string) string {
	return "fk" + strings.TrimPrefix(store.IndexName(table, []string{column}, false), "ix")
}

// CreateIndex makes an index. Nulls are the smallest values, as on SQLite.
func (d *Dialect) CreateIndex(table string, index store.Index) string {
	begin, condition := store.RenderIndex(d, table, index)
	if index.Kind == store.Members {
		return begin + " using gin" + store.IndexColumns(d, index, " jsonb_path_ops", " jsonb_path_ops") + condition
	}
	return begin + store.IndexColumns(d, index, " nulls first", " desc nulls last") + condition
}

// Loaded lets the generated keys go on after the largest.
func (d *Dialect) Loaded(ctx context.Context, conn *sql.Conn, tables []store.Table) error {
	for _, table := range tables {
		if id, _ := table.Column("id"); id.Type != field.Integer {
			continue
		}
		if _, err := conn.ExecContext(ctx, fmt.Sprintf(
			`select setval(sequence, (select max("id") from %s)) from pg_get_serial_sequence($1, 'id') sequence
			where sequence is not null and exists (select from %[1]s)`, d.Quote(table.Name)), d.Quote(table.Name)); err != nil {
			return err
		}
	}
	return nil
}

// Introspect reads the tables of the current schema.
func (d *Dialect) Introspect(ctx context.Context, from store.Reader) ([]store.Table, error) {
	byName := map[string]*store.Table{}
	var order []string
	err := each(ctx, from, columnsQuery, func(scan func(...any) error) error {
		var table string
		var column field.Column
		var typeName, references *string
		var modifier int
		if err := scan(&table, &column.Name, &typeName, &modifier, &column.NotNull, &references); err != nil {
			return err
		}
		if byName[table] == nil {
			byName[table] = &store.Table{Name: table}
			order = append(order, table)
		}
		if typeName == nil { // a table without columns
			return nil
		}
		column.Type, column.Scale = columnType(*typeName, modifier)
		if references != nil {
			column.References = *references
		}
		byName[table].Columns = append(byName[table].Columns, column)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := d.indexes(ctx, from, byName); err != nil {
		return nil, err
	}
	tables := make([]store.Table, len(order))
	for i, name := range order {
		tables[i] = *byName[name]
	}
	return tables, nil
}

const columnsQuery = `
select c.relname, a.attname, t.typname, coalesce(a.atttypmod, 0), coalesce(a.attnotnull, false), f.relname
from pg_class c
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_type t on t.oid = a.atttypid
left join pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum]
left join pg_class f on f.oid = k.confrelid
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'sys_migration'
order by c.relname, a.attnum`

const indexesQuery = `
select c.relname, i.relname, x.indisprimary, x.indisunique, m.amname = 'gin', coalesce(pg_get_expr(x.indpred, x.indrelid), ''),
	a.attname || case when x.indoption[k.position - 1] & 1 = 1 then ' DESC' else '' end
from pg_index x
join pg_class c on c.oid = x.indrelid
join pg_class i on i.oid = x.indexrelid
join pg_am m on m.oid = i.relam
cross join lateral unnest(x.indkey::int2[]) with ordinality as k(number, position)
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
order by c.relname, i.relname, k.position`

func (d *Dialect) indexes(ctx context.Context, from store.Reader, tables map[string]*store.Table) error {
	return each(ctx, from, indexesQuery, func(scan func(...any) error) error {
		var tableName, column, condition string
		var primary, members bool
		var index store.Index
		if err := scan(&tableName, &index.Name, &primary, &index.Unique, &members, &condition, &column); err != nil {
			return err
		}
		table := tables[tableName]
		switch {
		case table == nil:
			return nil
		case primary:
			table.Key = append(table.Key, column)
			return nil
		}
		if members {
			index.Kind = store.Members
		}
		index.Live = condition == "(deleted_at IS NULL)"
		index.Partial = condition != "" && !index.Live
		if last := len(table.Indexes) - 1; last >= 0 && table.Indexes[last].Name == index.Name {
			table.Indexes[last].Columns = append(table.Indexes[last].Columns, column)
			return nil
		}
		index.Columns = []string{column}
		table.Indexes = append(table.Indexes, index)
		return nil
	})
}

func columnType(name string, modifier int) (columnType field.ColumnType, scale int) {
	if name == "numeric" {
		return field.Decimal, (modifier - 4) & 0x7ff // as PostgreSQL packs precision and scale
	}
	return map[string]field.ColumnType{
		"text": field.Text, "int8": field.Integer, "bool": field.Boolean, "date": field.Date,
		"timestamptz": field.Instant, "jsonb": field.JSON, "uuid": field.ID, "bytea": field.Bytes,
	}[name], 0
}

// each calls fn for every row.
func each(ctx context.Context, from store.Reader, query string, fn func(scan func(...any) error) error) error {
	rows, err := from.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
