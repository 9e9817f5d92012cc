package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestExampleRecordsComeAndGo: they are made through rules and roll-ups like
// any, for people in three departments, and go in one step without what people
// made themselves and what that needs.
func TestExampleRecordsComeAndGo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := engine.Config{Directory: t.TempDir()}
			if name == "postgres" {
				config.DatabaseURL = enginetest.EmptyDatabase(t)
			}
			i := enginetest.Open(t, config)
			templated(t, i, "crm")
			require.Equal(t, "none", i.Admin.Get(t, "/samples").Want(t, 200).Data(t)["state"])
			i.Admin.Delete(t, "/samples").Want(t, 404)
			require.NoError(t, i.Samples.Make(context.Background()))
			require.Equal(t, "there", i.Admin.Get(t, "/samples").Data(t)["state"])
			counts := map[string]int{"account": 800, "opportunity": 1200, "todo": 1000, "followup": 2000, "department": 3, "user": 14}
			count := func(object string) int {
				var page struct{ Page struct{ Total int } }
				i.Admin.Get(t, "/records/"+object+"?limit=1&count=exact").Want(t, 200).Into(t, &page)
				return page.Page.Total
			}
			for object, want := range counts {
				require.Equal(t, want, count(object), object)
			}
			require.NotEmpty(t, i.Admin.Get(t, "/records/account?where=won_amount%20%3E%200&limit=1").List(t))
			require.NotEmpty(t, i.Admin.Get(t, "/records/todo?where=owner%20%3D%3D%20me.id%20%26%26%20!done&limit=1").List(t), "an administrator's day is not empty")
			names := map[any]bool{}
			for _, account := range i.Admin.Get(t, "/records/account?limit=1000&fields=name,city").List(t) {
				require.Contains(t, account["name"], account["city"], "a firm is called after its city")
				names[account["name"]] = true
			}
			require.Len(t, names, counts["account"], "no two firms have one name")
			zone, err := time.LoadLocation("Asia/Shanghai")
			require.NoError(t, err)
			for _, todo := range i.Admin.Get(t, "/records/todo?limit=1000&fields=due&where=due%20!%3D%20null").List(t) {
				due, err := time.Parse(time.RFC3339, todo["due"].(string))
				require.NoError(t, err)
				require.True(t, due.In(zone).Hour() >= 9 && due.In(zone).Hour() < 18, "a task is due when people work, not at %s", due.In(zone))
			}
			account, _ := i.Admin.Get(t, "/records/account?limit=1&sort=name").List(t)[0]["id"].(string)
			own, _ := i.Admin.Post(t, "/records/contact", doc{"name": "Mine", "account": account}).Want(t, 201).Data(t)["id"].(string)
			rep := i.Person(t, "Rep", "account_rep")
			rep.Delete(t, "/samples").Want(t, 403)
			require.NoError(t, i.Samples.Remove(context.Background()))
			require.Equal(t, account, i.Admin.Get(t, "/records/contact/"+own).Want(t, 200).Data(t)["account"])
			require.Equal(t, []int{1, 1, 0, 0}, []int{count("account"), count("contact"), count("opportunity"), count("followup")})
			require.Equal(t, "none", i.Admin.Get(t, "/samples").Data(t)["state"])
		})
	}
}
