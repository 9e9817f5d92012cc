package metadata

import (
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// pending is a formula or a roll-up whose expressions are not compiled yet. It
// is compiled when the first other one mentions it, so that each is complete
// before it is used, and one that needs itself is found.
type pending struct {
	check    *Check
	object   *Object
	field    *field.Field
	document propertyDocument
	state    progress
}

type progress uint8

const (
	untouched progress = iota
	underway
	settled
	failed
)

func (p *pending) name() string { return p.object.Name + "." + p.field.Name }

// postpone notes a computed field, to be compiled when all objects are known.
func (c *Check) postpone(object *Object, f *field.Field, document propertyDocument) {
	f.Writable = false
	if !slices.Contains([]string{"text", "date", "datetime", "boolean"}, document.Field) {
		f.MaxLength = 0
	}
	c.builder.pending = append(c.builder.pending, &pending{check: c, object: object, field: f, document: document})
}

// computed compiles the formulas and the roll-ups.
func (b *builder) computed() {
	for _, p := range b.pending {
		b.settle(p)
	}
	for _, p := range b.pending {
		if p.state == settled {
			p.object.boundKeys()
		}
	}
}

// settle compiles one computed field and, before it, those that it needs.
func (b *builder) settle(p *pending) bool {
	if p.state != untouched {
		return p.state == settled
	}
	p.state = underway
	b.path = append(b.path, p)
	before := len(b.problems)
	s := &settling{builder: b, of: p}
	if p.document.Field == "rollup" {
		s.rollup()
	} else {
		s.formula()
	}
	b.path = b.path[:len(b.path)-1]
	if p.state = failed; s.broken || len(b.problems) > before {
		return false
	}
	p.state = settled
	p.field.Prepare()
	b.catalog.computed = append(b.catalog.computed, Reference{Object: p.object, Field: p.field})
	if p.field.Computed.Formula != nil && !p.field.Computed.Virtual {
		p.object.Formulas = append(p.object.Formulas, p.object.Slot(p.field.Name))
	}
	return true
}

// settling compiles one computed field. As a schema it lets expressions mention
// others, which are compiled first.
type settling struct {
	*builder
	of     *pending
	broken bool // something that it needs is wrong, which is reported there
}

var _ expr.Schema = (*settling)(nil)

// Field gives a field once it is complete.
func (s *settling) Field(object, name string) (expr.Field, bool) {
	i := slices.IndexFunc(s.pending, func(p *pending) bool { return p.object.Name == object && p.field.Name == name })
	if i >= 0 {
		if needed := s.pending[i]; needed.state == underway {
			s.broken = true
			s.cycle(needed)
			return expr.Field{}, false
		} else if !s.settle(needed) {
			s.broken = true
			return expr.Field{}, false
		}
	}
	return s.catalog.Field(object, name)
}

// Calendar finds a calendar, all of which are read before.
func (s *settling) Calendar(name string) (*calendar.Calendar, bool) { return s.catalog.Calendar(name) }

// cycle reports a computed field that needs itself, with the way back to it.
func (s *settling) cycle(needed *pending) {
	at := slices.Index(s.path, needed)
	names := []string{}
	for _, p := range s.path[at:] {
		names = append(names, p.name())
	}
	names = append(names, needed.name())
	needed.check.Report("/properties/"+needed.field.Name, fault.ComputedCycle, "path", strings.Join(names, " → "))
}

func (s *settling) report(below string, code fault.Code, pairs ...any) {
	s.of.check.Report("/properties/"+s.of.field.Name+below, code, pairs...)
}

// compile compiles an expression of the field, or reports what is wrong.
func (s *settling) compile(below, object, source string, use expr.Use) *expr.Program {
	if source == "" {
		return nil
	}
	pointer := "/properties/" + s.of.field.Name + below
	program, err := expr.Compile(s, object, source, use)
	switch {
	case err == nil:
		s.of.check.mentions(pointer, program)
	case !s.broken:
		s.problem(s.of.check.Key, expressionItem(pointer, err))
	}
	return program
}

// formula compiles a formula. One that reads only what the writing of its own
// record settles is kept; the moment and the author of the last change are not,
// because they are known only when the record is written.
func (s *settling) formula() {
	f := s.of.field
	program := s.compile("/expression", s.of.object.Name, s.of.document.Expression, expr.Computed(expr.Any))
	if program == nil {
		return
	}
	f.Computed = &field.Computed{Formula: program, Virtual: !program.Own() || program.Type.Kind == expr.Record}
	s.inputs(f.Computed, s.of.object, program)
	for _, path := range program.Mentions() {
		mentioned := s.of.object.Fields[s.of.object.Owner(path[0])]
		late := slices.Contains([]string{FieldUpdatedAt, FieldUpdatedBy, FieldVersion}, path[0])
		f.Computed.Virtual = f.Computed.Virtual || late || mentioned.IsVirtual()
	}
	s.show(program.Type, s.same(s.of.object, program))
	if f.Computed.Virtual && (f.Index || f.Unique) {
		s.report("/index", fault.NotIndexable, "field", f.Name)
	}
}

// rollup compiles a roll-up.
func (s *settling) rollup() {
	f, doc := s.of.field, s.of.document
	name, lookup, _ := strings.Cut(doc.Of, ".")
	child := s.of.check.Object("/properties/"+f.Name+"/of", name)
	if child == nil {
		return
	}
	link, ok := child.Field(lookup)
	if !ok || !link.PointsTo(s.of.object.Name) || link.System || link.Kind.Column(link).Type != field.ID {
		s.report("/of", fault.UnknownField, "field", doc.Of)
		return
	}
	s.of.check.Field("/properties/"+f.Name+"/of", child, lookup)
	if doc.Value == "" && doc.Function != "count" {
		s.report("/value", fault.Required)
		return
	}
	use := expr.Computed(expr.Any)
	if doc.Function == "sum" || doc.Function == "avg" {
		use = expr.Computed(expr.Number)
	}
	f.Computed = &field.Computed{Rollup: &field.Rollup{
		Object: name, Lookup: lookup, Function: doc.Function, Deferred: doc.Deferred,
		Value: s.kept(child, "/value", doc.Value, use), Where: s.kept(child, "/where", doc.Where, expr.Condition()),
	}, Inputs: []field.Input{{Object: name, Field: lookup}}}
	rollup := f.Computed.Rollup
	if rollup.Value == nil && doc.Value != "" || rollup.Where == nil && doc.Where != "" {
		return
	}
	s.inputs(f.Computed, child, rollup.Value)
	s.inputs(f.Computed, child, rollup.Where)
	if s.shape(child, rollup) {
		child.Feeds = append(child.Feeds, Reference{Object: s.of.object, Field: f})
	}
}

// kept compiles an expression about the children. It may read only what each
// of them keeps, because nothing else tells that the roll-up must change.
func (s *settling) kept(child *Object, below, source string, use expr.Use) *expr.Program {
	use.Paths = false
	program := s.compile(below, child.Name, source, use)
	if program == nil {
		return nil
	}
	if !program.Own() {
		s.report(below, fault.NotAllowed, "what", source)
		return nil
	}
	for _, path := range program.Mentions() {
		if child.Fields[child.Owner(path[0])].IsVirtual() {
			s.report(below, fault.NotAllowed, "what", path[0])
			return nil
		}
	}
	return program
}

// shape finds the kind that a roll-up is shown as.
func (s *settling) shape(child *Object, rollup *field.Rollup) bool {
	switch rollup.Function {
	case "count":
		s.showAs("integer")
		return true
	case "sum", "avg":
		same := s.same(child, rollup.Value)
		if rollup.Function == "avg" {
			same = nil
		}
		s.show(expr.Type{Kind: expr.Number}, same)
		return true
	}
	if kind := rollup.Value.Type.Kind; kind != expr.Number && kind != expr.Day && kind != expr.Instant {
		s.report("/value", fault.WrongResult, "expected", expr.Number.String(), "actual", kind.String())
		return false
	}
	s.show(rollup.Value.Type, s.same(child, rollup.Value))
	return true
}

// inputs adds the fields that an expression reads, and in place of a computed
// one those that it comes from.
func (s *settling) inputs(computed *field.Computed, object *Object, program *expr.Program) {
	if program == nil {
		return
	}
	add := func(input field.Input) {
		if !slices.Contains(computed.Inputs, input) {
			computed.Inputs = append(computed.Inputs, input)
		}
	}
	for _, path := range program.Mentions() {
		at := object
		for _, name := range path {
			f := at.Fields[at.Owner(name)]
			if f.Computed == nil {
				add(field.Input{Object: at.Name, Field: f.Name})
			} else {
				for _, input := range f.Computed.Inputs {
					add(input)
				}
			}
			at = s.catalog.objects[f.Target]
		}
	}
}

// same is the field that an expression gives as it is, or nil.
func (s *settling) same(object *Object, program *expr.Program) *field.Field {
	path := program.Path()
	for i, name := range path {
		f, ok := object.Field(name)
		if i == len(path)-1 || !ok {
			return f
		}
		object = s.catalog.objects[f.Target]
	}
	return nil
}

// show gives the field the kind it is shown as: the one it names, or that of
// the field whose value it is, or else the plain one of its type.
func (s *settling) show(t expr.Type, same *field.Field) {
	plain := map[expr.Kind]string{
		expr.Bool: "boolean", expr.Number: "decimal", expr.Text: "text", expr.Day: "date",
		expr.Instant: "datetime", expr.Set: "multiselect", expr.Record: "lookup",
	}
	s.of.field.Target = t.Object
	kind, ok := plain[t.Kind]
	switch {
	case !ok:
		s.report("/expression", fault.WrongResult, "expected", expr.Text.String(), "actual", t.Kind.String())
		return
	case s.of.document.As == "" && same != nil && same.Kind.Type(same).Kind == t.Kind && slices.Contains(s.shown(), same.Kind.Name()):
		kind = same.Kind.Name()
		s.of.field.Options = same.Options
		if s.of.field.Decimals < 0 {
			s.of.field.Decimals = same.Decimals
		}
	}
	s.showAs(kind)
	if got := s.of.field.Kind.Type(s.of.field).Kind; got != t.Kind {
		s.report("/as", fault.WrongResult, "expected", t.Kind.String(), "actual", got.String())
	}
}

// shown are the kinds of which a computed value may be: those that keep it in
// one column and as it is.
func (*settling) shown() []string {
	return []string{
		"text", "longtext", "integer", "decimal", "percent", "boolean", "date", "datetime", "duration", "select", "multiselect",
		"email", "phone", "url", "user", "lookup",
	}
}

func (s *settling) showAs(kind string) {
	if s.of.document.As != "" {
		kind = s.of.document.As
	}
	found, ok := s.environment.Kinds.Get(kind)
	if !ok {
		s.report("/as", fault.UnknownFieldKind, "field", kind)
		return
	}
	s.of.field.Kind = found
}
