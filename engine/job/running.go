package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/trellis-crm/trellis/engine/store"
)

// Running is a job in the hands of its kind.
type Running struct {
	ID      int64
	Kind    string
	Payload json.RawMessage
	// Attempt counts from one.
	Attempt int
	// RunAt is when it was due.
	RunAt time.Time

	store       *store.Store
	token       string
	maxAttempts int
	completed   atomic.Bool
	cancel      context.CancelCauseFunc
}

// Why the context of a run ended; context.Cause tells.
var (
	// ErrLost: another worker has the job now, or may have it.
	ErrLost = errors.New("the lease of the job is lost")
	// ErrCanceled: somebody canceled the job.
	ErrCanceled = errors.New("the job was canceled")
	// ErrStopping: the server stops; the job will run again.
	ErrStopping = errors.New("the server is stopping")
)

// Decode reads the payload.
func (j *Running) Decode(payload any) error {
	if err := json.Unmarshal(j.Payload, payload); err != nil {
		return Fatal(fmt.Errorf("reading the payload of a job %s: %w", j.Kind, err))
	}
	return nil
}

// Guard makes the transaction fail with ErrLost unless the job is still in
// these hands when it commits.
func (j *Running) Guard(ctx context.Context, tx *store.Tx) error {
	return j.set(ctx, tx, "attempt = attempt")
}

// Advance is a Guard for a part that is done once and for all: a job that gets
// on, however often it is interrupted, is not given up.
func (j *Running) Advance(ctx context.Context, tx *store.Tx) error {
	tx.OnCommit(func() { j.Attempt = 1 })
	return j.set(ctx, tx, "attempt = 1")
}

// Progress stores how far the job is, for those who watch it, and is a Guard.
func (j *Running) Progress(ctx context.Context, tx *store.Tx, progress any) error {
	text, err := json.Marshal(progress)
	if err != nil {
		return fmt.Errorf("writing the progress of a job %s: %w", j.Kind, err)
	}
	return j.set(ctx, tx, "progress = ?", string(text))
}

// Complete marks the job as done in the transaction of its last effect: both
// are kept, or neither. Run returns nil afterwards.
func (j *Running) Complete(ctx context.Context, tx *store.Tx) error {
	if err := j.set(ctx, tx, "state = 'done', error = null, lease_until = null, finished_at = ?", tx.Now().UnixMilli()); err != nil {
		return err
	}
	tx.OnCommit(func() { j.completed.Store(true) })
	return nil
}

// set changes the job's row if it is still in these hands.
func (j *Running) set(ctx context.Context, tx *store.Tx, assignments string, args ...any) error {
	count, err := tx.Exec(ctx, "update sys_job set "+assignments+" where id = ? and locked_by = ? and state = 'running'",
		append(args, j.ID, j.token)...)
	if err != nil {
		return fmt.Errorf("updating job %d: %w", j.ID, err)
	}
	if count == 0 {
		return ErrLost
	}
	return nil
}

// snooze and fatal are errors that say what to do.
type (
	snooze struct{ pause time.Duration }
	fatal  struct{ cause error }
)

// Error is the text for logs.
func (s snooze) Error() string { return "snoozed for " + s.pause.String() }

// Error is the text for logs.
func (f fatal) Error() string { return f.cause.Error() }

// Unwrap gives the cause.
func (f fatal) Unwrap() error { return f.cause }

// Snooze is what Run returns to be run again after a pause, without this
// counting as an attempt.
func Snooze(pause time.Duration) error { return snooze{pause: pause} }

// Fatal is what Run returns when another try would fail too.
func Fatal(cause error) error { return fatal{cause: cause} }
