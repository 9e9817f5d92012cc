package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// Job is an apply that is left to a job, as it may be followed.
type Job struct {
	ID int64 `json:"id"`
	// State is waiting, running, done, failed or canceled.
	State    string     `json:"state"`
	Progress Progress   `json:"progress"`
	Revision *int64     `json:"revision"` // that it made
	Created  time.Time  `json:"created_at"`
	Finished *time.Time `json:"finished_at"`
}

// JobOf reads a job and why it gave up; what it has applied holds here from
// then on. Fault: not_found.
func (s *Service) JobOf(ctx context.Context, id int64) (*Job, *fault.Fault, error) {
	status, err := job.Get(ctx, s.store, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && status.Kind != ApplyKind {
		return nil, nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read a job: %w", err)
	}
	var stored report
	if status.Progress != nil {
		if err := json.Unmarshal(status.Progress, &stored); err != nil { //nolint:musttag // a fault is written and read in this package alone
			return nil, nil, fmt.Errorf("read a job: %w", err)
		}
	}
	found := &Job{ID: status.ID, Progress: stored.Progress, Revision: stored.Revision, Created: status.Created}
	why := stored.Fault
	if !status.Finished.IsZero() {
		found.Finished = &status.Finished
	}
	switch status.State {
	case job.Waiting, job.Ready:
		found.State = "waiting"
	case job.Working:
		found.State = "running"
	case job.Done:
		found.State = "done"
	case job.Dead:
		found.State, why = "failed", fault.New(fault.Internal)
	default:
		found.State = "canceled"
	}
	if found.State == "done" && why != nil {
		found.State = "failed"
	}
	if found.Revision == nil {
		return found, why, nil
	}
	// Who is told that it is done goes on with what it made, whichever server did it.
	return found, why, s.Refresh(ctx)
}

// Cancel ends a job that has not come to its end; one that has is left as it
// is. Fault: not_found.
func (s *Service) Cancel(ctx context.Context, id int64) error {
	if _, _, err := s.JobOf(ctx, id); err != nil {
		return err
	}
	err := s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := job.Cancel(ctx, tx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("cancel a job: %w", err)
	}
	return nil
}
