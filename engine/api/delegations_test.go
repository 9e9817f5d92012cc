package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// standsIn lets a person stand in for another for three hours from now on.
func standsIn(t *testing.T, away *enginetest.Client, to string) string {
	t.Helper()
	until := time.Now().Add(3 * time.Hour)
	return fmt.Sprint(away.Post(t, "/delegations", doc{"to": to, "until": until}).Want(t, 201).Data(t)["id"])
}

// TestWhoStandsInIsToldInPlaceOfWhoIsAway: of what is for him, as long as he is
// away, where whoever stands in may see it, and of nothing that he did himself.
func TestWhoStandsInIsToldInPlaceOfWhoIsAway(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo, kim := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_director"), i.Person(t, "Kim", "sales_rep")
		give := func(by, to *enginetest.Client, values doc) string {
			values["owner"], values["company"] = to.UserID, "c"
			return fmt.Sprint(by.Post(t, "/records/lead?allow=duplicates", values).Want(t, 201).Data(t)["id"])
		}
		id := standsIn(t, li, bo.UserID)
		seen := bo.Get(t, "/delegations?current=true").Want(t, 200).List(t)
		require.Len(t, seen, 1)
		require.Equal(t, []any{li.UserID, bo.UserID, li.UserID}, []any{seen[0]["person"], seen[0]["to"], seen[0]["by"]})

		lead := give(i.Admin, li, doc{"name": "While away"})
		require.Equal(t, []string{"assigned"}, reasons(inboxOf(t, li, "")), "who is away is told as ever")
		told := inboxOf(t, bo, "")
		require.Equal(t, []string{"assigned"}, reasons(told))
		require.Equal(t, []string{li.UserID, lead}, []string{*told.Data[0].For, *told.Data[0].Record})
		require.Contains(t, told.Included["user"], li.UserID)

		i.Admin.Post(t, "/records/lead/"+lead+"/comments", doc{"text": fmt.Sprintf("@[%s] @[%s] look", li.UserID, bo.UserID)}).Want(t, 201)
		told = inboxOf(t, bo, "")
		require.Equal(t, []string{"mentioned", "assigned"}, reasons(told), "who is told anyway is not told twice")
		require.Nil(t, told.Data[0].For)

		i.Admin.Post(t, "//test/clock", doc{"advance": "PT3H1M"}).Want(t, 200)
		give(i.Admin, li, doc{"name": "Back again"})
		require.Len(t, inboxOf(t, bo, "").Data, 2)
		require.Empty(t, bo.Get(t, "/delegations?current=true").Want(t, 200).List(t))
		li.Delete(t, "/delegations/"+id).Want(t, 404)

		li.Post(t, "/delegations", doc{"to": kim.UserID, "until": time.Now().Add(9 * time.Hour)}).Want(t, 201)
		give(i.Admin, li, doc{"name": "Not to be seen"})
		require.Empty(t, inboxOf(t, kim, "").Data, "who stands in sees no more than before")
	})
}

// TestWhoStandsInIsFoundThroughOthersWhoAreAway: and a circle leads to nobody
// else.
func TestWhoStandsInIsFoundThroughOthersWhoAreAway(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo, kim := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_manager"), i.Person(t, "Kim", "admin")
		standsIn(t, li, bo.UserID)
		standsIn(t, bo, kim.UserID)
		i.Admin.Post(t, "/records/lead", doc{"name": "n", "company": "c", "owner": li.UserID}).Want(t, 201)
		require.Empty(t, inboxOf(t, bo, "").Data)
		require.Equal(t, li.UserID, *inboxOf(t, kim, "").Data[0].For)

		last := standsIn(t, kim, li.UserID)
		i.Admin.Post(t, "/records/lead?allow=duplicates", doc{"name": "m", "company": "c", "owner": li.UserID}).Want(t, 201)
		require.Len(t, inboxOf(t, kim, "").Data, 1, "a circle comes back to who is away")
		kim.Delete(t, "/delegations/"+last).Want(t, 204)
		i.Admin.Post(t, "/records/lead?allow=duplicates", doc{"name": "o", "company": "c", "owner": li.UserID}).Want(t, 201)
		require.Len(t, inboxOf(t, kim, "").Data, 2)
	})
}

