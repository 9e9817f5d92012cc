package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Request is a set of definitions to apply and of names to delete.
type Request struct {
	Definitions []json.RawMessage `json:"definitions"`
	Delete      []metadata.Key    `json:"delete"`
	Allow       []string          `json:"allow"`
	Base        *int64            `json:"base"` // the revision that the caller knows
	Note        string            `json:"note"`
}

// maxNote is how many characters a request may say what it is for.
const maxNote = 1000

// Result is what a request does, or would do.
type Result struct {
	Revision int64     `json:"revision"`
	Changes  []Change  `json:"changes"`
	Warnings []Warning `json:"warnings"`
	// Job is the one that applies it, where that takes a while; the revision
	// is then the one that still holds.
	Job int64 `json:"job,omitempty"`
}

// Warning says what a person should know of definitions that can be applied all
// the same.
type Warning struct {
	Pointer string     `json:"pointer"`
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
}

// The risks of a change.
const (
	Safe        = "safe"
	Rewrite     = "rewrite"     // rows are read or written again; nothing is lost
	Destructive = "destructive" // values are no longer there afterwards
)

// Change is one definition that a request changes.
type Change struct {
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	Action  string   `json:"action"` // create, update or delete
	Risk    string   `json:"risk"`
	DDL     []string `json:"ddl"`
	Rows    int64    `json:"rows"`
	Summary string   `json:"summary"`
}

// plan is a request worked out against one catalog.
type plan struct {
	from, to *metadata.Catalog
	changed  []metadata.Definition
	deleted  []metadata.Key
	shape    store.Shape
	steps    []store.Step
	changes  []Change
	warnings []Warning
	// outdated are the computed fields that the steps leave to be worked out.
	outdated    []metadata.Reference
	environment metadata.Environment
}

// result is what is said of the plan.
func (p *plan) result(revision int64) *Result {
	return &Result{Revision: revision, Changes: p.changes, Warnings: p.warnings}
}

// Plan tells what a request would do and writes nothing. Faults:
// invalid_definition with pointers into the request, in_use with what still
// uses what would go.
func (s *Service) Plan(ctx context.Context, language string, request Request) (*Result, error) {
	from, err := s.load(ctx, s.store)
	if err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, s.store, from, request, language)
	if err != nil {
		return nil, err
	}
	if err := s.describe(ctx, s.store, p, language, true); err != nil {
		return nil, err
	}
	return p.result(from.Revision), nil
}

// plan works out what a request does; describe says how much that is.
func (s *Service) plan(ctx context.Context, reader store.Source, from *metadata.Catalog, request Request, language string) (*plan, error) {
	p := &plan{from: from, changes: []Change{}, warnings: []Warning{}}
	places, err := s.parse(p, request)
	if err != nil {
		return nil, err
	}
	if err := p.conflict(ctx, reader, request.Base, places); err != nil {
		return nil, err
	}
	if err := s.protect(p, places); err != nil {
		return nil, err
	}
	if p.environment, err = s.environment(ctx, reader); err != nil {
		return nil, err
	}
	to, problems := metadata.Compile(from.Revision+1, p.merged(), p.environment)
	if len(problems) > 0 {
		return nil, refusal(problems, places)
	}
	p.to = to
	if err := p.calendar(); err != nil {
		return nil, err
	}
	p.warn(places, language)
	if p.shape, err = store.Introspect(ctx, reader); err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	p.steps = store.Diff(p.shape.Objects, Tables(to), p.shape.Aside, to.Revision)
	p.outdated = to.Outdated(from)
	return p, nil
}

