package metadata

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// objectDocument is an object's definition as it is written.
type objectDocument struct {
	Title, Plural, Description, Icon, Display string
	Required                                  []string
	Properties                                map[string]json.RawMessage
	Rules                                     []struct {
		Name, Assert, Message string
		At                    []string
	}
	Unique, Index [][]string
	Behaviours    struct {
		History, Recycle, Comments, Files *bool
		Duplicates                        []duplicateDocument
		Convert                           *conversionDocument
		Activity                          *activityDocument
		Due                               *dueDocument
		Remind                            *reminderDocument
		Pool                              *poolDocument
	}
}

// propertyDocument is a field's definition as it is written: the settings of
// all kinds, of which the kind's schema lets through its own.
type propertyDocument struct {
	Field, Title, Description                            string
	Sensitive, Unique, Index, Search, ReadOnly           bool
	Writable, Sort                                       *bool
	Default                                              any
	MinLength, MaxLength                                 int
	Pattern                                              string
	Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum any
	MultipleOf                                           *decimal.Decimal
	Decimals                                             *int
	Options                                              string
	OneOf                                                []optionDocument
	DependsOn, Since                                     string
	RecordTypes                                          bool
	Target, OnDelete                                     string
	Targets                                              []string
	As, Expression, Of, Function, Value, Where           string
	Deferred                                             bool
	By, Order                                            string
	Multiple                                             bool
	Accept                                               []string
	MaxSize                                              int64
}

// reservedNames are words that a field or an object cannot have: CEL's own,
// which do not parse, those that expressions give a meaning, and the columns
// that every table of PostgreSQL has.
func reservedNames() []string {
	return []string{
		"as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop",
		"package", "namespace", "return", "var", "void", "while", "true", "false", "null",
		"me", "record", "prior", "trigger", "vars", "org",
		"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax",
	}
}

// reservedForms are names that the databases or the engine give to other
// things: keys, what was set aside, and the columns beside a field.
var reservedForms = regexp.MustCompile(`^(sys|sqlite)_|__|_pkey\d*$`)

func isReserved(name string) bool {
	return reservedForms.MatchString(name) || slices.Contains(reservedNames(), name)
}

// objectKind is a kind of thing the business records.
func objectKind() DefinitionKind {
	return DefinitionKind{
		Kind: KindObject, English: "object", Chinese: "对象", Properties: true,
		read: (*Check).readObject, Check: (*Check).checkObject,
	}
}

// readObject takes in the fields of an object.
func (c *Check) readObject() {
	var doc objectDocument
	if !c.Decode(&doc) {
		return
	}
	object := &Object{
		Name: c.Name, Icon: doc.Icon, Display: doc.Display,
		Title:       c.Label("/title", orName(doc.Title, c.Name)),
		Plural:      c.Label("/plural", orName(doc.Plural, orName(doc.Title, c.Name))),
		Description: c.Label("/description", doc.Description),
		Unique:      doc.Unique, Indexes: doc.Index,
		History: enabled(doc.Behaviours.History), Recycle: enabled(doc.Behaviours.Recycle),
		Comments: enabled(doc.Behaviours.Comments), Files: enabled(doc.Behaviours.Files),
		slots: map[string]int{},
	}
	if isReserved(c.Name) {
		c.Report("/name", fault.ReservedName, "name", c.Name)
	}
	c.builder.systemFields(object)
	for _, name := range c.tree.get("properties").keys {
		c.property(object, name, doc.Properties[name])
	}
	c.names(object, "/required", doc.Required)
	for _, name := range doc.Required {
		if f, ok := object.Field(name); ok && !f.System {
			f.Required = true
		}
	}
	c.duplicates(object, doc.Behaviours.Duplicates)
	c.readPool(object, doc.Behaviours.Pool)
	c.dependencies(object)
	c.since(object)
	object.boundKeys()
	c.builder.catalog.objects[c.Name] = object
}

