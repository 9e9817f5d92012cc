package expr

import (
	"cmp"
	"fmt"
	"time"
)

// Value is a value of a record or of an expression: nil, bool,
// decimal.Decimal (every number), string (text, a select's code, an id), Date,
// time.Time (an instant in UTC, to the millisecond) or []string (a set).
// Empty text, the empty set, null and absent are one value: nil.
type Value = any

// Date is a civil day, without a time and without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// firstDay and lastDay bound the days there are, in days since 1970-01-01.
const (
	firstDay = -719162 // 0001-01-01
	lastDay  = 2932896 // 9999-12-31
)

// ParseDate reads "2006-01-02"; a day that the calendar does not have is an
// error.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%q is not a date", text)
	}
	return DateOf(t, time.UTC), nil
}

// DateOf is the day that an instant falls on in a zone; nil is UTC.
func DateOf(instant time.Time, zone *time.Location) Date {
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := instant.In(zone).Date()
	return Date{Year: year, Month: month, Day: day}
}

// String gives "2006-01-02".
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Compare is negative when d is before other, zero when they are the same day.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// AddDays is the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC), time.UTC)
}

// In is the instant at which the day begins in a zone (nil is UTC): midnight,
// or the first moment after it where the clocks skip midnight.
func (d Date) In(zone *time.Location) time.Time {
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	if zone == nil {
		return midnight
	}
	before, after := offset(midnight.Add(-15*time.Hour), zone), offset(midnight.Add(13*time.Hour), zone)
	early, late := midnight.Add(-before), midnight.Add(-after)
	switch {
	case offset(early, zone) == before:
		return early
	case offset(late, zone) == after:
		return late
	}
	for late.Before(early) { // the clocks change in between; find the moment
		middle := late.Add((early.Sub(late) / 2).Truncate(time.Millisecond))
		if offset(middle, zone) == after {
			early = middle
		} else {
			late = middle.Add(time.Millisecond)
		}
	}
	return early
}

func offset(instant time.Time, zone *time.Location) time.Duration {
	_, seconds := instant.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// number is the day's number, counted from 1970-01-01.
func (d Date) number() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// dateOfNumber is the day with this number, or nil where the calendar ends.
func dateOfNumber(number int) Value {
	if number < firstDay || number > lastDay {
		return nil
	}
	return Date{Year: 1970, Month: time.January, Day: 1}.AddDays(number)
}

// instantLayout is how an instant is written: RFC 3339 in UTC, milliseconds.
const instantLayout = "2006-01-02T15:04:05.000Z"
