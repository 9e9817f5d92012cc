package analytics_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

type doc = map[string]any

func metric(t *testing.T, c *enginetest.Client, name string, filter doc) doc {
	t.Helper()
	return c.Post(t, "/metrics/"+name+"/_evaluate", filter).Want(t, 200).Data(t)
}

func report(t *testing.T, c *enginetest.Client, name string, filter doc) doc {
	t.Helper()
	return c.Post(t, "/reports/"+name+"/_evaluate", filter).Want(t, 200).Data(t)
}

// total is how many records a figure's expression lists.
func total(t *testing.T, c *enginetest.Client, figure doc) float64 {
	t.Helper()
	var body struct{ Page struct{ Total float64 } }
	ask := doc{"where": figure["where"], "count": "exact", "limit": 1}
	if figure["where"] == "" {
		delete(ask, "where")
	}
	c.Post(t, "/records/"+figure["object"].(string)+"/_query", ask).Want(t, 200).Into(t, &body)
	return body.Page.Total
}

// listed are the counts of a report's groups, each of which its expression
// lists.
func listed(t *testing.T, c *enginetest.Client, answer doc, by, count string) map[any]float64 {
	t.Helper()
	counts := map[any]float64{}
	for _, group := range answer["groups"].([]any) {
		group := group.(doc)
		values := group["values"].(doc)
		counts[values[by]] = values[count].(float64)
		require.InDelta(t, values[count], total(t, c, doc{"object": answer["object"], "where": group["where"]}), 0, "%v: %v", values[by], group["where"])
	}
	return counts
}

// sales are an object with what sells in it, and figures about it.
func sales() []any {
	count := doc{"function": "count"}
	n := []doc{{"name": "n", "function": "count"}}
	return []any{
		doc{"kind": "object", "name": "sale", "type": "object", "display": "name", "properties": doc{
			"name": doc{"field": "text"}, "amount": doc{"field": "money"}, "cost": doc{"field": "decimal", "decimals": 2}, "closed": doc{"field": "date"}, "called": doc{"field": "datetime"}, "good": doc{"field": "boolean"},
			"stage": doc{"field": "select", "oneOf": []doc{{"const": "first"}, {"const": "second"}, {"const": "third"}, {"const": "lost"}}},
		}},
		doc{"kind": "metric", "name": "sold", "title": "Sold", "object": "sale", "where": `stage == "third" || good // what counts`, "measure": doc{"function": "sum", "field": "amount"}, "date": "closed", "period": "this_month", "compare": true},
		doc{"kind": "metric", "name": "closed", "object": "sale", "measure": count, "date": "closed", "period": "this_month"},
		doc{"kind": "metric", "name": "called", "object": "sale", "measure": count, "date": "called", "period": "last_7_days", "compare": true},
		doc{"kind": "metric", "name": "all_sales", "object": "sale", "measure": count},
		doc{"kind": "metric", "name": "mean_sale", "formula": "sold / closed", "format": "money", "compare": true, "period": "this_month"},
		doc{"kind": "report", "name": "called_by_day", "object": "sale", "groups": []doc{{"field": "called", "by": "day"}}, "measures": n, "chart": "line"},
		doc{"kind": "report", "name": "called_by_week", "object": "sale", "groups": []doc{{"field": "called", "by": "week"}}, "measures": n},
		doc{"kind": "report", "name": "closed_by_quarter", "object": "sale", "groups": []doc{{"field": "closed", "by": "quarter"}}, "measures": append(n, doc{"name": "sum", "function": "sum", "field": "amount"}), "chart": "bar"},
		doc{"kind": "report", "name": "closed_by_fiscal_quarter", "object": "sale", "groups": []doc{{"field": "closed", "by": "fiscal_quarter"}}, "measures": n, "chart": "line"},
		doc{"kind": "report", "name": "called_by_fiscal_year", "object": "sale", "groups": []doc{{"field": "called", "by": "fiscal_year"}}, "measures": n},
		doc{"kind": "report", "name": "funnel", "object": "sale", "where": `stage != "lost"`, "groups": []doc{{"field": "stage"}}, "measures": n, "chart": "funnel", "cumulative": true},
		doc{"kind": "report", "name": "by_all", "object": "sale", "groups": []doc{{"field": "owner"}, {"field": "good"}, {"field": "name"}}, "measures": n},
		doc{"kind": "report", "name": "by_cost", "object": "sale", "groups": []doc{{"field": "cost"}}, "measures": n},
		doc{"kind": "report", "name": "by_amount", "object": "sale", "groups": []doc{{"field": "amount"}, {"field": "called"}}, "measures": n},
		doc{"kind": "dashboard", "name": "board", "filters": []string{"period"}, "cards": []doc{{"metric": "sold", "x": 0, "y": 0, "w": 6, "h": 2}, {"report": "by_cost", "x": 6, "y": 0, "w": 6, "h": 2}}},
	}
}

