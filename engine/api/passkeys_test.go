package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/identity"
)

// TestAPasskeyOpensAlone: it is the password and the second factor together, and
// stands in for the code after a password. It goes with a password or with itself.
func TestAPasskeyOpensAlone(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		email := "kim@example.com"
		kim := i.Person(t, "Kim", "sales_rep")
		withPassword(t, i, kim)
		cookie, elsewhere := enter(t, i, email), browser(i, enter(t, i, email))
		phone, added := withPasskey(t, i, cookie, "  Phone ")
		require.Len(t, added["recovery_codes"], 10)
		elsewhere.Get(t, "/me").Want(t, 401)
		mine := page(i, cookie)
		laptop, second := withPasskey(t, i, cookie, "Laptop")
		require.Empty(t, second["recovery_codes"])

		opened := sessionOf(t, i, phone.signsIn(t, i).Want(t, 200))
		require.Equal(t, kim.UserID, opened.Get(t, "/me").Want(t, 200).Data(t)["id"])
		laptop.signsIn(t, i).Want(t, 200)
		list := mine.Get(t, "/auth/passkeys").Want(t, 200).List(t)
		require.Equal(t, []any{"Phone", "Laptop"}, []any{list[0]["name"], list[1]["name"]})
		require.NotNil(t, list[0]["used_at"])

		t.Run("after a password it is asked for, and a recovery code stands in", func(t *testing.T) {
			answer := page(i, "").Post(t, "/auth/login", doc{"email": email, "password": enginetest.Password}).Want(t, 200)
			require.Equal(t, doc{"needs": "passkey"}, answer.Data(t))
			waiting := page(i, cookieOf(answer.Header, "challenge"))
			waiting.Get(t, "/me").Want(t, 401)
			options, from := questioned(t, waiting, "/auth/passkey/options", doc{"for": "second_factor"})
			require.Len(t, options["allowCredentials"], 2)
			phone.counter++
			given := phone.answers(t, from, options)
			sessionOf(t, i, from.Post(t, "/auth/passkey", given).Want(t, 200)).Get(t, "/me").Want(t, 200)
			from.Post(t, "/auth/passkey", given).Want(t, 409)
			answer = page(i, "").Post(t, "/auth/login", doc{"email": email, "password": enginetest.Password}).Want(t, 200)
			page(i, cookieOf(answer.Header, "challenge")).Post(t, "/auth/totp", doc{"code": added["recovery_codes"].([]any)[0]}).Want(t, 200)
		})
		t.Run("removing one takes the password, or a passkey", func(t *testing.T) {
			path := fmt.Sprint("/auth/passkeys/", second["id"], "/remove")
			mine.Post(t, path, doc{"password": "wrong"}).Want(t, 401)
			mine.Post(t, path, doc{}).Want(t, 401)
			kim.Post(t, path, doc{"password": enginetest.Password}).Want(t, 403)
			options, from := questioned(t, mine, "/auth/passkey/options", doc{"for": "confirm"})
			laptop.counter++
			from.Post(t, path, laptop.answers(t, from, options)).Want(t, 204)
			mine.Post(t, path, doc{"password": enginetest.Password}).Want(t, 404)
			code, _ := laptop.signsIn(t, i).Want(t, 401).Fault(t)
			require.Equal(t, "passkey_refused", code)
			mine.Post(t, fmt.Sprint("/auth/passkeys/", added["id"], "/remove"), doc{"password": enginetest.Password}).Want(t, 204)
			require.InDelta(t, 0, mine.Get(t, "/auth/totp").Want(t, 200).Data(t)["recovery_codes"], 0)
			enter(t, i, email)
		})
		var told []string
		for _, entry := range audited(t, i.Admin, "&subject="+kim.UserID+"&object=user") {
			if action := fmt.Sprint(entry["action"]); strings.HasPrefix(action, "passkey_") {
				told = append(told, action)
			}
		}
		require.Equal(t, []string{"passkey_added", "passkey_added", "passkey_removed", "passkey_removed"}, told)
	})
}

