package calendar_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	found, err := time.LoadLocation(name)
	require.NoError(t, err)
	return found
}

// office is Monday to Friday, 09:00 to 18:00.
func office() [7][]calendar.Span {
	day := []calendar.Span{{From: 9 * 60, To: 18 * 60}}
	return [7][]calendar.Span{day, day, day, day, day, nil, nil}
}

func day(t testing.TB, text string) calendar.Day {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	return calendar.DayOf(at.Date())
}

// days are exceptions from a day to another one.
func days(t testing.TB, first, last string, spans ...calendar.Span) calendar.Exception {
	t.Helper()
	return calendar.Exception{First: day(t, first), Last: day(t, last), Spans: spans}
}

// cn2026 is the office in the year 2026, as the State Council has it.
func cn2026(t testing.TB) *calendar.Calendar {
	t.Helper()
	exceptions := []calendar.Exception{
		days(t, "2026-01-01", "2026-01-03"), days(t, "2026-02-15", "2026-02-23"), days(t, "2026-04-04", "2026-04-06"), days(t, "2026-05-01", "2026-05-05"),
		days(t, "2026-06-19", "2026-06-21"), days(t, "2026-09-25", "2026-09-27"), days(t, "2026-10-01", "2026-10-07"),
	}
	for _, made := range []string{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"} {
		exceptions = append(exceptions, days(t, made, made, office()[0]...))
	}
	return calendar.New(zone(t, "Asia/Shanghai"), office(), exceptions)
}

// at reads 2026-11-20 17:00 on the wall of a calendar.
func at(t testing.TB, c *calendar.Calendar, text string) time.Time {
	t.Helper()
	found, err := time.ParseInLocation("2006-01-02 15:04", text, c.Zone())
	require.NoError(t, err)
	return found
}

func duration(t testing.TB, text string) calendar.Duration {
	t.Helper()
	d, err := calendar.ParseDuration(text)
	require.NoError(t, err)
	return d
}

// TestMakeUpDaysAndHolidaysAreWalkedOver: Saturday the 21st is worked, Monday to
// Wednesday after it are not.
func TestMakeUpDaysAndHolidaysAreWalkedOver(t *testing.T) {
	t.Parallel()
	c := calendar.New(zone(t, "Asia/Shanghai"), office(), []calendar.Exception{
		days(t, "2026-11-21", "2026-11-21", office()[0]...), days(t, "2026-11-23", "2026-11-25"),
	})
	for _, given := range [][3]string{
		{"2026-11-20 17:00", "PT4H", "2026-11-21 12:00"},
		{"2026-11-21 17:00", "PT4H", "2026-11-26 12:00"},
		{"2026-11-20 17:00", "P1D", "2026-11-21 17:00"},
		{"2026-11-21 17:00", "P1D", "2026-11-26 17:00"},
		{"2026-11-26 12:00", "-PT4H", "2026-11-21 17:00"},
		{"2026-11-26 17:00", "-P2D", "2026-11-20 17:00"},
		{"2026-11-22 11:00", "PT0H", "2026-11-26 09:00"},
	} {
		got := c.Add(at(t, c, given[0]), duration(t, given[1]))
		require.Equal(t, given[2], got.In(c.Zone()).Format("2006-01-02 15:04"), "%s + %s", given[0], given[1])
	}
}

