package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

func (r *reader) peopleAre(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	r.data(t, "GET", "/me", nil)
	r.data(t, "PATCH", "/me", doc{"name": "Ada"})
	r.data(t, "GET", "/session", nil)
	stranger := *r
	stranger.Client = &enginetest.Client{URL: r.URL}
	require.Nil(t, stranger.data(t, "GET", "/session", nil))
	stranger.try(t, "GET", "/me", nil).Want(t, 401)
	login := stranger.try(t, "POST", "/auth/login", doc{"email": enginetest.AdminEmail, "password": enginetest.Password}).Want(t, 200)
	cookie, _, _ := strings.Cut(login.Header.Get("Set-Cookie"), ";")
	signedIn := *r
	signedIn.Client = stranger.With("Cookie", cookie)
	signedIn.viewsAre(t, i)
	token := signedIn.data(t, "POST", "/tokens", doc{"name": "k", "expires_in_days": 3})
	signedIn.try(t, "GET", "/tokens", nil).Want(t, 200)
	signedIn.try(t, "DELETE", fmt.Sprint("/tokens/", token["id"]), nil).Want(t, 204)
	signedIn.invitationsAre(t, &stranger)
	signedIn.providersAre(t, &stranger)
	signedIn.factorsAre(t, i, &stranger)
	sessions := signedIn.try(t, "GET", "/sessions", nil).Want(t, 200).List(t)
	signedIn.try(t, "POST", "/auth/password", doc{"current": enginetest.Password, "new": "another horse, another battery"}).Want(t, 204)
	signedIn.try(t, "DELETE", fmt.Sprint("/sessions/", sessions[0]["id"]), nil)
	stranger.try(t, "POST", "/auth/logout", nil).Want(t, 204)
}

// viewsAre tries how somebody looks at the application as another.
func (r *reader) viewsAre(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	r.data(t, "POST", viewAs, doc{"user": i.Person(t, "Seen").UserID})
	r.data(t, "GET", "/session", nil)
	r.try(t, "DELETE", viewAs, nil).Want(t, 204)
}

// invitationsAre tries how somebody is invited and comes in, and what who
// manages people may end.
func (r *reader) invitationsAre(t *testing.T, stranger *reader) {
	t.Helper()
	invite := func(email string) *enginetest.Answer {
		return r.try(t, "POST", "/invitations", doc{"email": email, "name": "New", "roles": []string{}})
	}
	first := fmt.Sprint("/invitations/", invite("first@example.com").Data(t)["id"])
	again := r.data(t, "POST", first+"/resend", nil)
	r.try(t, "GET", "/invitations", nil).Want(t, 200)
	r.try(t, "DELETE", fmt.Sprint("/invitations/", again["id"]), nil).Want(t, 204)
	token := tokenOf(t, invite("second@example.com"))
	stranger.data(t, "POST", "/auth/invitation", doc{"token": token})
	person := stranger.data(t, "POST", "/auth/invitation/accept", doc{"token": token, "name": "New", "password": "a much longer passphrase"})
	r.try(t, "GET", fmt.Sprint("/people?ids=", person["id"]), nil).Want(t, 200)
	r.try(t, "GET", "/people/tokens", nil).Want(t, 200)
	r.try(t, "DELETE", fmt.Sprint("/people/tokens/", r.data(t, "POST", "/tokens", doc{"name": "k", "scopes": doc{"lead": "read"}})["id"]), nil).Want(t, 204)
	link := r.data(t, "POST", fmt.Sprint("/people/", person["id"], "/password_link"), nil)["link"]
	_, token, _ = strings.Cut(fmt.Sprint(link), "#")
	stranger.data(t, "POST", "/auth/reset", doc{"token": token})
	stranger.try(t, "POST", "/auth/reset/password", doc{"token": token, "password": "another longer passphrase"}).Want(t, 204)
	me := r.data(t, "GET", "/me", nil)["id"]
	r.try(t, "GET", fmt.Sprint("/people/", me, "/records"), nil).Want(t, 200)
	begun := r.data(t, "POST", fmt.Sprint("/people/", person["id"], "/handovers"), doc{"to": me, "objects": []string{"lead"}, "disable": false})
	handedOver(t, r.Client, begun["id"])
	r.try(t, "GET", "/handovers", nil).Want(t, 200)
	r.data(t, "POST", fmt.Sprint("/handovers/", begun["id"], "/undo"), nil)
	away := r.data(t, "POST", "/delegations", doc{"to": person["id"], "until": time.Now().Add(time.Hour)})
	r.try(t, "GET", "/delegations", nil).Want(t, 200)
	r.try(t, "GET", "/delegations?current=true", nil).Want(t, 200)
	r.try(t, "DELETE", fmt.Sprint("/delegations/", away["id"]), nil).Want(t, 204)
	for _, what := range []string{"totp", "sessions", "tokens"} {
		r.try(t, "DELETE", fmt.Sprint("/people/", person["id"], "/", what), nil)
	}
}

