package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestARestoreTakesValuesAsAChangeDoes: whose file it is, rules and lines are
// judged alike.
func TestARestoreTakesValuesAsAChangeDoes(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{
				"kind": "object", "name": "firm", "type": "object", "display": "name", "properties": doc{"name": property("text"), "paper": property("file"), "seats": property("lines", doc{"target": "seat"})},
				"rules": []any{doc{"name": "named", "assert": "name != \"forbidden\"", "message": "No.", "at": []any{"name"}}},
			},
			doc{"kind": "object", "name": "seat", "type": "object", "properties": doc{"name": property("text"), "firm": property("lookup", doc{"target": "firm", "onDelete": "cascade"})}},
			doc{"kind": "role", "name": "clerk", "grants": []any{doc{"object": "firm", "actions": []any{"create", "read", "update", "delete"}, "scope": "own", "fields": doc{"read": []any{"*"}, "update": []any{"*"}}}}},
		}}).Want(t, 200)
		bob, mallory := i.Person(t, "Bob", "clerk"), i.Person(t, "Mallory", "clerk")
		paper := sendFile(t, bob, "a.txt", []byte("a"))
		bob.Post(t, "/records/firm", doc{"name": "Bob's", "paper": paper}).Want(t, 201)
		firm := fmt.Sprint("/records/firm/", mallory.Post(t, "/records/firm", doc{"name": "Mallory's"}).Want(t, 201).Data(t)["id"])
		mallory.Delete(t, firm).Want(t, 204)
		for _, c := range []struct {
			values  doc
			pointer string
		}{
			{doc{"paper": doc{"id": paper}}, "/paper"}, {doc{"paper": paper}, "/paper"}, {doc{"name": "forbidden"}, "/name"}, {doc{"seats": []any{doc{"name": "one"}}}, "/seats"},
		} {
			_, items := mallory.Post(t, firm+"/restore", doc{"values": c.values}).Want(t, 422).Fault(t)
			require.Contains(t, items, c.pointer)
		}
		mallory.Get(t, "/files/"+paper).Want(t, 404)
		bob.Get(t, "/files/"+paper).Want(t, 200)
		mallory.Post(t, firm+"/restore", doc{"values": doc{"name": "Mallory's own"}}).Want(t, 200)
	})
}

// TestWhateverPointsToItADeletedRecordIsErased: a deleted record is removed for good: many lookups let
// it go, and what is twice a part of it goes once.
func TestWhateverPointsToItADeletedRecordIsErased(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "project", "type": "object", "properties": doc{"name": property("text")}},
			doc{"kind": "object", "name": "step", "type": "object", "properties": doc{
				"name": property("text"), "project": property("lookup", doc{"target": "project", "onDelete": "cascade"}), "parent": property("lookup", doc{"target": "step", "onDelete": "cascade"}),
			}},
			doc{"kind": "object", "name": "plan", "type": "object", "properties": doc{"name": property("text"), "projects": property("lookups", doc{"target": "project"})}},
		}}).Want(t, 200)
		create := func(object string, values doc) string {
			return fmt.Sprint(i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
		}
		project := create("project", doc{"name": "P"})
		first := create("step", doc{"name": "1", "project": project})
		create("step", doc{"name": "2", "project": project, "parent": first})
		plan := create("plan", doc{"name": "all", "projects": []any{project}})
		i.Admin.Delete(t, "/records/plan/"+plan).Want(t, 204)
		i.Admin.Delete(t, "/records/project/"+project).Want(t, 204)
		require.Len(t, i.Admin.Get(t, "/bin?object=project").Want(t, 200).List(t), 1)
		i.Admin.Delete(t, "/bin/project/"+project).Want(t, 204)
		require.Len(t, i.Admin.Get(t, "/bin").Want(t, 200).List(t), 1, "the plan")
		i.Admin.Post(t, "/records/plan/"+plan+"/restore", doc{"values": doc{"projects": []any{create("project", doc{"name": "Q"})}}}).Want(t, 200)
	})
}

