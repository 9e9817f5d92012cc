package api_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// pooledDefinitions are an object whose records wait in pools, and a role of who
// takes them, to whom a phone number shows in part until then.
func pooledDefinitions() []any {
	return []any{
		doc{"kind": "object", "name": "chance", "type": "object", "display": "name", "required": []string{"name"}, "properties": doc{
			"name": doc{"field": "text", "search": true}, "phone": doc{"field": "phone"}, "done": doc{"field": "boolean", "default": false},
			"pool": doc{"field": "lookup", "target": "pool"}, "claimed_at": doc{"field": "datetime"}, "returned_at": doc{"field": "datetime"},
			"return_reason": doc{"field": "longtext"}, "prev_owner": doc{"field": "user"},
		}, "behaviours": doc{"pool": doc{
			"field": "pool", "while": "!done", "claimed": "claimed_at", "returned": "returned_at", "reason": "return_reason", "previous": "prev_owner",
		}}},
		doc{"kind": "role", "name": "taker", "abilities": []string{"claim"}, "grants": []any{
			doc{"object": "chance", "actions": []string{"create", "read", "update"}, "scope": "own", "fields": doc{"read": []string{"*"}, "update": []string{"*"}}},
			doc{"object": "chance", "actions": []string{"read"}, "scope": "pool", "fields": doc{"read": []string{"*"}, "mask": []string{"phone"}}},
		}},
	}
}

func made(t *testing.T, c *enginetest.Client, object string, values doc) string {
	t.Helper()
	return fmt.Sprint(c.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
}

// TestWhoBelongsToAPoolSeesWhatWaitsInIt: as a member, as one of a team or of a
// department or of one below it, or as its administrator; with the next request
// after he, the pool or the departments changed; and never what somebody owns.
func TestWhoBelongsToAPoolSeesWhatWaitsInIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": pooledDefinitions()}).Want(t, 200)
		top := made(t, i.Admin, "department", doc{"name": "Top", "code": "top"})
		east := made(t, i.Admin, "department", doc{"name": "East", "code": "east", "parent": top})
		west := made(t, i.Admin, "department", doc{"name": "West", "code": "west"})
		team := made(t, i.Admin, "team", doc{"name": "One", "code": "one"})
		pool := made(t, i.Admin, "pool", doc{"name": "Pool", "code": "p", "object": "chance"})
		waiting := made(t, i.Admin, "chance", doc{"name": "Waiting", "owner": nil, "pool": pool, "phone": "13812345678"})
		made(t, i.Admin, "chance", doc{"name": "Owned", "pool": pool})
		made(t, i.Admin, "chance", doc{"name": "Nowhere", "owner": nil})
		ren := i.Person(t, "Ren", "taker")
		sees := func(why string, does bool) {
			t.Helper()
			expected := []string{}
			if does {
				expected = append(expected, waiting)
			}
			require.Equal(t, expected, counted(t, ren, "/records/chance?count=exact"), why)
			if does {
				require.Equal(t, "+86138****5678", ren.Get(t, "/records/chance/"+waiting).Want(t, 200).Data(t)["phone"])
			} else {
				ren.Get(t, "/records/chance/"+waiting).Want(t, 404)
			}
		}
		set := func(object, id string, values doc) {
			t.Helper()
			i.Admin.Patch(t, "/records/"+object+"/"+id, values).Want(t, 200)
		}
		sees("a stranger", false)
		for _, how := range []string{"people", "administrators"} {
			set("pool", pool, doc{how: []string{ren.UserID}})
			sees(how, true)
			set("pool", pool, doc{how: []string{}})
			sees("not of "+how, false)
		}
		set("pool", pool, doc{"teams": []string{team}})
		set("user", ren.UserID, doc{"teams": []string{team}})
		sees("his team", true)
		set("user", ren.UserID, doc{"teams": []string{}, "department": east})
		sees("another team", false)
		set("pool", pool, doc{"teams": []string{}, "departments": []string{top}})
		sees("a department above his", true)
		set("department", east, doc{"parent": west})
		sees("the department moved away", false)
		set("department", east, doc{"parent": top})
		sees("and back", true)
		set("pool", pool, doc{"departments": []string{west, east}})
		sees("his department", true)
		set("pool", pool, doc{"enabled": false})
		sees("a pool that is not enabled", false)
		set("pool", pool, doc{"enabled": true})
		sees("enabled again", true)
		set("chance", waiting, doc{"owner": i.Admin.UserID})
		sees("it is owned", false)
	})
}

// TestAPoolIsKeptByItsAdministrators: they change its rules and who belongs to
// it, not for which object it is; others do neither.
func TestAPoolIsKeptByItsAdministrators(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": pooledDefinitions()}).Want(t, 200)
		keeper, other := i.Person(t, "Keeper"), i.Person(t, "Other")
		pool := made(t, i.Admin, "pool", doc{"name": "Pool", "code": "p", "object": "chance", "administrators": []string{keeper.UserID}})
		path := "/records/pool/" + pool
		require.EqualValues(t, 3, keeper.Patch(t, path, doc{"daily_quota": 3, "people": []string{other.UserID}}).Want(t, 200).Data(t)["daily_quota"])
		for _, name := range []string{"code", "object", "fallback"} {
			_, faults := keeper.Patch(t, path, doc{name: nil}).Want(t, 422).Fault(t)
			require.Contains(t, faults, "/"+name)
		}
		other.Patch(t, path, doc{"daily_quota": 30}).Want(t, 403)
		other.Post(t, "/records/pool", doc{"name": "Mine", "code": "m", "object": "chance"}).Want(t, 403)
		code, faults := i.Admin.Post(t, "/records/pool", doc{"name": "People", "code": "u", "object": "user"}).Want(t, 422).Fault(t)
		require.Equal(t, "invalid_values", code)
		require.Contains(t, faults, "/object", "whose records wait in no pool")
	})
}

// TestAPoolOfAnObjectIsChecked where it is defined, by the place of what is
// wrong.
func TestAPoolOfAnObjectIsChecked(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	for keyword, value := range map[string]string{"field": "phone", "while": "nothing == 1", "claimed": "phone", "returned": "pool", "reason": "prev_owner", "previous": "pool"} {
		definitions := pooledDefinitions()[:1]
		definitions[0].(doc)["behaviours"].(doc)["pool"].(doc)[keyword] = value
		_, faults := i.Admin.Post(t, "/meta/_plan", doc{"definitions": definitions}).Want(t, 422).Fault(t)
		require.Contains(t, faults, "/definitions/0/behaviours/pool/"+keyword)
	}
	for _, object := range []string{"team", "*"} {
		_, faults := i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{doc{"kind": "role", "name": "r", "grants": []any{
			doc{"object": object, "actions": []string{"read"}, "scope": "pool"},
		}}}}).Want(t, 422).Fault(t)
		require.True(t, slices.Contains([]string{"not_allowed"}, faults["/definitions/0/grants/0/scope"]), "%s %v", object, faults)
	}
}
