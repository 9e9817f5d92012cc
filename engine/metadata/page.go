package metadata

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Form says how one record of an object is entered and shown.
type Form struct {
	Name, Object string
	Title        field.Label
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
	Field      string `json:"field"`
	Span       int    `json:"span"`
	Width      int    `json:"width"`
	ShowIf     string `json:"showIf"`
	ReadOnlyIf string `json:"readOnlyIf"`
	RequiredIf string `json:"requiredIf"`
	Help       string `json:"help"`
}

// UnmarshalJSON reads "name" like {"field": "name"}.
func (n *named) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &n.Field)
	}
	type settings named
	return json.Unmarshal(raw, (*settings)(n))
}

// formDocument is a form as it is written.
type formDocument struct {
	Object   string `json:"object"`
	Title    string `json:"title"`
	Sections []struct {
		ShowIf string  `json:"showIf"`
		Fields []named `json:"fields"`
	} `json:"sections"`
}

// viewDocument is a view as it is written.
type viewDocument struct {
	Object  string   `json:"object"`
	Title   string   `json:"title"`
	Filter  string   `json:"filter"`
	Columns []named  `json:"columns"`
	Sort    []string `json:"sort"`
}

// expressions are the texts of a form's expressions by their JSON Pointer.
func (doc *formDocument) expressions() map[string]string {
	texts := map[string]string{}
	for i, section := range doc.Sections {
		at := fmt.Sprintf("/sections/%d", i)
		texts[at+"/showIf"] = section.ShowIf
		for j, f := range section.Fields {
			at := fmt.Sprintf("%s/fields/%d", at, j)
			texts[at+"/showIf"], texts[at+"/readOnlyIf"], texts[at+"/requiredIf"] = f.ShowIf, f.ReadOnlyIf, f.RequiredIf
		}
	}
	return texts
}

// Expressions are the compiled expressions of a form or a view, perhaps of one
// without what its reader may not see, by their JSON Pointer in the document:
// for the browser, which walks the same trees.
func (c *Catalog) Expressions(kind string, document json.RawMessage) (map[string]*expr.Program, error) {
	var form formDocument
	var view viewDocument
	object, texts, use := &form.Object, map[string]string{}, expr.ShowIf()
	switch kind {
	case KindForm:
		if err := json.Unmarshal(document, &form); err != nil {
			return nil, fmt.Errorf("read a form: %w", err)
		}
		texts = form.expressions()
	case KindView:
		if err := json.Unmarshal(document, &view); err != nil {
			return nil, fmt.Errorf("read a view: %w", err)
		}
		object, texts["/filter"], use = &view.Object, view.Filter, expr.Filter()
	}
	programs := map[string]*expr.Program{}
	for pointer, text := range texts {
		if text == "" {
			continue
		}
		program, err := c.Compile(*object, text, use)
		if err != nil {
			return nil, err
		}
		programs[pointer] = program
	}
	return programs, nil
}

func (b *builder) form(d Definition) {
	var doc formDocument
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return
	}
	object := b.objectOf(d.Key, doc.Object)
	if object == nil {
		return
	}
	for i, section := range doc.Sections {
		for j, f := range section.Fields {
			b.fieldOf(d.Key, object, fmt.Sprintf("/sections/%d/fields/%d", i, j), f.Field)
		}
	}
	texts := doc.expressions()
	for _, pointer := range slices.Sorted(maps.Keys(texts)) {
		b.expression(d.Key, pointer, doc.Object, texts[pointer], expr.ShowIf())
	}
	b.catalog.forms = append(b.catalog.forms, &Form{
		Name: d.Name, Object: doc.Object, Title: b.label(d.Key.String()+"/title", orName(doc.Title, d.Name)),
	})
}

func (b *builder) view(d Definition) {
	var doc viewDocument
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
