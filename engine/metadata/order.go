package metadata

import (
	"slices"
	"strings"
)

// order sorts the keywords of a definition as its meta-schema lists them. The
// author's order of properties and lists stays.
func (s *Schemas) order(kind string, tree *document) {
	path := kind + ".json"
	s.orderBy(path, s.trees[path], tree)
	if !s.hasFields(kind) {
		return
	}
	for _, property := range tree.fields().values {
		path := "fields/" + property.get("field").text() + ".json"
		s.orderBy(path, s.trees[path], property)
	}
}

// orderBy sorts the members of tree by the schema, and goes on below.
func (s *Schemas) orderBy(path string, schema, tree *document) {
	path, schema = s.resolve(path, schema)
	if schema == nil || tree.scalar != nil {
		return
	}
	if tree.array {
		for _, element := range tree.values {
			s.orderBy(path, schema.get("items"), element)
		}
		return
	}
	keywords := s.keywords(path, schema)
	if len(keywords.keys) > 0 {
		sortMembers(tree, keywords.keys)
	}
	for i, key := range tree.keys {
		below := keywords.get(key)
		if below == nil {
			below = schema.get("additionalProperties")
		}
		s.orderBy(path, below, tree.values[i])
	}
}

// keywords joins the properties of the schemas that allOf names with the
// schema's own.
func (s *Schemas) keywords(path string, schema *document) *document {
	all := &document{}
	if parts := schema.get("allOf"); parts != nil {
		for _, part := range parts.values {
			_, resolved := s.resolve(path, part)
			all.merge(resolved.get("properties"))
		}
	}
	all.merge(schema.get("properties"))
	return all
}

func (d *document) merge(other *document) {
	if other == nil {
		return
	}
	for i, key := range other.keys {
		if at := slices.Index(d.keys, key); at >= 0 {
			d.values[at] = other.values[i]
			continue
		}
		d.keys = append(d.keys, key)
		d.values = append(d.values, other.values[i])
	}
}

// resolve follows $ref to the schema it names and to that schema's file.
func (s *Schemas) resolve(path string, schema *document) (string, *document) {
	for schema != nil {
		ref := schema.get("$ref").text()
		if ref == "" {
			return path, schema
		}
		file, fragment, _ := strings.Cut(ref, "#")
		if file != "" {
			path = relative(path, file)
		}
		schema = s.trees[path]
		for part := range strings.SplitSeq(strings.TrimPrefix(fragment, "/"), "/") {
			if part != "" && schema != nil {
				schema = schema.get(part)
			}
		}
	}
	return path, nil
}

func relative(path, file string) string {
	if up, ok := strings.CutPrefix(file, "../"); ok {
		return up
	}
	return path[:strings.LastIndexByte(path, '/')+1] + file
}

func sortMembers(tree *document, keywords []string) {
	place := func(key string) int {
		if i := slices.Index(keywords, key); i >= 0 {
			return i
		}
		return len(keywords)
	}
	index := make([]int, len(tree.keys))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(a, b int) int { return place(tree.keys[a]) - place(tree.keys[b]) })
	keys, values := make([]string, len(index)), make([]*document, len(index))
	for to, from := range index {
		keys[to], values[to] = tree.keys[from], tree.values[from]
	}
	tree.keys, tree.values = keys, values
}
