package api_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestSingleSignOn: who has a verified address of an active person comes in,
// goes where he wanted to, and is known by his subject from then on.
func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		ways := browser(i, "").Get(t, "/auth/ways").Want(t, 200).Data(t)
		require.Equal(t, doc{"only": false, "can_keep": false, "passkeys": "", "providers": []any{doc{"name": "acme", "title": doc{"en": "Acme account", "zh-CN": "公司账号"}}}}, ways)
		kim := i.Person(t, "Kim", "sales_rep")
		from := gone(t, i, "/o/lead")
		asked := p.codes["code-0"]
		require.Equal(t, []string{"code", "openid email profile", "S256", clientID}, []string{asked.Get("response_type"), asked.Get("scope"), asked.Get("code_challenge_method"), asked.Get("client_id")})
		require.Equal(t, i.URL+"/api/v1/auth/oidc/acme/callback", asked.Get("redirect_uri"))
		location, session := from.enters(t)
		require.Equal(t, "/o/lead", location)
		require.Equal(t, kim.UserID, browser(i, session).Get(t, "/me").Want(t, 200).Data(t)["id"])

		list := audited(t, i.Admin, "")
		login, linked := list[len(list)-1], list[len(list)-2]
		require.Equal(t, []any{"login", kim.UserID, doc{"provider": "acme"}}, []any{login["action"], login["subject"], login["detail"]})
		require.Equal(t, []any{"provider_linked", kim.UserID, doc{"provider": "acme", "how": "email"}}, []any{linked["action"], linked["subject"], linked["detail"]})

		t.Run("his subject counts, whatever becomes of the address", func(t *testing.T) {
			p.email, p.verified = "elsewhere@example.com", false
			_, session := comes(t, i)
			require.Equal(t, kim.UserID, browser(i, session).Get(t, "/me").Want(t, 200).Data(t)["id"])
			p.email, p.verified = "kim@example.com", true
		})
		t.Run("nothing leads out of the application", func(t *testing.T) {
			for _, next := range []string{"//evil.example.com", `/\evil.example.com`, "https://evil.example.com", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y", "/\tx", "", "o/lead", "/" + strings.Repeat("a", 2000)} {
				location, session := gone(t, i, next).enters(t)
				require.Equal(t, "/", location, next)
				require.NotEmpty(t, session)
			}
			location, _ := gone(t, i, "/o/lead?where=a%20b#x").enters(t)
			require.Equal(t, "/o/lead?where=a%20b#x", location)
		})
		t.Run("who is disabled or deleted stays so", func(t *testing.T) {
			i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
			browser(i, session).Get(t, "/me").Want(t, 401)
			location, session := comes(t, i)
			refused(t, "no_account", location, session)
			p.subject = "s-2" // a new account of the same address
			location, session = comes(t, i)
			refused(t, "no_account", location, session)
			keeper(t, i).Patch(t, "/single_sign_on/providers/acme", doc{"adds_people": true, "domains": []string{"example.com"}}).Want(t, 200)
			location, session = comes(t, i)
			refused(t, "no_account", location, session)
			i.Admin.Delete(t, "/records/user/"+kim.UserID).Want(t, 204)
			location, session = comes(t, i)
			refused(t, "no_account", location, session)
			list := audited(t, i.Admin, "")
			require.Equal(t, doc{"provider": "acme", "step": "person", "reason": "disabled", "email": "kim@example.com"}, list[len(list)-1]["detail"])
		})
	})
}

