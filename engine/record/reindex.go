package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
)

// ReindexKind is the name of the job that makes the search index of an object
// anew.
const ReindexKind = "search_index"

// How many records are made findable in the transaction that changes what is
// found; of more, a job does it in chunks.
const (
	reindexAtOnce = 2000
	reindexChunk  = 200
	forgetChunk   = 5000 // tokens
)

// reindexing is what a job has to do: the fields whose tokens are made anew.
type reindexing struct {
	Object string   `json:"object"`
	Fields []string `json:"fields"`
}

// Reindex follows a change of definitions in its transaction: a field that is
// searched by now finds the records that were there, and one that is not finds
// none.
func (s *Service) Reindex(ctx context.Context, tx *store.Tx, from, to *metadata.Catalog) error {
	names := map[string]bool{}
	for _, object := range slices.Concat(from.Objects(), to.Objects()) {
		names[object.Name] = true
	}
	outdated := to.Outdated(from)
	for _, object := range slices.Sorted(maps.Keys(names)) {
		before, after := searched(from, object), searched(to, object)
		var fields []string
		for name := range maps.Keys(joined(before, after)) {
			computed := slices.ContainsFunc(outdated, func(r metadata.Reference) bool { return r.Object.Name == object && r.Field.Name == name })
			if before[name] != after[name] || computed {
				fields = append(fields, name)
			}
		}
		if len(fields) == 0 {
			continue
		}
		slices.Sort(fields)
		if err := s.reindex(ctx, tx, to, reindexing{Object: object, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
}

func joined(a, b map[string]string) map[string]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// searched are the fields by which records of an object are found, with their
// kinds.
func searched(catalog *metadata.Catalog, name string) map[string]string {
	fields := map[string]string{}
	object, ok := catalog.Object(name)
	if !ok {
		return fields
	}
	for _, f := range object.Fields {
		if object.Searchable(f) {
			fields[f.Name] = f.Kind.Name()
		}
	}
	return fields
}

// ReindexAll has a job make the whole index anew, for when tokens are made in
// another way.
func (s *Service) ReindexAll(tx *store.Tx) error {
	catalog := s.policies.Current().Catalog()
	for _, object := range catalog.Objects() {
		fields := slices.Sorted(maps.Keys(searched(catalog, object.Name)))
		if err := enqueue(tx, reindexing{Object: object.Name, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
}

func enqueue(tx *store.Tx, todo reindexing) error {
	return job.Enqueue(tx, job.Job{Kind: ReindexKind, Payload: todo, SerialKey: ReindexKind + " " + todo.Object})
}

// reindex does little at once and leaves much to a job.
func (s *Service) reindex(ctx context.Context, tx *store.Tx, to *metadata.Catalog, todo reindexing) error {
	dialect := s.store.Dialect()
	if _, stays := to.Object(todo.Object); stays {
		var count int
		text := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) AS few", dialect.Quote(todo.Object), reindexAtOnce+1)
		if err := tx.QueryRow(ctx, text).Scan(&count); err != nil {
			return fmt.Errorf("count %s: %w", todo.Object, err)
		}
		if count > reindexAtOnce {
			return enqueue(tx, todo)
		}
	}
	if err := s.forget(ctx, tx, todo, "", ""); err != nil {
		return err
	}
	policy, err := access.NewPolicy(to)
	if err != nil {
		return fmt.Errorf("compile the rights: %w", err)
	}
	w := s.In(tx, policy, access.System())
	for after, more := "", true; more; {
		if after, more, err = w.reindexAfter(ctx, todo, after); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the tokens of the fields between two tokens; without a last
// one all behind the first.
func (s *Service) forget(ctx context.Context, tx *store.Tx, todo reindexing, after, last string) error {
	text, args := "DELETE FROM sys_search WHERE object = ? AND token > ?", []any{todo.Object, after}
	if last != "" {
		text, args = text+" AND token <= ?", append(args, last)
	}
	text += " AND field IN (''" + strings.Repeat(", ?", len(todo.Fields)) + ")"
	for _, name := range todo.Fields {
		args = append(args, name)
	}
	if _, err := tx.Exec(ctx, text, args...); err != nil {
		return fmt.Errorf("clear the search index of %s: %w", todo.Object, err)
	}
	return nil
}

// reindexAfter makes the next records findable, in the order of their ids, and
// tells the last one and whether there may be more.
func (w *Work) reindexAfter(ctx context.Context, todo reindexing, after string) (last string, more bool, err error) {
	object, ok := w.Policy.Catalog().Object(todo.Object)
	if !ok {
		return "", false, nil
	}
	table := w.table(object)
	return w.EachAfter(ctx, object, after, reindexChunk, func(id string, values []expr.Value) {
		for _, name := range todo.Fields {
			if f, ok := object.Field(name); ok && object.Searchable(f) {
				table.AddTokens(w.Tx, f, id, tokens(f, values[object.Slot(name)]))
			}
		}
	})
}

// idsAfter lists live records behind one, in the order of their ids.
func (w *Work) idsAfter(ctx context.Context, object *metadata.Object, after string, limit int) ([]string, error) {
	decision, err := w.decide(object, access.Read)
	if err != nil {
		return nil, err
	}
	slot := object.Slot(metadata.FieldID)
	plan := &query.Plan{Object: object, Decision: decision, Fields: []int{slot}, Sort: []query.Sort{{Field: object.Fields[slot]}}, Limit: limit}
	if after != "" {
		plan.After = []expr.Value{after}
	}
	records, err := w.table(object).List(ctx, w.Tx, plan, false)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, limit)
	for _, found := range records[:min(limit, len(records))] {
		id, _ := found.Values[slot].(string)
		ids = append(ids, id)
	}
	return ids, nil
}

// Kinds are the kinds of job of this package.
func (s *Service) Kinds() []job.Kind { return []job.Kind{reindexer{s}, rollups{s}, fileCleaning{s}} }

type reindexer struct{ *Service }

// Name is the kind's name.
func (reindexer) Name() string { return ReindexKind }

// Run clears the tokens of the fields and makes them anew, in chunks; begun
// again, it does the same.
func (r reindexer) Run(ctx context.Context, running *job.Running) error {
	var todo reindexing
	if err := running.Decode(&todo); err != nil {
		return err
	}
	if err := r.chunks(ctx, running, func(ctx context.Context, w *Work, after string) (string, bool, error) {
		last, err := tokenBehind(ctx, w.Tx, todo.Object, after)
		if err != nil {
			return "", false, err
		}
		return last, last != "", r.forget(ctx, w.Tx, todo, after, last)
	}); err != nil {
		return err
	}
	return r.chunks(ctx, running, func(ctx context.Context, w *Work, after string) (string, bool, error) {
		return w.reindexAfter(ctx, todo, after)
	})
}

// chunks goes on in a transaction after the other, each from where the last one
// ended.
func (r reindexer) chunks(ctx context.Context, running *job.Running, chunk func(ctx context.Context, w *Work, after string) (last string, more bool, err error)) error {
	for after, more := "", true; more; {
		var last string
		err := r.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *Work) (err error) {
			if err := running.Guard(ctx, w.Tx); err != nil {
				return err
			}
			last, more, err = chunk(ctx, w, after)
			return err
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// tokenBehind is the token that a number of entries lie before; "" near the
// end.
func tokenBehind(ctx context.Context, tx *store.Tx, object, after string) (string, error) {
	var last string
	err := tx.QueryRow(ctx, fmt.Sprintf("SELECT token FROM sys_search WHERE object = ? AND token > ? ORDER BY token LIMIT 1 OFFSET %d", forgetChunk),
		object, after).Scan(&last)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("read the search index of %s: %w", object, err)
	}
	return last, nil
}
