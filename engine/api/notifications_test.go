package api_test

import (
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// inbox is what somebody is told.
type inbox struct {
	Data []struct {
		ID, Reason, Group       string
		Gone                    bool
		By, For                 *string
		Object, Record, Display *string
		ReadAt                  *string `json:"read_at"`
		Comment                 *struct{ Text string }
		Change                  *struct{ Before, After map[string]any }
	}
	Page struct {
		Next  *string
		Total int
	}
	Unread   struct{ Me, Watching int }
	Included map[string]map[string]any
}

// inboxOf reads all of somebody's notifications, and sees that they are as many
// as they are said to be.
func inboxOf(t *testing.T, client *enginetest.Client, query string) inbox {
	t.Helper()
	var all inbox
	client.Get(t, "/notifications?limit=100&"+query).Want(t, 200).Into(t, &all)
	require.Len(t, all.Data, all.Page.Total)
	me, watching := 0, 0
	for _, n := range all.Data {
		if n.ReadAt == nil && n.Group == "me" {
			me++
		}
		if n.ReadAt == nil && n.Group == "watching" {
			watching++
		}
	}
	if query == "" {
		require.Equal(t, []int{me, watching}, []int{all.Unread.Me, all.Unread.Watching})
	}
	return all
}

func reasons(of inbox) []string {
	list := []string{}
	for _, n := range of.Data {
		list = append(list, n.Reason)
	}
	return list
}

// sellers are two people who see each other's leads, but for one field.
func sellers(t *testing.T, i *enginetest.Installation) (wang, li *enginetest.Client) {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
		doc{"kind": "object", "name": "deal", "type": "object", "display": "name", "properties": doc{"name": property("text"), "price": property("integer"), "secret": property("text")}},
		doc{"kind": "role", "name": "seller", "grants": []any{
			doc{"object": "deal", "actions": []any{"create", "read", "update", "delete"}, "scope": doc{"where": `name != "hidden"`}, "fields": doc{"read": []any{"name", "price"}, "update": []any{"name", "price", "owner"}}},
			doc{"object": "user", "actions": []any{"read"}},
		}},
	}}).Want(t, 200)
	return i.Person(t, "Wang", "seller"), i.Person(t, "Li", "seller")
}

// TestPeopleAreToldWhatConcernsThem: mentions, records that they are given, and
// what happens to those that they follow; never what they did themselves.
func TestPeopleAreToldWhatConcernsThem(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := sellers(t, i)
		at := fmt.Sprint("/records/deal/", wang.Post(t, "/records/deal", doc{"name": "Yuntu", "owner": li.UserID}).Want(t, 201).Data(t)["id"])
		require.Equal(t, []string{"assigned"}, reasons(inboxOf(t, li, "")))
		require.Empty(t, inboxOf(t, wang, "").Data)

		wang.Patch(t, at, doc{"price": 1}).Want(t, 200)
		require.Len(t, inboxOf(t, li, "").Data, 1, "who does not follow is told of no change")
		for range 2 {
			li.Put(t, at+"/follow", nil).Want(t, 204)
		}
		require.Equal(t, true, li.Get(t, at+"/follow").Want(t, 200).Data(t)["following"])
		require.Equal(t, false, wang.Get(t, at+"/follow").Want(t, 200).Data(t)["following"])
		tick := func() { i.Admin.Post(t, "//test/clock", doc{"advance": "PT1S"}).Want(t, 200) }
		tick()
		wang.Patch(t, at, doc{"price": 2}).Want(t, 200)
		wang.Patch(t, at, doc{"price": 2}).Want(t, 200)
		li.Patch(t, at, doc{"price": 3}).Want(t, 200)
		tick()
		said := wang.Post(t, at+"/comments", doc{"text": "Call them."}).Want(t, 201).Data(t)
		tick()
		wang.Post(t, at+"/comments", doc{"text": "You, @[" + li.UserID + "], and me, @[" + wang.UserID + "]."}).Want(t, 201)
		told := inboxOf(t, li, "")
		require.Equal(t, []string{"mentioned", "commented", "changed", "assigned"}, reasons(told))
		require.Empty(t, inboxOf(t, wang, "").Data)
		require.Equal(t, "Yuntu", *told.Data[0].Display)
		require.Equal(t, wang.UserID, *told.Data[0].By)
		require.Contains(t, told.Included["user"], wang.UserID)
		require.Equal(t, "Call them.", told.Data[1].Comment.Text)
		require.Equal(t, map[string]any{"price": 2.0}, told.Data[2].Change.After)
		require.Equal(t, []string{"commented", "changed"}, reasons(inboxOf(t, li, "group=watching")))

		its := fmt.Sprint(at, "/comments/", said["id"])
		wang.Patch(t, its, doc{"text": "Call them, @[" + li.UserID + "]."}).Want(t, 200)
		wang.Patch(t, its, doc{"text": "Call them now, @[" + li.UserID + "]."}).Want(t, 200)
		require.Equal(t, []string{"mentioned", "mentioned", "commented", "changed", "assigned"}, reasons(inboxOf(t, li, "")))
		wang.Delete(t, its).Want(t, 204)
		require.Equal(t, []string{"mentioned", "changed", "assigned"}, reasons(inboxOf(t, li, "")))
		li.Delete(t, at+"/follow").Want(t, 204)
		wang.Patch(t, at, doc{"price": 9}).Want(t, 200)
		require.Len(t, inboxOf(t, li, "").Data, 3)
		wang.Patch(t, at, doc{"owner": wang.UserID}).Want(t, 200)
		li.Patch(t, at, doc{"owner": li.UserID}).Want(t, 200)
		require.Len(t, inboxOf(t, li, "").Data, 3, "to take a record oneself is no news")
	})
}

