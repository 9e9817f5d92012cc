package transfer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// holidayFile is a file of holidays as publishers write them.
func holidayFile(events ...string) string {
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"}
	for i, event := range events {
		lines = append(lines, "BEGIN:VEVENT", fmt.Sprintf("UID:%d@test", i), "DTSTAMP:20251104T000000Z")
		lines = append(lines, strings.Split(event, "|")...)
		lines = append(lines, "END:VEVENT")
	}
	return strings.Join(append(lines, "END:VCALENDAR"), "\r\n") + "\r\n"
}

func TestHolidaysAreReadFromAFile(t *testing.T) {
	t.Parallel()
	read, err := transfer.ReadHolidays(holidayFile(
		"DTSTART;VALUE=DATE:20261001|DTEND;VALUE=DATE:20261008|SUMMARY:国庆节",
		"DTSTART;VALUE=DATE:20261010|DTEND;VALUE=DATE:20261011|SUMMARY:国庆节（补班）",
		"DTSTART;VALUE=DATE:20260101|SUMMARY:New Year\\, the first\\nof all",
		"DTSTART:20261001T090000Z|DTEND:20261001T100000Z|SUMMARY:A meeting",
		"DTSTART;VALUE=DATE:20260704|RRULE:FREQ=YEARLY|SUMMARY:Every year",
		"DTSTART;VALUE=DATE:20260705|STATUS:CANCELLED|SUMMARY:Not this one",
		"DTSTART;VALUE=DATE:20260230|SUMMARY:No such day",
		"DTSTART;VALUE=DATE:20200101|DTEND;VALUE=DATE:20300101|SUMMARY:Ten years",
		"SUMMARY:No day at all",
	))
	require.NoError(t, err)
	require.Equal(t, transfer.Holidays{Skipped: 6, Days: []transfer.Holiday{
		{From: "2026-10-01", To: "2026-10-07", Type: "off", Title: "国庆节"},
		{From: "2026-10-10", To: "2026-10-10", Type: "work", Title: "国庆节（补班）"},
		{From: "2026-01-01", To: "2026-01-01", Type: "off", Title: "New Year, the first of all"},
	}}, read)
}

func TestWhatIsNoCalendarIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "hello", `{"a": 1}`, "BEGIN:VCALENDAR", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "\x00\xff", strings.Repeat("BEGIN:VCALENDAR\r\n", 500)} {
		_, err := transfer.ReadHolidays(text)
		require.True(t, fault.Is(err, fault.NotACalendar), "%.40q: %v", text, err)
	}
	events := make([]string, 1001)
	for i := range events {
		events[i] = "DTSTART;VALUE=DATE:20260101|SUMMARY:x"
	}
	_, err := transfer.ReadHolidays(holidayFile(events...))
	require.Equal(t, fault.TooManyItems, fault.As(err).Items[0].Code)
}

// FuzzHolidays: whatever is in a file, what is read of it can be put into a
// calendar.
func FuzzHolidays(f *testing.F) {
	f.Add(holidayFile("DTSTART;VALUE=DATE:20261001|DTEND;VALUE=DATE:20261008|SUMMARY:国庆节"))
	f.Add(holidayFile("DTSTART;VALUE=DATE:20261008|DTEND;VALUE=DATE:20261001|SUMMARY:\\n\\n"))
	f.Add(holidayFile("DTSTART;TZID=\"x:y\":20261008T000000|RRULE:"))
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VEVENT\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := transfer.ReadHolidays(text)
		if err != nil {
			return
		}
		for _, day := range read.Days {
			first, err := time.Parse(time.DateOnly, day.From)
			require.NoError(t, err)
			last, err := time.Parse(time.DateOnly, day.To)
			require.NoError(t, err)
			require.False(t, last.Before(first))
			require.LessOrEqual(t, utf8.RuneCountInString(day.Title), 120)
			require.True(t, utf8.ValidString(day.Title))
		}
	})
}
