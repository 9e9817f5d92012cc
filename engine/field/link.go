package field

import (
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// Link names one record of one of several objects.
type Link struct{ Object, ID string }

// link points to one record of one of several objects: {"object": "lead",
// "id": "…"} on the wire. Whether it exists and may be seen is the record
// service's to judge.
type link struct{}

var _ Composite = link{}

func (link) Name() string              { return "link" }
func (link) Order() Order              { return Unsorted }
func (link) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Record} }
func (link) Check(*Field) []fault.Item { return nil }

func (link) Column(f *Field) Column { return Column{Name: f.Name + "__id", Type: ID} }

func (l link) Parts(f *Field) []Column {
	return []Column{l.Column(f), {Name: f.Name + "__object", Type: Text}}
}

func (link) Split(_ *Field, v expr.Value) []expr.Value {
	to, ok := v.(Link)
	if !ok {
		return []expr.Value{nil, nil}
	}
	return []expr.Value{to.ID, to.Object}
}

func (link) Join(_ *Field, parts []expr.Value) expr.Value {
	id, ok := parts[0].(string)
	if !ok {
		return nil
	}
	object, _ := parts[1].(string)
	return Link{Object: object, ID: id}
}

func (link) Plain(v expr.Value) expr.Value {
	to, _ := v.(Link)
	return to.ID
}

func (link) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	object, ok := wire.(map[string]any)
	name, named := object["object"].(string)
	id, identified := object["id"].(string)
	if !ok || !named || !identified || len(object) != 2 {
		return nil, wrong(fault.WrongType, "expected", "link")
	}
	return linkTo(f, name, id)
}

// PointsTo tells whether values of the field may name a record of an object.
func (f *Field) PointsTo(object string) bool {
	return object != "" && (f.Anything || f.Target == object || slices.Contains(f.Targets, object))
}

func linkTo(f *Field, object, id string) (expr.Value, *fault.Item) {
	if !f.PointsTo(object) {
		return nil, wrong(fault.UnknownOption, "value", object)
	}
	canonical, item := ParseID(id)
	if item != nil {
		return nil, item
	}
	text, _ := canonical.(string)
	return Link{Object: object, ID: text}, nil
}

// ParseText reads "lead/0190…".
func (link) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	object, id, _ := strings.Cut(strings.TrimSpace(s), "/")
	return linkTo(f, object, id)
}

func (link) Text(_ *Field, v expr.Value, _ Locale) string {
	to, _ := v.(Link)
	return to.Object + "/" + to.ID
}

func (link) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	to, _ := v.(Link)
	dst = AppendString(append(dst, `{"object":`...), to.Object)
	dst = AppendString(append(dst, `,"id":`...), to.ID)
	return append(dst, '}')
}

func (link) Schema(f *Field) map[string]any {
	object := map[string]any{"enum": f.Targets}
	if f.Anything { // which objects there are is not for every reader to know
		object = map[string]any{"type": "string", "maxLength": 48}
	}
	return map[string]any{
		"type": "object", "required": []string{"object", "id"}, "additionalProperties": false,
		"properties": map[string]any{
			"object": object,
			"id":     map[string]any{"type": "string", "format": "uuid"},
		},
	}
}
