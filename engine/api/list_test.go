package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// parts are the definitions that lists are tried on: an object with a field of
// each sort of order, and the object that it points to.
func parts() []any {
	options := []any{doc{"const": "zinc", "title": "First"}, doc{"const": "iron", "title": "Second"}, doc{"const": "gold", "title": "Third"}}
	return []any{
		doc{"kind": "object", "name": "maker", "type": "object", "display": "name", "properties": doc{"name": property("text"), "town": property("text")}},
		doc{"kind": "object", "name": "part", "type": "object", "display": "name", "properties": doc{
			"name": property("text", doc{"search": true}), "note": property("longtext", doc{"search": true}), "secret": property("text"), "mail": property("email"), "size": property("integer"), "price": property("decimal", doc{"decimals": 2}),
			"done": property("boolean"), "day": property("date"), "moment": property("datetime"), "metal": property("select", doc{"oneOf": options}), "metals": property("multiselect", doc{"oneOf": options}),
			"maker": property("lookup", doc{"target": "maker"}), "number": property("autonumber", doc{"pattern": "P-{000}"}),
		}},
		doc{"kind": "view", "name": "part_gold", "object": "part", "columns": []any{"name"}, "filter": `metal == "gold"`, "sort": []any{"-size", "name"}},
	}
}

// randomPart has few values for each field, so that many are equal and many
// are empty.
func randomPart(random *rand.Rand, makers []any) doc {
	values := doc{}
	pick := func(field string, choices ...any) {
		if n := random.IntN(len(choices) + 1); n < len(choices) {
			values[field] = choices[n]
		}
	}
	pick("name", "啊", "安全", "北京", "张三", "a", "A", "ä", "z", "Zebra", "10", "9", "it's", "50%", `a\b`, "a_b", strings.Repeat("long ", 50)+"1", strings.Repeat("long ", 50)+"2")
	pick("note", "some 50% off", "an under_score", "Straße", "STRASSE")
	pick("mail", "b@example.com", "a@example.com", "B@example.com")
	pick("size", -5, 0, 3, 3, 1_000_000)
	pick("price", "-0.01", "0", "1.5", "1.25", "99999999.99")
	pick("done", true, false)
	pick("day", "1999-12-31", "2024-02-29", "2026-11-21")
	pick("moment", "1969-12-31T23:59:59.999Z", "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00.000Z", "2026-11-21T16:00:00.000Z")
	pick("metal", "zinc", "iron", "gold")
	pick("metals", []any{"zinc"}, []any{"gold", "iron"}, []any{"iron"})
	pick("maker", makers...)
	return values
}

// stocked gives a part for each number of the count, and their ids.
func stocked(t *testing.T, i *enginetest.Installation, count int) (create func() string, ids []string) {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": parts()}).Want(t, 200)
	random := rand.New(rand.NewPCG(1, 2))
	var makers []any
	for _, name := range []any{"Müller", "中铁", nil, "acme"} {
		makers = append(makers, i.Admin.Post(t, "/records/maker", doc{"name": name, "town": "Town"}).Want(t, 201).Data(t)["id"])
	}
	create = func() string {
		return i.Admin.Post(t, "/records/part", randomPart(random, makers)).Want(t, 201).Data(t)["id"].(string)
	}
	var operations []any
	for range count {
		operations = append(operations, doc{"op": "create", "values": randomPart(random, makers)})
	}
	for _, outcome := range i.Admin.Post(t, "/records/part/_batch", doc{"operations": operations}).Want(t, 200).List(t) {
		ids = append(ids, outcome["id"].(string))
	}
	return create, ids
}

type listed struct {
	Data []map[string]any
	Page struct {
		Next  *string
		Total *int
	}
	Included map[string]map[string]map[string]any
}

func list(t *testing.T, client *enginetest.Client, path string) listed {
	t.Helper()
	var page listed
	client.Get(t, path).Want(t, 200).Into(t, &page)
	return page
}

func idsOf(records []map[string]any) []string {
	ids := make([]string, len(records))
	for n, record := range records {
		ids[n], _ = record["id"].(string)
	}
	return ids
}

