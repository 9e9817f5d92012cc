package job_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// effect is work with a trace in the database, one row for each time that it
// was kept.
func (b *bundle) effect(ctx context.Context, j *job.Running, protect func(context.Context, *store.Tx) error) error {
	return b.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `insert into sys_login_attempt (account, address, at, succeeded) values (?, '', 0, ?)`,
			string(j.Payload), true); err != nil {
			return err
		}
		return protect(ctx, tx)
	})
}

func (b *bundle) effects(payload string) (count int) {
	b.t.Helper()
	require.NoError(b.t, b.store.QueryRow(b.ctx, `select count(*) from sys_login_attempt where account = ?`, payload).Scan(&count))
	return count
}

// TestACrashBetweenAnyTwoStepsLosesNothingAndDoublesNothing stops a worker
// after each durable step: enqueued, claimed, effect and end. Another worker
// takes over, and the effect is there once.
func TestACrashBetweenAnyTwoStepsLosesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for _, payload := range []string{`"enqueued"`, `"claimed"`, `"completed"`, `"settled"`} {
			id := b.enqueue(job.Job{Payload: payload[1 : len(payload)-1]})[0]
			first := b.runner()
			if payload != `"enqueued"` {
				claimed, err := first.Claim(b.ctx, job.DefaultQueue, 1)
				require.NoError(t, err)
				require.Len(t, claimed, 1)
				if payload == `"completed"` || payload == `"settled"` {
					require.NoError(t, b.effect(b.ctx, claimed[0], func(ctx context.Context, tx *store.Tx) error { return claimed[0].Complete(ctx, tx) }))
				}
				if payload == `"settled"` {
					require.NoError(t, first.Settle(b.ctx, claimed[0], nil))
				}
			}
			b.expire()
			second := b.runner()
			claimed, err := second.Claim(b.ctx, job.DefaultQueue, 1)
			require.NoError(t, err)
			for _, j := range claimed {
				require.Equal(t, id, j.ID)
				require.NoError(t, b.effect(b.ctx, j, func(ctx context.Context, tx *store.Tx) error { return j.Complete(ctx, tx) }))
				require.NoError(t, second.Settle(b.ctx, j, nil))
			}
			require.Equal(t, job.Done, b.status(id).State, payload)
			require.Equal(t, 1, b.effects(payload), payload)
		}
	})
}

func TestAWorkerThatLostItsLeaseCanWriteNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		id := b.enqueue(job.Job{Payload: "x"})[0]
		slow, quick := b.runner(), b.runner()
		lost, err := slow.Claim(b.ctx, job.DefaultQueue, 1)
		require.NoError(t, err)
		b.expire()
		taken, err := quick.Claim(b.ctx, job.DefaultQueue, 1)
		require.NoError(t, err)
		require.Equal(t, id, taken[0].ID)
		require.ErrorIs(t, b.effect(b.ctx, lost[0], func(ctx context.Context, tx *store.Tx) error { return lost[0].Guard(ctx, tx) }), job.ErrLost)
		require.ErrorIs(t, b.effect(b.ctx, lost[0], func(ctx context.Context, tx *store.Tx) error { return lost[0].Progress(ctx, tx, 1) }), job.ErrLost)
		require.ErrorIs(t, b.effect(b.ctx, lost[0], func(ctx context.Context, tx *store.Tx) error { return lost[0].Complete(ctx, tx) }), job.ErrLost)
		require.ErrorIs(t, slow.Settle(b.ctx, lost[0], nil), job.ErrLost)
		require.ErrorIs(t, slow.Settle(b.ctx, lost[0], errors.New("failed")), job.ErrLost)
		require.Zero(t, b.effects(`"x"`))
		require.NoError(t, b.effect(b.ctx, taken[0], func(ctx context.Context, tx *store.Tx) error { return taken[0].Guard(ctx, tx) }))
		require.NoError(t, quick.Settle(b.ctx, taken[0], nil))
		require.Equal(t, 1, b.effects(`"x"`))
	})
}

func TestAServerThatCrashedLosesItsJobsToAnother(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		began := make(chan int64, 10)
		b.probe.does(func(ctx context.Context, j *job.Running) error {
			began <- j.ID
			<-ctx.Done()
			return ctx.Err()
		})
		crashed := b.runner()
		require.NoError(t, crashed.Start(b.ctx))
		ids := b.enqueue(job.Job{}, job.Job{MaxAttempts: 1})
		receive(t, began)
		receive(t, began)
		crashed.Abandon()
		require.Equal(t, job.Working, b.status(ids[0]).State)
		b.expire()
		other := b.runner()
		claimed, err := other.Claim(b.ctx, job.DefaultQueue, 9)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, ids[0], claimed[0].ID)
		require.Equal(t, 2, claimed[0].Attempt)
		require.Equal(t, job.Dead, b.status(ids[1]).State, "it may be what ended its worker")
	})
}

func TestALeaseIsKeptWhileItsJobRuns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		began, goOn := make(chan struct{}), make(chan struct{})
		b.probe.does(func(context.Context, *job.Running) error {
			close(began)
			<-goOn
			return nil
		})
		r := b.server(func(c *job.Config) { c.Poll = time.Hour }) // so that it does not rescue the job itself
		id := b.enqueue(job.Job{})[0]
		receive(t, began)
		b.expire()
		r.ExtendAll(b.ctx)
		claimed, err := b.runner().Claim(b.ctx, job.DefaultQueue, 1)
		require.NoError(t, err)
		require.Empty(t, claimed)
		close(goOn)
		require.Equal(t, 1, b.until(id, job.Done).Attempt)
	})
}

