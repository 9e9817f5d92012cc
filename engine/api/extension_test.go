package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// contact is an object of another template, and leadCRM what that template adds
// to leads.
func contact() doc {
	return doc{"kind": "object", "name": "contact", "type": "object", "properties": doc{"name": property("text"), "lead": property("lookup", doc{"target": "lead"})}}
}

func leadCRM(more ...doc) doc {
	e := doc{
		"kind": "extension", "name": "lead_crm", "object": "lead", "requires": "contact",
		"properties": doc{
			"contact": property("lookup", doc{"target": "contact", "title": "Contact"}), "worth": property("integer", doc{"title": "Worth", "index": true}),
			"stage": property("select", doc{"title": "Stage", "oneOf": []any{doc{"const": "early", "title": "Early"}, doc{"const": "late", "title": "Late"}}}),
		},
		"rules":      []any{doc{"name": "worth_it", "assert": `stage != "late" || worth != null`, "message": "Say what it is worth.", "at": []any{"worth"}}},
		"index":      []any{[]any{"stage", "-created_at"}},
		"behaviours": doc{"duplicates": []any{doc{"action": "warn", "match": []any{doc{"field": "website", "by": "exact"}}}}},
		"sections":   []any{doc{"form": "lead_default", "title": "Sales", "showIf": `status != "new" || worth != null`, "fields": []any{"contact", "worth", "stage"}}},
	}
	for _, m := range more {
		maps.Copy(e, m)
	}
	return e
}

// TestAnExtensionIsPartOfItsObject: its fields are read, written, filtered,
// described and shown as the object's own, and what it says holds for them.
func TestAnExtensionIsPartOfItsObject(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		raw := i.Admin.Get(t, "/meta/object/lead?raw=true").Want(t, http.StatusOK).Data(t)
		texts := i.Admin.Get(t, "/meta/translation/zh-CN").Want(t, http.StatusOK).Data(t)
		translated := texts["texts"].(map[string]any)
		translated["extension/lead_crm/properties/worth/title"] = "价值"
		translated["extension/lead_crm/rules/worth_it/message"] = "请填写价值。"
		translated["extension/lead_crm/sections/0/title"] = "销售"
		translated["object/lead/properties/stage/oneOf/late/title"] = "后期"
		request := doc{"definitions": []any{contact(), leadCRM(), texts}}
		planned := i.Admin.Post(t, "/meta/_plan", request).Want(t, http.StatusOK)
		changes := planned.Data(t)["changes"].([]any)
		require.Contains(t, fmt.Sprint(changes[1].(map[string]any)["ddl"]), `"worth"`)
		require.Contains(t, changes[1].(map[string]any)["summary"], "worth")
		require.Empty(t, warnings(t, planned))
		i.Admin.Post(t, "/meta/_apply", request).Want(t, http.StatusOK)
		i.Admin.Put(t, "/meta/extension/lead_crm", leadCRM()).Want(t, http.StatusOK)

		lead := i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b", "worth": 5, "stage": "late"}).Want(t, http.StatusCreated).Data(t)
		require.InDelta(t, 5, lead["worth"], 0)
		require.Len(t, i.Admin.Get(t, "/records/lead?sort=-worth&where="+url.QueryEscape(`stage == "late" && worth > 4`)).Want(t, http.StatusOK).List(t), 1)
		refused := i.Admin.With("Accept-Language", "zh-CN").Post(t, "/records/lead", doc{"name": "a", "company": "b", "stage": "late"}).Want(t, http.StatusUnprocessableEntity)
		require.Contains(t, string(refused.Body), "请填写价值。")

		merged := i.Admin.With("Accept-Language", "zh-CN").Get(t, "/meta/object/lead").Want(t, http.StatusOK).Data(t)
		worth := merged["properties"].(map[string]any)["worth"].(map[string]any)
		require.Equal(t, "价值", worth["title"])
		require.Contains(t, string(i.Admin.With("Accept-Language", "zh-CN").Get(t, "/meta/object/lead").Body), "后期")
		sections := i.Admin.With("Accept-Language", "zh-CN").Get(t, "/meta/form/lead_default").Want(t, http.StatusOK).Data(t)["sections"].([]any)
		require.Equal(t, "销售", sections[len(sections)-1].(map[string]any)["title"])
		require.NotContains(t, sections[len(sections)-1], "form")
		require.Equal(t, raw, i.Admin.Get(t, "/meta/object/lead?raw=true").Want(t, http.StatusOK).Data(t))
		require.Contains(t, string(i.Admin.Get(t, "/meta/object/lead/schema").Body), `"worth"`)
		require.Contains(t, i.Admin.Get(t, "/meta").Want(t, http.StatusOK).Data(t)["expressions"], fmt.Sprintf("form/lead_default/sections/%d/showIf", len(sections)-1))
		missing := i.Admin.Get(t, "/meta/translation/zh-CN/missing").Want(t, http.StatusOK).Data(t)["missing"]
		require.NotContains(t, fmt.Sprint(missing), "worth")
		require.NotContains(t, fmt.Sprint(missing), "late")
		require.Contains(t, missing, map[string]any{"key": "extension/lead_crm/properties/stage/oneOf/early/title", "text": "Early"})

		member := i.Person(t, "Mo Member", "sales_rep")
		member.Get(t, "/meta/extension/lead_crm").Want(t, http.StatusNotFound)
		require.Contains(t, string(member.Get(t, "/meta/object/lead").Want(t, http.StatusOK).Body), `"worth"`)
	})
}

