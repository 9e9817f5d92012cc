package api_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// explained is what an explanation says, as far as the tests look at it.
type explained struct {
	User    string
	Active  bool
	Actions []struct {
		Action  string
		Allowed bool
		Needs   string
		Fields  []struct {
			Field   string
			Allowed bool
			Masked  bool
			Remedy  *remedy
		}
		Grants []struct {
			Role   string
			Via    []string
			Index  int
			Fields []string
			Scope  string
			Where  string
			Scoped *bool
			Shares []doc
			State  string
			Fits   *bool
			Holds  *bool
		}
		Restrictions []struct {
			Role, Where string
			Holds       *bool
		}
		Remedy    *remedy
		Predicate *struct {
			SQL  string
			Args []any
		}
	}
}

type remedy struct {
	Share bool
	Grant doc
}

func explain(t *testing.T, client *enginetest.Client, path, user string) explained {
	t.Helper()
	var body struct{ Data explained }
	client.Get(t, path+"/access?user="+user).Want(t, 200).Into(t, &body)
	return body.Data
}

// rights is what somebody may do with a record: its fields by action, nil where
// the action is not permitted.
type rights map[string][]string

func (e explained) rights() rights {
	r := rights{}
	for _, verdict := range e.Actions {
		if !verdict.Allowed {
			continue
		}
		r[verdict.Action] = []string{}
		for _, f := range verdict.Fields {
			if f.Masked {
				r["mask"] = append(r["mask"], f.Field)
			}
			if f.Allowed {
				r[verdict.Action] = append(r[verdict.Action], f.Field)
			}
		}
		slices.Sort(r[verdict.Action])
	}
	slices.Sort(r["mask"])
	return r
}

// enforced is what somebody's own request for the record answers.
func enforced(t *testing.T, client *enginetest.Client, path string) rights {
	t.Helper()
	answer := client.Get(t, path)
	if answer.Status == 404 {
		return rights{}
	}
	var body struct {
		Data doc
		Can  struct {
			Update, Delete bool
			Fields         map[string]string
		}
	}
	answer.Want(t, 200).Into(t, &body)
	r := rights{"read": []string{}}
	if body.Can.Update {
		r["update"] = []string{}
	}
	if body.Can.Delete {
		r["delete"] = []string{}
	}
	for name := range body.Data {
		if body.Can.Fields[name] == "mask" {
			r["mask"] = append(r["mask"], name)
			continue
		}
		r["read"] = append(r["read"], name)
		if _, only := body.Can.Fields[name]; body.Can.Update && !only && !slices.Contains([]string{"id", "version", "created_at", "created_by", "updated_at", "updated_by"}, name) {
			r["update"] = append(r["update"], name)
		}
	}
	slices.Sort(r["mask"])
	slices.Sort(r["read"])
	slices.Sort(r["update"])
	return r
}

// company is people in departments and teams with roles of random grants, and
// records of theirs.
type company struct {
	*enginetest.Installation
	t       *testing.T
	random  *rand.Rand
	people  []*enginetest.Client
	records []string
	units   []string
	teams   []string
	pools   []string
}

func pick[T any](c *company, from ...T) T { return from[c.random.IntN(len(from))] }

func (c *company) some(from ...string) []string {
	chosen := []string{}
	for _, one := range from {
		if c.random.IntN(2) == 0 {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

func foundCompany(t *testing.T, i *enginetest.Installation) *company {
	t.Helper()
	c := &company{Installation: i, t: t, random: enginetest.Random(t)}
	made := func(object string, values doc) string {
		return fmt.Sprint(c.Admin.Post(c.t, "/records/"+object, values).Want(c.t, 201).Data(c.t)["id"])
	}
	c.Admin.Post(c.t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "bargain", "type": "object", "display": "name", "properties": doc{
		"name": doc{"field": "text"}, "amount": doc{"field": "decimal"}, "secret": doc{"field": "text", "sensitive": true},
		"state": doc{"field": "select", "oneOf": []any{doc{"const": "open"}, doc{"const": "signed"}}},
		"twice": doc{"field": "formula", "expression": "amount * 2"}, "pool": doc{"field": "lookup", "target": "pool"},
	}, "behaviours": doc{"pool": doc{"field": "pool"}}}}}).Want(c.t, 200)
	top := made("department", doc{"name": "Top", "code": "top"})
	c.units = []string{top, made("department", doc{"name": "East", "code": "east", "parent": top})}
	c.teams = []string{made("team", doc{"name": "One", "code": "one"}), made("team", doc{"name": "Two", "code": "two"})}
	c.pools = []string{made("pool", doc{"name": "One", "code": "one", "object": "bargain"}), made("pool", doc{"name": "Two", "code": "two", "object": "bargain"})}
	for n := range 3 {
		person := c.Person(c.t, fmt.Sprint("Person ", n))
		c.people = append(c.people, person)
		c.records = append(c.records, made("bargain", doc{"name": fmt.Sprint("B", n), "amount": "5", "secret": "s", "owner": person.UserID}))
	}
	return c
}

