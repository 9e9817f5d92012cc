package api_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/store"
)

// advance moves the product's clock.
func advance(t *testing.T, i *enginetest.Installation, by string) {
	t.Helper()
	browser(i, "").Post(t, "//test/clock", doc{"advance": by}).Want(t, 200)
}

// withPassword gives a person a password, as only set-up and he himself can.
func withPassword(t *testing.T, i *enginetest.Installation, person *enginetest.Client) {
	t.Helper()
	hash, err := i.People.HashPassword(t.Context(), "", enginetest.Password)
	require.NoError(t, err)
	require.NoError(t, i.Store.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return identity.SetPassword(ctx, tx, person.UserID, hash, i.Clock.Now())
	}))
}

// enter signs somebody in and gives his cookie.
func enter(t *testing.T, i *enginetest.Installation, email string) string {
	t.Helper()
	answer := browser(i, "").Post(t, "/auth/login", doc{"email": email, "password": enginetest.Password}).Want(t, 200)
	cookie, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	return cookie
}

// TestSetUpLink: until set-up is done there is nothing but health and what the
// link's token opens; afterwards the token opens nothing.
func TestSetUpLink(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, made *enginetest.Installation) {
		config := engine.Config{Directory: t.TempDir(), Web: fstest.MapFS{"index.html": {Data: []byte("the page")}, "assets/a.js": {Data: []byte("code")}}}
		if made.Store.Dialect().Name() == "postgres" {
			config.DatabaseURL = enginetest.EmptyDatabase(t)
		}
		i := enginetest.Open(t, config)
		stranger := browser(i, "")
		for _, route := range i.Server.Routes() {
			path := "/" + strings.NewReplacer(":object", "lead", ":kind", "object", ":name", "lead", ":revision", "1", ":id", absent).Replace(route.Path)
			want := 404
			if route.Path == "/healthz" || route.Path == "/readyz" {
				want = 200
			}
			for _, client := range []*enginetest.Client{stranger, stranger.With("Cookie", "setup=guess"), stranger.With("Authorization", "Bearer crm_x")} {
				require.Equal(t, want, client.Do(t, route.Method, path, "{}").Status, "%s %s", route.Method, path)
			}
		}
		for _, path := range []string{"//", "//setup", "//setup?token=", "//setup?token=guess", "//assets/a.js", "//records/lead"} {
			stranger.Get(t, path).Want(t, 404)
		}
		token, _, err := i.Setup.Token()
		require.NoError(t, err)
		page := stranger.Get(t, "//setup?token="+token).Want(t, 200)
		require.Equal(t, "the page", string(page.Body))
		set := page.Header.Get("Set-Cookie")
		require.Contains(t, set, "HttpOnly")
		cookie, _, _ := strings.Cut(set, ";")
		invited := stranger.With("Cookie", cookie)
		invited.Get(t, "//assets/a.js").Want(t, 200)
		invited.Get(t, "/me").Want(t, 404)
		ask := doc{"locale": "en", "name": "Ada", "email": "ada@example.com", "password": enginetest.Password, "organisation": "Acme", "timezone": "UTC", "currency": "EUR", "templates": []any{}}
		code, _ := invited.With("Sec-Fetch-Site", "cross-site").Post(t, "/setup", ask).Want(t, 403).Fault(t)
		require.Equal(t, "cross_site", code)
		_, items := invited.Post(t, "/setup", doc{"email": "ada@example.com", "password": "acme acme acme", "organisation": "Acme", "name": "Ada", "locale": "en", "timezone": "UTC", "currency": "EUR"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/password": "weak_password"}, items)
		answer := invited.Post(t, "/setup", ask).Want(t, 201)
		require.Equal(t, []any{"admin"}, answer.Data(t)["roles"])
		session := ""
		for _, set := range answer.Header.Values("Set-Cookie") {
			if cookie, _, _ := strings.Cut(set, ";"); strings.HasPrefix(cookie, "sid=") {
				session = cookie
			}
		}
		browser(i, session).Get(t, "/me").Want(t, 200)
		invited.Get(t, "/setup").Want(t, 404)
		invited.Post(t, "/setup", ask).Want(t, 404)
		require.Equal(t, 200, stranger.Get(t, "//setup?token="+token).Status, "the page alone, which says that it is done")
		require.Empty(t, stranger.Get(t, "//setup?token="+token).Header.Get("Set-Cookie"))
	})
}

