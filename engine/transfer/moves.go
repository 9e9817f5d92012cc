package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Stages of the work on an import.
const (
	stagePlan = "plan"
	stageRun  = "run"
	stageUndo = "undo"
	stageTell = "tell" // afterwards, those to whom records were given
)

// Plan works out what would become of each row; it writes no record.
func (s *Service) Plan(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	return s.begin(ctx, actor, id, stagePlan, Planning, Uploaded, Planned, Failed)
}

// Run imports the rows.
func (s *Service) Run(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	return s.begin(ctx, actor, id, stageRun, Working, Uploaded, Planned)
}

// Undo takes back what an import did, but for what somebody changed since.
func (s *Service) Undo(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	return s.begin(ctx, actor, id, stageUndo, Undoing, Done, Failed)
}

// Cancel ends the work on an import: a plan is forgotten, and of a run stays
// what it has written, which Undo takes back. Faults: not_found, wrong_state.
func (s *Service) Cancel(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, err := lock(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		changes := map[string]any{"state": Uploaded, "progress": nil, "counts": nil}
		switch row.State {
		case Planning:
		case Working, Paused:
			changes = map[string]any{"state": Failed, "fault": `{"code":"` + string(fault.Canceled) + `"}`}
			if err := job.Enqueue(tx, stageJob(row.ID, stageTell)); err != nil {
				return fmt.Errorf("enqueue an import: %w", err)
			}
		default:
			return fault.New(fault.WrongState, "state", row.State)
		}
		if err := row.stop(ctx, tx); err != nil {
			return err
		}
		_, err = store.Update[importRow](ctx, tx, changes, "id = ?", row.ID)
		return err //nolint:wrapcheck // a statement of its own
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, actor, id)
}

// Pause stops a run behind the rows that are written; it goes on there when it
// is resumed. Faults: not_found, wrong_state.
func (s *Service) Pause(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	return s.move(ctx, actor, id, Working, Paused, func(ctx context.Context, tx *store.Tx, row *importRow) (*int64, error) {
		return row.Job, row.stop(ctx, tx)
	})
}

// Resume goes on with a run that was paused. Faults: not_found, wrong_state.
func (s *Service) Resume(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	return s.move(ctx, actor, id, Paused, Working, func(ctx context.Context, tx *store.Tx, row *importRow) (*int64, error) {
		number, err := job.EnqueueOne(ctx, tx, stageJob(row.ID, stageRun))
		return &number, err //nolint:wrapcheck // wrapped by move
	})
}

