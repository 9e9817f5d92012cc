package api_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// optionsObject is an object with a tree, with options that depend on another
// field, with one that is no longer offered, and with record types.
func optionsObject() []any {
	option := func(code string, pairs ...any) doc {
		o := doc{"const": code, "title": "The " + code}
		for i := 0; i < len(pairs); i += 2 {
			o[pairs[i].(string)] = pairs[i+1]
		}
		return o
	}
	return []any{
		doc{"kind": "options", "name": "area", "oneOf": []any{
			option("asia"), option("cn", "parent", "asia"), option("hz", "parent", "cn"), option("europe"), option("de", "parent", "europe"),
		}},
		doc{"kind": "object", "name": "visit", "type": "object", "properties": doc{
			"name":   doc{"field": "text"},
			"reason": doc{"field": "text"},
			"area":   doc{"field": "select", "options": "area"},
			"colour": doc{"field": "select", "oneOf": []any{option("red"), option("grey", "active", false)}},
			"marks":  doc{"field": "multiselect", "oneOf": []any{option("a"), option("b", "active", false)}},
			"brand":  doc{"field": "select", "oneOf": []any{option("audi"), option("fiat"), option("other")}},
			"model":  doc{"field": "select", "dependsOn": "brand", "oneOf": []any{option("a4", "when", []any{"audi"}), option("panda", "when", []any{"fiat"}), option("none")}},
			"type":   doc{"field": "select", "recordTypes": true, "oneOf": []any{option("short"), option("long", "form", "visit_long", "required", []any{"reason"})}},
		}},
		doc{"kind": "form", "name": "visit_long", "object": "visit", "sections": []any{doc{"fields": []any{"name", "reason", "type"}}}},
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": optionsObject()}).Want(t, 200)
		create := func(t *testing.T, values doc) string {
			t.Helper()
			return i.Admin.Post(t, "/records/visit", values).Want(t, 201).Data(t)["id"].(string)
		}
		refused := func(t *testing.T, answer *enginetest.Answer) map[string]string {
			t.Helper()
			_, items := answer.Want(t, 422).Fault(t)
			return items
		}
		t.Run("that are no longer offered are refused when newly chosen, and kept", func(t *testing.T) {
			require.Equal(t, map[string]string{"/colour": "inactive_option", "/marks": "inactive_option"},
				refused(t, i.Admin.Post(t, "/records/visit", doc{"colour": "grey", "marks": []any{"a", "b"}})))
			object := optionsObject()
			colours := object[1].(doc)["properties"].(doc)["colour"].(doc)["oneOf"].([]any)
			delete(colours[1].(doc), "active")
			i.Admin.Post(t, "/meta/_apply", doc{"definitions": object}).Want(t, 200)
			old := create(t, doc{"name": "old", "colour": "grey"})
			i.Admin.Post(t, "/meta/_apply", doc{"definitions": optionsObject()}).Want(t, 200)
			require.Equal(t, "grey", i.Admin.Patch(t, "/records/visit/"+old, doc{"name": "older", "colour": "grey"}).Want(t, 200).Data(t)["colour"])
			require.Len(t, i.Admin.Post(t, "/records/visit/_query", doc{"where": `colour == "grey"`}).Want(t, 200).List(t), 1)
			i.Admin.Patch(t, "/records/visit/"+old, doc{"colour": "red"}).Want(t, 200)
			require.Equal(t, map[string]string{"/colour": "inactive_option"}, refused(t, i.Admin.Patch(t, "/records/visit/"+old, doc{"colour": "grey"})))
		})
		t.Run("that depend on another field must go with it", func(t *testing.T) {
			require.Equal(t, map[string]string{"/model": "option_does_not_fit"}, refused(t, i.Admin.Post(t, "/records/visit", doc{"brand": "audi", "model": "panda"})))
			require.Equal(t, map[string]string{"/model": "option_does_not_fit"}, refused(t, i.Admin.Post(t, "/records/visit", doc{"model": "panda"})))
			id := create(t, doc{"brand": "audi", "model": "a4"})
			require.Equal(t, map[string]string{"/model": "option_does_not_fit"}, refused(t, i.Admin.Patch(t, "/records/visit/"+id, doc{"brand": "fiat"})))
			i.Admin.Patch(t, "/records/visit/"+id, doc{"brand": "fiat", "model": "panda"}).Want(t, 200)
			create(t, doc{"brand": "other", "model": "none"})
		})
		t.Run("that are record types require more", func(t *testing.T) {
			create(t, doc{"type": "short"})
			require.Equal(t, map[string]string{"/reason": "required"}, refused(t, i.Admin.Post(t, "/records/visit", doc{"type": "long"})))
			id := create(t, doc{"type": "long", "reason": "because"})
			require.Equal(t, map[string]string{"/reason": "required"}, refused(t, i.Admin.Patch(t, "/records/visit/"+id, doc{"reason": nil})))
		})
		t.Run("of a tree are found by what lies above them", func(t *testing.T) {
			for _, area := range []any{"asia", "cn", "hz", "europe", nil} {
				create(t, doc{"name": "tree", "area": area})
			}
			require.Len(t, i.Admin.Post(t, "/records/visit/_query", doc{"where": `name == "tree" && under(area, "asia")`}).Want(t, 200).List(t), 3)
			require.Len(t, i.Admin.Post(t, "/records/visit/_query", doc{"where": `name == "tree" && !under(area, "cn")`}).Want(t, 200).List(t), 3)
		})
		t.Run("of a large set are asked for once, apart from the catalog", func(t *testing.T) {
			meta := i.Admin.Get(t, "/meta").Want(t, 200)
			i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "branch", "type": "object", "properties": doc{
				"region": doc{"field": "region"}, "name": doc{"field": "text"},
			}}}}).Want(t, 200)
			require.Less(t, len(i.Admin.Get(t, "/meta").Want(t, 200).Body)-len(meta.Body), 5000)
			var set struct {
				Data struct {
					OneOf []struct{ Const, Title, Parent string } `json:"oneOf"`
				}
			}
			require.NoError(t, json.Unmarshal(i.Admin.Get(t, "/meta/options/cn_region").Want(t, 200).Body, &set))
			require.Len(t, set.Data.OneOf, 3348)
			for _, code := range []string{"330106", "330100", "510000"} {
				i.Admin.Post(t, "/records/branch", doc{"region": code}).Want(t, 201)
			}
			require.Len(t, i.Admin.Post(t, "/records/branch/_query", doc{"where": `under(region, "330000")`}).Want(t, 200).List(t), 2)
			refusal := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "options", "name": "cn_region", "oneOf": []any{doc{"const": "x"}}}}})
			require.Equal(t, map[string]string{"/definitions/0/name": "reserved_name"}, refused(t, refusal))
		})
	})
}

func TestWrongOptionsAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply := func(property doc, more doc) map[string]string {
			properties := doc{"name": doc{"field": "text"}, "value": property}
			maps.Copy(properties, more)
			_, items := i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{doc{"kind": "object", "name": "wrong", "type": "object", "properties": properties}}}).Want(t, 422).Fault(t)
			return items
		}
		at := func(below, code string) map[string]string {
			return map[string]string{"/definitions/0/properties/value" + below: code}
		}
		one := func(extra doc) []any {
			extra["const"] = "a"
			return []any{extra}
		}
		require.Equal(t, at("/oneOf/0/parent", "unknown_option"), apply(doc{"field": "select", "oneOf": one(doc{"parent": "b"})}, nil))
		require.Equal(t, at("/oneOf/0/parent", "unknown_option"), apply(doc{"field": "select", "oneOf": one(doc{"parent": "a"})}, nil))
		require.Equal(t, at("/dependsOn", "unknown_field"), apply(doc{"field": "select", "dependsOn": "name", "oneOf": one(doc{})}, nil))
		require.Equal(t, at("/dependsOn", "unknown_option"), apply(doc{"field": "select", "dependsOn": "other", "oneOf": one(doc{"when": []any{"z"}})}, doc{"other": doc{"field": "select", "oneOf": one(doc{})}}))
		require.Equal(t, at("", "dangling_reference"), apply(doc{"field": "select", "recordTypes": true, "oneOf": one(doc{"form": "nowhere"})}, nil))
		require.Equal(t, at("", "unknown_field"), apply(doc{"field": "select", "recordTypes": true, "oneOf": one(doc{"required": []any{"nothing"}})}, nil))
		require.Equal(t, at("/recordTypes", "name_taken"), apply(doc{"field": "select", "recordTypes": true, "oneOf": one(doc{})}, doc{"kind_of": doc{"field": "select", "recordTypes": true, "oneOf": one(doc{})}}))
	})
}

// TestDepartments: a role opens the records of a department and of all below
// it, and the tree is walked anew with each request.
func TestDepartments(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		department := func(name string, parent any) string {
			return i.Admin.Post(t, "/records/department", doc{"name": name, "code": name, "parent": parent}).Want(t, 201).Data(t)["id"].(string)
		}
		top := department("sales", nil)
		east := department("east", top)
		shop := department("shop", east)
		other := department("finance", nil)
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "deal", "type": "object", "properties": doc{"name": doc{"field": "text"}, "department": doc{"field": "department"}}},
			doc{"kind": "role", "name": "head", "grants": []any{doc{
				"object": "deal", "actions": []any{"read", "update"},
				"scope": doc{"where": "under(department, me.department)"}, "fields": doc{"read": []any{"*"}, "update": []any{"*"}},
			}}},
		}}).Want(t, 200)
		deals := map[string]string{}
		for name, at := range map[string]any{"top": top, "east": east, "shop": shop, "other": other, "none": nil} {
			deals[name] = i.Admin.Post(t, "/records/deal", doc{"name": name, "department": at}).Want(t, 201).Data(t)["id"].(string)
		}
		head := i.Person(t, "Head", "head")
		seen := func() []string {
			var names []string
			for _, record := range head.Get(t, "/records/deal?sort=name").Want(t, 200).List(t) {
				names = append(names, record["name"].(string))
			}
			return names
		}
		require.Empty(t, seen(), "of no department")
		i.Admin.Patch(t, "/records/user/"+head.UserID, doc{"department": east}).Want(t, 200)
		require.Equal(t, []string{"east", "shop"}, seen())
		head.Patch(t, "/records/deal/"+deals["shop"], doc{"name": "shop!"}).Want(t, 200)
		head.Patch(t, "/records/deal/"+deals["top"], doc{"name": "top!"}).Want(t, 404)
		i.Admin.Patch(t, "/records/department/"+other, doc{"parent": shop}).Want(t, 200)
		require.Equal(t, []string{"east", "other", "shop!"}, seen())
		_, items := i.Admin.Patch(t, "/records/department/"+east, doc{"parent": other}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/parent": "circle"}, items)
		_, items = i.Admin.Patch(t, "/records/department/"+east, doc{"parent": east}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/parent": "circle"}, items)
	})
}