// TestWhoComesByAProviderForTheFirstTimeLosesThePasskeys of the account: nobody
// had shown before that it was his.
func TestWhoComesByAProviderForTheFirstTimeLosesThePasskeys(t *testing.T) {
	t.Parallel()
	withPeer(t, func(t *testing.T, i *enginetest.Installation, _ *peer) {
		withPassword(t, i, i.Person(t, "Kim", "sales_rep"))
		taken, _ := withPasskey(t, i, enter(t, i, "kim@example.com"), "Somebody’s")
		_, cookie := comes(t, i)
		mine := browser(i, cookie)
		mine.Get(t, "/me").Want(t, 200)
		require.Empty(t, mine.Get(t, "/auth/passkeys").Want(t, 200).List(t))
		require.InDelta(t, 0, mine.Get(t, "/auth/totp").Want(t, 200).Data(t)["recovery_codes"], 0)
		taken.signsIn(t, i).Want(t, 401)
	})
}

// TestAPasskeyIsASecondFactor: who has one is not asked for another, and who
// needs one goes on with it.
func TestAPasskeyIsASecondFactor(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim")
		withPassword(t, i, kim)
		sets(t, i, "everybody", 0)
		cookie := enter(t, i, "kim@example.com")
		confined(t, browser(i, cookie))
		d := &device{counter: 1}
		options, from := questioned(t, page(i, cookie), "/auth/passkeys/enrol", doc{"password": enginetest.Password})
		answer := d.enrols(t, from, options)
		answer["name"] = "Phone"
		free := sessionOf(t, i, from.Post(t, "/auth/passkeys", answer).Want(t, 201))
		free.Get(t, "/records/user").Want(t, 200)
		browser(i, cookie).Get(t, "/me").Want(t, 401)
		sessionOf(t, i, d.signsIn(t, i).Want(t, 200)).Get(t, "/records/user").Want(t, 200)
		facts := i.Admin.Get(t, "/people?ids="+kim.UserID).Want(t, 200).List(t)[0]
		require.Equal(t, []any{true, false, 1.0}, []any{facts["second_factor"], facts["app"], facts["passkeys"]})
		sets(t, i, "nobody", 0)
		session(t, i, i.Admin.UserID).Delete(t, "/people/"+kim.UserID+"/totp").Want(t, 204)
		d.signsIn(t, i).Want(t, 401)
		free.Get(t, "/me").Want(t, 401)
	})
}

// TestHostilePasskeysAreRefused, each without a session, and most of them in the
// audit log.
func TestHostilePasskeysAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim, ann := i.Person(t, "Kim"), i.Person(t, "Ann")
		withPassword(t, i, kim)
		withPassword(t, i, ann)
		phone, _ := withPasskey(t, i, enter(t, i, "kim@example.com"), "Phone")
		others, _ := withPasskey(t, i, enter(t, i, "ann@example.com"), "Other")
		for name, attack := range map[string]func(d *device){
			"of another origin":          func(d *device) { d.origin = "https://crm.example.org" },
			"of the same name and https": func(d *device) { d.origin = strings.Replace(page(i, "").URL, "http:", "https:", 1) },
			"of another domain":          func(d *device) { d.domain = "crm.example.org" },
			"without the person":         func(d *device) { d.unverified = true },
			"with a tampered signature":  func(d *device) { d.signs = func(s []byte) []byte { s[len(s)-1] ^= 1; return s } },
			"without a signature":        func(d *device) { d.signs = func([]byte) []byte { return nil } },
			"with another key":           func(d *device) { d.key = others.key },
			"in another's name":          func(d *device) { d.handle = others.handle },
			"in nobody's name":           func(d *device) { d.handle = nil },
			"of an unknown key":          func(d *device) { d.id = []byte("another passkey, which nobody has") },
			"counting backwards":         func(d *device) { d.counter = 0 },
			"counting as before":         func(d *device) { d.counter = 1 },
		} {
			before, hostile := len(audited(t, i.Admin, "&action=passkey_refused")), *phone
			options, from := questioned(t, page(i, ""), "/auth/passkey/options", doc{"for": "sign_in"})
			hostile.counter++
			attack(&hostile)
			answer := from.Post(t, "/auth/passkey", hostile.answers(t, from, options))
			code, _ := answer.Want(t, 401).Fault(t)
			require.Equal(t, "passkey_refused", code, name)
			require.Empty(t, cookieOf(answer.Header, "sid"), name)
			require.Len(t, audited(t, i.Admin, "&action=passkey_refused"), before+1, name)
			from.Post(t, "/auth/passkey", phone.answers(t, from, options)).Want(t, 409)
			advance(t, i, "PT16M") // who fails so often has to wait
		}
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
		phone.signsIn(t, i).Want(t, 401)
		i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": true}).Want(t, 200)
		phone.signsIn(t, i).Want(t, 200)
	})
}