// wheres are conditions on a bargain; "" is none.
func wheres() []string {
	return []string{"", `state == "open"`, `state != "signed"`, "amount > 10", "twice > 30", `owner.department == me.department`, "owner.manager == me.id"}
}

// role is one of random grants and restrictions.
func (c *company) role(name string, inherits ...string) doc {
	grants, shut := []any{}, []any{}
	for range c.random.IntN(3) {
		grant := doc{
			"object": pick(c, "bargain", "bargain", "*"), "actions": append([]string{pick(c, "read", "update", "delete")}, "create"),
			"scope":  pick(c, "none", "shared", "own", "team", "subordinates", "department", "department_tree", "pool", "pool", "all"),
			"fields": doc{"read": c.some("*", "secret", "-amount", "name"), "update": c.some("*", "owner", "amount", "-state"), "mask": c.some("name", "secret")},
		}
		if more := pick(c, "read", "update", ""); more != "" && grant["actions"].([]string)[0] != more {
			grant["actions"] = append(grant["actions"].([]string), more)
		}
		if where := pick(c, wheres()...); where != "" && grant["object"] != "*" {
			grant["where"] = where
		}
		if where := pick(c, wheres()...); where != "" && grant["object"] != "*" && grant["scope"] != "pool" {
			grant["scope"] = doc{"where": where}
		}
		if grant["object"] == "*" {
			if grant["scope"] == "pool" {
				grant["scope"] = "own"
			}
			delete(grant, "fields")
		}
		grants = append(grants, grant)
	}
	if where := pick(c, append(wheres(), "", "", "")...); where != "" {
		shut = append(shut, doc{"object": "bargain", "actions": []string{pick(c, "read", "update")}, "where": where})
	}
	return doc{"kind": "role", "name": name, "inherits": append([]string{}, inherits...), "grants": grants, "restrict": shut}
}

// move gives people other places, records other values and other shares.
func (c *company) move() {
	c.Admin.Post(c.t, "/meta/_apply", doc{"definitions": []any{c.role("low"), c.role("high", "low"), c.role("other")}}).Want(c.t, 200)
	for n, person := range c.people {
		values := doc{"roles": c.some("low", "high", "other"), "teams": c.some(c.teams...), "department": pick(c, c.units...), "manager": nil}
		if n > 0 {
			values["manager"] = c.people[pick(c, 0, n-1)].UserID
		}
		c.Admin.Patch(c.t, "/records/user/"+person.UserID, values).Want(c.t, 200)
	}
	for _, id := range c.pools {
		c.Admin.Patch(c.t, "/records/pool/"+id, doc{
			"enabled": c.random.IntN(5) > 0, "people": c.some(c.people[0].UserID, c.people[1].UserID), "administrators": c.some(c.people[2].UserID),
			"departments": c.some(c.units...), "teams": c.some(c.teams...),
		}).Want(c.t, 200)
	}
	for n, id := range c.records {
		at := "/records/bargain/" + id
		c.Admin.Patch(c.t, at, doc{"owner": pick[any](c, c.people[n].UserID, nil), "pool": pick[any](c, c.pools[0], c.pools[1], nil)}).Want(c.t, 200)
		c.Admin.Patch(c.t, at, doc{"amount": pick[any](c, "5", "11", "20", nil), "state": pick[any](c, "open", "signed", nil)}).Want(c.t, 200)
		for _, share := range c.Admin.Get(c.t, at+"/shares").Want(c.t, 200).List(c.t) {
			c.Admin.Delete(c.t, fmt.Sprint(at, "/shares/", share["id"])).Want(c.t, 204)
		}
		if c.random.IntN(2) == 0 {
			to := pick(c, doc{"role": "low"}, doc{"role": "other"}, doc{"department": c.units[1]}, doc{"team": c.teams[0]}, doc{"user": c.people[0].UserID}, doc{"user": c.people[2].UserID})
			c.Admin.Post(c.t, at+"/shares", doc{"to": to, "access": pick(c, "read", "update")}).Want(c.t, 201)
		}
	}
}

// check asks about everybody and every record.
func (c *company) check() {
	for _, id := range c.records {
		at := "/records/bargain/" + id
		for n, person := range c.people {
			told := explain(c.t, c.Admin, at, person.UserID)
			rights := enforced(c.t, person, at)
			// What one may write but not read, no answer tells.
			said := told.rights()
			said["update"] = slices.DeleteFunc(said["update"], func(name string) bool { return !slices.Contains(said["read"], name) })
			if _, may := rights["update"]; !may {
				require.Empty(c.t, said["update"])
				delete(said, "update")
			}
			require.Equal(c.t, rights, said, "person %d\n%+v", n, told)
			if len(rights) > 0 {
				own := explain(c.t, person, at, "").rights()
				require.Equal(c.t, rights["read"], own["read"], "his own question")
			}
		}
	}
}