// TestSessions: each is listed, ended by its owner alone, and never longer
// than a fortnight.
func TestSessions(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		first := enter(t, i, "kim@example.com")
		second, _, _ := strings.Cut(browser(i, first).With("User-Agent", "Browser "+strings.Repeat("界", 100)).Post(t, "/auth/login", doc{"email": "kim@EXAMPLE.com ", "password": enginetest.Password}).Want(t, 200).Header.Get("Set-Cookie"), ";")
		require.NotEqual(t, first, second, "a session that was there is not taken on")
		list := browser(i, second).Get(t, "/sessions").Want(t, 200).List(t)
		require.Len(t, list, 2)
		current := slices.IndexFunc(list, func(s map[string]any) bool { return s["current"] == true })
		require.Contains(t, list[current]["agent"], "Browser 界")
		require.Equal(t, "127.0.0.1", list[current]["address"])
		require.NotContains(t, fmt.Sprint(list), strings.TrimPrefix(second, "sid="))

		other := fmt.Sprint("/sessions/", list[1-current]["id"])
		i.Admin.Delete(t, other).Want(t, 404)
		browser(i, second).With("Sec-Fetch-Site", "cross-site").Delete(t, other).Want(t, 403)
		browser(i, first).Get(t, "/me").Want(t, 200)
		browser(i, second).Delete(t, other).Want(t, 204)
		browser(i, first).Get(t, "/me").Want(t, 401)
		require.Nil(t, browser(i, first).Get(t, "/session").Want(t, 200).Data(t))

		third, fourth := enter(t, i, "kim@example.com"), enter(t, i, "kim@example.com")
		browser(i, second).Delete(t, "/sessions").Want(t, 204)
		browser(i, second).Get(t, "/me").Want(t, 200)
		for _, ended := range []string{third, fourth} {
			browser(i, ended).Get(t, "/me").Want(t, 401)
		}
		kim.Delete(t, "/people/"+i.Admin.UserID+"/sessions").Want(t, 403)
		admin := browser(i, enter(t, i, enginetest.AdminEmail))
		admin.Delete(t, "/people/"+absent+"/sessions").Want(t, 404)
		admin.Delete(t, "/people/"+kim.UserID+"/sessions").Want(t, 204)
		browser(i, second).Get(t, "/me").Want(t, 401)
		kim.Get(t, "/me").Want(t, 200) // a key is no session
		kim.Delete(t, "/people/"+i.Admin.UserID+"/tokens").Want(t, 403)
		admin.Delete(t, "/people/"+kim.UserID+"/tokens").Want(t, 204)
		kim.Get(t, "/me").Want(t, 401)
		admin.Delete(t, "/people/"+kim.UserID+"/tokens").Want(t, 404)
		i.Admin.Get(t, "/me").Want(t, 200)
		require.Len(t, audited(t, i.Admin, "&action=sessions_ended&subject="+kim.UserID), 2)

		second = enter(t, i, "kim@example.com")
		secret := strings.TrimPrefix(second, "sid=")
		(&enginetest.Client{URL: i.URL, Token: secret}).Get(t, "/me").Want(t, 401)
		browser(i, "sid="+kim.Token).Get(t, "/me").Want(t, 401)
		for _, forged := range []string{secret + "x", secret[:len(secret)-1], strings.ToUpper(secret), "%00", "'", ""} {
			browser(i, "sid="+forged).Get(t, "/me").Want(t, 401)
		}

		for range 30 { // used every eleven hours, for thirteen days and eighteen hours
			advance(t, i, "PT11H")
			browser(i, second).Get(t, "/me").Want(t, 200)
		}
		advance(t, i, "PT7H")
		browser(i, second).Get(t, "/me").Want(t, 401)
		third = enter(t, i, "kim@example.com")
		advance(t, i, "PT11H59M")
		browser(i, third).Get(t, "/me").Want(t, 200)
		advance(t, i, "PT12H1M")
		browser(i, third).Get(t, "/me").Want(t, 401)
	})
}

