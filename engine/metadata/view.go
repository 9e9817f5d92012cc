package metadata

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// View says how many records of an object are listed.
type View struct {
	Name, Object string
	Title        field.Label
	Columns      []string
	Filter       *expr.Program
	FilterText   string
	Sort         []string
}

// viewDocument is a view as it is written.
type viewDocument struct {
	Object  string   `json:"object"`
	Title   string   `json:"title"`
	Type    string   `json:"type"`
	Filter  string   `json:"filter"`
	Columns []named  `json:"columns"`
	Sort    []string `json:"sort"`

	Group  string   `json:"group"`
	By     string   `json:"by"`
	Totals []string `json:"totals"`
	Start  string   `json:"start"`
	End    string   `json:"end"`
	Cover  string   `json:"cover"`
	Color  string   `json:"color"`
}

// viewSetting is a field that views of some types name, by its keyword.
type viewSetting struct {
	keyword  string
	types    []string // of the views that may have it; "" is a table
	required bool     // whether they need it
	fits     []string // the field kinds it takes
	text     func(doc *viewDocument) string
}

// viewSettings are the settings that name one field.
func viewSettings() []viewSetting {
	return []viewSetting{
		{"group", []string{"kanban"}, true, []string{"select", "user"}, func(doc *viewDocument) string { return doc.Group }},
		{"group", []string{"", "table"}, false, []string{"select", "user", "lookup", "department", "boolean", "date", "datetime"}, func(doc *viewDocument) string { return doc.Group }},
		{"start", []string{"calendar"}, true, []string{"date", "datetime"}, func(doc *viewDocument) string { return doc.Start }},
		{"end", []string{"calendar"}, false, []string{"date", "datetime"}, func(doc *viewDocument) string { return doc.End }},
		{"cover", []string{"gallery"}, false, []string{"image"}, func(doc *viewDocument) string { return doc.Cover }},
		{"color", []string{"kanban", "calendar"}, false, []string{"select"}, func(doc *viewDocument) string { return doc.Color }},
	}
}

// viewSettingsFor are the settings as a type of view has them: of those with
// one keyword, its own.
func viewSettingsFor(kind string) []viewSetting {
	var all []viewSetting
	for _, setting := range viewSettings() {
		at := slices.IndexFunc(all, func(other viewSetting) bool { return other.keyword == setting.keyword })
		switch {
		case at < 0:
			all = append(all, setting)
		case slices.Contains(setting.types, kind):
			all[at] = setting
		}
	}
	return all
}

// viewKind is how many records are listed.
func viewKind() DefinitionKind {
	return DefinitionKind{Kind: KindView, English: "view", Chinese: "视图", Check: (*Check).view}
}

func (c *Check) view() any {
	var doc viewDocument
	if !c.Decode(&doc) {
		return nil
	}
	object := c.Object("/object", doc.Object)
	if object == nil {
		return nil
	}
	view := &View{
		Name: c.Name, Object: doc.Object, Sort: doc.Sort, FilterText: doc.Filter,
		Title:  c.Label("/title", orName(doc.Title, c.Name)),
		Filter: c.Expression("/filter", doc.Object, doc.Filter, expr.Filter()),
	}
	for i, column := range doc.Columns {
		c.Field(fmt.Sprintf("/columns/%d", i), object, column.Field)
		view.Columns = append(view.Columns, column.Field)
	}
	for i, name := range doc.Sort {
		at := fmt.Sprintf("/sort/%d", i)
		if f := c.Field(at, object, strings.TrimPrefix(name, "-")); f != nil && !f.Sortable() {
			c.Report(at, fault.NotSortable, "field", f.Name)
		}
	}
	c.viewSettings(object, &doc)
	return view
}

// viewSettings checks what only views of some types have.
func (c *Check) viewSettings(object *Object, doc *viewDocument) {
	for _, setting := range viewSettingsFor(doc.Type) {
		at, name := "/"+setting.keyword, setting.text(doc)
		switch takes := slices.Contains(setting.types, doc.Type); {
		case name == "" && takes && setting.required:
			c.Report(at, fault.Required)
		case name == "":
		case !takes:
			c.Report(at, fault.UnknownKeyword, "keyword", setting.keyword)
		default:
			c.fitting(at, object, name, setting.fits)
		}
	}
	if start, ok := object.Field(doc.Start); ok && doc.End != "" {
		if end, ok := object.Field(doc.End); ok && end.Kind.Name() != start.Kind.Name() {
			c.Report("/end", fault.FieldDoesNotFit, "field", doc.End, "expected", start.Kind.Name())
		}
	}
	if doc.By != "" {
		if f, ok := object.Field(doc.Group); !ok || !slices.Contains([]string{"date", "datetime"}, f.Kind.Name()) || !slices.Contains([]string{"", "table"}, doc.Type) {
			c.Report("/by", fault.UnknownKeyword, "keyword", "by")
		}
	}
	if len(doc.Totals) > 0 && doc.Type != "kanban" {
		c.Report("/totals", fault.UnknownKeyword, "keyword", "totals")
		return
	}
	for i, name := range doc.Totals {
		at := fmt.Sprintf("/totals/%d", i)
		if f := c.Field(at, object, name); f != nil && f.Kind.Type(f).Kind != expr.Number {
			c.Report(at, fault.FieldDoesNotFit, "field", name, "expected", "integer, decimal, percent, money")
		}
	}
}

// fitting finds a field that is of one of some kinds and has not too many
// options to show them all.
func (c *Check) fitting(at string, object *Object, name string, kinds []string) {
	f := c.Field(at, object, name)
	if f != nil && (!slices.Contains(kinds, f.Kind.Name()) || f.Options.Large()) {
		c.Report(at, fault.FieldDoesNotFit, "field", name, "expected", strings.Join(kinds, ", "))
	}
}
