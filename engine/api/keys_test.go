package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// keyLimits are what keys are limited to in these tests.
func keyLimits() []*access.Limit {
	read, write := access.ReadOnly, access.ReadWrite
	return []*access.Limit{
		access.NewLimit(map[string]string{"deal": read}, nil),
		access.NewLimit(map[string]string{"deal": write}, []string{"export"}),
		access.NewLimit(map[string]string{"firm": read, "user": read}, []string{"import"}),
		access.NewLimit(map[string]string{"deal": read, "firm": write}, []string{"export", "import"}),
		access.NewLimit(map[string]string{"deal": write, "firm": write, "user": write}, nil),
		access.NewLimit(nil, []string{"export"}),
	}
}

// TestALimitedKeyDecidesTheIntersection: for every role, object and action it
// has what its person has, if it is limited to that, and else nothing.
func TestALimitedKeyDecidesTheIntersection(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": overlapping()}).Want(t, 200)
		policy := i.Records.Policy()
		people := [][]string{nil, {"east", "holder"}}
		for _, role := range policy.Catalog().Roles() {
			people = append(people, []string{role.Name})
		}
		actions := map[string]bool{access.Read: true, access.Mask: true, access.Create: false, access.Update: false, access.Delete: false}
		for _, roles := range people {
			for _, limit := range keyLimits() {
				full, limited := &access.Actor{Roles: roles}, &access.Actor{Roles: roles, Limit: limit}
				for _, object := range policy.Catalog().Objects() {
					for action, reads := range actions {
						whole, err := policy.Decide(full, object, action)
						require.NoError(t, err)
						left, err := policy.Decide(limited, object, action)
						require.NoError(t, err)
						scope := limit.Objects[object.Name]
						if scope == "write" || scope == "read" && reads {
							require.Equal(t, []any{whole.Pairs, whole.Restrict}, []any{left.Pairs, left.Restrict}, "%v %v %s %s", roles, limit, object.Name, action)
						} else {
							require.True(t, left.Nothing(), "%v %v %s %s", roles, limit, object.Name, action)
						}
						require.NotEqual(t, whole.Rights, left.Rights, "what is remembered for one is not given to the other")
					}
				}
				all, err := policy.Abilities(full)
				require.NoError(t, err)
				left, err := policy.Abilities(limited)
				require.NoError(t, err)
				require.ElementsMatch(t, slices.DeleteFunc(slices.Clone(all), func(one string) bool { return !slices.Contains(limit.Abilities, one) }), left)
				administers, err := policy.Administrator(limited)
				require.NoError(t, err)
				require.False(t, administers)
			}
		}
		for _, ability := range metadata.Abilities() {
			can, err := policy.Can(&access.Actor{Roles: []string{"admin"}, Limit: access.NewLimit(nil, []string{"export"})}, ability)
			require.NoError(t, err)
			require.Equal(t, ability == "export", can)
		}
	})
}

// TestALimitedKeyReachesTheIntersection: on each channel it is told what its
// person is told, of the objects that it is limited to, and of others what is
// told of those that do not exist.
func TestALimitedKeyReachesTheIntersection(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", phone: "+8613800005678"})
		objects := []string{"deal", "firm", "user"}
		for _, limit := range keyLimits() {
			for email, full := range map[string]*enginetest.Client{"wang@example.com": wang, enginetest.AdminEmail: i.Admin} {
				key := i.Limited(t, email, limit)
				for _, object := range objects {
					list, unknown := "/records/"+object+"?count=exact&sort=name", key.Get(t, "/records/nothing")
					if limit.Objects[object] == "" {
						require.Equal(t, normal(unknown.Body), normal(key.Get(t, list).Want(t, 404).Body))
						require.Equal(t, key.Get(t, "/meta/object/nothing").Want(t, 404).Status, key.Get(t, "/meta/object/"+object).Status)
						require.NotContains(t, string(key.Get(t, "/openapi.json").Want(t, 200).Body), `/records/`+object)
						key.Get(t, "/changes?object="+object).Want(t, key.Get(t, "/changes?object=nothing").Status)
						key.Get(t, "/events?object="+object).Want(t, key.Get(t, "/events?object=nothing").Status)
						continue
					}
					var mine, whole struct {
						Data     []doc
						Page     doc
						Included map[string]doc
					}
					key.Get(t, list).Want(t, 200).Into(t, &mine)
					full.Get(t, list).Want(t, 200).Into(t, &whole)
					require.Equal(t, []any{whole.Data, whole.Page}, []any{mine.Data, mine.Page}, "%v %s", limit, object)
					himself, known := whole.Included["user"][full.UserID]
					maps.DeleteFunc(whole.Included, func(name string, _ doc) bool { return limit.Objects[name] == "" })
					if known && limit.Objects["user"] == "" {
						whole.Included["user"] = doc{full.UserID: himself} // whose key it is
					}
					require.Equal(t, whole.Included, mine.Included)
					for _, record := range mine.Data {
						one := fmt.Sprint("/records/", object, "/", record["id"])
						var answer struct{ Can doc }
						key.Get(t, one).Want(t, 200).Into(t, &answer)
						if limit.Objects[object] == "read" {
							require.Equal(t, []any{false, false}, []any{answer.Can["update"], answer.Can["delete"]})
							code, _ := key.Patch(t, one, doc{"name": "x"}).Want(t, 403).Fault(t)
							require.Equal(t, "key_limited", code)
							key.Delete(t, one).Want(t, 403)
							key.Post(t, one+"/comments", doc{"text": "x"}).Want(t, 403)
						}
					}
				}
				for _, found := range key.Get(t, "/search?q=D").Want(t, 200).List(t) {
					require.Contains(t, limit.Objects, found["object"])
				}
				for _, change := range key.Get(t, "/changes").Want(t, 200).List(t) {
					require.Contains(t, limit.Objects, change["object"])
				}
				me := key.Get(t, "/me").Want(t, 200).Data(t)
				require.Len(t, me["scopes"], len(limit.Objects))
				require.Subset(t, limit.Abilities, me["abilities"])
			}
		}
	})
}

