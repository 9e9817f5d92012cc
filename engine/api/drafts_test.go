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

// TestADraftIsKeptUntilItIsDeleted, whatever it holds, for all who design and
// for nobody else.
func TestADraftIsKeptUntilItIsDeleted(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "designer", "abilities": []string{"design"}}}}).Want(t, http.StatusOK)
		dora, other := i.Person(t, "Dora", "designer"), i.Person(t, "Mo", "sales_rep")
		path := "/meta/_drafts/" + uuid.NewString()
		body := doc{"title": "Later", "base": 1, "definitions": []any{doc{"kind": "object", "name": "half"}, 5}, "delete": []any{doc{"kind": "view", "name": "lead_open"}}}
		saved := dora.Put(t, path, body).Want(t, http.StatusOK)
		require.Equal(t, `"1"`, saved.Header.Get("ETag"))
		read := i.Admin.Get(t, path).Want(t, http.StatusOK)
		require.Equal(t, `"1"`, read.Header.Get("ETag"))
		require.Equal(t, saved.Data(t), read.Data(t))
		for name, value := range body {
			require.Equal(t, plain(t, value), read.Data(t)[name])
		}
		require.Equal(t, dora.UserID, read.Data(t)["by"])
		second := "/meta/_drafts/" + uuid.NewString()
		i.Admin.Put(t, second, doc{}).Want(t, http.StatusOK)
		list := dora.Get(t, "/meta/_drafts").Want(t, http.StatusOK).List(t)
		require.Len(t, list, 2)
		require.NotContains(t, list[0], "definitions")
		for _, answer := range []*enginetest.Answer{other.Get(t, "/meta/_drafts"), other.Get(t, path), other.Put(t, path, doc{}), other.Delete(t, path)} {
			answer.Want(t, http.StatusForbidden)
		}
		i.Admin.Delete(t, path).Want(t, http.StatusNoContent)
		for _, answer := range []*enginetest.Answer{i.Admin.Get(t, path), i.Admin.Delete(t, path), i.Admin.Put(t, "/meta/_drafts/x", doc{}), i.Admin.With("If-Match", `"1"`).Put(t, path, doc{})} {
			answer.Want(t, http.StatusNotFound)
		}
		_, items := i.Admin.Put(t, second, doc{"title": "a\x00", "base": -1}).Want(t, http.StatusUnprocessableEntity).Fault(t)
		require.Equal(t, map[string]string{"/title": "invalid_text", "/base": "too_small"}, items)
		require.Len(t, dora.Get(t, "/meta/_drafts").Want(t, http.StatusOK).List(t), 1)
	})
}

// TestNobodyOverwritesADraftThatHeHasNotSeen: of those who save the same
// version at once, one does, and the others are told which version is there.
func TestNobodyOverwritesADraftThatHeHasNotSeen(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		path := "/meta/_drafts/" + uuid.NewString()
		for version, header := range []string{"", `"1"`, `"2"`} {
			var group sync.WaitGroup
			answers := make([]*enginetest.Answer, 6)
			for n := range answers {
				client := i.Admin
				if header != "" {
					client = i.Admin.With("If-Match", header)
				}
				group.Go(func() {
					answers[n], _ = client.Try(http.MethodPut, path, doc{"title": fmt.Sprint(version, ".", n)})
				})
			}
			group.Wait()
			won := ""
			for n, answer := range answers {
				require.NotNil(t, answer)
				if answer.Status == http.StatusOK {
					require.Empty(t, won, "two saved the same version")
					won = fmt.Sprint(version, ".", n)
					continue
				}
				require.Equal(t, fmt.Sprintf(`"%d"`, version+1), answer.Want(t, http.StatusPreconditionFailed).Header.Get("ETag"))
			}
			require.Equal(t, won, i.Admin.Get(t, path).Want(t, http.StatusOK).Data(t)["title"])
		}
		i.Admin.With("If-Match", `"2"`).Delete(t, path).Want(t, http.StatusPreconditionFailed)
		i.Admin.With("If-Match", `"3"`).Delete(t, path).Want(t, http.StatusNoContent)
	})
}

// TestAChangeOverAnOlderRevisionNamesWhatChangedSince, and takes what nobody
// touched.
func TestAChangeOverAnOlderRevisionNamesWhatChangedSince(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		one, two := thing(doc{"a": property("text")}, doc{"name": "one"}), thing(doc{"a": property("text")}, doc{"name": "two"})
		base := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{one, two}}).Want(t, http.StatusOK).Data(t)["revision"]
		changed := thing(doc{"a": property("text"), "b": property("text")}, doc{"name": "two"})
		i.Admin.Put(t, "/meta/object/two", changed).Want(t, http.StatusOK)
		request := doc{"base": base, "definitions": []any{one, two}, "delete": []any{}}
		for _, route := range []string{"/meta/_plan", "/meta/_apply"} {
			code, items := i.Admin.Post(t, route, request).Want(t, http.StatusConflict).Fault(t)
			require.Equal(t, "revision_conflict", code)
			require.Equal(t, map[string]string{"/definitions/1": "revision_conflict"}, items)
		}
		query := fmt.Sprintf("?allow=destructive&base=%v", base)
		i.Admin.Put(t, "/meta/object/two"+query, two).Want(t, http.StatusConflict)
		i.Admin.Delete(t, "/meta/object/two"+query).Want(t, http.StatusConflict)
		more := thing(doc{"a": property("text"), "c": property("text")}, doc{"name": "one"})
		i.Admin.Put(t, "/meta/object/one"+query, more).Want(t, http.StatusOK)
		i.Admin.Delete(t, "/meta/object/two?allow=destructive").Want(t, http.StatusOK)
		_, items := i.Admin.Post(t, "/meta/_plan", request).Want(t, http.StatusConflict).Fault(t)
		require.Equal(t, map[string]string{"/definitions/0": "revision_conflict", "/definitions/1": "revision_conflict"}, items)
	})
}
