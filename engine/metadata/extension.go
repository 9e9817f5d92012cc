package metadata

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
)

// Extension is what one template adds to an object of another.
type Extension struct {
	Name, Object string
	// InForce tells that all that it requires is there; otherwise nothing of it
	// is part of the object.
	InForce bool
}

// extensionKind is what one template adds to an object of another.
func extensionKind() DefinitionKind {
	return DefinitionKind{Kind: KindExtension, English: "extension", Chinese: "扩展", Properties: true, Check: (*Check).extension}
}

// extension notes what an extension names itself. What it adds is checked as a
// part of what it adds it to.
func (c *Check) extension() any {
	e := &Extension{Name: c.Name, Object: c.tree.get("object").text(), InForce: true}
	for i, name := range requirements(c.tree) {
		at := "/requires"
		if c.tree.get("requires").array {
			at = fmt.Sprintf("/requires/%d", i)
		}
		if !c.builder.has(KindObject, name) {
			c.Warn(at, fault.NotInForce, "name", name)
			e.InForce = false
			continue
		}
		c.builder.use(c.Key, at, UseOfRequirement, Key{Kind: KindObject, Name: name}, "")
	}
	if e.InForce {
		c.Names("/object", KindObject, e.Object)
	}
	return e
}

// requirements are the objects that must be there for an extension.
func requirements(tree *document) []string {
	requires := tree.get("requires")
	switch {
	case requires == nil:
		return nil
	case !requires.array:
		return []string{requires.text()}
	}
	var names []string
	for _, name := range requires.values {
		names = append(names, name.text())
	}
	return names
}

// place is a part of a definition.
type place struct {
	Key
	pointer string
}

// extend makes the definitions as they are together: objects and forms with
// what the extensions in force add to them.
func (b *builder) extend() {
	c := b.catalog
	c.together = slices.Clone(c.definitions)
	b.extended = map[Key]bool{}
	for _, definition := range c.definitions {
		if definition.Kind != KindExtension {
			continue
		}
		missing := slices.ContainsFunc(requirements(definition.tree), func(name string) bool { return !b.has(KindObject, name) })
		if object := definition.tree.get("object").text(); !missing && b.has(KindObject, object) {
			b.add(definition, Key{Kind: KindObject, Name: object})
		}
	}
	for key := range b.extended {
		d := &c.together[c.byKey[key]]
		d.Document = d.tree.append(nil, "")
	}
}

// copied is the tree of a definition that may be added to.
func (b *builder) copied(key Key) *document {
	d := &b.catalog.together[b.catalog.byKey[key]]
	if !b.extended[key] {
		b.extended[key] = true
		d.tree = d.tree.clone()
	}
	return d.tree
}

// add puts what an extension adds behind what its object and its forms have.
func (b *builder) add(e Definition, object Key) {
	tree := b.copied(object)
	fields := tree.get("properties")
	properties := e.tree.fields()
	for i, name := range properties.keys {
		at := "/properties/" + name
		if fields.get(name) != nil {
			b.problem(e.Key, fault.New("").At(at, fault.NameTaken, "name", name).Items[0])
			continue
		}
		fields.keys, fields.values = append(fields.keys, name), append(fields.values, properties.values[i].clone())
		b.origin(object, at, e.Key, at)
	}
	for _, keyword := range []string{"required", "rules", "unique", "index"} {
		b.join(e, object, tree, "/"+keyword, e.tree.get(keyword))
	}
	if behaviours := e.tree.get("behaviours"); behaviours != nil {
		into := tree.member("behaviours", false)
		for i, name := range behaviours.keys {
			b.behave(e, object, into, name, behaviours.values[i])
		}
	}
	if sections := e.tree.get("sections"); sections != nil {
		for i, section := range sections.values {
			b.section(e, object.Name, fmt.Sprintf("/sections/%d", i), section)
		}
	}
}

// join adds the elements of a list to the list of the same name.
func (b *builder) join(e Definition, into Key, tree *document, pointer string, list *document) {
	if list == nil {
		return
	}
	target := tree.member(pointer[strings.LastIndexByte(pointer, '/')+1:], true)
	for i, element := range list.values {
		from := fmt.Sprintf("%s/%d", pointer, i)
		b.origin(into, fmt.Sprintf("%s/%d", pointer, len(target.values)), e.Key, from)
		if name := element.get("name").text(); name != "" {
			b.origin(into, pointer+"/"+name, e.Key, pointer+"/"+name)
		}
		target.values = append(target.values, element.clone())
	}
}

// behave adds a behaviour: a list to a list, anything else where the object
// does not say otherwise.
func (b *builder) behave(e Definition, object Key, into *document, name string, value *document) {
	pointer := "/behaviours/" + name
	known := into.get(name)
	switch {
	case value.array && (known == nil || known.array):
		b.join(e, object, into, pointer, value)
	case known == nil:
		into.keys, into.values = append(into.keys, name), append(into.values, value.clone())
		b.origin(object, pointer, e.Key, pointer)
	case string(known.append(nil, "")) != string(value.append(nil, "")):
		b.problem(e.Key, fault.New("").At(pointer, fault.NameTaken, "name", name).Items[0])
	}
}

// section adds a section to a form of the object.
func (b *builder) section(e Definition, object, pointer string, section *document) {
	key := Key{Kind: KindForm, Name: section.get("form").text()}
	form, ok := b.definition(key.Kind, key.Name)
	if !ok || form.tree.get("object").text() != object {
		b.problem(e.Key, fault.New("").At(pointer+"/form", fault.DanglingReference, "kind", KindForm, "name", key.Name).Items[0])
		return
	}
	b.use(e.Key, pointer+"/form", UseOfDefinition, key, "")
	added := section.clone()
	added.drop(map[string]bool{"form": true})
	sections := b.copied(key).get("sections")
	b.origin(key, fmt.Sprintf("/sections/%d", len(sections.values)), e.Key, pointer)
	sections.values = append(sections.values, added)
}

// origin notes that a part of a definition is an extension's.
func (b *builder) origin(of Key, pointer string, by Key, from string) {
	if b.catalog.origins[of] == nil {
		b.catalog.origins[of] = map[string]place{}
	}
	b.catalog.origins[of][pointer] = place{Key: by, pointer: from}
	if b.catalog.added[by] == nil {
		b.catalog.added[by] = map[string]place{}
	}
	b.catalog.added[by][from] = place{Key: of, pointer: pointer}
}

// from is where a part of a definition was written: there, or in an extension.
func (c *Catalog) from(at place) place { return follow(c.origins, at) }

// follow finds the place that stands for another, or for what that lies below.
func follow(places map[Key]map[string]place, at place) place {
	for end := len(at.pointer); end > 0; end = strings.LastIndexByte(at.pointer[:end], '/') {
		if found, ok := places[at.Key][at.pointer[:end]]; ok {
			return place{Key: found.Key, pointer: found.pointer + at.pointer[end:]}
		}
	}
	return at
}

// Origin is the definition that a field of an object was written in: the
// object, or an extension.
func (c *Catalog) Origin(object, field string) Key {
	return c.from(place{Key: Key{Kind: KindObject, Name: object}, pointer: "/properties/" + field}).Key
}

// Extensions gives the extensions in the order of their names.
func (c *Catalog) Extensions() []*Extension { return Compiled[*Extension](c, KindExtension) }
