package api_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// unitOf is the label of a unit of time, as the calendar of a zone has it, where
// the fiscal year begins in April.
func unitOf(unit string, at time.Time) string {
	switch unit {
	case "day":
		return at.Format("2006-01-02")
	case "week":
		year, week := at.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case "month":
		return at.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%d-Q%d", at.Year(), (at.Month()+2)/3)
	case "fiscal_quarter":
		return fmt.Sprintf("%s-Q%d", unitOf("fiscal_year", at), []int{4, 4, 4, 1, 1, 1, 2, 2, 2, 3, 3, 3}[at.Month()-1])
	case "fiscal_year":
		if at.Month() >= time.April {
			return fmt.Sprintf("FY%d", at.Year()+1)
		}
		return fmt.Sprintf("FY%d", at.Year())
	default:
		return at.Format("2006")
	}
}

// TestFiguresByTime groups instants and days as the calendar of the reader's
// zone has them, also on the days when its clocks change.
func TestFiguresByTime(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": parts()}).Want(t, 200)
		i.Admin.Patch(t, "/organisation", doc{"fiscal_year_start": 4}).Want(t, 200)
		var instants []time.Time
		zones := []string{"Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "America/Asuncion"}
		for _, name := range zones {
			zone, err := time.LoadLocation(name)
			require.NoError(t, err)
			for _, day := range []string{"2024-12-30", "2025-01-01", "2025-03-09", "2025-03-30", "2025-04-06", "2025-04-25", "2025-10-05", "2025-10-26", "2025-11-02", "2025-12-29", "2026-01-01", "2026-03-29", "2026-12-31"} {
				at, err := time.ParseInLocation(time.DateOnly, day, zone)
				require.NoError(t, err)
				for _, shift := range []time.Duration{-time.Millisecond, 0, 90 * time.Minute, 150 * time.Minute, 210 * time.Minute, 24*time.Hour - time.Millisecond, 24 * time.Hour, 25 * time.Hour} {
					instants = append(instants, at.Add(shift))
				}
			}
		}
		var operations []any
		for _, at := range instants {
			operations = append(operations, doc{"op": "create", "values": doc{"moment": at.UTC().Format("2006-01-02T15:04:05.000Z"), "day": at.Format(time.DateOnly), "size": 2}})
		}
		operations = append(operations, doc{"op": "create", "values": doc{"size": 5}})
		i.Admin.Post(t, "/records/part/_batch", doc{"atomic": true, "operations": operations}).Want(t, 200)
		for n, name := range zones {
			zone, err := time.LoadLocation(name)
			require.NoError(t, err)
			i.Admin.Patch(t, "/me", doc{"timezone": name}).Want(t, 200)
			for _, unit := range []string{"day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"} {
				figures := func(field string) map[any]float64 {
					answer := i.Admin.Post(t, "/records/part/_aggregate", doc{"groups": []any{doc{"field": field, "by": unit}}, "measures": []any{doc{"as": "n", "function": "count"}, doc{"as": "sum", "function": "sum", "field": "size"}}, "limit": 10_000})
					got := map[any]float64{}
					for _, row := range answer.Want(t, 200).List(t) {
						got[row[field]] = row["n"].(float64)
						if row[field] == nil {
							require.InDelta(t, 5, row["sum"], 0)
						} else {
							require.InDelta(t, 2*row["n"].(float64), row["sum"], 0)
						}
					}
					return got
				}
				moments, days := map[any]float64{nil: 1}, map[any]float64{nil: 1}
				for _, at := range instants {
					moments[unitOf(unit, at.In(zone))]++
					days[unitOf(unit, at)]++
				}
				require.Equal(t, moments, figures("moment"), "by %s in %s", unit, name)
				if n == 0 {
					require.Equal(t, days, figures("day"), "days have no zone: by %s", unit)
				}
			}
		}
	})
}

// TestFiguresOfEachGroup are those that counting by hand gives.
func TestFiguresOfEachGroup(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		_, ids := stocked(t, i, 150)
		all := list(t, i.Admin, "/records/part?limit=1000").Data
		require.Len(t, all, len(ids))
		measures := []any{
			doc{"as": "n", "function": "count"},
			doc{"as": "priced", "function": "count", "field": "price"},
			doc{"as": "kinds", "function": "count_distinct", "field": "name"},
			doc{"as": "total", "function": "sum", "field": "price"},
			doc{"as": "mean", "function": "avg", "field": "price"},
			doc{"as": "least", "function": "min", "field": "price"},
			doc{"as": "most", "function": "max", "field": "price"},
			doc{"as": "first", "function": "min", "field": "day"},
			doc{"as": "last", "function": "max", "field": "moment"},
			doc{"as": "sizes", "function": "sum", "field": "size"},
		}
		for _, by := range []string{"metal", "maker", "done", "day", "size", "name", "moment", "mail"} {
			groups := map[string][]map[string]any{}
			for _, record := range all {
				key := fmt.Sprint(record[by])
				groups[key] = append(groups[key], record)
			}
			rows := i.Admin.Post(t, "/records/part/_aggregate", doc{"groups": []any{doc{"field": by}}, "measures": measures}).Want(t, 200).List(t)
			require.Len(t, rows, len(groups), by)
			for _, row := range rows {
				records := groups[fmt.Sprint(row[by])]
				require.NotEmpty(t, records, "%s %v", by, row[by])
				delete(row, by)
				require.Equal(t, figuresOf(records), row, by)
			}
		}
		require.Empty(t, i.Admin.Post(t, "/records/part/_aggregate", doc{"where": "size == 77", "groups": []any{doc{"field": "metal"}}, "measures": measures}).Want(t, 200).List(t))
		none := i.Admin.Post(t, "/records/part/_aggregate", doc{"where": "size == 77", "measures": measures}).Want(t, 200).List(t)
		require.Equal(t, []map[string]any{figuresOf(nil)}, none, "without groups there is one row")
	})
}

