package metadata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
)

// What is used of a definition.
const (
	UseOfDefinition  = "definition"
	UseOfField       = "field"
	UseOfOption      = "option"
	UseOfTranslation = "translation" // which nothing depends on
	UseOfRequirement = "requirement" // without which an extension is not in force
)

// Use is a place that names a definition or a part of one.
type Use struct {
	Key            // whose place it is
	Pointer string `json:"pointer"` // the place, in its document
	What    string `json:"what"`
	At      string `json:"at"` // the part that is named, "" for the whole
}

// use notes that a place names a definition, or a part of one.
// A part that an extension added is its part as well.
func (b *builder) use(by Key, pointer, what string, of Key, at string) {
	from := b.catalog.from(place{Key: by, pointer: pointer})
	for _, named := range []place{{Key: of, pointer: at}, b.catalog.from(place{Key: of, pointer: at})} {
		use := Use{Key: from.Key, Pointer: from.pointer, What: what, At: named.pointer}
		b.catalog.uses[named.Key] = append(b.catalog.uses[named.Key], use)
	}
}

// option is where an option of a field is defined: in its set, or beside it.
func (b *builder) option(object string, f *field.Field, code string) (of Key, at string) {
	if f.OptionSet != "" {
		return Key{Kind: KindOptions, Name: f.OptionSet}, "/oneOf/" + code
	}
	return Key{Kind: KindObject, Name: object}, "/properties/" + f.Name + "/oneOf/" + code
}

// Users tells who uses a definition or, with a pointer such as /properties/x,
// who uses that part of it; of the whole, a definition is no user of itself.
// They are in the order of their kinds, names and places.
func (c *Catalog) Users(of Key, at string) []Use {
	users := []Use{}
	for _, use := range c.uses[of] {
		within := use.At == at || strings.HasPrefix(use.At, at+"/")
		if within && (at != "" || use.Key != of) && !slices.Contains(users, use) {
			users = append(users, use)
		}
	}
	slices.SortFunc(users, func(a, b Use) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.At, b.At))
	})
	return users
}
