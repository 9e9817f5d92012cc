package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/identity"
)

const viewAs = "/session/view_as"

// session is the browser of a person who is signed in.
func session(t *testing.T, i *enginetest.Installation, userID string) *enginetest.Client {
	t.Helper()
	secret, err := i.People.OpenSession(t.Context(), userID, identity.Origin{})
	require.NoError(t, err)
	return browser(i, "sid="+secret)
}

// kept is a hash of all that somebody who only looks must leave as it is, with
// what is told of those who sign in and of what they did.
func kept(t *testing.T, i *enginetest.Installation) string {
	t.Helper()
	sum := fingerprint(t, i)
	for _, table := range []string{"sys_audit", "sys_token", "sys_session", "sys_challenge", "sys_login_attempt", "sys_totp", "sys_invitation"} {
		var count int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&count))
		sum += fmt.Sprint(" ", table, " ", count)
	}
	return sum
}

var parameter = regexp.MustCompile(`:\w+`)

// triesOf are the requests of a route: those that are made of it everywhere, or
// one of nothing that there is.
func triesOf(route api.Route, table map[string][]attack) []attack {
	if list := table[route.Method+" "+route.Path]; len(list) > 0 {
		return list
	}
	path, below := strings.CutPrefix(parameter.ReplaceAllString(route.Path, absent), "/api/v1")
	if !below {
		path = "/" + path
	}
	return []attack{{route.Method, path, ""}}
}

// TestWhoViewsAsSomebodySeesExactlyWhatHeSees: every route that reads gives the
// answer that the person himself is given, but for how he signs in, which nobody
// is told.
func TestWhoViewsAsSomebodySeesExactlyWhatHeSees(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", phone: "+8613800005678"})
		viewer := session(t, i, i.Admin.UserID)
		viewer.Post(t, viewAs, doc{"user": person}).Want(t, 200)
		table, private := attacks(), 0
		for _, route := range i.Server.Routes() {
			if route.Method != http.MethodGet && !route.Reads {
				continue
			}
			for _, a := range triesOf(route, table) {
				seen := viewer.Do(t, a.method, a.path, []byte(a.body))
				if route.Private {
					code, _ := seen.Want(t, 403).Fault(t)
					require.Equal(t, "viewing", code, a.path)
					private++
					continue
				}
				if route.Path == "/api/v1/session" {
					require.Equal(t, i.Admin.UserID, seen.Data(t)["viewer"].(doc)["id"])
					continue
				}
				own := wang.Do(t, a.method, a.path, []byte(a.body))
				require.Equal(t, own.Status, seen.Status, "%s %s %s\n%s", a.method, a.path, a.body, seen.Body)
				require.Equal(t, normal(own.Body), normal(seen.Body), "%s %s %s", a.method, a.path, a.body)
			}
		}
		require.Equal(t, 4, private, "sessions, keys, passkeys and the second factor")
	})
}

// TestWhoViewsAsSomebodyDoesNothing: no route that does anything does it, with
// whatever body, and nothing is left behind.
func TestWhoViewsAsSomebodyDoesNothing(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", phone: "+8613800005678"})
		boss := i.Person(t, "Boss", "admin")
		viewer := session(t, i, i.Admin.UserID)
		viewer.Post(t, viewAs, doc{"user": boss.UserID}).Want(t, 200)
		viewer.Get(t, "/session").Want(t, 200) // notes that the session is in use
		before, table, refused := kept(t, i), attacks(), 0
		for _, route := range i.Server.Routes() {
			if route.Own || route.Need == api.SetUp {
				continue
			}
			for _, a := range triesOf(route, table) {
				answer := viewer.Do(t, a.method, a.path, []byte(a.body))
				require.Less(t, answer.Status, 500, "%s %s: %s", a.method, a.path, answer.Body)
				if route.Method == http.MethodGet || route.Reads {
					continue // what reads may be refused, too, where it would write
				}
				code, _ := answer.Want(t, 403).Fault(t)
				require.Equal(t, "viewing", code, "%s %s", a.method, a.path)
				refused++
			}
		}
		require.Greater(t, refused, 100)
		for _, read := range []string{"/audit", "/audit/file"} {
			code, _ := viewer.Get(t, read).Want(t, 403).Fault(t)
			require.Equal(t, "viewing", code, "reading the audit log is noted there")
		}
		require.Equal(t, before, kept(t, i))
	})
}

