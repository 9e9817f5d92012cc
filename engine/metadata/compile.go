package metadata

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"

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
			byKey: map[Key]int{}, objects: map[string]*Object{}, roles: map[string]*Role{}, texts: map[string]map[string]string{},
		},
	}
	b.index()
	b.each(KindTranslation, b.translation)
	b.each(KindOptions, b.optionSet)
	b.each(KindObject, func(d Definition) {
		if object := b.object(d); object != nil {
			b.catalog.objects[d.Name] = object
		}
	})
	b.references()
	b.computed()
	b.each(KindObject, b.display)
	b.each(KindObject, b.rules)
	b.each(KindForm, b.form)
	b.each(KindObject, b.recordTypes)
	b.each(KindView, b.view)
	b.each(KindApp, b.app)
	b.each(KindRole, b.role)
	b.each(KindRole, b.inheritance)
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	return b.catalog, nil
}

// builder compiles one catalog and gathers what is wrong.
type builder struct {
	catalog     *Catalog
	environment Environment
	optionSets  map[string]*field.Options
	problems    []Problem
	pending     []*pending // the computed fields
	path        []*pending // those that are being compiled
}

func (b *builder) problem(key Key, item fault.Item) {
	b.problems = append(b.problems, Problem{Key: key, Item: item})
}

func (b *builder) dangling(key Key, pointer, kind, name string) {
	b.problem(key, fault.New("").At(pointer, fault.DanglingReference, "kind", kind, "name", name).Items[0])
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

func (b *builder) each(kind string, read func(Definition)) {
	for _, definition := range b.catalog.definitions {
		if definition.Kind == kind {
			read(definition)
		}
	}
}

func (b *builder) translation(d Definition) {
	var doc struct{ Texts map[string]string }
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return
	}
	b.catalog.texts[d.Name] = doc.Texts
}

// label joins a text with its translations.
func (b *builder) label(path, base string) field.Label {
	label := field.Label{Base: base}
	for locale, texts := range b.catalog.texts {
		if text, ok := texts[path]; ok {
			if label.Other == nil {
				label.Other = map[string]string{}
			}
			label.Other[locale] = text
		}
	}
	return label
}

// references notes for each object which fields point to it.
func (b *builder) references() {
	for _, definition := range b.catalog.definitions {
		object, ok := b.catalog.objects[definition.Name]
		if !ok || definition.Kind != KindObject {
			continue
		}
		for _, f := range object.Fields {
			if f.System {
				continue
			}
			if f.Lines != nil {
				b.lines(definition.Key, object, f)
			}
			for _, name := range append(slices.Clip(f.Targets), f.Target) {
				if target, ok := b.catalog.objects[name]; ok {
					target.Users = append(target.Users, Reference{Object: object, Field: f})
				}
			}
		}
	}
}

func (b *builder) rules(d Definition) {
	object, ok := b.catalog.objects[d.Name]
	if !ok {
		return
	}
	var doc objectDocument
	if err := d.decode(&doc); err != nil {
		return
	}
	for i, rule := range doc.Rules {
		pointer := "/rules/" + strconv.Itoa(i)
		if slices.ContainsFunc(object.Rules, func(r Rule) bool { return r.Name == rule.Name }) {
			b.problem(d.Key, fault.New("").At(pointer+"/name", fault.NameTaken, "name", rule.Name).Items[0])
		}
		b.names(d.Key, object, pointer+"/at", rule.At)
		object.Rules = append(object.Rules, Rule{
			Name: rule.Name, Assert: b.expression(d.Key, pointer+"/assert", d.Name, rule.Assert, expr.Rule()),
			Message: b.label(d.Key.String()+"/rules/"+rule.Name+"/message", rule.Message), At: rule.At,
		})
	}
}

// expression compiles an expression of a definition, or notes where it fails.
func (b *builder) expression(key Key, pointer, object, source string, use expr.Use) *expr.Program {
	if source == "" {
		return nil
	}
	program, err := expr.Compile(b.catalog, object, source, use)
	if err != nil {
		b.problem(key, expressionItem(pointer, err))
	}
	return program
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
