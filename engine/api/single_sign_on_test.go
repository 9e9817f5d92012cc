package api_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

const acmePath = "/single_sign_on/providers/acme"

// tries has the administrator try the provider, and gives its test.
func tries(t *testing.T, i *enginetest.Installation, admin *enginetest.Client) map[string]any {
	t.Helper()
	answer := admin.Post(t, acmePath+"/test", nil).Want(t, 200)
	if location, ok := answer.Data(t)["location"].(string); ok {
		at, _ := led(t, location, "")
		to, header := led(t, at, cookieOf(answer.Header, "visit")+"; "+admin.Header["Cookie"])
		require.Equal(t, "/settings/single-sign-on/acme", to)
		require.Empty(t, cookieOf(header, "sid"), "a test signs nobody in")
	}
	return admin.Get(t, acmePath).Want(t, 200).Data(t)["test"].(map[string]any)
}

// failed is the step at which a test ended, its reason, and what came.
func failed(test map[string]any) (step, reason, got string) {
	for _, each := range test["steps"].([]any) {
		if one := each.(map[string]any); one["state"] == "failed" {
			return fmt.Sprint(one["name"]), fmt.Sprint(one["reason"]), fmt.Sprint(one["got"])
		}
	}
	return "", "", ""
}

// TestATestShowsWhatComes: each step, the claims, and who it would be; nobody is
// signed in, linked or added by it.
func TestATestShowsWhatComes(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		kim, admin := i.Person(t, "Kim", "sales_rep"), keeper(t, i)
		withPassword(t, i, kim)
		test := tries(t, i, admin)
		require.Equal(t, true, test["passed"])
		require.Equal(t, doc{"id": kim.UserID, "name": "Kim", "how": "email"}, test["person"])
		claims := test["claims"].(map[string]any)
		require.Equal(t, []any{"kim@example.com", "true", "s-1"}, []any{claims["email"], claims["email_verified"], claims["sub"]})
		enter(t, i, "kim@example.com")
		provider := admin.Get(t, acmePath).Want(t, 200).Data(t)
		require.Equal(t, []any{true, 0.0, true, i.URL + "/api/v1/auth/oidc/acme/callback"}, []any{provider["tested"], provider["people"], provider["has_secret"], provider["callback"]})

		for name, c := range map[string]struct {
			change            func()
			step, reason, got string
		}{
			"another audience":  {func() { p.token = func(c, _ doc) { c["aud"] = "another" } }, "token", "audience", "another"},
			"another issuer":    {func() { p.token = func(c, _ doc) { c["iss"] = "https://x.example.com" } }, "token", "issuer", "https://x.example.com"},
			"a wrong nonce":     {func() { p.token = func(c, _ doc) { c["nonce"] = "another" } }, "token", "nonce", "another"},
			"no verified mail":  {func() { p.verified = false }, "email", "unverified", "email = kim@example.com, email_verified = false"},
			"nobody's mail":     {func() { p.email = "nobody@example.com" }, "person", "unknown", "nobody@example.com"},
			"it does not work":  {func() { p.down.Store(true) }, "exchange", "refused", "502"},
			"another discovery": {func() { p.discovery = func(said doc) { said["issuer"] = "https://x.example.com" } }, "discovery", "issuer", "https://x.example.com"},
			"no address":        {func() { p.discovery = func(said doc) { said["authorization_endpoint"] = "javascript:alert(1)" } }, "discovery", "malformed", "javascript:alert(1)"},
		} {
			if c.step == "discovery" {
				c.change()
				admin.Patch(t, acmePath, doc{"secret": clientSecret}).Want(t, 200) // so that it is asked anew
				require.Nil(t, admin.Post(t, acmePath+"/test", nil).Want(t, 200).Data(t)["location"], name)
			} else {
				answer := admin.Post(t, acmePath+"/test", nil).Want(t, 200)
				at, _ := led(t, answer.Data(t)["location"].(string), "")
				c.change()
				led(t, at, cookieOf(answer.Header, "visit")+"; "+admin.Header["Cookie"])
			}
			test := admin.Get(t, acmePath).Want(t, 200).Data(t)["test"].(map[string]any)
			step, reason, got := failed(test)
			require.Equal(t, []any{false, c.step, c.reason, c.got}, []any{test["passed"], step, reason, strings.TrimSpace(got)}, name)
			require.Nil(t, test["person"], name)
			p.token, p.verified, p.email, p.discovery = nil, true, "kim@example.com", nil
			p.down.Store(false)
			admin.Patch(t, acmePath, doc{"secret": clientSecret}).Want(t, 200)
		}
		t.Run("only in the session that began it", func(t *testing.T) {
			answer := admin.Post(t, acmePath+"/test", nil).Want(t, 200)
			at, _ := led(t, answer.Data(t)["location"].(string), "")
			to, header := led(t, at, cookieOf(answer.Header, "visit")+"; "+enter(t, i, "kim@example.com"))
			require.Contains(t, to, "refused=sign_in_expired")
			require.Empty(t, cookieOf(header, "sid"))
		})
	})
}