// TestADelegationIsRefusedWithItsReason: and leaves nothing behind.
func TestADelegationIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_manager")
		gone := i.Person(t, "Gone", "sales_rep")
		i.Admin.Patch(t, "/records/user/"+gone.UserID, doc{"active": false}).Want(t, 200)
		now := time.Now()
		standsIn(t, li, bo.UserID)
		before := fingerprint(t, i)
		for name, c := range map[string]struct {
			ask           doc
			pointer, code string
		}{
			"nobody":        {doc{"until": now.Add(time.Hour)}, "/to", "required"},
			"himself":       {doc{"to": li.UserID, "until": now.Add(time.Hour)}, "/to", "missing_record"},
			"disabled":      {doc{"to": gone.UserID, "until": now.Add(time.Hour)}, "/to", "missing_record"},
			"no id":         {doc{"to": "x", "until": now.Add(time.Hour)}, "/to", "missing_record"},
			"no end":        {doc{"to": bo.UserID}, "/until", "required"},
			"past":          {doc{"to": bo.UserID, "until": now.Add(-time.Hour)}, "/until", "too_early"},
			"end first":     {doc{"to": bo.UserID, "from": now.Add(200 * time.Hour), "until": now.Add(100 * time.Hour)}, "/until", "too_early"},
			"for ever":      {doc{"to": bo.UserID, "from": now.Add(200 * time.Hour), "until": now.Add(9999 * time.Hour)}, "/until", "too_large"},
			"at that time":  {doc{"to": bo.UserID, "from": now.Add(2 * time.Hour), "until": now.Add(99 * time.Hour)}, "/from", "overlaps"},
			"around it all": {doc{"to": bo.UserID, "until": now.Add(99 * time.Hour)}, "/from", "overlaps"},
		} {
			_, items := li.Post(t, "/delegations", c.ask).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{c.pointer: c.code}, items, name)
		}
		li.Post(t, "/delegations", doc{"person": bo.UserID, "to": li.UserID, "until": now.Add(time.Hour)}).Want(t, 403)
		li.Get(t, "/delegations?person="+bo.UserID).Want(t, 403)
		li.Get(t, "/delegations?current=maybe").Want(t, 400)
		require.Equal(t, before, fingerprint(t, i))
		li.Post(t, "/delegations", doc{"to": bo.UserID, "from": now.Add(4 * time.Hour), "until": now.Add(99 * time.Hour)}).Want(t, 201)
	})
}

// TestWhoManagesPeopleSaysWhoStandsInForThem: for who fell ill, and ends it; who
// stands in does not.
func TestWhoManagesPeopleSaysWhoStandsInForThem(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_manager")
		begun := i.Admin.Post(t, "/delegations", doc{"person": li.UserID, "to": bo.UserID, "until": time.Now().Add(time.Hour)}).Want(t, 201).Data(t)
		own := bo.Get(t, "/delegations").Want(t, 200).List(t)
		require.Len(t, own, 1)
		require.Equal(t, i.Admin.UserID, own[0]["by"])
		bo.Delete(t, fmt.Sprint("/delegations/", begun["id"])).Want(t, 404)
		i.Admin.Delete(t, fmt.Sprint("/delegations/", begun["id"])).Want(t, 204)
		require.Empty(t, li.Get(t, "/delegations").Want(t, 200).List(t))
		var actions []any
		for _, entry := range i.Admin.Get(t, "/audit?limit=3").Want(t, 200).List(t) {
			actions = append(actions, entry["action"])
		}
		require.Equal(t, []any{"audit_read", "delegation_ended", "delegation_begun"}, actions)
	})
}

// TestOfDelegationsAtOnceOneIsKept of a person and a time.
func TestOfDelegationsAtOnceOneIsKept(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li, bo := i.Person(t, "Li", "sales_rep"), i.Person(t, "Bo", "sales_manager")
		until := time.Now().Add(time.Hour)
		statuses := make([]int, 8)
		var all sync.WaitGroup
		for n := range statuses {
			all.Go(func() {
				statuses[n] = li.Post(t, "/delegations", doc{"to": bo.UserID, "until": until}).Status
			})
		}
		all.Wait()
		kept := 0
		for _, status := range statuses {
			if status == http.StatusCreated {
				kept++
			}
		}
		require.Equal(t, 1, kept, statuses)
	})
}
