package job_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// bundle is a database with a movable clock, and servers on it.
type bundle struct {
	t     *testing.T
	ctx   context.Context
	store *store.Store
	clock *clock.Movable
	kinds *kind.Registry[job.Kind]
	probe *probe
}

// probe is a kind whose work the test decides.
type probe struct {
	mu  sync.Mutex
	run func(ctx context.Context, j *job.Running) error
}

func (p *probe) Name() string { return "probe" }

func (p *probe) Run(ctx context.Context, j *job.Running) error {
	p.mu.Lock()
	run := p.run
	p.mu.Unlock()
	return run(ctx, j)
}

func (p *probe) does(run func(ctx context.Context, j *job.Running) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run = run
}

func each(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		b := &bundle{t: t, ctx: t.Context(), clock: &clock.Movable{}, probe: &probe{}}
		config.Clock = b.clock
		b.store = storetest.Open(t, config)
		b.kinds = kinds(b.probe)
		test(t, b)
	})
}

// server starts a runner that looks for jobs often.
func (b *bundle) server(change ...func(*job.Config)) *job.Runner {
	b.t.Helper()
	r := b.runner(change...)
	require.NoError(b.t, r.Start(b.ctx))
	b.t.Cleanup(func() { _ = r.Stop(context.Background()) })
	return r
}

func (b *bundle) runner(change ...func(*job.Config)) *job.Runner {
	config := job.Config{Kinds: b.kinds, Poll: 20 * time.Millisecond, Base: time.Second}
	for _, c := range change {
		c(&config)
	}
	return job.NewRunner(b.store, config)
}

func (b *bundle) enqueue(jobs ...job.Job) (ids []int64) {
	b.t.Helper()
	require.NoError(b.t, b.store.Write(b.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		ids = nil
		for _, j := range jobs {
			j.Kind = "probe"
			id, err := job.EnqueueOne(ctx, tx, j)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	}))
	return ids
}

func (b *bundle) status(id int64) job.Status {
	b.t.Helper()
	status, err := job.Get(b.ctx, b.store, id)
	require.NoError(b.t, err)
	return status
}

// until waits for the job to be in a state.
func (b *bundle) until(id int64, state job.State) job.Status {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return b.status(id).State == state }, 20*time.Second, 5*time.Millisecond,
		"job %d never became %s", id, state)
	return b.status(id)
}

// expire ends all leases, as if their workers had been silent for too long.
func (b *bundle) expire() {
	b.t.Helper()
	require.NoError(b.t, b.store.Write(b.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "update sys_job set lease_until = 0 where state = 'running'")
		return err
	}))
}

func (b *bundle) cancel(id int64) {
	b.t.Helper()
	require.NoError(b.t, b.store.Write(b.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := job.Cancel(ctx, tx, id)
		return err
	}))
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestAJobExistsIfAndOnlyIfItsTransactionCommits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ran := make(chan string, 10)
		b.probe.does(func(_ context.Context, j *job.Running) error {
			var payload string
			err := j.Decode(&payload)
			ran <- payload
			return err
		})
		b.server()
		undone := errors.New("undone")
		require.ErrorIs(t, b.store.Write(b.ctx, store.Interactive, func(_ context.Context, tx *store.Tx) error {
			require.NoError(t, job.Enqueue(tx, job.Job{Kind: "probe", Payload: "undone"}))
			return undone
		}), undone)
		require.NoError(t, b.store.Write(b.ctx, store.Interactive, func(_ context.Context, tx *store.Tx) error {
			return job.Enqueue(tx, job.Job{Kind: "probe", Payload: "kept"})
		}))
		require.Equal(t, "kept", receive(t, ran))
		require.Empty(t, ran)
	})
}

func TestAFailedJobIsTriedAgainLaterAndThenDead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.probe.does(func(_ context.Context, j *job.Running) error { return fmt.Errorf("attempt %d failed", j.Attempt) })
		b.server()
		id := b.enqueue(job.Job{MaxAttempts: 3})[0]
		for attempt := 1; attempt < 3; attempt++ {
			require.Eventually(t, func() bool { s := b.status(id); return s.State == job.Waiting && s.Attempt == attempt }, 20*time.Second, 5*time.Millisecond)
			status := b.status(id)
			pause := time.Second << (attempt - 1)
			require.Equal(t, fmt.Sprintf("attempt %d failed", attempt), status.Error)
			require.WithinRange(t, status.RunAt, b.clock.Now().Add(-20*time.Second), b.clock.Now().Add(pause*5/4))
			b.clock.Shift(b.clock.Offset() + pause*5/4 + time.Second)
		}
		require.Equal(t, 3, b.until(id, job.Dead).Attempt)
		require.NoError(t, b.store.Write(b.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			again, err := job.Retry(ctx, tx, id)
			require.True(t, again)
			return err
		}))
		b.probe.does(func(context.Context, *job.Running) error { return nil })
		b.clock.Shift(b.clock.Offset() + time.Hour)
		b.until(id, job.Done)
	})
}

func TestAJobThatGetsOnIsNotGivenUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const parts = 4
		ran := make(chan int, 100)
		runs := 0
		b.probe.does(func(ctx context.Context, j *job.Running) error {
			if runs++; runs <= parts {
				if err := b.store.Write(ctx, store.Interactive, j.Advance); err != nil {
					return err
				}
			}
			ran <- runs
			return errors.New("interrupted")
		})
		b.server()
		id := b.enqueue(job.Job{MaxAttempts: 2})[0]
		for run := 1; run <= parts; run++ {
			require.Equal(t, run, receive(t, ran))
			b.until(id, job.Waiting)
			b.clock.Shift(b.clock.Offset() + time.Minute)
		}
		require.Equal(t, parts+1, receive(t, ran), "and now it no longer gets on")
		require.Equal(t, 2, b.until(id, job.Dead).Attempt)
	})
}

func TestARunEndsAsItSays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		var snoozed atomic.Bool
		b.probe.does(func(_ context.Context, j *job.Running) error {
			var does string
			if err := j.Decode(&does); err != nil {
				return err
			}
			switch does {
			case "fatal":
				return job.Fatal(errors.New("hopeless"))
			case "panic":
				panic("oh")
			case "snooze":
				if snoozed.CompareAndSwap(false, true) {
					return job.Snooze(time.Hour)
				}
			}
			return nil
		})
		b.server()
		ids := b.enqueue(job.Job{Payload: "fatal"}, job.Job{Payload: "panic"}, job.Job{Payload: "snooze"}, job.Job{Payload: 5})
		require.Equal(t, "hopeless", b.until(ids[0], job.Dead).Error)
		require.Contains(t, b.until(ids[1], job.Waiting).Error, "panic: oh")
		require.Zero(t, b.until(ids[2], job.Waiting).Attempt)
		require.Contains(t, b.until(ids[3], job.Dead).Error, "reading the payload")
		b.clock.Shift(2 * time.Hour)
		require.Equal(t, 1, b.until(ids[2], job.Done).Attempt)
	})
}

func TestAJobWaitsForItsTimeByTheProductsClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.probe.does(func(context.Context, *job.Running) error { return nil })
		b.server()
		ids := b.enqueue(job.Job{RunAt: b.clock.Now().Add(time.Hour)}, job.Job{RunAt: b.clock.Now().Add(-time.Hour)})
		b.until(ids[1], job.Done)
		require.Equal(t, job.Waiting, b.status(ids[0]).State)
		b.clock.Shift(2 * time.Hour)
		b.until(ids[0], job.Done)
	})
}

func TestJobsGoByPriorityThenByTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		now := b.clock.Now()
		ids := b.enqueue(job.Job{Priority: 2}, job.Job{Priority: 1}, job.Job{Priority: 1, RunAt: now.Add(-time.Hour)}, job.Job{})
		claimed, err := b.runner().Claim(b.ctx, job.DefaultQueue, 3)
		require.NoError(t, err)
		require.Len(t, claimed, 3)
		require.Equal(t, []int64{ids[3], ids[2], ids[1]}, []int64{claimed[0].ID, claimed[1].ID, claimed[2].ID})
	})
}

func TestAUniqueKeyIsTakenUntilItsJobIsFinished(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		var enqueued atomic.Int64
		var clients sync.WaitGroup
		for range 16 {
			clients.Go(func() {
				id := b.enqueue(job.Job{UniqueKey: "one"})[0]
				if id != 0 {
					enqueued.Add(1)
				}
			})
		}
		clients.Wait()
		require.EqualValues(t, 1, enqueued.Load())
		require.NotZero(t, b.enqueue(job.Job{UniqueKey: "two"})[0])
		r := b.runner()
		claimed, err := r.Claim(b.ctx, job.DefaultQueue, 2)
		require.NoError(t, err)
		require.Zero(t, b.enqueue(job.Job{UniqueKey: "one"})[0], "it runs")
		require.NoError(t, r.Settle(b.ctx, claimed[0], errors.New("again")))
		require.Zero(t, b.enqueue(job.Job{UniqueKey: "one"})[0], "it waits for another try")
		b.clock.Shift(time.Hour)
		claimed, err = r.Claim(b.ctx, job.DefaultQueue, 1)
		require.NoError(t, err)
		require.NoError(t, r.Settle(b.ctx, claimed[0], nil))
		require.NotZero(t, b.enqueue(job.Job{UniqueKey: "one"})[0])
	})
}

