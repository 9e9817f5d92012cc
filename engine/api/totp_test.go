package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// app is what shows somebody's codes.
type app struct {
	i      *enginetest.Installation
	secret string
}

// code is what the app shows some time from now. The clock is moved first, so that
// it was shown to nobody before.
func (a app) code(t *testing.T) string {
	t.Helper()
	advance(t, a.i, "PT2M")
	return a.shown(t, 0)
}

func (a app) shown(t *testing.T, later time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(a.secret, a.i.Clock.Now().Add(later))
	require.NoError(t, err)
	return code
}

// withFactor gives a signed-in person a second factor.
func withFactor(t *testing.T, i *enginetest.Installation, session *enginetest.Client) (app, []any) {
	t.Helper()
	enrolled := session.Post(t, "/auth/totp/enrol", doc{"password": enginetest.Password}).Want(t, 200).Data(t)
	a := app{i, enrolled["secret"].(string)}
	codes := session.Post(t, "/auth/totp/confirm", doc{"code": a.code(t)}).Want(t, 200).Data(t)["recovery_codes"].([]any)
	return a, codes
}

// half signs somebody in up to the second factor.
func half(t *testing.T, i *enginetest.Installation, email string) *enginetest.Client {
	t.Helper()
	answer := browser(i, "").Post(t, "/auth/login", doc{"email": email, "password": enginetest.Password}).Want(t, 200)
	require.Equal(t, doc{"needs": "totp"}, answer.Data(t))
	cookie, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	require.Contains(t, answer.Header.Get("Set-Cookie"), "HttpOnly")
	require.True(t, strings.HasPrefix(cookie, "challenge="), cookie)
	return browser(i, cookie)
}

// sessionOf is the session that an answer opened.
func sessionOf(t *testing.T, i *enginetest.Installation, answer *enginetest.Answer) *enginetest.Client {
	t.Helper()
	for _, set := range answer.Header.Values("Set-Cookie") {
		if cookie, _, _ := strings.Cut(set, ";"); strings.HasPrefix(cookie, "sid=") {
			return browser(i, cookie)
		}
	}
	t.Fatal("no session was opened")
	return nil
}

