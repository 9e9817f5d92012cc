package catalog

import (
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Tables are the tables that the objects of a catalog need.
func Tables(catalog *metadata.Catalog) []store.Table {
	objects := catalog.Objects()
	tables := make([]store.Table, 0, len(objects))
	for _, object := range objects {
		tables = append(tables, table(object))
		for _, f := range object.Fields {
			if f.Pairs != "" {
				tables = append(tables, pairs(object, f))
			}
		}
	}
	return tables
}

// pairs is the table that keeps which records a field points to.
func pairs(object *metadata.Object, f *field.Field) store.Table {
	return store.Table{
		Name: f.Pairs,
		Columns: []field.Column{
			{Name: field.PairRecord, Type: field.ID, NotNull: true, References: object.Name},
			{Name: field.PairTarget, Type: field.ID, NotNull: true, References: f.Target},
		},
		Key:     []string{field.PairRecord, field.PairTarget},
		Indexes: []store.Index{{Columns: []string{field.PairTarget}}},
	}
}

func table(object *metadata.Object) store.Table {
	t := store.Table{Name: object.Name}
	for _, f := range object.Fields {
		for _, column := range f.Columns() {
			column.NotNull = f.System
			t.Columns = append(t.Columns, column)
		}
	}
	if object.Recycle {
		t.Columns = append(t.Columns, field.Column{Name: metadata.DeletedAt, Type: field.Instant})
	}
	ordered := func(unique bool, columns ...string) {
		t.Indexes = append(t.Indexes, store.Index{Columns: columns, Unique: unique, Live: true})
	}
	ordered(false, metadata.FieldCreatedAt, metadata.FieldID)
	for _, f := range object.Fields {
		switch {
		case f.System, f.Pairs != "", f.Lines != nil:
		case f.Name == metadata.FieldOwner: // one's own, newest first
			ordered(false, metadata.FieldOwner, metadata.FieldCreatedAt, metadata.FieldID)
		case f.Unique || f.Kind.Name() == "autonumber":
			ordered(true, f.Name)
		case f.Kind.Column(f).Type == field.JSON:
			if f.Index {
				t.Indexes = append(t.Indexes, store.Index{Columns: []string{f.Name}, Live: true, Kind: store.Members})
			}
		case f.Index || f.Target != "" || f.Targets != nil || f.Anything:
			ordered(false, f.Kind.Column(f).Name)
		}
	}
	for _, names := range object.Unique {
		ordered(true, names...)
	}
	for _, names := range object.Indexes {
		ordered(false, indexColumns(object, names)...)
	}
	t.Indexes = needed(t.Indexes)
	return t
}

// indexColumns turns the fields of an index into its columns. One with a minus
// serves an order: a text is there by its collation key, and the id, with which
// every order ends, follows, so that a list walks the index and sorts nothing.
// The owner comes last: most rights ask for him, and the index answers.
func indexColumns(object *metadata.Object, names []string) []string {
	columns := make([]string, 0, len(names)+1)
	last := -1
	for _, name := range names {
		name, desc := strings.CutPrefix(name, "-")
		if f, ok := object.Field(name); ok && desc && f.HasSortColumn() {
			name = f.SortColumn()
		}
		if desc {
			name += " DESC"
			last = len(columns)
		}
		columns = append(columns, name)
	}
	if last < 0 {
		return columns
	}
	if !slices.ContainsFunc(columns, isID) {
		columns = slices.Insert(columns, last+1, metadata.FieldID+" DESC")
	}
	if object.Slot(metadata.FieldOwner) >= 0 && !slices.Contains(columns, metadata.FieldOwner) {
		columns = append(columns, metadata.FieldOwner)
	}
	return columns
}

func isID(column string) bool { return strings.TrimSuffix(column, " DESC") == metadata.FieldID }

// needed leaves out an index that another one begins with, read from either
// end: it finds the same records in the same order. A unique one also refuses,
// and stays.
func needed(indexes []store.Index) []store.Index {
	var kept []store.Index
	for i, index := range indexes {
		served := slices.ContainsFunc(indexes[i+1:], func(other store.Index) bool { return serves(other, index) }) ||
			slices.ContainsFunc(kept, func(other store.Index) bool { return serves(other, index) })
		if !served {
			kept = append(kept, index)
		}
	}
	return kept
}

// serves tells whether an index does all that another one does.
func serves(index, other store.Index) bool {
	n := len(other.Columns)
	if index.Kind != other.Kind || index.Live != other.Live || len(index.Columns) < n {
		return false
	}
	if other.Unique {
		return index.Unique && slices.Equal(index.Columns, other.Columns)
	}
	begins := index.Columns[:n]
	return slices.Equal(begins, other.Columns) || slices.EqualFunc(begins, other.Columns, opposite)
}

// opposite tells whether two columns of indexes are one in opposite orders.
func opposite(a, b string) bool {
	return strings.TrimSuffix(a, " DESC") == strings.TrimSuffix(b, " DESC") && a != b
}