// sold are records of this month, the one before, and others.
func sold(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	now := i.Clock.Now().In(zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone)
	day := func(at time.Time) string { return at.Format(time.DateOnly) }
	money := func(amount string) doc { return doc{"amount": amount, "currency": "CNY"} }
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	instant := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
	for _, record := range []doc{
		{"name": "a", "stage": "third", "amount": money("100.50"), "closed": day(first), "called": instant(midnight), "cost": "1.50"},
		{"name": `a "quoted" \ name`, "stage": "second", "good": true, "amount": money("200"), "closed": day(first.AddDate(0, 1, -1)), "called": instant(midnight.Add(-time.Millisecond)), "cost": "-2"},
		{"name": "//", "stage": "first", "amount": money("9"), "closed": day(first), "called": instant(midnight.AddDate(0, 0, -6))},
		{"stage": "third", "amount": money("50"), "closed": day(first.AddDate(0, 0, -1)), "called": instant(midnight.AddDate(0, 0, -6).Add(-time.Millisecond)), "cost": "1.5"},
		{"name": "a", "stage": "third", "closed": day(first.AddDate(0, -1, 0)), "called": instant(midnight.AddDate(0, 0, -13))},
		{"name": "x\ny", "stage": "lost", "amount": money("7"), "closed": day(first.AddDate(0, -4, 0)), "called": instant(midnight.AddDate(0, 0, -40))},
		{"good": false},
	} {
		i.Admin.Post(t, "/records/sale", record).Want(t, 201)
	}
}

// TestAMetricIsComparedWithThePeriodBefore: months with months, days with as
// many days; without a filter in its own period.
func TestAMetricIsComparedWithThePeriodBefore(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": sales()}).Want(t, 200)
		sold(t, i)
		months := metric(t, i.Admin, "sold", doc{})
		require.Equal(t, []any{"300.5", "money", "CNY", "this_month"}, []any{months["value"], months["format"], months["currency"], months["period"].(doc)["name"]})
		before := months["previous"].(doc)
		require.Equal(t, "50", before["value"])
		require.InDelta(t, 2, total(t, i.Admin, months), 0, months["where"])
		require.InDelta(t, 2, total(t, i.Admin, before), 0, before["where"])

		days := metric(t, i.Admin, "called", doc{})
		require.Equal(t, []any{3.0, 2.0}, []any{days["value"], days["previous"].(doc)["value"]})
		require.InDelta(t, 2, total(t, i.Admin, days["previous"].(doc)), 0)

		mean := metric(t, i.Admin, "mean_sale", doc{})
		require.Equal(t, []any{"100.1666666666666667", "25"}, []any{mean["value"], mean["previous"].(doc)["value"]})

		chosen := doc{"from": before["period"].(doc)["from"], "to": before["period"].(doc)["to"]}
		require.Equal(t, "50", metric(t, i.Admin, "sold", chosen)["value"])
		require.Equal(t, "25", metric(t, i.Admin, "mean_sale", chosen)["value"])
		require.InDelta(t, 7, metric(t, i.Admin, "all_sales", chosen)["value"], 0, "without a date there is no period")
		never := metric(t, i.Admin, "mean_sale", doc{"from": "1999-01-01", "to": "1999-01-01"})
		require.Nil(t, never["value"], "a ratio to nothing is no number")
		require.Equal(t, doc{"from": "1998-12-31", "to": "1998-12-31"}, never["previous"].(doc)["period"])
	})
}

