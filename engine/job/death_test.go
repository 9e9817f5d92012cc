package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/store"
)

// mourner is a probe that writes down which of its jobs died.
type mourner struct {
	*probe
	fails bool
}

func (m mourner) Died(ctx context.Context, tx *store.Tx, dead *job.Running) error {
	if err := job.Enqueue(tx, job.Job{Kind: "mourned", Payload: dead.ID, RunAt: tx.Now().Add(time.Hour)}); err != nil {
		return err
	}
	if m.fails {
		return errors.New("nobody mourns")
	}
	return nil
}

// TestAKindIsToldOnceThatItsJobIsDead, however it died; and a job is dead even
// when its kind cannot bear it.
func TestAKindIsToldOnceThatItsJobIsDead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		mourned := func() int {
			waiting, err := job.List(b.ctx, b.store, job.Waiting, 10)
			require.NoError(t, err)
			return len(waiting)
		}
		dies := func(fails bool, most int, run func(ctx context.Context, j *job.Running) error) {
			b.probe.does(run)
			b.kinds = kind.NewRegistry[job.Kind](mourner{probe: b.probe, fails: fails})
			runner := b.runner(func(c *job.Config) { c.Base = time.Millisecond })
			require.NoError(t, runner.Start(b.ctx))
			id := b.enqueue(job.Job{MaxAttempts: most})[0]
			require.Eventually(t, func() bool {
				b.clock.Shift(b.clock.Offset() + time.Second)
				return b.status(id).State == job.Dead
			}, 20*time.Second, 5*time.Millisecond)
			require.NoError(t, runner.Stop(b.ctx))
		}
		dies(false, 2, func(context.Context, *job.Running) error { return errors.New("no") })
		require.Equal(t, 1, mourned(), "it failed too often")
		dies(false, 9, func(context.Context, *job.Running) error { return job.Fatal(errors.New("never")) })
		require.Equal(t, 2, mourned(), "another try would fail too")
		dies(false, 1, func(ctx context.Context, _ *job.Running) error {
			b.expire()
			<-ctx.Done()
			return ctx.Err()
		})
		require.Equal(t, 3, mourned(), "its worker was silent")
		dies(true, 1, func(context.Context, *job.Running) error { return errors.New("no") })
		require.Equal(t, 3, mourned(), "what failed is undone")
	})
}
