package metadata

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// translationKind is the texts of definitions in one language, by which it is
// named.
func translationKind() DefinitionKind {
	return DefinitionKind{
		Kind: KindTranslation, English: "translation", Chinese: "翻译",
		read: (*Check).readTexts, Check: (*Check).texts,
	}
}

func (c *Check) readTexts() {
	var doc struct{ Texts map[string]string }
	if c.Decode(&doc) {
		maps.DeleteFunc(doc.Texts, func(_, text string) bool { return text == "" })
		c.builder.catalog.texts[c.Name] = doc.Texts
	}
}

// texts notes what each text is of, and warns of those that are of nothing.
func (c *Check) texts() any {
	for _, path := range c.tree.get("texts").keys {
		pointer := fault.Pointer("texts", path)
		at, ok := c.builder.catalog.place(path)
		switch {
		case ok:
			c.builder.use(c.Key, pointer, UseOfTranslation, at.Key, at.pointer)
		case !isSystemText(path):
			c.Warn(pointer, fault.UnknownText, "key", path)
		}
	}
	return nil
}

// keywords of which the value is a text that people read.
func textKeywords() []string { return []string{"title", "plural", "description", "message", "help"} }

// place finds what a text is of: the part of a definition that has the text. In
// a list the path goes by const, name or field.
func (c *Catalog) place(path string) (place, bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || !slices.Contains(textKeywords(), parts[len(parts)-1]) {
		return place{}, false
	}
	at := place{Key: Key{Kind: parts[0], Name: parts[1]}}
	i, ok := c.byKey[at.Key]
	if !ok {
		return place{}, false
	}
	tree := c.together[i].tree
	for _, part := range parts[2 : len(parts)-1] {
		if tree = tree.step(part); tree == nil || tree.scalar != nil {
			return place{}, false
		}
		at.pointer += "/" + part
	}
	return at, tree.isObject()
}

// isSystemText tells whether a text is the title of a field of every record.
func isSystemText(path string) bool {
	name, ok := strings.CutPrefix(path, "system/")
	name, title := strings.CutSuffix(name, "/title")
	return ok && title && slices.Contains([]string{FieldID, FieldOwner, FieldCreatedAt, FieldCreatedBy, FieldUpdatedAt, FieldUpdatedBy, FieldVersion}, name)
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

// Text is one text of a definition as its author wrote it, under the key by
// which translations know it.
type Text struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Missing gives the texts that have no translation into a language and are not
// in it already, in the order of the definitions; count is of all texts.
func (c *Catalog) Missing(locale string) (missing []Text, count int) {
	missing = []Text{}
	for _, definition := range c.definitions {
		if definition.Kind == KindTranslation {
			continue
		}
		for _, text := range definition.tree.texts(definition.Key.String(), nil) {
			count++
			if !isIn(locale, text.Text) && !c.isTranslated(locale, text.Key) {
				missing = append(missing, text)
			}
		}
	}
	return missing, count
}

// isTranslated tells whether a text has a translation: under its own key or,
// written in an extension, under that of what it is a part of.
func (c *Catalog) isTranslated(locale, key string) bool {
	at, _ := c.place(key)
	now := follow(c.added, at)
	_, translated := c.texts[locale][key]
	_, there := c.texts[locale][now.String()+now.pointer+key[strings.LastIndexByte(key, '/'):]]
	return translated || there
}

// isIn tells whether a text is in a language already, as far as its script
// says.
func isIn(locale, text string) bool {
	chinese := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	return chinese == strings.HasPrefix(locale, "zh")
}

// texts adds the texts of a document, whose path is given, to a list.
func (d *document) texts(path string, list []Text) []Text {
	for i, value := range d.values {
		switch {
		case d.keys != nil && d.keys[i] == "behaviours": // nothing in them is read
		case d.array:
			list = value.texts(path+"/"+value.element(i), list)
		case value.scalar == nil:
			list = value.texts(path+"/"+d.keys[i], list)
		case slices.Contains(textKeywords(), d.keys[i]) && value.text() != "":
			list = append(list, Text{Key: path + "/" + d.keys[i], Text: value.text()})
		}
	}
	return list
}

// element is the part of a path by which step finds the i-th element of a list.
func (d *document) element(i int) string {
	for _, key := range elementKeys() {
		if name := d.get(key).text(); name != "" {
			return name
		}
	}
	return strconv.Itoa(i)
}
