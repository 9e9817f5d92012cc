package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// contactObject is an object whose records are found by all sorts of fields.
func contactObject(searched ...string) map[string]any {
	property := func(name, kind string) map[string]any {
		return map[string]any{"field": kind, "search": slices.Contains(searched, name)}
	}
	return map[string]any{
		"kind": "object", "name": "contact", "type": "object", "display": "name",
		"properties": map[string]any{
			"name": property("name", "text"), "company": property("company", "text"), "email": property("email", "email"),
			"mobile": property("mobile", "phone"), "note": property("note", "longtext"),
		},
	}
}

func apply(t *testing.T, i *enginetest.Installation, definitions ...any) {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": definitions, "allow": []string{"destructive"}}).Want(t, 200)
}

// named are the names of the contacts that a search finds, as many as figures
// about it count.
func named(t *testing.T, c *enginetest.Client, q string) []string {
	t.Helper()
	names := []string{}
	for _, found := range c.Get(t, "/records/contact?sort=name&count=exact&q="+url.QueryEscape(q)).Want(t, 200).List(t) {
		name, _ := found["name"].(string)
		names = append(names, name)
	}
	counted := c.Post(t, "/records/contact/_aggregate", map[string]any{"q": q, "measures": []any{map[string]any{"as": "n", "function": "count"}}}).Want(t, 200).List(t)
	require.EqualValues(t, len(names), counted[0]["n"], "figures are of what is found")
	return names
}

func TestASearchFindsWhatARecordSaysByNowAndNothingElse(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, contactObject("company", "email", "mobile"))
		create := func(values map[string]any) string {
			id, _ := i.Admin.Post(t, "/records/contact", values).Want(t, 201).Data(t)["id"].(string)
			return id
		}
		anna := create(map[string]any{"name": "Anna Bergström", "company": "Meadow Works", "email": "a.berg@meadow.example", "note": "hidden words"})
		wei := create(map[string]any{"name": "张伟", "company": "上海云图科技有限公司", "mobile": "13800138021"})
		for q, want := range map[string][]string{
			"anna": {"Anna Bergström"}, "bergstrom an": {"Anna Bergström"}, "an bergstrom": {}, "meadow anna": {"Anna Bergström"},
			"a.berg": {"Anna Bergström"}, "meadow.example": {"Anna Bergström"}, "hidden": {}, "云图": {"张伟"}, "云图 张": {"张伟"},
			"zhangw": {"张伟"}, "zw": {"张伟"}, "ytkj": {"张伟"}, "8021": {"张伟"}, "138 0013 8021": {"张伟"}, "图云": {}, "--": {}, "'; drop": {},
		} {
			require.Equal(t, want, named(t, i.Admin, q), q)
		}
		i.Admin.Patch(t, "/records/contact/"+anna, map[string]any{"name": "Anna Wolf", "company": nil}).Want(t, 200)
		require.Equal(t, []string{"Anna Wolf"}, named(t, i.Admin, "wolf"))
		require.Empty(t, named(t, i.Admin, "bergstrom"))
		require.Empty(t, named(t, i.Admin, "works"))
		i.Admin.Delete(t, "/records/contact/"+wei).Want(t, 204)
		require.Empty(t, named(t, i.Admin, "zhang"))
		i.Admin.Post(t, "/records/contact/"+wei+"/restore", nil).Want(t, 200)
		require.Equal(t, []string{"张伟"}, named(t, i.Admin, "zhang"))
	})
}

func TestASearchFindsWhatABatchLeaves(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, contactObject("company", "email"))
		upsert := func(name, company, email string) map[string]any {
			return map[string]any{"op": "upsert", "match": []string{"email"}, "values": map[string]any{"name": name, "company": company, "email": email}}
		}
		operations := []any{
			upsert("First", "Meadow Works", "one@meadow.example"), upsert("Second", "Harbour Works", "one@meadow.example"),
			upsert("Third", "Meadow Works", "one@meadow.example"), upsert("Other", "Meadow Yard", "two@meadow.example"),
			upsert("Other", "Harbour Yard", "two@meadow.example"),
		}
		for n := range 100 {
			operations = append(operations, map[string]any{"op": "create", "values": map[string]any{"name": "Many", "company": fmt.Sprint("Company ", n)}})
		}
		i.Admin.Post(t, "/records/contact/_batch", map[string]any{"operations": operations, "atomic": true}).Want(t, 200)
		for q, want := range map[string][]string{
			"first": {}, "second": {}, "third": {"Third"}, "meadow works": {"Third"}, "harbour": {"Other"}, "yard": {"Other"}, "company 77": {"Many"},
		} {
			require.Equal(t, want, named(t, i.Admin, q), q)
		}
		var left int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_search WHERE object = 'contact' AND (tokens LIKE '% contact.name.first %' OR tokens LIKE '% contact.name.second %')").Scan(&left))
		require.Zero(t, left)
	})
}

func TestAFieldThatIsSearchedFromNowOnFindsTheRecordsThatWereThere(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, contactObject("company"))
		i.Admin.Post(t, "/records/contact", map[string]any{"name": "Anna", "company": "Meadow", "note": "likes tea"}).Want(t, 201)
		require.Empty(t, named(t, i.Admin, "tea"))
		apply(t, i, contactObject("note"))
		require.Equal(t, []string{"Anna"}, named(t, i.Admin, "tea"))
		require.Empty(t, named(t, i.Admin, "meadow"))
		i.Admin.Post(t, "/meta/_apply", map[string]any{"delete": []any{map[string]any{"kind": "object", "name": "contact"}}, "allow": []string{"destructive"}}).Want(t, 200)
		var left int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_search WHERE object = 'contact'").Scan(&left))
		require.Zero(t, left, "of an object that is gone")
		apply(t, i, contactObject("company"))
		require.Equal(t, []string{"Anna"}, named(t, i.Admin, "meadow"), "an object that came back with its records")
	})
}