// TestPersonEnds: who is disabled or deleted, or loses a role, is stopped at
// his next request, whatever he shows.
func TestPersonEnds(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for name, end := range map[string]func(id string){
			"disabled": func(id string) { i.Admin.Patch(t, "/records/user/"+id, doc{"active": false}).Want(t, 200) },
			"deleted":  func(id string) { i.Admin.Delete(t, "/records/user/"+id).Want(t, 204) },
		} {
			person := i.Person(t, name, "sales_rep")
			withPassword(t, i, person)
			session := browser(i, enter(t, i, name+"@example.com"))
			for _, client := range []*enginetest.Client{session, person} {
				client.Get(t, "/records/lead").Want(t, 200)
			}
			end(person.UserID)
			for _, client := range []*enginetest.Client{session, person} {
				client.Get(t, "/records/lead").Want(t, 401)
				client.Post(t, "/records/lead", doc{"name": "x", "company": "y"}).Want(t, 401)
			}
			code, _ := browser(i, "").Post(t, "/auth/login", doc{"email": name + "@example.com", "password": enginetest.Password}).Want(t, 401).Fault(t)
			require.Equal(t, "invalid_credentials", code)
		}
		person := i.Person(t, "Loses", "sales_rep")
		person.Get(t, "/records/lead").Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+person.UserID, doc{"roles": []any{}}).Want(t, 200)
		person.Get(t, "/records/lead").Want(t, 404)
	})
}

// TestOtherSitesAreRefused: an unsafe method with a cookie comes from our own
// pages or not at all.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	host := strings.TrimPrefix(i.URL, "http://")
	cookie := enter(t, i, enginetest.AdminEmail)
	for _, c := range []struct {
		header, value string
		passes        bool
	}{
		{"", "", true},
		{"Sec-Fetch-Site", "same-origin", true},
		{"Sec-Fetch-Site", "none", true},
		{"Sec-Fetch-Site", "same-site", false},
		{"Sec-Fetch-Site", "cross-site", false},
		{"Sec-Fetch-Site", "x", false},
		{"Origin", "http://" + host, true},
		{"Origin", "https://evil.example", false},
		{"Origin", "null", false},
		{"Origin", "http://" + host + ".evil.example", false},
		{"Origin", "http://evil.example/" + host, false},
	} {
		client := browser(i, cookie)
		if c.header != "" {
			client = client.With(c.header, c.value)
		}
		want := 403
		if c.passes {
			want = 201
		}
		about := c.header + ": " + c.value
		require.Equal(t, want, client.Post(t, "/records/lead", doc{"name": "x", "company": "y"}).Status, about)
		require.Equal(t, 200, client.Get(t, "/records/lead?limit=1").Status, about)
		for method, path := range map[string]string{http.MethodPatch: "/me", http.MethodPut: "/meta/view/x", http.MethodDelete: "/sessions/" + absent, http.MethodPost: "/tokens"} {
			require.Equal(t, c.passes, client.Do(t, method, path, "{}").Status != 403, "%s %s", method, about)
		}
		require.Equal(t, c.passes, client.Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": enginetest.Password}).Status == 200, about)
		if !c.passes {
			client.Post(t, "/auth/logout", nil).Want(t, 403)
		}
		keyed := i.Admin
		if c.header != "" {
			keyed = keyed.With(c.header, c.value)
		}
		keyed.Post(t, "/records/lead", doc{"name": "x", "company": "y"}).Want(t, 201) // no browser sends a key by itself
	}
}

// TestThrottle: ten failures are let through for an account and an address,
// in a quarter of an hour; a success forgets them.
func TestThrottle(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		try := func(email, password string) int {
			return browser(i, "").Post(t, "/auth/login", doc{"email": email, "password": password}).Status
		}
		for range 9 {
			require.Equal(t, 401, try(enginetest.AdminEmail, "guess"))
		}
		require.Equal(t, 200, try(enginetest.AdminEmail, enginetest.Password))
		for range 10 {
			require.Equal(t, 401, try(enginetest.AdminEmail, "guess"))
		}
		require.Equal(t, 429, try(enginetest.AdminEmail, enginetest.Password), "even what is right")
		require.Equal(t, 429, try("admin@EXAMPLE.com ", "guess"), "however it is written")
		require.Equal(t, 401, try("other@example.com", "guess"), "another account")
		advance(t, i, "PT14M")
		require.Equal(t, 429, try(enginetest.AdminEmail, enginetest.Password))
		advance(t, i, "PT2M")
		require.Equal(t, 200, try(enginetest.AdminEmail, enginetest.Password))
	})
}