// checkObject compiles what of an object needs others.
func (c *Check) checkObject() any {
	object, ok := c.builder.catalog.objects[c.Name]
	var doc objectDocument
	if !ok || !c.Decode(&doc) {
		return nil
	}
	c.display(object)
	c.keys(object, "/unique", doc.Unique)
	c.keys(object, "/index", doc.Index)
	for i, rule := range doc.Rules {
		pointer := fmt.Sprintf("/rules/%d", i)
		if slices.ContainsFunc(object.Rules, func(r Rule) bool { return r.Name == rule.Name }) {
			c.Report(pointer+"/name", fault.NameTaken, "name", rule.Name)
		}
		c.names(object, pointer+"/at", rule.At)
		object.Rules = append(object.Rules, Rule{
			Name: rule.Name, Assert: c.Expression(pointer+"/assert", c.Name, rule.Assert, expr.Rule()),
			Message: c.Label("/rules/"+rule.Name+"/message", rule.Message), At: rule.At,
		})
	}
	c.recordTypes(object)
	c.conversion(object, doc.Behaviours.Convert)
	c.activity(object, doc.Behaviours.Activity, doc.Behaviours.Due)
	c.reminder(object, doc.Behaviours.Remind)
	c.pool(object, doc.Behaviours.Pool)
	return object
}

func enabled(switched *bool) bool { return switched == nil || *switched }

func orName(text, name string) string {
	if text != "" {
		return text
	}
	return name
}

// systemFields gives every object the fields that the engine keeps.
func (b *builder) systemFields(object *Object) {
	add := func(name, kind string) *field.Field {
		k, ok := b.environment.Kinds.Get(kind)
		if !ok {
			k = field.Identifier()
		}
		f := &field.Field{
			Name: name, Kind: k, System: true, Sort: true, Decimals: -1,
			Title: b.label("system/"+name+"/title", systemTitle(name)),
		}
		if kind == "user" {
			f.Target, f.OnDelete = field.UserObject, "restrict"
		}
		object.addField(f)
		return f
	}
	add(FieldID, "id")
	owner := add(FieldOwner, "user")
	owner.System, owner.Writable, owner.Index = false, true, true
	add(FieldCreatedAt, "datetime")
	add(FieldCreatedBy, "user")
	add(FieldUpdatedAt, "datetime")
	add(FieldUpdatedBy, "user")
	add(FieldVersion, "integer")
}

func systemTitle(name string) string {
	words := strings.Split(name, "_")
	if name == FieldID {
		return "ID"
	}
	words[0] = strings.ToUpper(words[0][:1]) + words[0][1:]
	return strings.Join(words, " ")
}

func (c *Check) property(object *Object, name string, raw json.RawMessage) {
	pointer, environment := "/properties/"+name, c.builder.environment
	report := func(below string, code fault.Code, pairs ...any) { c.Report(pointer+below, code, pairs...) }
	var doc propertyDocument
	if err := decodeNumbers(raw, &doc); err != nil {
		report("", fault.InvalidKeyword, "keyword", "type", "reason", err.Error())
		return
	}
	if _, taken := object.slots[name]; taken || name == DeletedAt || isReserved(name) {
		report("", fault.ReservedName, "name", name)
		return
	}
	kind, ok := environment.Kinds.Get(doc.Field)
	if !ok {
		report("/field", fault.UnknownFieldKind, "field", doc.Field)
		return
	}
	f := &field.Field{
		Name: name, Kind: kind,
		Title:       c.Label(pointer+"/title", orName(doc.Title, name)),
		Description: c.Label(pointer+"/description", doc.Description),
		Writable:    enabled(doc.Writable) && !doc.ReadOnly && doc.Field != "autonumber" && doc.Since == "",
		Sensitive:   doc.Sensitive, Unique: doc.Unique, Index: doc.Index, Search: doc.Search, Sort: enabled(doc.Sort),
		MinLength: doc.MinLength, MaxLength: orDefault(doc.MaxLength, environment.Schemas.maxLength(doc.Field)),
		MultipleOf: doc.MultipleOf, Decimals: -1, Region: environment.Organisation.Region(),
		OptionSet: doc.Options, DependsOn: doc.DependsOn, Since: doc.Since, Target: doc.Target, OnDelete: orName(doc.OnDelete, "setNull"),
		Targets: doc.Targets, Currency: environment.Organisation.Currency,
	}
	if doc.Decimals != nil {
		f.Decimals = *doc.Decimals
	}
	if slices.Contains(field.ComputedKinds(), doc.Field) {
		c.postpone(object, f, doc)
		object.addField(f)
		return
	}
	pattern(f, doc, report)
	limits(f, doc, report)
	c.options(f, doc, pointer)
	if doc.Field == "lines" {
		f.Lines = &field.Lines{Object: doc.Target, By: doc.By, Order: doc.Order}
		f.Target = ""
	}
	if image := doc.Field == "image"; image || doc.Field == "file" {
		f.Files = &field.Files{Multiple: doc.Multiple, Pictures: image, Accept: doc.Accept, MaxSize: doc.MaxSize}
	}
	c.targets(f, pointer)
	if doc.Field == "lookups" {
		f.Pairs = field.PairsTable(object.Name, name)
	}
	for _, item := range kind.Check(f) {
		report(item.Pointer, item.Code)
	}
	if !field.IsEmpty(doc.Default) {
		value, item := kind.Parse(f, doc.Default)
		if item != nil {
			report("/default", item.Code, pairs(item.Params)...)
		}
		c.choices(pointer+"/default", object.Name, f, value)
		f.Default = value
	}
	if doc.RecordTypes {
		recordTypeField(object, f, report)
	}
	object.addField(f)
}

