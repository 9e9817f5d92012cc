package api_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAFileThatIsSentAgainIsAttachedOnce, where the key is the same; another
// file, or another name of it, is another write.
func TestAFileThatIsSentAgainIsAttachedOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		clerk := i.Person(t, "Clerk", "clerk")
		id := clerk.Post(t, "/records/paper", doc{"name": "one"}).Want(t, 201).Data(t)["id"]
		path := fmt.Sprint("/records/paper/", id)
		keyed := clerk.With("Idempotency-Key", "k")
		first := keyed.Send(t, path+"/files", "a.txt", []byte("a")).Want(t, 201)
		require.JSONEq(t, string(first.Body), string(keyed.Send(t, path+"/files", "a.txt", []byte("a")).Want(t, 201).Body))
		keyed.Send(t, path+"/files", "a.txt", []byte("b")).Want(t, 422)
		keyed.Send(t, path+"/files", "b.txt", []byte("a")).Want(t, 422)
		require.Len(t, clerk.Get(t, path+"/files").Want(t, 200).List(t), 1)

		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				clerk.With("Idempotency-Key", "at once").Send(t, path+"/files", "c.txt", []byte("c")).Want(t, 201)
			})
		}
		wait.Wait()
		require.Len(t, clerk.Get(t, path+"/files").Want(t, 200).List(t), 2)
		var left int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_file WHERE record IS NULL").Scan(&left))
		require.Zero(t, left, "what came for nothing is forgotten")

		i.Admin.Patch(t, path, doc{"name": "closed"}).Want(t, 200)
		keyed.Send(t, path+"/files", "a.txt", []byte("a")).Want(t, 404)
	})
}
