package api_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// share shares a record as somebody and gives the address of the share.
func share(t *testing.T, client *enginetest.Client, id string, offer doc) string {
	t.Helper()
	path := "/records/deal/" + id + "/shares"
	return fmt.Sprint(path, "/", client.Post(t, path, offer).Want(t, 201).Data(t)["id"])
}

// TestAShareGivesARecordToTheGrantsOfItsRecipient: the record, with the fields
// of his grants and for its action; for as long as it lasts, and no other.
func TestAShareGivesARecordToTheGrantsOfItsRecipient(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "D3", account: "Shadow", extra: true})
		at := "/records/deal/" + invisible
		sees := func(count int, where string) {
			t.Helper()
			var page struct{ Page struct{ Total int } }
			wang.Get(t, "/records/deal?limit=1&count=exact&where="+url.QueryEscape(where)).Want(t, 200).Into(t, &page)
			require.Equal(t, count, page.Page.Total, where)
		}
		sees(2, "true")
		wang.Get(t, at).Want(t, 404)

		first := share(t, i.Admin, invisible, doc{"to": doc{"user": person}, "access": "read"})
		record := wang.Get(t, at).Want(t, 200).Data(t)
		require.Equal(t, "66", record["margin"])
		require.Equal(t, "77", record["amount"])
		require.NotContains(t, record, "note")
		require.NotContains(t, record, "salary")
		sees(3, "true")
		sees(1, "margin > 50")
		sees(1, "amount < 100")
		wang.Patch(t, at, doc{"name": "x"}).Want(t, 403)
		wang.Get(t, at+"/shares").Want(t, 403)
		require.Contains(t, fmt.Sprint(feed(t, wang, "", "&object=deal").Data), invisible)
		wang.Get(t, at+"/timeline").Want(t, 200)
		wang.Post(t, at+"/comments", doc{"text": "thank you"}).Want(t, 201)
		i.Admin.Delete(t, first).Want(t, 204)
		wang.Get(t, at).Want(t, 404)
		sees(2, "true")

		share(t, i.Admin, invisible, doc{"to": doc{"role": "east"}, "access": "update", "until": "2099-01-01T00:00:00Z"})
		record = wang.Get(t, at).Want(t, 200).Data(t)
		require.Equal(t, "77", record["amount"])
		require.NotContains(t, record, "margin", "the grants of another role are not reached")
		sees(1, "margin != null")
		patched := wang.Patch(t, at, doc{"name": "x"}).Want(t, 200).Data(t)
		require.Equal(t, wang.Get(t, at).Want(t, 200).Data(t), patched, "in memory as in the database")
		wang.Patch(t, at, doc{"margin": "1"}).Want(t, 422)
		wang.Delete(t, at).Want(t, 403)
		i.Admin.Post(t, "//test/clock", doc{"now": "2099-01-01T00:00:01Z"}).Want(t, 200)
		i.Client(t, "wang@example.com").Get(t, at).Want(t, 404)
	})
}

