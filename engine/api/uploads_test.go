package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAnUploadThatIsSentAgainIsTakenOnce: where the key is the same, a file and
// a table for an import are answered as they were, also at once, and nothing is
// left of what came again; another content is another write.
func TestAnUploadThatIsSentAgainIsTakenOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kept := func(table string) (count int) {
			require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&count))
			return count
		}
		for _, c := range []struct{ path, name, content, other, table string }{
			{"/files", "a.txt", "a", "b", "sys_file"},
			{"/imports?object=lead", "a.csv", "Name,Company\na,b\n", "Name,Company\nc,d\n", "sys_import"},
		} {
			keyed := i.Admin.With("Idempotency-Key", "k"+c.table)
			first := keyed.Send(t, c.path, c.name, []byte(c.content)).Want(t, 201)
			require.Equal(t, string(first.Body), string(keyed.Send(t, c.path, c.name, []byte(c.content)).Want(t, 201).Body))
			code, _ := keyed.Send(t, c.path, c.name, []byte(c.other)).Want(t, 422).Fault(t)
			require.Equal(t, "idempotency_mismatch", code)
			keyed.Send(t, c.path, "b"+c.name, []byte(c.content)).Want(t, 422)
			require.Equal(t, 1, kept(c.table))

			var wait sync.WaitGroup
			ids := make([]any, 4)
			for n := range ids {
				wait.Go(func() {
					answer := i.Admin.With("Idempotency-Key", "at once"+c.table).Send(t, c.path, c.name, []byte(c.content))
					if answer.Status == 201 {
						ids[n] = answer.Data(t)["id"]
					}
				})
			}
			wait.Wait()
			for _, id := range ids {
				require.NotNil(t, id)
				require.Equal(t, ids[0], id)
			}
			require.Equal(t, 2, kept(c.table))
		}
	})
}

// TestAFileThatWasPutNowhereIsRemovedByItsOwner and by nobody else, and not once
// a record has it.
func TestAFileThatWasPutNowhereIsRemovedByItsOwner(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		clerk := i.Person(t, "Clerk", "clerk")
		sent := func(path string) string {
			return fmt.Sprint("/files/", clerk.Send(t, path, "a.txt", []byte("a")).Want(t, 201).Data(t)["id"])
		}
		loose := sent("/files")
		i.Admin.Delete(t, loose).Want(t, 404)
		clerk.With("Idempotency-Key", "k").Delete(t, loose).Want(t, 204)
		clerk.With("Idempotency-Key", "k").Delete(t, loose).Want(t, 204)
		for _, answer := range []*enginetest.Answer{clerk.Get(t, loose), clerk.Delete(t, loose), clerk.Delete(t, "/files/x"), clerk.Delete(t, "/files/"+uuid.NewString())} {
			code, _ := answer.Want(t, 404).Fault(t)
			require.Equal(t, "not_found", code)
		}
		paper := clerk.Post(t, "/records/paper", doc{"name": "one"}).Want(t, 201).Data(t)["id"]
		held := sent(fmt.Sprint("/records/paper/", paper, "/files"))
		clerk.Delete(t, held).Want(t, 404)
		clerk.Get(t, held).Want(t, 200)
	})
}

// TestADraftThatIsKeptAgainTellsItsVersion: the answer that is repeated has the
// header that the first one had, by which the draft is changed further.
func TestADraftThatIsKeptAgainTellsItsVersion(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		keyed, path := i.Admin.With("Idempotency-Key", "k"), "/meta/_drafts/"+uuid.NewString()
		first := keyed.Put(t, path, doc{"title": "x"}).Want(t, http.StatusOK)
		again := keyed.Put(t, path, doc{"title": "x"}).Want(t, http.StatusOK)
		require.Equal(t, string(first.Body), string(again.Body))
		require.Equal(t, `"1"`, first.Header.Get("ETag"))
		require.Equal(t, `"1"`, again.Header.Get("ETag"))
		i.Admin.With("If-Match", again.Header.Get("ETag")).Put(t, path, doc{"title": "y"}).Want(t, http.StatusOK)
	})
}