// figuresOf counts by hand.
func figuresOf(records []map[string]any) map[string]any {
	names, total, sizes := map[any]bool{}, decimal.Zero, 0.0
	var prices []decimal.Decimal
	var days, moments []string
	sized := false
	for _, record := range records {
		if record["name"] != nil {
			names[record["name"]] = true
		}
		if price, ok := record["price"].(string); ok {
			prices = append(prices, decimal.RequireFromString(price))
			total = total.Add(prices[len(prices)-1])
		}
		if size, ok := record["size"].(float64); ok {
			sizes, sized = sizes+size, true
		}
		if day, ok := record["day"].(string); ok {
			days = append(days, day)
		}
		if moment, ok := record["moment"].(string); ok {
			moments = append(moments, moment)
		}
	}
	figures := map[string]any{"n": float64(len(records)), "priced": float64(len(prices)), "kinds": float64(len(names)), "total": nil, "mean": nil, "least": nil, "most": nil, "first": nil, "last": nil, "sizes": nil}
	if len(prices) > 0 {
		slices.SortFunc(prices, decimal.Decimal.Cmp)
		figures["total"], figures["mean"] = total.String(), total.DivRound(decimal.NewFromInt(int64(len(prices))), 16).String()
		figures["least"], figures["most"] = prices[0].String(), prices[len(prices)-1].String()
	}
	if len(days) > 0 {
		figures["first"] = slices.Min(days)
	}
	if len(moments) > 0 {
		figures["last"] = slices.Max(moments)
	}
	if sized {
		figures["sizes"] = sizes
	}
	return figures
}

// TestFiguresAreOrderedAndCut: by their columns, empty groups first, options
// in their order; "having" and "limit" act on the whole.
func TestFiguresAreOrderedAndCut(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		stocked(t, i, 150)
		ask := func(more doc) []map[string]any {
			whole := doc{"groups": []any{doc{"field": "metal"}, doc{"field": "name"}}, "measures": []any{doc{"as": "n", "function": "count"}, doc{"as": "sum", "function": "sum", "field": "size"}}, "limit": 1000}
			maps.Copy(whole, more)
			return i.Admin.Post(t, "/records/part/_aggregate", whole).Want(t, 200).List(t)
		}
		all := ask(nil)
		metals := []any{}
		for _, row := range all {
			if !slices.Contains(metals, row["metal"]) {
				metals = append(metals, row["metal"])
			}
		}
		require.Equal(t, []any{nil, "zinc", "iron", "gold"}, metals)
		require.Equal(t, all[:7], ask(doc{"limit": 7}))
		largest := ask(doc{"sort": []any{"-n", "metal"}})
		require.True(t, slices.IsSortedFunc(largest, func(a, b map[string]any) int { return int(b["n"].(float64) - a["n"].(float64)) }))
		for _, row := range ask(doc{"having": "n >= 2 && sum > 3"}) {
			require.GreaterOrEqual(t, row["n"], 2.0)
			require.Greater(t, row["sum"], 3.0)
		}
		require.Len(t, ask(doc{"having": `metal == null`}), len(slices.DeleteFunc(slices.Clone(all), func(row map[string]any) bool { return row["metal"] != nil })))

		i.Admin.Post(t, "/records/part", doc{"moment": "1900-01-01T00:00:00Z"}).Want(t, 201)
		_, items := i.Admin.Post(t, "/records/part/_aggregate", doc{"groups": []any{doc{"field": "moment", "by": "day"}}, "measures": []any{doc{"as": "n", "function": "count"}}}).Want(t, 400).Fault(t)
		require.Equal(t, map[string]string{"/groups": "too_many_groups"}, items)
		i.Admin.Post(t, "/records/part/_aggregate", doc{"groups": []any{doc{"field": "moment", "by": "year"}}, "measures": []any{doc{"as": "n", "function": "count"}}}).Want(t, 200)
	})
}
