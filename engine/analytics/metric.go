package analytics

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
)

// Metric is the answer to a metric. A value is null where there is none, such
// as a share of nothing.
type Metric struct {
	Figure
	Unit
	At       time.Time `json:"at"`
	Previous *Figure   `json:"previous"` // of the period before, where that is asked for
}

// Figure is a value with the records behind it; of a formula, its parts have
// them.
type Figure struct {
	Value  json.RawMessage `json:"value"`
	Object string          `json:"object,omitempty"`
	Where  string          `json:"where"` // lists the records
	Period *Period         `json:"period"`
	Parts  []Part          `json:"parts,omitempty"`

	number expr.Value
}

// Part is the figure of a metric that a formula names.
type Part struct {
	Metric string          `json:"metric"`
	Title  string          `json:"title"`
	Value  json.RawMessage `json:"value"`
	Object string          `json:"object"`
	Where  string          `json:"where"`
}

// Metric evaluates a metric. Faults: not_found, invalid_query.
func (s *Service) Metric(ctx context.Context, actor *access.Actor, name string, filter Filter) (*Metric, error) {
	r, err := s.reader(actor, metadata.Key{Kind: metadata.KindMetric, Name: name}, filter)
	if err != nil {
		return nil, err
	}
	metric, _ := metadata.Find[*metadata.Metric](r.policy.Catalog(), metadata.KindMetric, name)
	answer := &Metric{Unit: unit(r.policy.Catalog(), metric.Format), At: r.now.UTC()}
	period := r.period(metric.Period)
	if answer.Figure, err = r.metric(ctx, metric, period); err != nil {
		return nil, err
	}
	if !metric.Compare || answer.Period == nil {
		return answer, nil
	}
	before, err := r.metric(ctx, metric, period.before())
	answer.Previous = &before
	return answer, err
}

// measured is a metric as a query has it.
func measured(metric *metadata.Metric) query.Aggregate {
	measure := metric.Measure
	measure.Name = "value"
	return query.Aggregate{Measures: measureAsks(measure)}
}

// metric reads a metric in a period; without one, a part of a formula has its
// own.
func (r *reader) metric(ctx context.Context, metric *metadata.Metric, period *span) (Figure, error) {
	if metric.Formula != nil {
		return r.formula(ctx, metric, period)
	}
	figures, where, err := r.aggregate(ctx, metric.Counted, measured(metric), period)
	if err != nil {
		return Figure{}, err
	}
	figure := Figure{Object: metric.Object, Where: where, number: figures.Rows[0][0], Value: figures.Cell(figures.Rows[0], 0)}
	if metric.Date != "" {
		figure.Period = period.told()
	}
	return figure, nil
}

func (r *reader) formula(ctx context.Context, metric *metadata.Metric, period *span) (Figure, error) {
	figure := Figure{Value: json.RawMessage("null")}
	values := map[string]expr.Value{}
	for _, name := range metric.Parts {
		part, _ := metadata.Find[*metadata.Metric](r.policy.Catalog(), metadata.KindMetric, name)
		during := period
		if during == nil {
			during = r.period(part.Period)
		}
		one, err := r.metric(ctx, part, during)
		if err != nil {
			return Figure{}, err
		}
		values[name] = one.number
		figure.Parts = append(figure.Parts, Part{Metric: name, Title: part.Title.In(r.actor.Language), Value: one.Value, Object: one.Object, Where: one.Where})
		if period != nil && one.Period != nil {
			figure.Period = one.Period
		}
	}
	in := r.actor.Input(r.now)
	in.Record = func(path []string) expr.Value { return values[path[0]] }
	value, err := metric.Formula.Eval(in)
	if number, ok := value.(decimal.Decimal); ok && err == nil {
		figure.number, figure.Value = number, json.RawMessage(`"`+number.String()+`"`)
	}
	return figure, err //nolint:wrapcheck // an expression's own fault
}