func TestManyRecordsAreMadeFindableByAJob(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, contactObject())
		const many = 2100
		operations := make([]map[string]any, many)
		for n := range operations {
			operations[n] = map[string]any{"op": "create", "values": map[string]any{"name": fmt.Sprintf("Name %04d", n), "note": fmt.Sprintf("common word%d", n)}}
		}
		i.Admin.Post(t, "/records/contact/_batch", map[string]any{"operations": operations}).Want(t, 200)
		apply(t, i, contactObject("note"))
		require.Eventually(t, func() bool {
			return len(i.Admin.Get(t, "/records/contact?q=word2099").Want(t, 200).List(t)) == 1
		}, time.Minute, 50*time.Millisecond)
		answer := i.Admin.Get(t, "/records/contact?limit=3&count=exact&q=common&sort=-name").Want(t, 200)
		var page struct{ Page struct{ Total int } }
		answer.Into(t, &page)
		require.Equal(t, many, page.Page.Total, "a word that nearly every record has")
		require.Equal(t, "Name 2099", answer.List(t)[0]["name"])
		require.Equal(t, []string{"Name 0777"}, named(t, i.Admin, "common word777"), "a common word beside a rare one")
		apply(t, i, contactObject())
		require.Empty(t, named(t, i.Admin, "word2099"), "at once")
	})
}

func TestTheBestFitComesFirstAcrossObjects(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		other := contactObject("company")
		other["name"] = "partner"
		apply(t, i, contactObject("company", "note"), other)
		for _, c := range []struct{ object, name, company string }{
			{"contact", "Frau Anna Berg", "x"},
			{"partner", "Anna Bergmann", "x"},
			{"contact", "Anna Berg", "x"},
			{"partner", "Somebody", "Anna Berg"},
			{"contact", "Anna", "Berg Ltd"},
			{"partner", "Anna Berg", "y"},
			{"contact", "Bergen", "Annapolis"},
		} {
			i.Admin.Post(t, "/records/"+c.object, map[string]any{"name": c.name, "company": c.company}).Want(t, 201)
		}
		found := func(query string) (list []string) {
			for _, result := range i.Admin.Get(t, "/search?"+query).Want(t, 200).List(t) {
				list = append(list, fmt.Sprint(result["object"], "/", result["display"], "/", result["field"], "/", result["snippet"]))
			}
			return list
		}
		all := []string{
			"partner/Anna Berg/name/Anna Berg", "contact/Anna Berg/name/Anna Berg", // what was typed, newest first
			"partner/Somebody/company/Anna Berg",                                   // in another field
			"partner/Anna Bergmann/name/Anna Bergmann",                             // begins with it
			"contact/Frau Anna Berg/name/Frau Anna Berg", "contact/Anna/name/Anna", // has its words
		}
		require.Equal(t, all, found("q=anna+berg"))
		require.Equal(t, all[:2], found("q=ANNA+berg&limit=2"))
		require.Equal(t, []string{all[0], all[2], all[3]}, found("q=anna+berg&objects=partner"))
		require.Empty(t, found("q="))
		i.Admin.Get(t, "/search?q=a&objects=nothing").Want(t, 400)
		i.Admin.Get(t, "/search?q=a&limit=1000").Want(t, 400)

		long := strings.Repeat("many words ", 50) + "needle " + strings.Repeat("and more ", 50)
		i.Admin.Post(t, "/records/contact", map[string]any{"name": "Hay", "note": long}).Want(t, 201)
		snippet := i.Admin.Get(t, "/search?q=needle").Want(t, 200).List(t)[0]["snippet"]
		require.Contains(t, snippet, "needle")
		require.Len(t, snippet, 80)
	})
}

func TestAFieldFindsARecordOnlyWhereItIsSeen(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		object := overlapping()[1].(map[string]any)         //nolint:forcetypeassert // it is one
		properties := object["properties"].(map[string]any) //nolint:forcetypeassert // it is one
		properties["firm_name"] = map[string]any{"field": "text", "search": true}
		apply(t, i, object, map[string]any{"kind": "role", "name": "holder", "grants": []any{
			map[string]any{"object": "deal", "actions": []string{"read"}, "scope": "own", "fields": map[string]any{"read": []string{"name", "firm_name"}}},
		}})
		for _, id := range []string{theirs, mine, invisible} {
			i.Admin.Patch(t, "/records/deal/"+id, map[string]any{"firm_name": "Hidden Gem"}).Want(t, 200)
		}
		require.Len(t, i.Admin.Get(t, "/search?q=gem").Want(t, 200).List(t), 3)
		for _, path := range []string{"/search?q=gem", "/search?q=hidden+gem", "/records/deal?q=gem&count=exact", "/records/deal?q=d2+gem"} {
			list := wang.Get(t, path).Want(t, 200).List(t)
			require.Len(t, list, 1, path)
			require.Equal(t, mine, list[0]["id"], "in the other's record the field is not seen")
		}
		require.Len(t, wang.Get(t, "/records/deal?q=d").Want(t, 200).List(t), 2)
		require.Empty(t, wang.Get(t, "/search?q=secret").Want(t, 200).List(t))
	})
}
