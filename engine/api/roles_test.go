package api_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/record"
)

// roleWorld is a small world whose roles are changed at random.
type roleWorld struct {
	*enginetest.Installation
	random *rand.Rand
	people []string
	deals  []string
}

func someRoleWorld(t *testing.T, i *enginetest.Installation) *roleWorld {
	t.Helper()
	w := &roleWorld{Installation: i, random: enginetest.Random(t)}
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(w.roles(), doc{
		"kind": "object", "name": "deal", "type": "object", "display": "name", "properties": doc{
			"name": doc{"field": "text"}, "phone": doc{"field": "phone"}, "amount": doc{"field": "integer"}, "salary": doc{"field": "integer", "sensitive": true},
			"region": doc{"field": "select", "oneOf": []any{doc{"const": "east"}, doc{"const": "west"}}},
			"twice":  doc{"field": "formula", "expression": "amount * 2"}, "pool": doc{"field": "lookup", "target": "pool"},
		}, "behaviours": doc{"pool": doc{"field": "pool"}},
	})}).Want(t, 200)
	made := func(object string, values doc) string {
		return fmt.Sprint(i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
	}
	top := made("department", doc{"name": "Top", "code": "top"})
	below := made("department", doc{"name": "Below", "code": "below", "parent": top})
	for n := range 5 {
		roles := []string{}
		for _, role := range []string{"r0", "r1", "r2"} {
			if w.random.IntN(2) == 0 {
				roles = append(roles, role)
			}
		}
		w.people = append(w.people, made("user", doc{
			"name": fmt.Sprint("P", n), "email": fmt.Sprintf("p%d@example.com", n), "roles": roles, "department": []any{top, below, nil}[w.random.IntN(3)],
		}))
	}
	pools := []any{nil, made("pool", doc{"name": "One", "code": "one", "object": "deal", "departments": []string{top}}), made("pool", doc{"name": "Two", "code": "two", "object": "deal", "people": w.people[:2]})}
	for n := range 8 {
		deal := made("deal", doc{
			"name": fmt.Sprint("D", n), "phone": "1380013800" + fmt.Sprint(n), "amount": n, "salary": n, "region": []any{"east", "west", nil}[w.random.IntN(3)],
			"owner": []any{w.people[w.random.IntN(len(w.people))], nil}[w.random.IntN(2)], "pool": pools[w.random.IntN(len(pools))],
		})
		w.deals = append(w.deals, deal)
		to := []doc{{"user": w.people[w.random.IntN(len(w.people))]}, {"department": below}, {"role": "r1"}}[w.random.IntN(3)]
		if n%3 == 0 {
			i.Admin.Post(t, "/records/deal/"+deal+"/shares", doc{"to": to, "access": []string{"read", "update"}[w.random.IntN(2)]}).Want(t, 201)
		}
	}
	return w
}

// some are some of the items, perhaps none.
func some[T any](random *rand.Rand, items ...T) []T {
	chosen := []T{}
	for _, item := range items {
		if random.IntN(2) == 0 {
			chosen = append(chosen, item)
		}
	}
	return chosen
}

