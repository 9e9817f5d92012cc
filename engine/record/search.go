package record

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/search"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// index keeps the search index with a change: what no longer stands in a field
// goes, what is new comes. A record in the recycle bin is not found.
func (w *Work) index(table *row.Table, change *Change) {
	for slot, f := range change.Object.Fields {
		if !change.Object.Searchable(f) {
			continue
		}
		var before, after []string
		if change.Action == Updated && !slices.Contains(change.Changed, slot) {
			continue
		}
		if change.Action == Updated || change.Action == Deleted {
			before = tokens(f, change.Prior[slot])
		}
		if change.Action != Deleted {
			after = tokens(f, change.Values[slot])
		}
		table.RemoveTokens(w.Tx, f, change.ID, without(before, after))
		table.AddTokens(w.Tx, f, change.ID, without(after, before))
	}
}

// tokens are what a value is found by.
func tokens(f *field.Field, value expr.Value) []string {
	text, ok := f.Plain(value).(string)
	if !ok {
		return nil
	}
	return search.Tokens(text, f.Kind.Name() == "phone")
}

// without are the tokens that the others, which are sorted, do not have.
func without(tokens, others []string) []string {
	if len(others) == 0 {
		return tokens
	}
	return slices.DeleteFunc(slices.Clone(tokens), func(token string) bool {
		_, found := slices.BinarySearch(others, token)
		return found
	})
}
