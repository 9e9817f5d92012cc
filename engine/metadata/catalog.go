package metadata

import (
	"sync"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/kind"
)

// Catalog is all definitions of one revision, compiled. It is immutable and
// safe for concurrent use; a request works on one catalog from start to end.
type Catalog struct {
	Revision int64

	definitions []Definition             // as they were written
	together    []Definition             // in the same order, with what extensions add
	origins     map[Key]map[string]place // of what extensions added, by where it is now
	added       map[Key]map[string]place // where it is now, by where it was written
	byKey       map[Key]int
	objects     map[string]*Object
	compiled    map[Key]any // by the checkers of their kinds
	uses        map[Key][]Use
	warnings    []Problem
	calendars   map[string]*Calendar
	computed    []Reference                  // each after those that it needs
	entered     map[string]entry             // by object
	texts       map[string]map[string]string // by locale, then by path

	environment Environment
	programs    programs
	localised   sync.Map // locale → []Definition
}

// Environment is what a catalog needs beside its definitions.
type Environment struct {
	Schemas *Schemas
	Kinds   *kind.Registry[field.Kind]
	// Options are the option sets that ship with the product.
	Options *OptionSets
	// Organisation tells the region of phone numbers that name none, and the
	// zone of people who chose none.
	Organisation Organisation
}

var _ expr.Schema = (*Catalog)(nil)

// Objects gives the objects in the order of their definitions.
func (c *Catalog) Objects() []*Object {
	var objects []*Object
	for _, definition := range c.definitions {
		if definition.Kind == KindObject {
			objects = append(objects, c.objects[definition.Name])
		}
	}
	return objects
}

// Object finds an object by its name.
func (c *Catalog) Object(name string) (*Object, bool) {
	object, ok := c.objects[name]
	return object, ok
}

// Computed gives the fields that the engine works out, each after those that it
// needs.
func (c *Catalog) Computed() []Reference { return c.computed }

// View finds a view of an object by its name.
func (c *Catalog) View(object, name string) (*View, bool) {
	view, ok := Find[*View](c, KindView, name)
	return view, ok && view.Object == object
}

// Role finds a role by its name.
func (c *Catalog) Role(name string) (*Role, bool) { return Find[*Role](c, KindRole, name) }

// Roles gives the roles in the order of their definitions.
func (c *Catalog) Roles() []*Role { return Compiled[*Role](c, KindRole) }

// Definitions gives all definitions as they were written, in their stored
// order.
func (c *Catalog) Definitions() []Definition { return c.definitions }

// Definition finds a definition as it was written.
func (c *Catalog) Definition(key Key) (Definition, bool) {
	i, ok := c.byKey[key]
	if !ok {
		return Definition{}, false
	}
	return c.definitions[i], true
}

// Warnings say what a person should know of the definitions.
func (c *Catalog) Warnings() []Problem { return c.warnings }

// Environment is what the catalog was compiled with.
func (c *Catalog) Environment() Environment { return c.environment }

// Field tells the expression checker what a name means: a field of an object.
func (c *Catalog) Field(object, name string) (expr.Field, bool) {
	o, ok := c.objects[object]
	if !ok {
		return expr.Field{}, false
	}
	if f, ok := o.Field(name); ok && f.Lines == nil {
		return expr.Field{Name: name, Type: f.Kind.Type(f), Options: f.Options.Values(), Below: f.Options.Below}, true
	}
	if part, ok := o.Part(name); ok {
		return expr.Field{Name: name, Type: expr.Type{Kind: part.Kind()}}, true
	}
	return expr.Field{}, false
}

// maxPrograms bounds the compiled expressions that a catalog remembers.
const maxPrograms = 2048

// programs remembers compiled expressions of requests, because checking one
// costs as much as a short query.
type programs struct {
	mutex sync.RWMutex
	byKey map[programKey]*expr.Program
}

type programKey struct {
	object, source string
	use            string
}

// Compile checks an expression about an object and remembers the result. The
// error is an *expr.Error.
func (c *Catalog) Compile(object, source string, use expr.Use) (*expr.Program, error) {
	key := programKey{object: object, source: source, use: use.Name}
	c.programs.mutex.RLock()
	program, ok := c.programs.byKey[key]
	c.programs.mutex.RUnlock()
	if ok {
		return program, nil
	}
	program, err := expr.Compile(c, object, source, use)
	if err != nil {
		return nil, err
	}
	c.programs.mutex.Lock()
	defer c.programs.mutex.Unlock()
	if c.programs.byKey == nil || len(c.programs.byKey) >= maxPrograms {
		c.programs.byKey = make(map[programKey]*expr.Program)
	}
	c.programs.byKey[key] = program
	return program, nil
}
