package record

import (
	"context"
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/query"
)

// AppendJSON appends {"data": [ {group: value, measure: value} … ]}. Counts
// and integers are numbers; sums, averages and decimals are strings.
func (f *Figures) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"data":[`...)
	for i, row := range f.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		for j, group := range f.Plan.Groups {
			dst = appendFigure(dst, j, group.Field.Name, row[j], groupWriter(group))
		}
		for j, measure := range f.Plan.Measures {
			at := len(f.Plan.Groups) + j
			dst = appendFigure(dst, at, measure.As, row[at], measureWriter(measure))
		}
		dst = append(dst, '}')
	}
	return append(dst, `]}`...)
}

// Cell is one value of the answer as JSON: a group's, then a measure's.
func (f *Figures) Cell(row []expr.Value, column int) json.RawMessage {
	if row[column] == nil {
		return json.RawMessage("null")
	}
	if column < len(f.Plan.Groups) {
		return groupWriter(f.Plan.Groups[column])(nil, row[column])
	}
	return measureWriter(f.Plan.Measures[column-len(f.Plan.Groups)])(nil, row[column])
}

// Referred are the records that the groups of figures refer to, as their reader
// knows them.
func (s *Service) Referred(ctx context.Context, actor *access.Actor, f *Figures) (Included, error) {
	wanted := &references{}
	for column, group := range f.Plan.Groups {
		for _, row := range f.Rows {
			if row[column] != nil && group.By.Name == "" {
				for _, link := range group.Field.Refers(row[column]) {
					wanted.add(link.Object, link.ID)
				}
			}
		}
	}
	return s.include(ctx, s.store, s.policies.Current(), actor, wanted, nil)
}

type figureWriter func(dst []byte, value expr.Value) []byte

func appendFigure(dst []byte, at int, name string, value expr.Value, write figureWriter) []byte {
	if at > 0 {
		dst = append(dst, ',')
	}
	dst = append(field.AppendString(dst, name), ':')
	if value == nil {
		return append(dst, "null"...)
	}
	return write(dst, value)
}

func groupWriter(group query.Group) figureWriter {
	if group.By.Name != "" {
		return func(dst []byte, value expr.Value) []byte {
			text, _ := value.(string)
			return field.AppendString(dst, text)
		}
	}
	return plainWriter(group.Field)
}

// plainWriter writes what an expression sees of a field: its value, and of a
// composite one what it is counted by.
func plainWriter(f *field.Field) figureWriter {
	if _, composite := f.Kind.(field.Composite); !composite {
		return func(dst []byte, value expr.Value) []byte { return f.Kind.AppendJSON(dst, f, value) }
	}
	return func(dst []byte, value expr.Value) []byte {
		if text, ok := value.(string); ok {
			return field.AppendString(dst, text)
		}
		return field.AppendString(dst, numberText(value))
	}
}

func measureWriter(measure query.Measure) figureWriter {
	f := measure.Field
	switch measure.Function {
	case "count", "count_distinct":
		return func(dst []byte, value expr.Value) []byte { return append(dst, numberText(value)...) }
	case "avg":
		return func(dst []byte, value expr.Value) []byte { return field.AppendString(dst, numberText(value)) }
	default:
		return plainWriter(f)
	}
}

func numberText(value expr.Value) string {
	d, _ := value.(decimal.Decimal)
	return d.String()
}