// TestPagesVisitEveryRecordOnce, in any order, while others are added.
func TestPagesVisitEveryRecordOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create, before := stocked(t, i, 90)
		for n, sort := range []string{
			"", "id", "-id", "name", "-name", "mail", "size", "-size", "price", "-price", "done", "-done", "day", "-day", "moment", "-moment", "metal", "-metal", "maker", "-maker", "owner", "created_at", "-created_at", "-updated_at", "number", "-version",
			"name,-size", "-name,size", "metal,-maker,day", "-metal,maker,-day,price", "done,-done", "maker,name,size,price,done,day,moment,metal", "-maker,id", "size,-id",
		} {
			var seen []string
			cursor, pages := "", 0
			for {
				page := list(t, i.Admin, "/records/part?limit=13&fields=id&sort="+url.QueryEscape(sort)+"&cursor="+cursor)
				seen = append(seen, idsOf(page.Data)...)
				if pages++; pages%3 == 1 && n%4 == 0 {
					create()
				}
				if page.Page.Next == nil {
					break
				}
				require.Len(t, page.Data, 13)
				cursor = *page.Page.Next
			}
			old := slices.DeleteFunc(slices.Clone(seen), func(id string) bool { return !slices.Contains(before, id) })
			require.ElementsMatch(t, before, old, "sorted by %q", sort)
			require.Len(t, slices.Compact(slices.Sorted(slices.Values(seen))), len(seen), "none comes twice by %q", sort)
			at := idsOf(list(t, i.Admin, "/records/part?limit=1000&sort="+url.QueryEscape(sort)).Data)
			at = slices.DeleteFunc(at, func(id string) bool { return !slices.Contains(before, id) })
			require.Equal(t, at, old, "pages keep the order of the whole, sorted by %q", sort)
		}
	})
}

// TestOffsets: the pages by offset are slices of the whole list.
func TestOffsets(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		_, before := stocked(t, i, 60)
		whole := idsOf(list(t, i.Admin, "/records/part?limit=1000&sort=metal,-size").Data)
		require.ElementsMatch(t, before, whole)
		for _, c := range []struct{ offset, limit, want int }{{0, 60, 60}, {0, 7, 7}, {7, 7, 7}, {55, 7, 5}, {59, 1, 1}, {60, 1, 0}, {10_000, 1000, 0}} {
			page := list(t, i.Admin, fmt.Sprintf("/records/part?sort=metal,-size&offset=%d&limit=%d", c.offset, c.limit))
			require.Len(t, page.Data, c.want)
			require.Equal(t, whole[min(c.offset, 60):min(c.offset+c.want, 60)], idsOf(page.Data))
			require.Equal(t, c.offset+c.limit < 60, page.Page.Next != nil)
		}
		require.Len(t, list(t, i.Admin, "/records/part").Data, 50, "when nothing is said")
	})
}

// TestListShowsWhatIsAsked: fields, counts, included records, views, searches,
// alike in the query string and in a body.
func TestListShowsWhatIsAsked(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		_, before := stocked(t, i, 60)
		keys := func(record map[string]any) []string {
			var names []string
			for name := range record {
				names = append(names, name)
			}
			slices.Sort(names)
			return names
		}
		require.Equal(t, []string{"id", "maker", "name", "version"}, keys(list(t, i.Admin, "/records/part?limit=1&fields=name,maker").Data[0]))
		require.Equal(t, []string{"id", "version"}, keys(list(t, i.Admin, "/records/part?limit=1&fields=").Data[0]))
		require.Len(t, list(t, i.Admin, "/records/part?limit=1").Data[0], 13+7)

		require.Nil(t, list(t, i.Admin, "/records/part?limit=1").Page.Total)
		require.Nil(t, list(t, i.Admin, "/records/part?limit=1&count=none").Page.Total)
		require.Equal(t, len(before), *list(t, i.Admin, "/records/part?limit=1&count=exact").Page.Total)
		require.NotNil(t, list(t, i.Admin, "/records/part?limit=1&count=estimate").Page.Total)
		gold := list(t, i.Admin, "/records/part?limit=1000&count=exact&where="+url.QueryEscape(`metal == "gold"`))
		require.Equal(t, len(gold.Data), *gold.Page.Total)

		page := list(t, i.Admin, "/records/part?limit=1000&where="+url.QueryEscape("maker != null"))
		for _, record := range page.Data {
			shown := page.Included["maker"][record["maker"].(string)]
			require.Equal(t, []string{"display", "id"}, keys(shown))
			require.Equal(t, record["maker"], shown["id"])
			require.NotEmpty(t, shown["display"], "the id where there is no name")
			require.Equal(t, "Ada Admin", page.Included["user"][record["owner"].(string)]["display"])
		}
		require.Len(t, page.Included["maker"], 4)
		page = list(t, i.Admin, "/records/part?limit=1000&expand=maker&fields=maker&where="+url.QueryEscape("maker != null"))
		for _, maker := range page.Included["maker"] {
			require.Equal(t, "Town", maker["town"])
		}
		require.NotContains(t, page.Included, "user", "only what the asked fields refer to")

		viewed := list(t, i.Admin, "/records/part?limit=1000&view=part_gold")
		require.ElementsMatch(t, idsOf(gold.Data), idsOf(viewed.Data))
		require.Equal(t, idsOf(list(t, i.Admin, "/records/part?limit=1000&sort=-size,name&where="+url.QueryEscape(`metal == "gold"`)).Data), idsOf(viewed.Data))
		for _, record := range list(t, i.Admin, "/records/part?limit=1000&view=part_gold&sort=name&where="+url.QueryEscape("done || size == 3")).Data {
			require.Equal(t, "gold", record["metal"], "the filter of a view holds beside the query's own")
		}

		var posted listed
		i.Admin.Post(t, "/records/part/_query", doc{"where": "size != null", "sort": []any{"-size", "name"}, "fields": []any{"name", "size"}, "expand": []any{}, "limit": 7, "offset": 2, "count": "exact"}).Want(t, 200).Into(t, &posted)
		require.Equal(t, list(t, i.Admin, "/records/part?sort=-size,name&fields=name,size&limit=7&offset=2&count=exact&where="+url.QueryEscape("size != null")), posted)
		i.Admin.Post(t, "/records/part/_query", doc{"sort": "-size,name", "fields": "name,size", "where": "size != null", "limit": 7, "offset": 2, "count": "exact"}).Want(t, 200).Into(t, &posted)
		require.Len(t, posted.Data, 7, "lists are also taken as they stand in a query string")
	})
}

