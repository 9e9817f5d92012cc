package api

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/identity"
)

const (
	keyPath  = "/api/v1/auth/passkey"
	keysPath = "/api/v1/auth/passkeys"
)

func (s *Server) passkeyRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: keyPath + "/options", Need: Open, Summary: "Ask a browser for a passkey: to sign in, after a password, or in place of one", handle: s.askPasskey},
		{Method: http.MethodPost, Path: keyPath, Need: Open, Summary: "Sign in with a passkey", handle: s.signInWithPasskey},
		{Method: http.MethodGet, Path: keysPath, Whole: true, Private: true, Enrols: true, Summary: "One’s own passkeys", handle: s.passkeys},
		{Method: http.MethodPost, Path: keysPath + "/enrol", Whole: true, Enrols: true, Summary: "Ask a browser for a new passkey", handle: s.enrolPasskey},
		{Method: http.MethodPost, Path: keysPath, Whole: true, Enrols: true, Summary: "Add the passkey with which a browser answers", handle: s.addPasskey},
		{Method: http.MethodPost, Path: keysPath + "/:id/remove", Whole: true, Summary: "Take one of one’s own passkeys away", handle: s.removePasskey},
	}
}

// passkeyCookie is the name of the cookie by which a browser is known that was
// asked for a passkey.
func (s *Server) passkeyCookie() string {
	if s.secure() {
		return "__Host-passkey"
	}
	return "passkey"
}

// place is where passkeys are used: at an address with a name and https, or on
// this machine. Browsers know no other. Fault: no_passkeys_here.
func (s *Server) place(r *request) (identity.Place, error) {
	base, err := s.address(r)
	if err != nil {
		return identity.Place{}, fault.New(fault.NoPasskeysHere).Because(err)
	}
	return placeAt(base)
}

// placeAt is place for a server that browsers find at an address.
func placeAt(base string) (identity.Place, error) {
	at, err := url.Parse(base)
	if err != nil {
		return identity.Place{}, fault.New(fault.NoPasskeysHere).Because(err)
	}
	name := at.Hostname()
	_, notIP := netip.ParseAddr(name)
	if notIP == nil || at.Scheme != "https" && name != "localhost" {
		return identity.Place{}, fault.New(fault.NoPasskeysHere)
	}
	return identity.Place{Domain: strings.ToLower(name), Origin: at.Scheme + "://" + strings.ToLower(at.Host)}, nil
}

// question gives a browser what its passkey is to sign.
func (s *Server) question(r *request, question *identity.Question) error {
	s.setCookie(r, s.passkeyCookie(), question.Browser, identity.QuestionLife)
	return r.data(http.StatusOK, question.Options)
}

// The purposes for which a browser is asked for a passkey.
const (
	passkeyFirst   = "sign_in"
	passkeySecond  = "second_factor"
	passkeyConfirm = "confirm"
)

// passkeyPurpose is for what a browser is asked.
type passkeyPurpose struct {
	For string `json:"for"` // sign_in, second_factor after a password, or confirm in place of it
}

func (s *Server) askPasskey(r *request) error {
	if err := r.sameSite(); err != nil {
		return err
	}
	var ask passkeyPurpose
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	place, err := s.place(r)
	if err != nil {
		return err
	}
	var question *identity.Question
	switch browser := r.Cookies(s.passkeyCookie()); ask.For {
	case passkeyFirst:
		question, err = s.People.AskPasskey(r.ctx, browser, place, r.origin())
	case passkeySecond:
		question, err = s.People.AskPasskeyOf(r.ctx, r.Cookies(s.challengeCookie()), browser, place, r.origin())
	case passkeyConfirm:
		if r.actor == nil {
			return fault.New(fault.Unauthorized)
		}
		if err := r.himself(); err != nil {
			return err
		}
		question, err = s.People.ConfirmWithPasskey(r.ctx, r.actor, browser, place, r.origin())
	default:
		return fault.New(fault.InvalidValues).At("/for", fault.UnknownOption, "value", ask.For)
	}
	if err != nil {
		return err
	}
	return s.question(r, question)
}

// passkeyAnswer is what a browser answers that was asked for a passkey.
type passkeyAnswer struct {
	Credential json.RawMessage `json:"credential"`
}

func (s *Server) signInWithPasskey(r *request) error {
	if err := r.sameSite(); err != nil {
		return err
	}
	var ask passkeyAnswer
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	place, err := s.place(r)
	if err != nil {
		return err
	}
	entered, err := s.People.SignInWithPasskey(r.ctx, ask.Credential, r.Cookies(s.passkeyCookie()), r.Cookies(s.challengeCookie()), place, r.origin())
	if err != nil {
		return err
	}
	s.setCookie(r, s.passkeyCookie(), "", 0)
	s.setCookie(r, s.challengeCookie(), "", 0)
	return s.enter(r, http.StatusOK, entered)
}

func (s *Server) passkeys(r *request) error {
	passkeys, err := s.People.Passkeys(r.ctx, r.actor)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, passkeys)
}

func (s *Server) enrolPasskey(r *request) error {
	password, err := r.password()
	if err != nil {
		return err
	}
	place, err := s.place(r)
	if err != nil {
		return err
	}
	question, err := s.People.EnrolPasskey(r.ctx, r.actor, password, r.Cookies(s.passkeyCookie()), place, r.origin())
	if err != nil {
		return err
	}
	return s.question(r, question)
}

// newPasskey is a passkey that is to be added.
type newPasskey struct {
	Name string `json:"name"`
	passkeyAnswer
}

func (s *Server) addPasskey(r *request) error {
	var ask newPasskey
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	place, err := s.place(r)
	if err != nil {
		return err
	}
	added, fresh, err := s.People.AddPasskey(r.ctx, r.actor, ask.Name, ask.Credential, r.Cookies(s.passkeyCookie()), r.secret, place)
	if err != nil {
		return err
	}
	s.renew(r, fresh)
	return r.data(http.StatusCreated, added)
}

// confirmation is a password, or the answer of a passkey in place of it.
type confirmation struct {
	Password string `json:"password"`
	passkeyAnswer
}

func (s *Server) removePasskey(r *request) error {
	var ask confirmation
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	given := identity.Confirmation{Password: ask.Password}
	if len(ask.Credential) > 0 && string(ask.Credential) != "null" {
		place, err := s.place(r)
		if err != nil {
			return err
		}
		given.Answer, given.Browser, given.Place = ask.Credential, r.Cookies(s.passkeyCookie()), place
	}
	if err := s.People.RemovePasskey(r.ctx, r.actor, r.Params("id"), given, r.origin()); err != nil {
		return err
	}
	return r.nothing()
}

func passkeyExchanges() map[string]exchange {
	options := data(members(map[string]any{"publicKey": anyObject()}))
	return map[string]exchange{
		"POST " + keyPath + "/options":     {status: http.StatusOK, takes: sent[passkeyPurpose](), gives: options},
		"POST " + keyPath:                  {status: http.StatusOK, takes: sent[passkeyAnswer](), gives: data(answered[identity.Me]())},
		"GET " + keysPath:                  {status: http.StatusOK, gives: data(listOf(answered[identity.Passkey]()))},
		"POST " + keysPath + "/enrol":      {status: http.StatusOK, takes: sent[passwordAsk](), gives: options},
		"POST " + keysPath:                 {status: http.StatusCreated, takes: sent[newPasskey](), gives: data(answered[identity.Enrolled]())},
		"POST " + keysPath + "/:id/remove": {status: http.StatusNoContent, takes: sent[confirmation]()},
	}
}