// TestAnExtensionGoesWithItsFields: its deletion is that of its fields, a
// restore brings them back, and others that use them hold it.
func TestAnExtensionGoesWithItsFields(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{contact(), leadCRM()}}).Want(t, http.StatusOK).Data(t)
		lead := i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b", "worth": 5}).Want(t, http.StatusCreated).Data(t)["id"]
		view := doc{"kind": "view", "name": "worthy", "object": "lead", "columns": []any{"name", "worth"}}
		i.Admin.Put(t, "/meta/view/worthy", view).Want(t, http.StatusOK)
		for _, used := range []string{"extension/lead_crm", "object/lead"} {
			users := i.Admin.Get(t, "/meta/"+used+"/users?at=/properties/worth").Want(t, http.StatusOK).List(t)
			require.Contains(t, users, map[string]any{"kind": "view", "name": "worthy", "pointer": "/columns/1", "what": "field", "at": "/properties/worth"})
			require.Contains(t, users, map[string]any{"kind": "extension", "name": "lead_crm", "pointer": "/rules/0/assert", "what": "field", "at": "/properties/worth"})
		}
		code, items := i.Admin.Delete(t, "/meta/extension/lead_crm?allow=destructive").Want(t, http.StatusConflict).Fault(t)
		require.Equal(t, "in_use", code)
		require.Equal(t, map[string]string{"/view/worthy/columns/1": "unknown_field"}, items)
		i.Admin.Delete(t, "/meta/view/worthy").Want(t, http.StatusOK)

		for _, deleted := range []string{"extension/lead_crm", "object/contact"} {
			code, items = i.Admin.Delete(t, "/meta/"+deleted).Want(t, http.StatusConflict).Fault(t)
			require.Equal(t, "destructive", code)
			require.Equal(t, map[string]string{"/extension/lead_crm": "destructive"}, items, deleted)
			i.Admin.Delete(t, "/meta/"+deleted+"?allow=destructive").Want(t, http.StatusOK)
			one := i.Admin.Get(t, fmt.Sprint("/records/lead/", lead)).Want(t, http.StatusOK).Data(t)
			require.NotContains(t, one, "worth")
			i.Admin.Post(t, fmt.Sprintf("/meta/_revisions/%v/restore?allow=destructive", applied["revision"]), nil).Want(t, http.StatusOK)
			require.InDelta(t, 5, i.Admin.Get(t, fmt.Sprint("/records/lead/", lead)).Want(t, http.StatusOK).Data(t)["worth"], 0)
		}
	})
}

// TestAnExtensionIsInForceWithWhatItRequires, and comes into force by itself.
func TestAnExtensionIsInForceWithWhatItRequires(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		alone := leadCRM(doc{"name": "alone", "object": "order", "requires": []any{"order", "contact"}, "sections": []any{}})
		delete(alone, "sections")
		answer := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{leadCRM(), alone}}).Want(t, http.StatusOK)
		require.Equal(t, map[string]string{
			"/definitions/0/requires": "not_in_force", "/definitions/1/requires/0": "not_in_force", "/definitions/1/requires/1": "not_in_force",
		}, warnings(t, answer))
		i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b", "worth": 5}).Want(t, http.StatusUnprocessableEntity)
		arrived := i.Admin.Put(t, "/meta/object/contact", contact()).Want(t, http.StatusOK).Data(t)["changes"].([]any)
		require.Len(t, arrived, 2)
		require.Equal(t, "lead_crm", arrived[1].(map[string]any)["name"])
		require.Contains(t, arrived[1].(map[string]any)["summary"], "worth")
		i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b", "worth": 5}).Want(t, http.StatusCreated)
	})
}

