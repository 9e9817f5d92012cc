package access

import (
	"maps"
	"slices"
	"strings"
)

// What a limited key may do with the records of an object.
const (
	ReadOnly  = "read"
	ReadWrite = "write"
)

// Limit is what an API key is limited to. It takes from what its person may and
// never adds to it; nil takes nothing.
type Limit struct {
	Objects   map[string]string `json:"objects"` // ReadOnly or ReadWrite, by the name of the object
	Abilities []string          `json:"abilities"`
}

// NewLimit makes a limit of objects and abilities, nil for none.
func NewLimit(objects map[string]string, abilities []string) *Limit {
	l := &Limit{Objects: map[string]string{}, Abilities: append([]string{}, abilities...)}
	maps.Copy(l.Objects, objects)
	return l
}

// Permits reports whether the limit leaves an action on an object.
func (l *Limit) Permits(object, action string) bool {
	if l == nil {
		return true
	}
	scope := l.Objects[object]
	return scope == ReadWrite || scope == ReadOnly && granted(action) == Read
}

// Writes reports whether the limit leaves any record to be written.
func (l *Limit) Writes() bool {
	return l == nil || slices.Contains(slices.Collect(maps.Values(l.Objects)), ReadWrite)
}

// Carries reports whether the limit leaves an ability.
func (l *Limit) Carries(ability string) bool {
	return l == nil || slices.Contains(l.Abilities, ability)
}

// Same reports whether two limits leave the same.
func (l *Limit) Same(other *Limit) bool { return l.text() == other.text() }

// text is the limit as a stable text, "" for none.
func (l *Limit) text() string {
	if l == nil {
		return ""
	}
	var b strings.Builder
	for _, object := range slices.Sorted(maps.Keys(l.Objects)) {
		b.WriteString(" " + object + ":" + l.Objects[object])
	}
	return b.String() + " / " + strings.Join(slices.Sorted(slices.Values(l.Abilities)), " ")
}

// of is what a limit leaves of a decision for an actor.
func (l *Limit) of(d *Decision, rights string) *Decision {
	left := *d
	left.Rights = rights
	if !l.Permits(d.Object.Name, d.Action) {
		left.Pairs, left.Restrict, left.Limited = nil, nil, true
	}
	return &left
}
