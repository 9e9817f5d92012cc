package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// tokenOf is the secret in an invitation's link.
func tokenOf(t *testing.T, answer *enginetest.Answer) string {
	t.Helper()
	link := answer.Want(t, 201).Data(t)["link"].(string)
	_, token, found := strings.Cut(link, "/join#")
	require.True(t, found, link)
	return token
}

// TestInvitations: who is invited comes in by the link, once, as who he was
// invited to be.
func TestInvitations(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		admin, stranger := browser(i, enter(t, i, enginetest.AdminEmail)), browser(i, "")
		password := "a much longer passphrase"
		ask := doc{"email": " New@Example.com", "name": "New", "roles": []string{"sales_rep"}, "manager": i.Admin.UserID}
		token := tokenOf(t, admin.Post(t, "/invitations", ask))
		list := admin.Get(t, "/invitations").Want(t, 200)
		require.NotContains(t, string(list.Body), token)
		require.Equal(t, []any{"New@example.com", i.Admin.UserID}, []any{list.List(t)[0]["email"], list.List(t)[0]["by"]})
		require.Equal(t, doc{"email": "New@example.com", "name": "New", "organisation": "Acme"}, stranger.Post(t, "/auth/invitation", doc{"token": token}).Want(t, 200).Data(t))
		stranger.Post(t, "/auth/login", doc{"email": "New@example.com", "password": password}).Want(t, 401)

		t.Run("nothing of it can be changed but the name and the password", func(t *testing.T) {
			for _, more := range []doc{{"roles": []string{"admin"}}, {"email": "other@example.com"}} {
				more["token"], more["name"], more["password"] = token, "New", password
				stranger.Post(t, "/auth/invitation/accept", more).Want(t, 400)
			}
			_, items := stranger.Post(t, "/auth/invitation/accept", doc{"token": token, "name": "New", "password": "short"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/password": "weak_password"}, items)
			_, items = stranger.Post(t, "/auth/invitation/accept", doc{"token": token, "name": "", "password": password}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/name": "required"}, items)
			stranger.With("Sec-Fetch-Site", "cross-site").Post(t, "/auth/invitation/accept", doc{"token": token, "name": "New", "password": password}).Want(t, 403)
		})
		t.Run("of many at once one is let in", func(t *testing.T) {
			var group sync.WaitGroup
			statuses, sessions := make([]int, 3), make([]*enginetest.Answer, 3)
			for n := range statuses {
				group.Go(func() {
					if answer, err := stranger.Try("POST", "/auth/invitation/accept", doc{"token": token, "name": "New One", "password": password}); err == nil {
						statuses[n], sessions[n] = answer.Status, answer
					}
				})
			}
			group.Wait()
			require.ElementsMatch(t, []int{201, 404, 404}, statuses)
			for n, status := range statuses {
				if status == 201 {
					me := sessionOf(t, i, sessions[n]).Get(t, "/me").Want(t, 200).Data(t)
					require.Equal(t, []any{"New One", "New@example.com", []any{"sales_rep"}}, []any{me["name"], me["email"], me["roles"]})
					require.Equal(t, i.Admin.UserID, i.Admin.Get(t, fmt.Sprint("/records/user/", me["id"])).Want(t, 200).Data(t)["manager"])
				}
			}
			require.Empty(t, admin.Get(t, "/invitations").Want(t, 200).List(t))
			stranger.Post(t, "/auth/login", doc{"email": "New@example.com", "password": password}).Want(t, 200)
		})
		t.Run("asking again, a new link, taking it back and time end a link", func(t *testing.T) {
			dead := func(token string) {
				stranger.Post(t, "/auth/invitation", doc{"token": token}).Want(t, 404)
				code, _ := stranger.Post(t, "/auth/invitation/accept", doc{"token": token, "name": "x", "password": password}).Want(t, 404).Fault(t)
				require.Equal(t, "invitation_over", code)
			}
			first := tokenOf(t, admin.Post(t, "/invitations", doc{"email": "late@example.com"}))
			second := tokenOf(t, admin.Post(t, "/invitations", doc{"email": "late@example.com", "roles": []string{"sales_rep"}}))
			dead(first)
			list := admin.Get(t, "/invitations").Want(t, 200).List(t)
			require.Len(t, list, 1)
			third := tokenOf(t, admin.Post(t, fmt.Sprint("/invitations/", list[0]["id"], "/resend"), nil))
			dead(second)
			renewed := admin.Get(t, "/invitations").Want(t, 200).List(t)[0]
			require.Equal(t, []any{"sales_rep"}, renewed["roles"])
			admin.Delete(t, fmt.Sprint("/invitations/", renewed["id"])).Want(t, 204)
			admin.Delete(t, fmt.Sprint("/invitations/", renewed["id"])).Want(t, 404)
			dead(third)
			fourth := tokenOf(t, admin.Post(t, "/invitations", doc{"email": "late@example.com", "expires_in_days": 1}))
			advance(t, i, "PT11H")
			admin.Get(t, "/me").Want(t, 200)
			advance(t, i, "PT11H")
			stranger.Post(t, "/auth/invitation", doc{"token": fourth}).Want(t, 200)
			advance(t, i, "PT3H")
			dead(fourth)
		})
	})
}

// TestNobodyInvitesBeyondHimself: neither to what he may not give, nor after
// he lost it, nor with a program's key.
func TestNobodyInvitesBeyondHimself(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		add := doc{"object": "user", "actions": []string{"create", "read"}, "scope": "all", "fields": doc{"read": []string{"*"}, "update": []string{"*"}}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "office", "abilities": []string{"manage_users", "manage_roles"}, "grants": []any{add}},
			doc{"kind": "role", "name": "looker", "abilities": []string{"manage_users"}},
		}}).Want(t, 200)
		office, looker := i.Person(t, "Office", "office", "sales_rep"), i.Person(t, "Looker", "looker")
		withPassword(t, i, office)
		withPassword(t, i, looker)
		desk := browser(i, enter(t, i, "office@example.com"))
		office.Post(t, "/invitations", doc{"email": "x@example.com"}).Want(t, 403)
		_, items := desk.Post(t, "/invitations", doc{"email": "x@example.com", "roles": []string{"admin"}}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/roles": "role_above_own"}, items)
		require.GreaterOrEqual(t, browser(i, enter(t, i, "looker@example.com")).Post(t, "/invitations", doc{"email": "x@example.com"}).Status, 403)
		i.Person(t, "Kim").Get(t, "/invitations").Want(t, 403)
		for pointer, wrong := range map[string]doc{
			"/email": {"email": "no address"}, "/roles": {"email": "x@example.com", "roles": []string{"nothing"}},
			"/manager": {"email": "x@example.com", "manager": absent}, "/expires_in_days": {"email": "x@example.com", "expires_in_days": 31},
		} {
			answer := desk.Post(t, "/invitations", wrong)
			_, items := answer.Want(t, 422).Fault(t)
			require.Len(t, items, 1, pointer)
			for at := range items {
				require.True(t, strings.HasPrefix(at, pointer), at)
			}
		}
		code, _ := desk.Post(t, "/invitations", doc{"email": "kim@example.com"}).Want(t, 409).Fault(t)
		require.Equal(t, "duplicate", code)

		stranger := browser(i, "")
		given := tokenOf(t, desk.Post(t, "/invitations", doc{"email": "rep@example.com", "roles": []string{"sales_rep"}}))
		plain := tokenOf(t, desk.Post(t, "/invitations", doc{"email": "plain@example.com"}))
		i.Admin.Patch(t, "/records/user/"+office.UserID, doc{"roles": []string{"office"}}).Want(t, 200)
		password := "a much longer passphrase"
		stranger.Post(t, "/auth/invitation/accept", doc{"token": given, "name": "Rep", "password": password}).Want(t, 404)
		stranger.Post(t, "/auth/invitation/accept", doc{"token": plain, "name": "Plain", "password": password}).Want(t, 201)
		other := tokenOf(t, desk.Post(t, "/invitations", doc{"email": "other@example.com"}))
		i.Admin.Patch(t, "/records/user/"+office.UserID, doc{"active": false}).Want(t, 200)
		stranger.Post(t, "/auth/invitation", doc{"token": other}).Want(t, 404)
		stranger.Post(t, "/auth/invitation/accept", doc{"token": other, "name": "Other", "password": password}).Want(t, 404)
		require.Len(t, audited(t, i.Admin, "&action=invitation_accepted"), 1)
		require.Len(t, audited(t, i.Admin, "&action=invitation_made"), 3)
	})
}
