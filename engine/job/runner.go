package job

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/store"
)

// Queue says how many jobs of a queue one server runs at a time.
type Queue struct {
	Name    string
	Workers int
}

// Config says how jobs are run; only Kinds must be given.
type Config struct {
	Kinds  *kind.Registry[Kind]
	Queues []Queue
	// Lease is how long a job stays with a worker that gives no sign of life.
	Lease time.Duration
	// Poll is how often a server looks for jobs without being told.
	Poll time.Duration
	// Base is the pause after the first failure; each one after is twice as
	// long, MaxPause at most, and up to a quarter longer by chance.
	Base, MaxPause time.Duration
	// KeepDone and KeepDead are how long finished jobs can still be looked at.
	KeepDone, KeepDead time.Duration
	Log                *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Queues == nil {
		c.Queues = []Queue{{Name: DefaultQueue, Workers: 4}}
	}
	for _, setting := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&c.Lease, 20 * time.Second},
		{&c.Poll, time.Second},
		{&c.Base, 5 * time.Second},
		{&c.MaxPause, 6 * time.Hour},
		{&c.KeepDone, 7 * 24 * time.Hour},
		{&c.KeepDead, 90 * 24 * time.Hour},
	} {
		if *setting.value == 0 {
			*setting.value = setting.usual
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Runner runs jobs on one server; several servers share one PostgreSQL.
type Runner struct {
	store        *store.Store
	config       Config
	log          *slog.Logger
	lease        time.Duration
	milliseconds string // the expression for the clock of leases
	name         string

	stop     context.CancelFunc // ends claiming
	loops    sync.WaitGroup
	handlers sync.WaitGroup
	letGo    context.CancelFunc // ends the keeping of leases
	leases   sync.WaitGroup
	freed    map[string]chan struct{} // by queue: a worker is free again

	mu      sync.Mutex
	claims  int64
	running map[*Running]time.Time // since when the lease is certain, by the machine's clock
}

// NewRunner prepares a runner; Start starts it.
func NewRunner(s *store.Store, config Config) *Runner {
	config = config.withDefaults()
	return &Runner{
		store: s, config: config, log: config.Log, lease: config.Lease, milliseconds: s.Dialect().Milliseconds(),
		name: rand.Text(), freed: map[string]chan struct{}{}, running: map[*Running]time.Time{},
	}
}

// Start begins to run jobs. Where only one server can be, it first takes back
// what a server before it had begun.
func (r *Runner) Start(ctx context.Context) error {
	if r.store.Dialect().SingleWriter() {
		if err := r.release(ctx, "state = 'running'"); err != nil {
			return err
		}
	}
	leasing, letGo := context.WithCancel(context.WithoutCancel(ctx))
	ctx, r.stop = context.WithCancel(leasing)
	r.letGo = letGo
	for _, queue := range r.config.Queues {
		r.freed[queue.Name] = make(chan struct{}, 1)
		r.loops.Go(func() { r.work(ctx, queue) })
	}
	r.loops.Go(func() { r.keepSchedules(ctx) })
	r.loops.Go(func() { r.prune(ctx) })
	r.leases.Go(func() { r.keepLeases(leasing) })
	return nil
}

// release makes jobs ready again that were begun and not ended; the begun run
// does not count.
func (r *Runner) release(ctx context.Context, which string, args ...any) error {
	err := r.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `update sys_job set attempt = attempt - 1, lease_until = null, locked_by = null,
			state = case when canceled then 'canceled' else 'ready' end,
			finished_at = case when canceled then cast(? as bigint) end where `+which,
			append([]any{tx.Now().UnixMilli()}, args...)...)
		tx.Notify(Channel)
		return err
	})
	if err != nil {
		return fmt.Errorf("freeing leases: %w", err)
	}
	return nil
}

// Stop takes no more jobs, asks the running ones to end, waits for them until
// ctx ends, and hands back what is left.
func (r *Runner) Stop(ctx context.Context) error {
	r.stop()
	r.loops.Wait()
	r.mu.Lock()
	for j := range r.running {
		j.cancel(ErrStopping)
	}
	r.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		r.handlers.Wait()
		close(ended)
	}()
	defer func() {
		r.letGo()
		r.leases.Wait()
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	return r.release(context.WithoutCancel(ctx), "state = 'running' and locked_by like ?", r.name+".%")
}

