package api_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/setup"
)

// templated sets an installation up with templates.
func templated(t *testing.T, i *enginetest.Installation, templates ...string) {
	t.Helper()
	_, err := i.Setup.Run(context.Background(), setup.Request{
		Locale: "zh-CN", Name: "Ada Admin", Email: enginetest.AdminEmail, Password: enginetest.Password,
		Organisation: "Acme", Timezone: "Asia/Shanghai", Currency: "CNY", Templates: templates,
	})
	require.NoError(t, err)
	i.Admin = i.Client(t, enginetest.AdminEmail)
}

// TestTemplatesWorkAloneAndTogether: each template brings what it requires and
// is whole in Chinese; together, a lead has the fields of its conversion.
func TestTemplatesWorkAloneAndTogether(t *testing.T) {
	t.Parallel()
	for objects, templates := range map[string][]string{
		"todo followup lead":                             {"lead"},
		"todo followup account contact opportunity":      {"crm"},
		"todo followup lead account contact opportunity": {"lead", "crm"},
	} {
		t.Run(strings.Join(templates, " and "), func(t *testing.T) {
			t.Parallel()
			i := enginetest.Open(t, engine.Config{Directory: t.TempDir()})
			templated(t, i, templates...)
			require.Empty(t, i.Admin.Get(t, "/meta/translation/zh-CN/missing").Want(t, 200).Data(t)["missing"])
			for name := range strings.FieldsSeq(objects) {
				i.Admin.Get(t, "/records/"+name).Want(t, 200)
			}
			if len(templates) == 2 {
				i.Admin.Get(t, "/records/lead?where=converted_account%20!=%20null").Want(t, 200)
			} else {
				i.Admin.Get(t, "/records/lead?where=converted_account%20!=%20null").Fault(t)
			}
		})
	}
}

// TestAnAppHasWhatAnotherTemplateBrings as soon as that is there, and one to
// whom it says nothing sees no entry.
func TestAnAppHasWhatAnotherTemplateBrings(t *testing.T) {
	t.Parallel()
	for _, templates := range [][]string{{"crm"}, {"lead", "crm"}} {
		t.Run(strings.Join(templates, " and "), func(t *testing.T) {
			t.Parallel()
			i := enginetest.Open(t, engine.Config{Directory: t.TempDir()})
			templated(t, i, templates...)
			entries := func(roles ...string) (named []any) {
				items, _ := i.Person(t, strings.Join(roles, ""), roles...).Get(t, "/meta/app/crm").Want(t, 200).Data(t)["items"].([]any)
				for _, item := range items {
					entry, _ := item.(map[string]any)
					named = append(named, cmp.Or(entry["object"], entry["dashboard"]))
				}
				return named
			}
			require.NotContains(t, entries("account_rep"), "lead")
			if len(templates) == 2 {
				require.Subset(t, entries("account_rep", "sales_rep"), []any{"lead", "lead_desk"})
			}
		})
	}
}

// TestARepresentativeWorksWithTheTemplates: with the role of each template one
// keeps records, their lines, tasks and follow-ups about them, and sees nobody
// else's; the figures of an account follow.
func TestARepresentativeWorksWithTheTemplates(t *testing.T) {
	t.Parallel()
	i := enginetest.Open(t, engine.Config{Directory: t.TempDir()})
	templated(t, i, "lead", "crm")
	rep, other := i.Person(t, "Rep", "sales_rep", "account_rep"), i.Person(t, "Other", "sales_rep", "account_rep")
	made := func(object string, values doc) string {
		id, _ := rep.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"].(string)
		return id
	}
	product, _ := i.Admin.Post(t, "/records/product", doc{"name": "Sensor", "code": "S1", "cost": doc{"amount": "3", "currency": "CNY"}}).Want(t, 201).Data(t)["id"].(string)
	require.NotContains(t, rep.Get(t, "/records/product/"+product).Want(t, 200).Data(t), "cost")
	account := made("account", doc{"name": "云图科技有限公司"})
	lead := made("lead", doc{"name": "张伟", "company": "云图"})
	opportunity := made("opportunity", doc{
		"name": "云图二期", "account": account, "close_date": "2026-12-31", "stage": "negotiation", "amount": doc{"amount": "1000", "currency": "CNY"},
		"lines": []any{doc{"product": product, "quantity": "3", "price": doc{"amount": "100", "currency": "CNY"}, "discount": "10"}},
	})
	deal := rep.Get(t, "/records/opportunity/"+opportunity).Want(t, 200).Data(t)
	require.Equal(t, []any{"70", "700", "270"}, []any{deal["probability"], deal["weighted"], deal["lines_amount"]})
	_, items := rep.Patch(t, "/records/opportunity/"+opportunity, doc{"stage": "lost"}).Want(t, 422).Fault(t)
	require.Len(t, items, 1, "a loss has a reason")
	for object, id := range map[string]string{"account": account, "lead": lead, "opportunity": opportunity} {
		about := doc{"object": object, "id": id}
		todo := made("todo", doc{"subject": "Call", "related_to": about, "due": "2026-11-23T02:00:00Z"})
		followup := made("followup", doc{"subject": "Asked for cases", "method": "call", "at": "2026-11-22T02:00:00Z", "related_to": about})
		other.Get(t, "/records/todo/"+todo).Want(t, 404)
		other.Get(t, "/records/followup/"+followup).Want(t, 404)
		other.Post(t, "/records/todo", doc{"subject": "Peep", "related_to": about}).Want(t, 422)
	}
	seen := rep.Get(t, "/records/account/"+account).Want(t, 200).Data(t)
	require.Equal(t, []any{"1", "1000", "1", "2026-11-22T02:00:00.000Z"}, []any{fmt.Sprint(seen["open_opportunities"]), seen["pipeline_amount"], fmt.Sprint(seen["open_todos"]), seen["last_followup_at"]})
	head := i.Person(t, "Head", "account_director")
	head.Patch(t, "/records/opportunity/"+opportunity, doc{"owner": other.UserID}).Want(t, 200)
	require.Len(t, other.Get(t, "/records/opportunity_line").Want(t, 200).List(t), 1, "lines are seen by who has the opportunity")
	rep.Get(t, "/records/opportunity/"+opportunity).Want(t, 404)
	require.Empty(t, rep.Get(t, "/records/opportunity_line").Want(t, 200).List(t))
}