// move moves an import from one state to another; what works gives the job
// that works on it from then on.
func (s *Service) move(ctx context.Context, actor *access.Actor, id, from, to string, works func(ctx context.Context, tx *store.Tx, row *importRow) (*int64, error)) (*Import, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, err := lock(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if row.State != from {
			return fault.New(fault.WrongState, "state", row.State)
		}
		number, err := works(ctx, tx, row)
		if err == nil {
			_, err = store.Update[importRow](ctx, tx, map[string]any{"state": to, "job": number}, "id = ?", row.ID)
		}
		if err != nil {
			return fmt.Errorf("move an import: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, actor, id)
}

// stageJob is the job that does a stage of an import.
func stageJob(id, stage string) job.Job {
	return job.Job{Kind: importKind, Payload: importPayload{ID: id, Stage: stage}, SerialKey: "import:" + id}
}

// stop ends the job that works on an import.
func (row *importRow) stop(ctx context.Context, tx *store.Tx) error {
	if row.Job == nil {
		return nil
	}
	if _, err := job.Cancel(ctx, tx, *row.Job); err != nil {
		return fmt.Errorf("cancel the job of an import: %w", err)
	}
	return nil
}

// lock locks an import and gives it as it is now. Fault: not_found.
func lock(ctx context.Context, tx *store.Tx, id string) (*importRow, error) {
	err := tx.QueryRow(ctx, `SELECT id FROM sys_import WHERE id = ?`+tx.Dialect().ForValues(), id).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("lock an import: %w", err)
	}
	row, err := store.First[importRow](ctx, tx, "id = ?", id)
	if err != nil {
		return nil, fmt.Errorf("read an import: %w", err)
	}
	return row, nil
}

// begin moves an import to a state and enqueues the job that does the work, in
// one transaction. Fault: wrong_state.
func (s *Service) begin(ctx context.Context, actor *access.Actor, id, stage, state string, from ...string) (*Import, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(set.Columns, func(c Column) bool { return c.Field != nil && *c.Field != metadata.FieldID }) {
		return nil, fault.New(fault.NoMapping)
	}
	about, _, err := s.about(actor, row.Object)
	if err != nil {
		return nil, err
	}
	if err := set.check(about); err != nil {
		return nil, err
	}
	changes := map[string]any{"state": state, "progress": nil, "fault": nil}
	if stage != stageUndo {
		changes["counts"] = nil
	}
	err = s.change(ctx, row, from, changes, func(ctx context.Context, tx *store.Tx) error {
		if err := s.settled(ctx, tx, row, stage); err != nil {
			return err
		}
		if stage != stageUndo {
			if _, err := tx.Exec(ctx, "DELETE FROM sys_import_row WHERE import = ?", row.ID); err != nil {
				return fmt.Errorf("forget the rows: %w", err)
			}
		}
		if stage == stagePlan {
			if _, err := tx.Exec(ctx, "UPDATE sys_correction SET checked = ? WHERE import = ?", true, row.ID); err != nil {
				return fmt.Errorf("mark corrections: %w", err)
			}
		}
		audited(ctx, tx, actor, row, set, stage)
		number, err := job.EnqueueOne(ctx, tx, stageJob(row.ID, stage))
		if err != nil {
			return fmt.Errorf("enqueue an import: %w", err)
		}
		touched, err := s.touched(ctx, tx, row.ID, stage)
		if err != nil {
			return err
		}
		_, err = store.Update[importRow](ctx, tx, map[string]any{"job": number, "settings": touched}, "id = ?", row.ID)
		return err //nolint:wrapcheck // wrapped by change
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, actor, id)
}

// audited tells the audit log of a stage that writes records.
func audited(ctx context.Context, tx *store.Tx, actor *access.Actor, row *importRow, set settings, stage string) {
	action := map[string]string{stageRun: audit.ImportRun, stageUndo: audit.ImportUndone}[stage]
	if action != "" {
		audit.Write(ctx, tx, actor, audit.Entry{
			Action: action, Object: row.Object, Subject: row.ID, Detail: map[string]any{"file": set.File.Name, "rows": set.File.Rows},
		})
	}
}

// change changes an import that is in one of the states.
func (s *Service) change(ctx context.Context, row *importRow, from []string, set map[string]any, also func(ctx context.Context, tx *store.Tx) error) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		count, err := store.Update[importRow](ctx, tx, set, "id = ? AND state IN ?", row.ID, from)
		if err != nil {
			return fmt.Errorf("change an import: %w", err)
		}
		if count == 0 {
			return fault.New(fault.WrongState, "state", row.State)
		}
		if also == nil {
			return nil
		}
		return also(ctx, tx)
	})
}

// settled refuses to begin anew while records of an import that broke off are
// still there, because what it did would be forgotten; such an import can only
// be undone. One that did nothing cannot.
func (s *Service) settled(ctx context.Context, tx *store.Tx, row *importRow, stage string) error {
	if row.State != Failed {
		return nil
	}
	var count int64
	err := tx.QueryRow(ctx, "SELECT count(*) FROM sys_import_row WHERE import = ? AND record IS NOT NULL AND state IN (?, ?)",
		row.ID, rowCreate, rowUpdate).Scan(&count)
	if err != nil {
		return fmt.Errorf("look for what an import did: %w", err)
	}
	if (stage == stageUndo) != (count > 0) {
		return fault.New(fault.WrongState, "state", row.State)
	}
	return nil
}
