package query_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/query"
)

// TestAFiscalYearHasTheNameOfTheYearItEndsIn: the days around its borders, with
// the quarters that they lie in.
func TestAFiscalYearHasTheNameOfTheYearItEndsIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		start         time.Month
		day           string
		year, quarter string
	}{
		{time.January, "2025-12-31", "FY2025", "FY2025-Q4"},
		{time.January, "2026-01-01", "FY2026", "FY2026-Q1"},
		{time.January, "2026-06-30", "FY2026", "FY2026-Q2"},
		{time.February, "2026-01-31", "FY2026", "FY2026-Q4"},
		{time.February, "2026-02-01", "FY2027", "FY2027-Q1"},
		{time.April, "2025-03-31", "FY2025", "FY2025-Q4"},
		{time.April, "2025-04-01", "FY2026", "FY2026-Q1"},
		{time.April, "2025-06-30", "FY2026", "FY2026-Q1"},
		{time.April, "2025-07-01", "FY2026", "FY2026-Q2"},
		{time.April, "2025-12-31", "FY2026", "FY2026-Q3"},
		{time.April, "2026-01-01", "FY2026", "FY2026-Q4"},
		{time.July, "2026-06-30", "FY2026", "FY2026-Q4"},
		{time.July, "2026-07-01", "FY2027", "FY2027-Q1"},
		{time.October, "2026-09-30", "FY2026", "FY2026-Q4"},
		{time.October, "2026-10-01", "FY2027", "FY2027-Q1"},
		{time.December, "2026-11-30", "FY2026", "FY2026-Q4"},
		{time.December, "2026-12-01", "FY2027", "FY2027-Q1"},
		{time.December, "2028-02-29", "FY2028", "FY2028-Q1"},
	} {
		day, err := expr.ParseDate(c.day)
		require.NoError(t, err)
		require.Equal(t, c.year, query.Unit{Name: "fiscal_year", FiscalStart: c.start}.LabelOf(day), "%s from %s", c.day, c.start)
		require.Equal(t, c.quarter, query.Unit{Name: "fiscal_quarter", FiscalStart: c.start}.LabelOf(day), "%s from %s", c.day, c.start)
	}
}

// TestUnitsFollowOneAnother: whichever month the fiscal year begins in, each day
// lies in the unit whose label it has, and where one ends the next begins; four
// fiscal quarters are a fiscal year.
func TestUnitsFollowOneAnother(t *testing.T) {
	t.Parallel()
	first := time.Date(2023, time.January, 1, 0, 0, 0, 0, time.UTC)
	for start := time.January; start <= time.December; start++ {
		for _, name := range query.Units() {
			unit := query.Unit{Name: name, FiscalStart: start}
			for n := range 1200 {
				day := expr.DateOf(first.AddDate(0, 0, n), time.UTC)
				label := unit.LabelOf(day)
				from, to, ok := unit.Days(label)
				require.True(t, ok, label)
				require.LessOrEqual(t, from.Compare(day), 0, "%s in %s from %s", day, label, start)
				require.Positive(t, to.Compare(day), "%s in %s from %s", day, label, start)
				require.Equal(t, label, unit.LabelOf(from))
				require.Equal(t, label, unit.LabelOf(to.AddDays(-1)))
				require.NotEqual(t, label, unit.LabelOf(to))
			}
		}
		year := query.Unit{Name: "fiscal_year", FiscalStart: start}
		quarter := query.Unit{Name: "fiscal_quarter", FiscalStart: start}
		from, to, _ := year.Days("FY2026")
		require.Equal(t, start, from.Month)
		begins, _, _ := quarter.Days("FY2026-Q1")
		_, ends, _ := quarter.Days("FY2026-Q4")
		require.Equal(t, []expr.Date{from, to}, []expr.Date{begins, ends})
		for n := 1; n < 4; n++ {
			_, end, _ := quarter.Days(fmt.Sprintf("FY2026-Q%d", n))
			begin, _, _ := quarter.Days(fmt.Sprintf("FY2026-Q%d", n+1))
			require.Equal(t, end, begin)
		}
	}
}