// TestSearch finds words in the fields that are searched, whatever their case,
// and takes no sign for a pattern.
func TestSearch(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		stocked(t, i, 0)
		for _, values := range []doc{
			{"name": "50% off"}, {"name": "50 off"}, {"name": "a_b"}, {"name": "axb"}, {"name": `back\slash`}, {"name": "it's"}, {"name": "Ärger"}, {"name": "北京市"}, {"note": "hidden in a note"}, {"secret": "50% secret"}, {"mail": "off@example.com"},
		} {
			i.Admin.Post(t, "/records/part", values).Want(t, 201)
		}
		for q, want := range map[string]int{
			"50%": 2, "%": 0, "_": 0, "a_b": 1, `\`: 0, `back\s`: 1, "'": 0, "it's": 1, "ÄRGER": 1, "ärger": 1, "北京": 1, "NOTE": 1, "secret": 0, "off": 2, " off ": 2, `"`: 0, `" || true || "`: 0, "*": 0, ".": 0, "": 11, strings.Repeat("x", 1000): 0,
		} {
			require.Len(t, list(t, i.Admin, "/records/part?q="+url.QueryEscape(q)).Data, want, "search for %.40q", q)
		}
		require.Empty(t, list(t, i.Admin, "/records/part?q=off&where="+url.QueryEscape(`name == "a_b"`)).Data)
	})
}

// TestOwnRecords: a list, a count and a figure are about what the reader may
// see, and nothing else.
func TestOwnRecords(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim, lee := i.Person(t, "Kim", "sales_rep"), i.Person(t, "Lee", "sales_rep")
		for n := range 7 {
			kim.Post(t, "/records/lead", doc{"name": fmt.Sprint("k", n), "company": "x", "score": n}).Want(t, 201)
		}
		lee.Post(t, "/records/lead", doc{"name": "l", "company": "x", "score": 50}).Want(t, 201)
		count := doc{"measures": []any{doc{"as": "n", "function": "count"}, doc{"as": "most", "function": "max", "field": "score"}}}
		for client, want := range map[*enginetest.Client][2]int{kim: {7, 6}, lee: {1, 50}, i.Admin: {8, 50}} {
			page := list(t, client, "/records/lead?limit=3&count=exact&q=x")
			require.Equal(t, want[0], *page.Page.Total)
			require.Len(t, page.Data, min(3, want[0]))
			row := client.Post(t, "/records/lead/_aggregate", count).Want(t, 200).List(t)[0]
			require.InDelta(t, want[0], row["n"], 0)
			require.InDelta(t, want[1], row["most"], 0)
		}
		other := lee.Get(t, "/records/lead?limit=1").Want(t, 200).List(t)[0]["id"].(string)
		kim.Get(t, "/records/lead/"+other).Want(t, 404)
		kim.Patch(t, "/records/lead/"+other, doc{"name": "x"}).Want(t, 404)
		kim.Delete(t, "/records/lead/"+other).Want(t, 404)
	})
}