// roles are three roles of random rights, the last of which may inherit others.
func (w *roleWorld) roles() []any {
	random, roles := w.random, []any{}
	for n := range 3 {
		grants, restrictions := []any{}, []any{}
		for range random.IntN(4) {
			grant := doc{
				"object": []string{"deal", "deal", "deal", "user", "*"}[random.IntN(5)],
				"scope":  []any{"all", "own", "department", "department_tree", "pool", "shared", "none", doc{"where": `region == "east"`}, doc{"where": "owner == me.id || amount > 4"}}[random.IntN(9)],
			}
			actions := some(random, "create", "read", "update", "delete")
			grant["actions"] = append(slices.DeleteFunc(actions, func(a string) bool { return a == "read" }), "read")
			if grant["object"] == "deal" {
				fields := doc{
					"read": append(some(random, "*", "salary", "phone", "amount", "twice"), "name"), "update": append(some(random, "*", "-amount", "region", "owner", "phone"), "name"),
				}
				if random.IntN(2) == 0 {
					fields["mask"] = []string{"phone"}
				}
				grant["fields"] = fields
				if random.IntN(3) == 0 {
					grant["where"] = "amount < 6"
				}
			} else if _, where := grant["scope"].(doc); where || grant["scope"] == "pool" {
				grant["scope"] = "all"
			}
			grants = append(grants, grant)
		}
		if random.IntN(4) == 0 {
			restrictions = append(restrictions, doc{"object": "deal", "actions": []string{"read", "update"}[:1+random.IntN(2)], "where": `region == "west" && amount > 3`})
		}
		role := doc{"kind": "role", "name": fmt.Sprint("r", n), "abilities": some(random, "import", "export", "bulk_edit"), "grants": grants, "restrict": restrictions}
		if n == 2 {
			role["inherits"] = some(random, "r0", "r1")
		}
		roles = append(roles, role)
	}
	return roles
}

// cells are what somebody may do: for each action the records, and for each of
// these the fields.
type cells map[string]map[string]map[string]bool

// enforced is what is explained, which is what is enforced, of one person.
func (w *roleWorld) enforced(t *testing.T, person string) cells {
	t.Helper()
	found := cells{"read": {}, "update": {}, "delete": {}, "mask": {}}
	for _, deal := range w.deals {
		var answer struct{ Data record.Access }
		w.Admin.Get(t, "/records/deal/"+deal+"/access?user="+person).Want(t, 200).Into(t, &answer)
		for _, verdict := range answer.Data.Actions {
			if !verdict.Allowed {
				continue
			}
			fields, parts := map[string]bool{}, map[string]bool{}
			for _, one := range verdict.Fields {
				fields[one.Field], parts[one.Field] = one.Allowed, one.Masked
			}
			found[verdict.Action][deal] = fields
			if verdict.Action == "read" {
				found["mask"][deal] = parts
			}
		}
	}
	return found
}

// reach counts, of people who have more in one than in the other, them and the
// records that it is about.
func reach(people []string, more, less map[string]cells, has func(c cells, deal string) bool, deals []string) record.Reach {
	var found record.Reach
	all := map[string]bool{}
	for _, person := range people {
		mine := false
		for _, deal := range deals {
			if has(more[person], deal) && !has(less[person], deal) {
				mine, all[deal] = true, true
			}
		}
		if mine {
			found.People++
		}
	}
	found.Records = int64(len(all))
	return found
}

// TestTheImpactOfRolesIsWhatIsEnforced: what a change of roles is said to take
// and to give, to all and to each, is what publishing it takes and gives.
func TestTheImpactOfRolesIsWhatIsEnforced(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		w := someRoleWorld(t, i)
		measure := func() map[string]cells {
			all := map[string]cells{}
			for _, person := range w.people {
				all[person] = w.enforced(t, person)
			}
			return all
		}
		before, moved := measure(), 0
		for range enginetest.Times(6, 60) {
			ask := doc{"definitions": some(w.random, w.roles()...)}
			var impact struct{ Data record.Impact }
			i.Admin.Post(t, "/roles/impact", ask).Want(t, 200).Into(t, &impact)
			prospects := map[string]record.Prospect{}
			for _, person := range w.people {
				var prospect struct{ Data record.Prospect }
				i.Admin.Post(t, "/roles/prospect", doc{"definitions": ask["definitions"], "user": person}).Want(t, 200).Into(t, &prospect)
				prospects[person] = prospect.Data
			}
			i.Admin.Post(t, "/meta/_apply", ask).Want(t, 200)
			after := measure()
			w.holds(t, impact.Data, before, after)
			w.holdsForEach(t, prospects, before, after)
			for _, right := range impact.Data.Rights {
				moved += right.Gained.People + right.Lost.People + len(right.Fields)
			}
			before = after
		}
		require.Positive(t, moved)
	})
}

