package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// reader holds what a client sends and gets to a description.
type reader struct {
	*enginetest.Client
	described *openapi3.T
	met       map[string]bool // the operations that were called
}

func newReader(t *testing.T, client *enginetest.Client) *reader {
	t.Helper()
	return &reader{Client: client, described: description(t, client), met: map[string]bool{}}
}

var described = regexp.MustCompile(`\{(\w+)\}`)

// route finds the operation that a request is described by.
func (r *reader) route(t *testing.T, method, path string) (*routers.Route, map[string]string) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	for _, candidate := range r.described.Paths.InMatchingOrder() {
		item := r.described.Paths.Value(candidate)
		found := regexp.MustCompile("^" + described.ReplaceAllString(candidate, "([^/]+)") + "$").FindStringSubmatch(path)
		operation := item.GetOperation(method)
		if found == nil || operation == nil {
			continue
		}
		parameters := map[string]string{}
		for n, name := range described.FindAllStringSubmatch(candidate, -1) {
			parameters[name[1]] = found[n+1]
		}
		r.met[method+" "+candidate] = true
		return &routers.Route{Spec: r.described, Path: candidate, PathItem: item, Method: method, Operation: operation}, parameters
	}
	t.Fatalf("%s %s is not described", method, path)
	return nil, nil
}

// try calls a path, or one outside of the API when it begins with "//", and
// holds the request and its answer to their description.
func (r *reader) try(t *testing.T, method, path string, body any) *enginetest.Answer {
	t.Helper()
	answer := r.Do(t, method, path, body)
	address := "/api/v1" + path
	if outside, ok := strings.CutPrefix(path, "//"); ok {
		address = "/" + outside
	}
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	request := httptest.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(raw))
	request.Header.Set("Content-Type", "application/json")
	route, parameters := r.route(t, method, address)
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	asked := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: options}
	if answer.Status < 300 {
		require.NoError(t, openapi3filter.ValidateRequest(t.Context(), asked), "%s %s", method, path)
		require.NotNil(t, route.Operation.Responses.Value(fmt.Sprint(answer.Status)), "%s %s: %d is not described", method, path, answer.Status)
	}
	gave := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: answer.Status, Header: answer.Header, Options: options}
	gave.SetBodyBytes(answer.Body)
	require.NoError(t, openapi3filter.ValidateResponse(t.Context(), gave), "%s %s: %s", method, path, answer.Body)
	return answer
}

// data is try for what gives a value.
func (r *reader) data(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	answer := r.try(t, method, path, body)
	require.Less(t, answer.Status, 300, "%s %s: %s", method, path, answer.Body)
	return answer.Data(t)
}

// TestRequestsAndAnswersAreAsDescribed: what the server takes and gives is
// what its description says, for an administrator and for somebody who may do
// less.
func TestRequestsAndAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(becoming(), pooledDefinitions()...)}).Want(t, 200)
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(parts(), doc{"kind": "role", "name": "storekeeper", "grants": []any{
			doc{"object": "part", "actions": []any{"read", "update"}, "fields": doc{"read": []any{"name", "size", "metal"}, "update": []any{"size"}}},
			doc{"object": "lead", "actions": []any{"read"}, "fields": doc{"read": []any{"name"}}},
		}})}).Want(t, 200)
		admin, keeper := newReader(t, i.Admin), newReader(t, i.Person(t, "Kim", "storekeeper"))
		part := admin.recordsAre(t)
		admin.peopleAre(t, i)
		admin.metaIs(t, i, part)
		admin.transfersAre(t)
		notificationsAre(t, admin, keeper, "/records/part/"+part)
		admin.met["GET /api/v1/events"] = true // has no end; see TestEvents…
		for _, path := range []string{"//healthz", "//readyz", "/openapi.json", "/kinds", "/audit?action=login&limit=10", "/audit/verify", "/audit/file?action=login"} {
			require.Equal(t, 200, admin.try(t, "GET", path, nil).Status, path)
		}
		for _, route := range i.Server.Routes() {
			operation := route.Method + " " + routeParameter.ReplaceAllString(route.Path, "{$1}")
			called := admin.met[operation] || admin.met[strings.Replace(operation, "{object}", "part", 1)]
			require.True(t, called || strings.Contains(route.Path, "/setup"), "%s was not tried", operation)
		}
		for _, path := range []string{"/records/part", "/records/part/" + part, "/records/part/" + part + "/changes", "/records/lead", "/records/user", "/me", "/session", "/meta", "/meta/object", "/meta/object/part"} {
			require.Equal(t, 200, keeper.try(t, "GET", path, nil).Status, path)
		}
		keeper.data(t, "PATCH", "/records/part/"+part, doc{"size": 7})
		require.Equal(t, 403, keeper.try(t, "DELETE", "/records/part/"+part, nil).Status)
		paths := keeper.described.Paths
		require.Nil(t, paths.Value("/api/v1/records/part").Post, "he may not create")
		require.NotNil(t, paths.Value("/api/v1/records/part/{id}").Patch)
		require.Nil(t, paths.Value("/api/v1/records/part/{id}").Delete)
		require.Nil(t, paths.Value("/api/v1/records/lead/{id}").Patch)
		require.Len(t, keeper.described.Components.Schemas["lead"].Value.Properties["name"].Value.AnyOf, 2)
		require.NotContains(t, keeper.described.Components.Schemas["lead"].Value.Properties, "company")
	})
}