// TestTwoWorldsOfALimitedKey: an administrator's key that is limited to other
// objects tells two worlds apart by nothing, on no route.
func TestTwoWorldsOfALimitedKey(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, first *enginetest.Installation) {
		second := first.Twin(t)
		world(t, first, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", phone: "+8613800005678"})
		world(t, second, secrets{margin: "11", amount: "44", note: "another", account: "Umbra", phone: "+8613811115678", extra: true})
		for _, abilities := range [][]string{nil, {"export", "import", "bulk_edit", "check_duplicates", "manage_users"}} {
			limit := access.NewLimit(map[string]string{"lead": access.ReadWrite, "user": access.ReadOnly}, abilities)
			one, two := first.Limited(t, enginetest.AdminEmail, limit), second.Limited(t, enginetest.AdminEmail, limit)
			for name, list := range attacks() {
				if strings.HasPrefix(name, "DELETE /api/v1/people") || strings.HasPrefix(name, "GET /api/v1/people") {
					continue // who has keys and files differs by nothing that is secret here
				}
				for _, a := range list {
					answer := one.Do(t, a.method, a.path, []byte(a.body))
					twin := two.Do(t, a.method, a.path, []byte(a.body))
					require.Equal(t, answer.Status, twin.Status, "%s %s %s\n%s\n%s", a.method, a.path, a.body, answer.Body, twin.Body)
					require.Equal(t, normal(answer.Body), normal(twin.Body), "%s %s %s", a.method, a.path, a.body)
					require.Less(t, answer.Status, 500, "%s %s: %s", a.method, a.path, answer.Body)
					require.NotContains(t, string(answer.Body), "secret one")
				}
			}
		}
	})
}

// TestAReadingKeyWritesNothing, on no route, whatever its person may.
func TestAReadingKeyWritesNothing(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		lead := i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b"}).Want(t, 201).Data(t)["id"].(string)
		objects := map[string]string{}
		for _, object := range i.Records.Policy().Catalog().Objects() {
			objects[object.Name] = access.ReadOnly
		}
		key, samples := i.Limited(t, enginetest.AdminEmail, access.NewLimit(objects, nil)), sampleBodies(lead)
		for _, route := range i.Server.Routes() {
			if route.Method == http.MethodGet || route.Path == "/test/clock" {
				continue
			}
			path := strings.NewReplacer(":object", "lead", ":kind", "object", ":name", "lead", ":view", "lead_open", ":revision", "1", ":id", lead).Replace(route.Path)
			before := fingerprint(t, i)
			answer := key.Do(t, route.Method, "/"+path, []byte(samples[route.Method+" "+route.Path]))
			require.Equal(t, before, fingerprint(t, i), "%s %s was answered with %d and left a trace", route.Method, path, answer.Status)
			if !route.Reads && !strings.HasPrefix(route.Path, "/api/v1/auth/") {
				require.GreaterOrEqual(t, answer.Status, 400, "%s %s", route.Method, path)
			}
		}
		for _, own := range []string{"/sessions", "/tokens", "/auth/totp", "/notifications", "/me/views/lead", "/records/lead/" + lead + "/follow", "/events?notifications=true"} {
			code, _ := key.Get(t, own).Want(t, 403).Fault(t)
			require.Equal(t, "key_limited", code, own)
		}
	})
}