// TestUndoingAMergeRestoresNothingThatWasDeletedSince, but with the right to.
func TestUndoingAMergeRestoresNothingThatWasDeletedSince(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		grants := func(actions ...any) doc {
			return doc{"kind": "role", "name": "seller", "grants": []any{doc{"object": "firm", "actions": actions, "scope": "all", "fields": doc{"read": []any{"*"}, "update": []any{"*"}}}}}
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": merging()}).Want(t, 200)
		f := twoFirms(t, i, i.Person(t, "Sam Seller", "seller"))
		f.Post(t, f.stays+"/actions/merge", doc{"with": idIn(f.goes), "values": doc{}}).Want(t, 200)
		i.Admin.Patch(t, f.stays, doc{"phone": nil}).Want(t, 200)
		i.Admin.Post(t, f.goes+"/restore", nil).Want(t, 200)
		i.Admin.Delete(t, f.goes).Want(t, 204)
		i.Admin.Put(t, "/meta/role/seller", grants("read", "update")).Want(t, 200)
		f.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 403)
		i.Admin.Get(t, f.goes).Want(t, 404)
	})
}

// TestUndoingAMergeLeavesWhatIsNotAllowedAnyMore, and does the rest.
func TestUndoingAMergeLeavesWhatIsNotAllowedAnyMore(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		tiers := func(active bool) doc {
			return doc{"kind": "object", "name": "firm", "type": "object", "display": "name", "properties": doc{
				"name": property("text"), "city": property("text"),
				"tier": property("select", doc{"oneOf": []any{doc{"const": "gold", "title": "Gold", "active": active}, doc{"const": "silver", "title": "Silver"}}}),
			}}
		}
		i.Admin.Put(t, "/meta/object/firm", tiers(true)).Want(t, 200)
		create := func(values doc) string {
			return fmt.Sprint("/records/firm/", i.Admin.Post(t, "/records/firm", values).Want(t, 201).Data(t)["id"])
		}
		stays, goes := create(doc{"name": "A", "tier": "gold", "city": "one"}), create(doc{"name": "B", "tier": "silver", "city": "two"})
		i.Admin.Post(t, stays+"/actions/merge", doc{"with": idIn(goes), "values": doc{"tier": "silver", "city": "two"}}).Want(t, 200)
		i.Admin.Put(t, "/meta/object/firm", tiers(false)).Want(t, 200)
		kept := i.Admin.Post(t, stays+"/actions/undo_merge", doc{}).Want(t, 200).Data(t)["kept"].([]any)
		require.Equal(t, []any{"tier"}, kept[0].(doc)["fields"])
		require.Equal(t, "one", i.Admin.Get(t, stays).Want(t, 200).Data(t)["city"])
		i.Admin.Get(t, goes).Want(t, 200)
	})
}

// TestUndoingAMergeMakesNoDuplicate of a record that came since, though the two
// may be alike as they were.
func TestUndoingAMergeMakesNoDuplicate(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Put(t, "/meta/object/firm", doc{
			"kind": "object", "name": "firm", "type": "object", "display": "name", "properties": doc{"name": property("text"), "phone": property("phone")},
			"behaviours": doc{"duplicates": []any{doc{"match": []any{doc{"field": "phone", "by": "exact"}}, "action": "block"}}},
		}).Want(t, 200)
		create := func(phone string) string {
			return fmt.Sprint("/records/firm/", i.Admin.Post(t, "/records/firm", doc{"name": phone, "phone": phone}).Want(t, 201).Data(t)["id"])
		}
		stays, goes := create("13800000001"), create("13800000002")
		i.Admin.Post(t, stays+"/actions/merge", doc{"with": idIn(goes), "values": doc{}}).Want(t, 200)
		since := create("13800000002")
		i.Admin.Post(t, stays+"/actions/undo_merge", doc{}).Want(t, 409)
		i.Admin.Get(t, goes).Want(t, 404)
		i.Admin.Delete(t, since).Want(t, 204)
		i.Admin.Post(t, stays+"/actions/undo_merge", doc{}).Want(t, 200)
	})
}

