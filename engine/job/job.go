// Package job does durable work: a job is enqueued in the transaction of the
// change that needs it, so that it exists if and only if the change does, and
// is run at least once by a worker of some server, with retries. It knows
// nothing of what the work is: a Kind does. Start with Enqueue and Runner;
// claim.go is the heart.
//
// A job is waiting for its time, ready, running under a lease, and at the end
// done, dead (it failed too often) or canceled. A worker that stops to extend
// its lease loses the job to another, and from then on nothing that it writes
// about the job, or in a transaction that it guards, is kept.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/store"
)

// Kind is a variety of work.
type Kind interface {
	kind.Kind
	// Run does the work of one job. It may run again after a crash, so its
	// effects inside the database belong to transactions that Running.Guard or
	// Running.Complete protect. An error means another try later; see Snooze
	// and Fatal for other ends. When ctx ends, it returns soon.
	Run(ctx context.Context, job *Running) error
}

// Mortal is a Kind that must know when a job of its own is dead, because
// something waits for its end. Died is called once, in the transaction in which
// the job dies; an error, which is logged, undoes only what Died did.
type Mortal interface {
	Kind
	Died(ctx context.Context, tx *store.Tx, job *Running) error
}

// DefaultQueue is the queue of jobs that name none.
const DefaultQueue = "default"

// DefaultAttempts is how often a job is tried that does not say.
const DefaultAttempts = 12

// Job is work to be done.
type Job struct {
	// Kind is the name of the kind that does it.
	Kind string
	// Payload is given to the kind, as JSON.
	Payload any
	// RunAt is the earliest time by the product's clock; zero is now.
	RunAt time.Time
	// Queue is DefaultQueue when it is empty.
	Queue string
	// Priority: jobs with a smaller number go first.
	Priority int
	// SerialKey: jobs with the same key run one after the other, in the order
	// in which they were enqueued.
	SerialKey string
	// UniqueKey: while a job of the kind with this key is not finished, no
	// second one is enqueued.
	UniqueKey string
	// MaxAttempts is DefaultAttempts when it is zero.
	MaxAttempts int
}

// Channel is notified after jobs were enqueued.
const Channel = "job"

const columns = `kind, queue, state, priority, run_at, serial_key, unique_key, payload, attempt, max_attempts, canceled, created_at`

// Rows of one insert, far below the number of arguments a statement may have.
const enqueueRows = 100

// Enqueue adds jobs with the transaction; workers wake when it commits. A job
// whose UniqueKey is taken is left out.
func Enqueue(tx *store.Tx, jobs ...Job) error {
	for len(jobs) > 0 {
		part := jobs[:min(len(jobs), enqueueRows)]
		jobs = jobs[len(part):]
		text, args, err := insert(tx.Now(), part)
		if err != nil {
			return err
		}
		tx.Queue(text, args...)
	}
	tx.Notify(Channel)
	return nil
}

// EnqueueOne is Enqueue for one job, and gives its id; zero when its UniqueKey
// is taken.
func EnqueueOne(ctx context.Context, tx *store.Tx, job Job) (id int64, err error) {
	text, args, err := insert(tx.Now(), []Job{job})
	if err != nil {
		return 0, err
	}
	tx.Notify(Channel)
	err = tx.QueryRow(ctx, text+" returning id", args...).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

func insert(now time.Time, jobs []Job) (text string, args []any, err error) {
	const one = "(?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)"
	args = make([]any, 0, 11*len(jobs))
	for _, j := range jobs {
		payload, err := json.Marshal(j.Payload)
		if err != nil {
			return "", nil, fmt.Errorf("writing the payload of a job %s: %w", j.Kind, err)
		}
		state, runAt := Ready, now
		if !j.RunAt.IsZero() {
			runAt = j.RunAt
		}
		if runAt.After(now) {
			state = Waiting
		}
		if j.Queue == "" {
			j.Queue = DefaultQueue
		}
		if j.MaxAttempts == 0 {
			j.MaxAttempts = DefaultAttempts
		}
		args = append(args, j.Kind, j.Queue, state, int64(j.Priority), runAt.UnixMilli(), optional(j.SerialKey), optional(j.UniqueKey),
			string(payload), int64(j.MaxAttempts), false, now.UnixMilli())
	}
	rows := strings.Repeat(", "+one, len(jobs))[2:]
	return "insert into sys_job (" + columns + ") values " + rows + " on conflict do nothing", args, nil
}

func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}
