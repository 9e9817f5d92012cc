package job_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// model is what must be true of the jobs, kept beside the database.
type model struct {
	b       *bundle
	workers []*job.Runner
	jobs    map[int64]*modelJob
	held    []*holding
	queue   string
}

type modelJob struct {
	state   job.State
	serial  string
	unique  string
	runAt   time.Time
	attempt int
	most    int
	expired bool     // its lease
	holder  *holding // whose word counts
	effects int
}

// holding is a worker with a job in its hands, perhaps no longer.
type holding struct {
	worker *job.Runner
	run    *job.Running
}

func (m *model) unfinished(j *modelJob) bool {
	return j.state == job.Waiting || j.state == job.Ready || j.state == job.Working
}

func (m *model) enqueue(t *rapid.T) {
	j := job.Job{
		Queue: m.queue, MaxAttempts: rapid.IntRange(1, 4).Draw(t, "attempts"), Priority: rapid.IntRange(0, 2).Draw(t, "priority"),
		SerialKey: rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "serial"),
		UniqueKey: rapid.SampledFrom([]string{"", "", "", "u", "v"}).Draw(t, "unique"),
	}
	if rapid.Bool().Draw(t, "later") {
		j.RunAt = m.b.clock.Now().Add(time.Minute)
	}
	if j.SerialKey != "" {
		j.SerialKey += m.queue
	}
	if j.UniqueKey != "" {
		j.UniqueKey += m.queue
	}
	taken := false
	for _, other := range m.jobs {
		taken = taken || j.UniqueKey != "" && other.unique == j.UniqueKey && m.unfinished(other)
	}
	id := m.b.enqueue(j)[0]
	require.Equal(t, taken, id == 0)
	if taken {
		return
	}
	state := job.Ready
	if !j.RunAt.IsZero() {
		state = job.Waiting
	}
	m.jobs[id] = &modelJob{state: state, serial: j.SerialKey, unique: j.UniqueKey, runAt: j.RunAt, most: j.MaxAttempts}
}

// claim lets a worker take jobs, and judges whether it may have them.
func (m *model) claim(t *rapid.T) {
	worker := rapid.SampledFrom(m.workers).Draw(t, "worker")
	claimed, err := worker.Claim(m.b.ctx, m.queue, rapid.IntRange(1, 3).Draw(t, "count"))
	require.NoError(t, err)
	for _, j := range m.jobs { // what the claim does first
		if j.state == job.Working && j.expired {
			j.holder = nil
			if j.state = job.Ready; j.attempt >= j.most {
				j.state = job.Dead
			}
		}
		if j.state == job.Waiting && !j.runAt.After(m.b.clock.Now()) {
			j.state = job.Ready
		}
	}
	for _, run := range claimed {
		j := m.jobs[run.ID]
		require.NotNil(t, j)
		require.Equal(t, job.Ready, j.state, "job %d", run.ID)
		for id, other := range m.jobs {
			if j.serial != "" && other.serial == j.serial && id != run.ID {
				require.NotEqual(t, job.Working, other.state, "serial key of job %d", run.ID)
				require.False(t, id < run.ID && m.unfinished(other), "job %d overtook %d", run.ID, id)
			}
		}
		h := &holding{worker: worker, run: run}
		j.attempt++
		require.Equal(t, j.attempt, run.Attempt)
		j.state, j.holder, j.expired = job.Working, h, false
		m.held = append(m.held, h)
	}
	if len(claimed) == 0 {
		for id, j := range m.jobs {
			require.False(t, j.state == job.Ready && j.serial == "", "job %d was left", id)
		}
	}
}

// act lets someone who once got a job do something with it.
func (m *model) act(t *rapid.T) {
	if len(m.held) == 0 {
		return
	}
	h := rapid.SampledFrom(m.held).Draw(t, "holder")
	j := m.jobs[h.run.ID]
	ours := j.holder == h && j.state == job.Working
	var err error
	switch action := rapid.IntRange(0, 5).Draw(t, "action"); action {
	case 0, 1:
		protect := h.run.Guard
		if action == 1 {
			protect = h.run.Complete
		}
		err = m.b.effect(m.b.ctx, h.run, func(ctx context.Context, tx *store.Tx) error { return protect(ctx, tx) })
		if ours {
			j.effects++
			if action == 1 {
				j.state = job.Done
			}
		}
	case 2:
		err = h.worker.Settle(m.b.ctx, h.run, nil)
		m.settled(j, ours, job.Done)
	case 3:
		err = h.worker.Settle(m.b.ctx, h.run, errors.New("failed"))
		if m.settled(j, ours, job.Waiting); ours && j.attempt >= j.most {
			j.state = job.Dead
		}
	case 4:
		err = h.worker.Settle(m.b.ctx, h.run, job.Fatal(errors.New("failed")))
		m.settled(j, ours, job.Dead)
	case 5:
		err = h.worker.Settle(m.b.ctx, h.run, job.Snooze(time.Second))
		if m.settled(j, ours, job.Waiting); ours {
			j.attempt--
		}
	}
	if ours {
		require.NoError(t, err)
		return
	}
	if err != nil { // a run that completed its job has nothing more to settle
		require.ErrorIs(t, err, job.ErrLost)
	}
}

func (m *model) settled(j *modelJob, ours bool, state job.State) {
	if ours {
		j.state = state
		j.runAt = m.b.clock.Now().Add(24 * time.Hour) // until the clock is moved far
	}
}

func (m *model) move() {
	m.b.clock.Shift(m.b.clock.Offset() + 48*time.Hour)
}

func (m *model) expire() {
	m.b.expire()
	for _, j := range m.jobs {
		j.expired = j.expired || j.state == job.Working
	}
}

// check compares the database with the model.
func (m *model) check(t *rapid.T) {
	for id, j := range m.jobs {
		status, err := job.Get(m.b.ctx, m.b.store, id)
		require.NoError(t, err)
		if j.state == job.Waiting || j.state == job.Ready { // which of them, the next claim decides
			require.Contains(t, []job.State{job.Waiting, job.Ready}, status.State, "job %d", id)
			continue
		}
		require.Equal(t, j.state, status.State, "job %d", id)
	}
}

// TestJobsKeepTheirPromisesInAnyOrderOfEvents lets workers claim, write,
// finish, fail, lose their leases and come back late, at random.
func TestJobsKeepTheirPromisesInAnyOrderOfEvents(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		round := 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			m := &model{b: b, queue: "q" + strconv.Itoa(round), jobs: map[int64]*modelJob{}, workers: []*job.Runner{b.runner(), b.runner()}}
			t.Repeat(map[string]func(*rapid.T){
				"enqueue": m.enqueue, "claim": m.claim, "act": m.act,
				"expire": func(*rapid.T) { m.expire() }, "move": func(*rapid.T) { m.move() }, "": m.check,
			})
			m.drain(t)
		})
	})
}

// drain lets the crash of every worker and the passing of time finish all.
func (m *model) drain(t *rapid.T) {
	worker := m.workers[0]
	for {
		m.expire()
		m.move()
		claimed, err := worker.Claim(m.b.ctx, m.queue, 100)
		require.NoError(t, err)
		if len(claimed) == 0 {
			break
		}
		for _, run := range claimed {
			require.NoError(t, worker.Settle(m.b.ctx, run, nil))
		}
	}
	ids := make([]int64, 0, len(m.jobs))
	for id := range m.jobs {
		ids = append(ids, id)
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		status, err := job.Get(m.b.ctx, m.b.store, id)
		require.NoError(t, err)
		require.Contains(t, []job.State{job.Done, job.Dead}, status.State, "job %d is stuck", id)
	}
}
