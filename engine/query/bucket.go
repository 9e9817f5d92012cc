package query

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// MaxBuckets is how many units of time one group may span.
const MaxBuckets = 2000

// Unit is a unit of time by which records are grouped, one of Units.
type Unit struct {
	Name string
	// FiscalStart is the month in which a fiscal year begins.
	FiscalStart time.Month
}

// Buckets are the consecutive units of time (days, weeks from Monday, months,
// quarters or years, also of the fiscal year, in a zone) that a field's values
// lie in.
type Buckets struct {
	starts []expr.Value // an expr.Date or an instant, like the field's values
	labels []string
}

// NewBuckets makes the buckets from the unit of first to the unit of last.
// They are none when there is no value.
func NewBuckets(unit Unit, first, last expr.Value, zone *time.Location) (Buckets, error) {
	var b Buckets
	from, day, ok := asDay(first, zone)
	to, _, _ := asDay(last, zone)
	if !ok {
		return b, nil
	}
	for at := unit.startOf(from); !at.After(to); at = unit.next(at) {
		if len(b.starts) == MaxBuckets {
			return Buckets{}, fault.New(fault.InvalidQuery).At("/groups", fault.TooManyGroups, "max", MaxBuckets)
		}
		if day {
			b.starts = append(b.starts, expr.DateOf(at, time.UTC))
		} else {
			b.starts = append(b.starts, expr.DateOf(at, time.UTC).In(zone).UTC())
		}
		b.labels = append(b.labels, unit.label(at))
	}
	return b, nil
}

// Count is how many buckets there are.
func (b Buckets) Count() int { return len(b.starts) }

// Start is the first value of bucket i.
func (b Buckets) Start(i int) expr.Value { return b.starts[i] }

// Label turns the number of a bucket into its label; null stays null.
func (b Buckets) Label(number expr.Value) expr.Value {
	d, ok := number.(decimal.Decimal)
	if !ok {
		return nil
	}
	return b.labels[d.IntPart()]
}

// asDay gives the civil day of a value as a moment in UTC, and whether the
// value is a date rather than an instant.
func asDay(value expr.Value, zone *time.Location) (at time.Time, day, ok bool) {
	switch v := value.(type) {
	case expr.Date:
		return time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC), true, true
	case time.Time:
		local := v.In(zone)
		return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC), false, true
	default:
		return time.Time{}, false, false
	}
}

// Days are the first day of the unit that a label names, and the first day
// after it.
func (u Unit) Days(label string) (from, to expr.Date, ok bool) {
	var year, part int
	layouts := map[string]string{"day": time.DateOnly, "month": "2006-01", "year": "2006"}
	at, err := time.Parse(layouts[u.Name], label)
	switch u.Name {
	case "week":
		_, err = fmt.Sscanf(label, "%d-W%d", &year, &part)
		at = u.startOf(time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)).AddDate(0, 0, 7*(part-1)) // which lies in the first week
	case "quarter":
		_, err = fmt.Sscanf(label, "%d-Q%d", &year, &part)
		at = time.Date(year, time.Month(3*part-2), 1, 0, 0, 0, 0, time.UTC)
	case "fiscal_quarter":
		_, err = fmt.Sscanf(label, "FY%d-Q%d", &year, &part)
		at = u.fiscalYear(year).AddDate(0, 3*(part-1), 0)
	case "fiscal_year":
		_, err = fmt.Sscanf(label, "FY%d", &year)
		at = u.fiscalYear(year)
	}
	if err != nil {
		return expr.Date{}, expr.Date{}, false
	}
	return expr.DateOf(at, time.UTC), expr.DateOf(u.next(at), time.UTC), true
}

// LabelOf is the label of the unit that a day lies in.
func (u Unit) LabelOf(day expr.Date) string {
	return u.label(u.startOf(day.In(time.UTC)))
}

// fiscalYear is the first day of the fiscal year that ends in a calendar year.
func (u Unit) fiscalYear(year int) time.Time {
	if u.FiscalStart > time.January {
		year--
	}
	return time.Date(year, u.FiscalStart, 1, 0, 0, 0, 0, time.UTC)
}

// intoFiscalYear is how many months of its fiscal year are over before that of a
// day.
func (u Unit) intoFiscalYear(at time.Time) int {
	return int(at.Month()-u.FiscalStart+12) % 12
}

func (u Unit) startOf(at time.Time) time.Time {
	year, month, day := at.Date()
	switch u.Name {
	case "week":
		day -= (int(at.Weekday()) + 6) % 7
	case "month":
		day = 1
	case "quarter":
		month, day = (month-1)/3*3+1, 1
	case "year":
		month, day = 1, 1
	case "fiscal_quarter":
		month, day = month-time.Month(u.intoFiscalYear(at)%3), 1
	case "fiscal_year":
		month, day = month-time.Month(u.intoFiscalYear(at)), 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func (u Unit) next(at time.Time) time.Time {
	switch u.Name {
	case "week":
		return at.AddDate(0, 0, 7)
	case "month":
		return at.AddDate(0, 1, 0)
	case "quarter", "fiscal_quarter":
		return at.AddDate(0, 3, 0)
	case "year", "fiscal_year":
		return at.AddDate(1, 0, 0)
	default:
		return at.AddDate(0, 0, 1)
	}
}

// label writes a unit as 2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026, FY2026-Q4
// or FY2026. A fiscal year has the name of the calendar year in which it ends.
func (u Unit) label(at time.Time) string {
	switch u.Name {
	case "week":
		year, week := at.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case "month":
		return at.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%d-Q%d", at.Year(), (int(at.Month())+2)/3)
	case "year":
		return at.Format("2006")
	case "fiscal_quarter":
		into := u.intoFiscalYear(at)
		return fmt.Sprintf("FY%04d-Q%d", at.AddDate(0, 11-into, 0).Year(), into/3+1)
	case "fiscal_year":
		return fmt.Sprintf("FY%04d", at.AddDate(0, 11, 0).Year())
	default:
		return at.Format(time.DateOnly)
	}
}
