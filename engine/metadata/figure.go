package metadata

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// How a figure is written.
const (
	FormatNumber  = "number"
	FormatPercent = "percent"
	FormatMoney   = "money"
)

// What a dashboard lets its reader choose.
const (
	FilterPeriod     = "period"
	FilterOwner      = "owner"
	FilterDepartment = "department"
)

// Counted are the records that a figure is of.
type Counted struct {
	Object string
	Where  string
	Date   string // the field that the period is about, or ""
	Period string // where nobody chooses another, or ""
}

// Measure is one figure of records: how many there are, or a function of a
// field.
type Measure struct {
	Name     string
	Title    field.Label
	Function string
	Field    string
	Format   string
}

// Metric is a named figure: a measure of records, or a formula over the figures
// of other metrics.
type Metric struct {
	Name  string
	Title field.Label
	Counted
	Measure Measure
	Formula *expr.Program // nil for a measure
	Parts   []string      // the metrics that the formula names
	Compare bool          // with the period before
	Format  string
}

// Report is figures of groups of records.
type Report struct {
	Name  string
	Title field.Label
	Counted
	Groups     []Grouping
	Measures   []Measure
	Sort       []string
	Limit      int
	Chart      string
	Cumulative bool // each group counts those after it as well
}

// Grouping is a field by which records are grouped, a time by a unit.
type Grouping struct {
	Field string `json:"field"`
	By    string `json:"by"`
}

// Dashboard is metrics and reports on a grid.
type Dashboard struct {
	Name    string
	Title   field.Label
	Filters []string
	Cards   []Card
}

// Card is the place of a metric or a report, in twelfths of the width.
type Card struct {
	Metric string `json:"metric"`
	Report string `json:"report"`
	X      int    `json:"x"`
	Y      int    `json:"y"`
	W      int    `json:"w"`
	H      int    `json:"h"`
}

// Shows is the definition that the card shows.
func (c Card) Shows() Key {
	if c.Report != "" {
		return Key{Kind: KindReport, Name: c.Report}
	}
	return Key{Kind: KindMetric, Name: c.Metric}
}

// overlaps tells whether two cards take the same place.
func (c Card) overlaps(other Card) bool {
	return c.X < other.X+other.W && other.X < c.X+c.W && c.Y < other.Y+other.H && other.Y < c.Y+c.H
}

// countedDocument is what metrics and reports have in common, as it is written.
type countedDocument struct {
	Title, Object, Where, Date, Period string
}

// counted checks which records a figure is of.
func (c *Check) counted(doc countedDocument) (*Object, Counted) {
	counted := Counted{Object: doc.Object, Where: doc.Where, Date: doc.Date, Period: doc.Period}
	object := c.Object("/object", doc.Object)
	if object == nil {
		return nil, counted
	}
	c.Expression("/where", doc.Object, doc.Where, expr.Filter())
	if doc.Date != "" {
		if f := c.Field("/date", object, doc.Date); f != nil && !isTime(f) {
			c.Report("/date", fault.WrongType, "expected", "date")
		}
	}
	if doc.Date == "" && doc.Period != "" {
		c.Report("/date", fault.Required)
	}
	return object, counted
}

// isTime tells whether a field holds days or instants.
func isTime(f *field.Field) bool {
	kind := f.Kind.Type(f).Kind
	return kind == expr.Day || kind == expr.Instant
}

// measureDocument is a measure as it is written.
type measureDocument struct{ Name, Title, Function, Field string }

// measure checks a measure, and finds how its figure is written.
func (c *Check) measure(pointer string, object *Object, doc measureDocument) Measure {
	measure := Measure{
		Name: doc.Name, Function: doc.Function, Field: doc.Field, Format: FormatNumber,
		Title: c.Label(pointer+"/title", orName(doc.Title, doc.Name)),
	}
	if doc.Field == "" {
		if doc.Function != "count" {
			c.Report(pointer+"/field", fault.Required)
		}
		return measure
	}
	f := c.Field(pointer+"/field", object, doc.Field)
	if f == nil {
		return measure
	}
	if !Measurable(doc.Function, f) {
		c.Report(pointer+"/function", fault.UnknownOption, "value", doc.Function)
	}
	if slices.Contains([]string{"sum", "avg", "min", "max"}, doc.Function) {
		measure.Format = cmp.Or(map[string]string{"money": FormatMoney, "percent": FormatPercent}[f.Kind.Name()], FormatNumber)
	}
	return measure
}

