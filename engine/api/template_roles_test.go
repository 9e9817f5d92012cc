package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestTheRolesOfTheTemplatesAreWhatTheySay: of a record of oneself, of somebody
// of a department below, and of somebody elsewhere, each role reads (r), changes
// (u), gives away (g) and deletes (d) what its description says.
func TestTheRolesOfTheTemplatesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	wanted := map[string]map[string][3]string{
		"lead": {
			"sales_rep":      {"rud", "", ""},
			"sales_manager":  {"rugd", "rugd", ""},
			"sales_director": {"rugd", "rugd", "rug"},
			"marketing":      {"r", "r", "r"},
			"lead_admin":     {"rugd", "rugd", "rugd"},
		},
		"opportunity": {
			"account_rep":       {"rud", "", ""},
			"account_manager":   {"rugd", "rugd", ""},
			"account_director":  {"rugd", "rugd", "rug"},
			"account_marketing": {"r", "r", "r"},
			"account_admin":     {"rugd", "rugd", "rugd"},
		},
	}
	try := func(t *testing.T, url string) {
		t.Parallel()
		i := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
		templated(t, i, "lead", "crm")
		departments := map[string]string{}
		for _, one := range []struct{ name, above string }{{"top", ""}, {"below", "top"}, {"elsewhere", ""}} {
			values := doc{"name": one.name, "code": one.name}
			if one.above != "" {
				values["parent"] = departments[one.above]
			}
			departments[one.name] = fmt.Sprint(i.Admin.Post(t, "/records/department", values).Want(t, 201).Data(t)["id"])
		}
		person := func(name, department string, roles ...string) *enginetest.Client {
			client := i.Person(t, name, roles...)
			i.Admin.Patch(t, "/records/user/"+client.UserID, doc{"department": departments[department]}).Want(t, 200)
			return client
		}
		below, elsewhere := person("Below", "below"), person("Elsewhere", "elsewhere")
		account := i.Admin.Post(t, "/records/account", doc{"name": "Acme"}).Want(t, 201).Data(t)["id"]
		values := map[string]doc{
			"lead":        {"name": "Wang", "company": "Acme"},
			"opportunity": {"name": "Second stage", "account": account, "close_date": "2027-01-31"},
		}
		for object, roles := range wanted {
			for role, want := range roles {
				actor := person(role, "top", role)
				for n, owner := range []string{actor.UserID, below.UserID, elsewhere.UserID} {
					values[object]["owner"] = owner
					made := i.Admin.Post(t, "/records/"+object+"?allow=duplicates", values[object]).Want(t, 201).Data(t)
					require.Equal(t, want[n], may(t, actor, "/records/"+object+"/"+fmt.Sprint(made["id"]), owner), "%s, %s %d", role, object, n)
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { try(t, "") })
	t.Run("postgres", func(t *testing.T) { try(t, enginetest.EmptyDatabase(t)) })
}

// may tells what somebody may do with a record, by doing it.
func may(t *testing.T, actor *enginetest.Client, record, owner string) string {
	t.Helper()
	var able strings.Builder
	for _, act := range []struct {
		letter, method string
		body           any
	}{{"r", "GET", nil}, {"u", "PATCH", doc{"name": "Other"}}, {"g", "PATCH", doc{"owner": owner}}, {"d", "DELETE", nil}} {
		if actor.Do(t, act.method, record, act.body).Status < 300 {
			able.WriteString(act.letter)
		}
	}
	return able.String()
}