// TestCookieOverHTTPS has the name that only a secure page of this very host
// can set.
func TestCookieOverHTTPS(t *testing.T) {
	t.Parallel()
	i := enginetest.New(t, engine.Config{Directory: t.TempDir(), BaseURL: "https://localhost:8443"})
	answer := browser(i, "").Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": enginetest.Password}).Want(t, 200)
	set := strings.ToLower(answer.Header.Get("Set-Cookie"))
	for _, part := range []string{"__host-sid=", "secure", "httponly", "samesite=lax", "path=/"} {
		require.Contains(t, set, part)
	}
	require.NotContains(t, set, "domain=")
	require.NotEmpty(t, answer.Header.Get("Strict-Transport-Security"))
	cookie, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	browser(i, cookie).Get(t, "/me").Want(t, 200)
	browser(i, strings.Replace(cookie, "__Host-", "", 1)).Get(t, "/me").Want(t, 401)
}

// TestOwnKeys: a key is shown once, lives as long as was asked, and does not
// do what needs the person himself.
func TestOwnKeys(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		session := browser(i, enter(t, i, enginetest.AdminEmail))
		made := session.Post(t, "/tokens", doc{"name": " Nightly ", "expires_in_days": 2}).Want(t, 201).Data(t)
		token := made["token"].(string)
		require.Regexp(t, `^crm_[A-Za-z0-9_-]{43}[0-9a-f]{8}$`, token)
		require.Equal(t, "Nightly", made["name"])
		list := session.Get(t, "/tokens").Want(t, 200)
		require.NotContains(t, string(list.Body), token)
		key := &enginetest.Client{URL: i.URL, Token: token}
		require.Equal(t, enginetest.AdminEmail, key.Get(t, "/me").Want(t, 200).Data(t)["email"])
		key.Post(t, "/tokens", doc{"name": "x"}).Want(t, 403)
		key.Post(t, "/auth/password", doc{"current": enginetest.Password, "new": "a much longer passphrase"}).Want(t, 403)
		for pointer, ask := range map[string]doc{
			"/name":            {"name": " "},
			"/expires_in_days": {"name": "x", "expires_in_days": 0},
		} {
			_, items := session.Post(t, "/tokens", ask).Want(t, 422).Fault(t)
			require.Contains(t, items, pointer)
		}
		_, items := session.Post(t, "/tokens", doc{"name": "a\x00", "expires_in_days": 99999}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/name": "invalid_text", "/expires_in_days": "out_of_range"}, items)
		session.Post(t, "/tokens", doc{"name": strings.Repeat("界", 121)}).Want(t, 422)
		session.Post(t, "/tokens", doc{"name": strings.Repeat("界", 120)}).Want(t, 201)
		i.Person(t, "Kim", "admin").Delete(t, fmt.Sprint("/tokens/", made["id"])).Want(t, 404)
		advance(t, i, "PT47H")
		key.Get(t, "/me").Want(t, 200)
		advance(t, i, "PT2H")
		key.Get(t, "/me").Want(t, 401)
	})
}

// TestOwnProfile: a person changes what is his to change.
func TestOwnProfile(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim", "sales_rep")
		require.Equal(t, "Kim Lee", kim.Patch(t, "/me", doc{"name": "Kim Lee", "timezone": "Europe/Berlin"}).Want(t, 200).Data(t)["name"])
		for _, forbidden := range []doc{{"roles": []any{"admin"}}, {"active": true}, {"email": "boss@example.com"}, {"id": absent}} {
			_, items := kim.Patch(t, "/me", forbidden).Want(t, 400).Fault(t)
			require.Len(t, items, 1)
			require.Contains(t, []int{403, 422, 404}, kim.Patch(t, "/records/user/"+kim.UserID, forbidden).Status)
		}
		for pointer, wrong := range map[string]doc{"/timezone": {"timezone": "Mars/Olympus"}, "/locale": {"locale": "xx"}, "/name": {"name": ""}} {
			_, items := kim.Patch(t, "/me", wrong).Want(t, 422).Fault(t)
			require.Contains(t, items, pointer)
		}
		require.Equal(t, []any{"sales_rep"}, kim.Get(t, "/me").Want(t, 200).Data(t)["roles"])
		require.Equal(t, "Europe/Berlin", kim.Patch(t, "/me", doc{}).Want(t, 200).Data(t)["timezone"])
		require.Equal(t, "Asia/Shanghai", kim.Patch(t, "/me", doc{"timezone": ""}).Want(t, 200).Data(t)["timezone"], "the organisation's")
	})
}

