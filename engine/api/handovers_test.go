package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// handedOver waits until a handover is no longer under way.
func handedOver(t *testing.T, c *enginetest.Client, id any) map[string]any {
	t.Helper()
	for {
		for _, one := range c.Get(t, "/handovers").Want(t, 200).List(t) {
			if one["id"] == id && one["ended_at"] != nil {
				return one
			}
		}
		<-time.After(10 * time.Millisecond)
	}
}

// handOver gives records of a person to another, and waits until that is done.
func handOver(t *testing.T, i *enginetest.Installation, from, to string, disable bool, objects ...string) map[string]any {
	t.Helper()
	begun := i.Admin.Post(t, fmt.Sprint("/people/", from, "/handovers"), doc{"to": to, "objects": objects, "disable": disable}).Want(t, 202).Data(t)
	return handedOver(t, i.Admin, begun["id"])
}

// TestAHandoverGivesWhatAPersonHasAndTakesItBack: the kinds that were chosen,
// with one word to who gets them; and back, but for what has gone on since.
func TestAHandoverGivesWhatAPersonHasAndTakesItBack(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_rep")
		var leads []string
		for n := range 3 {
			leads = append(leads, fmt.Sprint("/records/lead/", li.Post(t, "/records/lead?allow=duplicates", doc{"name": fmt.Sprint("L", n), "company": "c"}).Want(t, 201).Data(t)["id"]))
		}
		task := fmt.Sprint("/records/todo/", li.Post(t, "/records/todo", doc{"subject": "call"}).Want(t, 201).Data(t)["id"])
		owner := func(path string) any { return i.Admin.Get(t, path).Want(t, 200).Data(t)["owner"] }
		owned := map[any]any{}
		for _, one := range i.Admin.Get(t, fmt.Sprint("/people/", li.UserID, "/records")).Want(t, 200).List(t) {
			owned[one["object"]] = one["count"]
		}
		require.Equal(t, map[any]any{"lead": 3.0, "todo": 1.0}, owned)

		done := handOver(t, i, li.UserID, bo.UserID, true, "lead")
		require.Equal(t, []any{"done", 3.0, 3.0, 0.0}, []any{done["state"], done["total"], done["given"], done["kept"]})
		for _, path := range leads {
			require.Equal(t, bo.UserID, owner(path))
			require.Equal(t, "handover", i.Admin.Get(t, path+"/changes").Want(t, 200).List(t)[0]["via"])
		}
		require.Equal(t, li.UserID, owner(task), "it was not chosen")
		li.Get(t, "/me").Want(t, 401)
		told := bo.Get(t, "/notifications").Want(t, 200).List(t)
		require.Len(t, told, 1)
		require.Equal(t, []any{"handed_over", 3.0}, []any{told[0]["reason"], told[0]["count"]})

		i.Admin.Patch(t, leads[0], doc{"owner": i.Admin.UserID}).Want(t, 200)
		undo := fmt.Sprint("/handovers/", done["id"], "/undo")
		i.Admin.Post(t, undo, nil).Want(t, 202)
		back := handedOver(t, i.Admin, done["id"])
		require.Equal(t, []any{"undone", 2.0, 1.0}, []any{back["state"], back["undone"], back["kept"]})
		require.Equal(t, []any{i.Admin.UserID, li.UserID, li.UserID}, []any{owner(leads[0]), owner(leads[1]), owner(leads[2])})
		li.Get(t, "/me").Want(t, 200)
		i.Admin.Post(t, undo, nil).Want(t, 409)
	})
}

// TestAHandoverKeepsWhatItCannotGive, and gives all else, however many they are.
func TestAHandoverKeepsWhatItCannotGive(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		object := doc{"kind": "object", "name": "contract", "type": "object", "display": "name", "properties": doc{"name": doc{"field": "text", "title": "Name"}}}
		apply(t, i, object, doc{"kind": "role", "name": "clerk", "grants": []any{doc{"object": "contract", "actions": []any{"create", "read"}, "scope": "own", "fields": doc{"read": []any{"*"}, "update": []any{"*"}}}}})
		li, bo := i.Person(t, "Li", "clerk"), i.Person(t, "Bo", "clerk")
		for n := range 205 {
			li.Post(t, "/records/contract", doc{"name": fmt.Sprint("c", n)}).Want(t, 201)
		}
		object["rules"] = []any{doc{"name": "lucky", "assert": `name != "c13"`, "message": "No thirteen."}}
		apply(t, i, object)
		done := handOver(t, i, li.UserID, bo.UserID, false, "contract")
		require.Equal(t, []any{"done", 205.0, 204.0, 1.0}, []any{done["state"], done["total"], done["given"], done["kept"]})
		require.Len(t, li.Get(t, "/records/contract").Want(t, 200).List(t), 1)
	})
}

// TestAHandoverTakenBackEnablesOnlyWhomItDisabled: who could not sign in before
// cannot after.
func TestAHandoverTakenBackEnablesOnlyWhomItDisabled(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_rep")
		i.Admin.Patch(t, "/records/user/"+li.UserID, doc{"active": false}).Want(t, 200)
		done := handOver(t, i, li.UserID, bo.UserID, true, "lead")
		require.Equal(t, false, done["disable"])
		i.Admin.Post(t, fmt.Sprint("/handovers/", done["id"], "/undo"), nil).Want(t, 202)
		handedOver(t, i.Admin, done["id"])
		li.Get(t, "/me").Want(t, 401)
	})
}

// TestAHandoverIsRefused where nobody could take it, and leaves nothing behind.
func TestAHandoverIsRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo, gone := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_rep"), i.Person(t, "Gone")
		i.Admin.Patch(t, "/records/user/"+gone.UserID, doc{"active": false}).Want(t, 200)
		path := func(id string) string { return fmt.Sprint("/people/", id, "/handovers") }
		before := fingerprint(t, i)
		for _, to := range []string{li.UserID, gone.UserID, "00000000-0000-7000-8000-000000000000", "x", ""} {
			_, items := i.Admin.Post(t, path(li.UserID), doc{"to": to, "objects": []string{"lead"}}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/to": "missing_record"}, items, to)
		}
		for _, object := range []string{"user", "nothing", "team"} {
			_, items := i.Admin.Post(t, path(li.UserID), doc{"to": bo.UserID, "objects": []string{object}}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/objects/0": "unknown_option"}, items)
		}
		code, _ := i.Admin.Post(t, path(i.Admin.UserID), doc{"to": bo.UserID, "objects": []string{"lead"}, "disable": true}).Want(t, 409).Fault(t)
		require.Equal(t, "last_administrator", code)
		bo.Post(t, path(li.UserID), doc{"to": bo.UserID, "objects": []string{"lead"}}).Want(t, 403)
		bo.Get(t, fmt.Sprint("/people/", li.UserID, "/records")).Want(t, 403)
		require.Equal(t, before, fingerprint(t, i))
	})
}