// TestEachFollowerIsToldInHisOwnRights: of one change, as it is his own record,
// as it is shared with him, as his role reads its field; more of them than one
// statement judges.
func TestEachFollowerIsToldInHisOwnRights(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := sellers(t, i)
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "own", "grants": []any{doc{"object": "deal", "actions": []any{"read"}, "scope": "own"}}},
			doc{"kind": "role", "name": "shared", "grants": []any{doc{"object": "deal", "actions": []any{"read"}, "scope": "shared", "fields": doc{"read": []any{"secret"}}}}},
			doc{"kind": "role", "name": "keeper", "grants": []any{doc{"object": "deal", "actions": []any{"read"}, "scope": "all", "fields": doc{"read": []any{"secret"}}}}},
		}}).Want(t, 200)
		owner, given, keeper := i.Person(t, "Owner", "own"), i.Person(t, "Given", "shared"), i.Person(t, "Keeper", "keeper")
		both, left := i.Person(t, "Both", "seller", "shared"), i.Person(t, "Left", "keeper")
		at := fmt.Sprint("/records/deal/", i.Admin.Post(t, "/records/deal", doc{"name": "Yuntu", "owner": owner.UserID}).Want(t, 201).Data(t)["id"])
		i.Admin.Post(t, at+"/shares", doc{"to": doc{"user": given.UserID}, "access": "read"}).Want(t, 201)
		for _, follower := range []*enginetest.Client{wang, li, owner, given, keeper, both, left} {
			follower.Put(t, at+"/follow", nil).Want(t, 204)
		}
		for n := range 100 {
			i.Person(t, fmt.Sprint("Watcher ", n), "own", "seller").Put(t, at+"/follow", nil).Want(t, 204)
		}
		i.Admin.Patch(t, "/records/user/"+left.UserID, doc{"active": false}).Want(t, 200)
		told := func(follower *enginetest.Client) int { return len(inboxOf(t, follower, "group=watching").Data) }
		i.Admin.Patch(t, at, doc{"secret": "x"}).Want(t, 200)
		require.Equal(t, []int{0, 0, 1, 1, 1, 0}, []int{told(wang), told(li), told(owner), told(given), told(keeper), told(both)})
		wang.Patch(t, at, doc{"price": 7}).Want(t, 200)
		require.Equal(t, []int{0, 1, 2, 1, 1, 1}, []int{told(wang), told(li), told(owner), told(given), told(keeper), told(both)})
		require.Equal(t, 1, told(i.Client(t, "watcher.99@example.com")))
		i.Admin.Patch(t, at, doc{"name": "hidden", "price": 8}).Want(t, 200)
		require.Equal(t, []int{0, 1, 3, 1, 1, 1}, []int{told(wang), told(li), told(owner), told(given), told(keeper), told(both)}, "as it is by now")
	})
}

