package api_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/record"
)

// binned are firms with a unique code and a paper, people who are a part of
// theirs, and bargains that only name them.
func binned(t *testing.T, i *enginetest.Installation) func(object string, values doc) string {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
		doc{"kind": "object", "name": "firm", "type": "object", "display": "name", "unique": []any{[]any{"code"}}, "properties": doc{
			"name": property("text"), "code": property("text"), "paper": property("file"), "people": property("rollup", doc{"of": "person.firm", "function": "count"}),
		}},
		doc{"kind": "object", "name": "person", "type": "object", "display": "name", "properties": doc{"name": property("text"), "firm": property("lookup", doc{"target": "firm", "onDelete": "cascade"})}},
		doc{"kind": "object", "name": "bargain", "type": "object", "display": "name", "properties": doc{"name": property("text"), "firm": property("lookup", doc{"target": "firm"})}},
		doc{"kind": "role", "name": "reader", "grants": []any{doc{"object": "firm", "actions": []any{"read"}, "scope": "all", "fields": doc{"read": []any{"code"}}}}},
		doc{"kind": "role", "name": "owner", "grants": []any{doc{"object": "firm", "actions": []any{"create", "read", "delete"}, "scope": "own", "fields": doc{"read": []any{"*"}}}}},
	}}).Want(t, 200)
	return func(object string, values doc) string {
		return fmt.Sprint(i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
	}
}

// TestAFamilyComesBackFromTheBin: what was deleted with a record is counted and
// comes back with it, with its files; what was deleted before stays.
func TestAFamilyComesBackFromTheBin(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		paper := sendFile(t, i.Admin, "a.txt", []byte("a"))
		firm := create("firm", doc{"name": "Cloud", "code": "C", "paper": paper})
		beside := fmt.Sprint(i.Admin.Send(t, "/records/firm/"+firm+"/files", "b.txt", []byte("b")).Want(t, 201).Data(t)["id"])
		people := []string{create("person", doc{"name": "Ann", "firm": firm}), create("person", doc{"name": "Bob", "firm": firm}), create("person", doc{"name": "Cid", "firm": firm})}
		i.Admin.Delete(t, "/records/person/"+people[2]).Want(t, 204)
		i.Admin.Delete(t, "/records/firm/"+firm).Want(t, 204)
		list := i.Admin.Get(t, "/bin?object=firm").Want(t, 200).List(t)
		require.Len(t, list, 1)
		require.Equal(t, []any{firm, "Cloud", 2.0, doc{"restore": true, "erase": true}}, []any{list[0]["id"], list[0]["display"], list[0]["children"], list[0]["can"]})
		require.NotNil(t, list[0]["purge_at"])
		require.Len(t, i.Admin.Get(t, "/bin").Want(t, 200).List(t), 2, "a family is one, who went before is another")
		require.Len(t, i.Admin.Get(t, "/bin?q=CLO").Want(t, 200).List(t), 1)
		require.Empty(t, i.Admin.Get(t, "/bin?q=%25").Want(t, 200).List(t))
		first := i.Admin.Get(t, "/bin?limit=1").Want(t, 200)
		require.Len(t, first.List(t), 1)

		code, _ := i.Admin.Post(t, "/records/person/"+people[0]+"/restore", nil).Want(t, 409).Fault(t)
		require.Equal(t, "parent_deleted", code)
		i.Admin.Post(t, "/records/firm/"+firm+"/restore", nil).Want(t, 200)
		require.Equal(t, "2", fmt.Sprint(i.Admin.Get(t, "/records/firm/"+firm).Want(t, 200).Data(t)["people"]))
		for _, person := range people[:2] {
			i.Admin.Get(t, "/records/person/"+person).Want(t, 200)
		}
		i.Admin.Get(t, "/records/person/"+people[2]).Want(t, 404)
		i.Admin.Get(t, "/files/"+paper).Want(t, 200)
		i.Admin.Get(t, "/files/"+beside).Want(t, 200)
		require.Len(t, i.Admin.Get(t, "/bin").Want(t, 200).List(t), 1)
	})
}