// TestAnAdministratorConnectsHimself: no address makes him known, his own test
// and his password do.
func TestAnAdministratorConnectsHimself(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		admin, password := keeper(t, i), doc{"password": enginetest.Password}
		i.Person(t, "Boss", "admin")
		p.email = enginetest.AdminEmail
		admin.Post(t, acmePath+"/connect", password).Want(t, 422)
		step, reason, _ := failed(tries(t, i, admin))
		require.Equal(t, []string{"person", "administrator"}, []string{step, reason})
		location, session := comes(t, i)
		refused(t, "no_account", location, session)
		i.Admin.Post(t, acmePath+"/connect", password).Want(t, 403)
		admin.Post(t, acmePath+"/connect", doc{"password": "wrong"}).Want(t, 401)
		admin.Post(t, acmePath+"/connect", password).Want(t, 204)
		admin.Post(t, acmePath+"/connect", password).Want(t, 409)
		test := admin.Get(t, acmePath).Want(t, 200).Data(t)["test"].(map[string]any)
		require.Equal(t, []any{true, doc{"id": i.Admin.UserID, "name": "Ada Admin", "how": "link"}}, []any{test["passed"], test["person"]})
		_, session = comes(t, i)
		require.Equal(t, i.Admin.UserID, browser(i, session).Get(t, "/me").Want(t, 200).Data(t)["id"])
		admin.Get(t, "/me").Want(t, 200)
		keeper(t, i) // the password of who connected himself stays

		p.subject = "s-2"
		tries(t, i, admin)
		advance(t, i, "PT16M")
		admin.Post(t, acmePath+"/connect", password).Want(t, 422)
	})
}