// recordsAre tries the routes of records, and leaves one record.
func (r *reader) recordsAre(t *testing.T) string {
	t.Helper()
	values := doc{"name": "n", "mail": "a@example.com", "size": 1, "price": "1.5", "done": true, "day": "2026-01-01", "moment": "2026-01-01T00:00:00Z", "metal": "gold", "metals": []any{"zinc"}}
	made := r.data(t, "POST", "/records/part", values)
	id := fmt.Sprint(made["id"])
	r.data(t, "GET", "/records/part/"+id+"?expand=owner", nil)
	r.data(t, "PATCH", "/records/part/"+id, doc{"name": "m", "size": nil})
	r.try(t, "GET", "/records/part?count=exact&limit=1&where="+"true", nil).Want(t, 200)
	r.try(t, "GET", "/records/part?where=nothing", nil).Want(t, 400)
	r.try(t, "POST", "/records/part/_query", doc{"sort": "-name", "fields": []any{"name"}, "count": "exact"}).Want(t, 200)
	r.try(t, "POST", "/metrics/lead_new/_evaluate", doc{"period": "this_year"})
	r.try(t, "POST", "/metrics/lead_conversion/_evaluate", doc{"owner": absent})
	r.try(t, "POST", "/reports/lead_by_owner/_evaluate", doc{"from": "2026-01-01", "to": "2026-12-31"})
	r.try(t, "POST", "/records/part/_read_cells", doc{"columns": []any{"name", "size"}, "rows": []any{[]any{"Bolt", "1,200"}, []any{"Nut", "many"}}}).Want(t, 200)
	r.try(t, "POST", "/records/part/_aggregate", doc{
		"groups": []any{doc{"field": "metal"}, doc{"field": "created_at", "by": "month"}}, "measures": []any{doc{"as": "n", "function": "count"}, doc{"as": "sum", "function": "sum", "field": "price"}},
	}).Want(t, 200)
	for _, outcome := range r.try(t, "POST", "/records/part/_batch", doc{"atomic": false, "operations": []any{
		doc{"op": "create", "values": doc{"name": "b"}}, doc{"op": "update", "id": id, "values": doc{"size": 3}}, doc{"op": "delete", "id": id, "version": 1}, doc{"op": "create", "values": doc{"size": "x"}},
	}}).Want(t, 200).List(t) {
		require.Contains(t, []any{201.0, 200.0, 412.0, 422.0}, outcome["status"])
	}
	r.try(t, "POST", "/records/part/_duplicates", doc{"values": doc{"name": "m"}}).Want(t, 200)
	other := r.data(t, "POST", "/records/part", doc{"name": "m, again"})
	r.data(t, "POST", "/records/part/"+id+"/actions/merge/preview", doc{"with": other["id"], "values": doc{}})
	r.data(t, "POST", "/records/part/"+id+"/actions/merge", doc{"with": other["id"], "values": doc{}})
	r.try(t, "GET", "/records/part/"+id+"/merges", nil).Want(t, 200)
	r.data(t, "POST", "/records/part/"+id+"/actions/undo_merge", doc{})
	r.data(t, "PUT", "/me/views/part/_all", doc{"filter": "size > 1", "columns": []any{"name"}, "widths": doc{"name": 200}})
	r.try(t, "GET", "/me/views/part", nil).Want(t, 200)
	r.try(t, "DELETE", "/me/views/part/_all", nil).Want(t, 204)
	r.try(t, "GET", "/search?q=m&objects=part&limit=5", nil).Want(t, 200)
	r.try(t, "POST", "/duplicates/part/_scan", doc{}).Want(t, 202)
	r.data(t, "GET", "/duplicates/part/scan", nil)
	r.try(t, "POST", "/duplicates/part/_dismiss", doc{"records": []any{id, id}}).Want(t, 422)
	r.try(t, "GET", "/duplicates?object=part", nil).Want(t, 200)
	r.try(t, "POST", "/duplicates/"+id+"/dismiss", nil).Want(t, 404)
	r.try(t, "DELETE", "/records/part/"+id, nil).Want(t, 204)
	r.try(t, "GET", "/bin?object=part&limit=5", nil).Want(t, 200)
	r.data(t, "POST", "/records/part/"+id+"/restore", doc{"values": doc{}})
	r.data(t, "PUT", "/bin/retention", r.data(t, "GET", "/bin/retention", nil))
	r.try(t, "DELETE", "/bin/part/"+id, nil).Want(t, 404)
	r.try(t, "GET", "/records/part/"+id+"/changes?limit=2", nil).Want(t, 200)
	r.try(t, "GET", "/changes?object=part&limit=20", nil).Want(t, 200)
	r.commentsAre(t, "/records/part/"+id)
	r.data(t, "GET", "/samples", nil)
	r.try(t, "DELETE", "/samples", nil).Want(t, 404)
	inquiry := fmt.Sprint("/records/inquiry/", r.data(t, "POST", "/records/inquiry", doc{"name": "n"})["id"])
	r.data(t, "GET", inquiry+"/conversion", nil)
	r.data(t, "POST", inquiry+"/actions/convert?allow=duplicates", doc{"targets": doc{"firm": doc{"values": doc{"name": "m"}}, "bargain": doc{"skip": true}}})
	r.data(t, "GET", inquiry+"/conversion", nil)
	r.data(t, "POST", inquiry+"/actions/undo_convert", nil)
	r.poolsAre(t)
	r.try(t, "GET", "/records/lead?limit=2", nil).Want(t, 200)
	lead := r.data(t, "POST", "/records/lead", doc{"name": "Li", "company": "Yun"})
	r.data(t, "PATCH", fmt.Sprint("/records/lead/", lead["id"]), doc{"email": "li@example.com", "company": nil})
	r.try(t, "GET", "/records/user?expand=owner", nil).Want(t, 200)
	return id
}

