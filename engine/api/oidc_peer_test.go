package api_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// peer is a provider of OpenID Connect that keeps to the standard, unless a test
// has it do otherwise.
type peer struct {
	*httptest.Server
	i    *enginetest.Installation
	key  *rsa.PrivateKey
	down atomic.Bool

	mutex sync.Mutex
	codes map[string]url.Values // what was asked for with each
	used  map[string]bool

	// What it says of who comes; a test may change it before somebody comes.
	subject, email string
	verified       any
	sparse         bool // the token names nobody's address, the profile does
	token          func(claims, header doc)
	signature      func(signed string) string
	profile        func(claims doc)
	discovery      func(said doc)
	lax            bool // takes a code twice, and without its verifier
}

const (
	clientID     = "trellis"
	clientSecret = "a secret of the provider"
)

// withPeer runs a test on both databases, with a provider beside each that is
// known as acme.
func withPeer(t *testing.T, test func(t *testing.T, i *enginetest.Installation, p *peer)) {
	t.Helper()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := engine.Config{Directory: t.TempDir(), PrivateNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
			if name == "postgres" {
				config.DatabaseURL = enginetest.Database(t)
			}
			i := enginetest.New(t, config)
			p := newPeer(t, i)
			keeper(t, i).Post(t, "/single_sign_on/providers", p.settings("acme")).Want(t, 201)
			test(t, i, p)
		})
	}
}

// keeper is the administrator in his browser.
func keeper(t *testing.T, i *enginetest.Installation) *enginetest.Client {
	t.Helper()
	return browser(i, enter(t, i, enginetest.AdminEmail))
}

func newPeer(t *testing.T, i *enginetest.Installation) *peer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &peer{i: i, key: key, codes: map[string]url.Values{}, used: map[string]bool{}, subject: "s-1", email: "kim@example.com", verified: true}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		said := doc{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"userinfo_endpoint": p.URL + "/me", "id_token_signing_alg_values_supported": []string{"RS256"},
		}
		if p.discovery != nil {
			p.discovery(said)
		}
		answer(w, 200, said)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		public := doc{"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": encoded(key.N.Bytes()), "e": encoded(big.NewInt(int64(key.E)).Bytes())}
		answer(w, 200, doc{"keys": []any{public}})
	})
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("/token", p.redeem)
	mux.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer access" {
			answer(w, 401, doc{"error": "invalid_token"})
			return
		}
		said := doc{"sub": p.subject, "email": p.email, "email_verified": p.verified, "name": "Kim Lee"}
		if p.profile != nil {
			p.profile(said)
		}
		answer(w, 200, said)
	})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// settings are those of the provider here.
func (p *peer) settings(name string) doc {
	return doc{"name": name, "title": doc{"en": "Acme account", "zh-CN": "公司账号"}, "issuer": p.URL, "client_id": clientID, "secret": clientSecret, "enabled": true}
}

func answer(w http.ResponseWriter, status int, body doc) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func encoded(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// authorize sends the browser back with a code.
func (p *peer) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	p.mutex.Lock()
	code := fmt.Sprint("code-", len(p.codes))
	p.codes[code] = asked
	p.mutex.Unlock()
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode(), http.StatusFound)
}

// redeem gives the tokens of a code, once, to who has its verifier.
func (p *peer) redeem(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	id, secret, _ := r.BasicAuth()
	code := r.PostForm.Get("code")
	p.mutex.Lock()
	asked, known := p.codes[code]
	again := p.used[code]
	p.used[code] = true
	p.mutex.Unlock()
	challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	proven := asked.Get("code_challenge_method") == "S256" && asked.Get("code_challenge") == encoded(challenge[:]) && asked.Get("redirect_uri") == r.PostForm.Get("redirect_uri")
	secret, _ = url.QueryUnescape(secret)
	switch {
	case id != clientID || secret != clientSecret:
		answer(w, 401, doc{"error": "invalid_client"})
	case !known || !p.lax && (again || !proven):
		answer(w, 400, doc{"error": "invalid_grant"})
	default:
		answer(w, 200, doc{"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": p.idToken(asked.Get("nonce"))})
	}
}

// idToken says who has come.
func (p *peer) idToken(nonce string) string {
	now := p.i.Clock.Now()
	claims := doc{"iss": p.URL, "aud": clientID, "sub": p.subject, "nonce": nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	if !p.sparse {
		claims["email"], claims["email_verified"], claims["name"] = p.email, p.verified, "Kim Lee"
	}
	header := doc{"alg": "RS256", "kid": "one", "typ": "JWT"}
	if p.token != nil {
		p.token(claims, header)
	}
	said := make([]string, 0, 2)
	for _, part := range []doc{header, claims} {
		raw, _ := json.Marshal(part)
		said = append(said, encoded(raw))
	}
	signed := strings.Join(said, ".")
	if p.signature != nil {
		return signed + "." + p.signature(signed)
	}
	return signed + "." + sign(p.key, signed)
}

func sign(key *rsa.PrivateKey, signed string) string {
	sum := sha256.Sum256([]byte(signed))
	signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return encoded(signature)
}

// led asks as a browser that is told where to go, and does not go there.
func led(t *testing.T, address, cookie string) (location string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	request.Header.Set("Cookie", cookie)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.Header.Get("Location"), answer.Header
}

// cookieOf is a cookie that an answer sets, to be sent; "" when it sets none.
func cookieOf(header http.Header, name string) string {
	for _, set := range header.Values("Set-Cookie") {
		if cookie, _, _ := strings.Cut(set, ";"); strings.HasPrefix(cookie, name+"=") && cookie != name+"=" {
			return cookie
		}
	}
	return ""
}

// back is what a browser brings from the provider: the address, and its cookie.
type back struct{ address, cookie string }

// gone goes to the provider, and comes as far as its door back.
func gone(t *testing.T, i *enginetest.Installation, next string) back {
	t.Helper()
	location, header := led(t, i.URL+"/api/v1/auth/oidc/acme/start?next="+url.QueryEscape(next), "")
	cookie := cookieOf(header, "visit")
	require.NotEmpty(t, cookie, location)
	at, _ := led(t, location, "")
	return back{at, cookie}
}

// comes goes to the provider and comes back: where to, and with which session.
func comes(t *testing.T, i *enginetest.Installation) (location, session string) {
	t.Helper()
	from := gone(t, i, "/o/lead")
	return from.enters(t)
}

func (b back) enters(t *testing.T) (location, session string) {
	t.Helper()
	location, header := led(t, b.address, b.cookie)
	return location, cookieOf(header, "sid")
}

// refused wants that nobody came in, for this reason.
func refused(t *testing.T, code, location, session string) {
	t.Helper()
	require.Empty(t, session)
	address, err := url.Parse(location)
	require.NoError(t, err)
	require.Equal(t, []string{"/sign-in", code}, []string{address.Path, address.Query().Get("refused")}, location)
}