// providersAre tries how a provider is added, tried and taken away.
func (r *reader) providersAre(t *testing.T, stranger *reader) {
	t.Helper()
	path := "/single_sign_on/providers"
	r.data(t, "POST", path, doc{"name": "acme", "title": doc{"en": "Acme", "zh-CN": "公司"}, "issuer": "https://127.0.0.1:1", "client_id": "c", "secret": "s", "enabled": true})
	r.data(t, "PATCH", path+"/acme", doc{"adds_people": true, "domains": []string{"example.com"}, "roles": []string{}})
	r.try(t, "GET", path, nil).Want(t, 200)
	require.Nil(t, r.data(t, "POST", path+"/acme/test", doc{})["location"])
	require.NotNil(t, r.data(t, "GET", path+"/acme", nil)["test"])
	r.try(t, "POST", path+"/acme/connect", doc{"password": enginetest.Password}).Want(t, 422)
	stranger.data(t, "GET", "/auth/ways", nil)
	for _, way := range []string{"/auth/oidc/acme/start?next=/", "/auth/oidc/acme/callback?state=x&code=y"} {
		stranger.try(t, "GET", way, nil)
	}
	stranger.data(t, "GET", "/brand", nil)
	logo := r.Send(t, "/organisation/logo", "a.png", picture(t, 9, 9)).Want(t, 200).Data(t)["brand"].(map[string]any)["logo"]
	r.met["POST /api/v1/organisation/logo"] = true
	stranger.try(t, "GET", fmt.Sprint("/brand/logo/", logo), nil).Want(t, 200)
	r.data(t, "DELETE", "/organisation/logo", nil)
	r.data(t, "GET", "/organisation", nil)
	r.data(t, "PATCH", "/organisation", doc{"name": "Acme", "languages": []string{"en", "zh-CN"}})
	r.data(t, "GET", "/second_factor", nil)
	r.data(t, "PUT", "/second_factor", doc{"required_of": "builders", "days": 14})
	r.data(t, "GET", "/single_sign_on", nil)
	r.data(t, "PUT", "/single_sign_on", doc{"only": false, "emergency": []string{}})
	r.try(t, "DELETE", path+"/acme", nil).Want(t, 204)
}

// passkeysAre tries the passkeys of who is signed in.
func (r *reader) passkeysAre(t *testing.T, i *enginetest.Installation, stranger *reader) {
	t.Helper()
	password, d := doc{"password": enginetest.Password}, &device{counter: 1}
	at := func(of *reader) *reader {
		named := *of
		named.Client = page(i, of.Header["Cookie"])
		return &named
	}
	ask := func(of *reader, path string, body doc) (doc, *reader) {
		answer := of.try(t, "POST", path, body).Want(t, 200)
		from := *of
		from.Client = also(of.Client, cookieOf(answer.Header, "passkey"))
		return answer.Data(t)["publicKey"].(doc), &from
	}
	options, from := ask(at(r), "/auth/passkeys/enrol", password)
	made := d.enrols(t, from.Client, options)
	made["name"] = "Phone"
	added := from.data(t, "POST", "/auth/passkeys", made)
	r.try(t, "GET", "/auth/passkeys", nil).Want(t, 200)
	d.counter++
	options, from = ask(at(stranger), "/auth/passkey/options", doc{"for": "sign_in"})
	from.data(t, "POST", "/auth/passkey", d.answers(t, from.Client, options))
	r.try(t, "POST", fmt.Sprint("/auth/passkeys/", added["id"], "/remove"), password).Want(t, 204)
}

// factorsAre tries the second factor of who is signed in.
func (r *reader) factorsAre(t *testing.T, i *enginetest.Installation, stranger *reader) {
	t.Helper()
	password := doc{"password": enginetest.Password}
	a := app{i, r.data(t, "POST", "/auth/totp/enrol", password)["secret"].(string)}
	r.data(t, "POST", "/auth/totp/confirm", doc{"code": a.code(t)})
	r.data(t, "GET", "/auth/totp", nil)
	challenged := stranger.try(t, "POST", "/auth/login", doc{"email": enginetest.AdminEmail, "password": enginetest.Password})
	cookie, _, _ := strings.Cut(challenged.Header.Get("Set-Cookie"), ";")
	half := *stranger
	half.Client = stranger.With("Cookie", cookie)
	half.data(t, "POST", "/auth/totp", doc{"code": a.code(t)})
	r.data(t, "POST", "/auth/totp/recovery_codes", password)
	r.passkeysAre(t, i, stranger)
	r.try(t, "POST", "/auth/totp/off", password).Want(t, 204)
	r.try(t, "DELETE", "/sessions", nil).Want(t, 204)
}
