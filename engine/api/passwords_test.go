package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// linkOf is the secret in a link to set a password.
func linkOf(t *testing.T, answer *enginetest.Answer) string {
	t.Helper()
	link := answer.Want(t, 201).Data(t)["link"].(string)
	_, token, found := strings.Cut(link, "/reset#")
	require.True(t, found, link)
	return token
}

// wayBack is the address at which a link is made for a person.
func wayBack(person *enginetest.Client) string { return "/people/" + person.UserID + "/password_link" }

// dead is that a link opens nothing, and sets nothing.
func dead(t *testing.T, i *enginetest.Installation, token string) {
	t.Helper()
	code, _ := browser(i, "").Post(t, "/auth/reset", doc{"token": token}).Want(t, 404).Fault(t)
	require.Equal(t, "link_over", code)
	code, _ = browser(i, "").Post(t, "/auth/reset/password", doc{"token": token, "password": "yet another long passphrase"}).Want(t, 404).Fault(t)
	require.Equal(t, "link_over", code)
}

// TestForgottenPassword: who forgot his password sets a new one by a link, once;
// his sessions end, his second factor stays, and all of it is in the audit log.
func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		email, password := "kim@example.com", "a much longer passphrase"
		kim, stranger := i.Person(t, "Kim", "sales_rep"), browser(i, "")
		withPassword(t, i, kim)
		session := browser(i, enter(t, i, email))
		app, _ := withFactor(t, i, session)
		admin := browser(i, enter(t, i, enginetest.AdminEmail))
		first := linkOf(t, admin.Post(t, wayBack(kim), nil))
		token := linkOf(t, admin.Post(t, wayBack(kim), nil))
		dead(t, i, first)
		require.Equal(t, doc{"email": email, "name": "Kim", "organisation": "Acme"}, stranger.Post(t, "/auth/reset", doc{"token": token}).Want(t, 200).Data(t))

		t.Run("until it is used nothing has changed", func(t *testing.T) {
			_, items := stranger.Post(t, "/auth/reset/password", doc{"token": token, "password": "short"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/password": "weak_password"}, items)
			stranger.Post(t, "/auth/reset/password", doc{"token": token, "password": email + "1"}).Want(t, 422)
			stranger.With("Sec-Fetch-Site", "cross-site").Post(t, "/auth/reset/password", doc{"token": token, "password": password}).Want(t, 403)
			stranger.Post(t, "/auth/reset/password", doc{"token": token, "password": password, "email": "other@example.com"}).Want(t, 400)
			session.Get(t, "/me").Want(t, 200)
			half(t, i, email)
		})
		waiting := half(t, i, email)
		t.Run("of many at once one sets it", func(t *testing.T) {
			var group sync.WaitGroup
			statuses := make([]int, 3)
			for n := range statuses {
				group.Go(func() {
					answer, err := stranger.Try("POST", "/auth/reset/password", doc{"token": token, "password": fmt.Sprint(password, " ", n)})
					if err == nil {
						statuses[n] = answer.Status
					}
				})
			}
			group.Wait()
			require.ElementsMatch(t, []int{204, 404, 404}, statuses)
			for n, status := range statuses {
				answer := stranger.Post(t, "/auth/login", doc{"email": email, "password": fmt.Sprint(password, " ", n)})
				if status != 204 {
					answer.Want(t, 401)
					continue
				}
				require.Equal(t, doc{"needs": "totp"}, answer.Want(t, 200).Data(t), "the second factor is still asked for")
			}
		})
		t.Run("then the old password and what it opened are over, and the keys are not", func(t *testing.T) {
			dead(t, i, token)
			stranger.Post(t, "/auth/login", doc{"email": email, "password": enginetest.Password}).Want(t, 401)
			session.Get(t, "/me").Want(t, 401)
			waiting.Post(t, "/auth/totp", doc{"code": app.code(t)}).Want(t, 409)
			kim.Get(t, "/me").Want(t, 200)
		})
		made, used := audited(t, i.Admin, "&action=password_link_made"), audited(t, i.Admin, "&action=password_set_by_link")
		require.Len(t, made, 2)
		require.Len(t, used, 1)
		require.Equal(t, []any{i.Admin.UserID, kim.UserID}, []any{made[0]["actor"], made[0]["subject"]})
		require.Equal(t, []any{kim.UserID, doc{"by": i.Admin.UserID}}, []any{used[0]["subject"], used[0]["detail"]})
		for _, entry := range append(made, used...) {
			require.NotContains(t, fmt.Sprint(entry), token)
		}
	})
}

