package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// browser is a client without a key, with a cookie.
func browser(i *enginetest.Installation, cookie string) *enginetest.Client {
	c := &enginetest.Client{URL: i.URL}
	if cookie == "" {
		return c
	}
	return c.With("Cookie", cookie)
}

// signIn signs the administrator in and gives his cookie.
func signIn(t *testing.T, i *enginetest.Installation, password string) string {
	t.Helper()
	answer := browser(i, "").Post(t, "/auth/login", map[string]any{"email": enginetest.AdminEmail, "password": password}).Want(t, 200)
	set := answer.Header.Get("Set-Cookie")
	require.Contains(t, set, "HttpOnly")
	require.Contains(t, set, "SameSite=Lax")
	cookie, _, _ := strings.Cut(set, ";")
	return cookie
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		t.Run("answers the same for a wrong password and an unknown account", func(t *testing.T) {
			for _, email := range []string{enginetest.AdminEmail, "nobody@example.com", "no address"} {
				code, _ := browser(i, "").Post(t, "/auth/login", map[string]any{"email": email, "password": "wrong"}).Want(t, 401).Fault(t)
				require.Equal(t, "invalid_credentials", code)
			}
		})
		cookie := signIn(t, i, enginetest.Password)
		t.Run("opens a session that tells who is there", func(t *testing.T) {
			require.Equal(t, enginetest.AdminEmail, browser(i, cookie).Get(t, "/session").Want(t, 200).Data(t)["email"])
			require.Nil(t, browser(i, "").Get(t, "/session").Want(t, 200).Data(t))
			browser(i, "").Get(t, "/me").Want(t, 401)
		})
		t.Run("lets no other site write with the cookie", func(t *testing.T) {
			for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
				code, _ := browser(i, cookie).With(name, value).Post(t, "/records/lead", map[string]any{"name": "x", "company": "y"}).Want(t, 403).Fault(t)
				require.Equal(t, "cross_site", code)
			}
			browser(i, cookie).With("Sec-Fetch-Site", "same-origin").Post(t, "/records/lead", map[string]any{"name": "x", "company": "y"}).Want(t, 201)
		})
		t.Run("ends on the server when somebody signs out", func(t *testing.T) {
			other := signIn(t, i, enginetest.Password)
			browser(i, other).Post(t, "/auth/logout", nil).Want(t, 204)
			browser(i, other).Get(t, "/me").Want(t, 401)
			browser(i, cookie).Get(t, "/me").Want(t, 200)
		})
		t.Run("a changed password ends every other session", func(t *testing.T) {
			other := signIn(t, i, enginetest.Password)
			browser(i, cookie).Post(t, "/auth/password", map[string]any{"current": "wrong", "new": "a much longer passphrase"}).Want(t, 401)
			browser(i, cookie).Post(t, "/auth/password", map[string]any{"current": enginetest.Password, "new": "short"}).Want(t, 422)
			browser(i, cookie).Post(t, "/auth/password", map[string]any{"current": enginetest.Password, "new": "a much longer passphrase"}).Want(t, 204)
			browser(i, other).Get(t, "/me").Want(t, 401)
			browser(i, cookie).Get(t, "/me").Want(t, 200)
		})
		t.Run("a session ends when it was not used for long", func(t *testing.T) {
			browser(i, "").Post(t, "//test/clock", map[string]any{"advance": "PT13H"}).Want(t, 200)
			browser(i, cookie).Get(t, "/me").Want(t, 401)
		})
		t.Run("too many failures are refused for a while, at once or one by one", func(t *testing.T) {
			var group sync.WaitGroup
			for range 30 {
				group.Go(func() {
					_, _ = browser(i, "").Try(http.MethodPost, "/auth/login", map[string]any{"email": "target@example.com", "password": "guess"})
				})
			}
			group.Wait()
			answer := browser(i, "").Post(t, "/auth/login", map[string]any{"email": "target@example.com", "password": "guess"}).Want(t, 429)
			require.NotEmpty(t, answer.Header.Get("Retry-After"))
		})
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		person := i.Person(t, "Kim", "sales_rep")
		t.Run("are not made with a key", func(t *testing.T) {
			person.Post(t, "/tokens", map[string]any{"name": "another"}).Want(t, 403)
		})
		t.Run("are never shown again, and end when they are revoked", func(t *testing.T) {
			list := person.Get(t, "/tokens").Want(t, 200).List(t)
			require.NotContains(t, list[0], "token")
			person.Delete(t, fmt.Sprint("/tokens/", list[0]["id"])).Want(t, 204)
			person.Get(t, "/me").Want(t, 401)
		})
		t.Run("end with the person on the next request", func(t *testing.T) {
			again := i.Client(t, "kim@example.com")
			again.Get(t, "/me").Want(t, 200)
			i.Admin.Patch(t, "/records/user/"+again.UserID, map[string]any{"active": false}).Want(t, 200)
			again.Get(t, "/me").Want(t, 401)
		})
		t.Run("that are forged, cut or of another form are refused", func(t *testing.T) {
			for _, token := range []string{"crm_", "crm_x", i.Admin.Token[:20], "Basic abc", strings.Repeat("a", 5000)} {
				(&enginetest.Client{URL: i.URL, Token: token}).Get(t, "/me").Want(t, 401)
			}
		})
		t.Run("expire", func(t *testing.T) {
			browser(i, "").Post(t, "//test/clock", map[string]any{"advance": "P2D"}).Want(t, 200)
			i.Admin.Get(t, "/me").Want(t, 401)
		})
	})
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		demote := map[string]any{"roles": []string{"sales_rep"}}
		code, _ := i.Admin.Patch(t, "/records/user/"+i.Admin.UserID, demote).Want(t, 409).Fault(t)
		require.Equal(t, "last_administrator", code)
		i.Admin.Patch(t, "/records/user/"+i.Admin.UserID, map[string]any{"active": false}).Want(t, 409)
		second := i.Person(t, "Second", "admin")
		var group sync.WaitGroup
		statuses := make([]int, 2)
		for n, pair := range [][2]*enginetest.Client{{i.Admin, second}, {second, i.Admin}} {
			group.Go(func() {
				answer, err := pair[0].Try(http.MethodPatch, "/records/user/"+pair[1].UserID, demote)
				if err == nil {
					statuses[n] = answer.Status
				}
			})
		}
		group.Wait()
		require.Contains(t, statuses, 200, "one of two who demote each other succeeds")
		require.NotEqual(t, []int{200, 200}, statuses, "and only one")
	})
}