// TestWeakPasswordsAreRefused at the place where they stand.
func TestWeakPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	session := browser(i, enter(t, i, enginetest.AdminEmail))
	for _, password := range []string{
		"", "short", "elevenchars", "passwordpassword", "Password1234!", "qwertyuiop123", "123456789012", "aaaaaaaaaaaaaaaa", "admin@example.com", "ADMIN@example.com1", "P@ssw0rd2026!!", "woaini woaini", strings.Repeat("x", 1025),
	} {
		answer := session.Post(t, "/auth/password", doc{"current": enginetest.Password, "new": password})
		require.Equal(t, 422, answer.Status, password)
		_, items := answer.Fault(t)
		require.Equal(t, map[string]string{"/new": "weak_password"}, items, password)
	}
	for n, password := range []string{"云图客户管理系统十二字啊", "purple monkey dishwasher"} {
		current := []string{enginetest.Password, "云图客户管理系统十二字啊"}[n]
		session.Post(t, "/auth/password", doc{"current": current, "new": password}).Want(t, 204)
	}
	browser(i, "").Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": "purple monkey dishwasher"}).Want(t, 200)
}

// TestLanguages: faults speak the person's own language, else the one that the
// request prefers, else English.
func TestLanguages(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	kim := i.Person(t, "Kim", "sales_rep")
	english, chinese := "It does not exist", "不存在"
	for _, c := range []struct{ own, accept, want string }{
		{"", "", english},
		{"", "zh-CN,zh;q=0.9", chinese},
		{"", "zh", chinese},
		{"", "zh-Hant-TW", chinese},
		{"", "en-GB,zh;q=0.5", english},
		{"", "fr-FR, zh-CN;q=0.8, en;q=0.5", chinese},
		{"", "fr", english},
		{"", "en;q=0.1, zh-CN;q=0.9", chinese},
		{"", "zh-CN;q=0, en", english},
		{"", strings.Repeat("x,", 5000), english},
		{"", ";;,,q=, zh;q=x, zh;q=-1", english},
		{"zh-CN", "en", chinese},
		{"zh-CN", "", chinese},
		{"en", "zh-CN", english},
	} {
		kim.Patch(t, "/me", doc{"locale": c.own}).Want(t, 200)
		answer := kim.With("Accept-Language", c.accept).Get(t, "/records/lead/"+absent).Want(t, 404)
		require.Contains(t, string(answer.Body), c.want, "own %q, accepted %.40q", c.own, c.accept)
	}
	stranger := browser(i, "").With("Accept-Language", "zh-CN").Get(t, "/me").Want(t, 401)
	require.Contains(t, string(stranger.Body), "请先登录")
	require.Contains(t, string(browser(i, "").With("Accept-Language", "zh-CN").Get(t, "/nothing").Want(t, 404).Body), chinese)
}

// TestServersShareWhoIsSignedIn: with several servers on one database, what
// one ends, the others refuse at the next request.
func TestServersShareWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t) // only PostgreSQL has several servers
	first := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	second := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	kim := first.Person(t, "Kim", "sales_rep")
	there := &enginetest.Client{URL: second.URL, Token: kim.Token}
	cookie := enter(t, first, enginetest.AdminEmail)
	browser(second, cookie).Get(t, "/me").Want(t, 200)
	there.Get(t, "/records/lead").Want(t, 200)
	first.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
	there.Get(t, "/records/lead").Want(t, 401)
	browser(first, cookie).Post(t, "/auth/logout", nil).Want(t, 204)
	browser(second, cookie).Get(t, "/me").Want(t, 401)
}