// work gives the jobs of one queue to its workers.
func (r *Runner) work(ctx context.Context, queue Queue) {
	woken := r.store.Listen(ctx, Channel)
	freed := r.freed[queue.Name]
	timer := time.NewTimer(0)
	defer timer.Stop()
	for busy := new(atomic.Int64); ; {
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-freed:
		case <-timer.C:
		}
		for int(busy.Load()) < queue.Workers && r.fill(ctx, queue, busy) {
			continue
		}
		timer.Reset(r.config.Poll)
	}
}

// fill claims as many jobs as there are free workers and starts them; it is
// false when there were fewer.
func (r *Runner) fill(ctx context.Context, queue Queue, busy *atomic.Int64) bool {
	free := queue.Workers - int(busy.Load())
	claimed := clock.Machine()
	// A claim is not given up halfway, because it might have been committed.
	claiming, done := context.WithTimeout(context.WithoutCancel(ctx), r.lease/2)
	defer done()
	jobs, err := r.claim(claiming, queue.Name, free, r.token())
	if err != nil {
		if ctx.Err() == nil {
			r.log.Warn("claiming jobs", "queue", queue.Name, "error", err)
		}
		return false
	}
	for _, j := range jobs {
		busy.Add(1)
		runCtx, cancel := context.WithCancelCause(store.InLane(context.WithoutCancel(ctx), store.Bulk))
		j.cancel = cancel
		r.mu.Lock()
		r.running[j] = claimed
		r.mu.Unlock()
		r.handlers.Go(func() {
			r.execute(runCtx, j)
			busy.Add(-1)
			select {
			case r.freed[queue.Name] <- struct{}{}:
			default: // it will look anyway
			}
		})
	}
	return len(jobs) == free
}

func (r *Runner) token() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.claims++
	return fmt.Sprintf("%s.%d", r.name, r.claims)
}

// execute runs a job and settles it.
func (r *Runner) execute(ctx context.Context, j *Running) {
	outcome := r.call(ctx, j)
	r.mu.Lock()
	delete(r.running, j)
	r.mu.Unlock()
	cause := context.Cause(ctx)
	j.cancel(nil)
	if errors.Is(cause, ErrLost) {
		r.log.Warn("a job was lost to another worker", "id", j.ID, "kind", j.Kind)
		return
	}
	if err := r.settle(context.WithoutCancel(ctx), j, outcome, cause); err != nil {
		// Its lease will end, and it will run again.
		r.log.Warn("writing down how a job ended", "id", j.ID, "kind", j.Kind, "error", err)
	}
}

// call runs the kind; a panic becomes its error.
func (r *Runner) call(ctx context.Context, j *Running) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	k, known := r.config.Kinds.Get(j.Kind)
	if !known {
		// A newer server may know it.
		r.log.Warn("no kind of job has this name here", "kind", j.Kind)
		return Snooze(unknownPause)
	}
	return k.Run(ctx, j)
}

// A job of a kind that this server does not know waits this long.
const unknownPause = time.Minute

// backoff is the pause after an attempt that failed.
func (r *Runner) backoff(attempt int) time.Duration {
	pause := r.config.MaxPause
	if attempt < 30 {
		pause = min(pause, r.config.Base<<(attempt-1))
	}
	return pause + mathrand.N(pause/4+1) //nolint:gosec // a pause is no secret
}

// keepLeases extends the leases of running jobs, and ends the runs of those
// that are lost or canceled.
func (r *Runner) keepLeases(ctx context.Context) {
	canceled := r.store.Listen(ctx, cancelChannel)
	timer := time.NewTicker(r.lease / 4)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-canceled:
		}
		r.extendAll(ctx)
	}
}

// extendAll extends the leases of all running jobs.
func (r *Runner) extendAll(ctx context.Context) {
	r.mu.Lock()
	jobs := make([]*Running, 0, len(r.running))
	var tokens []string
	for j := range r.running {
		jobs = append(jobs, j)
		if !slices.Contains(tokens, j.token) {
			tokens = append(tokens, j.token)
		}
	}
	r.mu.Unlock()
	if len(jobs) == 0 {
		return
	}
	asked := clock.Machine()
	ctx, cancel := context.WithTimeout(ctx, r.lease/4)
	defer cancel()
	held, err := r.extend(ctx, tokens)
	if err != nil {
		r.log.Warn("keeping jobs", "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range jobs {
		since, still := r.running[j]
		if !still {
			continue // it ended meanwhile
		}
		canceled, ours := held[j.ID]
		switch {
		case err != nil && asked.Sub(since) < r.lease:
		case err != nil || !ours && !j.completed.Load():
			j.cancel(ErrLost)
		case canceled:
			j.cancel(ErrCanceled)
		default:
			r.running[j] = asked
		}
	}
}