func TestSetUpOnce(t *testing.T) {
	t.Parallel()
	i := enginetest.Open(t, engine.Config{Directory: t.TempDir()})
	token, _, err := i.Setup.Token()
	require.NoError(t, err)
	with := browser(i, "setup="+token)
	ask := map[string]any{
		"locale": "zh-CN", "name": "王晓明", "email": "wang@example.com", "password": "correct horse battery staple",
		"organisation": "云图", "timezone": "Asia/Shanghai", "currency": "CNY", "templates": []string{"lead"},
	}
	browser(i, "").Get(t, "/setup").Want(t, 404)
	browser(i, "setup=wrong").Post(t, "/setup", ask).Want(t, 404)
	browser(i, "").Get(t, "/session").Want(t, 404)
	browser(i, "").Get(t, "//healthz").Want(t, 200)
	require.Len(t, with.Get(t, "/setup").Want(t, 200).Data(t)["templates"], 2)
	_, items := with.Post(t, "/setup", map[string]any{"locale": "xx", "timezone": "Mars/Olympus", "currency": "1"}).Want(t, 422).Fault(t)
	require.Len(t, items, 7)
	var group sync.WaitGroup
	statuses := make([]int, 4)
	for n := range statuses {
		group.Go(func() {
			answer, err := with.Try(http.MethodPost, "/setup", ask)
			if err == nil {
				statuses[n] = answer.Status
			}
		})
	}
	group.Wait()
	won := 0
	for _, status := range statuses {
		if status == 201 {
			won++
		}
	}
	require.Equal(t, 1, won, "of several at once one wins: %v", statuses)
	with.Get(t, "/setup").Want(t, 404)
}
