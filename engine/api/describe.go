package api

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

func (s *Server) describeRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/openapi.json", Summary: "This description", handle: s.openAPI},
		{Method: http.MethodGet, Path: "/api/v1/kinds", Summary: "What definitions can use", handle: s.kinds},
	}
}

// kinds lists every registered kind with the JSON Schema of its settings.
func (s *Server) kinds(r *request) error {
	environment := s.Catalog.Current().Catalog().Environment()
	var fields []map[string]any
	for _, kind := range environment.Kinds.All() {
		fields = append(fields, map[string]any{"name": kind.Name(), "schema": environment.Schemas.FieldSchema(kind.Name())})
	}
	return r.data(http.StatusOK, map[string]any{"fields": fields, "functions": expr.Functions()})
}

// openAPI describes every operation, with the paths of each object that the
// caller may see typed by its fields.
func (s *Server) openAPI(r *request) error {
	view, err := s.viewOf(r)
	if err != nil {
		return err
	}
	paths := map[string]map[string]any{}
	add := func(route Route, path string, deal exchange) {
		path, parameters := openAPIPath(path)
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(route.Method)] = operation(route, parameters, deal)
	}
	schemas := map[string]any{"Problem": problemSchema()}
	deals := exchanges()
	for _, route := range s.routes {
		add(route, route.Path, deals[route.Method+" "+route.Path])
	}
	for _, object := range view.policy.Catalog().Objects() {
		if err := view.describeObject(object, s.recordRoutes(), schemas, add); err != nil {
			return err
		}
	}
	return r.send(http.StatusOK, map[string]any{
		"openapi": "3.1.0", "info": map[string]any{"title": "Trellis", "version": "1"}, "paths": paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": map[string]any{
			"key": map[string]any{"type": "http", "scheme": "bearer"}, "session": map[string]any{"type": "apiKey", "in": "cookie", "name": s.sessionCookie()},
		}},
		"security": []any{map[string]any{"key": []any{}}, map[string]any{"session": []any{}}},
	})
}

// openAPIPath turns :name into {name}, and describes each.
func openAPIPath(path string) (string, []any) {
	parameters := []any{}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
			parameters = append(parameters, map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
		}
	}
	return strings.Join(parts, "/"), parameters
}

// operation describes a route with what is exchanged on it.
func operation(route Route, parameters []any, deal exchange) map[string]any {
	for _, name := range deal.asks {
		kind := "string"
		if name == "limit" || name == "offset" || name == "base" {
			kind = "integer"
		}
		parameters = append(parameters, map[string]any{"name": name, "in": "query", "schema": shape{"type": kind}})
	}
	for _, name := range deal.headers {
		parameters = append(parameters, map[string]any{"name": name, "in": "header", "schema": text()})
	}
	done := map[string]any{"description": "Done"}
	if deal.gives != nil {
		done["content"] = map[string]any{cmp.Or(deal.format, fiber.MIMEApplicationJSON): map[string]any{"schema": deal.gives}}
	}
	responses := map[string]any{
		strconv.Itoa(deal.status): done,
		"default":                 map[string]any{"description": "A problem", "content": map[string]any{"application/problem+json": map[string]any{"schema": reference("Problem")}}},
	}
	if deal.later {
		responses[strconv.Itoa(http.StatusAccepted)] = done
	}
	if slices.Contains(deal.headers, fiber.HeaderIfNoneMatch) {
		responses[strconv.Itoa(http.StatusNotModified)] = map[string]any{"description": "What the caller has still holds"}
	}
	o := map[string]any{"summary": route.Summary, "parameters": parameters, "responses": responses}
	if deal.takes != nil {
		format := fiber.MIMEApplicationJSON
		if route.Slow {
			format = fiber.MIMEMultipartForm
		}
		o["requestBody"] = map[string]any{"required": true, "content": map[string]any{format: map[string]any{"schema": deal.takes}}}
	}
	if route.Need != Person {
		o["security"] = []any{}
	}
	return o
}

func reference(name string) shape { return shape{"$ref": "#/components/schemas/" + name} }

func problemSchema() shape {
	return with(answered[problem](), "code", shape{"type": "string", "enum": fault.Codes()})
}

// describeObject adds the paths of one object, typed by the fields that the
// caller may see, for the actions that he has.
func (v *metaView) describeObject(object *metadata.Object, routes []Route, schemas map[string]any, add func(route Route, path string, deal exchange)) error {
	decisions := map[string]*access.Decision{}
	for _, action := range []string{access.Read, access.Create, access.Update, access.Delete, access.Mask} {
		decision, err := v.policy.Decide(v.actor, object, action)
		if err != nil {
			return err
		}
		decisions[action] = decision
	}
	if decisions[access.Read].Nothing() {
		return nil
	}
	properties := map[string]any{}
	for slot, f := range object.Fields {
		switch {
		case decisions[access.Mask].Ever(slot):
			properties[f.Name] = titled(nullable(text()), f.Title.In(v.language))
		case decisions[access.Read].Ever(slot):
			properties[f.Name] = titled(nullable(f.Kind.Schema(f)), f.Title.In(v.language))
		}
	}
	written, err := v.schema(object.Name)
	if err != nil {
		return err
	}
	delete(written, "$schema")
	title := object.Title.In(v.language)
	schemas[object.Name] = shape{"type": "object", "title": title, "properties": properties}
	schemas[object.Name+"_values"] = written
	schemas[object.Name+"_patch"] = patchOf(written)
	deals := recordExchanges(reference(object.Name), reference(object.Name+"_values"), reference(object.Name+"_patch"))
	for _, route := range routes {
		if decision := decisions[actionOf(route)]; decision != nil && decision.Nothing() {
			continue
		}
		add(route, strings.Replace(route.Path, ":object", object.Name, 1), deals[route.Method+" "+route.Path])
	}
	return nil
}

// actionOf is the action on an object that a route of records needs; "" where
// that depends on what is sent.
func actionOf(route Route) string {
	switch {
	case route.Path == recordsPath && route.Method == http.MethodPost:
		return access.Create
	case route.Path == recordPath && route.Method == http.MethodPatch:
		return access.Update
	case route.Path == recordPath && route.Method == http.MethodDelete, strings.HasSuffix(route.Path, "/restore"):
		return access.Delete
	default:
		return ""
	}
}

// patchOf is what may be sent to change some of these values: each or none,
// and null to empty it.
func patchOf(written map[string]any) shape {
	properties, _ := written["properties"].(map[string]any)
	patch := map[string]any{}
	for name, property := range properties {
		fragment, _ := property.(map[string]any)
		patch[name] = nullable(fragment)
	}
	return shape{"type": "object", "title": written["title"], "properties": patch, "additionalProperties": false}
}
