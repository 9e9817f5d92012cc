package metadata

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Form says how one record of an object is entered and shown.
type Form struct {
	Name, Object string
	Title        field.Label
	// Expressions are the compiled expressions by their JSON Pointer, for the
	// browser, which walks the same trees.
	Expressions map[string]*expr.Program
	Sections    []Section
}

// Section is a part of a form.
type Section struct {
	ShowIf *expr.Program
	Fields []FormField
}

// FormField is a field in a form.
type FormField struct {
	Field                          string
	ShowIf, ReadOnlyIf, RequiredIf *expr.Program
}

// View says how many records of an object are listed.
type View struct {
	Name, Object string
	Title        field.Label
	Columns      []string
	Filter       *expr.Program
	FilterText   string
	Sort         []string
}

// App is a navigation for a group of people.
type App struct {
	Name  string
	Title field.Label
	Items []AppItem
}

// AppItem is one entry of an app: an object, perhaps through one of its views.
type AppItem struct{ Object, View string }

// named is a field's name, alone or with settings.
type named struct {
	Field                                string
	Span, Width                          int
	ShowIf, ReadOnlyIf, RequiredIf, Help string
}

// UnmarshalJSON reads "name" like {"field": "name"}.
func (n *named) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &n.Field)
	}
	type settings named
	return json.Unmarshal(raw, (*settings)(n))
}

func (b *builder) form(d Definition) {
	var doc struct {
		Object, Title string
		Sections      []struct {
			ShowIf string
			Fields []named
		}
	}
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return
	}
	object := b.objectOf(d.Key, doc.Object)
	if object == nil {
		return
	}
	form := &Form{
		Name: d.Name, Object: doc.Object, Expressions: map[string]*expr.Program{},
		Title: b.label(d.Key.String()+"/title", orName(doc.Title, d.Name)),
	}
	compile := func(pointer, source string) *expr.Program {
		program := b.expression(d.Key, pointer, doc.Object, source, expr.ShowIf())
		if program != nil {
			form.Expressions[pointer] = program
		}
		return program
	}
	for i, section := range doc.Sections {
		at := fmt.Sprintf("/sections/%d", i)
		compiled := Section{ShowIf: compile(at+"/showIf", section.ShowIf)}
		for j, f := range section.Fields {
			at := fmt.Sprintf("%s/fields/%d", at, j)
			b.fieldOf(d.Key, object, at, f.Field)
			compiled.Fields = append(compiled.Fields, FormField{
				Field: f.Field, ShowIf: compile(at+"/showIf", f.ShowIf),
				ReadOnlyIf: compile(at+"/readOnlyIf", f.ReadOnlyIf), RequiredIf: compile(at+"/requiredIf", f.RequiredIf),
			})
		}
		form.Sections = append(form.Sections, compiled)
	}
	b.catalog.forms = append(b.catalog.forms, form)
}

func (b *builder) view(d Definition) {
	var doc struct {
		Object, Title, Filter string
		Columns               []named
		Sort                  []string
	}
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return
	}
	object := b.objectOf(d.Key, doc.Object)
	if object == nil {
		return
	}
	view := &View{
		Name: d.Name, Object: doc.Object, Sort: doc.Sort, FilterText: doc.Filter,
		Title:  b.label(d.Key.String()+"/title", orName(doc.Title, d.Name)),
		Filter: b.expression(d.Key, "/filter", doc.Object, doc.Filter, expr.Filter()),
	}
	for i, column := range doc.Columns {
		b.fieldOf(d.Key, object, fmt.Sprintf("/columns/%d", i), column.Field)
		view.Columns = append(view.Columns, column.Field)
	}
	for i, name := range doc.Sort {
		f := b.fieldOf(d.Key, object, fmt.Sprintf("/sort/%d", i), strings.TrimPrefix(name, "-"))
		if f != nil && !f.Sortable() {
			b.problem(d.Key, fault.New("").At(fmt.Sprintf("/sort/%d", i), fault.NotSortable, "field", f.Name).Items[0])
		}
	}
	b.catalog.views = append(b.catalog.views, view)
}

func (b *builder) app(d Definition) {
	var doc struct {
		Title string
		Items []struct{ Object, View string }
	}
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return
	}
	app := &App{Name: d.Name, Title: b.label(d.Key.String()+"/title", orName(doc.Title, d.Name))}
	for i, item := range doc.Items {
		at := fmt.Sprintf("/items/%d", i)
		if !b.has(KindObject, item.Object) {
			b.dangling(d.Key, at+"/object", KindObject, item.Object)
		}
		if item.View != "" && !b.has(KindView, item.View) {
			b.dangling(d.Key, at+"/view", KindView, item.View)
		}
		app.Items = append(app.Items, AppItem{Object: item.Object, View: item.View})
	}
	b.catalog.apps = append(b.catalog.apps, app)
}

// objectOf finds the object that a definition is about, or notes that it does
// not exist.
func (b *builder) objectOf(key Key, name string) *Object {
	object, ok := b.catalog.objects[name]
	if !ok && !b.has(KindObject, name) {
		b.dangling(key, "/object", KindObject, name)
	}
	return object
}

func (b *builder) fieldOf(key Key, object *Object, pointer, name string) *field.Field {
	f, ok := object.Field(name)
	if !ok {
		b.problem(key, fault.New("").At(pointer, fault.UnknownField, "field", name).Items[0])
	}
	return f
}
