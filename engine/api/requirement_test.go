package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/identity"
)

const requirement = "/second_factor"

// termOf is what a session is told of the second factor that its person lacks:
// the days that are left, and whether he may only enrol; none when nothing is.
func termOf(t *testing.T, i *enginetest.Installation, session *enginetest.Client) (days int, over, told bool) {
	t.Helper()
	me := session.Get(t, "/session").Want(t, 200).Data(t)
	require.Equal(t, me["second_factor"], session.Get(t, "/me").Want(t, 200).Data(t)["second_factor"])
	term, told := me["second_factor"].(doc)
	if !told {
		return 0, false, false
	}
	due, err := time.Parse(time.RFC3339, term["due"].(string))
	require.NoError(t, err)
	return int(due.Sub(i.Clock.Now()).Round(time.Hour).Hours()) / 24, term["over"].(bool), true
}

// confined is that a session opens nothing but what gives a second factor.
func confined(t *testing.T, session *enginetest.Client) {
	t.Helper()
	code, _ := session.Get(t, "/records/user").Want(t, 403).Fault(t)
	require.Equal(t, "second_factor_required", code)
	session.Get(t, "/me").Want(t, 200)
}

// sets says of whom a second factor is required.
func sets(t *testing.T, i *enginetest.Installation, of string, days int) {
	t.Helper()
	admin, err := i.People.ByID(t.Context(), i.Admin.UserID, "session")
	require.NoError(t, err)
	require.NoError(t, i.People.KeepRequirement(t.Context(), admin, identity.Requirement{Of: of, Days: days}))
}

// TestWhoAdministersNeedsASecondFactor within seven days: until then he is told
// so, and afterwards his session lets him only give himself one. Who works with
// records, and programs, go on as ever.
func TestWhoAdministersNeedsASecondFactor(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		withPassword(t, i, i.Person(t, "Kim", "sales_rep"))
		withPassword(t, i, i.Person(t, "Boss", "admin"))
		first := browser(i, enter(t, i, "boss@example.com"))
		days, over, told := termOf(t, i, first)
		require.Equal(t, []any{7, false, true}, []any{days, over, told})
		first.Get(t, "/records/user").Want(t, 200)
		_, _, told = termOf(t, i, browser(i, enter(t, i, "kim@example.com")))
		require.False(t, told)

		advance(t, i, "P6DT23H")
		late := browser(i, enter(t, i, "boss@example.com"))
		late.Get(t, "/records/user").Want(t, 200)
		advance(t, i, "PT2H")
		confined(t, late)
		_, over, _ = termOf(t, i, late)
		require.True(t, over)
		i.Client(t, "boss@example.com").Get(t, "/records/user").Want(t, 200)
		browser(i, enter(t, i, "kim@example.com")).Get(t, "/records/user").Want(t, 200)

		own := browser(i, enter(t, i, "boss@example.com"))
		confined(t, own)
		enrolled := own.Post(t, "/auth/totp/enrol", doc{"password": enginetest.Password}).Want(t, 200).Data(t)
		a := app{i, enrolled["secret"].(string)}
		own.Post(t, "/auth/totp/confirm", doc{"code": "000000"}).Want(t, 401)
		confined(t, own)
		answer := own.Post(t, "/auth/totp/confirm", doc{"code": a.code(t)}).Want(t, 200)
		free := sessionOf(t, i, answer)
		free.Get(t, "/records/user").Want(t, 200)
		_, _, told = termOf(t, i, free)
		require.False(t, told)
		own.Get(t, "/me").Want(t, 401)
		late.Get(t, "/me").Want(t, 401)
		sessionOf(t, i, half(t, i, "boss@example.com").Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 200)).Get(t, "/records/user").Want(t, 200)

		free.Post(t, "/auth/totp/off", doc{"password": enginetest.Password}).Want(t, 204)
		confined(t, free)
	})
}

// TestAConfinedSessionReachesNothingElse: of all routes only those that give a
// second factor, tell who one is, or end the session.
func TestAConfinedSessionReachesNothingElse(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", phone: "+8613800005678"})
		sets(t, i, "builders", 0)
		kept, table, refused, open := session(t, i, i.Admin.UserID), attacks(), 0, []string{}
		for _, route := range i.Server.Routes() {
			switch {
			case route.Enrols:
				open = append(open, route.Method+" "+route.Path)
				continue
			case route.Need != api.Person:
				continue
			}
			for _, a := range triesOf(route, table) {
				code, _ := kept.Do(t, a.method, a.path, []byte(a.body)).Want(t, 403).Fault(t)
				require.Equal(t, "second_factor_required", code, "%s %s", a.method, a.path)
				refused++
			}
		}
		require.Greater(t, refused, 200)
		require.ElementsMatch(t, []string{
			"POST /api/v1/auth/logout", "GET /api/v1/session", "GET /api/v1/me", "GET /api/v1/auth/totp", "POST /api/v1/auth/totp/enrol", "POST /api/v1/auth/totp/confirm",
			"GET /api/v1/auth/passkeys", "POST /api/v1/auth/passkeys/enrol", "POST /api/v1/auth/passkeys",
		}, open)
		require.Equal(t, false, kept.Get(t, "/auth/ways").Want(t, 200).Data(t)["can_keep"], "there he is a stranger")
		viewer := kept.With("View-As", person)
		viewer.Get(t, "/session").Want(t, 200)
		kept.Post(t, "/auth/logout", doc{}).Want(t, 204)
		kept.Get(t, "/me").Want(t, 401)
	})
}