// TestAQuestionIsAnsweredOnce, by the browser that was asked, in time, and for
// what it was asked.
func TestAQuestionIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, name := range []string{"Kim", "Ann"} {
			withPassword(t, i, i.Person(t, name))
		}
		cookie := enter(t, i, "kim@example.com")
		phone, _ := withPasskey(t, i, cookie, "Phone")
		ask := func(client *enginetest.Client) (doc, *enginetest.Client) {
			phone.counter++
			return questioned(t, client, "/auth/passkey/options", doc{"for": "sign_in"})
		}
		over := func(answer *enginetest.Answer) {
			t.Helper()
			code, _ := answer.Want(t, 409).Fault(t)
			require.Equal(t, "sign_in_expired", code)
			require.Empty(t, cookieOf(answer.Header, "sid"))
		}
		options, from := ask(page(i, ""))
		given := phone.answers(t, from, options)
		from.Post(t, "/auth/passkey", given).Want(t, 200)
		over(from.Post(t, "/auth/passkey", given))

		options, from = ask(page(i, ""))
		_, elsewhere := ask(page(i, ""))
		over(elsewhere.Post(t, "/auth/passkey", phone.answers(t, elsewhere, options)))
		over(page(i, "").Post(t, "/auth/passkey", phone.answers(t, from, options)))
		invented := *phone
		invented.challenge = base64.RawURLEncoding.EncodeToString(make([]byte, 32))
		over(from.Post(t, "/auth/passkey", invented.answers(t, from, options)))
		from.Post(t, "/auth/passkey", phone.answers(t, from, options)).Want(t, 200)

		options, from = ask(page(i, ""))
		later, _ := ask(from)
		from.Post(t, "/auth/passkey", phone.answers(t, from, options)).Want(t, 200)
		phone.counter++
		from.Post(t, "/auth/passkey", phone.answers(t, from, later)).Want(t, 200)

		options, from = ask(page(i, ""))
		advance(t, i, "PT5M1S")
		over(from.Post(t, "/auth/passkey", phone.answers(t, from, options)))

		options, from = questioned(t, page(i, cookie), "/auth/passkey/options", doc{"for": "confirm"})
		phone.counter++
		over(from.Post(t, "/auth/passkey", phone.answers(t, from, options)))
		options, from = ask(page(i, cookie))
		given = phone.answers(t, from, options)
		given["name"] = "New"
		from.Post(t, "/auth/passkeys", given).Want(t, 401)

		options, from = questioned(t, page(i, cookie), "/auth/passkeys/enrol", doc{"password": enginetest.Password})
		made := (&device{}).enrols(t, from, options)
		made["name"] = "Stolen"
		thief := also(page(i, enter(t, i, "ann@example.com")), from.Header["Cookie"][strings.LastIndex(from.Header["Cookie"], "passkey="):])
		over(thief.Post(t, "/auth/passkeys", made))

		_, from = ask(page(i, ""))
		from.With("Sec-Fetch-Site", "cross-site").Post(t, "/auth/passkey", given).Want(t, 403)
		page(i, "").With("Sec-Fetch-Site", "cross-site").Post(t, "/auth/passkey/options", doc{"for": "sign_in"}).Want(t, 403)
		page(i, "").Post(t, "/auth/passkey/options", doc{"for": "else"}).Want(t, 422)
		page(i, "").Post(t, "/auth/passkey/options", doc{"for": "confirm"}).Want(t, 401)
		page(i, "").Post(t, "/auth/passkey/options", doc{"for": "second_factor"}).Want(t, 409)
	})
}

