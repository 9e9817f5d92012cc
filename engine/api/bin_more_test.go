package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAFileComesBackFromTheBin: one that was taken out of a field or from
// beside the fields is listed with its record, and goes back there.
func TestAFileComesBackFromTheBin(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		paper := sendFile(t, i.Admin, "a.txt", []byte("a"))
		firm := "/records/firm/" + create("firm", doc{"name": "Cloud", "code": "C", "paper": paper})
		beside := fmt.Sprint(i.Admin.Send(t, firm+"/files", "b.txt", []byte("b")).Want(t, 201).Data(t)["id"])
		require.Empty(t, i.Admin.Get(t, "/bin/files").Want(t, 200).List(t))
		i.Admin.Patch(t, firm, doc{"paper": nil}).Want(t, 200)
		i.Admin.Delete(t, firm+"/files/"+beside).Want(t, 204)
		i.Admin.Delete(t, firm+"/files/"+beside).Want(t, 404)
		require.Empty(t, i.Admin.Get(t, firm+"/files").Want(t, 200).List(t))
		i.Admin.Get(t, "/files/"+beside).Want(t, 404)

		list := i.Admin.Get(t, "/bin/files").Want(t, 200).List(t)
		require.Len(t, list, 2)
		for n, want := range []doc{{"id": beside, "name": "b.txt", "field": ""}, {"id": paper, "name": "a.txt", "field": "paper"}} {
			got := list[n]
			require.Equal(t, []any{want["id"], want["name"], want["field"], "Cloud", i.Admin.UserID, true},
				[]any{got["id"], got["name"], got["field"], got["display"], got["by"], got["restore"]})
		}
		var first struct{ Page struct{ Next string } }
		i.Admin.Get(t, "/bin/files?limit=1").Want(t, 200).Into(t, &first)
		next := i.Admin.Get(t, "/bin/files?limit=1&cursor="+first.Page.Next).Want(t, 200).List(t)
		require.Equal(t, paper, next[0]["id"])

		for _, file := range []string{paper, beside} {
			i.Admin.Post(t, "/bin/files/"+file+"/restore", nil).Want(t, 204)
			i.Admin.Post(t, "/bin/files/"+file+"/restore", nil).Want(t, 404)
			i.Admin.Get(t, "/files/"+file).Want(t, 200)
		}
		require.Empty(t, i.Admin.Get(t, "/bin/files").Want(t, 200).List(t))

		i.Admin.Patch(t, firm, doc{"paper": sendFile(t, i.Admin, "c.txt", []byte("c"))}).Want(t, 200)
		_, items := i.Admin.Post(t, "/bin/files/"+paper+"/restore", nil).Want(t, 422).Fault(t)
		require.Contains(t, items, "/paper", "its place is taken")
	})
}

// TestRemovedFilesKeepToRights: one sees in the bin the files of records and of
// fields that one sees, and puts back what one may change.
func TestRemovedFilesKeepToRights(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		reader, owner, stranger := i.Person(t, "Rita Reader", "reader"), i.Person(t, "Olga Owner", "owner"), i.Person(t, "Stranger")
		paper := sendFile(t, i.Admin, "a.txt", []byte("a"))
		firm := "/records/firm/" + create("firm", doc{"name": "Cloud", "paper": paper})
		beside := fmt.Sprint(i.Admin.Send(t, firm+"/files", "b.txt", []byte("b")).Want(t, 201).Data(t)["id"])
		i.Admin.Patch(t, firm, doc{"paper": nil}).Want(t, 200)
		i.Admin.Delete(t, firm+"/files/"+beside).Want(t, 204)
		seen := reader.Get(t, "/bin/files").Want(t, 200).List(t)
		require.Len(t, seen, 1, "not the file of a field that one may not read")
		require.Equal(t, []any{beside, false}, []any{seen[0]["id"], seen[0]["restore"]})
		reader.Post(t, "/bin/files/"+beside+"/restore", nil).Want(t, 403)
		reader.Post(t, "/bin/files/"+paper+"/restore", nil).Want(t, 404)
		for _, c := range []*enginetest.Client{owner, stranger} {
			require.Empty(t, c.Get(t, "/bin/files").Want(t, 200).List(t))
			c.Post(t, "/bin/files/"+beside+"/restore", nil).Want(t, 404)
		}
	})
}