// TestSecondFactor: from its first code on nobody comes in without a code, and
// each code opens once.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		email := "kim@example.com"
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		session, elsewhere := browser(i, enter(t, i, email)), browser(i, enter(t, i, email))
		require.Equal(t, false, session.Get(t, "/auth/totp").Want(t, 200).Data(t)["on"])

		session.Post(t, "/auth/totp/confirm", doc{"code": "123456"}).Want(t, 404)
		session.Post(t, "/auth/totp/enrol", doc{"password": "wrong"}).Want(t, 401)
		kim.Post(t, "/auth/totp/enrol", doc{"password": enginetest.Password}).Want(t, 403)
		enrolled := session.Post(t, "/auth/totp/enrol", doc{"password": enginetest.Password}).Want(t, 200).Data(t)
		require.Contains(t, enrolled["uri"], "otpauth://totp/")
		require.Contains(t, enrolled["uri"], "secret="+enrolled["secret"].(string))
		require.Contains(t, enrolled["qr"], "<svg")
		enter(t, i, email) // what was not confirmed does not count
		a := app{i, enrolled["secret"].(string)}
		code, _ := session.Post(t, "/auth/totp/confirm", doc{"code": a.shown(t, time.Hour)}).Want(t, 401).Fault(t)
		require.Equal(t, "invalid_code", code)
		first := a.code(t)
		codes := session.Post(t, "/auth/totp/confirm", doc{"code": first}).Want(t, 200).Data(t)["recovery_codes"].([]any)
		require.Len(t, codes, 10)
		session.Get(t, "/me").Want(t, 200)
		elsewhere.Get(t, "/me").Want(t, 401)
		session.Post(t, "/auth/totp/enrol", doc{"password": enginetest.Password}).Want(t, 409)

		t.Run("nothing is open between the two steps", func(t *testing.T) {
			one := half(t, i, email)
			one.Get(t, "/me").Want(t, 401)
			require.Nil(t, one.Get(t, "/session").Want(t, 200).Data(t))
			browser(i, "sid="+strings.TrimPrefix(one.Header["Cookie"], "challenge=")).Get(t, "/me").Want(t, 401)
			browser(i, "").Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 409)
			one.With("Sec-Fetch-Site", "cross-site").Post(t, "/auth/totp", doc{"code": a.shown(t, 0)}).Want(t, 403)
		})
		t.Run("a code opens once, and not the one that turned it on", func(t *testing.T) {
			half(t, i, email).Post(t, "/auth/totp", doc{"code": first}).Want(t, 401)
			now := a.code(t)
			one := half(t, i, email)
			answer := one.Post(t, "/auth/totp", doc{"code": now[:3] + " " + now[3:]}).Want(t, 200)
			sessionOf(t, i, answer).Get(t, "/me").Want(t, 200)
			half(t, i, email).Post(t, "/auth/totp", doc{"code": now}).Want(t, 401)
			one.Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 409)
		})
		t.Run("of many at once with one code, one opens", func(t *testing.T) {
			now := a.code(t)
			var group sync.WaitGroup
			statuses := make([]int, 4)
			for n := range statuses {
				one := half(t, i, email)
				group.Go(func() {
					if answer, err := one.Try("POST", "/auth/totp", doc{"code": now}); err == nil {
						statuses[n] = answer.Status
					}
				})
			}
			group.Wait()
			require.ElementsMatch(t, []int{200, 401, 401, 401}, statuses)
		})
		t.Run("clocks may differ by half a minute, and no more", func(t *testing.T) {
			advance(t, i, "PT2M")
			half(t, i, email).Post(t, "/auth/totp", doc{"code": a.shown(t, -2*time.Minute)}).Want(t, 401)
			half(t, i, email).Post(t, "/auth/totp", doc{"code": a.shown(t, 2*time.Minute)}).Want(t, 401)
			half(t, i, email).Post(t, "/auth/totp", doc{"code": a.shown(t, 0)}).Want(t, 200)
		})
		t.Run("a recovery code stands in, once", func(t *testing.T) {
			sessionOf(t, i, half(t, i, email).Post(t, "/auth/totp", doc{"code": strings.ToUpper(fmt.Sprint(codes[0]))}).Want(t, 200)).Get(t, "/me").Want(t, 200)
			half(t, i, email).Post(t, "/auth/totp", doc{"code": codes[0]}).Want(t, 401)
			require.InDelta(t, 9, session.Get(t, "/auth/totp").Want(t, 200).Data(t)["recovery_codes"], 0)
			renewed := session.Post(t, "/auth/totp/recovery_codes", doc{"password": enginetest.Password}).Want(t, 200).Data(t)["recovery_codes"].([]any)
			half(t, i, email).Post(t, "/auth/totp", doc{"code": codes[1]}).Want(t, 401)
			half(t, i, email).Post(t, "/auth/totp", doc{"code": renewed[1]}).Want(t, 200)
		})
		t.Run("turning it off takes the password, and then the password is enough", func(t *testing.T) {
			session.Post(t, "/auth/totp/off", doc{"password": "wrong"}).Want(t, 401)
			require.Equal(t, true, session.Get(t, "/auth/totp").Want(t, 200).Data(t)["on"])
			session.Post(t, "/auth/totp/off", doc{"password": enginetest.Password}).Want(t, 204)
			session.Post(t, "/auth/totp/off", doc{"password": enginetest.Password}).Want(t, 404)
			enter(t, i, email)
		})
	})
}

// TestCodesAreNotGuessed: five to a sign-in, ten of a person in a while, from
// wherever they come.
func TestCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		email := "kim@example.com"
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		a, codes := withFactor(t, i, browser(i, enter(t, i, email)))
		one := half(t, i, email)
		for range 5 {
			one.Post(t, "/auth/totp", doc{"code": "000000"}).Want(t, 401)
		}
		one.Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 409)
		two := half(t, i, email)
		for range 4 {
			two.Post(t, "/auth/totp", doc{"code": strings.Repeat("9", 5000)}).Want(t, 401)
		}
		three := half(t, i, email)
		three.Post(t, "/auth/totp", doc{"code": ""}).Want(t, 401)
		require.NotEmpty(t, three.Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 429).Header.Get("Retry-After"))
		three.Post(t, "/auth/totp", doc{"code": codes[0]}).Want(t, 429)
		advance(t, i, "PT16M")
		half(t, i, email).Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 200)
		late := half(t, i, email)
		advance(t, i, "PT11M")
		late.Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 409)
	})
}

