package calendar

import (
	"errors"
	"regexp"
	"strconv"
	"time"
)

// Duration is a length of business time, as ISO 8601 writes it. Years, months
// and weeks are those of the calendar on the wall, days are business days, and
// hours, minutes and seconds are open time; they are added in this order. All
// have one sign.
type Duration struct {
	Months int // with twelve for each year
	Weeks  int
	Days   int
	Time   time.Duration
}

// The largest parts of a duration: a hundred years of each.
const (
	maxMonths = 1_200
	maxWeeks  = 5_218
	maxDays   = 36_525
	maxTime   = maxDays * 24 * time.Hour
)

// errDuration is what ParseDuration says of a text that it cannot read.
var errDuration = errors.New("no duration of ISO 8601 with whole parts, of a hundred years at most")

var durationPattern = regexp.MustCompile(`^(-?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$`)

// ParseDuration reads a duration such as PT4H, P1D, P1M2DT30M or -P3D.
func ParseDuration(text string) (Duration, error) {
	m := durationPattern.FindStringSubmatch(text)
	if m == nil || text[len(text)-1] == 'P' || text[len(text)-1] == 'T' {
		return Duration{}, errDuration
	}
	n := func(group int) int {
		count, _ := strconv.Atoi(m[group]) // at most nine digits, or none
		return count
	}
	d := Duration{
		Months: 12*n(2) + n(3), Weeks: n(4), Days: n(5),
		Time: time.Duration(n(7))*time.Hour + time.Duration(n(8))*time.Minute + time.Duration(n(9))*time.Second,
	}
	if d.Months > maxMonths || d.Weeks > maxWeeks || d.Days > maxDays || d.Time > maxTime {
		return Duration{}, errDuration
	}
	if m[1] == "-" {
		d = Duration{Months: -d.Months, Weeks: -d.Weeks, Days: -d.Days, Time: -d.Time}
	}
	return d, nil
}

func (d Duration) negative() bool { return d.Months < 0 || d.Weeks < 0 || d.Days < 0 || d.Time < 0 }

// Add is the instant that lies a length of business time after another one, or
// before it when the length is negative.
//
// It begins with the business time that comes first: what is asked on a Sunday
// counts from Monday's opening. Hours, minutes and seconds pass in open time
// alone, and the end is the earliest instant by which so much has passed, so
// that four hours can end as the day's business does. A day leads to the same
// time on the wall of the next day that has business time, or to what is
// nearest to that in the day. Months end with the month, where the day is not
// in it. So the result is open, or the end of what is open; going back, it is
// open, or the beginning.
func (c *Calendar) Add(at time.Time, d Duration) time.Time {
	at = at.Truncate(time.Millisecond).UTC()
	back := d.negative()
	if d.Months != 0 || d.Weeks != 0 {
		at = c.shift(at, d.Months, 7*d.Weeks)
	}
	at = c.settle(at, back)
	if d.Days != 0 {
		at = c.step(at, d.Days)
	}
	switch amount := d.Time.Milliseconds(); {
	case amount > 0:
		after, _ := c.pass(at.UnixMilli(), end, amount)
		return instant(after)
	case amount < 0:
		return c.before(at, -amount)
	default:
		return at
	}
}

// settle moves an instant that is neither open nor at an edge of what is to
// the next one that is, in a direction.
func (c *Calendar) settle(at time.Time, back bool) time.Time {
	switch {
	case c.Open(at) || c.Open(at.Add(-time.Millisecond)):
		return at
	case back:
		return c.lastOpen(at)
	default:
		return c.NextOpen(at)
	}
}

// shift moves an instant by months and then by days of the wall's calendar.
func (c *Calendar) shift(at time.Time, months, days int) time.Time {
	wall := at.In(c.zone)
	year, month, day := wall.Date()
	first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	_, millis := c.local(at)
	return c.on(DayOf(first.Year(), first.Month(), min(day, last))+Day(days), millis)
}

// step moves an instant by days that have business time.
func (c *Calendar) step(at time.Time, days int) time.Time {
	day, millis := c.local(at)
	toward := Day(1)
	if days < 0 {
		toward, days = -1, -days
	}
	for ; days > 0; days-- {
		for day += toward; !c.works(day); day += toward {
		}
	}
	spans := c.spans(day)
	first, last := spans[0], spans[len(spans)-1]
	millis = min(max(millis, int64(first.From)*minuteMillis), int64(last.To)*minuteMillis)
	return c.settle(c.on(day, millis), toward < 0)
}

// on is the first instant at which the wall shows a day and a time of it, or
// where the clocks skip that, the instant at which they do.
func (c *Calendar) on(day Day, millis int64) time.Time {
	wall := int64(day)*dayMillis + millis
	// No zone is further than a day from UTC, and none changes its clocks twice
	// in these three days in a way that would show the time later than here.
	for at := wall - dayMillis; ; {
		here := time.UnixMilli(at).In(c.zone)
		_, seconds := here.Zone()
		found := wall - int64(seconds)*1000
		_, changes := here.ZoneBounds()
		if changes.IsZero() || found < changes.UnixMilli() {
			return instant(max(found, at))
		}
		at = changes.UnixMilli()
	}
}
