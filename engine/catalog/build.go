package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Kinds are the jobs that the service does.
func (s *Service) Kinds() []job.Kind { return []job.Kind{applyJob{s}, clearing{s}, forgetting{s}} }

// ClearingKind is the name of the job that takes away what an apply left that
// never came to its end; it waits for one that is at work.
const ClearingKind = "apply_clearing"

// ClearingSchedule is when it looks.
const ClearingSchedule = "17 3 * * *"

type clearing struct{ *Service }

// Name is the kind's name.
func (clearing) Name() string { return ClearingKind }

// Run clears, unless a job is at work.
func (c clearing) Run(ctx context.Context, _ *job.Running) error {
	var busy int64
	err := c.store.QueryRow(ctx, "SELECT count(*) FROM sys_job WHERE kind = ? AND state IN ('waiting', 'ready', 'running')", ApplyKind).Scan(&busy)
	if err != nil {
		return fmt.Errorf("look for a job that applies: %w", err)
	}
	if busy > 0 {
		return nil // it clears itself
	}
	return c.clear(ctx)
}

// Died has cleared what the job left.
func (applyJob) Died(_ context.Context, tx *store.Tx, _ *job.Running) error {
	return job.Enqueue(tx, job.Job{Kind: ClearingKind, SerialKey: ApplyKind})
}

// applyJob prepares an apply beside what is in force, and ends with one short
// transaction that puts it in force. Begun again, it clears what was left and
// begins anew; so it does when the catalog changed meanwhile, unless one of the
// definitions that it is about did.
type applyJob struct{ *Service }

// Name is the kind's name.
func (applyJob) Name() string { return ApplyKind }

// Stages of the job, in their order.
const (
	StageReading  = "reading"  // the values, for what cannot be converted
	StageFilling  = "filling"  // new columns
	StageIndexing = "indexing" // new indexes
	StageEnding   = "ending"   // it waits for the one moment without writers
)

