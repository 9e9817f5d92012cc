package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAChangeIsJudgedByWhatItMakesOfTheRecord holds what a change may do with
// the rights that look at what it changes: end them, but not win any.
func TestAChangeIsJudgedByWhatItMakesOfTheRecord(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		state := property("select", doc{"oneOf": []any{doc{"const": "open"}, doc{"const": "draft"}, doc{"const": "public"}, doc{"const": "waste"}, doc{"const": "signed"}, doc{"const": "closed"}}})
		grant := func(scope string, read, update []any, actions ...any) doc {
			return doc{"object": "thing", "actions": actions, "scope": doc{"where": scope}, "fields": doc{"read": append([]any{}, read...), "update": append([]any{}, update...)}}
		}
		shown := []any{"name", "state", "boss"}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "boss", "type": "object", "properties": doc{"name": property("text"), "kind": property("text")}},
			thing(doc{"name": property("text"), "state": state, "cost": property("integer"), "note": property("text"), "boss": property("lookup", doc{"target": "boss"})}),
			doc{"kind": "role", "name": "worker", "grants": []any{
				doc{"object": "boss", "actions": []any{"read"}},
				grant(`true`, shown, nil, "read"),
				grant(`state == "open" || state == "draft"`, shown, []any{"name", "state", "boss"}, "update"),
				grant(`state == "draft"`, shown, []any{"note"}, "update"),
				grant(`state == "public" || boss.kind == "mine"`, []any{"cost"}, nil, "read"),
				grant(`state == "waste"`, nil, nil, "delete"),
				grant(`owner == me.id`, []any{"name", "state", "cost"}, []any{"*", "owner"}, "read", "update"),
			}, "restrict": []any{doc{"object": "thing", "actions": []any{"update"}, "where": `state == "signed"`}}},
			doc{"kind": "role", "name": "giver", "inherits": []any{"worker"}, "grants": []any{grant(`true`, nil, []any{"owner"}, "update")}},
		}}).Want(t, 200)
		worker, giver := i.Person(t, "Wu", "worker"), i.Person(t, "Gu", "giver")
		in := func(t *testing.T, values doc) string {
			t.Helper()
			return fmt.Sprint("/records/thing/", i.Admin.Post(t, "/records/thing", values).Want(t, 201).Data(t)["id"])
		}

		t.Run("it may end the right to change it again", func(t *testing.T) {
			path := in(t, doc{"state": "open", "cost": 5})
			worker.Patch(t, path, doc{"state": "closed"}).Want(t, 200)
			worker.Patch(t, path, doc{"state": "open"}).Want(t, 403)
		})
		t.Run("it goes nowhere where changing is restricted, not even by an owner", func(t *testing.T) {
			for _, path := range []string{in(t, doc{"state": "open"}), in(t, doc{"state": "open", "owner": worker.UserID})} {
				before := i.Admin.Get(t, path).Body
				code, _ := worker.Patch(t, path, doc{"state": "signed"}).Want(t, 403).Fault(t)
				require.Equal(t, "beyond_rights", code)
				require.Equal(t, string(before), string(i.Admin.Get(t, path).Body))
			}
		})
		t.Run("it wins no field to read, no field to write and no delete", func(t *testing.T) {
			mine := i.Admin.Post(t, "/records/boss", doc{"kind": "mine"}).Want(t, 201).Data(t)["id"]
			for promise, patch := range map[string]doc{
				"cost could be read": {"state": "public"}, "note could be written": {"state": "draft"}, "it could be deleted": {"state": "waste"},
				"cost could be read through another record": {"boss": mine},
			} {
				path := in(t, doc{"state": "open", "cost": 5})
				before := i.Admin.Get(t, path).Body
				answer := worker.Patch(t, path, patch)
				require.Equal(t, 403, answer.Status, promise)
				outcomes := worker.Post(t, "/records/thing/_batch", doc{"operations": []any{doc{"op": "update", "id": path[len("/records/thing/"):], "values": patch}}}).Want(t, 200).List(t)
				require.InDelta(t, 403, outcomes[0]["status"], 0, promise)
				require.Equal(t, string(before), string(i.Admin.Get(t, path).Body))
			}
			worker.Patch(t, in(t, doc{"state": "draft"}), doc{"state": "open"}).Want(t, 200)
		})
		t.Run("what one had already is no gain", func(t *testing.T) {
			worker.Patch(t, in(t, doc{"state": "open", "owner": worker.UserID}), doc{"state": "draft"}).Want(t, 200)
		})
		t.Run("the owner is given by who may write that field", func(t *testing.T) {
			path := in(t, doc{"state": "open"})
			worker.Patch(t, path, doc{"owner": worker.UserID}).Want(t, 422)
			giver.Patch(t, path, doc{"owner": giver.UserID}).Want(t, 200)
			giver.Patch(t, path, doc{"owner": i.Admin.UserID, "state": "closed"}).Want(t, 200)
		})
	})
}