// TestEachGroupListsItsRecords: whatever it is grouped by.
func TestEachGroupListsItsRecords(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": sales()}).Want(t, 200)
		sold(t, i)
		i.Admin.Patch(t, "/organisation", doc{"fiscal_year_start": 12}).Want(t, 200)
		for name, by := range map[string]string{"called_by_week": "called", "closed_by_fiscal_quarter": "closed", "called_by_fiscal_year": "called", "closed_by_quarter": "closed", "by_all": "name", "by_cost": "cost", "by_amount": "amount"} {
			answer := report(t, i.Admin, name, doc{})
			require.NotEmpty(t, listed(t, i.Admin, answer, by, "n"), name)
		}
		byDay := listed(t, i.Admin, report(t, i.Admin, "called_by_day", doc{}), "called", "n")
		require.Len(t, byDay, 42, "a line has every day from the first to the last, and those without one")
		require.Equal(t, map[any]float64{"first": 5, "second": 4, "third": 3, nil: 6}, listed(t, i.Admin, report(t, i.Admin, "funnel", doc{}), "stage", "n"), "who came further was there as well")
		var body struct{ Included map[string]map[string]doc }
		i.Admin.Post(t, "/reports/by_all/_evaluate", doc{}).Want(t, 200).Into(t, &body)
		require.Equal(t, "Ada Admin", body.Included["user"][i.Admin.UserID]["display"])
	})
}

// TestWhatAFigureNeedsIsSeenOrItIsNot: a metric or a report that needs a field
// or an object which its reader may not see does not exist for him, nor does
// its card.
func TestWhatAFigureNeedsIsSeenOrItIsNot(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(sales(),
			doc{"kind": "role", "name": "blind", "grants": []doc{{"object": "sale", "actions": []string{"read"}, "fields": doc{"read": []string{"*", "-amount"}}}}},
			doc{"kind": "app", "name": "boards", "items": []doc{{"dashboard": "board"}}},
		)}).Want(t, 200)
		sold(t, i)
		blind, stranger := i.Person(t, "Blind", "blind"), i.Person(t, "Stranger")
		for _, name := range []string{"sold", "mean_sale", "nothing"} {
			blind.Post(t, "/metrics/"+name+"/_evaluate", doc{}).Want(t, 404)
			blind.Get(t, "/meta/metric/"+name).Want(t, 404)
		}
		require.InDelta(t, 7, metric(t, blind, "all_sales", doc{})["value"], 0)
		blind.Post(t, "/reports/closed_by_quarter/_evaluate", doc{}).Want(t, 404)
		blind.Post(t, "/reports/nothing/_evaluate", doc{"period": "x"}).Want(t, 404)
		require.Len(t, blind.Get(t, "/meta/dashboard/board").Want(t, 200).Data(t)["cards"], 1)
		require.Len(t, i.Admin.Get(t, "/meta/dashboard/board").Want(t, 200).Data(t)["cards"], 2)
		blind.Get(t, "/meta/app/boards").Want(t, 200)
		for _, path := range []string{"/meta/dashboard/board", "/meta/app/boards", "/meta/report/by_cost"} {
			stranger.Get(t, path).Want(t, 404)
		}
		stranger.Post(t, "/metrics/all_sales/_evaluate", doc{}).Want(t, 404)
	})
}

// TestAFilterIsRefusedAtItsPlace: what is no period, no day and nobody.
func TestAFilterIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": sales()}).Want(t, 200)
		for _, path := range []string{"/metrics/sold", "/reports/funnel"} {
			for _, refused := range []struct {
				filter doc
				items  map[string]string
			}{
				{doc{"period": "soon"}, map[string]string{"/period": "unknown_option"}},
				{doc{"period": "this_month", "from": "2026-01-01"}, map[string]string{"/period": "unknown_option"}},
				{doc{"from": "2026-01-01"}, map[string]string{"/to": "invalid_date"}},
				{doc{"from": "2026-01-02", "to": "2026-01-01"}, map[string]string{"/to": "too_small"}},
				{doc{"from": `"x"`, "to": "2026-02-30"}, map[string]string{"/from": "invalid_date", "/to": "invalid_date"}},
				{doc{"owner": `x" || true`, "department": "y"}, map[string]string{"/owner": "invalid_id", "/department": "invalid_id"}},
			} {
				_, items := i.Admin.Post(t, path+"/_evaluate", refused.filter).Want(t, 400).Fault(t)
				require.Equal(t, refused.items, items, "%v", refused.filter)
			}
			i.Admin.Post(t, path+"/_evaluate", doc{"from": "0001-01-01", "to": "9999-12-31"}).Want(t, 400)
			i.Admin.Post(t, path+"/_evaluate", doc{"from": "1900-01-01", "to": "2999-12-31"}).Want(t, 200)
			i.Admin.Post(t, path+"/_evaluate", doc{"owner": i.Admin.UserID, "department": i.Admin.UserID}).Want(t, 200)
		}
	})
}

