package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// shape is a JSON Schema of something in a body.
type shape = map[string]any

func text() shape { return shape{"type": "string"} }

func whole() shape { return shape{"type": "integer"} }

func yesOrNo() shape { return shape{"type": "boolean"} }

func anyObject() shape { return shape{"type": "object"} }

func listOf(items shape) shape { return shape{"type": "array", "items": items} }

func mapOf(values shape) shape { return shape{"type": "object", "additionalProperties": values} }

func oneOf(values ...string) shape { return shape{"type": "string", "enum": values} }

// namesShape is a list of names, or a text with commas between them.
func namesShape() shape { return shape{"anyOf": []any{listOf(text()), text()}} }

// nullable is a shape or null.
func nullable(inner shape) shape { return shape{"anyOf": []any{inner, shape{"type": "null"}}} }

func titled(inner shape, title string) shape {
	inner["title"] = title
	return inner
}

// members is an object with these members, all of them there.
func members(properties map[string]any) shape {
	return shape{"type": "object", "properties": properties, "required": slices.Sorted(maps.Keys(properties))}
}

// someOf is an object with these members or a part of them, and no others.
func someOf(properties map[string]any) shape {
	return shape{"type": "object", "properties": properties, "additionalProperties": false}
}

// with is an object whose member has another shape.
func with(object shape, name string, member shape) shape {
	changed := maps.Clone(object)
	properties, _ := object["properties"].(map[string]any)
	properties = maps.Clone(properties)
	properties[name] = member
	changed["properties"] = properties
	return changed
}

// answered is how Go writes a type.
func answered[T any]() shape { return shapeOf(reflect.TypeFor[T](), false) }

// sent is what is read into a type of Go: any part of it, and nothing else.
func sent[T any]() shape { return shapeOf(reflect.TypeFor[T](), true) }

// shapeOf is the shape of what encoding/json makes of a type, or, where it is
// sent, of what it reads into one.
func shapeOf(t reflect.Type, sent bool) shape {
	switch t {
	case reflect.TypeFor[time.Time]():
		return shape{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return shape{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(shapeOf(t.Elem(), sent))
	case reflect.Slice:
		return listOf(shapeOf(t.Elem(), sent))
	case reflect.Map:
		return mapOf(shapeOf(t.Elem(), sent))
	case reflect.Bool:
		return yesOrNo()
	case reflect.String:
		return text()
	case reflect.Int, reflect.Int64:
		return whole()
	case reflect.Struct:
		return structShape(t, sent)
	default:
		return shape{}
	}
}

func structShape(t reflect.Type, sent bool) shape {
	properties, required := map[string]any{}, []string{}
	for _, member := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(member.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		properties[name] = shapeOf(member.Type, sent)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	if sent {
		return someOf(properties)
	}
	return shape{"type": "object", "properties": properties, "required": required}
}