// poolsAre tries the routes of what waits in pools.
func (r *reader) poolsAre(t *testing.T) {
	t.Helper()
	r.data(t, "POST", "/records/pool", doc{"name": "Pool", "code": "p", "object": "chance", "fallback": true, "people": []any{r.UserID}, "daily_quota": 9})
	chance := fmt.Sprint(r.data(t, "POST", "/records/chance", doc{"name": "c"})["id"])
	at := "/records/chance/" + chance + "/actions/"
	r.data(t, "POST", at+"release", doc{"reason": "r"})
	r.try(t, "GET", "/pools?object=chance", nil).Want(t, 200)
	r.data(t, "POST", at+"claim", nil)
	r.try(t, "POST", "/records/chance/_release", doc{"ids": []any{chance}}).Want(t, 200)
	r.data(t, "POST", at+"assign", doc{"user": r.UserID})
	r.try(t, "POST", "/records/chance/_claim", doc{"ids": []any{chance}}).Want(t, 200)
	r.try(t, "POST", "/records/chance/_assign", doc{"ids": []any{chance}, "user": r.UserID}).Want(t, 200)
}

// commentsAre tries the routes of comments on a record.
func (r *reader) commentsAre(t *testing.T, path string) {
	t.Helper()
	comment := fmt.Sprint(path, "/comments/", r.data(t, "POST", path+"/comments", doc{"text": "So.", "mentions": []any{r.UserID}})["id"])
	r.data(t, "PATCH", comment, doc{"text": "So?"})
	r.try(t, "GET", comment+"/edits", nil).Want(t, 200)
	r.try(t, "GET", path+"/comments?limit=1", nil).Want(t, 200)
	r.try(t, "GET", path+"/timeline?limit=20", nil).Want(t, 200)
	r.try(t, "DELETE", comment, nil).Want(t, 204)
	for _, upload := range []string{"/files", path + "/files"} { // a form, which is not looked at here
		file := r.Send(t, upload, "a.png", picture(t, 1, 1)).Want(t, 201).Data(t)
		r.met["POST "+strings.Replace("/api/v1"+upload, strings.TrimPrefix(path, "/records/part/"), "{id}", 1)] = true
		r.Get(t, fmt.Sprint("/files/", file["id"])).Want(t, 200)
		r.Get(t, fmt.Sprint("/files/", file["id"], "/thumbnail")).Want(t, 200)
		if upload == "/files" {
			r.try(t, "DELETE", fmt.Sprint("/files/", file["id"]), nil).Want(t, 204)
		} else {
			r.try(t, "GET", path+"/files?limit=1", nil).Want(t, 200)
			r.try(t, "GET", path+"/timeline", nil).Want(t, 200)
			r.try(t, "DELETE", fmt.Sprint(path, "/files/", file["id"]), nil).Want(t, 204)
			r.try(t, "GET", "/bin/files?limit=1", nil).Want(t, 200)
			r.try(t, "POST", fmt.Sprint("/bin/files/", file["id"], "/restore"), nil).Want(t, 204)
		}
	}
	r.met["GET /api/v1/files/{id}"], r.met["GET /api/v1/files/{id}/thumbnail"] = true, true // bytes
	share := r.data(t, "POST", path+"/shares", doc{"to": doc{"role": "storekeeper"}, "access": "update", "until": "2099-01-01T00:00:00Z"})
	r.try(t, "GET", path+"/shares", nil).Want(t, 200)
	r.try(t, "GET", path+"/access", nil).Want(t, 200)
	r.try(t, "DELETE", fmt.Sprint(path, "/shares/", share["id"]), nil).Want(t, 204)
}

