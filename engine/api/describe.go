package api

import (
	"net/http"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
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
	add := func(method, path string, operation map[string]any) {
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(method)] = operation
	}
	for _, route := range s.routes {
		path, parameters := openAPIPath(route.Path)
		add(route.Method, path, operation(route, parameters))
	}
	schemas := map[string]any{"Problem": problemSchema()}
	for _, object := range view.policy.Catalog().Objects() {
		decision, err := view.policy.Decide(r.actor, object, access.Read)
		if err != nil {
			return err
		}
		if decision.Nothing() {
			continue
		}
		if err := view.describeObject(object.Name, schemas, add); err != nil {
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

func operation(route Route, parameters []any) map[string]any {
	o := map[string]any{
		"summary": route.Summary, "parameters": parameters,
		"responses": map[string]any{
			"2XX":     map[string]any{"description": "Done", "content": map[string]any{"application/json": map[string]any{}}},
			"default": map[string]any{"description": "A problem", "content": map[string]any{"application/problem+json": map[string]any{"schema": reference("Problem")}}},
		},
	}
	if route.Need != Person {
		o["security"] = []any{}
	}
	return o
}

func reference(name string) map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

func problemSchema() map[string]any {
	text := map[string]any{"type": "string"}
	return map[string]any{
		"type":     "object",
		"required": []any{"type", "title", "status", "detail", "code", "request_id", "errors"},
		"properties": map[string]any{
			"type": text, "title": text, "status": map[string]any{"type": "integer"}, "detail": text,
			"code": map[string]any{"type": "string", "enum": fault.Codes()}, "request_id": text,
			"errors": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": map[string]any{
				"pointer": text, "code": text, "message": text,
			}}},
		},
	}
}

// describeObject adds the typed paths of one object.
func (v *metaView) describeObject(name string, schemas map[string]any, add func(method, path string, operation map[string]any)) error {
	object, _, err := v.object(name)
	if err != nil {
		return err
	}
	read, err := v.policy.Decide(v.actor, object, access.Read)
	if err != nil {
		return err
	}
	properties := map[string]any{}
	for slot, f := range object.Fields {
		if read.Ever(slot) {
			properties[f.Name] = map[string]any{"anyOf": []any{f.Kind.Schema(f), map[string]any{"type": "null"}}, "title": f.Title.In(v.language)}
		}
	}
	written, err := v.schema(name)
	if err != nil {
		return err
	}
	delete(written, "$schema")
	schemas[name] = map[string]any{"type": "object", "title": object.Title.In(v.language), "properties": properties}
	schemas[name+"_values"] = written
	content := func(schema map[string]any) map[string]any {
		return map[string]any{"application/json": map[string]any{"schema": schema}}
	}
	one := map[string]any{"type": "object", "properties": map[string]any{"data": reference(name)}}
	many := map[string]any{"type": "object", "properties": map[string]any{"data": map[string]any{"type": "array", "items": reference(name)}}}
	id := []any{map[string]any{"name": "id", "in": "path", "required": true, "schema": map[string]any{"type": "string", "format": "uuid"}}}
	body := map[string]any{"required": true, "content": content(reference(name + "_values"))}
	answer := func(status string, schema map[string]any) map[string]any {
		return map[string]any{status: map[string]any{"description": "Done", "content": content(schema)}}
	}
	path := "/api/v1/records/" + name
	add(http.MethodGet, path, map[string]any{"summary": object.Plural.In(v.language), "parameters": queryParameters(), "responses": answer("200", many)})
	add(http.MethodPost, path, map[string]any{"summary": object.Title.In(v.language), "requestBody": body, "responses": answer("201", one)})
	add(http.MethodGet, path+"/{id}", map[string]any{"parameters": id, "responses": answer("200", one)})
	add(http.MethodPatch, path+"/{id}", map[string]any{"parameters": id, "requestBody": body, "responses": answer("200", one)})
	add(http.MethodDelete, path+"/{id}", map[string]any{"parameters": id, "responses": map[string]any{"204": map[string]any{"description": "Deleted"}}})
	return nil
}

func queryParameters() []any {
	parameters := []any{}
	for _, name := range listParameters() {
		kind := "string"
		if name == "limit" || name == "offset" {
			kind = "integer"
		}
		parameters = append(parameters, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": kind}})
	}
	return parameters
}