func TestJobsWithASerialKeyRunOneAfterTheOtherInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const keys, perKey = 4, 12
		var mu sync.Mutex
		order := map[string][]int64{}
		running := map[string]bool{}
		b.probe.does(func(_ context.Context, j *job.Running) error {
			var key string
			if err := j.Decode(&key); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if running[key] {
				return errors.New("two at once")
			}
			running[key] = true
			mu.Unlock() // lets others try to run now
			mu.Lock()
			running[key] = false
			order[key] = append(order[key], j.ID)
			return nil
		})
		var jobs []job.Job
		for n := range keys * perKey {
			key := fmt.Sprint("key", n%keys)
			jobs = append(jobs, job.Job{Payload: key, SerialKey: key, Priority: -n})
		}
		for range 3 {
			b.server()
		}
		ids := b.enqueue(jobs...)
		for _, id := range ids {
			b.until(id, job.Done)
		}
		for n := range keys {
			got := order[fmt.Sprint("key", n)]
			require.Len(t, got, perKey)
			require.IsIncreasing(t, got)
		}
	})
}

func TestSeveralServersRunEachJobOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const count = 300
		var mu sync.Mutex
		runs := map[int64]int{}
		all := make(chan struct{})
		b.probe.does(func(_ context.Context, j *job.Running) error {
			mu.Lock()
			defer mu.Unlock()
			runs[j.ID]++
			if len(runs) == count {
				close(all)
			}
			return nil
		})
		for range 4 {
			b.server()
		}
		ids := b.enqueue(make([]job.Job, count)...)
		receive(t, all)
		for _, id := range ids {
			b.until(id, job.Done)
			require.Equal(t, 1, runs[id])
		}
	})
}

func TestCancelEndsARunningJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		began := make(chan int64, 1)
		b.probe.does(func(ctx context.Context, j *job.Running) error {
			began <- j.ID
			<-ctx.Done()
			return context.Cause(ctx)
		})
		b.server()
		ids := b.enqueue(job.Job{}, job.Job{RunAt: b.clock.Now().Add(time.Hour)})
		require.Equal(t, ids[0], receive(t, began))
		b.cancel(ids[0])
		b.cancel(ids[1])
		b.until(ids[0], job.Canceled)
		require.Equal(t, job.Canceled, b.status(ids[1]).State)
	})
}

func TestProgressCanBeWatched(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		reported := make(chan struct{})
		goOn := make(chan struct{})
		b.probe.does(func(ctx context.Context, j *job.Running) error {
			err := b.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
				return j.Progress(ctx, tx, map[string]int{"done": 3, "total": 9})
			})
			close(reported)
			<-goOn
			return err
		})
		b.server()
		id := b.enqueue(job.Job{})[0]
		receive(t, reported)
		require.JSONEq(t, `{"done": 3, "total": 9}`, string(b.status(id).Progress))
		close(goOn)
		b.until(id, job.Done)
	})
}

func TestFinishedJobsAreForgottenAfterAWhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.probe.does(func(_ context.Context, j *job.Running) error {
			var fails bool
			if err := j.Decode(&fails); err != nil || !fails {
				return err
			}
			return job.Fatal(errors.New("dead"))
		})
		r := b.server()
		ids := b.enqueue(job.Job{Payload: false}, job.Job{Payload: true})
		b.until(ids[0], job.Done)
		b.until(ids[1], job.Dead)
		b.clock.Shift(8 * 24 * time.Hour)
		require.NoError(t, r.Prune(b.ctx))
		_, err := job.Get(b.ctx, b.store, ids[0])
		require.ErrorIs(t, err, store.ErrNotFound)
		require.Equal(t, job.Dead, b.status(ids[1]).State)
		b.clock.Shift(100 * 24 * time.Hour)
		require.NoError(t, r.Prune(b.ctx))
		_, err = job.Get(b.ctx, b.store, ids[1])
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func kinds(p *probe) *kind.Registry[job.Kind] { return kind.NewRegistry[job.Kind](p) }
