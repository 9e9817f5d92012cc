package api

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/analytics"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// metaView is the catalog as one caller may see it: objects that he may read,
// with the fields that he may ever read, and what is about these. Roles are
// for those who design or manage roles.
type metaView struct {
	policy   *access.Policy
	actor    *access.Actor
	language string
	designer bool
	raw      bool
}

func (s *Server) viewOf(r *request) (*metaView, error) {
	v := &metaView{policy: s.Catalog.Current(), actor: r.actor, language: r.language, raw: r.Query("raw") == "true"}
	abilities, err := v.policy.Abilities(r.actor)
	v.designer = slices.Contains(abilities, design) || slices.Contains(abilities, "manage_roles")
	return v, err
}

func (v *metaView) definitions() []metadata.Definition {
	if v.raw {
		return v.policy.Catalog().Definitions()
	}
	return v.policy.Catalog().Localised(v.language)
}

// object finds an object that the caller may read or write at all.
func (v *metaView) object(name string) (*metadata.Object, bool, error) {
	object, ok := v.policy.Catalog().Object(name)
	if !ok {
		return nil, false, nil
	}
	for _, action := range []string{access.Read, access.Create} {
		decision, err := v.policy.Decide(v.actor, object, action)
		if err != nil {
			return nil, false, err
		}
		if !decision.Nothing() {
			return object, true, nil
		}
	}
	return object, v.designer, nil
}

// document is a definition without what the caller may not see; visible tells
// whether he may see any of it.
func (v *metaView) document(d metadata.Definition) (document json.RawMessage, visible bool, err error) {
	if v.designer {
		return d.Document, true, nil
	}
	switch d.Kind {
	case metadata.KindRole, metadata.KindTranslation, metadata.KindExtension, metadata.KindCalendar:
		return nil, false, nil
	case metadata.KindOptions:
		return d.Document, true, nil
	case metadata.KindApp:
		return v.parts(d, "items")
	case metadata.KindDashboard:
		return v.parts(d, "cards")
	case metadata.KindMetric, metadata.KindReport:
		visible, err := analytics.Sees(v.policy, v.actor, d.Key)
		return d.Document, visible, err
	}
	name := d.Name
	if d.Kind != metadata.KindObject {
		var about struct {
			Object string `json:"object"`
		}
		if err := json.Unmarshal(d.Document, &about); err != nil {
			return nil, false, fmt.Errorf("read %s: %w", d.Key, err)
		}
		name = about.Object
	}
	object, ok, err := v.object(name)
	if err != nil || !ok {
		return nil, false, err
	}
	hidden, masked, err := v.hidden(object)
	if err != nil {
		return nil, false, err
	}
	trimmed, ok := metadata.Without(d, hidden, masked)
	if !ok || d.Kind != metadata.KindForm {
		return trimmed, ok, nil
	}
	trimmed, err = metadata.WithoutRelated(trimmed, func(name string) (map[string]bool, bool, error) {
		object, ok, err := v.object(name)
		if err != nil || !ok {
			return nil, false, err
		}
		hidden, _, err := v.hidden(object)
		return hidden, err == nil, err
	})
	return trimmed, err == nil, err
}

// hidden are the fields of an object that the caller may never see, and those of
// which he may never see more than a part.
func (v *metaView) hidden(object *metadata.Object) (hidden, masked map[string]bool, err error) {
	decisions := map[string]*access.Decision{}
	for _, action := range []string{access.Read, access.Create, access.Mask} {
		if decisions[action], err = v.policy.Decide(v.actor, object, action); err != nil {
			return nil, nil, err
		}
	}
	hidden, masked = map[string]bool{}, map[string]bool{}
	for slot, f := range object.Fields {
		switch {
		case decisions[access.Read].Ever(slot):
		case decisions[access.Mask].Ever(slot):
			masked[f.Name] = true
		case !decisions[access.Create].Ever(slot):
			hidden[f.Name] = true
		}
	}
	return hidden, masked, nil
}

// parts is an app with the entries, or a dashboard with the cards, that show
// what the caller may see. Without any it is not there.
func (v *metaView) parts(d metadata.Definition, list string) (json.RawMessage, bool, error) {
	var doc map[string]json.RawMessage
	var items []map[string]any
	if err := json.Unmarshal(d.Document, &doc); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", d.Key, err)
	}
	if err := json.Unmarshal(doc[list], &items); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", d.Key, err)
	}
	kept := []map[string]any{}
	for _, item := range items {
		ok, err := v.shows(item)
		if err != nil {
			return nil, false, err
		}
		if ok {
			kept = append(kept, item)
		}
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return nil, false, fmt.Errorf("write %s: %w", d.Key, err)
	}
	doc[list] = raw
	document, err := json.Marshal(doc)
	return document, len(kept) > 0, err
}

// shows tells whether the caller may see what a part of an app or of a
// dashboard names.
func (v *metaView) shows(part map[string]any) (bool, error) {
	for _, kind := range []string{metadata.KindMetric, metadata.KindReport, metadata.KindDashboard} {
		if name, ok := part[kind].(string); ok {
			return analytics.Sees(v.policy, v.actor, metadata.Key{Kind: kind, Name: name})
		}
	}
	name, _ := part[metadata.KindObject].(string)
	_, ok, err := v.object(name)
	return ok, err
}

