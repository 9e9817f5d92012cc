package field

import (
	"maps"
	"slices"
	"strings"
)

// Option is one value a select may have.
type Option struct {
	Value      string
	Title      Label
	Color      string
	Category   string
	Final      bool
	StaleAfter int      // of a stage: after how many days in it a record waits too long; 0: never
	Inactive   bool     // old records have it, nobody chooses it anew
	Parent     string   // the option it lies below, in a tree
	When       []string // the values of the other field for which it is offered; none: all
	Form       string   // of a record type: the form of its records
	Required   []string // of a record type: what its records need beside the rest
}

// Offered tells whether the option goes with what was chosen in the field that
// it depends on.
func (o Option) Offered(chosen []string) bool {
	return len(o.When) == 0 || slices.ContainsFunc(chosen, func(code string) bool { return slices.Contains(o.When, code) })
}

// Options is an option set: a list, or a tree in which each option comes after
// the one it lies below. It does not change once made; nil is the empty set.
type Options struct {
	list     []Option
	values   []string
	position map[string]int
	titles   map[string]string // what people write → the option's value
	below    map[string][]string
}

// NewOptions makes a set of options in their order.
func NewOptions(list []Option) *Options {
	o := &Options{list: list, values: make([]string, len(list)), position: make(map[string]int, len(list)), titles: map[string]string{}}
	for i, option := range list {
		o.values[i], o.position[option.Value] = option.Value, i
		if option.Parent != "" && o.below == nil {
			o.below = map[string][]string{}
		}
	}
	if o.below == nil {
		o.nameList()
	} else {
		o.growTree()
	}
	return o
}

// nameList notes what people may write for each option of a list; of two that
// are called the same the first is meant.
func (o *Options) nameList() {
	for _, option := range o.list {
		names := []string{option.Title.Base, option.Value}
		for _, title := range option.Title.Other {
			names = append(names, title)
		}
		for _, name := range names {
			if name = strings.ToLower(name); o.titles[name] == "" {
				o.titles[name] = option.Value
			}
		}
	}
}

// growTree notes what lies below each option of a tree, and what people may
// write: its path, with or without the steps between the first and the last,
// and its title where no other option has the same.
func (o *Options) growTree() {
	ambiguous := map[string]bool{}
	name := func(text, value string) {
		if text = pathKey(text); o.titles[text] != "" && o.titles[text] != value {
			ambiguous[text] = true
		}
		o.titles[text] = value
	}
	paths := map[string]string{}
	for _, option := range o.list {
		for _, language := range languages(option) {
			path := o.path(option.Value, language)
			paths[pathKey(strings.Join(path, ""))] = option.Value
			name(path[0]+path[len(path)-1], option.Value)
			name(path[len(path)-1], option.Value)
		}
		for at, deep := option.Value, 0; at != "" && deep < MaxTreeDepth; deep++ {
			o.below[at] = append(o.below[at], option.Value)
			at = o.list[o.Index(at)].Parent
		}
	}
	for text := range ambiguous {
		delete(o.titles, text)
	}
	maps.Copy(o.titles, paths)
}

// MaxTreeDepth is how many levels a tree of options may have.
const MaxTreeDepth = 8

func languages(option Option) []string {
	list := []string{""}
	for language := range option.Title.Other {
		list = append(list, language)
	}
	return list
}

// pathKey is a path without what people put between its steps.
func pathKey(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" /\\>-,·、\uff0c\u3000", r) {
			return -1
		}
		return r
	}, text))
}

// path are the titles from the root of a tree down to an option.
func (o *Options) path(value, language string) []string {
	var titles []string
	for i := o.Index(value); i >= 0 && len(titles) < MaxTreeDepth; i = o.Index(o.list[i].Parent) {
		titles = append(titles, o.list[i].Title.In(language))
	}
	slices.Reverse(titles)
	return titles
}

// All gives the options in their order.
func (o *Options) All() []Option {
	if o == nil {
		return nil
	}
	return o.list
}

// Len is how many options there are.
func (o *Options) Len() int { return len(o.All()) }

// Values are the codes of the options, or nil without a set.
func (o *Options) Values() []string {
	if o == nil {
		return nil
	}
	return o.values
}

// Index is the place of an option in the order, or -1.
func (o *Options) Index(value string) int {
	if o == nil {
		return -1
	}
	if i, ok := o.position[value]; ok {
		return i
	}
	return -1
}

// Below are an option of a tree and all that lie below it; only itself where
// the set is no tree, and nothing where it does not have the option.
func (o *Options) Below(value string) []string {
	switch {
	case o.Index(value) < 0:
		return nil
	case o.below == nil:
		return []string{value}
	default:
		return o.below[value]
	}
}

// Large tells whether a set is asked for apart from the catalog.
func (o *Options) Large() bool { return o.Len() > largeSet }

const largeSet = 300

// find finds an option by its code, or by what people call it in any language.
func (o *Options) find(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if o.Index(s) >= 0 {
		return s, true
	}
	if o == nil {
		return "", false
	}
	key := strings.ToLower(s)
	if o.below != nil {
		key = pathKey(s)
	}
	value, ok := o.titles[key]
	return value, ok
}

// text is the title of an option, in a tree its path, or its code where that
// would be read as another option.
func (o *Options) text(value, language string) string {
	if o.Index(value) < 0 {
		return value
	}
	title := strings.Join(o.path(value, language), " / ")
	if found, _ := o.find(title); title == "" || found != value {
		return value
	}
	return title
}