// TestWhomAProviderMeans: only a verified address is anybody's, and it makes
// nobody an administrator.
func TestWhomAProviderMeans(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		i.Person(t, "Kim", "sales_rep")
		i.Person(t, "Boss", "admin")
		turned := func(code, reason string) {
			t.Helper()
			location, session := comes(t, i)
			refused(t, code, location, session)
			list := audited(t, i.Admin, "")
			require.Equal(t, []any{"login_failed", reason}, []any{list[len(list)-1]["action"], list[len(list)-1]["detail"].(map[string]any)["reason"]})
		}
		for _, verified := range []any{false, nil, "true", "false", 1, []any{true}} {
			p.verified = verified
			turned("email_unverified", "unverified")
		}
		p.verified = true
		p.email = ""
		turned("email_unverified", "unverified")
		p.token = func(claims, _ doc) { delete(claims, "email"); delete(claims, "email_verified") }
		p.profile = func(claims doc) { delete(claims, "email") }
		turned("email_unverified", "missing")
		p.token, p.profile = nil, nil
		p.email = "nobody@example.com"
		turned("no_account", "unknown")
		p.email = "boss@example.com"
		turned("no_account", "administrator")
		p.email = "\u212aim@example.com" // its first letter is the sign of the Kelvin
		turned("no_account", "unknown")
		require.Zero(t, keeper(t, i).Get(t, "/single_sign_on/providers/acme").Want(t, 200).Data(t)["people"])

		p.email = "KIM@Example.com"
		_, session := comes(t, i)
		require.NotEmpty(t, session, "capitals do not count")
		p.subject, p.sparse, p.email = "s-3", true, "lee@example.com"
		i.Person(t, "Lee")
		_, session = comes(t, i)
		require.NotEmpty(t, session, "what the token leaves out is asked for")
		p.subject = "s-4"
		p.profile = func(claims doc) { claims["sub"] = "s-3" }
		turned("sign_in_refused", "subject")
	})
}

// TestAnAccountTakenBeforehandIsCleaned: whoever had a password, a session or a
// key of an account before its owner came has none after.
func TestAnAccountTakenBeforehandIsCleaned(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, _ *peer) {
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		taken := browser(i, enter(t, i, "kim@example.com"))
		taken.Get(t, "/me").Want(t, 200)
		kim.Get(t, "/me").Want(t, 200)
		_, session := comes(t, i)
		browser(i, session).Get(t, "/me").Want(t, 200)
		taken.Get(t, "/me").Want(t, 401)
		kim.Get(t, "/me").Want(t, 401)
		browser(i, "").Post(t, "/auth/login", doc{"email": "kim@example.com", "password": enginetest.Password}).Want(t, 401)
	})
}

