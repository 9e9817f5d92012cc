package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
)

// Render gives a step as statements of the dialect; some steps need none.
func Render(d Dialect, step Step) []string {
	table := d.Quote(step.Table)
	column := d.Quote(step.Column.Name)
	aside := d.Quote(step.Aside)
	switch step.Kind {
	case CreateTable:
		return []string{renderTable(d, step)}
	case SetTableAside:
		return []string{"alter table " + table + " rename to " + aside}
	case RestoreTable:
		return []string{"alter table " + aside + " rename to " + table}
	case AddColumn:
		return []string{addColumn(d, step)}
	case SetColumnAside:
		return []string{"alter table " + table + " rename column " + column + " to " + aside}
	case RestoreColumn:
		return []string{"alter table " + table + " rename column " + aside + " to " + column}
	case Retype:
		return []string{"alter table " + table + " rename column " + column + " to " + aside, addColumn(d, step)}
	case AdoptColumn:
		return adoptColumn(d, step)
	case AddReference:
		return d.AddReference(step.Table, step.Column)
	case DropReference:
		return d.DropReference(step.Table, step.Column)
	case CreateIndex:
		return []string{d.CreateIndex(step.Table, step.Index)}
	case AdoptIndex:
		return []string{"alter index " + d.Quote(step.Building) + " rename to " + d.Quote(step.Index.Name)}
	case DropIndex:
		return []string{"drop index if exists " + d.Quote(step.Index.Name)}
	case DropAside:
		if step.Table == "" {
			return []string{"drop table " + aside}
		}
		return []string{"alter table " + table + " drop column " + aside}
	}
	return nil
}

func adoptColumn(d Dialect, step Step) []string {
	rename := func(from, to string) string {
		return "alter table " + d.Quote(step.Table) + " rename column " + d.Quote(from) + " to " + d.Quote(to)
	}
	var statements []string
	if step.Aside != "" {
		statements = append(statements, rename(step.Column.Name, step.Aside))
	}
	statements = append(statements, rename(step.Building, step.Column.Name))
	if step.Column.References != "" {
		statements = append(statements, d.RenameReference(step.Table, step.Building, step.Column.Name)...)
	}
	return statements
}

func renderTable(d Dialect, step Step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "create table %s (", d.Quote(step.Table))
	for _, column := range step.Columns {
		b.WriteString(renderColumn(d, column))
		b.WriteString(d.InlineReference(step.Table, column, true))
		b.WriteString(", ")
	}
	b.WriteString("primary key (")
	for i, name := range step.Key {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(d.Quote(name))
	}
	b.WriteString("))")
	return b.String()
}

func addColumn(d Dialect, step Step) string {
	column := step.Column
	column.NotNull = false
	return "alter table " + d.Quote(step.Table) + " add column " + renderColumn(d, column) +
		d.InlineReference(step.Table, column, false)
}

func renderColumn(d Dialect, column field.Column) string {
	text := d.Quote(column.Name) + " " + d.ColumnType(column)
	if column.NotNull {
		text += " not null"
	}
	return text
}

// RenderIndex gives the beginning of a statement that makes an index, and its
// condition; what stands between differs. For dialects.
func RenderIndex(d Dialect, table string, index Index) (begin, condition string) {
	begin = "create index "
	if index.Unique {
		begin = "create unique index "
	}
	if index.Live {
		condition = " where " + d.Quote(DeletedAt) + " is null"
	}
	return begin + d.Quote(index.Name) + " on " + d.Quote(table), condition
}

// IndexColumns gives the columns of an index with the order of each; for
// dialects.
func IndexColumns(d Dialect, index Index, ascending, descends string) string {
	parts := make([]string, len(index.Columns))
	for i, column := range index.Columns {
		name, desc := descending(column)
		parts[i] = d.Quote(name) + ascending
		if desc {
			parts[i] = d.Quote(name) + descends
		}
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// Introspect reads which tables there are and what was set aside.
func Introspect(ctx context.Context, from Source) (Shape, error) {
	dialect := dialectOf(from)
	tables, err := dialect.Introspect(ctx, from)
	if err != nil {
		return Shape{}, fmt.Errorf("reading the tables: %w", err)
	}
	return sortOut(Normal(tables)), nil
}
