package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// refusal is a request about definitions that is refused, with the places
// that are wrong.
type refusal struct {
	name    string
	request map[string]any
	status  int
	code    string
	items   map[string]string
	applied bool // a plan tells what it would do, only applying is refused
}

type doc = map[string]any

// thing is the definition of an object.
func thing(properties doc, more ...doc) doc {
	d := doc{"kind": "object", "name": "thing", "type": "object", "properties": properties}
	for _, m := range more {
		maps.Copy(d, m)
	}
	return d
}

// about makes an invalid definition out of the definitions and what is wrong.
func about(name string, items map[string]string, definitions ...any) refusal {
	return refusal{name, doc{"definitions": definitions}, 422, "invalid_definition", items, false}
}

func property(kind string, more ...doc) doc {
	d := doc{"field": kind}
	for _, m := range more {
		maps.Copy(d, m)
	}
	return d
}

// viewOf is a view of the leads.
func viewOf(more doc) doc {
	d := doc{"kind": "view", "name": "v", "object": "lead", "columns": []any{"name"}}
	maps.Copy(d, more)
	return d
}

// rule is an object with one rule.
func rule(assert string) doc {
	return thing(doc{"a": property("text"), "n": property("integer")}, doc{"rules": []any{doc{"name": "r", "assert": assert, "message": "m"}}})
}