// TestHostileTokensAreRefused: what is not signed by the provider, for us, for
// this visit and now, opens nothing.
func TestHostileTokensAreRefused(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		i.Person(t, "Kim", "sales_rep")
		set := func(name string, value any) func(claims, header doc) {
			return func(claims, _ doc) {
				if claims[name] = value; value == nil {
					delete(claims, name)
				}
			}
		}
		later := float64(i.Clock.Now().Add(time.Hour).Unix())
		for name, c := range map[string]struct {
			token     func(claims, header doc)
			signature func(string) string
			reason    string
		}{
			"for another":                  {token: set("aud", "another"), reason: "audience"},
			"for two others":               {token: set("aud", []string{"a", "b"}), reason: "audience"},
			"for nobody":                   {token: set("aud", nil), reason: "signature"},
			"for us and others, from them": {token: func(c, _ doc) { c["aud"], c["azp"] = []string{clientID, "b"}, "b" }, reason: "party"},
			"for us and others, of nobody": {token: set("aud", []string{clientID, "b"}), reason: "party"},
			"of another issuer":            {token: set("iss", "https://accounts.example.com"), reason: "issuer"},
			"of no issuer":                 {token: set("iss", nil), reason: "issuer"},
			"of the issuer with a slash":   {token: func(c, _ doc) { c["iss"] = fmt.Sprint(c["iss"], "/") }, reason: "issuer"},
			"for another visit":            {token: set("nonce", "another"), reason: "nonce"},
			"for no visit":                 {token: set("nonce", nil), reason: "nonce"},
			"of yesterday":                 {token: set("exp", i.Clock.Now().Add(-24*time.Hour).Unix()), reason: "expired"},
			"without an end":               {token: set("exp", nil), reason: "expired"},
			"with a text as its end":       {token: set("exp", fmt.Sprintf("%.0f", later)), reason: "expiry"},
			"of the future":                {token: set("iat", later), reason: "issued"},
			"of no time":                   {token: set("iat", nil), reason: "issued"},
			"not good yet":                 {token: set("nbf", later), reason: "signature"},
			"of nobody":                    {token: set("sub", ""), reason: "subject"},
			"of somebody without end":      {token: set("sub", strings.Repeat("s", 256)), reason: "subject"},
			"of a null":                    {token: set("sub", "s\x00"), reason: "subject"},
			"with another's access":        {token: set("at_hash", "bm90IHRoaXM"), reason: "access_token"},
			"without a signature":          {token: func(_, h doc) { h["alg"] = "none" }, signature: func(string) string { return "" }, reason: "signature"},
			"signed with the public key":   {token: func(_, h doc) { h["alg"] = "HS256" }, reason: "signature"},
			"signed with another key":      {signature: func(signed string) string { return sign(other, signed) }, reason: "signature"},
			"signed with an unknown key":   {token: func(_, h doc) { h["kid"] = "two" }, signature: func(signed string) string { return sign(other, signed) }, reason: "signature"},
			"with a key of its own":        {token: func(_, h doc) { h["jwk"] = doc{"kty": "RSA", "n": encoded(other.N.Bytes()), "e": "AQAB"} }, signature: func(signed string) string { return sign(other, signed) }, reason: "signature"},
			"of half a signature":          {signature: func(signed string) string { return sign(p.key, signed)[:20] }, reason: "signature"},
			"that is none":                 {signature: func(string) string { return "a.b.c" }, reason: "issuer"},
		} {
			p.token, p.signature = c.token, c.signature
			location, session := comes(t, i)
			refused(t, "sign_in_refused", location, session)
			list := audited(t, i.Admin, "")
			require.Equal(t, doc{"provider": "acme", "step": "token", "reason": c.reason}, list[len(list)-1]["detail"], name)
		}
		p.token, p.signature = nil, nil
		_, session := comes(t, i)
		require.NotEmpty(t, session)
		p.token = func(c, _ doc) { c["aud"], c["azp"] = []string{clientID, "b"}, clientID }
		_, session = comes(t, i)
		require.NotEmpty(t, session)
	})
}

// TestAVisitEndsOnceAndWhereItBegan: a state is good once, in its own browser,
// at its own provider and for ten minutes; so is a code.
func TestAVisitEndsOnceAndWhereItBegan(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		i.Person(t, "Kim", "sales_rep")
		p.lax = true // who keeps to nothing must not be relied on
		one := gone(t, i, "/")
		_, session := one.enters(t)
		require.NotEmpty(t, session)
		location, session := one.enters(t)
		refused(t, "sign_in_expired", location, session)

		code := func(b back) string { at, _ := url.Parse(b.address); return at.Query().Get("code") }
		used, next := code(one), gone(t, i, "/")
		p.lax = false
		location, session = back{strings.Replace(next.address, code(next), used, 1), next.cookie}.enters(t)
		refused(t, "sign_in_refused", location, session)

		mine, theirs := gone(t, i, "/"), gone(t, i, "/")
		location, session = back{mine.address, theirs.cookie}.enters(t)
		refused(t, "sign_in_expired", location, session)
		location, session = mine.enters(t) // whoever tried it has ended it
		refused(t, "sign_in_expired", location, session)
		location, session = back{theirs.address, ""}.enters(t)
		refused(t, "sign_in_expired", location, session)

		injected := gone(t, i, "/") // another's code: it was given for another verifier and nonce
		location, session = back{strings.Replace(injected.address, code(injected), code(gone(t, i, "/")), 1), injected.cookie}.enters(t)
		refused(t, "sign_in_refused", location, session)

		settings := p.settings("other")
		settings["client_id"] = "other"
		keeper(t, i).Post(t, "/single_sign_on/providers", settings).Want(t, 201)
		mixed := gone(t, i, "/")
		location, session = back{strings.Replace(mixed.address, "/acme/", "/other/", 1), mixed.cookie}.enters(t)
		refused(t, "sign_in_expired", location, session)
		named := gone(t, i, "/")
		location, session = back{named.address + "&iss=https%3A%2F%2Fevil.example.com", named.cookie}.enters(t)
		refused(t, "sign_in_refused", location, session)
		right := gone(t, i, "/")
		_, session = back{right.address + "&iss=" + url.QueryEscape(p.URL), right.cookie}.enters(t)
		require.NotEmpty(t, session)

		cancelled := gone(t, i, "/")
		location, session = back{strings.Replace(cancelled.address, "code=", "error=access_denied&x=", 1), cancelled.cookie}.enters(t)
		refused(t, "provider_refused", location, session)
		late := gone(t, i, "/")
		advance(t, i, "PT11M")
		location, session = late.enters(t)
		refused(t, "sign_in_expired", location, session)
		for _, query := range []string{"", "?state=&code=", "?state=x&code=y", "?error=access_denied", "?state=%00&code=%ff", "?state=" + strings.Repeat("s", 4000)} {
			location, session = back{i.URL + "/api/v1/auth/oidc/acme/callback" + query, late.cookie}.enters(t)
			refused(t, "sign_in_expired", location, session)
		}
		changed := gone(t, i, "/")
		keeper(t, i).Patch(t, "/single_sign_on/providers/acme", doc{"client_id": "new", "secret": "new"}).Want(t, 200)
		location, session = changed.enters(t)
		refused(t, "sign_in_expired", location, session)
		for _, name := range []string{"nobody", "ACME", "%00", strings.Repeat("a", 500), "acme%2f.."} {
			location, _ := led(t, i.URL+"/api/v1/auth/oidc/"+name+"/start", "")
			refused(t, "not_found", location, "")
		}
	})
}