// TestALostFactorIsTakenAway by who manages people and has no fewer roles; the
// person's sessions end with it.
func TestALostFactorIsTakenAway(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "helpdesk", "abilities": []string{"manage_users"}, "restrict": []any{doc{"object": "user", "actions": []string{"read"}, "where": `email == "hidden@example.com"`}}}}}).Want(t, 200)
		password := func(name string, roles ...string) *enginetest.Client {
			person := i.Person(t, name, roles...)
			withPassword(t, i, person)
			return person
		}
		kim, hidden, boss, help := password("Kim"), password("Hidden"), password("Boss", "admin"), password("Help", "helpdesk")
		for _, email := range []string{"kim@example.com", "hidden@example.com", "boss@example.com"} {
			withFactor(t, i, browser(i, enter(t, i, email)))
		}
		start := len(audited(t, i.Admin, ""))
		desk := browser(i, enter(t, i, "help@example.com"))
		facts := desk.Get(t, "/people?ids="+strings.Join([]string{kim.UserID, hidden.UserID, help.UserID, absent, kim.UserID}, ",")).Want(t, 200).List(t)
		require.Len(t, facts, 2, "who is not seen is not told of")
		require.Equal(t, []any{kim.UserID, true, 1.0, 1.0}, []any{facts[0]["id"], facts[0]["second_factor"], facts[0]["sessions"], facts[0]["keys"]})
		require.Equal(t, []any{help.UserID, false}, []any{facts[1]["id"], facts[1]["second_factor"]})
		for _, query := range []string{"?ids=x", "?other=1", "?ids=" + strings.Repeat(absent+",", 201)} {
			desk.Get(t, "/people"+query).Want(t, 400)
		}

		desk.Delete(t, "/people/"+boss.UserID+"/totp").Want(t, 403)
		desk.Delete(t, "/people/"+hidden.UserID+"/totp").Want(t, 404)
		desk.Delete(t, "/people/"+absent+"/totp").Want(t, 404)
		desk.Delete(t, "/people/x/totp").Want(t, 404)
		desk.Delete(t, "/people/"+help.UserID+"/totp").Want(t, 404)
		help.Delete(t, "/people/"+kim.UserID+"/totp").Want(t, 403) // no program does it
		kim.Get(t, "/people?ids="+kim.UserID).Want(t, 403)
		kim.Delete(t, "/people/"+kim.UserID+"/totp").Want(t, 403)
		desk.Delete(t, "/people/"+kim.UserID+"/totp").Want(t, 204)
		require.InDelta(t, 0, desk.Get(t, "/people?ids="+kim.UserID).Want(t, 200).List(t)[0]["sessions"], 0)
		enter(t, i, "kim@example.com")
		list := audited(t, i.Admin, "")[start:]
		reset := list[len(list)-2]
		require.Equal(t, []any{"second_factor_reset", help.UserID, kim.UserID}, []any{reset["action"], reset["actor"], reset["subject"]})
	})
}

// TestFactorsAreAuditedAndSealed: the log tells of them, and no table of what
// makes a code.
func TestFactorsAreAuditedAndSealed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		session := browser(i, enter(t, i, enginetest.AdminEmail))
		start := len(audited(t, i.Admin, ""))
		a, codes := withFactor(t, i, session)
		half(t, i, enginetest.AdminEmail).Post(t, "/auth/totp", doc{"code": "000000"}).Want(t, 401)
		half(t, i, enginetest.AdminEmail).Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 200)
		half(t, i, enginetest.AdminEmail).Post(t, "/auth/totp", doc{"code": codes[3]}).Want(t, 200)
		session.Post(t, "/auth/password", doc{"current": "wrong", "new": "a much longer passphrase"}).Want(t, 401)
		session.Post(t, "/auth/totp/recovery_codes", doc{"password": enginetest.Password}).Want(t, 200)
		session.Post(t, "/auth/totp/off", doc{"password": enginetest.Password}).Want(t, 204)
		var told []string
		for _, entry := range audited(t, i.Admin, "")[start:] {
			told = append(told, strings.TrimSuffix(fmt.Sprint(entry["action"], " ", entry["detail"].(map[string]any)["second_factor"]), " <nil>"))
			require.Equal(t, i.Admin.UserID, entry["subject"])
		}
		require.Equal(t, []string{"second_factor_on", "second_factor_failed", "login totp", "login recovery_code", "password_refused", "recovery_codes_made", "second_factor_off"}, told)

		enrolled := session.Post(t, "/auth/totp/enrol", doc{"password": enginetest.Password}).Want(t, 200).Data(t)
		var sealed []byte
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT secret FROM sys_totp").Scan(&sealed))
		require.NotContains(t, string(sealed), enrolled["secret"])
		for _, table := range []string{"sys_totp", "sys_recovery_code", "sys_challenge"} {
			i.Admin.Get(t, "/records/"+table).Want(t, 404)
		}
	})
}
