// Package analytics answers what metrics and reports say, to one reader: the
// figures, each with the records behind it as an expression that lists exactly
// those. What a reader may not see counts for nothing, and a metric or a report
// that needs it does not exist for him. Start with Service.
package analytics

import (
	"context"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
)

// Service evaluates metrics and reports.
type Service struct {
	records *record.Service
	clock   clock.Clock
}

// New makes the service.
func New(records *record.Service, c clock.Clock) *Service {
	return &Service{records: records, clock: c}
}

// Filter is what a reader chooses on a dashboard, the same for all its cards: a
// period by its name or by its first and its last day, and whose records.
type Filter struct {
	Period     string `json:"period"`
	From       string `json:"from"`
	To         string `json:"to"`
	Owner      string `json:"owner"`
	Department string `json:"department"`
}

// Period is the days that a figure is about.
type Period struct {
	Name string `json:"name,omitempty"` // as within() has it
	From string `json:"from"`           // the first day
	To   string `json:"to"`             // the last day
}

// Unit is how a figure is written.
type Unit struct {
	Format   string `json:"format"`
	Currency string `json:"currency,omitempty"`
}

// unit adds the currency in which amounts are added up.
func unit(catalog *metadata.Catalog, format string) Unit {
	if format == metadata.FormatMoney {
		return Unit{Format: format, Currency: catalog.Environment().Organisation.Currency}
	}
	return Unit{Format: format}
}

// Sees tells whether an actor may see a metric, a report or a dashboard: all
// that its figures need, and of a dashboard one card.
func Sees(policy *access.Policy, actor *access.Actor, key metadata.Key) (bool, error) {
	catalog := policy.Catalog()
	switch key.Kind {
	case metadata.KindMetric:
		metric, ok := metadata.Find[*metadata.Metric](catalog, key.Kind, key.Name)
		if !ok {
			return false, nil
		}
		if metric.Formula == nil {
			return readable(policy, actor, metric.Counted, measured(metric))
		}
		for _, part := range metric.Parts {
			if sees, err := Sees(policy, actor, metadata.Key{Kind: metadata.KindMetric, Name: part}); err != nil || !sees {
				return false, err
			}
		}
		return true, nil
	case metadata.KindReport:
		report, ok := metadata.Find[*metadata.Report](catalog, key.Kind, key.Name)
		if !ok {
			return false, nil
		}
		return readable(policy, actor, report.Counted, grouped(report))
	default:
		dashboard, ok := metadata.Find[*metadata.Dashboard](catalog, key.Kind, key.Name)
		if !ok {
			return false, nil
		}
		for _, card := range dashboard.Cards {
			if sees, err := Sees(policy, actor, card.Shows()); err != nil || sees {
				return sees, err
			}
		}
		return false, nil
	}
}

// readable tells whether an actor may read all that an aggregate is of. It was
// checked when it was applied, so that only a right can be missing.
func readable(policy *access.Policy, actor *access.Actor, counted metadata.Counted, ask query.Aggregate) (bool, error) {
	object, ok := policy.Catalog().Object(counted.Object)
	if !ok {
		return false, nil
	}
	decision, err := policy.Decide(actor, object, access.Read)
	if err != nil || decision.Nothing() {
		return false, err
	}
	if counted.Date != "" && !decision.Ever(object.Slot(counted.Date)) {
		return false, nil
	}
	ask.Where = counted.Where
	_, refusal := (&query.Planner{Policy: policy, Actor: actor}).Aggregate(object, ask)
	if fault.As(refusal) != nil {
		return false, nil //nolint:nilerr // whoever is refused does not see it
	}
	return refusal == nil, refusal
}

// reader evaluates for one actor.
type reader struct {
	records *record.Service
	policy  *access.Policy
	actor   *access.Actor
	now     time.Time
	whose   []string // conditions on the owner
	chosen  *span    // nil leaves the period to each metric and report
}

// reader finds who asks for a definition, and what of it. Faults: not_found,
// invalid_query for the filter.
func (s *Service) reader(actor *access.Actor, key metadata.Key, filter Filter) (*reader, error) {
	r := &reader{records: s.records, policy: s.records.Policy(), actor: actor, now: s.clock.Now()}
	sees, err := Sees(r.policy, actor, key)
	if err != nil {
		return nil, err
	}
	if !sees {
		return nil, fault.New(fault.NotFound)
	}
	faults := fault.New(fault.InvalidQuery)
	for _, chosen := range []struct{ pointer, path, id string }{
		{"/owner", metadata.FieldOwner, filter.Owner}, {"/department", metadata.FieldOwner + ".department", filter.Department},
	} {
		if chosen.id == "" {
			continue
		}
		id, item := field.ParseID(chosen.id)
		if item != nil {
			faults.At(chosen.pointer, item.Code)
			continue
		}
		r.whose = append(r.whose, chosen.path+" == "+literal(id))
	}
	r.chosen = r.span(filter, faults)
	return r, faults.OrNil()
}

// aggregate asks for figures of the records that are counted.
func (r *reader) aggregate(ctx context.Context, counted metadata.Counted, ask query.Aggregate, period *span) (figures *record.Figures, where string, err error) {
	conditions := append([]string{counted.Where}, r.within(counted, period)...)
	ask.Where = both(append(conditions, r.whose...)...)
	figures, err = r.records.Aggregate(ctx, r.actor, counted.Object, ask)
	return figures, ask.Where, err
}

// period is what a figure is about: what its reader chose, or else what its
// definition says.
func (r *reader) period(name string) *span {
	if r.chosen != nil || name == "" {
		return r.chosen
	}
	from, to, _ := expr.Period(name, r.today())
	return &span{name: name, from: from, to: to}
}

func (r *reader) today() expr.Date { return expr.DateOf(r.now, r.actor.Zone) }

// within are the conditions of a period on the records that are counted.
func (r *reader) within(counted metadata.Counted, period *span) []string {
	if counted.Date == "" || period == nil {
		return nil
	}
	object, _ := r.policy.Catalog().Object(counted.Object)
	f, _ := object.Field(counted.Date)
	return []string{period.condition(f, r.actor.ZoneOrUTC())}
}

// measureAsks are measures as a query has them.
func measureAsks(measures ...metadata.Measure) []query.MeasureAsk {
	asks := make([]query.MeasureAsk, len(measures))
	for i, measure := range measures {
		asks[i] = query.MeasureAsk{As: measure.Name, Function: measure.Function, Field: measure.Field}
	}
	return asks
}