func TestARunWhoseLeaseIsLostIsEnded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		began, ended := make(chan struct{}), make(chan error, 1)
		b.probe.does(func(ctx context.Context, _ *job.Running) error {
			close(began)
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		})
		r := b.server(func(c *job.Config) { c.Queues = []job.Queue{{Name: job.DefaultQueue, Workers: 1}} })
		id := b.enqueue(job.Job{})[0]
		receive(t, began)
		b.expire()
		thief, err := b.runner().Claim(b.ctx, job.DefaultQueue, 1)
		require.NoError(t, err)
		require.Equal(t, id, thief[0].ID)
		r.ExtendAll(b.ctx)
		require.ErrorIs(t, receive(t, ended), job.ErrLost)
	})
}

func TestStopHandsBackWhatIsNotFinished(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		began, goOn := make(chan string, 2), make(chan struct{})
		b.probe.does(func(ctx context.Context, j *job.Running) error {
			var does string
			if err := j.Decode(&does); err != nil {
				return err
			}
			began <- does
			if does == "obeys" {
				<-ctx.Done()
				return ctx.Err()
			}
			<-goOn
			return nil
		})
		r := b.runner()
		require.NoError(t, r.Start(b.ctx))
		ids := b.enqueue(job.Job{Payload: "obeys"}, job.Job{Payload: "ignores"})
		receive(t, began)
		receive(t, began)
		patience, cancel := context.WithTimeout(b.ctx, 50*time.Millisecond)
		defer cancel()
		require.NoError(t, r.Stop(patience))
		for _, id := range ids {
			status := b.status(id)
			require.Equal(t, job.Ready, status.State)
			require.Zero(t, status.Attempt, "it does not count")
		}
		close(goOn)
		b.probe.does(func(context.Context, *job.Running) error { return nil })
		b.server()
		b.until(ids[0], job.Done)
		b.until(ids[1], job.Done)
	})
}

// Only on SQLite: there, no other server can hold the leases.
func TestAServerOnSQLiteFreesAllLeasesWhenItStarts(t *testing.T) {
	t.Parallel()
	b := &bundle{t: t, ctx: t.Context(), store: storetest.Open(t, storetest.SQLite(t)), probe: &probe{}}
	b.kinds = kinds(b.probe)
	id := b.enqueue(job.Job{})[0]
	claimed, err := b.runner().Claim(b.ctx, job.DefaultQueue, 1)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	r := b.runner(func(c *job.Config) { c.Queues = []job.Queue{} })
	require.NoError(t, r.Start(b.ctx))
	require.NoError(t, r.Stop(b.ctx))
	require.Equal(t, job.Ready, b.status(id).State)
}

// Only on PostgreSQL: elsewhere there is one server.
func TestServersWakeEachOther(t *testing.T) {
	t.Parallel()
	config := store.Config{URL: storetest.Postgres(t)}
	b := &bundle{t: t, ctx: t.Context(), store: storetest.Open(t, config), probe: &probe{}}
	b.kinds = kinds(b.probe)
	ran := make(chan struct{}, 10)
	b.probe.does(func(context.Context, *job.Running) error {
		ran <- struct{}{}
		return nil
	})
	other := *b
	other.store = storetest.Open(t, config)
	other.kinds = kinds(other.probe)
	other.server(func(c *job.Config) { c.Poll = time.Hour })
	b.enqueue(job.Job{})
	receive(t, ran)
	b.enqueue(job.Job{})
	receive(t, ran)
}

func TestSchedulesFireOnceForSeveralServers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		set := func(spec string) {
			require.NoError(t, b.store.Write(b.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				return job.SetSchedule(ctx, tx, job.Schedule{Name: "hourly", Kind: "probe", Spec: spec, Payload: "tick"})
			}))
		}
		set("0 * * * *")
		servers := []*job.Runner{b.runner(), b.runner(), b.runner()}
		fire := func() (due []time.Time) {
			var all sync.WaitGroup
			for _, r := range servers {
				all.Go(func() { _ = r.EnqueueDue(b.ctx) })
			}
			all.Wait()
			claimed, err := servers[0].Claim(b.ctx, job.DefaultQueue, 9)
			require.NoError(t, err)
			for _, j := range claimed {
				due = append(due, j.RunAt)
				require.JSONEq(t, `"tick"`, string(j.Payload))
				require.NoError(t, servers[0].Settle(b.ctx, j, nil))
			}
			return due
		}
		require.Empty(t, fire())
		for range 5 {
			want := b.clock.Now().Truncate(time.Hour).Add(time.Hour)
			b.clock.Shift(b.clock.Offset() + time.Hour)
			require.Equal(t, []time.Time{want}, fire())
			require.Empty(t, fire())
		}
		set("0 * * * *")
		require.Empty(t, fire(), "nothing changed")
		b.clock.Shift(b.clock.Offset() + 48*time.Hour)
		require.Len(t, fire(), 1, "what was missed is made up for once")
		require.Empty(t, fire())
		set("30 4 1 1 *")
		b.clock.Shift(b.clock.Offset() + 2*time.Hour)
		require.Empty(t, fire(), "the old times no longer count")
		require.NoError(t, b.store.Write(b.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			return job.RemoveSchedule(ctx, tx, "hourly")
		}))
		b.clock.Shift(b.clock.Offset() + 400*24*time.Hour)
		require.Empty(t, fire())
	})
}

func TestSchedulesThatCannotBeReadOrNeverComeAreRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 21, 8, 0, 0, 0, time.UTC)
	for _, spec := range []string{"", "* * * * * *", "61 * * * *", "0 0 30 2 *", "CRON_TZ=Nowhere 0 9 * * *"} {
		_, err := job.Next(spec, now)
		require.Error(t, err, spec)
	}
	next, err := job.Next("CRON_TZ=Asia/Shanghai 0 9 * * 1-5", now)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, time.November, 23, 1, 0, 0, 0, time.UTC), next)
}
