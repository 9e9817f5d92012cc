package transfer

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"github.com/trellis-crm/trellis/engine/fault"
)

// Holiday is a day, or days on end, that a file of holidays tells of.
type Holiday struct {
	From  string `json:"from"` // 2026-10-01
	To    string `json:"to"`   // the last day
	Type  string `json:"type"` // off, or work for a make-up workday
	Title string `json:"title"`
}

// Holidays are what a file of holidays says. Skipped counts its events that are
// not whole days, that recur, or whose days a calendar cannot have.
type Holidays struct {
	Days    []Holiday `json:"days"`
	Skipped int       `json:"skipped"`
}

// The most that a file of holidays may hold.
const (
	maxHolidays     = 1_000
	maxHolidayDays  = 366
	maxHolidayTitle = 120
)

// workWords are by which publishers tell that a day is worked out of turn: the
// file format has no word for it.
var workWords = regexp.MustCompile(`(?i)班|make-?up|work(ing)?[ -]?day`)

// ReadHolidays reads a file in the format of calendars (iCalendar, .ics): its
// events of whole days, in the order of the file. It changes nothing. Faults:
// not_a_calendar, too_many_items.
func ReadHolidays(text string) (Holidays, error) {
	parsed, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil || !strings.Contains(strings.ToUpper(text), "END:VCALENDAR") { // or only a part of one
		return Holidays{}, fault.New(fault.NotACalendar)
	}
	events := parsed.Events()
	if len(events) > maxHolidays {
		return Holidays{}, fault.New(fault.InvalidValues).At("/text", fault.TooManyItems, "max", maxHolidays, "count", len(events))
	}
	holidays := Holidays{Days: []Holiday{}}
	for _, event := range events {
		if holiday, ok := holidayOf(event); ok {
			holidays.Days = append(holidays.Days, holiday)
		} else {
			holidays.Skipped++
		}
	}
	return holidays, nil
}

// icsDate is how the format writes a whole day.
const icsDate = "20060102"

func holidayOf(event *ics.VEvent) (Holiday, bool) {
	value := func(property ics.ComponentProperty) string {
		if found := event.GetProperty(property); found != nil {
			return found.Value
		}
		return ""
	}
	first, err := time.Parse(icsDate, value(ics.ComponentPropertyDtStart))
	if err != nil || value(ics.ComponentPropertyRrule) != "" || value(ics.ComponentPropertyStatus) == string(ics.ObjectStatusCancelled) {
		return Holiday{}, false
	}
	last := first
	if text := value(ics.ComponentPropertyDtEnd); text != "" {
		after, err := time.Parse(icsDate, text) // the day after the last
		if err != nil {
			return Holiday{}, false
		}
		if after.After(first) {
			last = after.AddDate(0, 0, -1)
		}
	}
	days := int(last.Sub(first)/(24*time.Hour)) + 1
	if days > maxHolidayDays || first.Year() < 1970 || last.Year() > 2199 {
		return Holiday{}, false
	}
	holiday := Holiday{From: first.Format(time.DateOnly), To: last.Format(time.DateOnly), Type: "off", Title: titleOf(value(ics.ComponentPropertySummary))}
	if workWords.MatchString(holiday.Title) {
		holiday.Type = "work"
	}
	return holiday, true
}

// titleOf is a summary as a title: one line, of bounded length.
func titleOf(summary string) string {
	title := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(ics.FromText(summary), ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if runes := []rune(title); len(runes) > maxHolidayTitle {
		return string(runes[:maxHolidayTitle])
	}
	return title
}
