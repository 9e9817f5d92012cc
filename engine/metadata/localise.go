package metadata

import "strings"

// Localised gives the definitions with their texts in a language; a text that
// has no translation stays as it was written.
func (c *Catalog) Localised(locale string) []Definition {
	texts := c.texts[locale]
	if len(texts) == 0 {
		return c.definitions
	}
	if cached, ok := c.localised.Load(locale); ok {
		definitions, _ := cached.([]Definition)
		return definitions
	}
	definitions := make([]Definition, len(c.definitions))
	for i, definition := range c.definitions {
		definitions[i] = definition
		if definition.Kind != KindTranslation {
			definitions[i].tree = definition.tree.clone()
		}
	}
	for path, text := range texts {
		c.translate(definitions, path, text)
	}
	for i := range definitions {
		definitions[i].Document = definitions[i].tree.append(nil, "")
	}
	c.localised.Store(locale, definitions)
	return definitions
}

// translate puts a text at its path: kind/name/…, the last part a keyword.
func (c *Catalog) translate(definitions []Definition, path, text string) {
	of, at, ok := c.place(path)
	if !ok {
		return
	}
	tree := definitions[c.byKey[of]].tree
	for part := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		if part != "" {
			tree = tree.step(part)
		}
	}
	tree.set(path[strings.LastIndexByte(path, '/')+1:], text)
}
