package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestARepeatedWriteTellsNothingThatIsHiddenByNow repeats writes after rights
// were taken away, and after the records changed.
func TestARepeatedWriteTellsNothingThatIsHiddenByNow(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		lookup := property("lookup", doc{"target": "client"})
		named := func(name string, properties doc) doc {
			properties["name"] = property("text")
			return doc{"kind": "object", "name": name, "type": "object", "properties": properties, "display": "name"}
		}
		grant := func(object, scope string, read ...any) doc {
			return doc{"object": object, "actions": []any{"create", "read", "update", "delete"}, "scope": doc{"where": scope}, "fields": doc{"read": append([]any{"name"}, read...), "update": []any{"*", "owner"}}}
		}
		role := func(grants ...any) doc {
			return doc{"kind": "role", "name": "rep", "grants": append([]any{}, grants...)}
		}
		apply := func(definitions ...any) {
			i.Admin.Post(t, "/meta/_apply", doc{"definitions": definitions}).Want(t, 200)
		}
		everything := role(grant("deal", `owner == me.id`, "price", "client"), grant("client", `true`))
		apply(named("client", doc{}), named("deal", doc{"price": property("integer"), "client": lookup}), everything)
		rep := i.Person(t, "Rui", "rep")
		client, _ := i.Admin.Post(t, "/records/client", doc{"name": "Hidden Ltd"}).Want(t, 201).Data(t)["id"].(string)

		keys := 0
		type write func() *enginetest.Answer
		written := func(t *testing.T, method, path string, body doc) (again write, first *enginetest.Answer) {
			t.Helper()
			keys++
			with := rep.With("Idempotency-Key", fmt.Sprint("key-", keys))
			again = func() *enginetest.Answer { t.Helper(); return with.Do(t, method, path, body) }
			first = again()
			require.Less(t, first.Status, 300, "%s", first.Body)
			repeated := again()
			require.Equal(t, first.Status, repeated.Status)
			require.Equal(t, string(first.Body), string(repeated.Body), "the same key and body, the same answer")
			require.Equal(t, first.Header.Get("ETag"), repeated.Header.Get("ETag"))
			return again, first
		}
		create := func(t *testing.T) (again write, path string) {
			t.Helper()
			again, first := written(t, "POST", "/records/deal", doc{"name": "d", "price": 4711, "client": client})
			require.Contains(t, string(first.Body), "Hidden Ltd")
			return again, fmt.Sprint("/records/deal/", first.Data(t)["id"])
		}

		t.Run("the record as it was written, whatever became of it", func(t *testing.T) {
			again, path := create(t)
			i.Admin.Patch(t, path, doc{"price": 12}).Want(t, 200)
			answer := again().Want(t, 201)
			require.Equal(t, `"1"`, answer.Header.Get("ETag"))
			require.InDelta(t, 4711, answer.Data(t)["price"], 0)
			rep.Delete(t, path).Want(t, 204)
			require.InDelta(t, 4711, again().Want(t, 201).Data(t)["price"], 0)
		})
		t.Run("a record that is hidden by now is not found", func(t *testing.T) {
			again, path := create(t)
			changed, _ := written(t, "PATCH", path, doc{"name": "other"})
			rep.Delete(t, path).Want(t, 204)
			restored, _ := written(t, "POST", path+"/restore", doc{})
			i.Admin.Patch(t, path, doc{"owner": i.Admin.UserID}).Want(t, 200)
			for _, repeat := range []write{again, changed, restored} {
				code, _ := repeat().Want(t, 404).Fault(t)
				require.Equal(t, "not_found", code)
				require.Empty(t, repeat().Header.Get("ETag"))
			}
			i.Admin.Delete(t, path).Want(t, 204)
			again().Want(t, 404)
		})
		t.Run("a write that hid its record itself repeats its id and version", func(t *testing.T) {
			_, path := create(t)
			_, first := written(t, "PATCH", path, doc{"owner": i.Admin.UserID, "price": 1})
			require.Len(t, first.Data(t), 2)
		})
		t.Run("a field, a display and a right that are gone by now are left out", func(t *testing.T) {
			again, path := create(t)
			apply(role(grant("deal", `owner == me.id`, "client"), grant("client", `name == "x"`)))
			answer := again().Want(t, 201)
			require.NotContains(t, answer.Data(t), "price")
			require.NotContains(t, string(answer.Body), "4711")
			require.NotContains(t, string(answer.Body), "Hidden Ltd")
			require.Equal(t, client, answer.Data(t)["client"])

			apply(role(doc{"object": "deal", "actions": []any{"read"}, "fields": doc{"read": []any{"name", "price"}}}))
			answer = again().Want(t, 201)
			require.NotContains(t, answer.Data(t), "client")
			require.Contains(t, string(answer.Body), `"can":{"update":false,"delete":false`)
			require.Equal(t, rep.Get(t, path).Want(t, 200).Data(t), answer.Data(t))

			apply(role())
			again().Want(t, 404)
			apply(everything)
			again().Want(t, 201)
		})
		t.Run("another body stays refused", func(t *testing.T) {
			_, path := create(t)
			with := rep.With("Idempotency-Key", "mine")
			with.Patch(t, path, doc{"price": 1}).Want(t, 200)
			i.Admin.Patch(t, path, doc{"owner": i.Admin.UserID}).Want(t, 200)
			code, _ := with.Patch(t, path, doc{"price": 2}).Want(t, 422).Fault(t)
			require.Equal(t, "idempotency_mismatch", code)
		})
	})
}