// TestOnlySingleSignOn: it takes a test that has passed and an administrator
// who keeps his password; then no other password opens, and neither can go.
func TestOnlySingleSignOn(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		kim, boss := i.Person(t, "Kim", "sales_rep"), i.Person(t, "Boss", "admin")
		withPassword(t, i, kim)
		withPassword(t, i, boss)
		plain, admin := i.Person(t, "Plain", "admin"), keeper(t, i)
		token := tokenOf(t, admin.Post(t, "/invitations", doc{"email": "lee@example.com"}))
		only := func(emergency ...string) doc { return doc{"only": true, "emergency": emergency} }
		wrong := func(ask doc, items map[string]string) {
			t.Helper()
			_, got := admin.Put(t, "/single_sign_on", ask).Want(t, 422).Fault(t)
			require.Equal(t, items, got)
		}
		wrong(only(boss.UserID), map[string]string{"/only": "not_tested"})
		require.Equal(t, true, tries(t, i, admin)["passed"])
		wrong(only(), map[string]string{"/emergency": "no_emergency"})
		wrong(only(boss.UserID, kim.UserID, plain.UserID, absent, "x"), map[string]string{"/emergency/1": "no_emergency", "/emergency/2": "no_emergency", "/emergency/3": "no_emergency", "/emergency/4": "no_emergency"})
		admin.Patch(t, acmePath, doc{"enabled": false}).Want(t, 200)
		wrong(only(boss.UserID), map[string]string{"/only": "not_tested"})
		admin.Patch(t, acmePath, doc{"enabled": true}).Want(t, 200)
		told := admin.Put(t, "/single_sign_on", only(boss.UserID)).Want(t, 200).Data(t)
		require.Equal(t, []any{true, i.URL + "/api/v1/auth/oidc/*/callback"}, []any{told["only"], told["callback"]})
		require.Len(t, told["administrators"], 3)
		require.Equal(t, true, browser(i, "").Get(t, "/auth/ways").Want(t, 200).Data(t)["only"])

		t.Run("a password opens in an emergency only, and says nothing else", func(t *testing.T) {
			login := func(email, password string) *enginetest.Answer {
				return browser(i, "").Post(t, "/auth/login", doc{"email": email, "password": password})
			}
			right, wrong := login("kim@example.com", enginetest.Password).Want(t, 401), login("kim@example.com", "wrong").Want(t, 401)
			code, _ := right.Fault(t)
			other, _ := wrong.Fault(t)
			require.Equal(t, []string{"invalid_credentials", "invalid_credentials"}, []string{code, other})
			login(enginetest.AdminEmail, enginetest.Password).Want(t, 401)
			login("boss@example.com", enginetest.Password).Want(t, 200)
			list := audited(t, i.Admin, "")
			require.Equal(t, doc{"emergency": true}, list[len(list)-1]["detail"])
			_, session := comes(t, i)
			require.NotEmpty(t, session)
			admin.Get(t, "/me").Want(t, 200)
		})
		t.Run("nobody is given a password", func(t *testing.T) {
			code, _ := admin.Post(t, "/invitations", doc{"email": "new@example.com"}).Want(t, 409).Fault(t)
			require.Equal(t, "single_sign_on_only", code)
			code, _ = browser(i, enter(t, i, "boss@example.com")).Post(t, "/people/"+i.Admin.UserID+"/password_link", nil).Want(t, 409).Fault(t)
			require.Equal(t, "no_password_here", code)
			browser(i, "").Post(t, "/auth/invitation/accept", doc{"token": token, "name": "Lee", "password": "a much longer passphrase"}).Want(t, 409)
		})
		t.Run("neither the provider nor the last with a password can go", func(t *testing.T) {
			for _, change := range []doc{{"enabled": false}, {"secret": "new"}, {"issuer": "https://x.example.com", "secret": "new"}} {
				code, _ := admin.Patch(t, acmePath, change).Want(t, 409).Fault(t)
				require.Equal(t, "single_sign_on_in_force", code)
			}
			admin.Delete(t, acmePath).Want(t, 409)
			admin.Patch(t, acmePath, doc{"title": doc{"en": "New", "zh-CN": "新"}}).Want(t, 200)
			require.Equal(t, true, admin.Get(t, acmePath).Want(t, 200).Data(t)["tested"])
			for _, change := range []doc{{"active": false}, {"roles": []string{"sales_rep"}}} {
				code, _ := i.Admin.Patch(t, "/records/user/"+boss.UserID, change).Want(t, 409).Fault(t)
				require.Equal(t, "last_emergency", code)
			}
			i.Admin.Delete(t, "/records/user/"+boss.UserID).Want(t, 409)
			p.token = func(c, _ doc) { c["aud"] = "another" }
			require.Equal(t, false, tries(t, i, admin)["passed"])
			admin.Patch(t, acmePath, doc{"adds_people": true, "domains": []string{"example.com"}}).Want(t, 200)
			admin.Put(t, "/single_sign_on", only(boss.UserID, i.Admin.UserID)).Want(t, 200)
			i.Admin.Patch(t, "/records/user/"+boss.UserID, doc{"active": false}).Want(t, 200)
			admin.Put(t, "/single_sign_on", doc{"only": false, "emergency": []string{}}).Want(t, 200)
			admin.Delete(t, acmePath).Want(t, 204)
			enter(t, i, enginetest.AdminEmail)
			location, _ := led(t, i.URL+"/api/v1/auth/oidc/acme/start", "")
			refused(t, "not_found", location, "")
		})
	})
}

