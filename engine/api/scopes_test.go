package api_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// staff is somebody of a small organisation, by his place in the list of all.
type staff struct {
	client              *enginetest.Client
	department, manager int // -1 without one
	teams               []int
	bargain             string // the record that he owns
}

// organisation is people in a tree of departments and one of managers, each with
// a record of his own.
type organisation struct {
	people      []*staff
	departments []string
	above       []int // of each department, -1 for the top
	teams       []string
}

// scopes are the scopes that follow from where people stand.
func scopes() []string {
	return []string{"own", "team", "subordinates", "department", "department_tree"}
}

func scopeDefinitions() []any {
	definitions := []any{doc{"kind": "object", "name": "bargain", "type": "object", "display": "name", "properties": doc{"name": doc{"field": "text"}}}}
	for _, scope := range scopes() {
		definitions = append(definitions, doc{"kind": "role", "name": scope, "grants": []any{
			doc{"object": "bargain", "actions": []string{"create", "read", "update"}, "scope": scope, "fields": doc{"read": []string{"*"}, "update": []string{"*", "owner"}}},
			doc{"object": "user", "actions": []string{"read"}, "scope": scope, "fields": doc{"read": []string{"*", "timezone"}}},
		}})
	}
	return definitions
}

func someOrganisation(t *testing.T, i *enginetest.Installation, random *rand.Rand) *organisation {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": scopeDefinitions()}).Want(t, 200)
	made := func(object string, values doc) string {
		return fmt.Sprint(i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
	}
	o := &organisation{above: []int{-1, 0, 0, 1, 1}}
	for n, above := range o.above {
		values := doc{"name": fmt.Sprint("Unit ", n), "code": fmt.Sprint("u", n)}
		if above >= 0 {
			values["parent"] = o.departments[above]
		}
		o.departments = append(o.departments, made("department", values))
	}
	for n := range 3 {
		o.teams = append(o.teams, made("team", doc{"name": fmt.Sprint("Team ", n), "code": fmt.Sprint("t", n)}))
	}
	for n := range 10 {
		person := &staff{department: random.IntN(6) - 1, manager: random.IntN(n+1) - 1}
		for team := range o.teams {
			if random.IntN(4) == 0 {
				person.teams = append(person.teams, team)
			}
		}
		person.client = i.Person(t, fmt.Sprint("Person ", n))
		person.bargain = made("bargain", doc{"name": fmt.Sprint("Bargain ", n), "owner": person.client.UserID})
		o.people = append(o.people, person)
		o.place(t, i, person, "own")
	}
	return o
}

// place writes where somebody stands, and the role that he has.
func (o *organisation) place(t *testing.T, i *enginetest.Installation, person *staff, role string) {
	t.Helper()
	values := doc{"roles": []string{role}, "department": nil, "manager": nil, "teams": []string{}}
	if person.department >= 0 {
		values["department"] = o.departments[person.department]
	}
	if person.manager >= 0 {
		values["manager"] = o.people[person.manager].client.UserID
	}
	teams := []string{}
	for _, team := range person.teams {
		teams = append(teams, o.teams[team])
	}
	values["teams"] = teams
	i.Admin.Patch(t, "/records/user/"+person.client.UserID, values).Want(t, 200)
}

// reaches is the meaning of a scope.
func (o *organisation) reaches(scope string, from, to int) bool {
	me, other := o.people[from], o.people[to]
	switch {
	case from == to:
		return true
	case scope == "team":
		return slices.ContainsFunc(other.teams, func(team int) bool { return slices.Contains(me.teams, team) })
	case scope == "subordinates":
		for at := other.manager; at >= 0; at = o.people[at].manager {
			if at == from {
				return true
			}
		}
	case scope == "department":
		return me.department >= 0 && other.department == me.department
	case scope == "department_tree" && me.department >= 0:
		for at := other.department; at >= 0; at = o.above[at] {
			if at == me.department {
				return true
			}
		}
	}
	return false
}

// TestAScopeReachesTheRecordsOfWhomItNames: in a list, in a count, one by one,
// when they are written, and for the people themselves; from the next request
// on after somebody moved.
func TestAScopeReachesTheRecordsOfWhomItNames(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		random := rand.New(rand.NewPCG(5, 7))
		o := someOrganisation(t, i, random)
		for _, scope := range scopes() {
			for from := range o.people {
				o.place(t, i, o.people[from], scope)
				o.check(t, scope, from)
			}
			moved := random.IntN(len(o.people))
			o.people[moved].department, o.people[moved].manager, o.people[moved].teams = random.IntN(5), -1, []int{random.IntN(3)}
			o.place(t, i, o.people[moved], scope)
			for from := range o.people {
				o.check(t, scope, from)
			}
		}
	})
}

func (o *organisation) check(t *testing.T, scope string, from int) {
	t.Helper()
	client := o.people[from].client
	bargains := []string{}
	for to, other := range o.people {
		status := 404
		if o.reaches(scope, from, to) {
			bargains, status = append(bargains, other.bargain), 200
		}
		what := fmt.Sprint(scope, " from ", from, " to ", to)
		require.Equal(t, status, client.Patch(t, "/records/bargain/"+other.bargain, doc{"name": what}).Status, what)
		_, seen := client.Get(t, "/records/user/"+other.client.UserID).Want(t, 200).Data(t)["timezone"]
		require.Equal(t, status == 200, seen, what)
	}
	require.Equal(t, bargains, counted(t, client, "/records/bargain?sort=id&limit=100&count=exact"))
}

// counted lists the ids that a list gives, and sees that its count is theirs.
func counted(t *testing.T, client *enginetest.Client, path string) []string {
	t.Helper()
	var page struct {
		Data []struct{ ID string }
		Page struct{ Total int }
	}
	client.Get(t, path).Want(t, 200).Into(t, &page)
	ids := make([]string, len(page.Data))
	for n, record := range page.Data {
		ids[n] = record.ID
	}
	require.Len(t, ids, page.Page.Total)
	return ids
}

// TestNobodyStandsAboveHimself: a circle of managers or of departments is
// refused, and leaves nothing behind.
func TestNobodyStandsAboveHimself(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		low, high := i.Person(t, "Low Li"), i.Person(t, "High Hu")
		at := "/records/user/"
		i.Admin.Patch(t, at+low.UserID, doc{"manager": high.UserID}).Want(t, 200)
		for _, above := range []string{low.UserID, high.UserID} {
			answer := i.Admin.Patch(t, at+high.UserID, doc{"manager": above})
			answer.Want(t, 422)
			_, faults := answer.Fault(t)
			require.Equal(t, map[string]string{"/manager": "circle"}, faults)
		}
		require.Nil(t, i.Admin.Get(t, at+high.UserID).Want(t, 200).Data(t)["manager"])
	})
}