// TestFiguresAreChecked: what a figure names is there and of its kind, and is
// not removed while it is named.
func TestFiguresAreChecked(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": sales()}).Want(t, 200)
		n := []doc{{"name": "n", "function": "count"}}
		for _, wrong := range []struct {
			definition doc
			items      map[string]string
		}{
			{doc{"kind": "metric", "name": "m"}, nil},
			{doc{"kind": "metric", "name": "m", "formula": "sold", "object": "sale", "measure": doc{"function": "count"}}, nil},
			{doc{"kind": "metric", "name": "m", "object": "nothing", "measure": doc{"function": "count"}}, map[string]string{"/definitions/0/object": "dangling_reference"}},
			{doc{"kind": "metric", "name": "m", "object": "sale", "where": "colour", "measure": doc{"function": "sum", "field": "name"}, "date": "good"}, map[string]string{"/definitions/0/where": "unknown_field", "/definitions/0/measure/function": "unknown_option", "/definitions/0/date": "wrong_type"}},
			{doc{"kind": "metric", "name": "m", "object": "sale", "measure": doc{"function": "max", "field": "closed"}}, map[string]string{"/definitions/0/measure/function": "unknown_option"}},
			{doc{"kind": "metric", "name": "m", "object": "sale", "measure": doc{"function": "sum"}, "period": "today"}, map[string]string{"/definitions/0/measure/field": "required", "/definitions/0/date": "required"}},
			{doc{"kind": "metric", "name": "m", "formula": "mean_sale * 2"}, map[string]string{"/definitions/0/formula": "unknown_field"}},
			{doc{"kind": "metric", "name": "m", "formula": "m + 1"}, map[string]string{"/definitions/0/formula": "unknown_field"}},
			{doc{"kind": "report", "name": "r", "object": "sale", "groups": []doc{{"field": "name", "by": "day"}, {"field": "name"}}, "measures": append(n, n...), "sort": []string{"x"}, "chart": "line"}, map[string]string{"/definitions/0/groups/0/by": "unknown_option", "/definitions/0/groups/1/field": "name_taken", "/definitions/0/measures/1/name": "name_taken", "/definitions/0/sort/0": "unknown_field", "/definitions/0/chart": "unknown_option"}},
			{doc{"kind": "report", "name": "r", "object": "sale", "groups": []doc{{"field": "name"}}, "measures": n, "cumulative": true}, map[string]string{"/definitions/0/cumulative": "not_allowed"}},
			{doc{"kind": "dashboard", "name": "d", "cards": []doc{{"metric": "by_cost", "x": 0, "y": 0, "w": 3, "h": 1}, {"report": "by_cost", "x": 2, "y": 0, "w": 11, "h": 1}}}, map[string]string{"/definitions/0/cards/0/metric": "dangling_reference", "/definitions/0/cards/1": "not_allowed", "/definitions/0/cards/1/w": "out_of_range"}},
			{doc{"kind": "app", "name": "a", "items": []doc{{"dashboard": "nothing"}}}, map[string]string{"/definitions/0/items/0/dashboard": "dangling_reference"}},
		} {
			_, items := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []doc{wrong.definition}}).Want(t, 422).Fault(t)
			if wrong.items != nil {
				require.Equal(t, wrong.items, items, "%v", wrong.definition)
			}
		}
		for of, by := range map[string]string{"metric/sold": "metric/mean_sale", "report/by_cost": "dashboard/board"} {
			i.Admin.Delete(t, "/meta/"+of).Want(t, 409)
			var users []string
			for _, user := range i.Admin.Get(t, "/meta/"+of+"/users").Want(t, 200).List(t) {
				users = append(users, user["kind"].(string)+"/"+user["name"].(string))
			}
			require.Contains(t, users, by)
		}
		users := i.Admin.Get(t, "/meta/object/sale/users?at=/properties/closed").Want(t, 200).List(t)
		require.Len(t, users, 4, "%v", users)
	})
}