// TestProvidersAreRefused: what is wrong is said where it is, nobody but an
// administrator in his browser changes one, and its secret is told to nobody.
func TestProvidersAreRefused(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "helpdesk", "abilities": []string{"manage_users", "manage_roles"}}, doc{"kind": "role", "name": "deputy", "inherits": []string{"admin"}}}}).Want(t, 200)
		admin, help := keeper(t, i), i.Person(t, "Help", "helpdesk")
		withPassword(t, i, help)
		for _, client := range []*enginetest.Client{help, browser(i, enter(t, i, "help@example.com"))} {
			client.Get(t, "/single_sign_on").Want(t, 403)
			client.Get(t, "/single_sign_on/providers").Want(t, 403)
			client.Get(t, acmePath).Want(t, 403)
			client.Patch(t, acmePath, doc{"roles": []string{}}).Want(t, 403)
			client.Post(t, acmePath+"/test", nil).Want(t, 403)
		}
		for path, body := range map[string]doc{"PATCH " + acmePath: {"enabled": false}, "POST /single_sign_on/providers": p.settings("b"), "DELETE " + acmePath: nil, "PUT /single_sign_on": {"only": false}, "POST " + acmePath + "/test": nil} {
			method, path, _ := strings.Cut(path, " ")
			i.Admin.Do(t, method, path, body).Want(t, 403) // no program does it
		}
		before := string(admin.Get(t, "/single_sign_on/providers").Want(t, 200).Body)
		require.NotContains(t, before, clientSecret)
		for _, c := range []struct {
			change doc
			items  map[string]string
		}{
			{doc{"name": "Acme"}, map[string]string{"/name": "pattern_mismatch"}},
			{doc{"name": ""}, map[string]string{"/name": "required"}},
			{doc{"name": "new"}, map[string]string{"/name": "reserved_name"}},
			{doc{"name": strings.Repeat("a", 41)}, map[string]string{"/name": "pattern_mismatch"}},
			{doc{"name": "acme"}, map[string]string{"/name": "name_taken"}},
			{doc{"title": doc{"en": "Acme", "zh-CN": " "}}, map[string]string{"/title/zh-CN": "required"}},
			{doc{"title": doc{"en": strings.Repeat("x", 61), "zh-CN": "a\nb"}}, map[string]string{"/title/en": "too_long", "/title/zh-CN": "invalid_text"}},
			{doc{"issuer": ""}, map[string]string{"/issuer": "required"}},
			{doc{"issuer": "accounts.example.com"}, map[string]string{"/issuer": "invalid_url"}},
			{doc{"issuer": "file:///etc/passwd"}, map[string]string{"/issuer": "invalid_url"}},
			{doc{"issuer": "https://a:b@example.com"}, map[string]string{"/issuer": "invalid_url"}},
			{doc{"issuer": "https://example.com?x=1"}, map[string]string{"/issuer": "invalid_url"}},
			{doc{"client_id": nil}, map[string]string{"/client_id": "required"}},
			{doc{"secret": strings.Repeat("s", 2001)}, map[string]string{"/secret": "too_long"}},
			{doc{"adds_people": true}, map[string]string{"/domains": "required"}},
			{doc{"domains": []string{"example.com", "a@b", "a b", "*"}}, map[string]string{"/domains/1": "invalid_text", "/domains/2": "invalid_text", "/domains/3": "invalid_text"}},
			{doc{"roles": []string{"sales_rep", "nobody", "admin", "deputy"}}, map[string]string{"/roles/1": "unknown_option", "/roles/2": "not_allowed", "/roles/3": "not_allowed"}},
		} {
			ask := p.settings("b")
			maps.Copy(ask, c.change)
			_, items := admin.Post(t, "/single_sign_on/providers", ask).Want(t, 422).Fault(t)
			require.Equal(t, c.items, items, c.change)
			if _, named := c.change["name"]; !named && c.change["client_id"] != nil {
				_, items = admin.Patch(t, acmePath, c.change).Want(t, 422).Fault(t)
				require.Equal(t, c.items, items, c.change)
			}
		}
		_, items := admin.Patch(t, acmePath, doc{"issuer": "https://evil.example.com"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/secret": "required"}, items, "a secret goes to nobody but whom it was given for")
		for _, path := range []string{"nobody", "%00", "ACME"} {
			admin.Get(t, "/single_sign_on/providers/"+path).Want(t, 404)
			admin.Patch(t, "/single_sign_on/providers/"+path, doc{"enabled": false}).Want(t, 404)
			admin.Delete(t, "/single_sign_on/providers/"+path).Want(t, 404)
			admin.Post(t, "/single_sign_on/providers/"+path+"/test", nil).Want(t, 404)
		}
		require.Equal(t, before, string(admin.Get(t, "/single_sign_on/providers").Want(t, 200).Body))
		for n := range 19 {
			admin.Post(t, "/single_sign_on/providers", p.settings(fmt.Sprint("p", n))).Want(t, 201)
		}
		admin.Post(t, "/single_sign_on/providers", p.settings("many")).Want(t, 409)
		var sealed []byte
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT secret FROM sys_sign_in_provider WHERE name = 'acme'").Scan(&sealed))
		require.NotContains(t, string(sealed), clientSecret)
		admin.Patch(t, acmePath, doc{"secret": "another secret", "enabled": false}).Want(t, 200)
		require.NotContains(t, string(i.Admin.Get(t, "/audit?limit=200").Want(t, 200).Body), "secret of the provider")
		location, _ := led(t, i.URL+"/api/v1/auth/oidc/acme/start", "")
		refused(t, "not_found", location, "")
		for _, table := range []string{"sys_sign_in_provider", "sys_sign_in_link", "sys_sign_in_visit"} {
			i.Admin.Get(t, "/records/"+table).Want(t, 404)
		}
	})
}

