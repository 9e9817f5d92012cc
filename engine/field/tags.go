package field

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// tags is a set of free texts in the order in which they were given, each once
// whatever its capitals.
type tags struct{}

var _ Kind = tags{}

// The most that a field of tags may hold.
const (
	maxTags      = 50
	maxTagLength = 64
)

// tagSeparators are what people put between tags; \uff0c is the comma of
// Chinese. No tag has one of them in it.
const tagSeparators = separators + ",\uff0c\t\r"

func (tags) Name() string              { return "tags" }
func (tags) Order() Order              { return Unsorted }
func (tags) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Set} }
func (tags) Column(f *Field) Column    { return Column{Name: f.Name, Type: JSON} }
func (tags) Check(*Field) []fault.Item { return nil }

func (tags) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	list, ok := wire.([]any)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "array")
	}
	texts := make([]string, 0, len(list))
	for _, element := range list {
		s, ok := element.(string)
		if !ok {
			return nil, wrong(fault.WrongType, "expected", "string")
		}
		texts = append(texts, s)
	}
	return tagSet(texts)
}

func (tags) ParseText(_ *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return tagSet(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(tagSeparators, r) }))
}

// tagSet trims texts and leaves out what is blank or there already.
func tagSet(texts []string) (expr.Value, *fault.Item) {
	var set []string
	for _, tag := range texts {
		tag = strings.TrimSpace(tag)
		switch {
		case tag == "":
			continue
		case !utf8.ValidString(tag) || strings.ContainsFunc(tag, unicode.IsControl):
			return nil, wrong(fault.InvalidText)
		case utf8.RuneCountInString(tag) > maxTagLength || strings.ContainsAny(tag, tagSeparators):
			return nil, wrong(fault.InvalidTag, "max", maxTagLength)
		}
		if !slices.ContainsFunc(set, func(other string) bool { return strings.EqualFold(other, tag) }) {
			set = append(set, tag)
		}
		if len(set) > maxTags {
			return nil, wrong(fault.TooManyItems, "max", maxTags, "count", len(texts))
		}
	}
	if len(set) == 0 {
		return nil, nil
	}
	return set, nil
}

func (tags) Text(_ *Field, v expr.Value, _ Locale) string {
	set, _ := v.([]string)
	return strings.Join(set, "; ")
}

func (tags) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	set, _ := v.([]string)
	return appendTexts(dst, set)
}

func (tags) Schema(*Field) map[string]any {
	return map[string]any{
		"type": "array", "maxItems": maxTags,
		"items": map[string]any{"type": "string", "pattern": "^[^;\uff1b、|,\uff0c\n\r\t]*$"},
	}
}