func refusals() []refusal {
	text, options := doc{"a": property("text")}, func(names ...string) doc {
		var list []any
		for _, name := range names {
			list = append(list, doc{"const": name})
		}
		return doc{"oneOf": list}
	}
	at := func(pointer, code string) map[string]string {
		return map[string]string{"/definitions/0" + pointer: code}
	}
	list := []refusal{
		about("an unknown keyword", at("/colour", "unknown_keyword"), thing(text, doc{"colour": "red"})),
		about("an unknown keyword of a field", at("/properties/a/colour", "unknown_keyword"), thing(doc{"a": property("text", doc{"colour": 1})})),
		about("a keyword of JSON Schema that is not taken", at("/allOf", "unknown_keyword"), thing(text, doc{"allOf": []any{}})),
		about("an unknown kind", at("/kind", "unknown_kind"), doc{"kind": "gadget", "name": "x"}),
		about("no definition at all", map[string]string{"/definitions/0/kind": "unknown_kind", "/definitions/1/kind": "unknown_kind", "/definitions/2/kind": "unknown_kind"}, 5, "x", nil),
		about("an unknown field kind", at("/properties/a/field", "unknown_field_kind"), thing(doc{"a": property("colour")})),
		about("a field kind that is no kind but a schema", at("/properties/a/field", "unknown_field_kind"), thing(doc{"a": property("common")})),
		about("a missing keyword", at("/properties", "required"), doc{"kind": "object", "name": "thing", "type": "object"}),
		about("a keyword of the wrong type", at("/properties/a/maxLength", "invalid_keyword"), thing(doc{"a": property("text", doc{"maxLength": "5"})})),

		about("a lookup to nothing", at("/properties/a/target", "dangling_reference"), thing(doc{"a": property("lookup", doc{"target": "nothing"})})),
		about("options that do not exist", at("/properties/a/options", "dangling_reference"), thing(doc{"a": property("select", doc{"options": "nothing"})})),
		about("a required field that does not exist", at("/required/0", "unknown_field"), thing(text, doc{"required": []any{"b"}})),
		about("a display that does not exist", at("/display", "unknown_field"), thing(text, doc{"display": "b"})),
		about("a unique key of what does not exist", at("/unique/0/1", "unknown_field"), thing(text, doc{"unique": []any{[]any{"a", "b"}}})),
		about("an index of a set", at("/index/0/0", "not_indexable"), thing(doc{"a": property("multiselect", options("x"))}, doc{"index": []any{[]any{"a"}}})),
		about("an index of what has no column", map[string]string{"/definitions/0/index/0/1": "not_indexable", "/definitions/0/unique/0/0": "not_indexable", "/definitions/0/unique/1/0": "not_indexable"},
			thing(doc{"a": property("text"), "now": property("formula", doc{"expression": "days(today(), date(\"2026-01-01\"))"}), "many": property("lookups", doc{"target": "lead"}), "one": property("link", doc{"targets": []any{"lead", "user"}})},
				doc{"index": []any{[]any{"a", "-now"}}, "unique": []any{[]any{"many", "a"}, []any{"one"}}})),
		about("a view of nothing", at("/object", "dangling_reference"), doc{"kind": "view", "name": "v", "object": "nothing", "columns": []any{"a"}}),
		about("a view of an unknown column", at("/columns/1", "unknown_field"), doc{"kind": "view", "name": "v", "object": "lead", "columns": []any{"name", "b"}}),
		about("a view in an order that there is not", at("/sort/0", "not_sortable"), doc{"kind": "view", "name": "v", "object": "lead", "columns": []any{"name"}, "sort": []any{"-demand"}}),
		about("a form whose stages are words", at("/path", "field_does_not_fit"), doc{"kind": "form", "name": "f", "object": "lead", "path": "name", "sections": []any{doc{"fields": []any{"name"}}}}),
		about("a board without what makes its columns", at("/group", "required"), viewOf(doc{"type": "kanban"})),
		about("a board by what cannot make columns", at("/group", "field_does_not_fit"), viewOf(doc{"type": "kanban", "group": "score"})),
		about("a board that sums words", at("/totals/1", "field_does_not_fit"), viewOf(doc{"type": "kanban", "group": "status", "totals": []any{"score", "name"}})),
		about("a calendar without days", at("/start", "required"), viewOf(doc{"type": "calendar"})),
		about("a calendar from words to nothing", map[string]string{"/definitions/0/start": "field_does_not_fit", "/definitions/0/end": "unknown_field"}, viewOf(doc{"type": "calendar", "start": "name", "end": "b"})),
		about("a gallery of no pictures", at("/cover", "field_does_not_fit"), viewOf(doc{"type": "gallery", "cover": "name"})),
		about("a table with what others have", map[string]string{"/definitions/0/totals": "unknown_keyword", "/definitions/0/cover": "unknown_keyword"},
			viewOf(doc{"totals": []any{"score"}, "cover": "name"})),
		about("a view of an unknown type", at("/type", "invalid_keyword"), viewOf(doc{"type": "globe"})),
		about("a form with an unknown field", at("/sections/0/fields/1", "unknown_field"), doc{"kind": "form", "name": "f", "object": "lead", "sections": []any{doc{"fields": []any{"name", doc{"field": "b"}}}}}),
		about("an app with an object that does not exist", at("/items/0/object", "dangling_reference"), doc{"kind": "app", "name": "a", "items": []any{doc{"object": "nothing"}}}),
		about("a role that inherits from nobody", at("/inherits/0", "dangling_reference"), doc{"kind": "role", "name": "r", "inherits": []any{"nobody"}}),
		about("a grant on nothing", at("/grants/0/object", "dangling_reference"), doc{"kind": "role", "name": "r", "grants": []any{doc{"object": "nothing", "actions": []any{"read"}}}}),
		about("a grant on an unknown field", at("/grants/0/fields/read/0", "unknown_field"), doc{"kind": "role", "name": "r", "grants": []any{doc{"object": "lead", "actions": []any{"read"}, "fields": doc{"read": []any{"-b"}}}}}),
		about("roles that inherit from each other", map[string]string{"/definitions/0/inherits/0": "inheritance_cycle", "/definitions/1/inherits/0": "inheritance_cycle"},
			doc{"kind": "role", "name": "r", "inherits": []any{"s"}}, doc{"kind": "role", "name": "s", "inherits": []any{"r"}}),

		about("an expression that does not parse", at("/rules/0/assert", "syntax"), rule("a ==")),
		about("an expression of an unknown field", at("/rules/0/assert", "unknown_field"), rule("b == 1")),
		about("an expression of an unknown function", at("/rules/0/assert", "unknown_function"), rule("shout(a) == a")),
		about("an expression that compares text with numbers", at("/rules/0/assert", "type_mismatch"), rule("a > 1")),
		about("a rule that is no condition", at("/rules/0/assert", "wrong_result"), rule("n + 1")),
		about("an ill-typed filter of a view", at("/filter", "type_mismatch"), doc{"kind": "view", "name": "v", "object": "lead", "columns": []any{"name"}, "filter": "score == \"x\""}),
		about("an ill-typed condition of a form", at("/sections/0/fields/0/showIf", "wrong_result"), doc{"kind": "form", "name": "f", "object": "lead", "sections": []any{doc{"fields": []any{doc{"field": "name", "showIf": "score"}}}}}),
		about("an ill-typed scope of a role", at("/grants/0/scope/where", "unknown_field"), doc{"kind": "role", "name": "r", "grants": []any{doc{"object": "lead", "actions": []any{"read"}, "scope": doc{"where": "b"}}}}),

		about("a name that is not one", at("/name", "invalid_keyword"), thing(text, doc{"name": "Thing!"})),
		about("the same definition twice", map[string]string{"/definitions/1/name": "name_taken"}, thing(text), thing(text)),
		about("an option twice", at("/properties/a/oneOf/1/const", "name_taken"), thing(doc{"a": property("select", options("x", "x"))})),
		about("the option set of the roles", at("/name", "reserved_name"), doc{"kind": "options", "name": "role", "oneOf": []any{doc{"const": "x"}}}),
		about("no options", at("/properties/a", "no_options"), thing(doc{"a": property("select")})),
		about("two lists of options", at("/properties/a/options", "two_option_sets"), thing(doc{"a": property("select", options("x"), doc{"options": "industry"})})),
		about("an empty range", at("/properties/a/minimum", "empty_range"), thing(doc{"a": property("integer", doc{"minimum": 2, "maximum": 1})})),
		about("a number without a counter", at("/properties/a/pattern", "invalid_autonumber"), thing(doc{"a": property("autonumber", doc{"pattern": "N-{yyyy}"})})),
		about("a default that is no value", at("/properties/a/default", "unknown_option"), thing(doc{"a": property("select", options("x"), doc{"default": "y"})})),
		about("a default that costs memory", at("/properties/a/default", "wrong_type"), thing(doc{"a": property("decimal", doc{"default": "1e999999999"})})),
		about("a pattern that is not one", at("/properties/a/pattern", "invalid_keyword"), thing(doc{"a": property("text", doc{"pattern": "(a"})})),
		about("a rule that names an unknown field", at("/rules/0/at/0", "unknown_field"), thing(text, doc{"rules": []any{doc{"name": "r", "assert": "a == null", "message": "m", "at": []any{"b"}}}})),

		about("a field of a built-in object that goes", at("/properties/email", "protected_definition"), doc{"kind": "object", "name": "user", "type": "object", "properties": doc{
			"name": property("text"), "roles": property("multiselect", doc{"options": "role"}), "active": property("boolean"), "locale": property("select", options("en", "zh_cn")), "timezone": property("text"),
			"department": property("department"), "manager": property("user"), "teams": property("lookups", doc{"target": "team"}),
		}}),
		{"a built-in object that goes", doc{"delete": []any{doc{"kind": "object", "name": "user"}}}, 422, "invalid_definition", map[string]string{"/delete/0": "protected_definition"}, false},
		{"what does not exist and goes", doc{"delete": []any{doc{"kind": "view", "name": "nothing"}}}, 422, "invalid_definition", map[string]string{"/delete/0": "dangling_reference"}, false},
		{"a note that cannot be kept", doc{"note": "a\x00", "definitions": []any{thing(text)}}, 422, "invalid_definition", map[string]string{"/note": "invalid_text"}, false},
		{"a note without end", doc{"note": strings.Repeat("x", 1001), "definitions": []any{thing(text)}}, 422, "invalid_definition", map[string]string{"/note": "too_long"}, false},
		{"options that are in use", doc{"delete": []any{doc{"kind": "options", "name": "industry"}}}, 409, "in_use", map[string]string{"/object/lead/properties/industry/options": "dangling_reference"}, false},
		{"a field that a view shows", doc{"definitions": []any{thing(text, doc{"name": "lead"})}, "allow": []any{"destructive"}}, 409, "in_use", nil, false},
		{"an object that others point to", doc{"delete": []any{doc{"kind": "object", "name": "lead"}}, "allow": []any{"destructive"}}, 409, "in_use", nil, false},
		{"a field that goes with its values", doc{"definitions": []any{doc{"kind": "object", "name": "kept", "type": "object", "properties": text}}}, 409, "destructive", map[string]string{"/object/kept": "destructive"}, true},
		{"an object that goes with its records", doc{"delete": []any{doc{"kind": "object", "name": "kept"}}}, 409, "destructive", map[string]string{"/object/kept": "destructive"}, true},
		{"a definition that somebody changed meanwhile", doc{"base": 1, "definitions": []any{doc{"kind": "object", "name": "kept", "type": "object", "properties": doc{"a": property("text"), "b": property("text"), "c": property("text")}}}}, 409, "revision_conflict", map[string]string{"/definitions/0": "revision_conflict"}, false},
	}
	for _, name := range []string{"id", "version", "deleted_at", "me", "record", "in", "null", "sys_x", "a__sort", "budget__currency", "ctid", "xmin", "tableoid"} {
		list = append(list, about("a field called "+name, at("/properties/"+name, "reserved_name"), thing(doc{name: property("text")})))
	}
	for _, name := range []string{"record", "prior", "trigger", "sys_catalog", "sqlite_master", "lead_pkey", "a__b"} {
		list = append(list, about("an object called "+name, at("/name", "reserved_name"), thing(text, doc{"name": name})))
	}
	return list
}

