package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// entangled are definitions that name each other in every way there is.
func entangled() []any {
	condition := func(text string) doc { return doc{"where": text} }
	return []any{
		doc{"kind": "options", "name": "size", "oneOf": []any{doc{"const": "small"}, doc{"const": "large"}}},
		doc{
			"kind": "object", "name": "crate", "type": "object", "display": "name", "required": []any{"name"},
			"properties": doc{
				"name": property("text"), "size": property("select", doc{"options": "size", "default": "small"}), "weight": property("decimal"),
				"double": property("formula", doc{"expression": "weight * 2"}), "fourfold": property("formula", doc{"expression": "double * 2"}),
				"state": property("select", doc{"oneOf": []any{doc{"const": "open"}, doc{"const": "shut"}}}),
				"lid":   property("select", doc{"dependsOn": "state", "oneOf": []any{doc{"const": "on", "when": []any{"shut"}}}}),
				"items": property("lines", doc{"target": "item", "order": "place"}), "load": property("rollup", doc{"of": "item.crate", "function": "sum", "value": "mass", "where": "!lost"}),
				"note": property("text"), "phone": property("phone"),
			},
			"unique": []any{[]any{"name", "size"}}, "index": []any{[]any{"-weight"}},
			"rules":      []any{doc{"name": "shut_large", "assert": `size != "large" || state == "shut"`, "message": "Shut it.", "at": []any{"state"}}},
			"behaviours": doc{"duplicates": []any{doc{"action": "warn", "match": []any{doc{"field": "phone", "by": "exact"}}, "card": []any{"name"}}}},
		},
		doc{"kind": "object", "name": "item", "type": "object", "properties": doc{
			"name": property("text"), "crate": property("lookup", doc{"target": "crate"}), "place": property("integer"), "mass": property("decimal"), "lost": property("boolean"),
			"seen": property("link", doc{"targets": []any{"crate", "lead"}}), "of_size": property("formula", doc{"expression": "crate.size"}),
		}},
		doc{"kind": "form", "name": "crate_default", "object": "crate", "sections": []any{doc{"showIf": `size == "large"`, "fields": []any{"name", doc{"field": "lid", "showIf": "weight > 1"}}}}},
		doc{"kind": "view", "name": "item_heavy", "object": "item", "columns": []any{"name", "mass"}, "filter": `crate.weight > 3 && crate.state in ["open"]`, "sort": []any{"-mass"}},
		doc{"kind": "view", "name": "crate_board", "object": "crate", "type": "kanban", "columns": []any{"name"}, "group": "state", "totals": []any{"weight"}, "color": "size"},
		doc{"kind": "app", "name": "store", "items": []any{doc{"object": "crate"}, doc{"object": "item", "view": "item_heavy"}}},
		doc{"kind": "role", "name": "packer", "grants": []any{doc{"object": "crate", "actions": []any{"read"}, "scope": condition(`state == "open"`), "where": "weight < 9", "fields": doc{"read": []any{"*", "-phone"}}}}},
		doc{"kind": "role", "name": "chief", "inherits": []any{"packer"}, "restrict": []any{doc{"object": "item", "actions": []any{"read"}, "where": "!lost"}}},
		doc{"kind": "translation", "name": "en", "texts": doc{"object/crate/properties/note/title": "Remark"}},
	}
}

// usersOf gives the places that name a part of a definition, of the others and
// of its own, as a refusal names them. Nothing depends on translations.
func usersOf(t *testing.T, i *enginetest.Installation, key, at, own string) (others, its []string) {
	t.Helper()
	for _, use := range i.Admin.Get(t, "/meta/"+key+"/users?at="+at).Want(t, http.StatusOK).List(t) {
		by := fmt.Sprint(use["kind"], "/", use["name"])
		switch {
		case use["kind"] == "translation":
		case by == key:
			its = append(its, fmt.Sprint(own, use["pointer"]))
		default:
			others = append(others, fmt.Sprint("/", by, use["pointer"]))
		}
	}
	return others, its
}

// TestARemovalIsRefusedForJustThoseWhoAreToldToUseIt takes away every field and
// every option of entangled definitions, and each definition as a whole.
func TestARemovalIsRefusedForJustThoseWhoAreToldToUseIt(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": entangled()}).Want(t, http.StatusOK)
	refused := func(request doc) (string, []string) {
		answer := i.Admin.Post(t, "/meta/_plan", request)
		if answer.Status == http.StatusOK {
			return "", nil
		}
		code, items := answer.Fault(t)
		return code, slices.Collect(maps.Keys(items))
	}
	counted := map[string]int{}
	without := func(key, at string, definition doc) {
		others, its := usersOf(t, i, key, at, "/definitions/0")
		code, places := refused(doc{"definitions": []any{definition}})
		want := map[bool][]string{true: its, false: others}[len(its) > 0]
		require.Equal(t, map[bool]string{true: "", false: code}[len(want) == 0], code, "%s %s: %v", key, at, places)
		require.ElementsMatch(t, unique(want), places, "%s %s: %s", key, at, code)
		counted[code]++
	}
	for _, definition := range entangled() {
		raw := definition.(doc)
		key := fmt.Sprint(raw["kind"], "/", raw["name"])
		if properties, ok := raw["properties"].(doc); ok {
			for name := range properties {
				without(key, "/properties/"+name, lessen(t, raw, "properties", name))
			}
		}
		if raw["kind"] == "options" {
			without(key, "/oneOf/small", lessen(t, raw, "oneOf", "small"))
		}
		others, _ := usersOf(t, i, key, "", "")
		code, places := refused(doc{"delete": []any{doc{"kind": raw["kind"], "name": raw["name"]}}})
		require.ElementsMatch(t, owners(others), owners(places), "%s: %s", key, code)
	}
	require.Greater(t, counted["in_use"], 3)
	require.Greater(t, counted["invalid_definition"], 3)
	require.Positive(t, counted[""])

	translated := i.Admin.Get(t, "/meta/object/crate/users?at=/properties/note").Want(t, http.StatusOK).List(t)
	require.Equal(t, []map[string]any{{"kind": "translation", "name": "en", "pointer": "/texts/object~1crate~1properties~1note~1title", "what": "translation", "at": "/properties/note"}}, translated)
	i.Admin.Get(t, "/meta/object/nothing/users").Want(t, http.StatusNotFound)
}

// lessen is a definition without one member of an object or a list of it.
func lessen(t *testing.T, definition doc, keyword, name string) doc {
	t.Helper()
	raw, err := json.Marshal(definition)
	require.NoError(t, err)
	var less doc
	require.NoError(t, json.Unmarshal(raw, &less))
	switch members := less[keyword].(type) {
	case map[string]any:
		delete(members, name)
	case []any:
		less[keyword] = slices.DeleteFunc(members, func(member any) bool { return member.(map[string]any)["const"] == name })
	}
	return less
}

// owners are the definitions that pointers lead into.
func owners(pointers []string) []string {
	var names []string
	for _, pointer := range pointers {
		var parts [3]string
		at := 0
		for _, c := range pointer {
			if c == '/' {
				at++
				continue
			}
			if at == 1 || at == 2 {
				parts[at] += string(c)
			}
		}
		names = append(names, parts[1]+"/"+parts[2])
	}
	return unique(names)
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