// notificationsAre tries the routes of notifications on a record that two see.
func notificationsAre(t *testing.T, one, other *reader, path string) {
	t.Helper()
	for _, r := range []*reader{one, other} {
		r.try(t, "PUT", path+"/follow", nil).Want(t, 204)
		r.data(t, "GET", path+"/follow", nil)
	}
	other.data(t, "PATCH", path, doc{"size": 5})
	one.data(t, "PATCH", path, doc{"size": 6})
	one.data(t, "POST", path+"/comments", doc{"text": "So.", "mentions": []any{other.UserID}})
	require.Len(t, other.try(t, "GET", "/notifications?unread=true&group=watching", nil).Want(t, 200).List(t), 1)
	its := fmt.Sprint("/notifications/", one.try(t, "GET", "/notifications?limit=1", nil).Want(t, 200).List(t)[0]["id"])
	one.try(t, "POST", its+"/read", nil).Want(t, 204)
	one.try(t, "POST", its+"/unread", nil).Want(t, 204)
	one.data(t, "POST", "/notifications/_read", doc{"all": true, "group": "watching"})
	one.try(t, "DELETE", path+"/follow", nil).Want(t, 204)
	require.Len(t, other.try(t, "GET", "/notifications", nil).Want(t, 200).List(t), 2)
}

