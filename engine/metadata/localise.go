package metadata

import (
	"maps"
	"slices"
	"strings"
)

// Localised gives the definitions with their texts in a language; a text that
// has no translation stays as it was written.
func (c *Catalog) Localised(locale string) []Definition {
	texts := c.texts[locale]
	if len(texts) == 0 {
		return c.together
	}
	if cached, ok := c.localised.Load(locale); ok {
		definitions, _ := cached.([]Definition)
		return definitions
	}
	definitions := make([]Definition, len(c.together))
	for i, definition := range c.together {
		definitions[i] = definition
		if definition.Kind != KindTranslation {
			definitions[i].tree = definition.tree.clone()
		}
	}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		c.translate(definitions, path, texts[path])
	}
	for i := range definitions {
		definitions[i].Document = definitions[i].tree.append(nil, "")
	}
	c.localised.Store(locale, definitions)
	return definitions
}

// Text is the translation of a text at its path, also of one that is not there
// any more; "" where there is none.
func (c *Catalog) Text(locale, path string) string { return c.texts[locale][path] }

// translate puts a text at its path: kind/name/…, the last part a keyword.
func (c *Catalog) translate(definitions []Definition, path, text string) {
	at, ok := c.place(path)
	if !ok {
		return
	}
	keyword := path[strings.LastIndexByte(path, '/')+1:]
	for _, at := range []place{at, follow(c.added, at)} {
		tree := definitions[c.byKey[at.Key]].tree
		for part := range strings.SplitSeq(at.pointer, "/") {
			if part != "" {
				tree = tree.step(part)
			}
		}
		tree.set(keyword, text)
	}
}