// Progress is how far the job is: rows that were filled, of how many.
type Progress struct {
	Stage string `json:"stage"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
}

// report is what is stored of a job: how far it is, and how it ended.
type report struct {
	Progress Progress     `json:"progress"`
	Revision *int64       `json:"revision,omitempty"`
	Fault    *fault.Fault `json:"fault,omitempty"`
}

// errMoved says that the catalog has a newer revision than the building.
var errMoved = errors.New("the catalog changed during the apply")

// How often the job begins anew because the catalog changed, and how often it
// waits for a moment without writers.
const (
	mostMoves   = 10
	mostEndings = 5
)

// Run applies.
func (a applyJob) Run(ctx context.Context, running *job.Running) error {
	var todo applying
	if err := running.Decode(&todo); err != nil {
		return err
	}
	err := errMoved
	for range mostMoves {
		if !errors.Is(err, errMoved) {
			break
		}
		if err = a.clear(ctx); err == nil {
			err = a.attempt(ctx, running, todo)
		}
	}
	if err == nil {
		return nil
	}
	cause := context.Cause(ctx)
	if errors.Is(cause, job.ErrLost) || errors.Is(cause, job.ErrStopping) {
		return err // who has it next clears
	}
	if errors.Is(err, errMoved) {
		err = fault.New(fault.RevisionConflict, "base", *todo.Request.Base)
	}
	if left := a.clear(context.WithoutCancel(ctx)); left != nil {
		return errors.Join(err, left)
	}
	f := fault.As(err)
	if f == nil || cause != nil {
		return err
	}
	return a.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := running.Progress(ctx, tx, report{Fault: f}); err != nil {
			return err
		}
		return running.Complete(ctx, tx)
	})
}

// attempt applies on the revision that holds now, or answers errMoved.
func (a applyJob) attempt(ctx context.Context, running *job.Running, todo applying) error {
	r := &attempt{applyJob: a, running: running, actor: &access.Actor{ID: todo.By, Limit: todo.Limit, Language: todo.Language}, request: todo.Request}
	err := r.run(ctx)
	if err == nil || fault.Is(err, fault.RevisionConflict) {
		return err
	}
	if now, asked := a.revision(ctx); r.base > 0 && asked == nil && now != r.base {
		return fmt.Errorf("%w: %w", errMoved, err) // which may well be why
	}
	return err
}

// attempt is one attempt of the job.
type attempt struct {
	applyJob
	running  *job.Running
	actor    *access.Actor
	request  Request
	base     int64 // the revision that it builds on
	building *building
	progress Progress
}

func (r *attempt) run(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.begin(ctx); err != nil {
		return err
	}
	if err := r.fill(ctx); err != nil {
		return err
	}
	if err := r.index(ctx); err != nil {
		return err
	}
	for try := 1; ; try++ {
		if err := r.catchUp(ctx); err != nil {
			return err
		}
		err := r.end(ctx, try == mostEndings)
		if !errors.Is(err, store.ErrBusy) && !errors.Is(err, errBehind) || try == mostEndings {
			return err
		}
	}
}

// report stores how far the job is, in a transaction that counts only while the
// job is in these hands.
func (r *attempt) report(ctx context.Context, tx *store.Tx) error {
	return r.running.Progress(ctx, tx, report{Progress: r.progress})
}

// enter reports that a stage begins.
func (r *attempt) enter(ctx context.Context, stage string) error {
	r.progress.Stage = stage
	return r.store.Write(ctx, store.Interactive, r.report)
}

// prepare plans, and reads what a small apply reads in its transaction.
func (r *attempt) prepare(ctx context.Context) error {
	if err := r.enter(ctx, StageReading); err != nil {
		return err
	}
	from, err := r.load(ctx, r.store)
	if err != nil {
		return err
	}
	p, err := r.plan(ctx, r.store, from, r.request, r.actor.Language)
	if err != nil {
		return err
	}
	r.base = from.Revision
	if err := r.stillMay(ctx, from); err != nil {
		return err
	}
	if err := r.describe(ctx, r.store, p, r.actor.Language, true); err != nil {
		return err
	}
	if err := errors.Join(p.byAdministrator(r.actor), p.allowed(r.request.Allow)); err != nil {
		return err
	}
	r.building, err = r.newBuilding(p, r.request.Allow)
	return err
}

// stillMay reads who asked for the apply anew, because his rights may have been
// taken from him since.
func (r *attempt) stillMay(ctx context.Context, holds *metadata.Catalog) error {
	actor := access.System()
	if r.actor.ID != actor.ID {
		var err error
		if actor, err = r.people.ByID(ctx, r.actor.ID, ApplyKind); err != nil {
			return fmt.Errorf("read who applies: %w", err)
		}
	}
	if actor == nil {
		return fault.New(fault.Forbidden)
	}
	actor.Language, actor.Limit = r.actor.Language, r.actor.Limit
	r.actor = actor
	policy, err := access.NewPolicy(holds)
	if err != nil {
		return fmt.Errorf("compile the rights: %w", err)
	}
	can, err := policy.Can(actor, AbilityDesign)
	if err != nil {
		return err //nolint:wrapcheck // the policy knows what it is
	}
	if !can {
		return fault.New(fault.MissingAbility, "ability", AbilityDesign)
	}
	return nil
}

// begin adds the new columns, and has changes noted from now on.
func (r *attempt) begin(ctx context.Context) error {
	return r.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := r.holds(ctx, tx); err != nil {
			return err
		}
		for _, step := range r.building.columns {
			for _, statement := range store.Render(r.store.Dialect(), step) {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return r.executed(err, step)
				}
			}
		}
		for number, watched := range r.building.watched {
			for _, statement := range r.store.Dialect().Watch(number, watched) {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return fmt.Errorf("watch %s: %w", watched.Table, err)
				}
			}
		}
		return r.report(ctx, tx)
	})
}

// holds answers errMoved unless the revision is still the one built on.
func (r *attempt) holds(ctx context.Context, tx *store.Tx) error {
	var revision int64
	if err := tx.QueryRow(ctx, store.RevisionQuery).Scan(&revision); err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	if revision != r.base {
		return errMoved
	}
	return nil
}

// fill fills the new columns, in chunks between which others write.
func (r *attempt) fill(ctx context.Context) error {
	b := r.building
	if err := r.expect(ctx); err != nil {
		return err
	}
	for _, f := range b.fillings {
		if err := r.chunks(ctx, conversionPage, func(ctx context.Context, tx *store.Tx, after string) (string, bool, error) {
			return b.fill(ctx, tx, f, after)
		}); err != nil {
			return err
		}
	}
	for _, reference := range b.computed {
		if err := r.chunks(ctx, record.CalculatedTogether, func(ctx context.Context, tx *store.Tx, after string) (string, bool, error) {
			return b.calculation.After(ctx, tx, reference, after)
		}); err != nil {
			return err
		}
	}
	return nil
}

// expect works out how much there is to fill.
func (r *attempt) expect(ctx context.Context) error {
	tables := make([]string, 0, len(r.building.fillings)+len(r.building.computed))
	for _, f := range r.building.fillings {
		tables = append(tables, f.table)
	}
	for _, reference := range r.building.computed {
		tables = append(tables, reference.Object.Name)
	}
	for _, table := range tables {
		var count int64
		if err := r.store.QueryRow(ctx, "SELECT count(*) FROM "+r.store.Dialect().Quote(table)).Scan(&count); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		r.progress.Total += count
	}
	return r.enter(ctx, StageFilling)
}

// chunks goes on in a transaction after the other, each from where the last one
// ended.
func (r *attempt) chunks(ctx context.Context, size int64, chunk func(ctx context.Context, tx *store.Tx, after string) (last string, more bool, err error)) error {
	for after, more := "", true; more; {
		var last string
		if err := r.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) (err error) {
			if last, more, err = chunk(ctx, tx, after); err != nil {
				return err
			}
			return r.report(ctx, tx)
		}); err != nil {
			return err
		}
		after = last
		r.progress.Done = min(r.progress.Done+size, r.progress.Total)
	}
	return nil
}

// index makes the indexes that can be made while others write.
func (r *attempt) index(ctx context.Context) error {
	if len(r.building.indexes) == 0 {
		return nil
	}
	if err := r.enter(ctx, StageIndexing); err != nil {
		return err
	}
	for _, step := range r.building.indexes {
		for _, statement := range store.Render(r.store.Dialect(), step) {
			if err := r.store.Concurrently(ctx, statement); err != nil {
				return r.executed(err, step)
			}
		}
	}
	return nil
}

// few is how many noted changes may be left to the last transaction, where that
// can be reached: who writes faster than it is settled, waits for the rest.
const (
	few          = 200
	mostCatchUps = 400 // chunks
)

// errBehind says that more changes are left than the last transaction takes.
var errBehind = errors.New("too many changes are left to settle")

// catchUp settles noted changes until few are left.
func (r *attempt) catchUp(ctx context.Context) error {
	if err := r.enter(ctx, StageEnding); err != nil {
		return err
	}
	settled := few + 1
	for round := 0; settled > few && round < mostCatchUps; round++ {
		if err := r.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) (err error) {
			if settled, err = r.building.settle(ctx, tx); err != nil {
				return err
			}
			return r.running.Guard(ctx, tx)
		}); err != nil {
			return err
		}
	}
	return nil
}

// mostRounds is how many chunks of changes the last transaction settles, unless
// it is the last try.
const mostRounds = 8

// end is the one transaction in which the revision comes.
func (r *attempt) end(ctx context.Context, last bool) error {
	var applied *metadata.Catalog
	b := r.building
	err := r.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := r.holds(ctx, tx); err != nil {
			return err
		}
		if err := r.stillMay(ctx, b.plan.from); err != nil {
			return err
		}
		settled, rounds := 1, 0
		for ; settled > 0 && (last || rounds < mostRounds); rounds++ {
			var err error
			if settled, err = b.settle(ctx, tx); err != nil {
				return err
			}
		}
		if settled > 0 {
			return errBehind
		}
		if err := endWatches(ctx, tx); err != nil {
			return err
		}
		p := *b.plan
		p.steps, p.outdated = b.last, nil
		var result *Result
		var err error
		if applied, result, err = r.carryOut(ctx, tx, &p, r.actor, r.request); err != nil {
			return err
		}
		if err := r.running.Progress(ctx, tx, report{Progress: r.progress, Revision: &result.Revision}); err != nil {
			return err
		}
		return r.running.Complete(ctx, tx)
	})
	if err != nil {
		return err
	}
	return r.Announce(applied)
}

func endWatches(ctx context.Context, tx *store.Tx) error {
	statements, err := tx.Dialect().EndWatches(ctx, tx)
	if err != nil {
		return fmt.Errorf("look for what watches: %w", err)
	}
	for _, statement := range append(statements, "DELETE FROM sys_building") {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("end watching: %w", err)
		}
	}
	return nil
}

// clear takes away what an attempt left that did not end.
func (s *Service) clear(ctx context.Context) error {
	shape, err := store.Introspect(ctx, s.store)
	if err != nil {
		return fmt.Errorf("read the tables: %w", err)
	}
	dialect := s.store.Dialect()
	for _, b := range shape.Building {
		if b.Index == "" {
			continue
		}
		if err := s.store.Concurrently(ctx, "drop index if exists "+dialect.Quote(b.Index)); err != nil {
			return fmt.Errorf("drop an index that was not finished: %w", err)
		}
	}
	watches, err := dialect.EndWatches(ctx, s.store)
	if err != nil {
		return fmt.Errorf("look for what watches: %w", err)
	}
	revision, err := s.revision(ctx)
	if err != nil {
		return err
	}
	steps := shape.Clear(dialect, revision, s.clock.Now().UnixMilli())
	if len(watches) == 0 && len(steps) == 0 {
		return nil
	}
	return s.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := endWatches(ctx, tx); err != nil {
			return err
		}
		for _, step := range steps {
			for _, statement := range store.Render(dialect, step) {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return fmt.Errorf("clear table %s: %w", step.Table, err)
				}
			}
		}
		return nil
	})
}
