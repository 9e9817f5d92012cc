package transfer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/transfer"
)

var people = []byte("name,company\na,b\n")

// stored counts the rows of a table.
func stored(t *testing.T, i *enginetest.Installation, table string) int {
	t.Helper()
	var n int
	require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

func importPath(imported map[string]any) string { return fmt.Sprint("/imports/", imported["id"]) }

func TestAnImportThatIsDeletedLeavesNothingButItsRecords(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		other := i.Person(t, "Otto", "admin")
		for _, stage := range []string{"", "plan", "run"} {
			imported := i.Admin.Upload(t, "lead", "leads.csv", people).Want(t, 201).Data(t)
			if stage != "" {
				i.Admin.Stage(t, imported["id"], stage)
			}
			other.Delete(t, importPath(imported)).Want(t, 404)
			i.Admin.Delete(t, importPath(imported)).Want(t, 204)
			i.Admin.Get(t, importPath(imported)).Want(t, 404)
			i.Admin.Delete(t, importPath(imported)).Want(t, 404)
			for _, table := range []string{"sys_import", "sys_import_row", "sys_blob"} {
				require.Zero(t, stored(t, i, table), "%s after %q", table, stage)
			}
		}
		require.Len(t, i.Admin.Get(t, "/records/lead").Want(t, 200).List(t), 1)
	})
}

func TestAnImportAtWorkIsNotDeleted(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, state := range []string{transfer.Planning, transfer.Working, transfer.Undoing} {
			imported := i.Admin.Upload(t, "lead", "leads.csv", people).Want(t, 201).Data(t)
			change(t, i, "UPDATE sys_import SET state = ? WHERE id = ?", state, imported["id"])
			code, _ := i.Admin.Delete(t, importPath(imported)).Want(t, 409).Fault(t)
			require.Equal(t, "wrong_state", code)
			i.Admin.Get(t, importPath(imported)).Want(t, 200)
		}
		require.Equal(t, 3, stored(t, i, "sys_blob"))
	})
}

// change changes what is stored, as time or a job would.
func change(t *testing.T, i *enginetest.Installation, text string, args ...any) {
	t.Helper()
	require.NoError(t, i.Store.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func TestNobodyKeepsMoreUploadsThanHisShare(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		var group sync.WaitGroup
		for range 30 {
			group.Go(func() { i.Admin.Upload(t, "lead", "leads.csv", people) })
		}
		group.Wait()
		require.Equal(t, 20, stored(t, i, "sys_import"), "many at once are counted, too")
		require.Equal(t, 20, stored(t, i, "sys_blob"), "what is refused leaves no file")
		refused := i.Admin.With("Accept-Language", "zh").Upload(t, "lead", "leads.csv", people).Want(t, 409)
		code, _ := refused.Fault(t)
		require.Equal(t, "too_many_imports", code)
		require.Contains(t, string(refused.Body), "20")
		i.Person(t, "Otto", "admin").Upload(t, "lead", "leads.csv", people).Want(t, 201)

		list := i.Admin.Get(t, "/imports").Want(t, 200).List(t)
		i.Admin.Stage(t, list[0]["id"], "run")
		i.Admin.Upload(t, "lead", "leads.csv", people).Want(t, 201)
		i.Admin.Delete(t, importPath(list[1])).Want(t, 204)

		var text string
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT settings FROM sys_import WHERE id = ?", list[0]["id"]).Scan(&text))
		var settings map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &settings))
		settings["file"].(map[string]any)["size"] = 2<<30 - 200
		raw, err := json.Marshal(settings)
		require.NoError(t, err)
		change(t, i, "UPDATE sys_import SET settings = ? WHERE id = ?", string(raw), list[0]["id"])
		refused = i.Admin.Upload(t, "lead", "leads.csv", people).Want(t, 413)
		code, _ = refused.Fault(t)
		require.Equal(t, "imports_too_large", code)
		require.Contains(t, string(refused.Body), "2 GiB")
		i.Admin.Delete(t, importPath(list[0])).Want(t, 204)
		i.Admin.Upload(t, "lead", "leads.csv", people).Want(t, 201)
	})
}

func TestUploadsThatNobodyTouchedForAWeekAreRemoved(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		upload := func() map[string]any {
			return i.Admin.Upload(t, "lead", "leads.csv", people).Want(t, 201).Data(t)
		}
		later := func(period string) {
			(&enginetest.Client{URL: i.URL}).Post(t, "//test/clock", map[string]any{"advance": period}).Want(t, 200)
			i.Admin = i.Client(t, enginetest.AdminEmail)
			for _, kind := range i.Transfer.Kinds() {
				if kind.Name() == transfer.CleaningKind {
					require.NoError(t, kind.Run(t.Context(), &job.Running{}))
				}
			}
		}
		forgotten, planned, mapped, done := upload(), upload(), upload(), upload()
		i.Admin.Stage(t, planned["id"], "plan")
		i.Admin.Stage(t, done["id"], "run")
		later("P4D")
		i.Admin.Patch(t, importPath(mapped), map[string]any{"match": []string{}}).Want(t, 200)
		later("P4D")
		for _, gone := range []map[string]any{forgotten, planned} {
			i.Admin.Get(t, importPath(gone)).Want(t, 404)
		}
		for _, kept := range []map[string]any{mapped, done} {
			i.Admin.Get(t, importPath(kept)).Want(t, 200)
		}
		require.Equal(t, 2, stored(t, i, "sys_blob"))
		i.Admin.Stage(t, mapped["id"], "plan")
		later("P6D")
		i.Admin.Get(t, importPath(mapped)).Want(t, 200)
		later("P2D")
		i.Admin.Get(t, importPath(mapped)).Want(t, 404)
		i.Admin.Get(t, importPath(done)).Want(t, 200)
		later("P30D")
		for _, table := range []string{"sys_import", "sys_import_row", "sys_blob"} {
			require.Zero(t, stored(t, i, table), table)
		}
	})
}