// TestDefinitionsAreRefused: what is wrong is refused with its pointer, by the
// plan and by the apply alike, and nothing is applied.
func TestDefinitionsAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kept := doc{"kind": "object", "name": "kept", "type": "object", "properties": doc{"a": property("text"), "b": property("text")}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{kept}}).Want(t, 200)
		i.Admin.Post(t, "/records/kept", doc{"a": "x", "b": "y"}).Want(t, 201)
		before, revisions := fingerprint(t, i), i.Admin.Get(t, "/meta/_revisions?limit=1").Want(t, 200).Body
		for _, r := range refusals() {
			routes := []string{"/meta/_plan", "/meta/_apply"}
			if r.applied {
				i.Admin.Post(t, routes[0], r.request).Want(t, 200)
				routes = routes[1:]
			}
			for _, route := range routes {
				answer := i.Admin.Post(t, route, r.request)
				require.Equal(t, r.status, answer.Status, "%s: %s", r.name, answer.Body)
				code, items := answer.Fault(t)
				require.Equal(t, r.code, code, r.name)
				if r.items != nil {
					require.Equal(t, r.items, items, r.name)
				}
				require.NotEmpty(t, items, r.name)
			}
			require.Equal(t, string(revisions), string(i.Admin.Get(t, "/meta/_revisions?limit=1").Body), "%s was applied", r.name)
		}
		require.Equal(t, before, fingerprint(t, i))
	})
}

