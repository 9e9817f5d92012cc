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
		History, Recycle, Comments *bool
		Duplicates                 []duplicateDocument
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
	DependsOn                                            string
	RecordTypes                                          bool
	Target, OnDelete                                     string
	Targets                                              []string
	As, Expression, Of, Function, Value, Where           string
	Deferred                                             bool
	By, Order                                            string
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

func (b *builder) object(d Definition) *Object {
	var doc objectDocument
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return nil
	}
	path := d.Key.String()
	object := &Object{
		Name: d.Name, Icon: doc.Icon, Display: doc.Display,
		Title:       b.label(path+"/title", orName(doc.Title, d.Name)),
		Plural:      b.label(path+"/plural", orName(doc.Plural, orName(doc.Title, d.Name))),
		Description: b.label(path+"/description", doc.Description),
		Unique:      doc.Unique, Indexes: doc.Index,
		History: enabled(doc.Behaviours.History), Recycle: enabled(doc.Behaviours.Recycle),
		Comments: enabled(doc.Behaviours.Comments),
		slots:    map[string]int{},
	}
	if isReserved(d.Name) {
		b.problem(d.Key, fault.Item{Pointer: "/name", Code: fault.ReservedName, Params: fault.Params{"name": d.Name}})
	}
	b.systemFields(object)
	for _, name := range d.tree.get("properties").keys {
		b.property(d.Key, object, name, doc.Properties[name])
	}
	b.names(d.Key, object, "/required", doc.Required)
	for _, name := range doc.Required {
		if f, ok := object.Field(name); ok && !f.System {
			f.Required = true
		}
	}
	for i, names := range doc.Unique {
		b.names(d.Key, object, fmt.Sprintf("/unique/%d", i), names)
	}
	for i, names := range doc.Index {
		b.names(d.Key, object, fmt.Sprintf("/index/%d", i), names)
	}
	b.duplicates(d.Key, object, doc.Behaviours.Duplicates)
	b.dependencies(d.Key, object)
	object.boundKeys()
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

func (b *builder) property(key Key, object *Object, name string, raw json.RawMessage) {
	pointer := "/properties/" + name
	report := func(below string, code fault.Code, pairs ...any) {
		b.problem(key, fault.New("").At(pointer+below, code, pairs...).Items[0])
	}
	var doc propertyDocument
	if err := decodeNumbers(raw, &doc); err != nil {
		report("", fault.InvalidKeyword, "keyword", "type", "reason", err.Error())
		return
	}
	if _, taken := object.slots[name]; taken || name == DeletedAt || isReserved(name) {
		report("", fault.ReservedName, "name", name)
		return
	}
	kind, ok := b.environment.Kinds.Get(doc.Field)
	if !ok {
		report("/field", fault.UnknownFieldKind, "field", doc.Field)
		return
	}
	path := key.String() + pointer
	f := &field.Field{
		Name: name, Kind: kind,
		Title:       b.label(path+"/title", orName(doc.Title, name)),
		Description: b.label(path+"/description", doc.Description),
		Writable:    enabled(doc.Writable) && !doc.ReadOnly && doc.Field != "autonumber",
		Sensitive:   doc.Sensitive, Unique: doc.Unique, Index: doc.Index, Search: doc.Search, Sort: enabled(doc.Sort),
		MinLength: doc.MinLength, MaxLength: orDefault(doc.MaxLength, b.environment.Schemas.maxLength(doc.Field)),
		MultipleOf: doc.MultipleOf, Decimals: -1, Region: b.environment.Organisation.Region(),
		OptionSet: doc.Options, DependsOn: doc.DependsOn, Target: doc.Target, OnDelete: orName(doc.OnDelete, "setNull"),
		Targets: doc.Targets, Currency: b.environment.Organisation.Currency,
	}
	if doc.Decimals != nil {
		f.Decimals = *doc.Decimals
	}
	if slices.Contains(field.ComputedKinds(), doc.Field) {
		b.postpone(key, object, f, doc)
		object.addField(f)
		return
	}
	b.pattern(f, doc, report)
	b.limits(f, doc, report)
	b.options(key, f, doc, pointer)
	if doc.Field == "lines" {
		f.Lines = &field.Lines{Object: doc.Target, By: doc.By, Order: doc.Order}
		f.Target = ""
	}
	b.target(f, report)
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
		f.Default = value
	}
	if doc.RecordTypes {
		b.recordTypeField(object, f, report)
	}
	object.addField(f)
}

type reporter func(below string, code fault.Code, pairs ...any)

func (b *builder) pattern(f *field.Field, doc propertyDocument, report reporter) {
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

func (b *builder) limits(f *field.Field, doc propertyDocument, report reporter) {
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

func (b *builder) target(f *field.Field, report reporter) {
	for i, target := range f.Targets {
		if !b.has(KindObject, target) {
			report(fmt.Sprintf("/targets/%d", i), fault.DanglingReference, "kind", KindObject, "name", target)
		}
	}
	if name := f.Kind.Name(); name == field.UserObject || name == field.DepartmentObject {
		f.Target = name
	}
	if f.Target == "" {
		return
	}
	if !b.has(KindObject, f.Target) {
		report("/target", fault.DanglingReference, "kind", KindObject, "name", f.Target)
	}
}

// names checks that every name is a field of the object.
func (b *builder) names(key Key, object *Object, pointer string, names []string) {
	for i, name := range names {
		f, ok := object.Field(strings.TrimPrefix(name, "-"))
		at := fmt.Sprintf("%s/%d", pointer, i)
		switch {
		case !ok:
			b.problem(key, fault.New("").At(at, fault.UnknownField, "field", name).Items[0])
		case pointer != "/required" && f.Kind.Column(f).Type == field.JSON:
			b.problem(key, fault.New("").At(at, fault.NotIndexable, "field", name).Items[0])
		}
	}
}

// display finds the field by which a record is known: the named one, or else
// the first text.
func (b *builder) display(d Definition) {
	object, ok := b.catalog.objects[d.Name]
	if !ok {
		return
	}
	key := d.Key
	if object.Display != "" {
		f, ok := object.Field(object.Display)
		if !ok || f.Kind.Type(f).Kind != expr.Text && f.Name != FieldID {
			b.problem(key, fault.New("").At("/display", fault.UnknownField, "field", object.Display).Items[0])
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