func (r *reader) metaIs(t *testing.T, i *enginetest.Installation, part string) {
	t.Helper()
	for _, path := range []string{"/meta", "/meta?raw=true", "/meta/object", "/meta/role", "/meta/object/part", "/meta/object/part?revision=9", "/meta/object/lead/schema", "/meta/object/lead/users?at=/properties/status", "/meta/translation/zh-CN/missing", "/meta/_revisions?limit=1"} {
		r.try(t, "GET", path, nil).Want(t, 200)
	}
	draft := "/meta/_drafts/" + absent
	r.data(t, "PUT", draft, doc{"title": "A box", "base": 1, "definitions": []any{doc{"kind": "object"}}, "delete": []any{doc{"kind": "view", "name": "x"}}})
	r.data(t, "GET", draft, nil)
	r.try(t, "GET", "/meta/_drafts", nil).Want(t, 200)
	r.try(t, "DELETE", draft, nil).Want(t, 204)
	object := doc{"kind": "object", "name": "box", "type": "object", "properties": doc{"name": property("text")}}
	rare := doc{"kind": "object", "name": "rare", "type": "object", "properties": doc{"name": property("text"), "n": property("integer")}}
	r.data(t, "POST", "/meta/_apply", doc{"definitions": []any{rare}})
	for range 2 {
		i.Admin.Post(t, "/records/rare", doc{"n": 1}).Want(t, 201)
	}
	r.data(t, "POST", "/meta/_plan", doc{"definitions": []any{object}})
	r.try(t, "GET", "/roles", nil).Want(t, 200)
	roles := doc{"definitions": []any{doc{"kind": "role", "name": "storekeeper", "abilities": []string{"export"}, "grants": []any{doc{"object": "part", "actions": []string{"create", "read"}, "fields": doc{"read": []string{"size"}}}}}}}
	r.data(t, "POST", "/roles/impact", roles)
	r.data(t, "POST", "/roles/prospect", roles)
	applied := r.data(t, "POST", "/meta/_apply", doc{"definitions": []any{object}, "note": "a box"})
	r.data(t, "PUT", "/meta/object/box", object)
	r.data(t, "DELETE", "/meta/object/box?allow=destructive", nil)
	r.try(t, "GET", "/bin/definitions", nil).Want(t, 200)
	r.data(t, "POST", "/bin/definitions/restore", doc{"definitions": []any{doc{"kind": "object", "name": "box"}}})
	r.data(t, "POST", fmt.Sprintf("/meta/_revisions/%v/restore?allow=destructive", applied["revision"]), nil)
	r.try(t, "POST", "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "x"}}}).Want(t, 422)
	i.Catalog.SetLarge(0)
	later := r.data(t, "POST", "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "rare", "type": "object", "properties": doc{"name": property("text"), "n": property("integer", doc{"unique": true})}}}})
	job := fmt.Sprint("/meta/_jobs/", later["job"])
	for r.data(t, "GET", job, nil)["finished_at"] == nil {
		<-time.After(10 * time.Millisecond)
	}
	r.data(t, "POST", job+"/cancel", nil)
	i.Catalog.SetLarge(catalog.DefaultLarge)
	r.data(t, "POST", "/calendars/holidays", doc{"text": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261001\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"})
	r.data(t, "POST", "/expressions/check", doc{"object": "part", "expression": "size > 1"})
	r.data(t, "POST", "/expressions/check", doc{"object": "part", "expression": "size >"})
	r.data(t, "POST", "/expressions/evaluate", doc{"object": "part", "record": part, "expression": "size + 1"})
	r.data(t, "POST", "//test/clock", doc{"advance": "PT1S"})
}

// transfersAre tries imports and exports; what is uploaded is a form, which is
// not looked at here.
func (r *reader) transfersAre(t *testing.T) {
	t.Helper()
	r.met["POST /api/v1/imports"] = true
	uploaded := r.Upload(t, "part", "parts.csv", []byte("name,size\na,1\nb,x\n")).Want(t, 201).Data(t)
	path := fmt.Sprint("/imports/", uploaded["id"])
	r.try(t, http.MethodGet, "/imports", nil).Want(t, 200)
	r.data(t, http.MethodPatch, path, doc{"header": true})
	r.data(t, http.MethodPatch, path+"/rows", doc{"rows": []any{doc{"row": 2, "values": doc{"size": "2"}}}})
	for _, stage := range []string{"cancel", "pause", "resume"} {
		r.try(t, http.MethodPost, path+"/"+stage, nil).Want(t, 409)
	}
	recipe := r.data(t, http.MethodPost, path+"/recipes", doc{"name": "Parts", "shared": true})
	r.try(t, http.MethodGet, path+"/recipes", nil).Want(t, 200)
	r.data(t, http.MethodPatch, path, doc{"recipe": recipe["id"]})
	r.try(t, http.MethodDelete, fmt.Sprint("/recipes/", recipe["id"]), nil).Want(t, 204)
	for _, stage := range []string{"plan", "run", "undo"} {
		r.try(t, http.MethodPost, path+"/"+stage, nil).Want(t, 202)
		r.Wait(t, path, "planning", "running", "undoing")
		r.data(t, http.MethodGet, path, nil)
		r.try(t, http.MethodGet, path+"/rows?limit=1", nil).Want(t, 200)
	}
	r.try(t, http.MethodGet, path+"/errors.csv", nil).Want(t, 200)
	r.try(t, http.MethodGet, path+"/report.xlsx", nil).Want(t, 200)
	r.try(t, http.MethodDelete, path, nil).Want(t, 204)
	exported := fmt.Sprint("/exports/", r.data(t, http.MethodPost, "/exports", doc{"object": "part", "sort": "name"})["id"])
	r.Wait(t, exported, "running")
	r.data(t, http.MethodGet, exported, nil)
	r.try(t, http.MethodGet, exported+"/file", nil).Want(t, 200)
}