// holds compares an impact with what was enforced before and is after.
func (w *roleWorld) holds(t *testing.T, impact record.Impact, before, after map[string]cells) {
	t.Helper()
	require.False(t, impact.Limited)
	require.Equal(t, len(w.people)+1, impact.People)
	for _, action := range []string{"read", "update", "delete", "mask"} {
		told := record.RightImpact{}
		if at := slices.IndexFunc(impact.Rights, func(r record.RightImpact) bool { return r.Object == "deal" && r.Action == action }); at >= 0 {
			told = impact.Rights[at]
		}
		row := func(c cells, deal string) bool { return action != "mask" && c[action][deal] != nil }
		require.Equal(t, reach(w.people, after, before, row, w.deals), told.Gained, "gained to %s", action)
		require.Equal(t, reach(w.people, before, after, row, w.deals), told.Lost, "lost to %s", action)
		fields := map[string]record.FieldImpact{}
		for _, group := range told.Fields {
			for _, name := range group.Fields {
				fields[name] = group
			}
		}
		for _, name := range []string{"name", "phone", "amount", "salary", "region", "twice", "owner"} {
			if action == "delete" || action == "mask" && name != "phone" {
				continue
			}
			has := func(c cells, deal string) bool { return c[action][deal][name] }
			gained, lost := turns(w.people, before, after, action, has, w.deals)
			if action == "mask" && fields[name].Fields == nil {
				continue // the mask is the same: what is read says the rest
			}
			require.Equal(t, gained, fields[name].Gained, "gained to %s %s", action, name)
			require.Equal(t, lost, fields[name].Lost, "lost to %s %s", action, name)
		}
	}
}

// turns are those of a field in records that stay permitted.
func turns(people []string, before, after map[string]cells, action string, has func(c cells, deal string) bool, deals []string) (gained, lost record.Reach) {
	stays := func(person string) func(c cells, deal string) bool {
		return func(c cells, deal string) bool {
			return before[person][action][deal] != nil && after[person][action][deal] != nil && has(c, deal)
		}
	}
	gains, loses := map[string]bool{}, map[string]bool{}
	for _, person := range people {
		for _, deal := range deals {
			one := []string{person}
			more, less := reach(one, after, before, stays(person), []string{deal}), reach(one, before, after, stays(person), []string{deal})
			if more.People > 0 {
				gains[person+deal], gains[deal], gains["person "+person] = true, true, true
			}
			if less.People > 0 {
				loses[person+deal], loses[deal], loses["person "+person] = true, true, true
			}
		}
	}
	count := func(found map[string]bool) (r record.Reach) {
		for _, person := range people {
			if found["person "+person] {
				r.People++
			}
		}
		for _, deal := range deals {
			if found[deal] {
				r.Records++
			}
		}
		return r
	}
	return count(gains), count(loses)
}

// holdsForEach compares what was foretold to each with what became of it.
func (w *roleWorld) holdsForEach(t *testing.T, prospects map[string]record.Prospect, before, after map[string]cells) {
	t.Helper()
	for person, prospect := range prospects {
		require.True(t, prospect.Active)
		for _, action := range []string{"read", "update", "delete"} {
			told := record.RightTurn{}
			if at := slices.IndexFunc(prospect.Rights, func(r record.RightTurn) bool { return r.Object == "deal" && r.Action == action }); at >= 0 {
				told = prospect.Rights[at]
			}
			had, has := before[person][action], after[person][action]
			require.Equal(t, int64(len(had)), told.Before.Records, "%s before", action)
			require.Equal(t, int64(len(has)), told.After.Records, "%s after", action)
			require.Equal(t, int64(len(without(has, had))), told.Gained, "%s gained", action)
			require.Equal(t, int64(len(without(had, has))), told.Lost, "%s lost", action)
		}
	}
}