// TestOfManyAnswersWithOneCountOneOpens, though each has a question of its own.
func TestOfManyAnswersWithOneCountOneOpens(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		withPassword(t, i, i.Person(t, "Kim"))
		phone, _ := withPasskey(t, i, enter(t, i, "kim@example.com"), "Phone")
		phone.counter++
		var group sync.WaitGroup
		statuses := make([]int, 4)
		for n := range statuses {
			options, from := questioned(t, page(i, ""), "/auth/passkey/options", doc{"for": "sign_in"})
			given := phone.answers(t, from, options)
			group.Go(func() {
				if answer, err := from.Try("POST", "/auth/passkey", given); err == nil {
					statuses[n] = answer.Status
				}
			})
		}
		group.Wait()
		require.ElementsMatch(t, []int{200, 401, 401, 401}, statuses)
	})
}

// TestPasskeysAreUsedWhereBrowsersTakeThem: at a name with https, or on this
// machine.
func TestPasskeysAreUsedWhereBrowsersTakeThem(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, client := range []*enginetest.Client{browser(i, ""), page(i, "")} {
			usable := client.URL != i.URL
			require.Equal(t, map[bool]string{true: client.URL}[usable], client.Get(t, "/auth/ways").Want(t, 200).Data(t)["passkeys"])
			if !usable {
				code, _ := client.Post(t, "/auth/passkey/options", doc{"for": "sign_in"}).Want(t, 409).Fault(t)
				require.Equal(t, "no_passkeys_here", code)
			}
		}
	})
}

// TestThePublicAddressIsThePlaceOfPasskeys, if it has a name and https.
func TestThePublicAddressIsThePlaceOfPasskeys(t *testing.T) {
	t.Parallel()
	for base, place := range map[string]identity.Place{
		"https://crm.example.com":       {Domain: "crm.example.com", Origin: "https://crm.example.com"},
		"https://CRM.example.com:8443/": {Domain: "crm.example.com", Origin: "https://crm.example.com:8443"},
		"http://localhost:8080":         {Domain: "localhost", Origin: "http://localhost:8080"},
		"http://crm.example.com":        {}, "https://10.1.2.3": {}, "https://[2001:db8::1]:443": {}, "http://127.0.0.1:8080": {},
	} {
		found, err := api.PlaceAt(base)
		require.Equal(t, place, found, base)
		require.Equal(t, place == identity.Place{}, fault.Is(err, fault.NoPasskeysHere), base)
	}
}

// TestPasskeysAreNotGuessed: who sends many that open nothing has to wait.
func TestPasskeysAreNotGuessed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		withPassword(t, i, i.Person(t, "Kim"))
		phone, _ := withPasskey(t, i, enter(t, i, "kim@example.com"), "Phone")
		unknown := *phone
		unknown.id = []byte("another passkey, which nobody has")
		var last *enginetest.Answer
		for range 51 {
			last = unknown.signsIn(t, i)
		}
		require.NotEmpty(t, last.Want(t, 429).Header.Get("Retry-After"))
		phone.signsIn(t, i).Want(t, 429)
		advance(t, i, "PT16M")
		phone.counter = unknown.counter
		phone.signsIn(t, i).Want(t, 200)
	})
}
