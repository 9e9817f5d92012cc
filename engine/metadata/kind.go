package metadata

import (
	"github.com/trellis-crm/trellis/engine/kind"
)

// DefinitionKind is a kind of definition, as a value: its meta-schema is
// meta/<name>.json, and it brings its own checker.
type DefinitionKind struct {
	Kind             string // what definitions call it
	English, Chinese string // what people call it
	// Properties tells that its properties are fields, each checked by the
	// schema of its field kind.
	Properties bool
	// Check compiles one definition, once all objects are known. What it gives
	// is found again with Compiled. Kinds are checked in the order of their
	// list.
	Check func(c *Check) any

	// read takes in what the objects are made of.
	read func(c *Check)
}

// Name is what definitions call the kind.
func (k DefinitionKind) Name() string { return k.Kind }

// The kinds of definition of this package.
const (
	KindObject      = "object"
	KindExtension   = "extension"
	KindOptions     = "options"
	KindForm        = "form"
	KindView        = "view"
	KindMetric      = "metric"
	KindReport      = "report"
	KindDashboard   = "dashboard"
	KindApp         = "app"
	KindCalendar    = "calendar"
	KindRole        = "role"
	KindTranslation = "translation"
)

// DefinitionKinds lists the kinds of definition of this package, those that
// others refer to first. Packages above bring their own.
func DefinitionKinds() []DefinitionKind {
	return []DefinitionKind{
		translationKind(), optionsKind(), calendarKind(), objectKind(), extensionKind(), formKind(), viewKind(),
		metricKind(), reportKind(), dashboardKind(), appKind(), roleKind(),
	}
}

// Kinds are the kinds of definition that the schemas were loaded for.
func (s *Schemas) Kinds() *kind.Registry[DefinitionKind] { return s.definitions }

// Compiled gives what the checkers made of the definitions of a kind, in the
// order of their names.
func Compiled[T any](c *Catalog, kind string) []T {
	var list []T
	for _, definition := range c.definitions {
		if definition.Kind != kind {
			continue
		}
		if value, ok := c.compiled[definition.Key].(T); ok {
			list = append(list, value)
		}
	}
	return list
}

// Find gives what the checker made of one definition.
func Find[T any](c *Catalog, kind, name string) (value T, ok bool) {
	value, ok = c.compiled[Key{Kind: kind, Name: name}].(T)
	return value, ok
}