// TestAnExtensionThatDoesNotFitIsRefusedWithItsPlace.
func TestAnExtensionThatDoesNotFitIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{contact(), leadCRM()}}).Want(t, http.StatusOK)
	same := doc{"properties": doc{"worth": property("text"), "name": property("text"), "own": property("text")}}
	plain := func(more ...doc) doc {
		e := doc{"kind": "extension", "name": "more", "object": "lead", "properties": doc{"own": property("text")}}
		for _, m := range more {
			maps.Copy(e, m)
		}
		return e
	}
	rules := func(name, assert string) doc {
		return doc{"rules": []any{doc{"name": name, "assert": assert, "message": "m"}}}
	}
	for _, r := range []refusal{
		about("the same fields", map[string]string{"/definitions/0/properties/worth": "name_taken", "/definitions/0/properties/name": "name_taken"}, plain(same)),
		about("an object that there is not", map[string]string{"/definitions/0/object": "dangling_reference"}, plain(doc{"object": "nothing"})),
		about("a rule's name that is taken", map[string]string{"/definitions/0/rules/0/name": "name_taken"}, plain(rules("reachable", "own != null"))),
		about("a rule of an unknown field", map[string]string{"/definitions/0/rules/0/assert": "unknown_field"}, plain(rules("r", "other != null"))),
		about("a field that is none", map[string]string{"/definitions/0/properties/own/field": "unknown_field_kind"}, plain(doc{"properties": doc{"own": property("colour")}})),
		about("a lookup to nothing", map[string]string{"/definitions/0/properties/own/target": "dangling_reference"}, plain(doc{"properties": doc{"own": property("lookup", doc{"target": "nothing"})}})),
		about("an index of nothing", map[string]string{"/definitions/0/index/0/1": "unknown_field"}, plain(doc{"index": []any{[]any{"own", "-other"}}})),
		about("a required field that there is not", map[string]string{"/definitions/0/required/0": "unknown_field"}, plain(doc{"required": []any{"other"}})),
		about("a section of another form", map[string]string{"/definitions/0/sections/0/form": "dangling_reference"}, plain(doc{"sections": []any{doc{"form": "user_default", "fields": []any{"own"}}}})),
		about("a section of nothing", map[string]string{"/definitions/0/sections/0/fields/0": "unknown_field"}, plain(doc{"sections": []any{doc{"form": "lead_default", "fields": []any{"other"}}}})),
		about("a duplicate of nothing", map[string]string{"/definitions/0/behaviours/duplicates/0/match/0/field": "unknown_field"},
			plain(doc{"behaviours": doc{"duplicates": []any{doc{"action": "warn", "match": []any{doc{"field": "other", "by": "exact"}}}}}})),
	} {
		code, items := i.Admin.Post(t, "/meta/_plan", r.request).Want(t, r.status).Fault(t)
		require.Equal(t, r.items, items, "%s: %s", r.name, code)
	}
	first := plain(doc{"name": "a_first", "properties": doc{"worth": property("text")}})
	code, items := i.Admin.Put(t, "/meta/extension/a_first", first).Want(t, http.StatusConflict).Fault(t)
	require.Equal(t, "in_use", code, "the one that comes later in the order of names is in the way")
	require.Equal(t, map[string]string{"/extension/lead_crm/properties/worth": "name_taken"}, items)
	i.Admin.Put(t, "/meta/extension/more", plain(doc{"behaviours": doc{"comments": false}})).Want(t, http.StatusOK)
	code, items = i.Admin.Put(t, "/meta/extension/most", plain(doc{"name": "most", "properties": doc{"x": property("text")}, "behaviours": doc{"comments": true}})).Want(t, http.StatusUnprocessableEntity).Fault(t)
	require.Equal(t, "invalid_definition", code)
	require.Equal(t, map[string]string{"/definitions/0/behaviours/comments": "name_taken"}, items)
}
