package metadata

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Form says how one record of an object is entered and shown.
type Form struct {
	Name, Object string
	Title        field.Label
	Needed       []Needed
}

// App is a navigation for a group of people.
type App struct {
	Name  string
	Title field.Label
	Items []AppItem
}

// AppItem is one entry of an app: an object, perhaps through one of its views,
// or a dashboard.
type AppItem struct {
	Object, View, Dashboard string
	Optional                bool
}

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
	Object string   `json:"object"`
	Title  string   `json:"title"`
	Path   string   `json:"path"`
	Quick  []string `json:"quick"`
	Tabs   []struct {
		Name string `json:"name"`
	} `json:"tabs"`
	Sections []struct {
		Tab    string  `json:"tab"`
		ShowIf string  `json:"showIf"`
		Fields []named `json:"fields"`
	} `json:"sections"`
	Related []relatedDocument `json:"related"`
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

// Expressions are the compiled expressions of a form or a view, and the formulas
// of an object, perhaps of one without what its reader may not see, by their JSON
// Pointer in the document: for the browser, which walks the same trees.
func (c *Catalog) Expressions(kind string, document json.RawMessage) (map[string]*expr.Program, error) {
	if kind == KindObject {
		return c.formulas(document)
	}
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

// formulas are those of an object's formulas that need nothing but what stands
// in its document.
func (c *Catalog) formulas(document json.RawMessage) (map[string]*expr.Program, error) {
	var doc struct {
		Name       string              `json:"name"`
		Properties map[string]struct{} `json:"properties"`
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	programs := map[string]*expr.Program{}
	object, ok := c.Object(doc.Name)
	if !ok {
		return programs, nil
	}
	for _, slot := range object.Formulas {
		f := object.Fields[slot]
		_, seen := doc.Properties[f.Name]
		unseen := func(path []string) bool {
			_, stands := doc.Properties[object.Fields[object.Owner(path[0])].Name]
			return !stands
		}
		if seen && !slices.ContainsFunc(f.Computed.Formula.Mentions(), unseen) {
			programs["/properties/"+f.Name+"/expression"] = f.Computed.Formula
		}
	}
	return programs, nil
}

// formKind is how one record is entered and shown.
func formKind() DefinitionKind {
	return DefinitionKind{Kind: KindForm, English: "form", Chinese: "页面布局", Check: (*Check).form}
}

func (c *Check) form() any {
	var doc formDocument
	if !c.Decode(&doc) {
		return nil
	}
	object := c.Object("/object", doc.Object)
	if object == nil {
		return nil
	}
	for i, name := range doc.Quick {
		c.Field(fmt.Sprintf("/quick/%d", i), object, name)
	}
	tabs := c.tabs(&doc)
	for i, section := range doc.Sections {
		if section.Tab != "" && !tabs[section.Tab] {
			c.Report(fmt.Sprintf("/sections/%d/tab", i), fault.UnknownOption, "value", section.Tab)
		}
		for j, f := range section.Fields {
			c.Field(fmt.Sprintf("/sections/%d/fields/%d", i, j), object, f.Field)
		}
	}
	if doc.Path != "" {
		c.fitting("/path", object, doc.Path, []string{"select"})
	}
	c.related(object, doc.Related)
	texts, programs := doc.expressions(), map[string]*expr.Program{}
	for _, pointer := range slices.Sorted(maps.Keys(texts)) {
		programs[pointer] = c.Expression(pointer, doc.Object, texts[pointer], expr.ShowIf())
	}
	return &Form{Name: c.Name, Object: doc.Object, Title: c.Label("/title", orName(doc.Title, c.Name)), Needed: doc.needed(object, programs)}
}

// tabs are the names of a form's tabs; each is there once.
func (c *Check) tabs(doc *formDocument) map[string]bool {
	names := map[string]bool{}
	for i, tab := range doc.Tabs {
		if names[tab.Name] {
			c.Report(fmt.Sprintf("/tabs/%d/name", i), fault.NameTaken, "name", tab.Name)
		}
		names[tab.Name] = true
	}
	return names
}

// appKind is a navigation.
func appKind() DefinitionKind {
	return DefinitionKind{Kind: KindApp, English: "app", Chinese: "应用", Check: (*Check).app}
}

func (c *Check) app() any {
	var doc struct {
		Title string
		Items []AppItem
	}
	if !c.Decode(&doc) {
		return nil
	}
	app := &App{Name: c.Name, Title: c.Label("/title", orName(doc.Title, c.Name))}
	for i, item := range doc.Items {
		app.Items = append(app.Items, item)
		if item.Optional {
			continue
		}
		at := fmt.Sprintf("/items/%d", i)
		if item.Object != "" {
			c.Names(at+"/object", KindObject, item.Object)
		}
		if item.View != "" {
			c.Names(at+"/view", KindView, item.View)
		}
		if item.Dashboard != "" {
			c.Names(at+"/dashboard", KindDashboard, item.Dashboard)
		}
	}
	return app
}
