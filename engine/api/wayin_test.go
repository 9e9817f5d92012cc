package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/fault"
)

// TestTheMachineLetsTheOnlyAdministratorIn: by a link that works once, and if he
// asks for that without the factor that he lost; the audit log tells that nobody
// who was signed in did it.
func TestTheMachineLetsTheOnlyAdministratorIn(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		email, password := enginetest.AdminEmail, "a much longer passphrase"
		session := browser(i, enter(t, i, email))
		factor, _ := withFactor(t, i, session)
		start := len(audited(t, i.Admin, ""))

		first, had, err := i.People.WayIn(t.Context(), email, false)
		require.NoError(t, err)
		require.False(t, had)
		session.Get(t, "/me").Want(t, 200)
		link, had, err := i.People.WayIn(t.Context(), email, true)
		require.NoError(t, err)
		require.True(t, had)
		session.Get(t, "/me").Want(t, 401)
		dead(t, i, first.Token)
		require.Equal(t, doc{"email": email, "name": "Ada Admin", "organisation": "Acme"}, browser(i, "").Post(t, "/auth/reset", doc{"token": link.Token}).Want(t, 200).Data(t))
		browser(i, "").Post(t, "/auth/reset/password", doc{"token": link.Token, "password": password}).Want(t, 204)
		dead(t, i, link.Token)
		require.NotContains(t, browser(i, "").Post(t, "/auth/login", doc{"email": email, "password": password}).Want(t, 200).Data(t), "needs")
		require.NotEmpty(t, factor.secret)

		var told [][]any
		for _, entry := range audited(t, i.Admin, "")[start:] {
			require.Equal(t, i.Admin.UserID, entry["subject"])
			told = append(told, []any{entry["action"], entry["via"]})
		}
		require.Equal(t, [][]any{
			{"password_link_made", "command"}, {"second_factor_reset", "command"}, {"password_link_made", "command"}, {"password_set_by_link", "session"}, {"login", "session"},
		}, told)
	})
}

// TestTheMachineLetsNobodyInWhoIsNot one of us, and leaves no link behind.
func TestTheMachineLetsNobodyInWhoIsNot(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim")
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
		for email, code := range map[string]fault.Code{
			"stranger@example.com": fault.NotFound, "": fault.NotFound, "kim@example.com": fault.AccountDisabled, "' OR 1=1 --": fault.NotFound,
		} {
			_, _, err := i.People.WayIn(t.Context(), email, true)
			require.True(t, fault.Is(err, code), "%s: %v", email, err)
		}
		require.Empty(t, audited(t, i.Admin, "&action=password_link_made"))
		var links int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_password_link").Scan(&links))
		require.Zero(t, links)
	})
}
