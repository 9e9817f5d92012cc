package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/search"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// The limits of a search across objects.
const (
	DefaultResults = 20
	MaxResults     = 100
	snippetLength  = 80 // characters
	snippetBefore  = 20 // of them before what was found
)

// Result is a record that a search across objects found.
type Result struct {
	Object  string `json:"object"`
	ID      string `json:"id"`
	Display string `json:"display"`
	Field   string `json:"field"`   // in which a word was found
	Snippet string `json:"snippet"` // of its text, around the word

	rank int
}

// Search finds records of all objects that the actor may read, or of those
// named: first those with a text that is what was typed, then those with one
// that begins with it, then those that have all its words; those known by that
// text come first, and newer ones among equals. Faults: invalid_query.
func (s *Service) Search(ctx context.Context, actor *access.Actor, typed string, objects []string, limit int) ([]Result, error) {
	if limit == 0 {
		limit = DefaultResults
	}
	faults := fault.New(fault.InvalidQuery)
	if limit < 1 || limit > MaxResults {
		faults.At("/limit", fault.OutOfRange, "min", 1, "max", MaxResults)
	}
	policy := s.policies.Current()
	for _, name := range objects {
		if _, err := objectOf(policy, actor, name, access.Read); err != nil {
			faults.At("/objects", fault.DanglingReference, "kind", metadata.KindObject, "name", name)
		}
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	asked := search.Parse(typed)
	results := []Result{}
	if len(asked.Words) == 0 {
		return results, nil
	}
	err := s.store.Read(ctx, func(reader store.Reader) error {
		results = results[:0]
		for _, object := range policy.Catalog().Objects() {
			if objects != nil && !slices.Contains(objects, object.Name) {
				continue
			}
			found, err := s.searchObject(ctx, reader, policy, actor, object, asked, limit)
			if err != nil {
				return err
			}
			results = append(results, found...)
		}
		return nil
	})
	slices.SortStableFunc(results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.ID, a.ID))
	})
	return results[:min(len(results), limit)], err
}

// searchObject finds the best records of one object.
func (s *Service) searchObject(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, object *metadata.Object, asked search.Query, limit int) ([]Result, error) {
	decision, err := policy.Decide(actor, object, access.Read)
	if err != nil || decision.Nothing() {
		return nil, err
	}
	fields := query.Searched(decision)
	names := []string{object.Display}
	known := fields[:0:0]
	for _, f := range fields {
		names = append(names, f.Name)
		if f.Name == object.Display {
			known = append(known, f)
		}
	}
	if len(known) == 0 {
		names = names[1:]
	}
	planner := s.Planner(policy, actor)
	plan, err := planner.Plan(object, query.Query{Fields: names, Sort: []string{"-" + metadata.FieldID}, Limit: limit})
	if err != nil {
		return nil, err
	}
	table := s.table(policy, actor, object, planner.Now)
	var results []Result
	for rank, words := range asked.Passes() {
		for within, among := range [][]*field.Field{known, fields} {
			if len(results) >= limit || len(among) == 0 {
				continue
			}
			plan.Search = &query.Search{Words: words, Fields: among}
			records, err := table.List(ctx, reader, plan, false)
			if err != nil {
				return nil, err
			}
			for _, found := range records {
				result := resultOf(object, found, among, words)
				result.rank = 2*rank + within
				if !slices.ContainsFunc(results, func(r Result) bool { return r.ID == result.ID }) {
					results = append(results, result)
				}
			}
		}
	}
	return results, nil
}

// resultOf is what is told of a record: only of fields that the reader sees in
// it.
func resultOf(object *metadata.Object, found *row.Record, fields []*field.Field, words []search.Word) Result {
	sees := func(slot int) bool { return len(found.Permitted) == 0 || found.Permitted[0].Has(slot) }
	display := object.Slot(object.Display)
	result := Result{Object: object.Name}
	result.ID, _ = found.Values[object.Slot(metadata.FieldID)].(string)
	result.Display = displayOf(object.Fields[display], found.Values[display], result.ID, sees(display))
	for _, f := range slices.SortedStableFunc(slices.Values(fields), func(a, b *field.Field) int {
		return cmp.Compare(btoi(b.Name == object.Display), btoi(a.Name == object.Display))
	}) {
		slot := object.Slot(f.Name)
		if !sees(slot) || result.Field != "" {
			continue
		}
		of := tokens(f, found.Values[slot])
		if slices.ContainsFunc(words, func(w search.Word) bool { return w.Found(of) }) {
			result.Field, result.Snippet = f.Name, snippet(found.Values[slot], words[0])
		}
	}
	return result
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// snippet is the part of a text around a word.
func snippet(value expr.Value, word search.Word) string {
	text, _ := value.(string)
	runes := []rune(text)
	if len(runes) <= snippetLength {
		return text
	}
	folded := search.Fold(text)
	at := max(strings.Index(folded, word[0][0].Token), 0)
	begin := max(min(len([]rune(folded[:at])), len(runes))-snippetBefore, 0)
	return string(runes[begin:min(begin+snippetLength, len(runes))])
}
