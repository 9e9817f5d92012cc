package record

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/search"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// index keeps the search index with a change. A record in the recycle bin is
// not found.
func (w *Work) index(table *row.Table, change *Change) {
	searched := func(slot int) bool { return change.Object.Searchable(change.Object.Fields[slot]) }
	switch {
	case change.Action == Created:
		table.Index(w.Tx, change.ID, entry(change.Object, change.Values))
	case change.Action == Deleted:
		table.Reindex(w.Tx, change.ID, "")
	case change.Action == Restored, slices.ContainsFunc(change.Changed, searched):
		table.Reindex(w.Tx, change.ID, entry(change.Object, change.Values))
	}
}

// entry is what a record is found by.
func entry(object *metadata.Object, values []expr.Value) string {
	var e search.Entry
	for slot, f := range object.Fields {
		if object.Searchable(f) {
			e.Add(object.Name, f.Name, tokens(f, values[slot]))
		}
	}
	return e.String()
}

// tokens are what a value is found by.
func tokens(f *field.Field, value expr.Value) []string {
	text, ok := f.Plain(value).(string)
	if !ok {
		return nil
	}
	return search.Tokens(text, f.Kind.Name() == "phone")
}
