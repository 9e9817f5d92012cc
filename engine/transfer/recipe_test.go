package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

func names(recipes []map[string]any) []string {
	list := []string{}
	for _, recipe := range recipes {
		list = append(list, fmt.Sprint(recipe["name"]))
	}
	return list
}

// TestARecipeReadsTheNextFileWithTheSameTitles: where its columns go and all
// that was chosen about them, in whatever order they stand.
func TestARecipeReadsTheNextFileWithTheSameTitles(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": firms()}).Want(t, 200)
		load := func(c *enginetest.Client, content string) (id any, path string) {
			imported := c.Upload(t, "offer", "offers.csv", []byte(content)).Want(t, 201).Data(t)
			return imported["id"], fmt.Sprint("/imports/", imported["id"])
		}
		_, path := load(i.Admin, "Was,Bei,Sonst\na,Acme,x\n")
		require.Empty(t, i.Admin.Get(t, path+"/recipes").Want(t, 200).List(t))
		i.Admin.Patch(t, path, doc{"match": []string{"title"}, "columns": []any{
			doc{"index": 0, "field": "title"}, doc{"index": 1, "field": "firm", "on_existing": "fill_empty", "values": doc{"?": nil}, "create": []string{"Acme"}},
		}}).Want(t, 200)
		i.Admin.Post(t, path+"/recipes", doc{"name": " "}).Want(t, 422)
		i.Admin.Post(t, path+"/recipes", doc{"name": strings.Repeat("x", 81)}).Want(t, 422)
		i.Admin.Post(t, path+"/recipes", doc{"name": "Fair"}).Want(t, 201)
		recipe := i.Admin.Post(t, path+"/recipes", doc{"name": "Fair"}).Want(t, 201).Data(t)

		id, path := load(i.Admin, "sonst,BEI,was\nx,Acme,b\nx,?,c\n")
		require.Equal(t, []string{"Fair"}, names(i.Admin.Get(t, path+"/recipes").Want(t, 200).List(t)), "once under its name")
		column := i.Admin.Patch(t, path, doc{"recipe": recipe["id"]}).Want(t, 200).Data(t)["columns"].([]any)[1].(doc)
		require.Equal(t, "firm", column["field"])
		require.Equal(t, "fill_empty", column["on_existing"])
		require.Empty(t, column["unmatched"])
		done := i.Admin.Stage(t, id, "run")
		require.InDelta(t, 2, counts(t, done)["create"], 0)
		require.Equal(t, map[string]string{"b": "Acme", "c": ""}, fieldsOf(t, i.Admin))

		_, other := load(i.Admin, "sonst,bei\nx,Acme\n")
		require.Empty(t, i.Admin.Get(t, other+"/recipes").List(t), "other titles are another file")
		i.Admin.Patch(t, other, doc{"header": false}).Want(t, 200)
		i.Admin.Post(t, other+"/recipes", doc{"name": "None"}).Want(t, 422)
	})
}

// TestARecipeIsItsMakersOrSharedByAnAdministrator, and knows only the fields
// that its user may write.
func TestARecipeIsItsMakersOrSharedByAnAdministrator(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{note(), doc{
			"kind": "role", "name": "importer", "abilities": []string{"import"},
			"grants": []any{doc{"object": "note", "actions": []string{"create", "read"}, "fields": doc{"update": []string{"key"}, "read": []string{"*"}}}},
		}}}).Want(t, 200)
		person, other := i.Person(t, "Ola", "importer"), i.Person(t, "Per", "importer")
		load := func(c *enginetest.Client) string {
			imported := c.Upload(t, "note", "notes.csv", []byte("key,short\n1,b\n")).Want(t, 201).Data(t)
			return fmt.Sprint("/imports/", imported["id"])
		}
		mine, theirs, admins := load(person), load(other), load(i.Admin)
		own := person.Post(t, mine+"/recipes", doc{"name": "Mine"}).Want(t, 201).Data(t)
		person.Post(t, mine+"/recipes", doc{"name": "All", "shared": true}).Want(t, 403)
		require.Empty(t, other.Get(t, theirs+"/recipes").List(t))
		other.Patch(t, theirs, doc{"recipe": own["id"]}).Want(t, 422)
		other.Delete(t, fmt.Sprint("/recipes/", own["id"])).Want(t, 404)
		other.Post(t, mine+"/recipes", doc{"name": "x"}).Want(t, 404)

		shared := i.Admin.Post(t, admins+"/recipes", doc{"name": "All", "shared": true}).Want(t, 201).Data(t)
		require.Equal(t, []string{"Mine", "All"}, names(person.Get(t, mine+"/recipes").List(t)))
		read := person.Patch(t, mine, doc{"recipe": shared["id"]}).Want(t, 200).Data(t)["columns"].([]any)
		require.Equal(t, "key", read[0].(doc)["field"])
		require.Nil(t, read[1].(doc)["field"], "a column goes nowhere that the person may not write")
		person.Delete(t, fmt.Sprint("/recipes/", shared["id"])).Want(t, 403)
		i.Admin.Delete(t, fmt.Sprint("/recipes/", shared["id"])).Want(t, 204)
		person.Delete(t, fmt.Sprint("/recipes/", own["id"])).Want(t, 204)
		require.Empty(t, person.Get(t, mine+"/recipes").List(t))
	})
}

// TestARecipeGoesWithItsObject: another object of the same name does not begin
// with it.
func TestARecipeGoesWithItsObject(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{note()}}).Want(t, 200)
		imported := i.Admin.Upload(t, "note", "notes.csv", []byte("key,short\n1,a\n")).Want(t, 201).Data(t)
		i.Admin.Post(t, importPath(imported)+"/recipes", doc{"name": "Notes"}).Want(t, 201)
		require.Equal(t, 1, stored(t, i, "sys_recipe"))
		i.Admin.Delete(t, "/meta/object/note?allow=destructive").Want(t, 200)
		require.Zero(t, stored(t, i, "sys_recipe"))
	})
}
