// Package kind is the one idea behind every extension point: a kind is a named
// variety (a field kind, a workflow step …), listed explicitly in its
// package's kinds.go, and looked up by name in a Registry.
package kind

import "fmt"

// Kind is a named variety.
type Kind interface {
	// Name is what definitions call the kind; lower snake_case, stable.
	Name() string
}

// Registry finds kinds by name and keeps the order of their list.
type Registry[K Kind] struct {
	byName map[string]K
	list   []K
}

// NewRegistry lists kinds. A duplicate name is a mistake of the program and
// panics at start.
func NewRegistry[K Kind](kinds ...K) *Registry[K] {
	r := &Registry[K]{byName: make(map[string]K, len(kinds)), list: kinds}
	for _, k := range kinds {
		if _, twice := r.byName[k.Name()]; twice {
			panic(fmt.Sprintf("kind %q is listed twice", k.Name()))
		}
		r.byName[k.Name()] = k
	}
	return r
}

// Get finds a kind by its name.
func (r *Registry[K]) Get(name string) (K, bool) {
	k, ok := r.byName[name]
	return k, ok
}

// All gives the kinds in the order of their list.
func (r *Registry[K]) All() []K { return r.list }