// TestAProviderIsNoWayIn to the network of the server, unless the installation
// allows it; one that does not answer keeps nobody from starting.
func TestAProviderIsNoWayIn(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		admin, p := keeper(t, i), newPeer(t, i)
		p.discovery = func(doc) { t.Error("the address was reached") }
		admin.Post(t, "/single_sign_on/providers", p.settings("acme")).Want(t, 201)
		step, reason, got := failed(tries(t, i, admin))
		require.Equal(t, []string{"discovery", "private", ""}, []string{step, reason, got})
		location, _ := led(t, i.URL+"/api/v1/auth/oidc/acme/start", "")
		refused(t, "provider_unavailable", location, "")
	})
}

// TestWhatAProviderSaidIsRemembered for as long as it does not answer.
func TestWhatAProviderSaidIsRemembered(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		i.Person(t, "Kim", "sales_rep")
		start := i.URL + "/api/v1/auth/oidc/acme/start"
		p.down.Store(true)
		location, _ := led(t, start, "")
		refused(t, "provider_unavailable", location, "")
		p.down.Store(false)
		_, session := comes(t, i)
		require.NotEmpty(t, session)
		p.discovery = func(said doc) { said["issuer"] = "https://evil.example.com" }
		_, session = comes(t, i)
		require.NotEmpty(t, session)
		advance(t, i, "PT2H")
		location, _ = led(t, start, "")
		require.Contains(t, location, p.URL+"/authorize", "an hour later it is asked, and what it said before stands in")
	})
}
