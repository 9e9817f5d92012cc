package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
)

// TestARevisionComesBackWithItsData: a field and a whole object that were
// dropped, with the records of both, and what was written in between stays.
func TestARevisionComesBackWithItsData(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		box := thing(doc{
			"name": property("text", doc{"search": true}), "size": property("integer", doc{"index": true}), "price": property("money"), "tags": property("tags"),
			"double": property("formula", doc{"expression": "size * 2"}),
		}, doc{"name": "box"})
		lid := thing(doc{"name": property("text"), "box": property("lookup", doc{"target": "box"}), "boxes": property("lookups", doc{"target": "box"})}, doc{"name": "lid"})
		applied := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{box, lid}}).Want(t, http.StatusOK).Data(t)["revision"]
		values := doc{"name": "A", "size": 3, "price": doc{"amount": "1.5", "currency": "CNY"}, "tags": []any{"x"}}
		one := i.Admin.Post(t, "/records/box", values).Want(t, http.StatusCreated).Data(t)
		onLid := i.Admin.Post(t, "/records/lid", doc{"name": "L", "box": one["id"], "boxes": []any{one["id"]}}).Want(t, http.StatusCreated).Data(t)
		restore := func() {
			t.Helper()
			i.Admin.Post(t, fmt.Sprintf("/meta/_revisions/%v/restore?allow=destructive", applied), nil).Want(t, http.StatusOK)
		}
		read := func(object string, record doc) map[string]any {
			t.Helper()
			return i.Admin.Get(t, fmt.Sprint("/records/", object, "/", record["id"])).Want(t, http.StatusOK).Data(t)
		}

		bare := thing(doc{"name": property("text")}, doc{"name": "box"})
		i.Admin.Put(t, "/meta/object/box?allow=destructive", bare).Want(t, http.StatusOK)
		require.NotContains(t, read("box", one), "size")
		later := i.Admin.Post(t, "/records/box", doc{"name": "B"}).Want(t, http.StatusCreated).Data(t)
		restore()
		require.Equal(t, one, read("box", one), "the fields are back with their values")
		require.Nil(t, read("box", later)["size"])

		i.Admin.Post(t, "/meta/_apply", doc{"allow": []any{"destructive"}, "delete": []any{doc{"kind": "object", "name": "box"}, doc{"kind": "object", "name": "lid"}}}).Want(t, http.StatusOK)
		i.Admin.Get(t, "/records/box").Want(t, http.StatusNotFound)
		restore()
		require.Equal(t, one, read("box", one), "the object is back with its records")
		require.Equal(t, onLid, read("lid", onLid))
		require.Len(t, i.Admin.Get(t, "/records/box?where=size%20%3D%3D%203").Want(t, http.StatusOK).List(t), 1)
		require.Len(t, i.Admin.Get(t, "/records/box").Want(t, http.StatusOK).List(t), 2)
		i.Admin.Delete(t, fmt.Sprint("/records/box/", later["id"])).Want(t, http.StatusNoContent)

		i.Admin.Put(t, "/meta/object/lid?allow=destructive", thing(doc{"name": property("text")}, doc{"name": "lid"})).Want(t, http.StatusOK)
		restore()
		require.Equal(t, onLid, read("lid", onLid), "lookups of many are back with what they pointed to")
	})
}

// TestWhatWasDroppedIsForgottenAfterThirtyDays, and not before.
func TestWhatWasDroppedIsForgottenAfterThirtyDays(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		box := thing(doc{"name": property("text"), "size": property("integer", doc{"index": true}), "best": property("lookup", doc{"target": "lid"})}, doc{"name": "box"})
		lid := thing(doc{"name": property("text"), "box": property("lookup", doc{"target": "box"}), "boxes": property("lookups", doc{"target": "box"})}, doc{"name": "lid"})
		applied := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{box, lid}}).Want(t, http.StatusOK).Data(t)["revision"]
		one := i.Admin.Post(t, "/records/box", doc{"name": "A", "size": 3}).Want(t, http.StatusCreated).Data(t)
		onLid := i.Admin.Post(t, "/records/lid", doc{"name": "L", "box": one["id"], "boxes": []any{one["id"]}}).Want(t, http.StatusCreated).Data(t)
		i.Admin.Patch(t, fmt.Sprint("/records/box/", one["id"]), doc{"best": onLid["id"]}).Want(t, http.StatusOK)
		restore := func() {
			t.Helper()
			i.Admin.Post(t, fmt.Sprintf("/meta/_revisions/%v/restore?allow=destructive", applied), nil).Want(t, http.StatusOK)
		}
		wait := func(days int) {
			t.Helper()
			i.Clock.Shift(time.Duration(days) * 24 * time.Hour)
			require.NoError(t, i.Catalog.Forget(t.Context()))
			i.Admin = i.Client(t, enginetest.AdminEmail) // the key has expired
		}
		shrink := func() {
			t.Helper()
			i.Admin.Put(t, "/meta/object/box?allow=destructive", thing(doc{"name": property("text")}, doc{"name": "box"})).Want(t, http.StatusOK)
			i.Admin.Delete(t, "/meta/object/lid?allow=destructive").Want(t, http.StatusOK)
		}
		shrink()
		wait(29)
		restore()
		require.InDelta(t, 3, i.Admin.Get(t, fmt.Sprint("/records/box/", one["id"])).Want(t, http.StatusOK).Data(t)["size"], 0)
		i.Admin.Get(t, fmt.Sprint("/records/lid/", onLid["id"])).Want(t, http.StatusOK)
		both := []any{doc{"kind": "object", "name": "box"}, doc{"kind": "object", "name": "lid"}}
		i.Admin.Post(t, "/meta/_apply", doc{"delete": both, "allow": []any{"destructive"}}).Want(t, http.StatusOK)
		wait(29 + 31)
		shape, err := store.Introspect(t.Context(), i.Store)
		require.NoError(t, err)
		require.Empty(t, shape.Aside)
		restore()
		require.Empty(t, i.Admin.Get(t, "/records/box").Want(t, http.StatusOK).List(t))
		require.Empty(t, i.Admin.Get(t, "/records/lid").Want(t, http.StatusOK).List(t))
	})
}
