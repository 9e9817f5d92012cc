package job

import "context"

// Claim takes jobs as a worker does, for tests that are the worker.
func (r *Runner) Claim(ctx context.Context, queue string, n int) ([]*Running, error) {
	return r.claim(ctx, queue, n, r.token())
}

// Settle writes down the end of a run.
func (r *Runner) Settle(ctx context.Context, j *Running, outcome error) error {
	return r.settle(ctx, j, outcome, nil)
}

// EnqueueDue looks at the schedules once.
func (r *Runner) EnqueueDue(ctx context.Context) error { return r.enqueueDue(ctx) }

// ExtendAll is one heartbeat.
func (r *Runner) ExtendAll(ctx context.Context) { r.extendAll(ctx) }

// Abandon ends everything without a word to the database, as a crash does.
func (r *Runner) Abandon() {
	r.letGo()
	r.leases.Wait()
	r.stop()
	r.loops.Wait()
	r.mu.Lock()
	for j := range r.running {
		j.cancel(ErrLost)
	}
	r.mu.Unlock()
	r.handlers.Wait()
}
