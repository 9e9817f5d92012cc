package transfer_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// told waits until an import has told whom it gave records, and gives what a
// person was told.
func told(t *testing.T, i *enginetest.Installation, c *enginetest.Client) []map[string]any {
	t.Helper()
	require.Eventually(t, func() bool {
		var left int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_job WHERE kind = 'import' AND finished_at IS NULL").Scan(&left))
		return left == 0
	}, time.Minute, 10*time.Millisecond)
	return c.Get(t, "/notifications").Want(t, 200).List(t)
}

// TestAnImportTellsTheNewOwnersOnce: each how many records he has of it that he
// may see, with a filter that finds them; not the importer, and none of them
// any more when it is undone.
func TestAnImportTellsTheNewOwnersOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{note(), doc{
			"kind": "role", "name": "reader", "grants": []any{doc{"object": "note", "actions": []string{"read"}, "scope": "own"}},
		}, doc{"kind": "role", "name": "blind", "grants": []any{}}}}).Want(t, 200)
		ola, blind := i.Person(t, "Ola", "reader"), i.Person(t, "Bli", "blind")
		id := func(c *enginetest.Client) any { return c.Get(t, "/me").Want(t, 200).Data(t)["id"] }
		admin := id(i.Admin)
		i.Admin.Post(t, "/records/note", doc{"key": 0, "owner": id(ola)}).Want(t, 201)
		before := len(told(t, i, ola))
		table := "key,owner\n"
		for n, owner := range []any{id(ola), id(ola), id(ola), admin, id(blind)} {
			table += fmt.Sprintf("%d,%v\n", n+1, owner)
		}
		imported := i.Admin.Upload(t, "note", "notes.csv", []byte(table)).Want(t, 201).Data(t)
		require.InDelta(t, 5, counts(t, i.Admin.Stage(t, imported["id"], "run"))["create"], 0)

		news := told(t, i, ola)
		require.Len(t, news, before+1, "one for all of them")
		require.Equal(t, "imported", news[0]["reason"])
		require.Equal(t, "me", news[0]["group"])
		require.Equal(t, admin, news[0]["by"])
		require.Equal(t, "note", news[0]["object"])
		require.InDelta(t, 3, news[0]["count"], 0)
		found := ola.Get(t, "/records/note?sort=key&where="+url.QueryEscape(fmt.Sprint(news[0]["filter"]))).Want(t, 200).List(t)
		require.Len(t, found, 3)
		require.InDelta(t, 1, found[0]["key"], 0)
		require.Empty(t, told(t, i, i.Admin), "who imports knows")
		require.Empty(t, told(t, i, blind), "who may see none of them is told of none")

		i.Admin.Stage(t, imported["id"], "undo")
		require.Equal(t, true, told(t, i, ola)[0]["gone"])
	})
}
