package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// merging are firms with a parent, a score of their deals and a paper, deals of
// a firm and of partners, and memos about anything.
func merging() []any {
	object := func(name string, properties doc) doc {
		return doc{"kind": "object", "name": name, "type": "object", "display": "name", "required": []any{"name"}, "properties": properties}
	}
	firm := object("firm", doc{
		"name": property("text"), "code": property("text"), "phone": property("phone"), "worth": property("money"), "tags": property("tags"),
		"parent": property("lookup", doc{"target": "firm"}), "paper": property("file"), "won": property("rollup", doc{"of": "bargain.firm", "function": "count"}),
	})
	firm["unique"] = []any{[]any{"code"}}
	firm["behaviours"] = doc{"duplicates": []any{doc{"match": []any{doc{"field": "phone", "by": "exact"}}, "action": "warn"}}}
	grant := func(object, scope string, actions ...any) doc {
		return doc{"object": object, "actions": actions, "scope": scope, "fields": doc{"read": []any{"*"}, "update": []any{"*"}}}
	}
	return []any{
		firm,
		object("bargain", doc{"name": property("text"), "firm": property("lookup", doc{"target": "firm", "onDelete": "cascade"}), "partners": property("lookups", doc{"target": "firm"})}),
		object("memo", doc{"name": property("text"), "about": property("link")}),
		doc{"kind": "role", "name": "seller", "grants": []any{grant("firm", "all", "create", "read", "update", "delete"), grant("bargain", "own", "create", "read", "update", "delete"), grant("memo", "own", "create", "read")}},
		doc{"kind": "role", "name": "keeper", "grants": []any{grant("firm", "all", "read", "update")}},
		doc{"kind": "role", "name": "guest", "grants": []any{grant("firm", "shared", "read", "update")}},
	}
}

// firms are two that are the same, with all that may be about them.
type firms struct {
	*enginetest.Client
	stays, goes, paper string
	about              []string
}

func twoFirms(t *testing.T, i *enginetest.Installation, who *enginetest.Client) firms {
	t.Helper()
	create := func(path string, values doc) string {
		return fmt.Sprint(who.Post(t, path+"?allow=duplicates", values).Want(t, 201).Data(t)["id"])
	}
	f := firms{Client: who, paper: sendFile(t, who, "goes.txt", []byte("goes"))}
	stays := create("/records/firm", doc{"name": "Cloud", "phone": "13800000001", "tags": []any{"a"}})
	goes := create("/records/firm", doc{"name": "Cloud Ltd", "code": "C-2", "phone": "13800000001", "worth": doc{"amount": "7", "currency": "CNY"}, "paper": f.paper})
	f.stays, f.goes = "/records/firm/"+stays, "/records/firm/"+goes
	who.Patch(t, f.stays+"?allow=duplicates", doc{"parent": goes}).Want(t, 200)
	about := func(object string, values doc) {
		f.about = append(f.about, "/records/"+object+"/"+create("/records/"+object, values))
	}
	about("bargain", doc{"name": "b1", "firm": stays})
	about("bargain", doc{"name": "b2", "firm": goes, "partners": []any{stays, goes}})
	about("bargain", doc{"name": "b3", "partners": []any{goes}})
	about("memo", doc{"name": "m", "about": doc{"object": "firm", "id": goes}})
	for _, path := range []string{f.stays, f.goes} {
		who.Post(t, path+"/comments", doc{"text": "about " + path}).Want(t, 201)
		who.Send(t, path+"/files", "beside.txt", []byte(path)).Want(t, 201)
	}
	guest := i.Person(t, "Guest "+goes[30:], "guest")
	me := guest.Get(t, "/me").Want(t, 200).Data(t)["id"]
	who.Post(t, f.goes+"/shares", doc{"to": doc{"user": me}, "access": "read"}).Want(t, 201)
	return f
}

func idIn(path string) string { return path[len(path)-36:] }

// picture is all that is about both, without what says when it was changed.
func (f firms) picture(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, path := range append([]string{f.stays, f.goes}, f.about...) {
		answer := f.Get(t, path)
		if answer.Status == 404 {
			all[path] = nil
			continue
		}
		values := answer.Want(t, 200).Data(t)
		for _, name := range []string{"version", "updated_at", "updated_by"} {
			delete(values, name)
		}
		all[path] = values
	}
	for _, path := range []string{f.stays, f.goes} {
		for _, beside := range []string{"/comments", "/files", "/shares"} {
			if answer := f.Get(t, path+beside); answer.Status == 200 {
				all[path+beside] = answer.List(t)
			}
		}
	}
	all["paper"] = f.Get(t, "/files/"+f.paper).Status
	return all
}