// TestALimitedKeyGivesNoRights: neither roles nor definitions of them, unless
// it carries the ability for it.
func TestALimitedKeyGivesNoRights(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim")
		objects := map[string]string{"user": access.ReadWrite}
		key := i.Limited(t, enginetest.AdminEmail, access.NewLimit(objects, []string{"design"}))
		key.Patch(t, "/records/user/"+kim.UserID, doc{"name": "Kim B."}).Want(t, 200)
		_, items := key.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{"admin"}}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/roles": "read_only"}, items)
		key.Post(t, "/records/user", doc{"name": "Eve", "email": "eve@example.com", "roles": []string{"sales_rep"}}).Want(t, 422)
		role := doc{"definitions": []any{doc{"kind": "role", "name": "everything", "inherits": []string{"admin"}}}}
		code, _ := key.Post(t, "/meta/_apply", role).Want(t, 422).Fault(t)
		require.Equal(t, "invalid_definition", code)
		key.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "view", "name": "v", "object": "lead", "columns": []string{"name"}}}}).Want(t, 200)

		carries := i.Limited(t, enginetest.AdminEmail, access.NewLimit(objects, []string{"manage_roles"}))
		carries.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{"sales_rep"}}).Want(t, 200)
		carries.Post(t, "/meta/_apply", role).Want(t, 403)
		i.Admin.Patch(t, "/records/user/"+i.Admin.UserID, doc{"name": "Ada"}).Want(t, 200)
	})
}

// TestLimitedKeysAreMadeOfWhatIsOnesOwn: of objects that one sees and abilities
// that one has, and what they are limited to is told and in the audit log.
func TestLimitedKeysAreMadeOfWhatIsOnesOwn(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		withPassword(t, i, wang)
		session := browser(i, enter(t, i, "wang@example.com"))
		refused := func(pointer, code string, body doc) {
			t.Helper()
			body["name"] = "k"
			_, items := session.Post(t, "/tokens", body).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{pointer: code}, items)
		}
		refused("/scopes/nothing", "unknown_option", doc{"scopes": doc{"nothing": "read"}})
		refused("/scopes/lead", "unknown_option", doc{"scopes": doc{"deal": "read", "lead": "read"}})
		refused("/scopes/deal", "unknown_option", doc{"scopes": doc{"deal": "admin"}})
		refused("/scopes/a~1b~0", "unknown_option", doc{"scopes": doc{"a/b~": "read"}})
		refused("/scopes", "required", doc{"scopes": doc{}})
		refused("/scopes", "required", doc{"abilities": []string{}})
		refused("/abilities/1", "missing_ability", doc{"scopes": doc{"deal": "read"}, "abilities": []string{"export", "design"}})
		wang.Post(t, "/tokens", doc{"name": "k", "scopes": doc{"deal": "read"}}).Want(t, 403)
		require.Len(t, session.Get(t, "/tokens").Want(t, 200).List(t), 1)

		made := session.Post(t, "/tokens", doc{"name": "erp", "scopes": doc{"deal": "write", "firm": "read"}, "abilities": []string{"export", "export"}}).Want(t, 201).Data(t)
		scopes, abilities := doc{"deal": "write", "firm": "read"}, []any{"export"}
		require.Equal(t, []any{scopes, abilities}, []any{made["scopes"], made["abilities"]})
		list := session.Get(t, "/tokens").Want(t, 200).List(t)
		require.Equal(t, []any{scopes, abilities, nil, []any{}}, []any{list[0]["scopes"], list[0]["abilities"], list[1]["scopes"], list[1]["abilities"]})
		entry := audited(t, i.Admin, "&action=key_created&actor="+wang.UserID)
		require.Equal(t, []any{scopes, abilities}, []any{entry[len(entry)-1]["detail"].(doc)["scopes"], entry[len(entry)-1]["detail"].(doc)["abilities"]})

		key := &enginetest.Client{URL: i.URL, Token: made["token"].(string)}
		key.Get(t, "/records/deal").Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+wang.UserID, doc{"roles": []string{"holder"}}).Want(t, 200)
		key.Get(t, "/records/firm").Want(t, 404) // he sees them no more, and neither does his key
		require.Empty(t, key.Get(t, "/me").Want(t, 200).Data(t)["abilities"])
	})
}