// TestManyComeAtOnce by one account that nobody has linked yet: there is one
// person and one link after.
func TestManyComeAtOnce(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, p *peer) {
		keeper(t, i).Patch(t, "/single_sign_on/providers/acme", doc{"adds_people": true, "domains": []string{"@Example.com"}, "roles": []string{"sales_rep"}}).Want(t, 200)
		p.email = "new@example.com"
		var group sync.WaitGroup
		sessions := make([]string, 6)
		for n := range sessions {
			from := gone(t, i, "/")
			group.Go(func() { _, sessions[n] = from.enters(t) })
		}
		group.Wait()
		ids := map[any]bool{}
		for _, session := range sessions {
			me := browser(i, session).Get(t, "/me").Want(t, 200).Data(t)
			ids[me["id"]] = true
			require.Equal(t, []any{"Kim Lee", "new@example.com", []any{"sales_rep"}}, []any{me["name"], me["email"], me["roles"]})
		}
		require.Len(t, ids, 1)
		require.InDelta(t, 1, keeper(t, i).Get(t, "/single_sign_on/providers/acme").Want(t, 200).Data(t)["people"], 0)
		p.subject, p.email = "s-9", "new@sub.example.com"
		location, session := comes(t, i)
		refused(t, "no_account", location, session)
		list := audited(t, i.Admin, "")
		require.Equal(t, "domain", list[len(list)-1]["detail"].(map[string]any)["reason"])
	})
}

// TestOurSecondFactorIsAsked of who has one, however he comes.
func TestOurSecondFactorIsAsked(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, _ *peer) {
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		a, _ := withFactor(t, i, browser(i, enter(t, i, "kim@example.com")))
		from := gone(t, i, "/o/lead")
		location, header := led(t, from.address, from.cookie)
		require.Equal(t, "/sign-in?next=%2Fo%2Flead&step=code", location)
		require.Empty(t, cookieOf(header, "sid"))
		half := browser(i, cookieOf(header, "challenge"))
		half.Get(t, "/me").Want(t, 401)
		half.Post(t, "/auth/totp", doc{"code": "000000"}).Want(t, 401)
		sessionOf(t, i, half.Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 200)).Get(t, "/me").Want(t, 200)
		list := audited(t, i.Admin, "")
		require.Equal(t, doc{"provider": "acme", "second_factor": "totp"}, list[len(list)-1]["detail"])
	})
}