// TestNamesDoNotCollide: whatever names are taken, no index of one object
// bears the name of another's, or of an object.
func TestNamesDoNotCollide(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		object := func(name string, properties doc, more ...doc) doc {
			return thing(properties, append(more, doc{"name": name})...)
		}
		indexed := property("text", doc{"index": true})
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			object("deal", doc{"line_owner": indexed, "a": indexed, "a_desc": indexed}, doc{"index": []any{[]any{"-a"}, []any{"a", "line_owner"}}}),
			object("deal_line", doc{"x": indexed}), object("deal_line_owner", doc{"x": property("select", doc{"oneOf": []any{doc{"const": "ix"}}})}),
			object("ix_deal_owner", doc{"x": indexed}), object("ux_deal_a", doc{"x": property("text", doc{"unique": true})}), object("table", doc{"select": indexed, "order": indexed, "oid": indexed, "rowid": indexed}),
		}}).Want(t, 200)
		for _, name := range []string{"deal", "deal_line", "deal_line_owner", "ix_deal_owner", "ux_deal_a", "table"} {
			i.Admin.Post(t, "/records/"+name, doc{}).Want(t, 201)
			require.Len(t, i.Admin.Get(t, "/records/"+name).Want(t, 200).List(t), 1)
		}
	})
}

// TestPutAndDeleteOfDefinitions keep to the same refusals as _apply.
func TestPutAndDeleteOfDefinitions(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, c := range []struct {
			method, path string
			body         any
			status       int
			code         string
		}{
			{http.MethodPut, "/meta/object/thing", thing(doc{"a": property("text")}, doc{"name": "other"}), 422, "invalid_definition"},
			{http.MethodPut, "/meta/view/thing", thing(doc{"a": property("text")}), 422, "invalid_definition"},
			{http.MethodPut, "/meta/object/thing", thing(doc{"a": property("colour")}), 422, "invalid_definition"},
			{http.MethodPut, "/meta/gadget/thing", doc{"kind": "gadget", "name": "thing"}, 422, "invalid_definition"},
			{http.MethodPut, "/meta/object/thing?base=x", thing(doc{"a": property("text")}), 400, "invalid_query"},
			{http.MethodPut, "/meta/object/lead?base=0", thing(doc{"a": property("text")}, doc{"name": "lead"}), 409, "revision_conflict"},
			{http.MethodDelete, "/meta/object/nothing", nil, 404, "not_found"},
			{http.MethodDelete, "/meta/gadget/lead", nil, 404, "not_found"},
			{http.MethodDelete, "/meta/object/user", nil, 422, "invalid_definition"},
			{http.MethodDelete, "/meta/options/industry", nil, 409, "in_use"},
			{http.MethodPost, "/meta/_revisions/0/restore", nil, 404, "unknown_revision"},
			{http.MethodPost, "/meta/_revisions/-1/restore", nil, 404, "unknown_revision"},
			{http.MethodPost, "/meta/_revisions/x/restore", nil, 404, "unknown_revision"},
			{http.MethodPost, "/meta/_revisions/99999999999/restore", nil, 404, "unknown_revision"},
		} {
			before := fingerprint(t, i)
			code, _ := i.Admin.Do(t, c.method, c.path, c.body).Want(t, c.status).Fault(t)
			require.Equal(t, c.code, code, "%s %s", c.method, c.path)
			require.Equal(t, before, fingerprint(t, i), "%s %s left a trace", c.method, c.path)
		}
	})
}

