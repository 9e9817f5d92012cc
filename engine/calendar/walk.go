package calendar

import (
	"math"
	"time"
)

// end is the last instant that there is, 9999-12-31T23:59:59.999Z.
const end = 253_402_300_799_999

// maxDuration is the longest that business time is reckoned.
const maxDuration = time.Duration(math.MaxInt64)

// pass goes from one instant to another through open time, and no further than
// to where it has spent as much of it as it may. It gives where it came to, and
// what it spent. All are milliseconds.
//
// It goes through one stretch of the zone without a change of the clocks after
// the other, in which the wall's time is a straight line, and over weeks without
// an exception in one step, so that years cost about as much as their exceptions.
func (c *Calendar) pass(from, to, budget int64) (at, spent int64) {
	for at = from; at < to && spent < budget; {
		here := time.UnixMilli(at).In(c.zone)
		_, seconds := here.Zone()
		offset, until := int64(seconds)*1000, to
		if _, changes := here.ZoneBounds(); !changes.IsZero() {
			until = min(until, changes.UnixMilli())
		}
		passed, open := c.straight(at+offset, until+offset, budget-spent)
		at, spent = passed-offset, spent+open
	}
	return at, spent
}

// straight is pass along the wall's time, where no clock changes.
func (c *Calendar) straight(from, to, budget int64) (at, spent int64) {
	for at = from; at < to; {
		day := floor(at, dayMillis)
		if weeks := min(c.regular(Day(day)), (to-at)/weekMillis, (budget-spent-1)/c.inWeek); weeks > 0 {
			at, spent = at+weeks*weekMillis, spent+weeks*c.inWeek
			continue
		}
		for _, span := range c.spans(Day(day)) {
			first := max(at, day*dayMillis+int64(span.From)*minuteMillis)
			last := min(to, day*dayMillis+int64(span.To)*minuteMillis)
			switch {
			case first >= last:
			case last-first >= budget-spent:
				return first + budget - spent, budget
			default:
				spent += last - first
			}
		}
		at = min(to, (day+1)*dayMillis)
	}
	return at, spent
}

// regular is how many weeks from any time of a day on are without an exception.
func (c *Calendar) regular(day Day) int64 {
	at, found := c.exception(day)
	switch {
	case found:
		return 0
	case at == len(c.exceptions):
		return math.MaxInt32
	default:
		return int64(c.exceptions[at].First-day-1) / 7
	}
}

// before is the last instant from which an amount of business time, in
// milliseconds, leads to an instant: the one that Between measures it from.
func (c *Calendar) before(at time.Time, amount int64) time.Time {
	late := at.UnixMilli()
	early, step := late, weekMillis
	for {
		early = max(early-step, -end)
		if _, spent := c.pass(early, late, amount); spent >= amount || early == -end {
			break
		}
		step *= 2
	}
	for until := late; until-early > 1; { // early leads far enough, until does not
		middle := early + (until-early)/2
		if _, spent := c.pass(middle, late, amount); spent >= amount {
			early = middle
		} else {
			until = middle
		}
	}
	return instant(early)
}