// TestNobodyIsToldWhatHeMayNotSee: when it happens, nor later, when he has lost
// the right to it: then it says that it is gone, and its number stays true.
func TestNobodyIsToldWhatHeMayNotSee(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := sellers(t, i)
		at := fmt.Sprint("/records/deal/", wang.Post(t, "/records/deal", doc{"name": "Yuntu"}).Want(t, 201).Data(t)["id"])
		li.Put(t, at+"/follow", nil).Want(t, 204)
		i.Admin.Patch(t, at, doc{"secret": "x"}).Want(t, 200)
		require.Empty(t, inboxOf(t, li, "").Data, "of a field that he may not see")
		i.Admin.Patch(t, at, doc{"secret": "y", "price": 5}).Want(t, 200)
		told := inboxOf(t, li, "")
		require.Equal(t, map[string]any{"price": 5.0}, told.Data[0].Change.After)
		i.Admin.Patch(t, at, doc{"owner": li.UserID}).Want(t, 200)
		require.Equal(t, 1, inboxOf(t, li, "").Unread.Me)

		i.Admin.Patch(t, at, doc{"name": "hidden"}).Want(t, 200)
		i.Admin.Patch(t, at, doc{"price": 7, "owner": wang.UserID}).Want(t, 200)
		i.Admin.Patch(t, at, doc{"owner": li.UserID}).Want(t, 200)
		i.Admin.Post(t, at+"/comments", doc{"text": "hush"}).Want(t, 201)
		gone := inboxOf(t, li, "")
		require.Len(t, gone.Data, 2)
		for _, n := range gone.Data {
			require.True(t, n.Gone)
			for _, hidden := range []any{n.By, n.Object, n.Record, n.Display, n.Comment, n.Change} {
				require.Nil(t, hidden)
			}
		}
		require.Empty(t, gone.Included)
		li.Put(t, at+"/follow", nil).Want(t, 404)
		li.Get(t, at+"/follow").Want(t, 404)
		require.Empty(t, inboxOf(t, wang, "").Data)

		i.Admin.Patch(t, at, doc{"name": "Yuntu"}).Want(t, 200)
		require.False(t, inboxOf(t, li, "").Data[0].Gone, "it is back")
		i.Admin.Delete(t, at).Want(t, 204)
		require.True(t, inboxOf(t, li, "").Data[0].Gone)
		i.Admin.Post(t, at+"/restore", nil).Want(t, 200)
		require.False(t, inboxOf(t, li, "").Data[0].Gone)
		i.Admin.Patch(t, "/records/user/"+li.UserID, doc{"active": false}).Want(t, 200)
		i.Admin.Patch(t, at, doc{"price": 8}).Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+li.UserID, doc{"active": true}).Want(t, 200)
		require.Len(t, inboxOf(t, li, "").Data, 3, "while he is not active he is told nothing")
	})
}

