package transfer_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestRealLeads imports 9,240 real leads as a person would, and asks of them
// what is known.
func TestRealLeads(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		definition, columns := enginetest.CourseLead(t)
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{definition, map[string]any{
			"kind": "role", "name": "adviser", "abilities": []string{"import"}, "grants": []any{map[string]any{
				"object": "course_lead", "actions": []string{"create", "read", "update", "delete"}, "scope": "own",
			}},
		}}}).Want(t, 200)
		content, err := os.ReadFile(enginetest.LeadsFile(t))
		require.NoError(t, err)
		load := func(t *testing.T) any {
			t.Helper()
			imported := i.Admin.Upload(t, "course_lead", "leads.csv", content).Want(t, 201).Data(t)
			require.Equal(t, "utf-8", imported["file"].(map[string]any)["encoding"])
			i.Admin.Patch(t, fmt.Sprint("/imports/", imported["id"]), map[string]any{"columns": columns, "match": []string{"prospect_id"}}).Want(t, 200)
			return imported["id"]
		}
		first := load(t)
		planned := i.Admin.Stage(t, first, "plan")
		require.Equal(t, "planned", planned["state"], planned["fault"])
		require.InDelta(t, 9240, planned["counts"].(map[string]any)["create"], 0, "%v", planned["counts"])
		require.InDelta(t, 0, total(t, i.Admin, "true"), 0, "a plan writes nothing")
		done := i.Admin.Stage(t, first, "run")
		require.Equal(t, "done", done["state"], done["fault"])
		require.InDelta(t, 9240, done["counts"].(map[string]any)["create"], 0, "%v", done["counts"])

		figures(t, i.Admin)

		t.Run("a representative sees the figures of his own records", func(t *testing.T) {
			adviser := i.Person(t, "Lee", "adviser")
			require.InDelta(t, 0, total(t, adviser, "true"), 0)
			page := i.Admin.Post(t, "/records/course_lead/_query", map[string]any{"where": `lead_source == "reference"`, "limit": 1000, "fields": []string{"id"}}).Want(t, 200).List(t)
			var operations []any
			for _, record := range page {
				operations = append(operations, map[string]any{"op": "update", "id": record["id"], "values": map[string]any{"owner": adviser.UserID}})
			}
			for _, outcome := range i.Admin.Post(t, "/records/course_lead/_batch", map[string]any{"operations": operations}).Want(t, 200).List(t) {
				require.InDelta(t, 200, outcome["status"], 0)
			}
			require.InDelta(t, 534, total(t, adviser, "true"), 0)
			require.InDelta(t, 490, total(t, adviser, "converted"), 0)
			groups := aggregate(t, adviser, map[string]any{"groups": []any{map[string]any{"field": "lead_source"}}, "measures": []any{count()}})
			require.Len(t, groups, 1)
			for _, record := range page {
				operations = append(operations[:0], map[string]any{"op": "update", "id": record["id"], "values": map[string]any{"owner": i.Admin.UserID}})
				i.Admin.Post(t, "/records/course_lead/_batch", map[string]any{"operations": operations}).Want(t, 200)
			}
		})
		second := load(t)
		again := i.Admin.Stage(t, second, "run")
		require.InDelta(t, 9240, again["counts"].(map[string]any)["skip"], 0, "importing it again changes nothing: %v", again["counts"])
		undone := i.Admin.Stage(t, second, "undo")
		require.Equal(t, "undone", undone["state"])
		require.InDelta(t, 9240, total(t, i.Admin, "true"), 0)
	})
}

func count() map[string]any { return map[string]any{"as": "n", "function": "count"} }

func total(t *testing.T, c *enginetest.Client, where string) float64 {
	t.Helper()
	var body struct{ Page struct{ Total float64 } }
	c.Post(t, "/records/course_lead/_query", map[string]any{"where": where, "count": "exact", "limit": 1}).Want(t, 200).Into(t, &body)
	return body.Page.Total
}

func aggregate(t *testing.T, c *enginetest.Client, ask map[string]any) []map[string]any {
	t.Helper()
	return c.Post(t, "/records/course_lead/_aggregate", ask).Want(t, 200).List(t)
}

// figures asks every figure of the data's index.
func figures(t *testing.T, c *enginetest.Client) {
	t.Helper()
	for where, want := range map[string]float64{
		"true": 9240, "converted": 3561, "do_not_email": 734, "do_not_call": 2, "do_not_email && do_not_call": 0,
		"totalvisits == null": 137, "how_did_you_hear_about_x_education == null": 5043 + 2207, `lead_source == null`: 36,
		`lead_source == "google" && converted`: 1147, `last_activity == "email_opened"`: 3437, `last_activity == "sms_sent" && converted`: 1727,
	} {
		require.InDelta(t, want, total(t, c, where), 0, where)
	}
	bySource := map[any][2]float64{}
	for _, group := range aggregate(t, c, map[string]any{
		"groups": []any{map[string]any{"field": "lead_source"}, map[string]any{"field": "converted"}}, "measures": []any{count()},
	}) {
		pair := bySource[group["lead_source"]]
		n, _ := group["n"].(float64)
		pair[0] += n
		if group["converted"] == true {
			pair[1] += n
		}
		bySource[group["lead_source"]] = pair
	}
	for source, want := range map[any][2]float64{
		"google": {2873, 1147}, "direct_traffic": {2543, 818}, "olark_chat": {1755, 448}, "organic_search": {1154, 436}, "reference": {534, 490},
		"welingak_website": {142, 140}, "referral_sites": {125, 31}, "facebook": {55, 13}, nil: {36, 29},
	} {
		require.Equal(t, want, bySource[source], "%v", source)
	}
	row := aggregate(t, c, map[string]any{"measures": []any{
		map[string]any{"as": "sum", "function": "sum", "field": "total_time_spent_on_website"},
		map[string]any{"as": "max", "function": "max", "field": "total_time_spent_on_website"},
		map[string]any{"as": "mean", "function": "avg", "field": "total_time_spent_on_website"},
		map[string]any{"as": "visits", "function": "sum", "field": "totalvisits"},
		map[string]any{"as": "most", "function": "max", "field": "totalvisits"},
		map[string]any{"as": "low", "function": "min", "field": "lead_number"},
		map[string]any{"as": "high", "function": "max", "field": "lead_number"},
		map[string]any{"as": "ids", "function": "count_distinct", "field": "prospect_id"},
	}})[0]
	near(t, 487.6983, row["mean"])
	delete(row, "mean")
	require.Equal(t, map[string]any{"sum": 4506332.0, "max": 2272.0, "visits": 31362.0, "most": 251.0, "low": 579533.0, "high": 660737.0, "ids": 9240.0}, row)
	means := aggregate(t, c, map[string]any{"groups": []any{map[string]any{"field": "converted"}}, "measures": []any{
		map[string]any{"as": "mean", "function": "avg", "field": "total_time_spent_on_website"},
	}})
	near(t, 330.4045, means[0]["mean"])
	near(t, 738.5468, means[1]["mean"])
}

func near(t *testing.T, want float64, text any) {
	t.Helper()
	got, err := strconv.ParseFloat(fmt.Sprint(text), 64)
	require.NoError(t, err)
	require.InDelta(t, want, got, 0.00005)
}