// Measurable tells whether a function can be taken of a field, nil where
// records are counted.
func Measurable(function string, f *field.Field) bool {
	var kind expr.Kind
	if f != nil {
		kind = f.Kind.Type(f).Kind
		if f.Lines != nil { // they are records of their own
			return false
		}
	}
	switch function {
	case "count":
		return true
	case "count_distinct":
		return f != nil && kind != expr.Set
	case "sum", "avg":
		return kind == expr.Number
	case "min", "max":
		return kind == expr.Number || kind == expr.Day || kind == expr.Instant
	default:
		return false
	}
}

// metricKind is a named figure.
func metricKind() DefinitionKind {
	return DefinitionKind{Kind: KindMetric, English: "metric", Chinese: "指标", Check: (*Check).metric}
}

func (c *Check) metric() any {
	var doc struct {
		countedDocument
		Measure measureDocument
		Formula string
		Compare bool
		Format  string
	}
	if !c.Decode(&doc) {
		return nil
	}
	metric := &Metric{Name: c.Name, Title: c.Label("/title", orName(doc.Title, c.Name)), Compare: doc.Compare}
	if doc.Formula != "" {
		metric.Period = doc.Period
		metric.Format = cmp.Or(doc.Format, FormatNumber)
		metric.Formula, metric.Parts = c.formula(doc.Formula)
		return metric
	}
	object, counted := c.counted(doc.countedDocument)
	if object == nil {
		return nil
	}
	metric.Counted, metric.Measure = counted, c.measure("/measure", object, doc.Measure)
	if f, ok := object.Field(doc.Measure.Field); ok && isTime(f) && (doc.Measure.Function == "min" || doc.Measure.Function == "max") {
		c.Report("/measure/function", fault.UnknownOption, "value", doc.Measure.Function) // a metric is a number
	}
	metric.Format = cmp.Or(doc.Format, metric.Measure.Format)
	return metric
}

// formula compiles a formula over metrics, and gives the metrics it names.
func (c *Check) formula(source string) (*expr.Program, []string) {
	program, err := expr.Compile(metricSchema{c.builder}, "", source, expr.Computed(expr.Number))
	if err != nil {
		c.builder.problem(c.Key, expressionItem("/formula", err))
		return nil, nil
	}
	var parts []string
	for _, path := range program.Mentions() {
		c.Names("/formula", KindMetric, path[0])
		parts = append(parts, path[0])
	}
	return program, parts
}

// metricSchema lets a formula speak of the metrics that are measures.
type metricSchema struct{ builder *builder }

// Field tells that a metric is a number.
func (s metricSchema) Field(_, name string) (expr.Field, bool) {
	definition, ok := s.builder.definition(KindMetric, name)
	if !ok || definition.tree.get("measure") == nil {
		return expr.Field{}, false
	}
	return expr.Field{Name: name, Type: expr.Type{Kind: expr.Number}}, true
}

// Calendar finds a calendar of the catalog.
func (s metricSchema) Calendar(name string) (*calendar.Calendar, bool) {
	return s.builder.catalog.Calendar(name)
}

// reportKind is figures of groups of records.
func reportKind() DefinitionKind {
	return DefinitionKind{Kind: KindReport, English: "report", Chinese: "报表", Check: (*Check).report}
}