// TestARecordThatVeryManyPointToIsErased, deleted ones as they are.
func TestARecordThatVeryManyPointToIsErased(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		firm := create("firm", doc{"name": "Cloud"})
		many := func(operation func(n int) doc) []map[string]any {
			operations := make([]any, 1100)
			for n := range operations {
				operations[n] = operation(n)
			}
			return i.Admin.Post(t, "/records/bargain/_batch", doc{"operations": operations}).Want(t, 200).List(t)
		}
		made := many(func(int) doc { return doc{"op": "create", "values": doc{"name": "b", "firm": firm}} })
		many(func(n int) doc { return doc{"op": "delete", "id": made[n]["id"]} })
		i.Admin.Delete(t, "/records/firm/"+firm).Want(t, 204)
		i.Admin.Delete(t, "/bin/firm/"+firm).Want(t, 204)
	})
}

// TestWhoMayNotReadARecordAnyMoreStopsFollowingIt, and nobody else does.
func TestWhoMayNotReadARecordAnyMoreStopsFollowingIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		firm := "/records/firm/" + create("firm", doc{"name": "Cloud", "code": "C"})
		reader := i.Person(t, "Rea", "reader")
		followers := func() (n int) {
			require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_follow").Scan(&n))
			return n
		}
		reader.Put(t, firm+"/follow", nil).Want(t, 204)
		i.Admin.Put(t, firm+"/follow", nil).Want(t, 204)
		i.Admin.Put(t, "/meta/role/reader", doc{"kind": "role", "name": "reader", "grants": []any{}}).Want(t, 200)
		reader.Put(t, firm+"/follow", nil).Want(t, 404)
		reader.Delete(t, firm+"/follow").Want(t, 204)
		require.Equal(t, 1, followers())
		reader.Delete(t, "/records/firm/nothing/follow").Want(t, 404)
	})
}

// TestADeletedParentIsNamedOnlyToWhoSeesIt: to whom it is hidden, it is missing,
// and of a field that he may not read he is not told.
func TestADeletedParentIsNamedOnlyToWhoSeesIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		grant := func(read ...any) doc {
			return doc{"object": "person", "actions": []any{"read", "delete"}, "scope": "all", "fields": doc{"read": read}}
		}
		firms := doc{"object": "firm", "actions": []any{"read"}, "scope": "own"}
		apply(t, i,
			doc{"kind": "role", "name": "child", "grants": []any{grant("name", "firm")}},
			doc{"kind": "role", "name": "own_firms", "grants": []any{grant("name", "firm"), firms}},
			doc{"kind": "role", "name": "nameless", "grants": []any{grant("name"), doc{"object": "firm", "actions": []any{"read"}, "scope": "all"}}},
		)
		child, own, nameless := i.Person(t, "Child", "child"), i.Person(t, "Own", "own_firms"), i.Person(t, "Nameless", "nameless")
		restored := func(client *enginetest.Client, owner string) (int, string, map[string]string, string) {
			t.Helper()
			firm := create("firm", doc{"name": "Cloud", "owner": owner})
			person := create("person", doc{"name": "Ann", "firm": firm})
			i.Admin.Delete(t, "/records/firm/"+firm).Want(t, 204)
			answer := client.Post(t, "/records/person/"+person+"/restore", nil)
			code, items := answer.Fault(t)
			return answer.Status, code, items, string(answer.Body)
		}
		for _, client := range []*enginetest.Client{child, own} {
			status, _, items, body := restored(client, i.Admin.UserID)
			require.Equal(t, []any{422, map[string]string{"/firm": "missing_record"}}, []any{status, items})
			require.NotContains(t, body, "Firm")
		}
		status, code, items, body := restored(nameless, i.Admin.UserID)
		require.Equal(t, []any{403, "forbidden", map[string]string{}}, []any{status, code, items})
		require.NotContains(t, body, "irm")
		status, code, items, _ = restored(own, own.UserID)
		require.Equal(t, []any{409, "parent_deleted", map[string]string{"/firm": "parent_deleted"}}, []any{status, code, items})
	})
}
