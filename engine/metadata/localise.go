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
	parts := strings.Split(path, "/")
	if len(parts) < 3 {
		return
	}
	i, ok := c.byKey[Key{Kind: parts[0], Name: parts[1]}]
	if !ok {
		return
	}
	at := definitions[i].tree
	for _, part := range parts[2 : len(parts)-1] {
		if at = at.step(part); at == nil || at.scalar != nil {
			return
		}
	}
	if at.isObject() {
		at.set(parts[len(parts)-1], text)
	}
}
