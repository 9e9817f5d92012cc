package analytics_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// courseFigures are metrics and reports about the real leads.
func courseFigures() []any {
	metric := func(name, function, field, where string) doc {
		measure := doc{"function": function}
		if field != "" {
			measure["field"] = field
		}
		metric := doc{"kind": "metric", "name": name, "object": "course_lead", "measure": measure}
		if where != "" {
			metric["where"] = where
		}
		return metric
	}
	return []any{
		metric("leads", "count", "", ""), metric("converted", "count", "", "converted"), metric("seconds", "sum", "total_time_spent_on_website", ""),
		metric("mean_seconds", "avg", "total_time_spent_on_website", ""), metric("visits", "sum", "totalvisits", ""), metric("unmailed", "count", "", "do_not_email || do_not_call"),
		doc{"kind": "metric", "name": "conversion", "formula": "converted / leads", "format": "percent"},
		doc{"kind": "report", "name": "by_source", "object": "course_lead", "groups": []doc{{"field": "lead_source"}}, "measures": []doc{{"name": "n", "function": "count"}}, "sort": []string{"-n"}, "limit": 9, "chart": "bar"},
		doc{"kind": "report", "name": "by_origin", "object": "course_lead", "where": "converted", "groups": []doc{{"field": "lead_origin"}}, "measures": []doc{{"name": "n", "function": "count"}, {"name": "most", "function": "max", "field": "totalvisits"}}},
	}
}

// TestFiguresOfRealLeads: metrics and reports say what is known of 9,240 real
// leads, to an administrator of all and to a representative of his own; and the
// expression behind each figure lists as many records as it counts.
func TestFiguresOfRealLeads(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		definition, columns := enginetest.CourseLead(t)
		role := doc{"kind": "role", "name": "adviser", "grants": []doc{{"object": "course_lead", "actions": []string{"read"}, "scope": "own"}}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": append([]any{definition, role}, courseFigures()...)}).Want(t, 200)
		content, err := os.ReadFile(enginetest.LeadsFile(t))
		require.NoError(t, err)
		imported := i.Admin.Upload(t, "course_lead", "leads.csv", content).Want(t, 201).Data(t)
		i.Admin.Patch(t, fmt.Sprint("/imports/", imported["id"]), doc{"columns": columns}).Want(t, 200)
		require.Equal(t, "done", i.Admin.Stage(t, imported["id"], "run")["state"])

		values := func(c *enginetest.Client) doc {
			all := doc{}
			for _, name := range []string{"leads", "converted", "seconds", "mean_seconds", "visits", "unmailed", "conversion"} {
				all[name] = metric(t, c, name, doc{})["value"]
			}
			return all
		}
		require.Equal(t, doc{
			"leads": 9240.0, "converted": 3561.0, "seconds": 4506332.0, "visits": 31362.0, "unmailed": 736.0,
			"mean_seconds": "487.6982683982683983", "conversion": "0.3853896103896104",
		}, values(i.Admin))

		known := map[any]float64{"google": 2873, "direct_traffic": 2543, "olark_chat": 1755, "organic_search": 1154, "reference": 534, "welingak_website": 142, "referral_sites": 125, "facebook": 55, nil: 36}
		sources := report(t, i.Admin, "by_source", doc{})
		require.Equal(t, true, sources["more"], "there are 21 sources")
		require.Equal(t, known, listed(t, i.Admin, sources, "lead_source", "n"))
		require.Equal(t, map[any]float64{"landing_page_submission": 1768, "api": 1115, "lead_add_form": 664, "lead_import": 13, "quick_add_form": 1}, listed(t, i.Admin, report(t, i.Admin, "by_origin", doc{}), "lead_origin", "n"))
		require.InDelta(t, 736, total(t, i.Admin, metric(t, i.Admin, "unmailed", doc{})), 0)

		adviser := i.Person(t, "Lee", "adviser")
		require.Equal(t, doc{"leads": 0.0, "converted": 0.0, "seconds": nil, "mean_seconds": nil, "visits": nil, "unmailed": 0.0, "conversion": nil}, values(adviser), "a share of nothing is nothing")
		var operations []any
		for _, record := range i.Admin.Post(t, "/records/course_lead/_query", doc{"where": `lead_source == "reference"`, "limit": 1000, "fields": []string{"id"}}).Want(t, 200).List(t) {
			operations = append(operations, doc{"op": "update", "id": record["id"], "values": doc{"owner": adviser.UserID}})
		}
		i.Admin.Post(t, "/records/course_lead/_batch", doc{"operations": operations}).Want(t, 200)
		own := values(adviser)
		require.Equal(t, []any{534.0, 490.0, "0.9176029962546816"}, []any{own["leads"], own["converted"], own["conversion"]})
		require.Equal(t, map[any]float64{"reference": 534}, listed(t, adviser, report(t, adviser, "by_source", doc{}), "lead_source", "n"))
		theirs := metric(t, i.Admin, "conversion", doc{"owner": adviser.UserID})
		require.Equal(t, own["conversion"], theirs["value"], "what he sees is what his administrator sees of him")
		for _, part := range theirs["parts"].([]any) {
			part := part.(doc)
			require.InDelta(t, part["value"], total(t, i.Admin, part), 0, part["where"])
		}
	})
}
