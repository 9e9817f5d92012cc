package query

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Aggregate is what a caller asks about many records at once.
type Aggregate struct {
	Where    string       `json:"where"`
	Groups   []GroupAsk   `json:"groups"`
	Measures []MeasureAsk `json:"measures"`
	Having   string       `json:"having"`
	Sort     []string     `json:"sort"`
	Limit    int          `json:"limit"`
	View     string       `json:"view"`
	Search   string       `json:"q"`
}

// GroupAsk groups by a field; a date or an instant by a unit of time.
type GroupAsk struct {
	Field string `json:"field"`
	By    string `json:"by"`
}

// MeasureAsk is one figure of each group.
type MeasureAsk struct {
	As       string `json:"as"`
	Function string `json:"function"`
	Field    string `json:"field"`
}

// The limits of an aggregate.
const (
	MaxGroups     = 4
	MaxMeasures   = 20
	MaxGroupRows  = 10000
	maxGroupLabel = 48
)

// AggregatePlan is an aggregate that was understood and permitted.
type AggregatePlan struct {
	Plan
	Groups   []Group
	Measures []Measure
	Having   *expr.Program
	Order    []OrderKey
	Rows     int
}

// Group is one key of the groups.
type Group struct {
	Field *field.Field
	By    Unit // without a name where it is not by time
}

// Measure is one figure of each group. Field is nil where records are counted.
type Measure struct {
	As       string
	Function string
	Field    *field.Field
}

// OrderKey sorts the groups by one of their columns.
type OrderKey struct {
	Column string
	Desc   bool
}

// Units are the units of time by which records are grouped.
func Units() []string {
	return []string{"day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"}
}

// Aggregate understands an aggregate.
func (p *Planner) Aggregate(object *metadata.Object, ask Aggregate) (*AggregatePlan, error) {
	plan, err := p.Plan(object, Query{Where: ask.Where, View: ask.View, Search: ask.Search, Fields: []string{}, Limit: 1})
	if err != nil {
		return nil, err
	}
	a := &AggregatePlan{Plan: *plan, Rows: ask.Limit}
	if a.Rows == 0 {
		a.Rows = MaxLimit
	}
	faults := fault.New(fault.InvalidQuery)
	if a.Rows < 1 || a.Rows > MaxGroupRows {
		faults.At("/limit", fault.OutOfRange, "min", 1, "max", MaxGroupRows)
	}
	p.groups(a, ask.Groups, faults)
	p.measures(a, ask.Measures, faults)
	p.having(a, ask.Having, faults)
	for i, key := range ask.Sort {
		name, desc := strings.CutPrefix(key, "-")
		if !slices.Contains(a.columns(), name) {
			faults.At(fmt.Sprintf("/sort/%d", i), fault.UnknownField, "field", name)
		}
		a.Order = append(a.Order, OrderKey{Column: name, Desc: desc})
	}
	return a, lifted(faults)
}

func (a *AggregatePlan) columns() []string {
	var names []string
	for _, group := range a.Groups {
		names = append(names, group.Field.Name)
	}
	for _, measure := range a.Measures {
		names = append(names, measure.As)
	}
	return names
}

func (p *Planner) field(a *AggregatePlan, pointer, name string, faults *fault.Fault) *field.Field {
	slot := a.Object.Slot(name)
	if slot < 0 || !a.Decision.Ever(slot) {
		faults.At(pointer, fault.UnknownField, "field", name)
		return nil
	}
	return a.Object.Fields[slot]
}

func (p *Planner) groups(a *AggregatePlan, asks []GroupAsk, faults *fault.Fault) {
	if len(asks) > MaxGroups {
		faults.At("/groups", fault.OutOfRange, "min", 0, "max", MaxGroups)
		return
	}
	for i, ask := range asks {
		at := fmt.Sprintf("/groups/%d", i)
		f := p.field(a, at+"/field", ask.Field, faults)
		if f == nil {
			continue
		}
		timed := f.Kind.Type(f).Kind == expr.Day || f.Kind.Type(f).Kind == expr.Instant
		switch {
		case f.Kind.Column(f).Type == field.JSON:
			faults.At(at+"/field", fault.NotGroupable, "field", ask.Field)
		case ask.By != "" && (!timed || !slices.Contains(Units(), ask.By)):
			faults.At(at+"/by", fault.UnknownOption, "value", ask.By)
		case slices.ContainsFunc(a.Groups, func(g Group) bool { return g.Field == f }):
			faults.At(at+"/field", fault.NotAllowed, "what", ask.Field)
		default:
			start := max(p.Policy.Catalog().Environment().Organisation.FiscalYearStart, int(time.January))
			a.Groups = append(a.Groups, Group{Field: f, By: Unit{Name: ask.By, FiscalStart: time.Month(start)}})
		}
	}
}

var measureName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

func (p *Planner) measures(a *AggregatePlan, asks []MeasureAsk, faults *fault.Fault) {
	if len(asks) < 1 || len(asks) > MaxMeasures {
		faults.At("/measures", fault.OutOfRange, "min", 1, "max", MaxMeasures)
		return
	}
	for i, ask := range asks {
		at := fmt.Sprintf("/measures/%d", i)
		if !measureName.MatchString(ask.As) || len(ask.As) > maxGroupLabel || slices.Contains(a.columns(), ask.As) {
			faults.At(at+"/as", fault.NotAllowed, "what", ask.As)
			continue
		}
		measure := Measure{As: ask.As, Function: ask.Function}
		if ask.Function != "count" || ask.Field != "" {
			if measure.Field = p.field(a, at+"/field", ask.Field, faults); measure.Field == nil {
				continue
			}
		}
		if !metadata.Measurable(ask.Function, measure.Field) {
			faults.At(at+"/function", fault.UnknownOption, "value", ask.Function)
			continue
		}
		a.Measures = append(a.Measures, measure)
	}
}

// Type is what an expression sees of a measure.
func (m Measure) Type() expr.Type {
	if m.Field == nil || m.Function == "count" || m.Function == "count_distinct" || m.Function == "avg" {
		return expr.Type{Kind: expr.Number}
	}
	return m.Field.Kind.Type(m.Field)
}

// groupSchema lets "having" speak of the columns of an aggregate.
type groupSchema struct {
	plan    *AggregatePlan
	catalog *metadata.Catalog
}

func (s groupSchema) Field(_, name string) (expr.Field, bool) {
	for _, measure := range s.plan.Measures {
		if measure.As == name {
			return expr.Field{Name: name, Type: measure.Type()}, true
		}
	}
	for _, group := range s.plan.Groups {
		if group.Field.Name == name && group.By.Name == "" {
			return expr.Field{Name: name, Type: group.Field.Kind.Type(group.Field), Options: group.Field.Options.Values()}, true
		}
	}
	return expr.Field{}, false
}

// Calendar finds a calendar of the catalog.
func (s groupSchema) Calendar(name string) (*calendar.Calendar, bool) {
	return s.catalog.Calendar(name)
}

func (p *Planner) having(a *AggregatePlan, source string, faults *fault.Fault) {
	if source == "" {
		return
	}
	program, err := expr.Compile(groupSchema{plan: a, catalog: p.Policy.Catalog()}, "", source, expr.Filter())
	if err != nil {
		addFault(faults, "/having", err)
		return
	}
	a.Having = program
}

// Column is the place of a group or a measure in a row of the answer.
func (a *AggregatePlan) Column(name string) int { return slices.Index(a.columns(), name) }
