// Package query turns what a caller asks into a Plan: which records of an
// object, which fields, which order, all checked against the catalog and the
// caller's rights. A plan knows no SQL; store/row renders it. Start with
// Query and New.
package query

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/search"
)

// The limits of a query, named in the fault of a query that exceeds them.
const (
	DefaultLimit = 50
	MaxLimit     = 1000
	MaxOffset    = 10000
	MaxSorts     = 8
)

// Count says how a list counts its records.
const (
	CountNone     = "none"
	CountExact    = "exact"
	CountEstimate = "estimate"
)

// Query is what a caller asks of an object's records.
type Query struct {
	Where  string   // an expression; "" is every record
	Sort   []string // fields, "-field" for descending
	Fields []string // nil is every readable field
	Expand []string
	Limit  int // 0 is DefaultLimit
	Offset int
	Cursor string
	Count  string
	View   string
	Search string
	// Masked also gives the fields of which the actor sees a part, for an
	// answer.
	Masked bool

	viewFilter string // beside Where: two texts that are never joined into one
}

// Plan is a query that was understood and permitted.
type Plan struct {
	Object   *metadata.Object
	Decision *access.Decision
	Masked   *access.Decision // what is shown in part; nil when nothing is
	Where    []*expr.Program  // all must hold
	Search   *Search          // nil finds every record
	Fields   []int            // slots, in the order of the object
	Sort     []Sort           // ends with id
	Limit    int
	Offset   int
	After    []expr.Value // the sort values of the last record of the page before
	Count    string
	Input    expr.Input // the actor and the time, for the expressions
	Expand   []string
}

// Search is words that must all be found, each in any of the fields; without
// words nothing is.
type Search struct {
	Words  []search.Word
	Fields []*field.Field
}

// Sort is one key of an order.
type Sort struct {
	Field *field.Field
	Desc  bool
}

// Planner makes plans for one actor.
type Planner struct {
	Policy *access.Policy
	Actor  *access.Actor
	Now    time.Time
	Key    []byte // signs cursors
}

// Plan understands a query about an object. Faults have the code
// invalid_query and name the parameter in their pointer.
func (p *Planner) Plan(object *metadata.Object, q Query) (*Plan, error) {
	decision, err := p.Policy.Decide(p.Actor, object, access.Read)
	if err != nil {
		return nil, err
	}
	if decision.Nothing() {
		return nil, fault.New(fault.NotFound)
	}
	plan := &Plan{
		Object: object, Decision: decision, Limit: q.Limit, Offset: q.Offset, Count: q.Count,
		Input: p.Actor.Input(p.Now), Expand: q.Expand,
	}
	if err := p.fromView(object, &q); err != nil {
		return nil, err
	}
	if err := p.masked(plan, q); err != nil {
		return nil, err
	}
	faults := fault.New(fault.InvalidQuery)
	p.limits(plan, faults)
	p.where(plan, q, faults)
	p.fields(plan, q, faults)
	p.expand(plan, q, faults)
	p.sort(plan, q, faults)
	if err := lifted(faults); err != nil {
		return nil, err
	}
	return plan, p.after(plan, q)
}

// masked finds what is shown in part.
func (p *Planner) masked(plan *Plan, q Query) error {
	if !q.Masked {
		return nil
	}
	decision, err := p.Policy.Decide(p.Actor, plan.Object, access.Mask)
	if err == nil && !decision.Nothing() {
		plan.Masked = decision
	}
	return err
}

// Shows reports whether a field may be seen in any record, if only in part.
func (p *Plan) Shows(slot int) bool {
	return p.Decision.Ever(slot) || p.Masked != nil && p.Masked.Ever(slot)
}

// fromView takes filter, order and fields from a view where the query itself
// says nothing; the filters are joined.
func (p *Planner) fromView(object *metadata.Object, q *Query) error {
	if q.View == "" {
		return nil
	}
	view, ok := p.Policy.Catalog().View(object.Name, q.View)
	if !ok {
		return fault.New(fault.InvalidQuery).At("/view", fault.DanglingReference, "kind", metadata.KindView, "name", q.View)
	}
	if q.Sort == nil {
		q.Sort = view.Sort
	}
	q.viewFilter = view.FilterText
	return nil
}

func (p *Planner) limits(plan *Plan, faults *fault.Fault) {
	if plan.Limit == 0 {
		plan.Limit = DefaultLimit
	}
	if plan.Limit < 1 || plan.Limit > MaxLimit {
		faults.At("/limit", fault.OutOfRange, "min", 1, "max", MaxLimit)
	}
	if plan.Offset < 0 || plan.Offset > MaxOffset {
		faults.At("/offset", fault.OutOfRange, "min", 0, "max", MaxOffset)
	}
	switch plan.Count {
	case "":
		plan.Count = CountNone
	case CountNone, CountExact, CountEstimate:
	default:
		faults.At("/count", fault.UnknownOption, "value", plan.Count)
	}
}

func (p *Planner) where(plan *Plan, q Query, faults *fault.Fault) {
	if q.viewFilter != "" {
		p.condition(plan, "/view", q.viewFilter, faults)
	}
	if q.Where != "" {
		p.condition(plan, "/where", q.Where, faults)
	}
	switch {
	case q.Search == "":
	case utf8.RuneCountInString(q.Search) > maxSearch:
		faults.At("/q", fault.OutOfRange, "min", 0, "max", maxSearch)
	case !utf8.ValidString(q.Search), strings.ContainsRune(q.Search, 0):
		faults.At("/q", fault.InvalidQuery)
	default:
		plan.Search = &Search{Words: search.Parse(q.Search).Words, Fields: Searched(plan.Decision)}
	}
}