func TestTheYear2026OfChina(t *testing.T) {
	t.Parallel()
	c := cn2026(t)
	worked := 0
	for d := day(t, "2026-01-01"); d <= day(t, "2026-12-31"); d++ {
		if c.Open(at(t, c, d.String()+" 10:00")) {
			worked++
		}
	}
	require.Equal(t, 248, worked)
	require.Equal(t, 248*9*time.Hour, c.Between(at(t, c, "2026-01-01 00:00"), at(t, c, "2027-01-01 00:00")))
	for _, given := range [][3]string{
		{"2025-12-31 17:00", "PT2H", "2026-01-04 10:00"},      // a Sunday that is worked
		{"2026-02-14 17:00", "PT2H", "2026-02-24 10:00"},      // the Spring Festival
		{"2026-02-27 17:30", "P1D", "2026-02-28 17:30"},       // a Saturday that is worked
		{"2026-09-30 16:00", "PT8H", "2026-10-08 15:00"},      // the National Day
		{"2026-10-09 12:00", "P2D", "2026-10-12 12:00"},       // over the Saturday that is worked
		{"2026-01-31 10:00", "P1M", "2026-02-28 10:00"},       // the end of the month is clamped
		{"2026-01-30 10:00", "P1M1DT1H", "2026-03-02 11:00"},  // and what follows counts from there
		{"2026-10-03 23:00", "PT1M", "2026-10-08 09:01"},      // from within a holiday
		{"2026-10-08 10:00", "-P1D", "2026-09-30 10:00"},      // back over it
		{"2026-10-08 09:00", "-PT1H", "2026-09-30 17:00"},     // to the hour before the opening
		{"2026-10-08 10:00", "-P1M", "2026-09-08 10:00"},      // by the calendar
		{"2026-11-20 17:00", "P1W", "2026-11-27 17:00"},       // a week is one of the wall's calendar
		{"2024-02-29 10:00", "P2Y", "2026-02-28 10:00"},       // and so is a year
		{"2026-11-20 09:00", "PT9H", "2026-11-20 18:00"},      // up to the close
		{"2026-11-20 18:01", "P1D", "2026-11-24 09:00"},       // after the close it is the next day's
		{"2026-11-20 09:00", "PT9H1S", "2026-11-23 09:00"},    // and a second on it is the next day
		{"2026-11-20 10:00", "PT0S", "2026-11-20 10:00"},      // nothing leaves what is open
		{"2026-11-21 10:00", "-PT0S", "2026-11-23 09:00"},     // and moves what is not
		{"2026-11-18 10:00", "PT30M30S", "2026-11-18 10:30"},  // seconds count
		{"2026-11-20 17:00", "P10Y", "2036-11-20 17:00"},      // far beyond what is known
		{"2026-11-20 17:00", "PT22500H", "2036-06-20 17:00"},  // ten years of open hours
		{"2026-11-20 17:00", "-PT22500H", "2017-04-04 17:00"}, // and back
	} {
		got := c.Add(at(t, c, given[0]), duration(t, given[1]))
		require.Equal(t, given[2], got.In(c.Zone()).Format("2006-01-02 15:04"), "%s + %s", given[0], given[1])
	}
}

func TestADayKeepsToTheHoursOfTheDayItLeadsTo(t *testing.T) {
	t.Parallel()
	week := office()
	week[1] = []calendar.Span{{From: 9 * 60, To: 12 * 60}}                             // half of Tuesday
	week[2] = []calendar.Span{{From: 10 * 60, To: 12 * 60}, {From: 13 * 60, To: 1440}} // Wednesday has a break, and is late
	c := calendar.New(zone(t, "Europe/Berlin"), week, nil)
	for _, given := range [][3]string{
		{"2026-11-23 17:00", "P1D", "2026-11-24 12:00"},  // no later than the day's end
		{"2026-11-24 09:30", "P1D", "2026-11-25 10:00"},  // no earlier than its beginning
		{"2026-11-24 12:00", "P1D", "2026-11-25 12:00"},  // at an edge
		{"2026-11-23 12:30", "P2D", "2026-11-25 13:00"},  // after a break
		{"2026-11-26 12:30", "-P1D", "2026-11-25 12:00"}, // before it
		{"2026-11-26 09:00", "-P1D", "2026-11-25 10:00"},
		{"2026-11-25 23:00", "PT2H", "2026-11-26 10:00"}, // up to midnight, and on
		{"2026-11-25 23:00", "PT1H", "2026-11-26 00:00"}, // midnight ends the day
		{"2026-11-25 23:00", "P1D", "2026-11-26 18:00"},
	} {
		got := c.Add(at(t, c, given[0]), duration(t, given[1]))
		require.Equal(t, given[2], got.In(c.Zone()).Format("2006-01-02 15:04"), "%s + %s", given[0], given[1])
	}
}

// TestTheClocksChange: what the clocks skip is not open, what they repeat is so
// twice, and a time that the wall does not show is the next that it does.
func TestTheClocksChange(t *testing.T) {
	t.Parallel()
	night := []calendar.Span{{From: 0, To: 6 * 60}}
	week := [7][]calendar.Span{night, night, night, night, night, night, night}
	c := calendar.New(zone(t, "Europe/Berlin"), week, nil)
	require.Equal(t, 5*time.Hour, c.Between(at(t, c, "2026-03-29 00:00"), at(t, c, "2026-03-29 12:00")))
	require.Equal(t, 7*time.Hour, c.Between(at(t, c, "2026-10-25 00:00"), at(t, c, "2026-10-25 12:00")))
	require.Equal(t, "2026-03-29 03:00", c.Add(at(t, c, "2026-03-28 02:30"), duration(t, "P1D")).In(c.Zone()).Format("2006-01-02 15:04"))
	require.Equal(t, "2026-03-30 02:30", c.Add(at(t, c, "2026-03-28 02:30"), duration(t, "P2D")).In(c.Zone()).Format("2006-01-02 15:04"))
	repeated := c.Add(at(t, c, "2026-10-24 02:30"), duration(t, "P1D"))
	require.Equal(t, "2026-10-25T00:30:00Z", repeated.Format(time.RFC3339), "the first of both")
	require.Equal(t, 365*6*time.Hour, c.Between(at(t, c, "2026-01-01 00:00"), at(t, c, "2027-01-01 00:00")))
	minute := calendar.New(zone(t, "Europe/Berlin"), [7][]calendar.Span{6: {{From: 2*60 + 30, To: 2*60 + 31}}}, nil)
	require.Equal(t, "2026-04-05 02:30", minute.NextOpen(at(t, minute, "2026-03-23 00:00")).In(minute.Zone()).Format("2006-01-02 15:04"), "it is skipped in March")
	require.Equal(t, 2*time.Minute, minute.Between(at(t, minute, "2026-10-25 00:00"), at(t, minute, "2026-10-25 12:00")), "it is there twice in October")
}