// TestNotificationsAreRead: one, some, all of a group up to a moment, and not
// read again; only one's own, and page by page none is missed.
func TestNotificationsAreRead(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := sellers(t, i)
		at := fmt.Sprint("/records/deal/", wang.Post(t, "/records/deal", doc{"name": "Yuntu"}).Want(t, 201).Data(t)["id"])
		li.Put(t, at+"/follow", nil).Want(t, 204)
		for n := range 7 {
			wang.Patch(t, at, doc{"price": n + 1}).Want(t, 200)
		}
		wang.Post(t, at+"/comments", doc{"text": "@[" + li.UserID + "]"}).Want(t, 201)
		all := inboxOf(t, li, "")
		require.Len(t, all.Data, 8)
		var got []string
		for cursor := ""; ; {
			var page inbox
			li.Get(t, "/notifications?limit=3&cursor="+url.QueryEscape(cursor)).Want(t, 200).Into(t, &page)
			require.Equal(t, 8, page.Page.Total)
			for _, n := range page.Data {
				got = append(got, n.ID)
			}
			if page.Page.Next == nil {
				break
			}
			cursor = *page.Page.Next
		}
		var want []string
		for _, n := range all.Data {
			want = append(want, n.ID)
		}
		require.Equal(t, want, got)

		its := "/notifications/" + want[0]
		wang.Post(t, its+"/read", nil).Want(t, 404)
		once := li.With("Idempotency-Key", "k")
		for range 2 {
			once.Post(t, its+"/read", nil).Want(t, 204)
		}
		require.Equal(t, 7, inboxOf(t, li, "unread=true").Page.Total)
		li.Post(t, its+"/unread", nil).Want(t, 204)
		require.Equal(t, 8, inboxOf(t, li, "unread=true").Page.Total)
		wang.Post(t, "/notifications/_read", doc{"ids": want}).Want(t, 200)
		require.Equal(t, 8, inboxOf(t, li, "unread=true").Page.Total, "nobody reads another's")
		require.JSONEq(t, `{"data":{"read":2}}`, string(li.Post(t, "/notifications/_read", doc{"ids": want[:2]}).Want(t, 200).Body))
		require.JSONEq(t, `{"data":{"read":0}}`, string(li.Post(t, "/notifications/_read", doc{"all": true, "until": "2020-01-01T00:00:00Z"}).Want(t, 200).Body))
		li.Post(t, "/notifications/_read", doc{"all": true, "group": "watching"}).Want(t, 200)
		require.Equal(t, inboxOf(t, li, "unread=true").Unread, inboxOf(t, li, "").Unread)
		li.Post(t, "/notifications/_read", doc{"all": true}).Want(t, 200)
		require.Zero(t, inboxOf(t, li, "unread=true").Page.Total)
		for _, wrong := range []doc{{}, {"ids": []any{"x"}}, {"all": true, "group": "x"}} {
			li.Post(t, "/notifications/_read", wrong).Want(t, 422)
		}
		for _, wrong := range []string{"limit=101", "limit=x", "group=x", "cursor=x", "unread=maybe", "colour=red"} {
			li.Get(t, "/notifications?"+wrong).Want(t, 400)
		}
	})
}

// TestOwnersAreReminded: of the to-dos of the template, at the time that each says, by the product's
// clock, once; not of what is done, moved, deleted, or another's by then.
func TestOwnersAreReminded(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		now := i.Admin.Post(t, "//test/clock", doc{"advance": "PT0S"}).Want(t, 200).Data(t)["now"].(string)
		start, err := time.Parse(time.RFC3339Nano, now)
		require.NoError(t, err)
		after := func(minutes int) string {
			return start.Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339)
		}
		add := func(subject, at string) string {
			return fmt.Sprint("/records/todo/", i.Admin.Post(t, "/records/todo", doc{"subject": subject, "remind_at": at}).Want(t, 201).Data(t)["id"])
		}
		add("call", after(60))
		done, moved, removed, given := add("done", after(60)), add("moved", after(60)), add("removed", after(60)), add("given", after(60))
		add("past", after(-60))
		i.Admin.Patch(t, done, doc{"status": "done"}).Want(t, 200)
		for _, at := range []int{90, 120, 60, 120} {
			i.Admin.Patch(t, moved, doc{"remind_at": after(at)}).Want(t, 200)
		}
		i.Admin.Delete(t, removed).Want(t, 204)
		kim := i.Person(t, "Kim", "admin")
		i.Admin.Patch(t, given, doc{"owner": kim.UserID}).Want(t, 200)

		displays := func(client *enginetest.Client) []string {
			list := []string{}
			for _, n := range inboxOf(t, client, "").Data {
				if n.Reason == "reminded" {
					list = append(list, *n.Display)
				}
			}
			return list
		}
		i.Admin.Post(t, "//test/clock", doc{"advance": "PT61M"}).Want(t, 200)
		require.Eventually(t, func() bool { return len(displays(i.Admin)) == 1 && len(displays(kim)) == 1 }, time.Minute, 50*time.Millisecond)
		i.Admin.Post(t, "//test/clock", doc{"advance": "PT61M"}).Want(t, 200)
		require.Eventually(t, func() bool { return len(displays(i.Admin)) == 2 }, time.Minute, 50*time.Millisecond)
		require.Equal(t, []string{"moved", "call"}, displays(i.Admin))
		require.Equal(t, []string{"given"}, displays(kim))
	})
}