// maxSearch is how long a text to search for may be, in characters.
const maxSearch = 1000

func (p *Planner) condition(plan *Plan, pointer, source string, faults *fault.Fault) {
	program, err := p.Compile(plan.Object, source)
	if err != nil {
		addFault(faults, pointer, err)
		return
	}
	plan.Where = append(plan.Where, program)
}

// Compile checks a filter, and that the caller may read every field that it
// mentions: one that he may never see is one that does not exist.
func (p *Planner) Compile(object *metadata.Object, source string) (*expr.Program, error) {
	return p.Check(object, source, expr.Filter())
}

// Check is Compile for any use of an expression.
func (p *Planner) Check(object *metadata.Object, source string, use expr.Use) (*expr.Program, error) {
	program, err := p.Policy.Catalog().Compile(object.Name, source, use)
	if err == nil && p.mayRead(object, program) {
		return program, nil
	}
	// What is wrong is told as if hidden fields did not exist: a type that
	// does not fit would tell that there is one, and its type.
	if _, told := expr.Compile(seen{planner: p, source: source}, object.Name, source, use); told != nil {
		return nil, told //nolint:wrapcheck // an *expr.Error, which callers look for
	}
	if err == nil {
		err = fault.New(fault.NotFound)
	}
	return nil, err //nolint:wrapcheck // an *expr.Error, which callers look for
}

// mayRead reports whether the caller may read every field that a program
// mentions, along the lookups that lead to it.
func (p *Planner) mayRead(object *metadata.Object, program *expr.Program) bool {
	for _, path := range program.Mentions() {
		for at, on := 0, object; at < len(path); at++ {
			if !p.sees(on, path[at]) {
				return false
			}
			if target, ok := p.Policy.Catalog().Object(on.Fields[on.Owner(path[at])].Target); ok {
				on = target
			}
		}
	}
	return true
}

// sees reports whether the caller may ever read a field.
func (p *Planner) sees(object *metadata.Object, name string) bool {
	decision, err := p.Policy.Decide(p.Actor, object, access.Read)
	slot := object.Owner(name)
	return err == nil && slot >= 0 && decision.Ever(slot)
}

// seen is the schema as the caller knows it.
type seen struct {
	planner *Planner
	source  string
}

// Field tells of a field that the caller may read, or that is his own.
func (s seen) Field(object, name string) (expr.Field, bool) {
	catalog := s.planner.Policy.Catalog()
	on, ok := catalog.Object(object)
	own := object == "user" && strings.Contains(s.source, "me."+name)
	if !ok || !own && !s.planner.sees(on, name) {
		return expr.Field{}, false
	}
	return catalog.Field(object, name)
}

// Calendar finds a calendar; everybody may ask any.
func (s seen) Calendar(name string) (*calendar.Calendar, bool) {
	return s.planner.Policy.Catalog().Calendar(name)
}

// Searched are the fields whose words may find a record for whoever has the
// decision: one that he never sees finds none.
func Searched(decision *access.Decision) []*field.Field {
	var fields []*field.Field
	for slot, f := range decision.Object.Fields {
		if decision.Ever(slot) && decision.Object.Searchable(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

func (p *Planner) fields(plan *Plan, q Query, faults *fault.Fault) {
	plan.Fields = make([]int, 0, len(plan.Object.Fields))
	wanted := make(map[string]bool, len(q.Fields))
	for _, name := range q.Fields {
		slot := plan.Object.Slot(name)
		if slot < 0 || !plan.Shows(slot) {
			faults.At("/fields", fault.UnknownField, "field", name)
		}
		wanted[name] = true
	}
	for slot, f := range plan.Object.Fields {
		asked := q.Fields == nil || wanted[f.Name] || f.Name == metadata.FieldID || f.Name == metadata.FieldVersion
		if asked && plan.Shows(slot) {
			plan.Fields = append(plan.Fields, slot)
		}
	}
}

// expand knows only lookups that the caller may see.
func (p *Planner) expand(plan *Plan, q Query, faults *fault.Fault) {
	for _, name := range q.Expand {
		slot := plan.Object.Slot(name)
		switch {
		case slot < 0 || !plan.Decision.Ever(slot):
			faults.At("/expand", fault.UnknownField, "field", name)
		case plan.Object.Fields[slot].Target == "":
			faults.At("/expand", fault.NotAllowed, "what", name)
		}
	}
}

func (p *Planner) sort(plan *Plan, q Query, faults *fault.Fault) {
	sorts := q.Sort
	if len(sorts) == 0 {
		sorts = []string{"-" + metadata.FieldCreatedAt}
	}
	if len(sorts) > MaxSorts {
		faults.At("/sort", fault.OutOfRange, "min", 0, "max", MaxSorts)
		return
	}
	for _, key := range sorts {
		name, desc := strings.CutPrefix(strings.TrimPrefix(key, "+"), "-")
		slot := plan.Object.Slot(name)
		if slot < 0 || !plan.Decision.Ever(slot) {
			faults.At("/sort", fault.UnknownField, "field", name)
			continue
		}
		f := plan.Object.Fields[slot]
		if !f.Sortable() {
			faults.At("/sort", fault.NotSortable, "field", name)
			continue
		}
		plan.Sort = append(plan.Sort, Sort{Field: f, Desc: desc})
		if name == metadata.FieldID {
			return
		}
	}
	id, _ := plan.Object.Field(metadata.FieldID)
	desc := len(plan.Sort) > 0 && plan.Sort[0].Desc
	plan.Sort = append(plan.Sort, Sort{Field: id, Desc: desc})
}
