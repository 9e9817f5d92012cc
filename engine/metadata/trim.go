package metadata

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Without gives the document of an object, a form or a view without the fields
// that a reader may not see, and without what speaks of them. Those that he sees
// in part stay where they are shown, and nothing else speaks of them. It is
// false when nothing of it is left to see.
func Without(d Definition, unseen, masked map[string]bool) (json.RawMessage, bool) {
	hidden := maps.Clone(unseen)
	maps.Copy(hidden, masked)
	becomes := d.tree.get("behaviours").get("convert") != nil
	if len(hidden) == 0 && !becomes {
		return d.Document, true
	}
	tree, err := parseDocument(d.Document)
	if err != nil {
		return nil, false
	}
	if d.Kind == KindObject {
		if becomes { // which may name objects that the reader may not see
			tree.get("behaviours").drop(map[string]bool{"convert": true})
		}
		tree.get("behaviours").trimActivity(hidden)
		tree.get("behaviours").dropMembers(hidden)
		tree.get("properties").drop(unseen)
		for _, keyword := range []string{"required", "rules", "unique", "index"} {
			tree.get(keyword).dropMentions(hidden)
		}
		if hidden[tree.get("display").text()] {
			tree.drop(map[string]bool{"display": true})
		}
		return tree.append(nil, ""), true
	}
	if d.Kind == KindView && !tree.trimView(hidden, unseen) {
		return nil, false
	}
	if d.Kind == KindForm && hidden[tree.get("path").text()] {
		tree.drop(map[string]bool{"path": true})
	}
	if d.Kind == KindForm {
		tree.get("quick").dropMentions(hidden)
	}
	if sections := tree.get("sections"); sections != nil {
		sections.values = slices.DeleteFunc(sections.values, func(section *document) bool {
			return mentions(section.get("showIf").text(), hidden)
		})
		for _, section := range sections.values {
			section.get("fields").dropFields(hidden, unseen)
		}
	}
	return tree.append(nil, ""), true
}

// trimView removes from a view what names hidden fields. It is false when the
// view is of them: it filters by one, or one makes its columns or its days.
func (d *document) trimView(hidden, unseen map[string]bool) bool {
	if mentions(d.get("filter").text(), hidden) || hidden[d.get("group").text()] || hidden[d.get("start").text()] {
		return false
	}
	d.get("columns").dropFields(hidden, unseen)
	for _, keyword := range []string{"totals", "sort"} {
		d.get(keyword).dropMentions(hidden)
	}
	for _, keyword := range []string{"end", "cover", "color"} {
		if hidden[d.get(keyword).text()] {
			d.drop(map[string]bool{keyword: true})
		}
	}
	return true
}

// drop removes members by their keys.
func (d *document) drop(keys map[string]bool) {
	for i, key := range slices.Backward(d.keys) {
		if keys[key] {
			d.keys = slices.Delete(d.keys, i, i+1)
			d.values = slices.Delete(d.values, i, i+1)
		}
	}
}

// dropMembers removes the members in which a hidden name stands as a word.
func (d *document) dropMembers(hidden map[string]bool) {
	if d == nil {
		return
	}
	keys := map[string]bool{}
	for i, key := range d.keys {
		keys[key] = mentions(string(d.values[i].append(nil, "")), hidden)
	}
	d.drop(keys)
}

// dropMentions removes the elements of a list in which a hidden name stands as
// a word.
func (d *document) dropMentions(hidden map[string]bool) {
	if d == nil {
		return
	}
	d.values = slices.DeleteFunc(d.values, func(element *document) bool {
		return mentions(string(element.append(nil, "")), hidden)
	})
}

// dropFields removes from a list of fields those that are not seen, and those
// with a condition that names a hidden one.
func (d *document) dropFields(hidden, unseen map[string]bool) {
	if d == nil {
		return
	}
	d.values = slices.DeleteFunc(d.values, func(element *document) bool {
		name := element.text()
		if name == "" {
			name = element.get("field").text()
		}
		if unseen[name] {
			return true
		}
		rest := maps.Clone(hidden)
		delete(rest, name)
		return mentions(string(element.append(nil, "")), rest)
	})
}

// mentions reports whether one of the names stands in a text as a word.
func mentions(text string, names map[string]bool) bool {
	start := -1
	for i := 0; i <= len(text); i++ {
		word := i < len(text) && (text[i] == '_' || text[i] >= 'a' && text[i] <= 'z' || text[i] >= 'A' && text[i] <= 'Z' || text[i] >= '0' && text[i] <= '9')
		switch {
		case word && start < 0:
			start = i
		case !word && start >= 0:
			if names[text[start:i]] {
				return true
			}
			start = -1
		}
	}
	return false
}

// Property is a named property with its settings.
type Property struct {
	Name  string
	Value map[string]any
}

// Enrich adds to an object's document: to each property what extra gives, the
// properties in more at the end, and top-level members.
func Enrich(raw json.RawMessage, extra func(property string) map[string]any, more []Property, members map[string]any) (json.RawMessage, error) {
	tree, err := parseDocument(raw)
	if err != nil {
		return nil, err
	}
	properties := tree.get("properties")
	for i, name := range properties.keys {
		if err := properties.values[i].put(extra(name)); err != nil {
			return nil, err
		}
	}
	for _, property := range more {
		if err := properties.put(map[string]any{property.Name: property.Value}); err != nil {
			return nil, err
		}
	}
	if err := tree.put(members); err != nil {
		return nil, err
	}
	return tree.append(nil, ""), nil
}

// put sets members to any values.
func (d *document) put(members map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(members)) {
		value := members[key]
		raw, err := marshal(value)
		if err != nil {
			return err
		}
		parsed, err := parseDocument(raw)
		if err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		if i := slices.Index(d.keys, key); i >= 0 {
			d.values[i] = parsed
			continue
		}
		d.keys = append(d.keys, key)
		d.values = append(d.values, parsed)
	}
	return nil
}
