package analytics

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
)

// Report is the answer to a report.
type Report struct {
	Object string          `json:"object"`
	Where  string          `json:"where"`
	Period *Period         `json:"period"`
	At     time.Time       `json:"at"`
	Units  map[string]Unit `json:"units"` // of the measures
	Groups []Group         `json:"groups"`
	More   bool            `json:"more"` // there are groups beyond the limit

	Included map[string]map[string]Reference `json:"-"`
}

// Group is the figures of one group of records.
type Group struct {
	Values map[string]json.RawMessage `json:"values"` // what it is grouped by, and the measures
	Where  string                     `json:"where"`  // lists its records
}

// Reference is what a reader knows of a record that groups are named after.
type Reference struct {
	ID      string `json:"id"`
	Display string `json:"display"`
}

// Report evaluates a report. Faults: not_found, invalid_query.
func (s *Service) Report(ctx context.Context, actor *access.Actor, name string, filter Filter) (*Report, error) {
	r, err := s.reader(actor, metadata.Key{Kind: metadata.KindReport, Name: name}, filter)
	if err != nil {
		return nil, err
	}
	report, _ := metadata.Find[*metadata.Report](r.policy.Catalog(), metadata.KindReport, name)
	period := r.period(report.Period)
	figures, where, err := r.aggregate(ctx, report.Counted, grouped(report), period)
	if err != nil {
		return nil, err
	}
	answer := &Report{Object: report.Object, Where: where, At: r.now.UTC(), Units: map[string]Unit{}, Groups: []Group{}}
	if report.Date != "" {
		answer.Period = period.told()
	}
	for _, measure := range report.Measures {
		answer.Units[measure.Name] = unit(r.policy.Catalog(), measure.Format)
	}
	if report.Chart == "line" && len(report.Sort) == 0 {
		figures.Rows = filled(figures)
	}
	if limit := shown(report); len(figures.Rows) > limit {
		figures.Rows, answer.More = figures.Rows[:limit], true
	}
	conditions := r.conditions(figures)
	if report.Cumulative {
		conditions = addUp(figures)
	}
	for i, values := range figures.Rows {
		answer.Groups = append(answer.Groups, group(figures, values, both(where, conditions[i])))
	}
	included, err := r.records.Referred(ctx, actor, figures)
	answer.Included = references(included)
	return answer, err
}

// shown is how many groups a report shows.
func shown(report *metadata.Report) int { return cmp.Or(report.Limit, query.MaxLimit) }

// grouped is a report as a query has it, with one group more than it shows.
func grouped(report *metadata.Report) query.Aggregate {
	ask := query.Aggregate{Measures: measureAsks(report.Measures...), Sort: report.Sort, Limit: shown(report) + 1}
	for _, group := range report.Groups {
		ask.Groups = append(ask.Groups, query.GroupAsk{Field: group.Field, By: group.By})
	}
	return ask
}

func group(figures *record.Figures, values []expr.Value, where string) Group {
	g := Group{Values: map[string]json.RawMessage{}, Where: where}
	for column, group := range figures.Plan.Groups {
		g.Values[group.Field.Name] = figures.Cell(values, column)
	}
	for i, measure := range figures.Plan.Measures {
		g.Values[measure.As] = figures.Cell(values, len(figures.Plan.Groups)+i)
	}
	return g
}

// conditions list the records of each group.
func (r *reader) conditions(figures *record.Figures) []string {
	conditions := make([]string, len(figures.Rows))
	for i, values := range figures.Rows {
		var all []string
		for column, group := range figures.Plan.Groups {
			all = append(all, ofGroup(group, values[column], r.actor.ZoneOrUTC()))
		}
		conditions[i] = both(all...)
	}
	return conditions
}

// addUp makes each group count those after it as well, and lists the records of
// all of them.
func addUp(figures *record.Figures) []string {
	f := figures.Plan.Groups[0].Field
	conditions := make([]string, len(figures.Rows))
	listed := ""
	for i := len(figures.Rows) - 1; i >= 0; i-- {
		values := figures.Rows[i]
		if i < len(figures.Rows)-1 {
			listed = ", " + listed
			for column := 1; column < len(values); column++ {
				values[column] = sum(values[column], figures.Rows[i+1][column])
			}
		}
		listed = literal(values[0]) + listed
		conditions[i] = f.Name + " in [" + listed + "]"
		if values[0] == nil { // the first, so that it counts all
			conditions[i] = ""
		}
	}
	return conditions
}

func sum(a, b expr.Value) expr.Value {
	x, ok := a.(decimal.Decimal)
	if !ok {
		return b
	}
	y, _ := b.(decimal.Decimal)
	return x.Add(y)
}

// filled gives a line the units of time in which there is nothing.
func filled(figures *record.Figures) [][]expr.Value {
	by := figures.Plan.Groups[0].By
	if by.Name == "" {
		return figures.Rows
	}
	var rows [][]expr.Value
	for _, values := range figures.Rows {
		label, ok := values[0].(string)
		for ok && len(rows) > 0 && len(rows) <= query.MaxLimit {
			last, _ := rows[len(rows)-1][0].(string)
			_, next, dated := by.Days(last)
			between := by.LabelOf(next)
			if !dated || between == label {
				break
			}
			rows = append(rows, nothing(figures, between))
		}
		rows = append(rows, values)
	}
	return rows
}

// nothing is the figures of a unit of time without records.
func nothing(figures *record.Figures, label string) []expr.Value {
	values := []expr.Value{label}
	for _, measure := range figures.Plan.Measures {
		switch measure.Function {
		case "count", "count_distinct", "sum":
			values = append(values, decimal.Zero)
		default:
			values = append(values, nil)
		}
	}
	return values
}

func references(included record.Included) map[string]map[string]Reference {
	all := map[string]map[string]Reference{}
	for object, byID := range included {
		all[object] = map[string]Reference{}
		for id, reference := range byID {
			all[object][id] = Reference{ID: id, Display: reference.Display}
		}
	}
	return all
}