// TestNobodySharesMoreThanHeHas: not who was only given the record, and not
// where a field would open that he cannot see.
func TestNobodySharesMoreThanHeHas(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "D3", account: "Shadow"})
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "keeper", "grants": []any{
			doc{"object": "deal", "actions": []string{"read", "update"}, "scope": "own", "fields": doc{"read": []string{"name", "region", "margin"}, "update": []string{"name", "margin"}}},
		}}}}).Want(t, 200)
		kim, ann := i.Person(t, "Kim", "east"), i.Person(t, "Ann", "keeper")
		at := "/records/deal/" + theirs + "/shares"
		for _, to := range []doc{{"user": person}, {"user": ann.UserID}, {"role": "holder"}} {
			_, items := wang.Post(t, at, doc{"to": to, "access": "read"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/to": "role_above_own"}, items, "%v", to)
		}
		require.NotContains(t, wang.Get(t, "/records/deal/"+theirs).Want(t, 200).Data(t), "margin")
		for _, wrong := range []doc{{}, {"to": doc{"user": kim.UserID}, "access": "delete"}, {"to": doc{"user": kim.UserID, "role": "east"}, "access": "read"}, {"to": doc{"user": absent}, "access": "read"}, {"to": doc{"role": "nobody"}, "access": "read"}, {"to": doc{"user": kim.UserID}, "access": "read", "until": "2000-01-01T00:00:00Z"}} {
			wang.Post(t, at, wrong).Want(t, 422)
		}
		share(t, wang, mine, doc{"to": doc{"user": ann.UserID}, "access": "update"})
		_, items := wang.Post(t, "/records/deal/"+mine+"/shares", doc{"to": doc{"user": kim.UserID}, "access": "read"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/to": "role_above_own"}, items, "Kim would see the amount, which Wang does not")
		require.Equal(t, "7", ann.Get(t, "/records/deal/"+mine).Want(t, 200).Data(t)["margin"])
		ann.Patch(t, "/records/deal/"+mine, doc{"margin": "8"}).Want(t, 200)
		ann.Post(t, "/records/deal/"+mine+"/shares", doc{"to": doc{"user": kim.UserID}, "access": "read"}).Want(t, 403)
		for client, may := range map[*enginetest.Client]bool{wang: true, ann: false} {
			var told struct{ Can struct{ Share bool } }
			client.Get(t, "/records/deal/"+mine+"/shares").Want(t, 200).Into(t, &told)
			require.Equal(t, may, told.Can.Share, "who may not share is told so before he tries")
		}
		require.Len(t, wang.Get(t, "/records/deal/"+mine+"/shares").Want(t, 200).List(t), 1)
		i.Admin.Patch(t, "/records/user/"+ann.UserID, doc{"roles": []string{}}).Want(t, 200)
		ann.Get(t, "/records/deal/"+mine).Want(t, 404)
	})
}

// TestAShareWithADepartmentOrATeamIsForWhoIsInIt: from the next request on after
// somebody came or went, and nobody opens more than he has to any of them.
func TestAShareWithADepartmentOrATeamIsForWhoIsInIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "D3", account: "Shadow"})
		made := func(object string) string {
			return fmt.Sprint(i.Admin.Post(t, "/records/"+object, doc{"name": "Any", "code": "any"}).Want(t, 201).Data(t)["id"])
		}
		at := "/records/deal/" + invisible
		for object, place := range map[string]func(id any) doc{
			"department": func(id any) doc { return doc{"department": id} },
			"team": func(id any) doc {
				if id == nil {
					return doc{"teams": []string{}}
				}
				return doc{"teams": []any{id}}
			},
		} {
			id := made(object)
			share(t, i.Admin, invisible, doc{"to": doc{object: id}, "access": "read"})
			wang.Get(t, at).Want(t, 404)
			i.Admin.Patch(t, "/records/user/"+person, place(id)).Want(t, 200)
			wang.Get(t, at).Want(t, 200)
			require.Len(t, counted(t, wang, "/records/deal?count=exact"), 3, object)
			told := explain(t, i.Admin, at, person)
			require.NotEmpty(t, told.Actions[0].Grants[0].Shares)
			ann := i.Person(t, "Ann "+object, "holder")
			i.Admin.Patch(t, "/records/user/"+ann.UserID, place(id)).Want(t, 200)
			_, items := wang.Post(t, "/records/deal/"+theirs+"/shares", doc{"to": doc{object: id}, "access": "read"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/to": "role_above_own"}, items, "Ann would see the margin, which Wang does not")
			i.Admin.Patch(t, "/records/user/"+person, place(nil)).Want(t, 200)
			wang.Get(t, at).Want(t, 404)
			wang.Post(t, "/records/deal/"+mine+"/shares", doc{"to": doc{object: absent}, "access": "read"}).Want(t, 422)
		}
		require.Len(t, i.Admin.Get(t, at+"/shares").Want(t, 200).List(t), 2)
	})
}