func without(all, some map[string]map[string]bool) []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(all)), func(deal string) bool { return some[deal] != nil })
}

// TestTheRightToCreateIsForetold: it has no records; who comes to have it, and in
// which fields, is said of people.
func TestTheRightToCreateIsForetold(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "clerk", "abilities": []string{"import"}}}}).Want(t, 200)
		kim := i.Person(t, "Kim", "clerk")
		i.Person(t, "Lee", "clerk")
		var impact struct{ Data record.Impact }
		ask := doc{"definitions": []any{doc{"kind": "role", "name": "clerk", "abilities": []string{"export"}, "grants": []any{
			doc{"object": "lead", "actions": []string{"create", "read"}, "scope": "own", "fields": doc{"update": []string{"name"}}},
		}}}}
		revisions := i.Admin.Get(t, "/meta/_revisions?limit=1").Want(t, 200).Body
		i.Admin.Post(t, "/roles/impact", ask).Want(t, 200).Into(t, &impact)
		require.Equal(t, 3, impact.Data.People)
		require.Equal(t, 2, impact.Data.Affected)
		require.Equal(t, []record.AbilityImpact{{Ability: "export", Gained: 2}, {Ability: "import", Lost: 2}}, impact.Data.Abilities)
		at := slices.IndexFunc(impact.Data.Rights, func(r record.RightImpact) bool { return r.Object == "lead" && r.Action == "create" })
		require.Equal(t, record.Reach{People: 2}, impact.Data.Rights[at].Gained)
		require.Equal(t, string(revisions), string(i.Admin.Get(t, "/meta/_revisions?limit=1").Want(t, 200).Body), "nothing is written")
		kim.Post(t, "/records/lead", doc{"name": "L"}).Want(t, 404)
	})
}

// TestWhoMayForeseeRoles: administrators, as they alone change roles; who designs
// or manages roles is told how many hold each.
func TestWhoMayForeseeRoles(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "designer", "abilities": []string{"design"}}, doc{"kind": "role", "name": "keeper", "abilities": []string{"manage_roles"}}, doc{"kind": "role", "name": "boss", "inherits": []string{"admin"}},
		}}).Want(t, 200)
		designer, keeper, boss, none := i.Person(t, "Dee", "designer"), i.Person(t, "Kim", "keeper"), i.Person(t, "Bo", "boss"), i.Person(t, "Nobody")
		i.Admin.Patch(t, "/records/user/"+none.UserID, doc{"active": false}).Want(t, 200)
		ask := doc{"definitions": []any{}}
		for _, refused := range []*enginetest.Client{designer, keeper} {
			refused.Get(t, "/roles").Want(t, 200)
			refused.Post(t, "/roles/impact", ask).Want(t, 403)
			refused.Post(t, "/roles/prospect", ask).Want(t, 403)
		}
		boss.Post(t, "/roles/impact", ask).Want(t, 200)
		boss.Post(t, "/roles/prospect", doc{"user": keeper.UserID}).Want(t, 200)
		boss.Post(t, "/roles/prospect", doc{"user": absent}).Want(t, 404)
		boss.Post(t, "/roles/prospect", doc{"user": "x"}).Want(t, 422)
		require.Equal(t, false, boss.Post(t, "/roles/prospect", doc{"user": none.UserID}).Want(t, 200).Data(t)["active"])
		var held struct{ Data []identity.RoleHeld }
		keeper.Get(t, "/roles").Want(t, 200).Into(t, &held)
		require.Contains(t, held.Data, identity.RoleHeld{Name: "member", People: 4, Inactive: 1})
		require.Contains(t, held.Data, identity.RoleHeld{Name: "boss", People: 1})
		i.Person(t, "Plain").Get(t, "/roles").Want(t, 403)
		_, items := boss.Post(t, "/roles/impact", doc{"definitions": []any{doc{"kind": "options", "name": "o", "oneOf": []any{doc{"const": "x"}}}}}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/options/o": "not_allowed"}, items)
	})
}