// all are the visible definitions for the web application: objects with their
// system fields and what the caller may do with each; and the checked trees of
// the expressions in them, by the definition and the JSON Pointer of each.
func (v *metaView) all() (documents []json.RawMessage, trees map[string]*expr.Node, err error) {
	documents, trees = []json.RawMessage{}, map[string]*expr.Node{}
	for _, definition := range v.definitions() {
		document, visible, err := v.document(definition)
		if err != nil {
			return nil, nil, err
		}
		apart := []string{metadata.KindTranslation, metadata.KindOptions, metadata.KindExtension, metadata.KindCalendar}
		if !visible || slices.Contains(apart, definition.Kind) {
			continue
		}
		if definition.Kind == metadata.KindObject {
			if document, err = v.enriched(definition.Name, document); err != nil {
				return nil, nil, err
			}
		}
		programs, err := v.policy.Catalog().Expressions(definition.Kind, document)
		if err != nil {
			return nil, nil, err
		}
		for pointer, program := range programs {
			trees[definition.Key.String()+pointer] = program.Root
		}
		documents = append(documents, document)
	}
	return documents, trees, nil
}

// enriched adds to an object's definition what the web application needs to
// draw it: the system fields, the types of values, the options of option sets,
// and "can".
func (v *metaView) enriched(name string, document json.RawMessage) (json.RawMessage, error) {
	object, _, err := v.object(name)
	if err != nil {
		return nil, err
	}
	decisions := map[string]*access.Decision{}
	can := map[string]bool{}
	for _, action := range []string{access.Create, access.Read, access.Update, access.Delete} {
		if decisions[action], err = v.policy.Decide(v.actor, object, action); err != nil {
			return nil, err
		}
		can[action] = !decisions[action].Nothing()
	}
	_, masked, err := v.hidden(object)
	if err != nil {
		return nil, err
	}
	display := object.Display
	if !decisions[access.Read].Ever(object.Slot(display)) {
		display = metadata.FieldID
	}
	return metadata.Enrich(document, func(property string) map[string]any {
		f, ok := object.Field(property)
		if !ok {
			return nil
		}
		extra := map[string]any{"can": "read"}
		if wire, ok := f.Kind.Schema(f)["type"].(string); ok {
			extra["type"] = wire
		}
		if decisions[access.Create].Writable(f) || decisions[access.Update].Writable(f) {
			extra["can"] = "write"
		}
		if masked[property] {
			extra["can"] = access.Mask
		}
		for keyword, other := range map[string]string{"since": f.Since, "dependsOn": f.DependsOn} {
			if slot := object.Slot(other); slot >= 0 && !decisions[access.Read].Ever(slot) {
				extra[keyword] = nil
			}
		}
		if f.Computed != nil {
			extra["as"] = f.Kind.Name()
			if f.Target != "" {
				extra["target"] = f.Target
			}
		}
		switch {
		case f.Options.Large(): // asked for apart
			extra["options"] = f.OptionSet
		case f.Options != nil:
			extra["oneOf"] = v.options(f)
		}
		return extra
	}, v.systemFields(object, decisions[access.Read], decisions[access.Update]), map[string]any{"can": can, "display": display})
}

func (v *metaView) options(f *field.Field) []map[string]any {
	options := make([]map[string]any, f.Options.Len())
	for i, option := range f.Options.All() {
		one := map[string]any{"const": option.Value, "title": option.Title.In(v.language)}
		for keyword, text := range map[string]string{
			"color": option.Color, "category": option.Category, "parent": option.Parent, "form": option.Form,
		} {
			if text != "" {
				one[keyword] = text
			}
		}
		for keyword, list := range map[string][]string{"when": option.When, "required": option.Required} {
			if len(list) > 0 {
				one[keyword] = list
			}
		}
		if option.Final {
			one["final"] = true
		}
		if option.StaleAfter > 0 {
			one["staleAfter"] = option.StaleAfter
		}
		if option.Inactive {
			one["active"] = false
		}
		options[i] = one
	}
	return options
}

func (v *metaView) systemFields(object *metadata.Object, read, update *access.Decision) []metadata.Property {
	var properties []metadata.Property
	for slot, f := range object.Fields {
		if !f.System && f.Name != metadata.FieldOwner || !read.Ever(slot) {
			continue
		}
		can := "read"
		if update.Writable(f) {
			can = "write"
		}
		kind := f.Kind.Name()
		properties = append(properties, metadata.Property{Name: f.Name, Value: map[string]any{
			"field": kind, "title": f.Title.In(v.language), "system": true, "can": can,
		}})
	}
	return properties
}

// schema is the plain JSON Schema 2020-12 of one record, as the caller may
// write it.
func (v *metaView) schema(name string) (map[string]any, error) {
	object, ok, err := v.object(name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.NotFound)
	}
	create, err := v.policy.Decide(v.actor, object, access.Create)
	if err != nil {
		return nil, err
	}
	update, err := v.policy.Decide(v.actor, object, access.Update)
	if err != nil {
		return nil, err
	}
	properties, required := map[string]any{}, []string{}
	for _, f := range object.Fields {
		if !create.Writable(f) && !update.Writable(f) {
			continue
		}
		fragment := f.Kind.Schema(f)
		fragment["title"] = f.Title.In(v.language)
		if description := f.Description.In(v.language); description != "" {
			fragment["description"] = description
		}
		if f.Required {
			required = append(required, f.Name)
		}
		properties[f.Name] = fragment
	}
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": object.Title.In(v.language),
		"type": "object", "properties": properties, "required": required, "additionalProperties": false,
	}, nil
}