// TestValuesAreRefusedAlike: what a database cannot keep or find is refused on
// both in the same way.
func TestValuesAreRefusedAlike(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		many := strings.Builder{}
		for n := range 1000 {
			many.WriteRune(rune(0x4e00 + n*7919%20000)) // no two alike, so that nothing shortens it
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			thing(doc{"key": property("text", doc{"maxLength": 1000, "unique": true}), "a": property("text", doc{"maxLength": 1000}), "b": property("text", doc{"maxLength": 1000})}, doc{"unique": []any{[]any{"a", "b"}}, "display": "b"}),
			doc{"kind": "object", "name": "unsorted", "type": "object", "display": "a", "properties": doc{"a": property("text", doc{"sort": false}), "number": property("autonumber", doc{"pattern": "{0}"})}, "required": []any{"number"}},
			doc{"kind": "object", "name": "pointer", "type": "object", "properties": doc{"to": property("lookup", doc{"target": "unsorted"})}},
		}}).Want(t, 200)
		refused := func(object string, body doc, status int, items map[string]string) {
			t.Helper()
			_, got := i.Admin.Post(t, "/records/"+object, body).Want(t, status).Fault(t)
			require.Equal(t, items, got)
		}
		refused("thing", doc{"key": many.String()}, 422, map[string]string{"/key": "too_long"})
		refused("thing", doc{"a": many.String()[:1800]}, 422, map[string]string{"/a": "too_long"})
		i.Admin.Post(t, "/records/thing", doc{"key": many.String()[:2400], "a": many.String()[:1200], "b": many.String()[1200:2400]}).Want(t, 201)
		refused("thing", doc{"key": many.String()[:2400]}, 409, map[string]string{"/key": "duplicate"})
		refused("thing", doc{"a": many.String()[:1200], "b": many.String()[1200:2400]}, 409, map[string]string{"/a": "duplicate", "/b": "duplicate"})

		for n, name := range []string{"b", "a", "B"} {
			target := i.Admin.Post(t, "/records/unsorted", doc{"a": name}).Want(t, 201).Data(t)
			require.Equal(t, fmt.Sprint(n+1), target["number"], "a required number is given")
			i.Admin.Post(t, "/records/pointer", doc{"to": target["id"]}).Want(t, 201)
		}
		require.Len(t, i.Admin.Get(t, "/records/pointer?sort=to").Want(t, 200).List(t), 3, "sorted by a display without a key")

		id := i.Admin.Post(t, "/records/thing", doc{}).Want(t, 201).Data(t)["id"].(string)
		for _, no := range []string{"nope", "%00", strings.Repeat("z", 36), "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz", strings.ToUpper(id), "{" + id + "}", strings.ReplaceAll(id, "-", "")} {
			i.Admin.Get(t, "/records/thing/"+no).Want(t, 404)
			i.Admin.Get(t, "/records/thing/"+no+"/changes").Want(t, 404)
			i.Admin.Patch(t, "/records/thing/"+no, doc{}).Want(t, 404)
			i.Admin.Delete(t, "/records/thing/"+no).Want(t, 404)
			i.Admin.Post(t, "/expressions/evaluate", doc{"object": "thing", "expression": "a", "record": no}).Want(t, 404)
			outcome := i.Admin.Post(t, "/records/thing/_batch", doc{"operations": []any{doc{"op": "update", "id": no, "values": doc{"a": "x"}}}}).Want(t, 200).List(t)[0]
			require.InDelta(t, 404, outcome["status"], 0)
			for _, where := range []string{`id == "%s"`, `id in ["%s"]`, `id + "" == "%s"`, `owner == "%s"`} {
				if no != "%00" {
					require.Empty(t, i.Admin.Post(t, "/records/thing/_query", doc{"where": fmt.Sprintf(where, no)}).Want(t, 200).List(t), where, no)
				}
			}
		}
		for _, where := range []string{`id == "%s"`, `id in ["%s"]`, `id.contains("%s")`, `text(id) == "%s"`} {
			require.Len(t, i.Admin.Post(t, "/records/thing/_query", doc{"where": fmt.Sprintf(where, id)}).Want(t, 200).List(t), 1, where)
		}
	})
}