// TestDefinitionsComeBackFromTheBin: an object with its view, and a field, come
// back as they were, with what the records had in them.
func TestDefinitionsComeBackFromTheBin(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := binned(t, i)
		bargain := create("bargain", doc{"name": "b"})
		person := create("person", doc{"name": "Ann"})
		object := func(properties doc) doc {
			return doc{"kind": "object", "name": "person", "title": "Person", "type": "object", "display": "name", "properties": properties}
		}
		whole := doc{"name": property("text"), "nick": property("text", doc{"title": "Nickname"}), "firm": property("lookup", doc{"target": "firm", "onDelete": "cascade"})}
		apply := func(ask doc) { i.Admin.Post(t, "/meta/_apply", ask).Want(t, 200) }
		apply(doc{"definitions": []any{object(whole), doc{"kind": "view", "name": "bargains", "title": "Bargains", "object": "bargain", "columns": []any{"name"}}}})
		i.Admin.Patch(t, "/records/person/"+person, doc{"nick": "Annie"}).Want(t, 200)
		require.Empty(t, i.Admin.Get(t, "/bin/definitions").Want(t, 200).List(t))
		before := i.Admin.Get(t, "/meta/object/person?raw=true").Want(t, 200).Data(t)

		apply(doc{"definitions": []any{object(doc{"name": whole["name"], "firm": whole["firm"]})}, "allow": []any{"destructive"}})
		apply(doc{"delete": []any{doc{"kind": "object", "name": "bargain"}, doc{"kind": "view", "name": "bargains"}}, "allow": []any{"destructive"}})
		list := i.Admin.Get(t, "/bin/definitions").Want(t, 200).List(t)
		require.Len(t, list, 3)
		told := []any{}
		for _, one := range list {
			told = append(told, fmt.Sprint(one["kind"], " ", one["name"], " ", one["field"], " ", one["title"], " ", one["of"]))
			require.Equal(t, i.Admin.UserID, one["by"])
		}
		require.Equal(t, []any{"object bargain  bargain ", "view bargains  Bargains ", "object person nick Nickname Person"}, told)

		back := func(definitions ...any) *enginetest.Answer {
			return i.Admin.Post(t, "/bin/definitions/restore", doc{"definitions": definitions})
		}
		back(doc{"kind": "view", "name": "bargains"}).Want(t, 422)
		back(doc{"kind": "view", "name": "nothing"}).Want(t, 404)
		back(doc{"kind": "view", "name": "bargains"}, doc{"kind": "object", "name": "bargain"}).Want(t, 200)
		back(doc{"kind": "object", "name": "person", "field": "nick"}).Want(t, 200)
		require.Equal(t, "b", i.Admin.Get(t, "/records/bargain/"+bargain).Want(t, 200).Data(t)["name"])
		require.Equal(t, "Annie", i.Admin.Get(t, "/records/person/"+person).Want(t, 200).Data(t)["nick"])
		require.Equal(t, before["properties"], i.Admin.Get(t, "/meta/object/person?raw=true").Want(t, 200).Data(t)["properties"])
		require.Empty(t, i.Admin.Get(t, "/bin/definitions").Want(t, 200).List(t))

		i.Person(t, "Stranger").Get(t, "/bin/definitions").Want(t, 403)
		apply(doc{"delete": []any{doc{"kind": "view", "name": "bargains"}}})
		i.Admin.Post(t, "//test/clock", doc{"advance": "P31D"}).Want(t, 200)
		require.Empty(t, i.Client(t, enginetest.AdminEmail).Get(t, "/bin/definitions").Want(t, 200).List(t), "what was dropped long ago is not there")
	})
}
