package metadata

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Calendar says when there is business: in the hours of a week, but for its
// exceptions.
type Calendar struct {
	Name  string
	Title field.Label
	*calendar.Calendar
}

// maxExceptionDays is how many days the exceptions of a calendar may be, and
// one of them.
const (
	maxExceptionDays = 5_000
	maxRangeDays     = 366
)

// hoursDocument is an open stretch of a day as it is written: 09:00 to 18:00.
type hoursDocument struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// calendarDocument is a calendar as it is written.
type calendarDocument struct {
	Title      string                     `json:"title"`
	Timezone   string                     `json:"timezone"` // "": the organisation's
	Hours      map[string][]hoursDocument `json:"hours"`
	Exceptions []struct {
		From  string          `json:"from"`
		To    string          `json:"to"` // "": as from
		Type  string          `json:"type"`
		Hours []hoursDocument `json:"hours"`
	} `json:"exceptions"`
}

// calendarKind is business time. Calendars are read before the objects, whose
// formulas may ask them.
func calendarKind() DefinitionKind {
	return DefinitionKind{
		Kind: KindCalendar, English: "calendar", Chinese: "工作日历",
		read: (*Check).readCalendar, Check: (*Check).calendar,
	}
}

// calendar gives what was read.
func (c *Check) calendar() any {
	if found, ok := c.builder.catalog.calendars[c.Name]; ok {
		return found
	}
	return nil
}

func (c *Check) readCalendar() {
	var doc calendarDocument
	if !c.Decode(&doc) {
		return
	}
	zone := c.builder.environment.Organisation.Zone()
	if doc.Timezone != "" {
		var err error
		if zone, err = clock.Zone(doc.Timezone); err != nil {
			c.Report("/timezone", fault.UnknownTimezone, "value", doc.Timezone)
			return
		}
	}
	week, usual := c.week(&doc)
	exceptions := c.exceptions(&doc, week, usual)
	if usual == nil {
		c.Report("/hours", fault.NeverOpen)
		return
	}
	compiled := &Calendar{Name: c.Name, Title: c.Label("/title", orName(doc.Title, c.Name)), Calendar: calendar.New(zone, week, exceptions)}
	c.builder.catalog.calendars[c.Name] = compiled
	if c.builder.environment.Organisation.Calendar == c.Name {
		c.builder.use(OrganisationCalendar(), "", UseOfDefinition, c.Key, "")
	}
}

// OrganisationCalendar is what names the calendar that the organisation has.
func OrganisationCalendar() Key { return Key{Kind: "organisation", Name: KindCalendar} }

// week reads the weekly hours, and those of the first day that has any: a day
// that is worked out of turn has them, where its own day of the week has none.
func (c *Check) week(doc *calendarDocument) (week [7][]calendar.Span, usual []calendar.Span) {
	for i, name := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week[i] = c.spans("/hours/"+name, doc.Hours[name])
		if usual == nil {
			usual = week[i]
		}
	}
	return week, usual
}

// spans reads the open stretches of a day, each after the other.
func (c *Check) spans(pointer string, hours []hoursDocument) []calendar.Span {
	var spans []calendar.Span
	end := 0
	for i, written := range hours {
		span := calendar.Span{From: minuteOf(written.From), To: minuteOf(written.To)}
		if span.To <= span.From || span.From < end {
			c.Report(pointer+"/"+strconv.Itoa(i), fault.HoursOutOfOrder, "min", written.From, "max", written.To)
			continue
		}
		end = span.To
		spans = append(spans, span)
	}
	return spans
}

// minuteOf is the minute of the day that 09:30 is; the meta-schema has its form.
func minuteOf(text string) int {
	if len(text) != len("09:30") {
		return 0
	}
	hour, _ := strconv.Atoi(text[:2])
	minute, _ := strconv.Atoi(text[3:])
	return 60*hour + minute
}

// exceptions reads what holds on single days.
func (c *Check) exceptions(doc *calendarDocument, week [7][]calendar.Span, usual []calendar.Span) []calendar.Exception {
	var exceptions []calendar.Exception
	taken := map[calendar.Day]bool{}
	for i, written := range doc.Exceptions {
		at := fmt.Sprintf("/exceptions/%d", i)
		first, last := dayOf(written.From), dayOf(written.From)
		if written.To != "" {
			last = dayOf(written.To)
		}
		if last < first || last-first >= maxRangeDays {
			c.Report(at+"/to", fault.OutOfRange, "min", written.From, "max", (first + maxRangeDays - 1).String())
			continue
		}
		if written.Type == "off" && len(written.Hours) > 0 {
			c.Report(at+"/hours", fault.NotAllowed, "what", "hours")
		}
		own := c.spans(at+"/hours", written.Hours)
		for day := first; day <= last; day++ {
			if taken[day] {
				c.Report(at+"/from", fault.DayTwice, "value", day.String())
				break
			}
			taken[day] = true
			exception := calendar.Exception{First: day, Last: day, Spans: own}
			if hours := week[day.Weekday()]; written.Type == "work" && len(written.Hours) == 0 {
				exception.Spans = hours
				if len(hours) == 0 {
					exception.Spans = usual
				}
			}
			exceptions = appendDay(exceptions, exception)
		}
	}
	if len(taken) > maxExceptionDays {
		c.Report("/exceptions", fault.TooManyItems, "max", maxExceptionDays, "count", len(taken))
	}
	return exceptions
}

// appendDay adds a day to exceptions, to the last of them where that is alike.
func appendDay(exceptions []calendar.Exception, day calendar.Exception) []calendar.Exception {
	if n := len(exceptions) - 1; n >= 0 && exceptions[n].Last+1 == day.First && slices.Equal(exceptions[n].Spans, day.Spans) {
		exceptions[n].Last = day.Last
		return exceptions
	}
	return append(exceptions, day)
}

// dayOf is the day of a date; the meta-schema has its form.
func dayOf(text string) calendar.Day {
	date, _ := time.Parse(time.DateOnly, text)
	return calendar.DayOf(date.Date())
}

// Calendar finds a calendar by its name, or with "" the organisation's.
func (c *Catalog) Calendar(name string) (*calendar.Calendar, bool) {
	if name == "" {
		name = c.environment.Organisation.Calendar
	}
	found, ok := c.calendars[name]
	if !ok {
		return nil, false
	}
	return found.Calendar, true
}