// TestWhatALimitedKeyBeganStaysWithinItsLimit, though it goes on after the
// request, and other limited keys do not reach it.
func TestWhatALimitedKeyBeganStaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		limited := func(objects map[string]string) *enginetest.Client {
			return i.Limited(t, enginetest.AdminEmail, access.NewLimit(objects, []string{"export", "import"}))
		}
		deals, leads := limited(map[string]string{"deal": access.ReadWrite}), limited(map[string]string{"lead": access.ReadWrite})
		export := fmt.Sprint("/exports/", deals.Post(t, "/exports", doc{"object": "deal", "fields": []string{"name", "firm"}}).Want(t, 202).Data(t)["id"])
		deals.Wait(t, export, "running", "waiting")
		file := string(deals.Get(t, export+"/file").Want(t, 200).Body)
		require.Contains(t, file, "D1")
		require.NotContains(t, file, "Open", "what its lookups point to is not told")
		leads.Get(t, export).Want(t, 404)
		leads.Get(t, export+"/file").Want(t, 404)
		leads.Post(t, "/exports", doc{"object": "deal"}).Want(t, 404)

		imported := fmt.Sprint("/imports/", deals.Upload(t, "deal", "a.csv", []byte("Name,Firm\nNew,Open\n")).Want(t, 201).Data(t)["id"])
		leads.Get(t, imported).Want(t, 404)
		require.Empty(t, leads.Get(t, "/imports").Want(t, 200).List(t))
		require.Len(t, deals.Get(t, "/imports").Want(t, 200).List(t), 1)
		deals.Post(t, imported+"/plan", nil).Want(t, 202)
		deals.Wait(t, imported, "planning", "waiting")
		rows := string(deals.Get(t, imported+"/rows").Want(t, 200).Body)
		require.Contains(t, rows, "no_such_record", rows)
		i.Admin.Get(t, imported).Want(t, 200)
	})
}

// TestKeysOfEverybody are listed for who manages people, of those whom he sees,
// a part at a time, and each is revoked at once, but of nobody who may more.
func TestKeysOfEverybody(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "desk", "abilities": []string{"manage_users"}, "restrict": []any{doc{"object": "user", "actions": []string{"read"}, "where": `name == "Hidden"`}}},
		}}).Want(t, 200)
		desk, kim, hidden := i.Person(t, "Desk", "desk"), i.Person(t, "Kim"), i.Person(t, "Hidden")
		limited := i.Limited(t, "kim@example.com", access.NewLimit(map[string]string{"user": access.ReadOnly}, nil))
		var body struct {
			Data     []doc
			Page     doc
			Included map[string]doc
		}
		answer := desk.Get(t, "/people/tokens").Want(t, 200)
		answer.Into(t, &body)
		owners := make([]any, len(body.Data))
		for n, key := range body.Data {
			owners[n] = key["user"]
			require.NotContains(t, key, "token")
			require.Contains(t, body.Included["user"], key["user"])
		}
		require.Equal(t, []any{kim.UserID, kim.UserID, desk.UserID, i.Admin.UserID}, owners)
		require.Equal(t, []any{doc{"user": "read"}, nil}, []any{body.Data[0]["scopes"], body.Data[1]["scopes"]})
		require.NotContains(t, string(answer.Body), hidden.UserID)
		kim.Get(t, "/people/tokens").Want(t, 403)
		desk.Get(t, "/people/tokens?cursor=x").Want(t, 400)

		revoke := func(by *enginetest.Client, id any, status int) {
			by.Delete(t, fmt.Sprint("/people/tokens/", id)).Want(t, status)
		}
		revoke(kim, body.Data[0]["id"], 403)
		revoke(desk, body.Data[3]["id"], 403)
		revoke(desk, hidden.Get(t, "/tokens").Want(t, 200).List(t)[0]["id"], 404)
		revoke(desk, absent, 404)
		revoke(desk, "nothing", 404)
		revoke(desk, body.Data[0]["id"], 204)
		revoke(desk, body.Data[0]["id"], 404)
		limited.Get(t, "/me").Want(t, 401)
		kim.Get(t, "/me").Want(t, 200)
		entries := audited(t, i.Admin, "&action=key_revoked")
		require.Len(t, entries, 1)
		require.Equal(t, []any{desk.UserID, kim.UserID}, []any{entries[0]["actor"], entries[0]["subject"]})

		for range 49 {
			i.Client(t, "kim@example.com")
		}
		body.Page = nil
		desk.Get(t, "/people/tokens").Want(t, 200).Into(t, &body)
		require.Len(t, body.Data, 49) // and one of who is hidden
		desk.Get(t, fmt.Sprint("/people/tokens?cursor=", body.Page["next"])).Want(t, 200).Into(t, &body)
		require.Len(t, body.Data, 3)
		require.Nil(t, body.Page["next"])
	})
}
