package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestWhatWasUndoneInABatchShowsNothing: an operation that is refused leaves no
// record to be seen by the next that could be seen only while it lasted.
func TestWhatWasUndoneInABatchShowsNothing(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		rights := []any{"read", "create", "update", "delete"}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "box", "type": "object", "properties": doc{
				"name": property("text"), "slip": property("lookup", doc{"target": "slip"}), "slips": property("lines", doc{"target": "slip"}),
			}},
			doc{"kind": "object", "name": "slip", "type": "object", "properties": doc{
				"box": property("lookup", doc{"target": "box"}), "like": property("lookup", doc{"target": "slip"}), "count": property("integer"),
			}, "rules": []any{doc{"name": "few", "assert": "count == null || count < 9", "message": "Too many."}}},
			doc{"kind": "role", "name": "clerk", "grants": []any{
				doc{"object": "box", "actions": rights}, doc{"object": "slip", "actions": rights, "scope": doc{"where": `box.name == "open" || like.count == 1`}},
			}},
		}}).Want(t, 200)
		clerk := i.Person(t, "Clerk", "clerk")
		made := func(object string, values doc) any {
			return i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"]
		}
		box := made("box", doc{"name": "open"})
		line := made("slip", doc{"box": box})
		hidden := made("slip", doc{"box": made("box", doc{"name": "closed"}), "like": line})
		clerk.Get(t, fmt.Sprint("/records/slip/", hidden)).Want(t, 404)
		outcomes := clerk.Post(t, "/records/box/_batch", doc{"operations": []any{
			doc{"op": "update", "id": box, "values": doc{"slips": []any{doc{"id": line, "count": 1}, doc{"like": hidden}, doc{"count": 10}}}},
			doc{"op": "create", "values": doc{"name": "other", "slip": hidden}},
		}}).Want(t, 200)
		require.NotContains(t, string(outcomes.Body), `"status":201`, string(outcomes.Body))
		require.Contains(t, string(outcomes.Body), "rule_broken")
		require.Contains(t, string(outcomes.Body), "missing_record")
	})
}

// TestMuchAtOnceRefreshesTheStatistics: after many records came in one batch,
// and not after a few, the planner learns of them.
func TestMuchAtOnceRefreshesTheStatistics(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		analyses := func(records int) (n int) {
			operations := make([]any, records)
			for k := range operations {
				operations[k] = doc{"op": "create", "values": doc{"name": "Somebody", "email": fmt.Sprintf("s%d.%d@example.com", records, k)}}
			}
			i.Admin.Post(t, "/records/lead/_batch", doc{"operations": operations}).Want(t, http.StatusOK)
			require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_job WHERE kind = 'analysis'").Scan(&n))
			return n
		}
		require.Zero(t, analyses(20))
		require.Equal(t, 1, analyses(500))
	})
}
