package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestGuards holds what a grant alone must not allow.
func TestGuards(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		people := map[string]any{"object": "user", "actions": []string{"create", "read", "update", "delete"}, "fields": map[string]any{"read": []string{"*"}, "update": []string{"*"}}}
		lookup := func(onDelete string) map[string]any {
			return map[string]any{"field": "lookup", "target": "parent", "onDelete": onDelete}
		}
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{
			map[string]any{"kind": "role", "name": "personnel", "abilities": []string{"manage_users", "import"}, "grants": []any{people}},
			map[string]any{"kind": "role", "name": "designer", "abilities": []string{"design"}},
			map[string]any{"kind": "object", "name": "parent", "type": "object", "properties": map[string]any{"name": map[string]any{"field": "text"}}},
			map[string]any{"kind": "object", "name": "goes_along", "type": "object", "properties": map[string]any{"parent": lookup("cascade")}},
			map[string]any{"kind": "object", "name": "holds_back", "type": "object", "properties": map[string]any{"parent": lookup("restrict")}},
		}}).Want(t, 200)
		personnel := i.Person(t, "Hana", "personnel")
		user := func(id string) string { return "/records/user/" + id }

		t.Run("nobody changes a person who has a role that he lacks", func(t *testing.T) {
			for _, patch := range []map[string]any{{"email": "mine@example.com"}, {"active": false}, {"name": "x"}} {
				personnel.Patch(t, user(i.Admin.UserID), patch).Want(t, 422)
			}
			personnel.Delete(t, user(i.Admin.UserID)).Want(t, 422)
			i.Admin.Get(t, "/me").Want(t, 200)
		})
		t.Run("nobody changes the engine's own user", func(t *testing.T) {
			personnel.Patch(t, user(access.SystemID), map[string]any{"active": true}).Want(t, 422)
			i.Admin.Patch(t, user(access.SystemID), map[string]any{"active": true}).Want(t, 422)
		})
		t.Run("nobody gives roles without the right to, or beyond his own", func(t *testing.T) {
			personnel.Patch(t, user(personnel.UserID), map[string]any{"roles": []string{"admin"}}).Want(t, 422)
			personnel.Post(t, "/records/user", map[string]any{"name": "n", "email": "n@example.com", "roles": []string{"admin"}}).Want(t, 422)
		})
		t.Run("a designer does not give himself rights", func(t *testing.T) {
			designer := i.Person(t, "Dora", "designer")
			designer.Put(t, "/meta/role/designer", map[string]any{"kind": "role", "name": "designer", "inherits": []string{"admin"}}).Want(t, 422)
			designer.Put(t, "/meta/object/thing", map[string]any{"kind": "object", "name": "thing", "type": "object", "properties": map[string]any{"name": map[string]any{"field": "text"}}}).Want(t, 200)
		})
		t.Run("an undo gives nobody back what was taken from him", func(t *testing.T) {
			both := i.Person(t, "Eve", "admin", "personnel")
			imported := both.Upload(t, "user", "people.csv", []byte("Email,Roles\neve@example.com,personnel\n")).Want(t, 201).Data(t)
			both.Patch(t, fmt.Sprint("/imports/", imported["id"]), map[string]any{"match": []string{"email"}}).Want(t, 200)
			done := both.Stage(t, imported["id"], "run")
			require.InDelta(t, 1, done["counts"].(map[string]any)["update"], 0, "%v", done)
			undone := both.Stage(t, imported["id"], "undo")
			require.InDelta(t, 1, undone["counts"].(map[string]any)["kept"], 0, "%v", undone)
			require.Equal(t, []any{"personnel"}, both.Get(t, "/me").Data(t)["roles"])
		})
		t.Run("a delete that is refused leaves what it would have taken along", func(t *testing.T) {
			parent := i.Admin.Post(t, "/records/parent", map[string]any{"name": "p"}).Want(t, 201).Data(t)["id"]
			along := i.Admin.Post(t, "/records/goes_along", map[string]any{"parent": parent}).Want(t, 201).Data(t)["id"]
			i.Admin.Post(t, "/records/holds_back", map[string]any{"parent": parent}).Want(t, 201)
			outcomes := i.Admin.Post(t, "/records/parent/_batch", map[string]any{"operations": []any{map[string]any{"op": "delete", "id": parent}}}).Want(t, 200).List(t)
			require.InDelta(t, 409, outcomes[0]["status"], 0)
			i.Admin.Get(t, fmt.Sprint("/records/goes_along/", along)).Want(t, 200)
		})
	})
}
