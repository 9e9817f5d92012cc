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

// maxFound is how many entries of the index a word may have to be listed. The
// statement then begins with these records; with a more common word it goes
// through the records in their order and soon has a page of them.
const maxFound = 1000

// hits are the records that have a word, by the field in which they have it.
type hits struct {
	word   search.Word
	ids    map[string][]string
	common bool // there are more than were read
}

// search finds the words of a search in the index, and leaves in the scope
// what remains to be asked of each record: a field finds those records only in
// which the reader sees it.
func (t *Table) search(ctx context.Context, reader store.Reader, s *scope, asked *query.Search) error {
	if asked == nil {
		return nil
	}
	if len(asked.Words) == 0 || len(asked.Fields) == 0 {
		s.found = []expr.Fragment{{SQL: "FALSE"}}
		return nil
	}
	all := make([]*hits, len(asked.Words))
	var rare []string // the records that have every rare word
	known := false
	for i, word := range asked.Words {
		all[i] = &hits{word: word}
		if err := t.hits(ctx, reader, all[i], asked.Fields, nil); err != nil {
			return err
		}
		if !all[i].common {
			if rare, known = all[i].within(rare, known), true; len(rare) == 0 {
				s.found = []expr.Fragment{{SQL: "FALSE"}}
				return nil
			}
		}
	}
	for _, h := range all {
		if known && h.common {
			if err := t.hits(ctx, reader, h, asked.Fields, rare); err != nil {
				return err
			}
			rare = h.within(rare, true)
		}
	}
	if known {
		s.begin = s.among(rare)
		if uniformFields(s, asked.Fields) {
			return nil
		}
	}
	for _, h := range all {
		fragment, err := t.having(s, h, asked.Fields)
		if err != nil {
			return err
		}
		s.found = append(s.found, fragment)
	}
	return nil
}

func uniformFields(s *scope, fields []*field.Field) bool {
	return !slices.ContainsFunc(fields, func(f *field.Field) bool { return !s.alwaysSeen(f) })
}

// within are the records of the hits, of those given where they are known.
func (h *hits) within(ids []string, known bool) []string {
	kept := map[string]bool{}
	for _, id := range ids {
		kept[id] = true
	}
	var both []string
	for _, found := range h.ids {
		for _, id := range found {
			if !known || kept[id] {
				both = append(both, id)
			}
		}
	}
	slices.Sort(both)
	return slices.Compact(both)
}

// hits reads what the index has of a word, among some records or all.
func (t *Table) hits(ctx context.Context, reader store.Reader, h *hits, fields []*field.Field, among []string) error {
	h.ids, h.common = map[string][]string{}, false
	for _, terms := range h.word {
		var w writer
		w.WriteString("SELECT a.record, a.field")
		t.entries(&w, terms, fields)
		if among != nil {
			w.WriteString(" AND a.record IN ")
			list(&w, among)
		} else {
			fmt.Fprintf(&w, " LIMIT %d", maxFound+1)
		}
		count, err := t.readHits(ctx, reader, &w, h)
		if err != nil {
			return err
		}
		if among == nil && count > maxFound {
			h.common = true
			return nil
		}
	}
	return nil
}

