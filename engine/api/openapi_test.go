package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/fault"
)

// description loads and validates the description that a caller gets.
func description(t *testing.T, client *enginetest.Client) *openapi3.T {
	t.Helper()
	answer := client.Get(t, "/openapi.json").Want(t, 200)
	require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	loaded, err := openapi3.NewLoader().LoadFromData(answer.Body)
	require.NoError(t, err)
	require.NoError(t, loaded.Validate(t.Context()))
	require.Equal(t, "3.1.0", loaded.OpenAPI)
	return loaded
}

var routeParameter = regexp.MustCompile(`:(\w+)`)

// TestDescription: /openapi.json is an OpenAPI 3.1 document that names every
// route, with what it needs, and describes what is answered.
func TestDescription(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": parts()}).Want(t, 200)
		described := description(t, i.Admin)
		for path := range described.Paths.Map() {
			require.True(t, slices.ContainsFunc(i.Server.Routes(), func(route api.Route) bool { return leadsTo(route.Path, path) }), "%s is no route", path)
		}
		for _, route := range i.Server.Routes() {
			item := described.Paths.Value(routeParameter.ReplaceAllString(route.Path, "{$1}"))
			require.NotNil(t, item, "%s is not described", route.Path)
			operation := item.GetOperation(route.Method)
			require.NotNil(t, operation, "%s %s is not described", route.Method, route.Path)
			require.NotEmpty(t, operation.Summary, "%s %s", route.Method, route.Path)
			for _, name := range routeParameter.FindAllStringSubmatch(route.Path, -1) {
				require.NotNil(t, operation.Parameters.GetByInAndName("path", name[1]), "%s %s", route.Method, route.Path)
			}
			open := operation.Security != nil && len(*operation.Security) == 0
			answer := (&enginetest.Client{URL: i.URL}).Do(t, route.Method, "/"+routeParameter.ReplaceAllString(route.Path, "x"), "{}")
			if strings.HasPrefix(route.Path, "/api/v1/setup") {
				continue // is not there any more
			}
			require.Equal(t, open, answer.Status != 401 || strings.HasSuffix(route.Path, "/auth/login"), "%s %s says another need than it has", route.Method, route.Path)
		}

		problem := described.Components.Schemas["Problem"].Value
		refused := i.Admin.Post(t, "/records/part", doc{"size": "x"}).Want(t, 422)
		require.NoError(t, problem.VisitJSON(decoded(t, refused.Body), openapi3.EnableJSONSchema2020()))
		require.Len(t, problem.Properties["code"].Value.Enum, len(fault.Codes()))

		schema := described.Components.Schemas["part"].Value
		stockedPart := i.Admin.Post(t, "/records/part", doc{
			"name": "n", "note": "x", "mail": "a@example.com", "size": 1, "price": "1.5", "done": true, "day": "2026-01-01", "moment": "2026-01-01T00:00:00Z", "metal": "gold", "metals": []any{"zinc"},
		}).Want(t, 201).Data(t)
		empty := i.Admin.Post(t, "/records/part", doc{}).Want(t, 201).Data(t)
		for _, record := range []map[string]any{stockedPart, empty} {
			require.NoError(t, schema.VisitJSON(record, openapi3.EnableJSONSchema2020()))
			for name := range record {
				require.Contains(t, schema.Properties, name)
			}
		}
		stockedPart["metal"] = "lead"
		require.Error(t, schema.VisitJSON(stockedPart, openapi3.EnableJSONSchema2020()))
		for _, path := range []string{"/api/v1/records/part", "/api/v1/records/part/{id}"} {
			require.NotNil(t, described.Paths.Value(path), path)
		}
		for _, parameter := range described.Paths.Value("/api/v1/records/part").Get.Parameters {
			value := map[string]string{"where": "true", "sort": "name", "fields": "name", "expand": "maker", "limit": "1", "offset": "0", "count": "exact", "view": "part_gold", "q": "x", "cursor": ""}[parameter.Value.Name]
			i.Admin.Get(t, "/records/part?"+parameter.Value.Name+"="+url.QueryEscape(value)).Want(t, 200)
		}
	})
}

// leadsTo reports whether requests of a described path come to a route.
func leadsTo(route, path string) bool {
	form := "^" + routeParameter.ReplaceAllString(route, `[^/]+`) + "$"
	return regexp.MustCompile(form).MatchString(path)
}

func decoded(t *testing.T, raw []byte) any {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(raw, &value))
	return value
}

