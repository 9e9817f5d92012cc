package store

import (
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
)

// Table is how the records of one object are kept, in words that all databases
// translate.
type Table struct {
	Name    string
	Columns []field.Column
	Indexes []Index
	// Key is the primary key; empty means the column id.
	Key []string
}

// Index is an index of a table.
type Index struct {
	// Name is generated from the table and the columns when it is empty.
	Name string
	// Columns may end in " DESC". Nulls are the smallest values.
	Columns []string
	Unique  bool
	// Live leaves out deleted rows, where the table has the column deleted_at.
	Live bool
	Kind IndexKind
	// Partial is set by Introspect for indexes of the system's tables that
	// have a condition of another sort.
	Partial bool
}

// IndexKind is how an index finds rows.
type IndexKind uint8

// The kinds of index: Ordered by value, or Members for the elements of a JSON
// set. SQLite orders those too, so that both databases have the same indexes.
const (
	Ordered IndexKind = iota
	Members
)

// DeletedAt is the column whose value says that a record was deleted.
const DeletedAt = "deleted_at"

// Column finds a column by its name.
func (t Table) Column(name string) (field.Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c field.Column) bool { return c.Name == name })
	if i < 0 {
		return field.Column{}, false
	}
	return t.Columns[i], true
}

// Normal gives tables in the one form in which equal ones are equal: sorted,
// names generated, and Live only where it means something.
func Normal(tables []Table) []Table {
	normal := make([]Table, len(tables))
	for i, t := range tables {
		normal[i] = t.normal()
		slices.SortFunc(normal[i].Columns, func(a, b field.Column) int { return strings.Compare(a.Name, b.Name) })
	}
	slices.SortFunc(normal, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	return normal
}

// normal leaves the columns in their order, which a new table gets.
func (t Table) normal() Table {
	_, recycled := t.Column(DeletedAt)
	normal := Table{Name: t.Name, Columns: slices.Clone(t.Columns), Indexes: make([]Index, len(t.Indexes)), Key: t.Key}
	if len(normal.Key) == 0 {
		normal.Key = []string{"id"}
	}
	for i, column := range normal.Columns {
		normal.Columns[i].NotNull = column.NotNull || slices.Contains(normal.Key, column.Name)
	}
	for i, index := range t.Indexes {
		index.Live = index.Live && recycled
		if index.Name == "" {
			index.Name = index.name(t.Name)
		}
		normal.Indexes[i] = index
	}
	slices.SortFunc(normal.Indexes, func(a, b Index) int { return strings.Compare(a.Name, b.Name) })
	return normal
}

func (i Index) equal(other Index) bool {
	return i.Name == other.Name && i.Unique == other.Unique && i.Live == other.Live && i.Kind == other.Kind &&
		slices.Equal(i.Columns, other.Columns)
}

// Covers says whether the index has the column.
func (i Index) Covers(column string) bool {
	return slices.ContainsFunc(i.Columns, func(c string) bool {
		name, _ := descending(c)
		return name == column
	})
}