func TestDurationsAreReadOrRefused(t *testing.T) {
	t.Parallel()
	require.Equal(t, calendar.Duration{Months: 14, Weeks: 3, Days: 4, Time: 5*time.Hour + 6*time.Minute + 7*time.Second}, duration(t, "P1Y2M3W4DT5H6M7S"))
	require.Equal(t, calendar.Duration{Days: -3}, duration(t, "-P3D"))
	for _, text := range []string{
		"", "P", "-P", "PT", "P1DT", "1D", "P1H", "PT1D", "P1.5D", "PT1,5H", "p1d", "P1D ", "P-1D", "+P1D", "P1M1Y", "PT1M1H", "P101Y", "PT900000H", "P99999999999D", "PT4H\n",
	} {
		_, err := calendar.ParseDuration(text)
		require.Error(t, err, "%q", text)
	}
}

// someCalendar makes a calendar of a seed, with breaks, half-days, days off,
// nights and clocks that change.
func someCalendar(t testing.TB, random *rand.Rand) *calendar.Calendar {
	t.Helper()
	zones := []string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca"}
	spans := func() []calendar.Span {
		var edges []int
		for range 2 * (1 + random.IntN(3)) {
			edges = append(edges, 15*random.IntN(97))
		}
		slices.Sort(edges)
		edges = slices.Compact(edges)
		var found []calendar.Span
		for i := 0; i+1 < len(edges); i += 2 {
			found = append(found, calendar.Span{From: edges[i], To: edges[i+1]})
		}
		return found
	}
	var week [7][]calendar.Span
	for i := range week {
		if random.IntN(4) > 0 {
			week[i] = spans()
		}
	}
	week[random.IntN(7)] = office()[0]
	var exceptions []calendar.Exception
	first := day(t, "2005-01-01")
	for range random.IntN(60) {
		first += calendar.Day(1 + random.IntN(300))
		exception := calendar.Exception{First: first, Last: first + calendar.Day(random.IntN(12))}
		if random.IntN(2) == 0 {
			exception.Spans = spans()
		}
		exceptions, first = append(exceptions, exception), exception.Last
	}
	random.Shuffle(len(exceptions), func(i, j int) { exceptions[i], exceptions[j] = exceptions[j], exceptions[i] })
	return calendar.New(zone(t, zones[random.IntN(len(zones))]), week, exceptions)
}

// someTime is an instant between 2005 and 2035.
func someTime(random *rand.Rand) time.Time {
	return time.UnixMilli(1_104_537_600_000 + random.Int64N(30*365*86_400_000)).UTC()
}

// slow is the business time from a to b, minute by minute.
func slow(c *calendar.Calendar, a, b time.Time) time.Duration {
	var open time.Duration
	for ; a.Before(b); a = a.Add(time.Minute) {
		if c.Open(a) {
			open += min(time.Minute, b.Sub(a))
		}
	}
	return open
}

