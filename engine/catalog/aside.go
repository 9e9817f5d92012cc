package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// keeping is how long what was set aside can come back with its data.
const keeping = 30 * 24 * time.Hour

// ForgettingKind is the name of the job that ends the keeping.
const ForgettingKind = "forgetting"

// ForgettingSchedule is when it looks.
const ForgettingSchedule = "27 3 * * *"

type forgetting struct{ *Service }

// Name is the kind's name.
func (forgetting) Name() string { return ForgettingKind }

// Run forgets what is due.
func (f forgetting) Run(ctx context.Context, _ *job.Running) error { return f.Forget(ctx) }

// Forget drops what revisions set aside more than 30 days ago, each thing in a
// transaction of its own, so that no writer waits for long.
func (s *Service) Forget(ctx context.Context) error {
	var revision int64
	due := s.clock.Now().Add(-keeping).UnixMilli()
	err := s.store.QueryRow(ctx, "SELECT coalesce(max(revision), 0) FROM sys_revision WHERE at < ?", due).Scan(&revision)
	if err != nil {
		return fmt.Errorf("find the revisions that are due: %w", err)
	}
	for more := true; more; {
		err := s.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
			shape, err := store.Introspect(ctx, tx)
			if err != nil {
				return fmt.Errorf("read the tables: %w", err)
			}
			steps := store.DropAsides(shape.Aside, revision)
			if more = len(steps) > 1; len(steps) == 0 {
				return nil
			}
			return s.drop(ctx, tx, first(steps, shape.Aside), shape.Aside)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// first is the step to begin with: a column, or a table to which nothing else
// points that was set aside, unless they point to each other all around.
func first(steps []store.Step, aside []store.Aside) store.Step {
	for _, step := range steps {
		if step.Table != "" || len(pointing(step, aside)) == 0 {
			return step
		}
	}
	return steps[0]
}

// pointing are the columns of other tables set aside that point to one, by
// their table.
func pointing(step store.Step, aside []store.Aside) map[string][]string {
	columns := map[string][]string{}
	for _, other := range aside {
		if other.Table != "" || other.Name == step.Aside {
			continue
		}
		for _, column := range other.Columns {
			if column.References == step.Aside {
				columns[other.Name] = append(columns[other.Name], column.Name)
			}
		}
	}
	return columns
}

// drop drops one thing. What points to it all the same points to nothing then.
func (s *Service) drop(ctx context.Context, tx *store.Tx, step store.Step, aside []store.Aside) error {
	quote := s.store.Dialect().Quote
	var statements []string
	if step.Table == "" {
		for table, columns := range pointing(step, aside) {
			for _, column := range columns {
				statements = append(statements, "UPDATE "+quote(table)+" SET "+quote(column)+" = NULL")
			}
		}
	}
	for _, statement := range append(statements, store.Render(s.store.Dialect(), step)...) {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("drop %s: %w", step.Aside, err)
		}
	}
	return nil
}