func (t *Table) readHits(ctx context.Context, reader store.Reader, w *writer, h *hits) (int, error) {
	args, err := w.fragment().Bind(t.Input)
	if err != nil {
		return 0, fmt.Errorf("bind a search: %w", err)
	}
	rows, err := reader.Query(ctx, w.String(), args...)
	if err != nil {
		return 0, fmt.Errorf("search %s: %w", t.Object.Name, err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	count := 0
	for ; rows.Next(); count++ {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return 0, fmt.Errorf("search %s: %w", t.Object.Name, err)
		}
		h.ids[name] = append(h.ids[name], id)
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("search %s: %w", t.Object.Name, t.Dialect.Translate(err))
	}
	return count, nil
}

// entries writes FROM and WHERE of the entries, in some fields, of records that
// have all terms in one of them.
func (t *Table) entries(w *writer, terms []search.Term, fields []*field.Field) {
	w.WriteString(" FROM sys_search AS a WHERE a.object = ? AND ")
	w.args = append(w.args, expr.Fixed(t.Object.Name))
	token(w, "a", terms[0])
	w.WriteString(" AND a.field IN (")
	for i, f := range fields {
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString("?")
		w.args = append(w.args, expr.Fixed(f.Name))
	}
	w.WriteString(")")
	for _, term := range terms[1:] {
		w.WriteString(" AND EXISTS (SELECT 1 FROM sys_search AS b WHERE b.object = a.object AND b.record = a.record AND b.field = a.field AND ")
		token(w, "b", term)
		w.WriteString(")")
	}
}

func token(w *writer, alias string, term search.Term) {
	if !term.Prefix {
		w.WriteString(alias + ".token = ?")
		w.args = append(w.args, expr.Fixed(term.Token))
		return
	}
	w.WriteString(alias + ".token >= ? AND " + alias + ".token < ?")
	w.args = append(w.args, expr.Fixed(term.Token), expr.Fixed(term.End()))
}

// list writes ids in brackets, the last one again up to the next power of two,
// so that there are few different statements.
func list(w *writer, ids []string) {
	size := 1
	for size < len(ids) {
		size *= 2
	}
	w.WriteString("(" + strings.Repeat("?, ", size-1) + "?)")
	for i := range size {
		w.args = append(w.args, expr.Fixed(ids[min(i, len(ids)-1)]))
	}
}

func (s *scope) among(ids []string) expr.Fragment {
	if len(ids) == 0 {
		return expr.Fragment{SQL: "FALSE"}
	}
	var w writer
	w.WriteString(s.quoted(metadata.FieldID) + " IN ")
	list(&w, ids)
	return w.fragment()
}

// having writes the condition that a record has a word where the reader sees
// it.
func (t *Table) having(s *scope, h *hits, fields []*field.Field) (expr.Fragment, error) {
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
		t.hit(s, &w, h, []*field.Field{f})
	}
	if len(always) > 0 {
		w.WriteString(" OR ")
		t.hit(s, &w, h, always)
	}
	w.WriteString(")")
	return w.fragment(), nil
}

// hit writes the condition that a record is one of the hits in some fields. Of
// a common word it is not what the search begins with, which IS TRUE says.
func (t *Table) hit(s *scope, w *writer, h *hits, fields []*field.Field) {
	if !h.common {
		var ids []string
		for _, f := range fields {
			ids = append(ids, h.ids[f.Name]...)
		}
		w.add(s.among(ids))
		return
	}
	w.WriteString("(FALSE")
	for _, terms := range h.word {
		w.WriteString(" OR " + s.quoted(metadata.FieldID) + " IN (SELECT a.record")
		t.entries(w, terms, fields)
		w.WriteString(")")
	}
	w.WriteString(") IS TRUE")
}

// searchIndex is what records are found by.
const searchIndex = "sys_search (object, token, record, field)"

// AddTokens makes a record found by tokens of a field. The statements run at
// the latest with the commit.
func (t *Table) AddTokens(tx *store.Tx, f *field.Field, id string, tokens []string) {
	for _, token := range tokens {
		tx.Gather(searchIndex, t.Object.Name, token, id, f.Name)
	}
}

// The statements that take tokens out of the index take so many at once; what
// is left over goes in smaller ones, so that there are few different statements.
const tokensAtOnce = 16

// RemoveTokens ends that.
func (t *Table) RemoveTokens(tx *store.Tx, f *field.Field, id string, tokens []string) {
	for _, token := range tokens {
		tx.Ungather(searchIndex, t.Object.Name, token, id, f.Name)
	}
	for size := tokensAtOnce; len(tokens) > 0; size /= 2 {
		for ; len(tokens) >= size; tokens = tokens[size:] {
			args := []any{t.Object.Name, id, f.Name}
			for _, token := range tokens[:size] {
				args = append(args, token)
			}
			tx.Queue("DELETE FROM sys_search WHERE object = ? AND record = ? AND field = ? AND token IN (?"+
				strings.Repeat(", ?", size-1)+")", args...)
		}
	}
}