// TestAViewBeginsAndEndsOnRecord: with who and whom, by hand, with the session
// and with its time; what is over does not go on as the viewer himself.
func TestAViewBeginsAndEndsOnRecord(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim")
		told := func() (list []string) {
			for _, entry := range i.Admin.Get(t, "/audit?object=user&subject="+kim.UserID).Want(t, 200).List(t) {
				if action := fmt.Sprint(entry["action"]); strings.HasPrefix(action, "view_as_") {
					require.Equal(t, i.Admin.UserID, entry["actor"])
					list = append(list, action)
				}
			}
			slices.Reverse(list)
			return list
		}
		over := func(answer *enginetest.Answer) {
			t.Helper()
			code, _ := answer.Want(t, 409).Fault(t)
			require.Equal(t, "view_as_over", code)
		}
		viewer := session(t, i, i.Admin.UserID)
		view := viewer.Post(t, viewAs, doc{"user": kim.UserID}).Want(t, 200).Data(t)
		until, err := time.Parse(time.RFC3339, fmt.Sprint(view["until"]))
		require.NoError(t, err)
		require.WithinDuration(t, i.Clock.Now().Add(identity.ViewAsLife), until, time.Minute)
		require.Equal(t, kim.UserID, viewer.Get(t, "/me").Want(t, 200).Data(t)["id"])
		require.Equal(t, kim.UserID, viewer.Get(t, "/me").Header.Get("View-As"))
		code, _ := viewer.Post(t, viewAs, doc{"user": i.Admin.UserID}).Want(t, 403).Fault(t)
		require.Equal(t, "viewing", code, "no view within a view")
		over(viewer.With("View-As", absent).Get(t, "/me"))
		for _, other := range []string{absent, "x"} {
			viewer.With("View-As", other).Delete(t, viewAs).Want(t, 404)
		}
		viewer.With("View-As", kim.UserID).Delete(t, viewAs).Want(t, 204)
		viewer.Delete(t, viewAs).Want(t, 404)
		require.Equal(t, i.Admin.UserID, viewer.Get(t, "/me").Want(t, 200).Data(t)["id"])
		over(viewer.With("View-As", kim.UserID).Patch(t, "/me", doc{"name": "as Kim"}))
		require.Equal(t, []string{"view_as_began", "view_as_ended"}, told())

		viewer.Post(t, viewAs, doc{"user": kim.UserID}).Want(t, 200)
		viewer.Post(t, "/auth/logout", doc{}).Want(t, 204)
		viewer.Get(t, "/me").Want(t, 401)
		require.Equal(t, []string{"view_as_began", "view_as_ended", "view_as_began", "view_as_ended"}, told())

		viewer = session(t, i, i.Admin.UserID)
		viewer.Post(t, viewAs, doc{"user": kim.UserID}).Want(t, 200)
		i.Admin.Post(t, "//test/clock", doc{"advance": "PT31M"}).Want(t, 200)
		over(viewer.Get(t, "/session"))
		over(viewer.Patch(t, "/me", doc{"name": "as Kim"}))
		viewer.Delete(t, viewAs).Want(t, 204)
		require.Len(t, told(), 6)

		viewer.Post(t, viewAs, doc{"user": kim.UserID}).Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
		over(viewer.Get(t, "/me"))
		i.Admin.Post(t, "//test/clock", doc{"advance": "PT1H"}).Want(t, 200)
		require.NoError(t, i.People.Kinds()[0].Run(t.Context(), nil))
		require.Len(t, told(), 8, "nobody has ended it, its time has")
		over(viewer.Get(t, "/me"))
		viewer.Delete(t, viewAs).Want(t, 204)
		require.Len(t, told(), 8)
	})
}

// TestNobodyViewsAsSomebodyWhoMayMore: it takes the ability and every role of
// the other, himself at his browser, and ends once he lacks them.
func TestNobodyViewsAsSomebodyWhoMayMore(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{
			"kind": "role", "name": "helper", "abilities": []string{"view_as"}, "grants": []any{doc{"object": "user", "actions": []any{"read"}}},
		}}}).Want(t, 200)
		helper, kim, ann := i.Person(t, "Helper", "helper", "east"), i.Person(t, "Kim", "east"), i.Person(t, "Ann", "holder")
		browser := session(t, i, helper.UserID)
		for to, code := range map[string]string{
			ann.UserID: "role_above_own", i.Admin.UserID: "role_above_own", helper.UserID: "not_allowed", absent: "missing_record", "": "missing_record", "x": "missing_record",
			"00000000-0000-7000-8000-000000000000": "missing_record",
		} {
			_, items := browser.Post(t, viewAs, doc{"user": to}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/user": code}, items, to)
		}
		helper.Post(t, viewAs, doc{"user": kim.UserID}).Want(t, 403)
		code, _ := session(t, i, kim.UserID).Post(t, viewAs, doc{"user": ann.UserID}).Want(t, 403).Fault(t)
		require.Equal(t, "missing_ability", code)

		browser.Post(t, viewAs, doc{"user": kim.UserID}).Want(t, 200)
		own, seen := kim.Get(t, "/records/deal?sort=name").Want(t, 200), browser.Get(t, "/records/deal?sort=name").Want(t, 200)
		require.Equal(t, string(own.Body), string(seen.Body))
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{"east", "holder"}}).Want(t, 200)
		browser.Get(t, "/records/deal").Want(t, 409)
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{"east"}}).Want(t, 200)
		browser.Get(t, "/records/deal").Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+helper.UserID, doc{"roles": []string{"east"}}).Want(t, 200)
		browser.Get(t, "/records/deal").Want(t, 409)
		browser.Delete(t, viewAs).Want(t, 204)
		require.Equal(t, helper.UserID, browser.Get(t, "/me").Want(t, 200).Data(t)["id"])
	})
}
