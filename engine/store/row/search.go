package row

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/search"
	"github.com/trellis-crm/trellis/engine/store"
)

// maxFound is how many records a search may find to be listed. The statement
// then begins with them; with more it goes through the records in their order
// and soon has a page of them.
const maxFound = 1000

// search finds the records that have the words of a search in the index, and
// leaves in the scope what remains to be asked of each: a field finds those
// records only in which the reader sees it.
func (t *Table) search(ctx context.Context, reader store.Reader, s *scope, asked *query.Search) error {
	if asked == nil {
		return nil
	}
	var ids []string
	if len(asked.Words) > 0 && len(asked.Fields) > 0 {
		var err error
		if ids, err = t.entries(ctx, reader, asked); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		s.found = []expr.Fragment{{SQL: "FALSE"}}
		return nil
	}
	if len(ids) <= maxFound {
		s.begin = s.among(ids)
		if !slices.ContainsFunc(asked.Fields, func(f *field.Field) bool { return !s.alwaysSeen(f) }) {
			return nil
		}
	}
	for _, word := range asked.Words {
		fragment, err := s.having(word, asked.Fields)
		if err != nil {
			return err
		}
		s.found = append(s.found, fragment)
	}
	return nil
}

// entries are the records whose entries have all words, or one more than
// maxFound of them.
func (t *Table) entries(ctx context.Context, reader store.Reader, asked *query.Search) ([]string, error) {
	words := make([]search.Word, len(asked.Words))
	for i, word := range asked.Words {
		words[i] = word.In(t.Object.Name, names(asked.Fields)...)
	}
	text := fmt.Sprintf("SELECT e.record FROM sys_search AS e WHERE %s LIMIT %d", t.Dialect.Finds(), maxFound+1)
	rows, err := reader.Query(ctx, text, t.Dialect.Sought(words))
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", t.Object.Name, err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("search %s: %w", t.Object.Name, err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("search %s: %w", t.Object.Name, t.Dialect.Translate(err))
	}
	return ids, nil
}

func names(fields []*field.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// among is one of some records, the last one again up to the next power of
// two, so that there are few different statements.
func (s *scope) among(ids []string) expr.Fragment {
	size := 1
	for size < len(ids) {
		size *= 2
	}
	var w writer
	w.WriteString(s.quoted(metadata.FieldID) + " IN (" + strings.Repeat("?, ", size-1) + "?)")
	for i := range size {
		w.args = append(w.args, expr.Fixed(ids[min(i, len(ids)-1)]))
	}
	return w.fragment()
}

// having writes the condition that a record has a word where the reader sees
// it.
func (s *scope) having(word search.Word, fields []*field.Field) (expr.Fragment, error) {
	var always []*field.Field
	var w writer
	w.WriteString("(FALSE")
	for _, f := range fields {
		if s.alwaysSeen(f) {
			always = append(always, f)
			continue
		}
		w.WriteString(" OR (")
		if err := s.showing(&w, s.object.Slot(f.Name)); err != nil {
			return expr.Fragment{}, err
		}
		w.WriteString(") AND ")
		s.entry(&w, word, []*field.Field{f})
	}
	if len(always) > 0 {
		w.WriteString(" OR ")
		s.entry(&w, word, always)
	}
	w.WriteString(")")
	return w.fragment(), nil
}

// entry writes the condition that a record's own entry has a word. It is a
// value, which the planner looks up record by record.
func (s *scope) entry(w *writer, word search.Word, fields []*field.Field) {
	has := search.Render([]search.Word{word.In(s.object.Name, names(fields)...)}, " AND ", " OR ", func(term search.Term) string {
		part := " " + term.Token
		if !term.Prefix {
			part += " "
		}
		w.args = append(w.args, expr.Fixed(part))
		return s.dialect.Position("e.tokens", "?") + " > 0"
	})
	w.WriteString("COALESCE((SELECT " + has + " FROM sys_search AS e WHERE e.object = ? AND e.record = " + s.quoted(metadata.FieldID) + "), FALSE)")
	w.args = append(w.args, expr.Fixed(s.object.Name))
}

// Index makes a new record found by an entry. The statement runs at the latest
// with the commit.
func (t *Table) Index(tx *store.Tx, id, entry string) {
	if entry != "" {
		tx.Gather("INSERT INTO sys_search (object, record, tokens) VALUES %s", t.Object.Name, id, entry)
	}
}

// Reindex makes a record found by an entry instead of the one it may have; by
// nothing when it is empty.
func (t *Table) Reindex(tx *store.Tx, id, entry string) {
	if entry == "" {
		tx.Queue("DELETE FROM sys_search WHERE object = ? AND record = ?", t.Object.Name, id)
		return
	}
	tx.Queue("INSERT INTO sys_search (object, record, tokens) VALUES (?, ?, ?) ON CONFLICT (object, record) DO UPDATE SET tokens = excluded.tokens",
		t.Object.Name, id, entry)
}
