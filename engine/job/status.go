package job

import (
	"context"
	"encoding/json"
	"time"

	"github.com/trellis-crm/trellis/engine/store"
)

// State is where a job is in its life.
type State = string

// The states.
const (
	Waiting  State = "waiting" // for its time
	Ready    State = "ready"
	Working  State = "running"
	Done     State = "done"
	Dead     State = "dead"
	Canceled State = "canceled"
)

// Status is what can be known of a job.
type Status struct {
	ID       int64
	Kind     string
	State    State
	Attempt  int
	Progress json.RawMessage // as the kind reported it; may be nil
	Error    string          // of the last attempt that failed
	RunAt    time.Time
	Created  time.Time
	Finished time.Time // zero before
}

// row is a job as it is stored.
type row struct {
	ID          int64 `gorm:"primaryKey"`
	Kind        string
	Queue       string
	State       State
	Priority    int
	RunAt       int64
	SerialKey   *string
	UniqueKey   *string
	Payload     string
	Attempt     int
	MaxAttempts int
	LeaseUntil  *int64
	LockedBy    *string
	Canceled    bool
	Progress    *string
	Error       *string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	FinishedAt  *int64
}

// TableName is the table of jobs.
func (row) TableName() string { return "sys_job" }

func (r row) status() Status {
	s := Status{
		ID: r.ID, Kind: r.Kind, State: r.State, Attempt: r.Attempt,
		RunAt: time.UnixMilli(r.RunAt).UTC(), Created: time.UnixMilli(r.CreatedAt).UTC(),
	}
	if r.Progress != nil {
		s.Progress = json.RawMessage(*r.Progress)
	}
	if r.Error != nil {
		s.Error = *r.Error
	}
	if r.FinishedAt != nil {
		s.Finished = time.UnixMilli(*r.FinishedAt).UTC()
	}
	return s
}

// Get reads a job, or answers store.ErrNotFound: finished jobs are forgotten
// after a while.
func Get(ctx context.Context, from store.Source, id int64) (Status, error) {
	found, err := store.First[row](ctx, from, "id = ?", id)
	if err != nil {
		return Status{}, err
	}
	return found.status(), nil
}

// Last reads the newest job of a kind with a key that is taken once, or answers
// store.ErrNotFound.
func Last(ctx context.Context, from store.Source, kind, uniqueKey string) (Status, error) {
	rows, err := store.Find[row](ctx, from, store.Selection{Where: "kind = ? and unique_key = ?", Args: []any{kind, uniqueKey}, Order: "id desc", Limit: 1})
	if err != nil {
		return Status{}, err
	}
	if len(rows) == 0 {
		return Status{}, store.ErrNotFound
	}
	return rows[0].status(), nil
}

// List reads jobs in a state, newest first.
func List(ctx context.Context, from store.Source, state State, limit int) ([]Status, error) {
	rows, err := store.Find[row](ctx, from, store.Selection{Where: "state = ?", Args: []any{state}, Order: "id desc", Limit: limit})
	if err != nil {
		return nil, err
	}
	list := make([]Status, len(rows))
	for i, r := range rows {
		list[i] = r.status()
	}
	return list, nil
}

// cancelChannel is notified after a running job was canceled.
const cancelChannel = "job_cancel"

// Cancel ends a job: at once when it has not begun, otherwise by ending the
// context of its run, after which it is not tried again. It says whether there
// was something to cancel.
func Cancel(ctx context.Context, tx *store.Tx, id int64) (bool, error) {
	tx.Notify(cancelChannel)
	count, err := tx.Exec(ctx, `update sys_job set canceled = ?,
		finished_at = case when state = 'running' then null else cast(? as bigint) end,
		state = case when state = 'running' then 'running' else 'canceled' end
		where id = ? and state in ('waiting', 'ready', 'running')`, true, tx.Now().UnixMilli(), id)
	return count > 0, err
}

// Retry makes a dead or canceled job ready again, with all its attempts. It
// says whether there was one.
func Retry(ctx context.Context, tx *store.Tx, id int64) (bool, error) {
	tx.Notify(Channel)
	count, err := tx.Exec(ctx, `update sys_job set state = 'ready', canceled = ?, attempt = 0, finished_at = null
		where id = ? and state in ('dead', 'canceled')`, false, id)
	return count > 0, err
}