// TestNothingHiddenIsDescribed: whatever describes an object to somebody,
// names none of the fields that he may not see, and none of what speaks of
// them; and what it says of the rest stands where it says.
func TestNothingHiddenIsDescribed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "vault", "type": "object", "properties": doc{"combination": property("text")}},
			doc{
				"kind": "object", "name": "staff", "type": "object", "display": "salary_class", "required": []any{"salary"}, "unique": []any{[]any{"name", "salary"}}, "index": []any{[]any{"-salary"}},
				"properties": doc{"salary": property("integer"), "name": property("text"), "salary_class": property("text"), "level": property("integer"), "twice": property("formula", doc{"expression": "level * 2"}), "vault": property("lookup", doc{"target": "vault"})},
				"rules":      []any{doc{"name": "paid", "assert": "salary > 0", "message": "Nobody works for nothing."}, doc{"name": "named", "assert": "name != null", "message": "Everybody has a name."}},
			},
			doc{"kind": "form", "name": "staff_default", "object": "staff", "sections": []any{
				doc{"title": "Paid", "showIf": "salary > 5", "fields": []any{"level"}},
				doc{"fields": []any{"salary", doc{"field": "level", "showIf": "salary > 1"}, doc{"field": "name", "showIf": "level > 2", "requiredIf": "level > 3"}, doc{"field": "salary_class", "readOnlyIf": "level > 4"}}},
			}},
			doc{"kind": "view", "name": "staff_rich", "object": "staff", "columns": []any{"name"}, "filter": "salary > 100"},
			doc{"kind": "view", "name": "staff_all", "object": "staff", "columns": []any{"salary", "name"}, "filter": "level > 5", "sort": []any{"-salary", "name"}},
			doc{"kind": "view", "name": "vault_all", "object": "vault", "columns": []any{"combination"}},
			doc{"kind": "app", "name": "staffing", "items": []any{doc{"object": "vault"}, doc{"object": "staff"}}},
			doc{"kind": "role", "name": "peer", "grants": []any{doc{"object": "staff", "actions": []any{"read", "create", "update"}, "fields": doc{"read": []any{"name", "level", "twice"}, "update": []any{"name", "level"}}}}},
		}}).Want(t, 200)
		peer := i.Person(t, "Peer", "peer")
		description(t, peer)
		for _, path := range []string{"/meta", "/meta/object", "/meta/form", "/meta/view", "/meta/app", "/meta/object/staff", "/meta/form/staff_default", "/meta/view/staff_all", "/meta/object/staff/schema", "/openapi.json", "/records/staff", "/meta?raw=true", "/meta/object/staff?raw=true"} {
			body := string(peer.Get(t, path).Want(t, 200).Body)
			for _, hidden := range []string{"salary", "vault", "combination", "Nobody works"} {
				require.NotContains(t, strings.ReplaceAll(body, `"target":"vault"`, ""), hidden, "%s shows a field that its reader may not see", path)
			}
			require.NotContains(t, body, "sales_rep", "%s shows roles", path)
		}
		for _, path := range []string{"/meta/view/staff_rich", "/meta/view/vault_all", "/meta/object/vault", "/meta/object/vault/schema", "/meta/role/peer", "/records/vault"} {
			peer.Get(t, path).Want(t, 404)
		}
		for _, client := range []*enginetest.Client{peer, i.Admin} {
			meta := client.Get(t, "/meta").Want(t, 200).Data(t)
			found := 0
			for place, tree := range meta["expressions"].(map[string]any) {
				parts := strings.SplitN(place, "/", 3)
				definition := client.Get(t, "/meta/"+parts[0]+"/"+parts[1]).Want(t, 200).Data(t)
				text, object := at(t, definition, parts[2]), definition["object"]
				if parts[0] == "object" {
					object = parts[1]
				}
				found++
				checked := client.Post(t, "/expressions/check", doc{"object": object, "expression": text, "use": map[string]string{"form": "showIf", "view": "filter", "object": "value"}[parts[0]]}).Want(t, 200).Data(t)
				require.Equal(t, checked["tree"], tree, place)
			}
			require.Positive(t, found)
		}
	})
}

// at is the text at a JSON Pointer without its first stroke.
func at(t *testing.T, value any, pointer string) string {
	t.Helper()
	for part := range strings.SplitSeq(pointer, "/") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			var n int
			_, err := fmt.Sscan(part, &n)
			require.NoError(t, err)
			require.Less(t, n, len(v), pointer)
			value = v[n]
		}
	}
	text, ok := value.(string)
	require.True(t, ok, "nothing stands at %s", pointer)
	return text
}