// TestRolesThatCannotBe: what is foreseen is refused where publishing it would be,
// for the same reason, and nothing is left behind.
func TestRolesThatCannotBe(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		role := func(name string, more doc) doc {
			made := doc{"kind": "role", "name": name}
			maps.Copy(made, more)
			return made
		}
		boss := role("boss", doc{"inherits": []string{"admin"}})
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{boss, role("clerk", doc{"inherits": []string{"member"}})}}).Want(t, 200)
		i.Person(t, "Clerk", "clerk")
		chief := i.Person(t, "Chief", "boss")
		chief.Patch(t, "/records/user/"+i.Admin.UserID, doc{"active": false}).Want(t, 200)
		revisions := chief.Get(t, "/meta/_revisions?limit=1").Want(t, 200).Body
		for name, r := range map[string]struct {
			ask    doc
			status int
			code   string
			at     string
		}{
			"a circle":                {doc{"definitions": []any{role("clerk", doc{"inherits": []string{"other"}}), role("other", doc{"inherits": []string{"clerk"}})}}, 422, "invalid_definition", "inheritance_cycle"},
			"no such field":           {doc{"definitions": []any{role("clerk", doc{"grants": []any{doc{"object": "lead", "actions": []string{"read"}, "scope": doc{"where": "nothing == 1"}}}})}}, 422, "invalid_definition", "unknown_field"},
			"rights of admin":         {doc{"definitions": []any{role("admin", doc{"abilities": []string{"export"}})}}, 422, "invalid_definition", "protected_definition"},
			"admin deleted":           {doc{"delete": []any{doc{"kind": "role", "name": "admin"}}}, 422, "invalid_definition", "protected_definition"},
			"held":                    {doc{"delete": []any{doc{"kind": "role", "name": "clerk"}}}, 409, "in_use", "role_held"},
			"nobody would administer": {doc{"definitions": []any{role("boss", doc{"abilities": []string{"export"}})}}, 409, "last_administrator", ""},
		} {
			for _, route := range []string{"/roles/impact", "/roles/prospect", "/meta/_apply"} {
				answer := chief.Post(t, route, r.ask)
				require.Equal(t, r.status, answer.Status, "%s by %s: %s", name, route, answer.Body)
				code, items := answer.Fault(t)
				require.Equal(t, r.code, code, name)
				require.True(t, r.at == "" || strings.Contains(fmt.Sprint(items), r.at), "%s: %v", name, items)
			}
		}
		require.Equal(t, string(revisions), string(chief.Get(t, "/meta/_revisions?limit=1").Want(t, 200).Body))
		chief.Post(t, "/meta/_apply", doc{"definitions": []any{role("admin", doc{"title": "The head"})}}).Want(t, 200)
		stale := chief.Post(t, "/roles/impact", doc{"base": 1, "definitions": []any{role("clerk", doc{"abilities": []string{"export"}})}})
		require.Equal(t, 409, stale.Status)
	})
}

// TestARoleIsReadAsItWas: at any revision, by those who may see roles.
func TestARoleIsReadAsItWas(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		put := func(title string) float64 {
			answer := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "clerk", "title": title}}}).Want(t, 200)
			return answer.Data(t)["revision"].(float64)
		}
		first, second := put("First"), put("Second")
		for revision, title := range map[float64]string{first: "First", second: "Second", second + 9: "Second"} {
			require.Equal(t, title, i.Admin.Get(t, fmt.Sprintf("/meta/role/clerk?revision=%v", revision)).Want(t, 200).Data(t)["title"])
		}
		i.Admin.Get(t, fmt.Sprintf("/meta/role/clerk?revision=%v", first-1)).Want(t, 404)
		i.Admin.Get(t, "/meta/role/clerk?revision=x").Want(t, 400)
		i.Person(t, "Plain", "clerk").Get(t, fmt.Sprintf("/meta/role/clerk?revision=%v", first)).Want(t, 404)
	})
}
