package metadata

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// optionDocument is an option as it is written.
type optionDocument struct {
	Const, Title, Color, Category string
	Final                         bool
	StaleAfter                    int
	Active                        *bool
	Parent, Form                  string
	When, Required                []string
}

// RoleOptions is the option set whose options are the roles of the catalog.
const RoleOptions = "role"

// OptionSets are the option sets that ship with the product. They are no part
// of any revision: a new version of the product brings new ones.
type OptionSets struct {
	files     fs.FS
	mutex     sync.Mutex
	documents map[string]json.RawMessage
	sets      map[string]*field.Options
}

// LoadOptionSets finds the sets in options/*.json; each is read when it is
// first used.
func LoadOptionSets(files fs.FS) *OptionSets {
	return &OptionSets{files: files, documents: map[string]json.RawMessage{}, sets: map[string]*field.Options{}}
}

// Document is the definition of a set; ok is false when none of that name
// ships.
func (o *OptionSets) Document(name string) (document json.RawMessage, ok bool) {
	_, ok = o.get(name)
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.documents[name], ok
}

func (o *OptionSets) get(name string) (*field.Options, bool) {
	if o == nil {
		return nil, false
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if set, ok := o.sets[name]; ok {
		return set, true
	}
	raw, err := fs.ReadFile(o.files, "options/"+name+".json")
	if err != nil {
		return nil, false
	}
	var doc struct{ OneOf []optionDocument }
	if decodeNumbers(raw, &doc) != nil {
		return nil, false
	}
	list := make([]field.Option, len(doc.OneOf))
	for i, option := range doc.OneOf {
		list[i] = option.option(field.Label{Base: option.Title})
	}
	o.documents[name], o.sets[name] = raw, field.NewOptions(list)
	return o.sets[name], true
}

func (doc optionDocument) option(title field.Label) field.Option {
	return field.Option{
		Value: doc.Const, Title: title, Color: doc.Color, Category: doc.Category, Final: doc.Final, StaleAfter: doc.StaleAfter,
		Inactive: !enabled(doc.Active), Parent: doc.Parent, When: doc.When, Form: doc.Form, Required: doc.Required,
	}
}

// optionsKind is a shared option set.
func optionsKind() DefinitionKind {
	return DefinitionKind{Kind: KindOptions, English: "option set", Chinese: "选项集", read: (*Check).readOptions}
}

func (c *Check) readOptions() {
	var doc struct{ OneOf []optionDocument }
	if !c.Decode(&doc) {
		return
	}
	if _, ships := c.builder.environment.Options.get(c.Name); ships || c.Name == RoleOptions || c.Name == PoolOptions {
		c.Report("/name", fault.ReservedName, "name", c.Name)
	}
	c.builder.optionSets[c.Name] = c.optionList("/oneOf", doc.OneOf)
}

// optionList reads options. In a tree an option stands behind the one that it
// lies below, so that no tree has a circle.
func (c *Check) optionList(pointer string, documents []optionDocument) *field.Options {
	list := make([]field.Option, 0, len(documents))
	depths := map[string]int{}
	for i, doc := range documents {
		report := func(keyword string, code fault.Code, pairs ...any) {
			c.Report(fmt.Sprintf("%s/%d/%s", pointer, i, keyword), code, pairs...)
		}
		if depths[doc.Const] > 0 {
			report("const", fault.NameTaken, "name", doc.Const)
		}
		if doc.Parent != "" && (depths[doc.Parent] == 0 || depths[doc.Parent] == field.MaxTreeDepth) {
			report("parent", fault.UnknownOption, "value", doc.Parent)
			doc.Parent = ""
		}
		depths[doc.Const] = depths[doc.Parent] + 1
		list = append(list, doc.option(c.Label(pointer+"/"+doc.Const+"/title", orName(doc.Title, doc.Const))))
	}
	return field.NewOptions(list)
}

func (b *builder) roleOptions() *field.Options {
	options := []field.Option{}
	b.each(KindRole, func(c *Check) {
		title := orName(c.tree.get("title").text(), c.Name)
		options = append(options, field.Option{Value: c.Name, Title: c.Label("/title", title)})
	})
	return field.NewOptions(options)
}

// options gives a field its options: its own, those of a set of the catalog or
// of one that ships.
func (c *Check) options(f *field.Field, doc propertyDocument, pointer string) {
	if f.Kind.Name() == "region" && f.OptionSet == "" {
		f.OptionSet = field.RegionOptions
	}
	switch {
	case doc.OneOf != nil && f.OptionSet != "":
		c.Report(pointer+"/options", fault.TwoOptionSets)
	case doc.OneOf != nil:
		f.Options = c.optionList(pointer+"/oneOf", doc.OneOf)
	case f.OptionSet == RoleOptions:
		f.Options = c.builder.roleOptions()
	case f.OptionSet == PoolOptions:
		f.Options = c.builder.pooledOptions()
	case f.OptionSet != "":
		options, ok := c.builder.environment.Options.get(f.OptionSet)
		if ok {
			c.builder.use(c.Key, pointer+"/options", UseOfDefinition, Key{Kind: KindOptions, Name: f.OptionSet}, "")
		} else {
			c.Names(pointer+"/options", KindOptions, f.OptionSet)
			options = cmp.Or(c.builder.optionSets[f.OptionSet], field.NewOptions(nil))
		}
		f.Options = options
	}
}

// dependencies checks that a field whose options depend on another one names a
// select of the object, and that its options name options of that.
func (c *Check) dependencies(object *Object) {
	for _, f := range object.Fields {
		if f.DependsOn == "" {
			continue
		}
		pointer := "/properties/" + f.Name + "/dependsOn"
		other := c.Field(pointer, object, f.DependsOn)
		switch {
		case other == nil:
			continue
		case other == f || other.Options == nil:
			c.Report(pointer, fault.UnknownField, "field", f.DependsOn)
			continue
		}
		for _, option := range f.Options.All() {
			for _, value := range option.When {
				if other.Options.Index(value) < 0 {
					c.Report(pointer, fault.UnknownOption, "value", value)
					continue
				}
				c.Option(pointer, object.Name, other, value)
			}
		}
	}
}

// since checks that a field which says since when another one has its value
// names one that the record keeps and people fill.
func (c *Check) since(object *Object) {
	for _, f := range object.Fields {
		if f.Since == "" {
			continue
		}
		pointer := "/properties/" + f.Name + "/since"
		other := c.Field(pointer, object, f.Since)
		if other != nil && (other.System || other.Lines != nil || other.Since != "" || slices.Contains(field.ComputedKinds(), other.Kind.Name())) {
			c.Report(pointer, fault.UnknownField, "field", f.Since)
		}
	}
}

// recordTypeField notes the select whose options are the object's record
// types; an object has one at most.
func recordTypeField(object *Object, f *field.Field, report reporter) {
	if object.RecordTypes != "" {
		report("/recordTypes", fault.NameTaken, "name", object.RecordTypes)
		return
	}
	object.RecordTypes = f.Name
}

// recordTypes checks the forms and the required fields of record types.
func (c *Check) recordTypes(object *Object) {
	f, ok := object.Field(object.RecordTypes)
	if !ok {
		return
	}
	pointer := "/properties/" + f.Name
	for _, option := range f.Options.All() {
		if option.Form != "" && c.Names(pointer, KindForm, option.Form) {
			form, _ := c.builder.definition(KindForm, option.Form)
			if form.tree.get("object").text() != object.Name {
				c.Report(pointer, fault.DanglingReference, "kind", KindForm, "name", option.Form)
			}
		}
		for _, name := range option.Required {
			if other := c.Field(pointer, object, name); other != nil && other.System {
				c.Report(pointer, fault.UnknownField, "field", name)
			}
		}
	}
}

// RecordType is the record type of a record's values, if it has one.
func (o *Object) RecordType(values []expr.Value) (field.Option, bool) {
	slot := o.Slot(o.RecordTypes)
	if slot < 0 {
		return field.Option{}, false
	}
	code, _ := values[slot].(string)
	i := o.Fields[slot].Options.Index(code)
	if i < 0 {
		return field.Option{}, false
	}
	return o.Fields[slot].Options.All()[i], true
}