// TestPasswordLinksEnd with time, and with whatever would keep their maker from
// making them now.
func TestPasswordLinksEnd(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "desk", "abilities": []string{"manage_users"}, "grants": []any{doc{"object": "user", "actions": []string{"read"}, "scope": "all"}}},
		}}).Want(t, 200)
		kim, desk := i.Person(t, "Kim"), i.Person(t, "Desk", "desk")
		withPassword(t, i, kim)
		withPassword(t, i, desk)
		session, stranger := browser(i, enter(t, i, "desk@example.com")), browser(i, "")
		link := func() string { return linkOf(t, session.Post(t, wayBack(kim), nil)) }
		change := func(person *enginetest.Client, values doc) {
			i.Admin.Patch(t, "/records/user/"+person.UserID, values).Want(t, 200)
		}
		token := link()
		for what, undo := range map[string][2]func(){
			"his roles rise above the maker's": {func() { change(kim, doc{"roles": []string{"sales_rep"}}) }, func() { change(kim, doc{"roles": []string{}}) }},
			"he is disabled":                   {func() { change(kim, doc{"active": false}) }, func() { change(kim, doc{"active": true}) }},
			"his address is another":           {func() { change(kim, doc{"email": "kim2@example.com"}) }, func() { change(kim, doc{"email": "kim@example.com"}) }},
			"the maker is disabled":            {func() { change(desk, doc{"active": false}) }, func() { change(desk, doc{"active": true}) }},
			"the maker manages nobody now":     {func() { change(desk, doc{"roles": []string{}}) }, func() { change(desk, doc{"roles": []string{"desk"}}) }},
		} {
			undo[0]()
			code, _ := stranger.Post(t, "/auth/reset", doc{"token": token}).Want(t, 404).Fault(t)
			require.Equal(t, "link_over", code, what)
			stranger.Post(t, "/auth/reset/password", doc{"token": token, "password": "a much longer passphrase"}).Want(t, 404)
			undo[1]()
		}
		stranger.Post(t, "/auth/reset", doc{"token": token}).Want(t, 200)
		browser(i, enter(t, i, "kim@example.com")).Post(t, "/auth/password", doc{"current": enginetest.Password, "new": "a much longer passphrase"}).Want(t, 204)
		dead(t, i, token)
		session = browser(i, enter(t, i, "desk@example.com"))
		last := link()
		advance(t, i, "PT11H")
		session.Get(t, "/me").Want(t, 200)
		advance(t, i, "PT12H")
		stranger.Post(t, "/auth/reset", doc{"token": last}).Want(t, 200)
		advance(t, i, "PT2H")
		dead(t, i, last)
	})
}

// TestWhoWasEnteredByHandComesInByALink: he has no password yet, and sets his
// first one.
func TestWhoWasEnteredByHandComesInByALink(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim, password := i.Person(t, "Kim"), "a much longer passphrase"
		token := linkOf(t, browser(i, enter(t, i, enginetest.AdminEmail)).Post(t, wayBack(kim), nil))
		browser(i, "").Post(t, "/auth/reset/password", doc{"token": token, "password": password}).Want(t, 204)
		browser(i, "").Post(t, "/auth/login", doc{"email": "kim@example.com", "password": password}).Want(t, 200)
	})
}

// TestNobodyResetsBeyondHimself: not who may do more, not oneself, and never
// with a program's key.
func TestNobodyResetsBeyondHimself(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "desk", "abilities": []string{"manage_users"}, "grants": []any{doc{"object": "user", "actions": []string{"read"}, "scope": "all"}}},
		}}).Want(t, 200)
		desk, kim := i.Person(t, "Desk", "desk"), i.Person(t, "Kim")
		withPassword(t, i, desk)
		withPassword(t, i, kim)
		session := browser(i, enter(t, i, "desk@example.com"))
		refused := func(by *enginetest.Client, path string, status int, code string) {
			t.Helper()
			before := fingerprint(t, i)
			got, _ := by.Post(t, path, nil).Want(t, status).Fault(t)
			require.Equal(t, code, got)
			require.Equal(t, before, fingerprint(t, i))
		}
		refused(desk, wayBack(kim), 403, "forbidden")
		refused(browser(i, enter(t, i, "kim@example.com")), wayBack(desk), 403, "missing_ability")
		refused(browser(i, ""), wayBack(kim), 401, "unauthorized")
		refused(session, wayBack(i.Admin), 403, "forbidden")
		refused(session, wayBack(desk), 403, "forbidden")
		refused(session, "/people/"+absent+"/password_link", 404, "not_found")
		refused(session, "/people/nobody/password_link", 404, "not_found")
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
		refused(session, wayBack(kim), 409, "account_disabled")
		require.Empty(t, audited(t, i.Admin, "&action=password_link_made"))
	})
}

// TestWhoTriesManyLinksHasToWait: for links of both kinds together, and a good
// link is no attempt.
func TestWhoTriesManyLinksHasToWait(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim, stranger := i.Person(t, "Kim"), browser(i, "")
		withPassword(t, i, kim)
		token := linkOf(t, browser(i, enter(t, i, enginetest.AdminEmail)).Post(t, wayBack(kim), nil))
		for n := range 50 {
			stranger.Post(t, "/auth/reset", doc{"token": token}).Want(t, 200)
			path := []string{"/auth/reset", "/auth/invitation"}[n%2]
			stranger.Post(t, path, doc{"token": fmt.Sprint("guess ", n)}).Want(t, 404)
		}
		answer := stranger.Post(t, "/auth/reset", doc{"token": token}).Want(t, 429)
		require.NotEmpty(t, answer.Header.Get("Retry-After"))
		stranger.Post(t, "/auth/invitation", doc{"token": "guess"}).Want(t, 429)
		advance(t, i, "PT16M")
		stranger.Post(t, "/auth/reset", doc{"token": token}).Want(t, 200)
	})
}