// holds are the promises of any calendar, at an instant and for lengths.
func holds(t *testing.T, c *calendar.Calendar, from time.Time, length time.Duration, other time.Time) {
	t.Helper()
	edge := func(at time.Time) bool { return c.Open(at) || c.Open(at.Add(-time.Millisecond)) }
	later := c.Add(from, calendar.Duration{Time: length})
	require.Equal(t, length, c.Between(from, later), "Between takes back what Add adds")
	require.True(t, edge(later), "%s is closed", later)
	if length > 0 {
		require.Less(t, c.Between(from, later.Add(-time.Millisecond)), length, "it is the earliest such instant")
	}
	earlier := c.Add(from, calendar.Duration{Time: -length})
	require.Equal(t, length, c.Between(earlier, from), "and going back")
	require.True(t, edge(earlier), "%s is closed", earlier)
	next := c.NextOpen(from)
	require.True(t, c.Open(next) && !next.Before(from))
	require.Zero(t, c.Between(from, next))
	for _, d := range []calendar.Duration{{Days: 1}, {Days: -1}, {Days: 7, Time: length}, {Months: 1}, {Months: -13, Days: -2}, {Weeks: 2}} {
		there := c.Add(from, d)
		require.True(t, edge(there), "%+v after %s leads to %s, which is closed", d, from, there)
	}
	if other.Before(from) {
		from, other = other, from
	}
	for _, d := range []calendar.Duration{{Time: length}, {Time: -length}, {Days: 1}, {Days: -3}} {
		require.False(t, c.Add(other, d).Before(c.Add(from, d)), "what begins later ends no earlier: %+v after %s and %s", d, from, other)
	}
	require.Equal(t, c.Between(from, other), -c.Between(other, from))
	middle := from.Add(other.Sub(from) / 3).Truncate(time.Millisecond)
	require.Equal(t, c.Between(from, other), c.Between(from, middle)+c.Between(middle, other), "parts add up")
	same, err := calendar.Parse(c.Text())
	require.NoError(t, err)
	require.Equal(t, c.Between(from, other), same.Between(from, other), "a calendar survives its text")
	require.Equal(t, c.Text(), same.Text())
}

func TestAnyCalendarKeepsItsPromises(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 5))
		c := someCalendar(t, random)
		for range 4 {
			from := someTime(random)
			length := time.Duration(random.Int64N(int64(400 * time.Hour))).Truncate(time.Millisecond)
			other := from.Add(time.Duration(random.Int64N(int64(2000*time.Hour)) - int64(1000*time.Hour))).Truncate(time.Millisecond)
			holds(t, c, from, length, other)
			minute := from.Truncate(time.Minute)
			until := minute.Add(time.Duration(random.IntN(40*24*60)) * time.Minute)
			require.Equal(t, slow(c, minute, until), c.Between(minute, until), "seed %d: from %s to %s", seed, minute, until)
		}
	}
}

// FuzzReckoning: no calendar, instant or length breaks a promise.
func FuzzReckoning(f *testing.F) {
	f.Add(uint64(1), int64(1_795_000_000_000), int64(4*time.Hour), int64(0))
	f.Add(uint64(7), int64(1_774_746_000_000), int64(0), int64(-3600))                   // the clocks go forward
	f.Add(uint64(9), int64(1_325_240_000_000), int64(30*24*time.Hour), int64(86_400))    // Apia skips a day
	f.Add(uint64(12), int64(1_300_000_000_000), int64(40_000*time.Hour), int64(900_000)) // years
	f.Fuzz(func(t *testing.T, seed uint64, millis, length, apart int64) {
		const years = 86_400_000 * 365 * 30
		from := time.UnixMilli(1_104_537_600_000 + (millis%years+years)%years).UTC()
		amount := (time.Duration(length) % (50_000 * time.Hour)).Abs().Truncate(time.Millisecond)
		holds(t, someCalendar(t, rand.New(rand.NewPCG(seed, 5))), from, amount, from.Add(time.Duration(apart%1_000_000_000)*time.Second/1000))
	})
}

// FuzzParseDuration: a text is read whole or refused, and nothing of what is
// read is beyond its limit.
func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"PT4H", "P1D", "-P1Y2M3W4DT5H6M7S", "PT", "P1DT", "P100Y", "PT876600H", "P٣D"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := calendar.ParseDuration(text)
		if err != nil {
			require.Zero(t, d)
			return
		}
		require.LessOrEqual(t, max(d.Months, -d.Months), 1200)
		require.LessOrEqual(t, max(d.Days, -d.Days), 36_525)
	})
}

// FuzzParse: a text is a calendar that can be written again, or refused.
func FuzzParse(f *testing.F) {
	f.Add(`{"zone":"Asia/Shanghai","week":[[[540,1080]],[],[],[],[],[],[]],"days":{"2026-01-01":[]}}`)
	f.Add(`{"zone":"Nowhere"}`)
	f.Add(`{"zone":"UTC","days":{"2026-02-30":[[1]]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := calendar.Parse(text); err == nil {
			_, err := calendar.Parse(c.Text())
			require.NoError(t, err)
		}
	})
}

func BenchmarkTenYears(b *testing.B) {
	c := cn2026(b)
	from := at(b, c, "2026-01-01 00:00")
	for b.Loop() {
		c.Add(from, calendar.Duration{Time: 22_500 * time.Hour})
	}
}
