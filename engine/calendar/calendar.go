package calendar

import (
	"cmp"
	"slices"
	"time"
)

// The lengths of a day, in minutes and in milliseconds.
const (
	minutesOfDay = 24 * 60
	minuteMillis = int64(time.Minute / time.Millisecond)
	dayMillis    = minutesOfDay * minuteMillis
	weekMillis   = 7 * dayMillis
)

// Day counts days from 1970-01-01.
type Day int

// DayOf is the day of a date.
func DayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / int64(24*time.Hour/time.Second)) // exact, for a midnight
}

// String is the day as 2026-11-21.
func (d Day) String() string {
	return time.Unix(int64(d)*int64(24*time.Hour/time.Second), 0).UTC().Format(time.DateOnly)
}

// Weekday is 0 on a Monday and 6 on a Sunday.
func (d Day) Weekday() int { return int(((d+3)%7 + 7) % 7) } // 1970-01-01 was a Thursday

// Span is an open stretch of a day: from a minute of it up to, and without,
// another one; the day ends with minute 1440.
type Span struct{ From, To int }

// Exception is what holds on some days in place of the weekly hours; no spans
// are days off.
type Exception struct {
	First, Last Day
	Spans       []Span
}

// Calendar is the business time of somebody. It is immutable and safe for
// concurrent use.
type Calendar struct {
	zone       *time.Location
	week       [7][]Span // from Monday
	inWeek     int64     // open milliseconds of a week without exceptions
	exceptions []Exception
}

// New makes a calendar of weekly hours, from Monday, and of exceptions in any
// order. The caller has seen to it that the week has an open minute, that the
// spans of a day follow one another and that no day has two exceptions.
func New(zone *time.Location, week [7][]Span, exceptions []Exception) *Calendar {
	c := &Calendar{zone: zone, week: week, exceptions: slices.Clone(exceptions)}
	for _, spans := range week {
		c.inWeek += length(spans)
	}
	slices.SortFunc(c.exceptions, func(a, b Exception) int { return cmp.Compare(a.First, b.First) })
	return c
}

// Zone is where the calendar's hours are read.
func (c *Calendar) Zone() *time.Location { return c.zone }

// length is how long spans are open, in milliseconds.
func length(spans []Span) int64 {
	var open int64
	for _, span := range spans {
		open += int64(span.To-span.From) * minuteMillis
	}
	return open
}

// Open tells whether an instant is business time.
func (c *Calendar) Open(at time.Time) bool {
	day, millis := c.local(at)
	return slices.ContainsFunc(c.spans(day), func(span Span) bool {
		return int64(span.From)*minuteMillis <= millis && millis < int64(span.To)*minuteMillis
	})
}

// NextOpen is the first instant of business time from an instant on, which is
// the instant itself where that is open.
func (c *Calendar) NextOpen(at time.Time) time.Time {
	at = at.Truncate(time.Millisecond)
	if c.Open(at) {
		return at.UTC()
	}
	after, _ := c.pass(at.UnixMilli(), end, 1)
	return instant(after - 1)
}

// lastOpen is the end of the last business time up to an instant.
func (c *Calendar) lastOpen(at time.Time) time.Time {
	return c.before(at.Truncate(time.Millisecond), 1).Add(time.Millisecond)
}

// Between is the business time from a to b; it is negative when b is before a.
// It is at most some 290 years, as a time.Duration is.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	_, spent := c.pass(a.UnixMilli(), b.UnixMilli(), int64(maxDuration/time.Millisecond))
	return time.Duration(spent) * time.Millisecond
}

// spans are the open stretches of a day.
func (c *Calendar) spans(day Day) []Span {
	if at, found := c.exception(day); found {
		return c.exceptions[at].Spans
	}
	return c.week[day.Weekday()]
}

// exception finds the exception of a day, or else the place of the next one.
func (c *Calendar) exception(day Day) (at int, found bool) {
	return slices.BinarySearchFunc(c.exceptions, day, func(e Exception, day Day) int {
		switch {
		case e.Last < day:
			return -1
		case e.First > day:
			return 1
		default:
			return 0
		}
	})
}

// works tells whether a day has business time.
func (c *Calendar) works(day Day) bool { return len(c.spans(day)) > 0 }

// local is what the calendar's wall shows at an instant: the day, and the
// milliseconds that the clock shows since midnight.
func (c *Calendar) local(at time.Time) (Day, int64) {
	_, offset := at.In(c.zone).Zone()
	millis := at.UnixMilli() + int64(offset)*1000
	day := floor(millis, dayMillis)
	return Day(day), millis - day*dayMillis
}

// floor is a divided by b, rounded down.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func instant(millis int64) time.Time { return time.UnixMilli(millis).UTC() }