func (c *Check) report() any {
	var doc struct {
		countedDocument
		Groups     []Grouping
		Measures   []measureDocument
		Sort       []string
		Limit      int
		Chart      string
		Cumulative bool
	}
	if !c.Decode(&doc) {
		return nil
	}
	object, counted := c.counted(doc.countedDocument)
	if object == nil {
		return nil
	}
	report := &Report{
		Name: c.Name, Title: c.Label("/title", orName(doc.Title, c.Name)), Counted: counted, Groups: doc.Groups,
		Sort: doc.Sort, Limit: doc.Limit, Chart: cmp.Or(doc.Chart, "table"), Cumulative: doc.Cumulative,
	}
	var names []string
	known := func(at, name string) {
		if slices.Contains(names, name) {
			c.Report(at, fault.NameTaken, "name", name)
		}
		names = append(names, name)
	}
	for i, group := range doc.Groups {
		at := fmt.Sprintf("/groups/%d", i)
		known(at+"/field", group.Field)
		c.grouping(at, object, group)
	}
	for i, measure := range doc.Measures {
		at := fmt.Sprintf("/measures/%d", i)
		known(at+"/name", measure.Name)
		report.Measures = append(report.Measures, c.measure(at, object, measure))
	}
	for i, key := range doc.Sort {
		if name := strings.TrimPrefix(key, "-"); !slices.Contains(names, name) {
			c.Report(fmt.Sprintf("/sort/%d", i), fault.UnknownField, "field", name)
		}
	}
	c.drawn(object, report)
	return report
}

// grouping checks a field by which records are grouped.
func (c *Check) grouping(at string, object *Object, group Grouping) {
	f := c.Field(at+"/field", object, group.Field)
	switch {
	case f == nil:
	case f.Lines != nil || f.Kind.Column(f).Type == field.JSON:
		c.Report(at+"/field", fault.NotGroupable, "field", group.Field)
	case group.By != "" && !isTime(f):
		c.Report(at+"/by", fault.UnknownOption, "value", group.By)
	}
}

// drawn checks that a report is what its chart can show: one group and, in a
// funnel, one measure. Only options have an order in which to add up.
func (c *Check) drawn(object *Object, report *Report) {
	if report.Chart != "table" && len(report.Groups) != 1 {
		c.Report("/chart", fault.UnknownOption, "value", report.Chart)
	}
	if report.Chart == "funnel" && len(report.Measures) != 1 {
		c.Report("/measures", fault.OutOfRange, "min", 1, "max", 1)
	}
	if !report.Cumulative {
		return
	}
	f, ok := object.Field(report.Groups[0].Field)
	adds := func(m Measure) bool { return m.Function == "count" || m.Function == "sum" }
	if !ok || f.Options == nil || len(report.Groups) > 1 || len(report.Sort) > 0 || report.Limit > 0 || slices.ContainsFunc(report.Measures, func(m Measure) bool { return !adds(m) }) {
		c.Report("/cumulative", fault.NotAllowed, "what", "cumulative")
	}
}

// dashboardKind is reports and metrics on a grid.
func dashboardKind() DefinitionKind {
	return DefinitionKind{Kind: KindDashboard, English: "dashboard", Chinese: "仪表盘", Check: (*Check).dashboard}
}

// dashboardWidth is how many parts the width of a dashboard has.
const dashboardWidth = 12

func (c *Check) dashboard() any {
	var doc struct {
		Title   string
		Filters []string
		Cards   []Card
	}
	if !c.Decode(&doc) {
		return nil
	}
	for i, card := range doc.Cards {
		at := fmt.Sprintf("/cards/%d", i)
		shown := card.Shows()
		c.Names(at+"/"+shown.Kind, shown.Kind, shown.Name)
		if card.X+card.W > dashboardWidth {
			c.Report(at+"/w", fault.OutOfRange, "min", 1, "max", dashboardWidth-card.X)
		}
		if slices.ContainsFunc(doc.Cards[:i], card.overlaps) {
			c.Report(at, fault.NotAllowed, "what", fmt.Sprintf("x %d, y %d", card.X, card.Y))
		}
	}
	return &Dashboard{Name: c.Name, Title: c.Label("/title", orName(doc.Title, c.Name)), Filters: doc.Filters, Cards: doc.Cards}
}
