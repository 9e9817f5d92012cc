package transfer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

type doc = map[string]any

// firms are objects of which one points to the other, once and many times.
func firms() []any {
	return []any{
		doc{"kind": "object", "name": "firm", "type": "object", "display": "name", "required": []string{"name"}, "properties": doc{
			"name": doc{"field": "text"}, "code": doc{"field": "text", "unique": true}, "phone": doc{"field": "phone"}, "mail": doc{"field": "email"},
		}},
		doc{"kind": "object", "name": "offer", "type": "object", "display": "title", "properties": doc{
			"title": doc{"field": "text", "unique": true}, "firm": doc{"field": "lookup", "target": "firm"}, "others": doc{"field": "lookups", "target": "firm"},
		}},
	}
}

// fieldsOf are the offers by title with the names of their firms.
func fieldsOf(t *testing.T, c *enginetest.Client) map[string]string {
	t.Helper()
	names := map[any]any{nil: ""}
	for _, firm := range c.Get(t, "/records/firm").Want(t, 200).List(t) {
		names[firm["id"]] = firm["name"]
	}
	found := map[string]string{}
	for _, offer := range c.Get(t, "/records/offer").Want(t, 200).List(t) {
		text := fmt.Sprint(names[offer["firm"]])
		others, _ := offer["others"].([]any)
		for _, other := range others {
			text += fmt.Sprint("+", names[other])
		}
		found[fmt.Sprint(offer["title"])] = text
	}
	return found
}

// TestLookupsAreGivenByWhatPeopleCallTheirRecords: a code, a name, a phone
// number or a mail address; for what nothing or more than one thing is called,
// the importer says what is meant.
func TestLookupsAreGivenByWhatPeopleCallTheirRecords(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": firms()}).Want(t, 200)
		ids := map[string]any{}
		for _, firm := range []doc{
			{"name": "Acme", "code": "A1", "phone": "+8613800138000", "mail": "hello@acme.example"},
			{"name": "Twin", "code": "T1"},
			{"name": "Twin", "code": "T2"},
			{"name": "海蓝; 教育"},
		} {
			ids[fmt.Sprint(firm["name"])] = i.Admin.Post(t, "/records/firm", firm).Want(t, 201).Data(t)["id"]
		}
		imported := i.Admin.Upload(t, "offer", "offers.csv", []byte("title,firm,others\n"+
			"name,Acme,\ncode,A1,T1; T2\nphone,138 0013 8000,\nmail,hello@acme.example,海蓝; 教育\n"+
			"twin,Twin,\nnew,Fresh,\nnewer, Fresh ,\ngone,Nobody,\nmeant,ACME Inc.,\n")).Want(t, 201).Data(t)
		column := imported["columns"].([]any)[1].(doc)
		require.ElementsMatch(t, []any{
			doc{"value": "Twin", "count": 1.0, "several": true},
			doc{"value": "Fresh", "count": 1.0, "several": false},
			doc{"value": " Fresh ", "count": 1.0, "several": false},
			doc{"value": "Nobody", "count": 1.0, "several": false},
			doc{"value": "ACME Inc.", "count": 1.0, "several": false},
		}, column["unmatched"])
		path := fmt.Sprint("/imports/", imported["id"])

		planned := i.Admin.Stage(t, imported["id"], "plan")
		require.InDelta(t, 5, counts(t, planned)["error"], 0)
		codes := map[any]int{}
		for _, row := range i.Admin.Get(t, path+"/rows?state=error").Want(t, 200).List(t) {
			codes[row["errors"].([]any)[0].(doc)["code"]]++
		}
		require.Equal(t, map[any]int{"ambiguous_record": 1, "no_such_record": 4}, codes)

		i.Admin.Patch(t, path+"/rows", doc{"replace": []any{
			doc{"field": "firm", "value": "Fresh", "create": true},
			doc{"field": "firm", "value": "Nobody", "with": nil},
			doc{"field": "firm", "value": "ACME Inc.", "with": ids["Acme"]},
			doc{"field": "firm", "value": "Twin", "with": "T2"},
		}}).Want(t, 200)
		require.Empty(t, i.Admin.Get(t, path).Data(t)["columns"].([]any)[1].(doc)["unmatched"])
		planned = i.Admin.Stage(t, imported["id"], "plan")
		require.InDelta(t, 9, counts(t, planned)["create"], 0, "%v", planned)
		require.InDelta(t, 1, counts(t, planned)["made"], 0)
		require.Len(t, i.Admin.Get(t, "/records/firm").List(t), 4, "a plan makes nothing")

		done := i.Admin.Stage(t, imported["id"], "run")
		require.InDelta(t, 1, counts(t, done)["made"], 0)
		require.Equal(t, map[string]string{
			"name": "Acme", "code": "Acme+Twin+Twin", "phone": "Acme", "mail": "Acme+海蓝; 教育", "twin": "Twin",
			"new": "Fresh", "newer": "Fresh", "gone": "", "meant": "Acme",
		}, fieldsOf(t, i.Admin))

		t.Run("what goes out comes in again without a change", func(t *testing.T) {
			again := i.Admin.Upload(t, "offer", "offers.csv", export(t, i.Admin, doc{"object": "offer"})).Want(t, 201).Data(t)
			planned := i.Admin.Stage(t, again["id"], "plan")
			require.InDelta(t, 9, counts(t, planned)["skip"], 0, "%v", planned)
		})
		require.Equal(t, "undone", i.Admin.Stage(t, imported["id"], "undo")["state"])
		require.Len(t, i.Admin.Get(t, "/records/firm").List(t), 4, "what was made for a lookup goes again")
	})
}