// TestAnExplanationSaysWhatIsEnforced for random people, roles, records, moves
// and shares.
func TestAnExplanationSaysWhatIsEnforced(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		c := foundCompany(t, i)
		for range enginetest.Times(6, 1000) {
			c.move()
			c.check()
		}
	})
}

// TestAnExplanationTellsTheWay: which role, by which of a person's own, which
// grant, which share, which restriction, and which state; to an administrator
// in the words of the role and of the database.
func TestAnExplanationTellsTheWay(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "D3", account: "Shadow"})
		wang.Get(t, "/records/deal/"+invisible+"/access").Want(t, 404)
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "chief", "inherits": []string{"east"}, "restrict": []any{doc{"object": "deal", "actions": []string{"update"}, "where": `name == "D1"`}}},
			doc{"kind": "role", "name": "signer", "grants": []any{doc{"object": "deal", "actions": []string{"read"}, "scope": "all", "where": `name != "D1"`, "fields": doc{"read": []string{"note"}}}}},
		}}).Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+person, doc{"roles": []string{"chief", "signer"}}).Want(t, 200)
		share(t, i.Admin, theirs, doc{"to": doc{"role": "chief"}, "access": "read"})
		told := explain(t, i.Admin, "/records/deal/"+theirs, person)
		require.True(t, told.Active)
		require.Equal(t, rights{"mask": {"phone"}, "read": {"amount", "created_at", "created_by", "firm", "id", "name", "owner", "region", "updated_at", "updated_by", "version"}}, told.rights())
		read, update := told.Actions[0], told.Actions[1]
		require.Len(t, read.Grants, 2)
		east, signer := read.Grants[0], read.Grants[1]
		require.Equal(t, []string{"chief"}, east.Via)
		require.Equal(t, `region == "east"`, east.Where)
		require.True(t, *east.Scoped)
		require.True(t, *east.Holds)
		require.Len(t, east.Shares, 1)
		require.Equal(t, "signer", signer.Role)
		require.True(t, *signer.Scoped)
		require.False(t, *signer.Fits)
		require.False(t, *signer.Holds)
		require.Equal(t, `name != "D1"`, signer.State)
		require.Contains(t, read.Predicate.SQL, `"region"`)
		require.False(t, update.Allowed)
		require.Equal(t, "chief", update.Restrictions[0].Role)
		require.True(t, *update.Restrictions[0].Holds)
		require.Nil(t, update.Remedy, "what is restricted no grant gives")

		own := explain(t, wang, "/records/deal/"+theirs, "")
		require.Nil(t, own.Actions[0].Predicate)
		require.Empty(t, own.Actions[0].Grants[0].Where)
		require.True(t, *own.Actions[0].Grants[0].Scoped, "he may read the region")
		require.Equal(t, "missing_ability", code(t, wang.Get(t, "/records/deal/"+theirs+"/access?user="+other).Want(t, 403)))
		i.Admin.Get(t, "/records/deal/"+theirs+"/access?user="+absent).Want(t, 404)
		i.Admin.Patch(t, "/records/user/"+other, doc{"active": false}).Want(t, 200)
		require.False(t, explain(t, i.Admin, "/records/deal/"+theirs, other).Active)
	})
}

func code(t *testing.T, answer *enginetest.Answer) string {
	t.Helper()
	code, _ := answer.Fault(t)
	return code
}

// TestARemedyDoesWhatItSays: with the share or the grant that an explanation
// names, a person may do what he might not.
func TestARemedyDoesWhatItSays(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		c := foundCompany(t, i)
		who := c.people[1]
		for range enginetest.Times(12, 2000) {
			c.move()
			c.cure(who)
		}
	})
}

// cure takes a remedy, if there is one, and sees that it helped.
func (c *company) cure(who *enginetest.Client) {
	t, at := c.t, "/records/bargain/"+pick(c, c.records...)
	told := explain(t, c.Admin, at, who.UserID)
	verdict := told.Actions[pick(c, 0, 0, 1)]
	f := pick(c, verdict.Fields...)
	if f.Allowed || f.Remedy == nil || verdict.Needs != "" {
		return
	}
	if f.Remedy.Grant != nil {
		c.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "cure", "grants": []any{f.Remedy.Grant}}}}).Want(t, 200)
		roles, _ := c.Admin.Get(t, "/records/user/"+who.UserID).Want(t, 200).Data(t)["roles"].([]any)
		c.Admin.Patch(t, "/records/user/"+who.UserID, doc{"roles": append(roles, "cure")}).Want(t, 200)
	}
	if f.Remedy.Share {
		c.Admin.Post(t, at+"/shares", doc{"to": doc{"user": who.UserID}, "access": verdict.Action}).Want(t, 201)
	}
	require.Contains(t, explain(t, c.Admin, at, who.UserID).rights()[verdict.Action], f.Field, "%v", f.Remedy)
}