// parse reads the definitions of a request and leaves out those that are as
// they were. It returns where each stands in the request.
func (s *Service) parse(p *plan, request Request) (map[metadata.Key]string, error) {
	faults := fault.New(fault.InvalidDefinition)
	switch length := utf8.RuneCountInString(request.Note); {
	case length > maxNote:
		faults.At("/note", fault.TooLong, "max", maxNote, "length", length)
	case strings.ContainsRune(request.Note, 0):
		faults.At("/note", fault.InvalidText)
	}
	places := map[metadata.Key]string{}
	for i, raw := range request.Definitions {
		place := fmt.Sprintf("/definitions/%d", i)
		definition, err := s.schemas.Parse(raw)
		if f := fault.As(err); f != nil {
			if len(f.Items) == 0 {
				f.At("", f.Code)
			}
			faults.Items = append(faults.Items, f.Within(place).Items...)
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, twice := places[definition.Key]; twice {
			faults.At(place+"/name", fault.NameTaken, "name", definition.Name)
			continue
		}
		places[definition.Key] = place
		known, exists := p.from.Definition(definition.Key)
		if !exists || string(known.Document) != string(definition.Document) {
			p.changed = append(p.changed, definition)
		}
	}
	for i, key := range request.Delete {
		place := fmt.Sprintf("/delete/%d", i)
		if _, exists := p.from.Definition(key); !exists {
			faults.At(place, fault.DanglingReference, "kind", key.Kind, "name", key.Name)
			continue
		}
		places[key] = place
		p.deleted = append(p.deleted, key)
	}
	return places, faults.OrNil()
}

// merged are the definitions after the request.
func (p *plan) merged() []metadata.Definition {
	var merged []metadata.Definition
	replaced := map[metadata.Key]bool{}
	for _, definition := range p.changed {
		replaced[definition.Key] = true
	}
	for _, key := range p.deleted {
		replaced[key] = true
	}
	for _, definition := range p.from.Definitions() {
		if !replaced[definition.Key] {
			merged = append(merged, definition)
		}
	}
	merged = append(merged, p.changed...)
	slices.SortFunc(merged, func(a, b metadata.Definition) int {
		return strings.Compare(a.Key.String(), b.Key.String())
	})
	return merged
}

// warn gathers the warnings about what is in the request, and those that were
// not there before.
func (p *plan) warn(places map[metadata.Key]string, language string) {
	known := map[metadata.Use]bool{}
	for _, warning := range p.from.Warnings() {
		known[metadata.Use{Key: warning.Key, Pointer: warning.Pointer}] = true
	}
	for _, warning := range p.to.Warnings() {
		place, ours := places[warning.Key]
		if !ours && known[metadata.Use{Key: warning.Key, Pointer: warning.Pointer}] {
			continue
		}
		if !ours {
			place = "/" + warning.Key.String()
		}
		p.warnings = append(p.warnings, Warning{Pointer: place + warning.Pointer, Code: warning.Code, Message: fault.Text(language, warning.Code, warning.Params)})
	}
}

// calendar refuses to take away the organisation's calendar.
func (p *plan) calendar() error {
	name := p.to.Environment().Organisation.Calendar
	if _, there := p.to.Calendar(name); name == "" || there {
		return nil
	}
	return fault.New(fault.InUse).At("/"+metadata.OrganisationCalendar().String(), fault.DanglingReference, "kind", metadata.KindCalendar, "name", name)
}

// refusal says what is wrong: with the request's own definitions, or else
// which others still use what the request takes away.
func refusal(problems []metadata.Problem, places map[metadata.Key]string) error {
	invalid := fault.New(fault.InvalidDefinition)
	used := fault.New(fault.InUse)
	for _, problem := range problems {
		place, ours := places[problem.Key]
		if ours {
			item := problem.Item
			item.Pointer = place + item.Pointer
			invalid.Items = append(invalid.Items, item)
			continue
		}
		item := problem.Item
		item.Pointer = "/" + problem.Key.String() + item.Pointer
		used.Items = append(used.Items, item)
	}
	if len(invalid.Items) > 0 {
		return invalid
	}
	return used
}

// conflict refuses a request about a definition that changed since the
// revision that the caller knows.
func (p *plan) conflict(ctx context.Context, reader store.Reader, base *int64, places map[metadata.Key]string) error {
	if base == nil || *base == p.from.Revision {
		return nil
	}
	f := fault.New(fault.RevisionConflict, "base", *base)
	for key, place := range places {
		var newer int64
		err := reader.QueryRow(ctx, "SELECT coalesce(max(revision), 0) FROM sys_definition WHERE kind = ? AND name = ? AND revision > ?",
			key.Kind, key.Name, *base).Scan(&newer)
		if err != nil {
			return fmt.Errorf("look for newer revisions: %w", err)
		}
		if newer > 0 {
			f.At(place, fault.RevisionConflict, "base", *base)
		}
	}
	return f.OrNil()
}

// administrator is the role that may do everything, whatever it says.
func administrator() metadata.Key {
	return metadata.Key{Kind: metadata.KindRole, Name: metadata.RoleAdmin}
}

// protect refuses to take away what the product itself needs, and to write
// rights into the role that has them all.
func (s *Service) protect(p *plan, places map[metadata.Key]string) error {
	faults := fault.New(fault.InvalidDefinition)
	for _, builtin := range s.builtin {
		if slices.Contains(p.deleted, builtin.Key) && builtin.Kind != metadata.KindView && builtin.Kind != metadata.KindForm {
			faults.At(places[builtin.Key], fault.ProtectedDefinition)
		}
		for _, definition := range p.changed {
			if definition.Key == builtin.Key && definition.Key == administrator() && metadata.Grants(definition) {
				faults.At(places[definition.Key], fault.ProtectedDefinition)
			}
			if definition.Key != builtin.Key || builtin.Kind != metadata.KindObject {
				continue
			}
			for _, name := range metadata.MissingProperties(builtin, definition) {
				faults.At(places[definition.Key]+"/properties/"+name, fault.ProtectedDefinition)
			}
		}
	}
	return faults.OrNil()
}
