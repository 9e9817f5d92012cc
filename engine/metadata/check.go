package metadata

import (
	"cmp"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Check is one definition while it is compiled. A checker finds through it what
// the definition names: that notes the use, or reports that there is nothing of
// that name. So what refuses a removal and what tells who would be hurt by it
// are one.
type Check struct {
	Definition
	builder *builder
}

// Catalog is the catalog so far: with all objects once Check is called.
func (c *Check) Catalog() *Catalog { return c.builder.catalog }

// Report says what is wrong at a pointer of the definition.
func (c *Check) Report(pointer string, code fault.Code, pairs ...any) {
	c.builder.problem(c.Key, fault.New("").At(pointer, code, pairs...).Items[0])
}

// Decode reads the document into a typed value.
func (c *Check) Decode(into any) bool {
	err := c.decode(into)
	if err != nil {
		c.Report("", fault.InvalidJSON)
	}
	return err == nil
}

// Label joins the text at a pointer with its translations. In a list the
// pointer goes by const or name.
func (c *Check) Label(pointer, base string) field.Label {
	label := c.builder.label(c.Key.String()+pointer, base)
	if from := c.builder.catalog.from(place{Key: c.Key, pointer: pointer}); from.Key != c.Key {
		written := c.builder.label(from.String()+from.pointer, base)
		if label.Other == nil {
			return written
		}
		for locale, text := range written.Other {
			label.Other[locale] = cmp.Or(label.Other[locale], text)
		}
	}
	return label
}

// Names finds another definition by its name.
func (c *Check) Names(pointer, kind, name string) bool {
	if !c.builder.has(kind, name) {
		c.Report(pointer, fault.DanglingReference, "kind", kind, "name", name)
		return false
	}
	c.builder.use(c.Key, pointer, UseOfDefinition, Key{Kind: kind, Name: name}, "")
	return true
}

// Object finds an object by its name. It is nil, too, when there is one that is
// wrong itself, which is reported there.
func (c *Check) Object(pointer, name string) *Object {
	if !c.Names(pointer, KindObject, name) {
		return nil
	}
	return c.builder.catalog.objects[name]
}

// Field finds a field of an object by its name, or gives nil.
func (c *Check) Field(pointer string, object *Object, name string) *field.Field {
	f, ok := object.Field(name)
	if !ok {
		c.Report(pointer, fault.UnknownField, "field", name)
		return nil
	}
	c.builder.use(c.Key, pointer, UseOfField, Key{Kind: KindObject, Name: object.Name}, "/properties/"+f.Name)
	return f
}

// Option notes that one of the options of a field is named.
func (c *Check) Option(pointer, object string, f *field.Field, code string) {
	of, at := c.builder.option(object, f, code)
	c.builder.use(c.Key, pointer, UseOfOption, of, at)
}

// Expression compiles an expression about an object; it is nil when there is
// none, or when it is wrong.
func (c *Check) Expression(pointer, object, source string, use expr.Use) *expr.Program {
	if source == "" {
		return nil
	}
	program, err := expr.Compile(c.builder.catalog, object, source, use)
	if err != nil {
		c.builder.problem(c.Key, expressionItem(pointer, err))
		return nil
	}
	c.mentions(pointer, program)
	return program
}

// mentions notes what an expression names.
func (c *Check) mentions(pointer string, program *expr.Program) {
	for _, name := range program.Calendars() {
		named := Key{Kind: KindCalendar, Name: cmp.Or(name, c.builder.environment.Organisation.Calendar)}
		c.builder.use(c.Key, pointer, UseOfDefinition, named, "")
	}
	for _, named := range program.Named() {
		object, ok := c.builder.catalog.objects[named.Object]
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(named.Field, expr.PartSeparator)
		f, ok := object.Field(name)
		switch {
		case !ok:
		case named.Option == "":
			c.builder.use(c.Key, pointer, UseOfField, Key{Kind: KindObject, Name: named.Object}, "/properties/"+name)
		default:
			c.Option(pointer, named.Object, f, named.Option)
		}
	}
}
