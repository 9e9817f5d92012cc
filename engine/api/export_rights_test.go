package api_test

import (
	"fmt"
	"testing"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAnExportIsNoLongerForWhoMayNotAskForItAgain: rights that are taken away
// count for what was taken out before, too.
func TestAnExportIsNoLongerForWhoMayNotAskForItAgain(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, tender()[0])
		role := func(name string, object string, read ...any) doc {
			return doc{"kind": "role", "name": name, "abilities": []any{"export"}, "grants": []any{
				doc{"object": object, "actions": []any{"read"}, "scope": "all", "fields": doc{"read": read}},
			}}
		}
		apply(t, i, role("seller", "tender", "name", "bid_number"), role("other", "user", "name"))
		i.Admin.Post(t, "/records/tender", doc{"name": "one", "bid_number": "T-1"}).Want(t, 201)
		export := func(c *enginetest.Client, fields ...string) string {
			ask := doc{"object": "tender"}
			if len(fields) > 0 {
				ask["fields"] = fields
			}
			exported := fmt.Sprint("/exports/", c.Post(t, "/exports", ask).Want(t, 202).Data(t)["id"])
			c.Wait(t, exported, "running", "waiting")
			c.Get(t, exported+"/file").Want(t, 200)
			return exported + "/file"
		}
		moved, stays := i.Person(t, "Moved", "seller"), i.Person(t, "Stays", "seller")
		lost := export(moved, "name")
		named, all, kept := export(stays, "name", "bid_number"), export(stays), export(stays, "name")
		apply(t, i, role("seller", "tender", "name"))
		stays.Get(t, named).Want(t, 400)
		stays.Get(t, all).Want(t, 400)
		stays.Get(t, kept).Want(t, 200)
		person := i.Admin.Get(t, "/records/user?where=name+%3D%3D+%22Moved%22").Want(t, 200).List(t)[0]["id"]
		i.Admin.Patch(t, fmt.Sprint("/records/user/", person), doc{"roles": []any{"other"}}).Want(t, 200)
		moved.Get(t, lost).Want(t, 404)
	})
}
