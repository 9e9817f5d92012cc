package metadata

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Problem is what is wrong with one definition of a set.
type Problem struct {
	Key
	fault.Item
}

// Compile makes a catalog of definitions that were parsed. With problems the
// catalog is nil.
func Compile(revision int64, definitions []Definition, environment Environment) (*Catalog, []Problem) {
	b := &builder{
		environment: environment,
		optionSets:  map[string]*field.Options{},
		catalog: &Catalog{
			Revision: revision, definitions: definitions, environment: environment,
			origins: map[Key]map[string]place{}, added: map[Key]map[string]place{},
			byKey: map[Key]int{}, objects: map[string]*Object{}, calendars: map[string]*Calendar{}, compiled: map[Key]any{}, uses: map[Key][]Use{}, texts: map[string]map[string]string{},
		},
	}
	b.index()
	b.extend()
	kinds := environment.Schemas.Kinds().All()
	for _, kind := range kinds {
		if kind.read != nil {
			b.each(kind.Kind, kind.read)
		}
	}
	b.each(KindObject, b.references)
	b.computed()
	for _, kind := range kinds {
		if kind.Check == nil {
			continue
		}
		b.each(kind.Kind, func(c *Check) {
			if compiled := kind.Check(c); compiled != nil {
				b.catalog.compiled[c.Key] = compiled
			}
		})
	}
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	b.catalog.entries()
	return b.catalog, nil
}

// builder compiles one catalog and gathers what is wrong.
type builder struct {
	catalog     *Catalog
	environment Environment
	optionSets  map[string]*field.Options
	problems    []Problem
	extended    map[Key]bool // those that were copied to be added to
	pending     []*pending   // the computed fields
	path        []*pending   // those that are being compiled
}

// problem notes what is wrong, where that was written.
func (b *builder) problem(key Key, item fault.Item) {
	from := b.catalog.from(place{Key: key, pointer: item.Pointer})
	key, item.Pointer = from.Key, from.pointer
	b.problems = append(b.problems, Problem{Key: key, Item: item})
}

// Warn says what a person should know of a definition that is applied all the
// same.
func (c *Check) Warn(pointer string, code fault.Code, pairs ...any) {
	c.builder.catalog.warnings = append(c.builder.catalog.warnings, Problem{Key: c.Key, Item: fault.New("").At(pointer, code, pairs...).Items[0]})
}

func (b *builder) index() {
	for i, definition := range b.catalog.definitions {
		if _, twice := b.catalog.byKey[definition.Key]; twice {
			b.problem(definition.Key, fault.Item{Pointer: "/name", Code: fault.NameTaken, Params: fault.Params{"name": definition.Name}})
		}
		b.catalog.byKey[definition.Key] = i
	}
}

func (b *builder) has(kind, name string) bool {
	_, ok := b.catalog.byKey[Key{Kind: kind, Name: name}]
	return ok
}

func (b *builder) definition(kind, name string) (Definition, bool) {
	return b.catalog.Definition(Key{Kind: kind, Name: name})
}

func (b *builder) each(kind string, visit func(*Check)) {
	for _, definition := range b.catalog.together {
		if definition.Kind == kind {
			visit(&Check{Definition: definition, builder: b})
		}
	}
}

// references notes which fields point to other objects.
func (b *builder) references(c *Check) {
	object, ok := b.catalog.objects[c.Name]
	if !ok {
		return
	}
	for _, f := range object.Fields {
		if f.System {
			continue
		}
		if f.Lines != nil {
			c.lines(object, f)
		}
		targets := append(slices.Clip(f.Targets), f.Target)
		if f.Anything {
			targets = slices.Collect(maps.Keys(b.catalog.objects))
		}
		for _, name := range targets {
			if target, ok := b.catalog.objects[name]; ok {
				target.Users = append(target.Users, Reference{Object: object, Field: f})
			}
		}
	}
}

func expressionItem(pointer string, err error) fault.Item {
	var e *expr.Error
	if !errors.As(err, &e) {
		return fault.Item{Pointer: pointer, Code: fault.InvalidExpression, Params: fault.Params{"reason": err.Error(), "position": 0}}
	}
	return ExpressionItem(pointer, e)
}

// ExpressionItem says what is wrong with an expression, at a pointer.
func ExpressionItem(pointer string, e *expr.Error) fault.Item {
	params := fault.Params{"position": e.Position, "end": e.End}
	maps.Copy(params, e.Params)
	return fault.Item{Pointer: pointer, Code: fault.Code(e.Code), Params: params}
}

func decodeNumbers(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}