// TestAMergeIsUndone: what one record became a part of another with, and all
// that came along, is back where it was, exactly.
func TestAMergeIsUndone(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": merging()}).Want(t, 200)
		f := twoFirms(t, i, i.Person(t, "Sam Seller", "seller"))
		before := f.picture(t)
		ask := doc{"with": idIn(f.goes), "values": doc{"code": "C-2", "worth": doc{"amount": "7", "currency": "CNY"}, "paper": f.paper, "tags": []any{"a", "b"}}}

		preview := f.Post(t, f.stays+"/actions/merge/preview", ask).Want(t, 200).Data(t)
		require.Equal(t, before, f.picture(t), "a preview writes nothing")
		require.Equal(t, []any{
			doc{"object": "bargain", "stays": 2.0, "comes": 2.0}, doc{"object": "firm", "stays": 0.0, "comes": 1.0}, doc{"object": "memo", "stays": 0.0, "comes": 1.0},
		}, preview["about"])
		require.Equal(t, []any{doc{"stays": 1.0, "comes": 1.0}, doc{"stays": 1.0, "comes": 1.0}}, []any{preview["comments"], preview["files"]})

		merged := f.Post(t, f.stays+"/actions/merge", ask).Want(t, 200).Data(t)
		shown := preview["result"].(doc)
		for _, name := range []string{"version", "updated_at"} {
			delete(merged, name)
			delete(shown, name)
		}
		require.Equal(t, shown, merged, "the preview is what it became")
		require.Equal(t, []any{"C-2", nil, "2"}, []any{merged["code"], merged["parent"], fmt.Sprint(merged["won"])})
		require.Len(t, f.Get(t, f.stays+"/shares").Want(t, 200).List(t), 1)
		require.Len(t, f.Get(t, f.stays+"/comments").Want(t, 200).List(t), 2)
		require.Equal(t, []any{idIn(f.stays)}, f.Get(t, f.about[2]).Want(t, 200).Data(t)["partners"])
		list := f.Get(t, f.stays+"/merges").Want(t, 200).List(t)
		require.Len(t, list, 1)
		require.Equal(t, []any{"Cloud Ltd", idIn(f.goes)}, []any{list[0]["display"], list[0]["other"]})

		split := f.Post(t, f.stays+"/actions/undo_merge", doc{"merge": list[0]["id"]}).Want(t, 200).Data(t)
		require.Empty(t, split["kept"])
		require.Equal(t, before, f.picture(t), "all is as it was")
		code, _ := f.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 409).Fault(t)
		require.Equal(t, "not_merged", code)
		require.Empty(t, f.Get(t, f.stays+"/merges").Want(t, 200).List(t))
		f.Post(t, f.stays+"/actions/merge", ask).Want(t, 200)
	})
}

// TestUndoingAMergeKeepsWhatWasChangedSince, and says what that is.
func TestUndoingAMergeKeepsWhatWasChangedSince(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": merging()}).Want(t, 200)
		f := twoFirms(t, i, i.Person(t, "Sam Seller", "seller"))
		third := fmt.Sprint(f.Post(t, "/records/firm", doc{"name": "Third"}).Want(t, 201).Data(t)["id"])
		f.Post(t, f.stays+"/actions/merge", doc{"with": idIn(f.goes), "values": doc{"name": "Cloud Ltd", "paper": f.paper}}).Want(t, 200)
		f.Patch(t, f.stays+"?allow=duplicates", doc{"name": "Cloud One"}).Want(t, 200)
		f.Patch(t, f.about[1], doc{"firm": third}).Want(t, 200)
		said := f.Post(t, f.stays+"/comments", doc{"text": "since"}).Want(t, 201).Data(t)["id"]

		split := f.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 200).Data(t)
		require.Equal(t, []any{
			doc{"object": "bargain", "id": idIn(f.about[1]), "display": "b2", "fields": []any{"firm"}},
			doc{"object": "firm", "id": idIn(f.stays), "display": "Cloud One", "fields": []any{"name"}},
		}, split["kept"])
		require.Equal(t, "Cloud One", f.Get(t, f.stays).Want(t, 200).Data(t)["name"])
		require.Equal(t, "Cloud Ltd", f.Get(t, f.goes).Want(t, 200).Data(t)["name"])
		require.Equal(t, third, f.Get(t, f.about[1]).Want(t, 200).Data(t)["firm"])
		require.Equal(t, said, f.Get(t, f.stays+"/comments").Want(t, 200).List(t)[0]["id"], "what was said since stays")
		f.Get(t, "/files/"+f.paper).Want(t, 200)
	})
}