// TestRemindersBeginWithTheirDefinition: of records that were there before, and
// only fields that hold a time can say when.
func TestRemindersBeginWithTheirDefinition(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		object := doc{"kind": "object", "name": "visit", "type": "object", "display": "name", "properties": doc{"name": property("text"), "at": property("datetime"), "day": property("date")}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{object}}).Want(t, 200)
		i.Admin.Post(t, "/records/visit", doc{"name": "Yuntu", "at": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}).Want(t, 201)
		for _, wrong := range []string{"day", "created_at", "nothing"} {
			object["behaviours"] = doc{"remind": doc{"at": wrong}}
			i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{object}}).Want(t, 422)
		}
		object["behaviours"] = doc{"remind": doc{"at": "at", "while": "name"}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{object}}).Want(t, 422)
		object["behaviours"] = doc{"remind": doc{"at": "at"}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{object}}).Want(t, 200)
		armed := func() (n int) {
			require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_job WHERE kind = 'notification_remind'").Scan(&n))
			return n
		}
		require.Eventually(t, func() bool { return armed() == 1 }, time.Minute, 50*time.Millisecond)
		i.Admin.Post(t, "//test/clock", doc{"advance": "PT2H"}).Want(t, 200)
		require.Eventually(t, func() bool { return inboxOf(t, i.Admin, "").Page.Total == 1 }, time.Minute, 50*time.Millisecond)
	})
}

// TestSeveralServersRemindOnce: whoever comes first, and also after none ran
// when the time came.
func TestSeveralServersRemindOnce(t *testing.T) {
	t.Parallel()
	address := enginetest.Database(t)
	here := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: address})
	there := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: address})
	soon := time.Now().Add(2 * time.Second).UTC().Format(time.RFC3339Nano)
	for n := range 20 {
		here.Admin.Post(t, "/records/todo", doc{"subject": fmt.Sprint(n), "remind_at": soon}).Want(t, 201)
	}
	require.Eventually(t, func() bool {
		var open int
		require.NoError(t, there.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_job WHERE kind = 'notification_remind' AND finished_at IS NULL").Scan(&open))
		return open == 0
	}, time.Minute, 50*time.Millisecond)
	require.Equal(t, 20, inboxOf(t, here.Admin, "").Page.Total)
}

// TestEventsTellOfNotifications: at the beginning and whenever their number
// changes, on whatever server, and nothing of anybody else's.
func TestEventsTellOfNotifications(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := sellers(t, i)
		told, _ := followCounts(t, li)
		require.Equal(t, counts{}, <-told)
		at := fmt.Sprint("/records/deal/", wang.Post(t, "/records/deal", doc{"name": "Yuntu"}).Want(t, 201).Data(t)["id"])
		wang.Post(t, at+"/comments", doc{"text": "@[" + li.UserID + "]"}).Want(t, 201)
		require.Equal(t, counts{Me: 1}, <-told)
		li.Post(t, "/notifications/_read", doc{"all": true}).Want(t, 200)
		require.Equal(t, counts{}, <-told)
	})
}

// TestManyChangesAtOnceAreToldOnceEach: of changes that come together none is
// told twice, and none is missed.
func TestManyChangesAtOnceAreToldOnceEach(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := sellers(t, i)
		at := fmt.Sprint("/records/deal/", wang.Post(t, "/records/deal", doc{"name": "Yuntu"}).Want(t, 201).Data(t)["id"])
		li.Put(t, at+"/follow", nil).Want(t, 204)
		var group sync.WaitGroup
		for n := range 12 {
			group.Go(func() {
				_, err := wang.Try("PATCH", at, doc{"price": 100 + n})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Equal(t, 12, inboxOf(t, li, "").Page.Total)
	})
}