type reporter func(below string, code fault.Code, pairs ...any)

func pattern(f *field.Field, doc propertyDocument, report reporter) {
	switch {
	case doc.Pattern == "":
	case doc.Field == "autonumber":
		f.Template = doc.Pattern
	default:
		pattern, err := regexp.Compile(doc.Pattern)
		if err != nil {
			report("/pattern", fault.InvalidKeyword, "keyword", "pattern", "reason", err.Error())
			return
		}
		f.Pattern = pattern
	}
}

func limits(f *field.Field, doc propertyDocument, report reporter) {
	limit := func(keyword string, wire any, exclusive bool) *field.Limit {
		if wire == nil {
			return nil
		}
		value, item := f.Kind.Parse(f, wire)
		if item != nil {
			report("/"+keyword, item.Code, pairs(item.Params)...)
			return nil
		}
		return &field.Limit{Value: value, Exclusive: exclusive}
	}
	minimum, maximum := limit("minimum", doc.Minimum, false), limit("maximum", doc.Maximum, false)
	if minimum == nil {
		minimum = limit("exclusiveMinimum", doc.ExclusiveMinimum, true)
	}
	if maximum == nil {
		maximum = limit("exclusiveMaximum", doc.ExclusiveMaximum, true)
	}
	f.Minimum, f.Maximum = minimum, maximum
}

// targets finds the objects that a field points to.
func (c *Check) targets(f *field.Field, pointer string) {
	for i, target := range f.Targets {
		c.Names(fmt.Sprintf("%s/targets/%d", pointer, i), KindObject, target)
	}
	f.Anything = f.Kind.Name() == "link" && f.Targets == nil
	if name := f.Kind.Name(); name == field.UserObject || name == field.DepartmentObject {
		f.Target = name
	}
	if f.Target != "" {
		c.Names(pointer+"/target", KindObject, f.Target)
	}
}

// choices notes the options that a value of a field names.
func (c *Check) choices(pointer, object string, f *field.Field, value expr.Value) {
	if f.Options == nil {
		return
	}
	codes, _ := value.([]string)
	if code, ok := value.(string); ok {
		codes = []string{code}
	}
	for _, code := range codes {
		c.Option(pointer, object, f, code)
	}
}

// keys checks that every field of a key has a column in which it can be
// compared.
func (c *Check) keys(object *Object, pointer string, keys [][]string) {
	for i, names := range keys {
		for j, name := range names {
			at := fmt.Sprintf("%s/%d/%d", pointer, i, j)
			f := c.Field(at, object, strings.TrimPrefix(name, "-"))
			if f == nil {
				continue
			}
			own := slices.IndexFunc(f.Columns(), func(column field.Column) bool { return column.Name == f.Name })
			if own < 0 || f.Columns()[own].Type == field.JSON {
				c.Report(at, fault.NotIndexable, "field", name)
			}
		}
	}
}

// names checks that every name is a field of the object.
func (c *Check) names(object *Object, pointer string, names []string) {
	for i, name := range names {
		c.Field(fmt.Sprintf("%s/%d", pointer, i), object, strings.TrimPrefix(name, "-"))
	}
}

// display finds the field by which a record is known: the named one, or else
// the first text.
func (c *Check) display(object *Object) {
	if object.Display != "" {
		f := c.Field("/display", object, object.Display)
		if f != nil && f.Kind.Type(f).Kind != expr.Text && f.Name != FieldID {
			c.Report("/display", fault.UnknownField, "field", object.Display)
		}
		return
	}
	for _, f := range object.Fields {
		_, worded := f.Kind.(field.Worded)
		if !f.System && f.Kind.Type(f).Kind == expr.Text && f.Options == nil && !worded {
			object.Display = f.Name
			return
		}
	}
	object.Display = FieldID
}

func orDefault(value, otherwise int) int {
	if value != 0 {
		return value
	}
	return otherwise
}

func pairs(params fault.Params) []any {
	var list []any
	for name, value := range params {
		list = append(list, name, value)
	}
	return list
}