// TestAMergeKeepsToRights: what one may not see comes along and is not counted,
// and goes back; another undoes only with the right to delete; after thirty
// days nobody does.
func TestAMergeKeepsToRights(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": merging()}).Want(t, 200)
		f := twoFirms(t, i, i.Person(t, "Sam Seller", "seller"))
		hidden := fmt.Sprint("/records/bargain/", i.Admin.Post(t, "/records/bargain", doc{"name": "hidden", "firm": idIn(f.goes)}).Want(t, 201).Data(t)["id"])
		ask := doc{"with": idIn(f.goes), "values": doc{}}
		preview := f.Post(t, f.stays+"/actions/merge/preview", ask).Want(t, 200).Data(t)
		require.Equal(t, doc{"object": "bargain", "stays": 2.0, "comes": 2.0}, preview["about"].([]any)[0], "without the hidden one")
		keeper, stranger := i.Person(t, "Kim Keeper", "keeper"), i.Person(t, "Stranger")
		keeper.Post(t, f.stays+"/actions/merge/preview", ask).Want(t, 403)
		stranger.Post(t, f.stays+"/actions/merge/preview", ask).Want(t, 404)

		f.Post(t, f.stays+"/actions/merge", ask).Want(t, 200)
		require.Equal(t, idIn(f.stays), i.Admin.Get(t, hidden).Want(t, 200).Data(t)["firm"], "nothing is lost")
		keeper.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 403)
		stranger.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 404)
		stranger.Get(t, f.stays+"/merges").Want(t, 404)
		require.Len(t, keeper.Get(t, f.stays+"/merges").Want(t, 200).List(t), 1)
		i.Admin.Patch(t, hidden, doc{"firm": nil}).Want(t, 200)
		require.Empty(t, f.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 200).Data(t)["kept"], "nothing is told of what one does not see")

		f.Post(t, f.stays+"/actions/merge", ask).Want(t, 200)
		i.Admin.Post(t, "//test/clock", doc{"advance": "P30DT1M"}).Want(t, 200)
		late := i.Client(t, "sam.seller@example.com")
		code, _ := late.Post(t, f.stays+"/actions/undo_merge", doc{}).Want(t, 409).Fault(t)
		require.Equal(t, "undo_expired", code)
		require.Empty(t, late.Get(t, f.stays+"/merges").Want(t, 200).List(t))
	})
}

// TestAMergeGivesAwayNoRight: who was only given a record does not open it to
// others by merging one of his own that he shared into it.
func TestAMergeGivesAwayNoRight(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(merging(),
		doc{"kind": "role", "name": "owner", "grants": []any{doc{"object": "firm", "actions": []any{"create", "read", "update", "delete"}, "scope": "own", "fields": doc{"read": []any{"*"}, "update": []any{"*"}}}}})}).Want(t, 200)
	owner, guest := i.Person(t, "Olga Owner", "owner"), i.Person(t, "Gus Guest", "guest")
	me := func(who *enginetest.Client) any { return who.Get(t, "/me").Want(t, 200).Data(t)["id"] }
	secret := fmt.Sprint("/records/firm/", i.Admin.Post(t, "/records/firm", doc{"name": "Secret"}).Want(t, 201).Data(t)["id"])
	i.Admin.Post(t, secret+"/shares", doc{"to": doc{"user": me(owner)}, "access": "update"}).Want(t, 201)
	own := fmt.Sprint("/records/firm/", owner.Post(t, "/records/firm", doc{"name": "Own"}).Want(t, 201).Data(t)["id"])
	owner.Post(t, own+"/shares", doc{"to": doc{"user": me(guest)}, "access": "read"}).Want(t, 201)
	guest.Get(t, own).Want(t, 200)
	owner.Post(t, secret+"/actions/merge", doc{"with": idIn(own), "values": doc{}}).Want(t, 200)
	guest.Get(t, secret).Want(t, 404)
}