// TestALookupFindsOnlyWhatItsImporterMaySee, and makes only what he may make;
// what others point to by now stays when the import is undone.
func TestALookupFindsOnlyWhatItsImporterMaySee(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		role := func(name string, firm ...string) doc {
			return doc{"kind": "role", "name": name, "abilities": []string{"import"}, "grants": []any{
				doc{"object": "firm", "actions": firm, "scope": "own"}, doc{"object": "offer", "actions": []string{"create", "read", "update"}, "scope": "own"},
			}}
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(firms(), role("reader", "read"), role("maker", "read", "create"))}).Want(t, 200)
		i.Admin.Post(t, "/records/firm", doc{"name": "Hidden", "code": "H", "phone": "+8613800138000"}).Want(t, 201)
		load := func(c *enginetest.Client, content string) string {
			imported := c.Upload(t, "offer", "offers.csv", []byte(content)).Want(t, 201).Data(t)
			return fmt.Sprint(imported["id"])
		}
		create := func(c *enginetest.Client, id, name string) {
			c.Patch(t, "/imports/"+id+"/rows", doc{"replace": []any{doc{"field": "firm", "value": name, "create": true}}}).Want(t, 200)
		}
		reader, maker := i.Person(t, "Rea", "reader"), i.Person(t, "Max", "maker")
		id := load(reader, "title,firm\na,Hidden\nb,H\nc,13800138000\nd,Fresh\n")
		create(reader, id, "Fresh")
		require.InDelta(t, 4, counts(t, reader.Stage(t, id, "plan"))["error"], 0)
		for _, row := range reader.Get(t, "/imports/"+id+"/rows?limit=3").Want(t, 200).List(t) {
			require.Equal(t, "no_such_record", row["errors"].([]any)[0].(doc)["code"])
		}
		id = load(maker, "title,firm\ne,Fresh\n")
		create(maker, id, "Fresh")
		require.InDelta(t, 1, counts(t, maker.Stage(t, id, "run"))["made"], 0)
		other := load(maker, "title,firm\nf,Fresh\n")
		require.InDelta(t, 0, counts(t, maker.Stage(t, other, "run"))["made"], 0, "it is there now")
		require.InDelta(t, 1, counts(t, maker.Stage(t, id, "undo"))["kept"], 0)
		kept := maker.Get(t, "/imports/"+id+"/rows?state=kept").Want(t, 200).List(t)
		require.Equal(t, "firm", kept[0]["object"])
		maker.Patch(t, "/imports/"+id, doc{"columns": []any{doc{"index": 0, "field": "title", "create": []string{"x"}}}}).Want(t, 422)
	})
}