// TestARestoreNamesWhatIsInItsWay, and takes another value in its place.
func TestARestoreNamesWhatIsInItsWay(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		firm := create("firm", doc{"name": "Cloud", "code": "C"})
		person := create("person", doc{"name": "Ann", "firm": firm})
		i.Admin.Delete(t, "/records/firm/"+firm).Want(t, 204)
		other := create("firm", doc{"name": "Cloud", "code": "C"})
		code, items := i.Admin.Post(t, "/records/firm/"+firm+"/restore", nil).Want(t, 409).Fault(t)
		require.Equal(t, "duplicate", code)
		require.Contains(t, items, "/code")
		i.Admin.Post(t, "/records/person/"+person+"/restore", doc{"values": doc{"firm": other}}).Want(t, 200)
		require.Equal(t, other, i.Admin.Get(t, "/records/person/"+person).Want(t, 200).Data(t)["firm"], "another parent")
		back := i.Admin.Post(t, "/records/firm/"+firm+"/restore", doc{"values": doc{"code": "C-2"}}).Want(t, 200).Data(t)
		require.Equal(t, "C-2", back["code"])
	})
}

// TestTheBinKeepsToRights: one sees there what one could see before, under the
// same fields, and removes for good only with the ability.
func TestTheBinKeepsToRights(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		reader, owner, stranger := i.Person(t, "Rita Reader", "reader"), i.Person(t, "Olga Owner", "owner"), i.Person(t, "Stranger")
		firm := create("firm", doc{"name": "Cloud", "code": "C"})
		create("person", doc{"name": "Ann", "firm": firm})
		own := fmt.Sprint(owner.Post(t, "/records/firm", doc{}).Want(t, 201).Data(t)["id"])
		i.Admin.Delete(t, "/records/firm/"+firm).Want(t, 204)
		owner.Delete(t, "/records/firm/"+own).Want(t, 204)
		seen := reader.Get(t, "/bin").Want(t, 200).List(t)
		require.Len(t, seen, 2)
		require.Equal(t, []any{firm, 0.0, doc{"restore": false, "erase": false}}, []any{seen[1]["display"], seen[1]["children"], seen[1]["can"]}, "neither its name nor what one may not see")
		require.Empty(t, reader.Get(t, "/bin?q=cloud").Want(t, 200).List(t), "what one may not read is not found")
		require.Len(t, owner.Get(t, "/bin").Want(t, 200).List(t), 1)
		require.Empty(t, stranger.Get(t, "/bin").Want(t, 200).List(t))
		stranger.Get(t, "/bin?object=firm").Want(t, 404)
		reader.Post(t, "/records/firm/"+firm+"/restore", nil).Want(t, 403)
		owner.Delete(t, "/bin/firm/"+own).Want(t, 403)
		owner.Post(t, "/records/firm/"+own+"/restore", nil).Want(t, 200)
		reader.Do(t, "PUT", "/bin/retention", []byte(`{"days":1}`)).Want(t, 403)
	})
}

// TestTheBinIsEmptied: what is removed for good goes with what was deleted with
// it, what named it lets it go, and the rest goes when its time is over.
func TestTheBinIsEmptied(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		firm := create("firm", doc{"name": "Cloud", "code": "C"})
		person := create("person", doc{"name": "Ann", "firm": firm})
		gone, lives := create("bargain", doc{"name": "gone", "firm": firm}), create("bargain", doc{"name": "lives", "firm": firm})
		i.Admin.Delete(t, "/records/bargain/"+gone).Want(t, 204)
		i.Admin.Delete(t, "/bin/firm/"+firm).Want(t, 404)
		i.Admin.Delete(t, "/records/firm/"+firm).Want(t, 204)
		i.Admin.Delete(t, "/bin/firm/"+firm).Want(t, 204)
		for _, path := range []string{"/records/firm/" + firm, "/records/person/" + person} {
			i.Admin.Post(t, path+"/restore", nil).Want(t, 404)
		}
		require.Nil(t, i.Admin.Get(t, "/records/bargain/"+lives).Want(t, 200).Data(t)["firm"])
		require.Nil(t, i.Admin.Post(t, "/records/bargain/"+gone+"/restore", nil).Want(t, 200).Data(t)["firm"])

		i.Admin.Do(t, "PUT", "/bin/retention", []byte(`{"days":10}`)).Want(t, 200)
		i.Admin.Do(t, "PUT", "/bin/retention", []byte(`{"days":-1}`)).Want(t, 422)
		i.Admin.Delete(t, "/records/bargain/"+gone).Want(t, 204)
		i.Admin.Post(t, "//test/clock", doc{"advance": "P11DT1M"}).Want(t, 200)
		admin := i.Client(t, enginetest.AdminEmail)
		admin.Delete(t, "/records/bargain/"+lives).Want(t, 204)
		for _, kind := range i.Records.Kinds() {
			if kind.Name() == record.BinCleaningKind {
				require.NoError(t, kind.Run(context.Background(), nil))
			}
		}
		require.Len(t, admin.Get(t, "/bin").Want(t, 200).List(t), 1, "what is not there long enough stays")
	})
}
