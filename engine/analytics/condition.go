package analytics

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/query"
)

// span is consecutive days: the first, and the first after them.
type span struct {
	name     string // as within() has it, or ""
	from, to expr.Date
}

// span is the period that a reader chose, or nil.
func (r *reader) span(filter Filter, faults *fault.Fault) *span {
	if filter.Period != "" {
		from, to, ok := expr.Period(filter.Period, r.today())
		if !ok || filter.From != "" || filter.To != "" {
			faults.At("/period", fault.UnknownOption, "value", filter.Period)
		}
		return &span{name: filter.Period, from: from, to: to}
	}
	if filter.From == "" && filter.To == "" {
		return nil
	}
	days := [2]expr.Date{}
	earliest, latest := expr.Date{Year: 1900, Month: 1, Day: 1}, expr.Date{Year: 2999, Month: 12, Day: 31} // so that the days before and after are days as well
	for i, day := range []struct{ pointer, text string }{{"/from", filter.From}, {"/to", filter.To}} {
		parsed, err := expr.ParseDate(day.text)
		switch {
		case err != nil:
			faults.At(day.pointer, fault.InvalidDate)
		case parsed.Compare(earliest) < 0 || parsed.Compare(latest) > 0:
			faults.At(day.pointer, fault.OutOfRange, "min", earliest, "max", latest)
		}
		days[i] = parsed
	}
	if len(faults.Items) == 0 && days[1].Compare(days[0]) < 0 {
		faults.At("/to", fault.TooSmall, "min", filter.From)
	}
	return &span{from: days[0], to: days[1].AddDays(1)}
}

// before is the span of the same length before this one.
func (s *span) before() *span {
	switch _, unit, _ := strings.Cut(s.name, "_"); unit {
	case "week", "month", "quarter", "year":
		from, to, _ := expr.Period("last_"+unit, s.from)
		return &span{from: from, to: to}
	}
	days := int(s.to.In(time.UTC).Sub(s.from.In(time.UTC)) / (24 * time.Hour))
	return &span{from: s.from.AddDays(-days), to: s.from}
}

// told is the span as an answer has it.
func (s *span) told() *Period {
	if s == nil {
		return nil
	}
	return &Period{Name: s.name, From: s.from.String(), To: s.to.AddDays(-1).String()}
}

// condition says that a field lies in the span.
func (s *span) condition(f *field.Field, zone *time.Location) string {
	if s.name != "" {
		return fmt.Sprintf("within(%s, %s)", f.Name, literal(s.name))
	}
	from, to := expr.Value(s.from), expr.Value(s.to)
	if f.Kind.Type(f).Kind == expr.Instant {
		from, to = s.from.In(zone), s.to.In(zone)
	}
	return fmt.Sprintf("%s >= %s && %s < %s", f.Name, literal(from), f.Name, literal(to))
}

// ofGroup says that a record is in a group. A group without a value holds the
// records that have none.
func ofGroup(group query.Group, value expr.Value, zone *time.Location) string {
	if label, ok := value.(string); ok && group.By.Name != "" {
		from, to, _ := group.By.Days(label)
		return (&span{from: from, to: to}).condition(group.Field, zone)
	}
	return group.Field.Name + " == " + literal(value)
}

// both joins conditions, of which none may end the brackets of another: each is
// an expression by itself, and a comment ends with its line.
func both(conditions ...string) string {
	var given []string
	for _, condition := range conditions {
		if condition != "" {
			given = append(given, condition)
		}
	}
	if len(given) < 2 {
		return strings.Join(given, "")
	}
	for i, condition := range given {
		switch {
		case strings.Contains(condition, "//"):
			given[i] = "(" + condition + "\n)"
		case strings.ContainsAny(condition, "|?"):
			given[i] = "(" + condition + ")"
		}
	}
	return strings.Join(given, " && ")
}

// literal writes a value as expressions do.
func literal(value expr.Value) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case decimal.Decimal:
		return v.String()
	case expr.Date:
		return fmt.Sprintf("date(%q)", v.String())
	case time.Time:
		return fmt.Sprintf("datetime(%q)", v.UTC().Format("2006-01-02T15:04:05.000Z"))
	case string:
		return string(field.AppendString(nil, v))
	default:
		return fmt.Sprint(v)
	}
}
