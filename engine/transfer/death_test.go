package transfer_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/store"
)

// execute changes the database behind the product's back.
func execute(t *testing.T, i *enginetest.Installation, statements ...string) {
	t.Helper()
	require.NoError(t, i.Store.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestATransferThatCannotGoOnEnds: an import or an export whose job failed too
// often is failed, says so in the reader's language, and can be begun anew.
func TestATransferThatCannotGoOnEnds(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		uploaded := i.Admin.Upload(t, "note", "notes.csv", []byte("key,short\n1,a\n2,b\n")).Want(t, 201).Data(t)
		path := fmt.Sprint("/imports/", uploaded["id"])
		chinese := i.Admin.With("Accept-Language", "zh-CN")
		const hide, show = `ALTER TABLE "note" RENAME TO "lost"`, `ALTER TABLE "lost" RENAME TO "note"`
		// the database fails at every try, and the last one comes soon
		fails := func(path string) {
			require.Eventually(t, func() bool {
				execute(t, i, `UPDATE sys_job SET max_attempts = 2 WHERE kind IN ('import', 'export') AND state = 'waiting'`)
				i.Admin.Do(t, "POST", "//test/clock", map[string]any{"advance": "PT10S"}).Want(t, 200)
				return i.Admin.Get(t, path).Want(t, 200).Data(t)["state"] == "failed"
			}, time.Minute, 50*time.Millisecond)
			require.Contains(t, fmt.Sprint(i.Admin.Get(t, path).Data(t)["fault"]), "could not finish")
			require.Contains(t, fmt.Sprint(chinese.Get(t, path).Data(t)["fault"]), "多次尝试")
		}
		failsAt := func(stage string) {
			execute(t, i, hide)
			i.Admin.Post(t, path+"/"+stage, nil).Want(t, 202)
			fails(path)
			execute(t, i, show)
		}
		failsAt("plan")
		require.Equal(t, "planned", i.Admin.Stage(t, uploaded["id"], "plan")["state"])
		failsAt("run")
		require.Equal(t, "planned", i.Admin.Stage(t, uploaded["id"], "plan")["state"], "nothing was imported, so that it can be begun anew")
		require.Equal(t, "done", i.Admin.Stage(t, uploaded["id"], "run")["state"])
		failsAt("undo")
		require.Equal(t, "undone", i.Admin.Stage(t, uploaded["id"], "undo")["state"])
		require.Empty(t, i.Admin.Get(t, "/records/note").Want(t, 200).List(t))

		i.Admin.Post(t, "/records/note", map[string]any{"key": 1}).Want(t, 201)
		require.NoError(t, i.Jobs.Stop(t.Context()))
		exported := i.Admin.Post(t, "/exports", map[string]any{"object": "note"}).Want(t, 202).Data(t)
		execute(t, i, hide)
		runner := job.NewRunner(i.Store, job.Config{Kinds: kind.NewRegistry(i.Transfer.Kinds()...)})
		require.NoError(t, runner.Start(t.Context()))
		defer func() { require.NoError(t, runner.Stop(t.Context())) }()
		fails(fmt.Sprint("/exports/", exported["id"]))
	})
}