// TestTheDaysCountFromTheLatest of when the person came, when he began to
// administer, and when the requirement was set; and what is set holds at once for
// who is signed in.
func TestTheDaysCountFromTheLatest(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		advance(t, i, "P30D")
		i.Admin = i.Client(t, enginetest.AdminEmail) // the key of before is over
		mine := session(t, i, kim.UserID)
		_, _, told := termOf(t, i, mine)
		require.False(t, told)
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{"admin"}}).Want(t, 200)
		days, over, _ := termOf(t, i, mine)
		require.Equal(t, []any{7, false}, []any{days, over})
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{"sales_rep"}}).Want(t, 200)
		_, _, told = termOf(t, i, mine)
		require.False(t, told)

		sets(t, i, "everybody", 3)
		days, over, _ = termOf(t, i, mine)
		require.Equal(t, []any{3, false}, []any{days, over})
		sets(t, i, "everybody", 0)
		confined(t, mine)
		confined(t, session(t, i, i.Admin.UserID))
		i.Admin.Get(t, "/records/user").Want(t, 200)
		withPassword(t, i, i.Person(t, "New"))
		confined(t, browser(i, enter(t, i, "new@example.com")))
	})
}

// TestWhatIsRequiredFollowsTheRoles that definitions change, too.
func TestWhatIsRequiredFollowsTheRoles(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		designer := doc{"kind": "role", "name": "designer", "abilities": []string{}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{designer}}).Want(t, 200)
		sets(t, i, "builders", 0)
		mine := session(t, i, i.Person(t, "Kim", "designer").UserID)
		mine.Get(t, "/meta").Want(t, 200)
		designer["abilities"] = []string{"design"}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{designer}}).Want(t, 200)
		require.NoError(t, i.People.Kinds()[0].Run(t.Context(), nil))
		confined(t, mine)
	})
}

// TestWhoIsToldWhoHasNoSecondFactor: administrators, of people who have a
// password; nobody else sees or says what is required, and no program says it.
func TestWhoIsToldWhoHasNoSecondFactor(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "helpdesk", "abilities": []string{"manage_users"}}}}).Want(t, 200)
		kim, help, gone := i.Person(t, "Kim"), i.Person(t, "Help", "helpdesk"), i.Person(t, "Gone")
		for _, person := range []*enginetest.Client{kim, help, gone} {
			withPassword(t, i, person)
		}
		i.Person(t, "By Provider")
		i.Admin.Patch(t, "/records/user/"+gone.UserID, doc{"active": false}).Want(t, 200)
		admin := session(t, i, i.Admin.UserID)
		answer := admin.Get(t, requirement).Want(t, 200).Data(t)
		require.Equal(t, []any{"builders", 7.0}, []any{answer["required_of"], answer["days"]})
		without := answer["without"].(doc)
		require.Equal(t, []any{3.0, 1.0}, []any{without["everybody"], without["builders"]})
		require.Equal(t, doc{"id": i.Admin.UserID, "name": "Ada Admin", "builds": true}, without["people"].([]any)[0])
		withFactor(t, i, browser(i, enter(t, i, "kim@example.com")))
		require.InDelta(t, 2, admin.Get(t, requirement).Want(t, 200).Data(t)["without"].(doc)["everybody"], 0)

		wanted := doc{"required_of": "everybody", "days": 7}
		for _, other := range []*enginetest.Client{session(t, i, help.UserID), session(t, i, kim.UserID), kim} {
			other.Get(t, requirement).Want(t, 403)
			other.Put(t, requirement, wanted).Want(t, 403)
		}
		i.Admin.Put(t, requirement, wanted).Want(t, 403)
		for pointer, wrong := range map[string]doc{"/required_of": {"required_of": "me", "days": 7}, "/days": {"required_of": "everybody", "days": 91}} {
			_, items := admin.Put(t, requirement, wrong).Want(t, 422).Fault(t)
			require.Len(t, items, 1)
			require.Contains(t, items, pointer)
		}
		admin.Put(t, requirement, doc{"required_of": "everybody", "days": -1}).Want(t, 422)
		require.Empty(t, audited(t, i.Admin, "&action=setting_changed"))
		require.Equal(t, http.StatusOK, admin.Put(t, requirement, wanted).Status)
		admin.Put(t, requirement, wanted).Want(t, 200)
		told := audited(t, i.Admin, "&action=setting_changed")
		require.Len(t, told, 1, "what changes nothing is no change")
		require.Equal(t, "second_factor", told[0]["subject"])
		require.Equal(t, doc{"before": doc{"required_of": "builders", "days": 7.0}, "after": doc{"required_of": "everybody", "days": 7.0}}, told[0]["detail"])
	})
}

// TestWhoComesByAProviderHasGivenItsFactor.
func TestWhoComesByAProviderHasGivenItsFactor(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, _ *peer) {
		i.Person(t, "Kim", "sales_rep")
		_, cookie := comes(t, i)
		mine := browser(i, cookie)
		sets(t, i, "everybody", 0)
		mine.Get(t, "/records/user").Want(t, 200)
		_, _, told := termOf(t, i, mine)
		require.False(t, told)
		_, cookie = comes(t, i)
		browser(i, cookie).Get(t, "/records/user").Want(t, 200)
	})
}
