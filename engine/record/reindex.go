package record

import (
	"context"
	"fmt"
	"maps"
	"slices"

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

// How many records are made findable, or forgotten, in the transaction that
// changes what is found; of more, a job does it in chunks.
const (
	reindexAtOnce = 2000
	reindexChunk  = 200
)

// reindexing is what a job has to do.
type reindexing struct {
	Object string `json:"object"`
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
	for _, name := range slices.Sorted(maps.Keys(names)) {
		after := searched(to, name)
		computed := slices.ContainsFunc(outdated, func(r metadata.Reference) bool { return r.Object.Name == name && after[r.Field.Name] != "" })
		if !computed && maps.Equal(searched(from, name), after) {
			continue
		}
		if err := s.reindex(ctx, tx, to, reindexing{Object: name}); err != nil {
			return err
		}
	}
	return nil
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
	for _, object := range s.policies.Current().Catalog().Objects() {
		if err := enqueue(tx, reindexing{Object: object.Name}); err != nil {
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
	many, args := "SELECT 1 FROM sys_search WHERE object = ?", []any{todo.Object}
	if _, stays := to.Object(todo.Object); stays {
		many, args = "SELECT 1 FROM "+s.store.Dialect().Quote(todo.Object), nil
	}
	var count int
	if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d) AS few", many, reindexAtOnce+1), args...).Scan(&count); err != nil {
		return fmt.Errorf("count what is found of %s: %w", todo.Object, err)
	}
	if count > reindexAtOnce {
		return enqueue(tx, todo)
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

// reindexAfter makes the next records findable, in the order of their ids, and
// tells the last one and whether there may be more. Those of an object that is
// gone are no longer found.
func (w *Work) reindexAfter(ctx context.Context, todo reindexing, after string) (last string, more bool, err error) {
	object, ok := w.Policy.Catalog().Object(todo.Object)
	if !ok {
		forgotten, err := w.Tx.Exec(ctx, fmt.Sprintf(`DELETE FROM sys_search WHERE id IN
			(SELECT id FROM sys_search WHERE object = ? LIMIT %d)`, reindexChunk), todo.Object)
		if err != nil {
			return "", false, fmt.Errorf("forget what was found of %s: %w", todo.Object, err)
		}
		return "", forgotten == reindexChunk, nil
	}
	table := w.table(object)
	return w.EachAfter(ctx, object, after, reindexChunk, func(id string, values []expr.Value) {
		table.Reindex(w.Tx, id, entry(object, values))
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
func (s *Service) Kinds() []job.Kind {
	return []job.Kind{reindexer{s}, rollups{s}, fileCleaning{s}, binCleaning{s}}
}

type reindexer struct{ *Service }

// Name is the kind's name.
func (reindexer) Name() string { return ReindexKind }

// Run makes the index of the object anew, in chunks, each in its transaction;
// begun again, it does the same.
func (r reindexer) Run(ctx context.Context, running *job.Running) error {
	var todo reindexing
	if err := running.Decode(&todo); err != nil {
		return err
	}
	return r.InPortions(ctx, running, "", func(ctx context.Context, w *Work, after string) (string, bool, error) {
		return w.reindexAfter(ctx, todo, after)
	})
}
