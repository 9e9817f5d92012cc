package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/identity"
)

const (
	waysPath     = "/api/v1/auth/ways"
	departPath   = "/api/v1/auth/oidc/:provider/start"
	callbackPath = "/api/v1/auth/oidc/:provider/callback"
	signInPage   = "/sign-in"
	trialPage    = "/settings/single-sign-on/"
)

func (s *Server) oidcRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: waysPath, Need: Open, Summary: "The ways to sign in", handle: s.ways},
		{Method: http.MethodGet, Path: departPath, Need: Open, Summary: "Send a browser to a provider, to sign in", handle: s.depart},
		{Method: http.MethodGet, Path: callbackPath, Need: Open, Summary: "Take back a browser from a provider", handle: s.comeBack},
	}
}

func (s *Server) ways(r *request) error {
	ways, err := s.People.Ways(r.ctx, r.actor)
	if err != nil {
		return err
	}
	if place, err := s.place(r); err == nil {
		ways.Passkeys = place.Origin
	}
	return r.data(http.StatusOK, ways)
}

// visitCookie is the name of the cookie of who was sent to a provider.
func (s *Server) visitCookie() string {
	if s.secure() {
		return "__Host-visit"
	}
	return "visit"
}

// callback is where a provider is to send people back to. Without a base URL
// there is one only on this machine: another host is what the request says.
// Fault: no_base_url.
func (s *Server) callback(r *request, provider string) (string, error) {
	base, err := s.address(r)
	return base + strings.Replace(callbackPath, ":provider", provider, 1), err
}

// address is where browsers find the server. Fault: no_base_url.
func (s *Server) address(r *request) (string, error) {
	base := strings.TrimRight(s.BaseURL, "/")
	if base == "" {
		host := string(r.Context().Host())
		name := host
		if only, _, err := net.SplitHostPort(host); err == nil {
			name = only
		}
		if address, err := netip.ParseAddr(strings.Trim(name, "[]")); name != "localhost" && (err != nil || !address.IsLoopback()) {
			return "", fault.New(fault.NoBaseURL)
		}
		base = "http://" + host
	}
	return base, nil
}

// depart answers a browser, never a program: what is wrong is told on the page
// of signing in.
func (s *Server) depart(r *request) error {
	provider, next := r.Params("provider"), identity.Inside(r.Query("next"))
	callback, err := s.callback(r, provider)
	if err != nil {
		return s.turnAway(r, provider, next, err)
	}
	visit, err := s.People.Depart(r.ctx, provider, callback, next, r.origin())
	if err != nil {
		return s.turnAway(r, provider, next, err)
	}
	s.setCookie(r, s.visitCookie(), visit.Browser, identity.VisitLife)
	return r.Redirect(visit.Location, http.StatusSeeOther)
}

func (s *Server) comeBack(r *request) error {
	r.Set("Referrer-Policy", "no-referrer") // the address has the code in it
	provider := r.Params("provider")
	brought := identity.Brought{
		State: r.Query("state"), Code: r.Query("code"), Issuer: r.Query("iss"),
		Error: r.Query("error"), Description: r.Query("error_description"), Browser: r.Cookies(s.visitCookie()),
	}
	s.setCookie(r, s.visitCookie(), "", 0)
	returned, err := s.People.Return(r.ctx, provider, brought, r.actor, r.origin())
	switch {
	case err != nil:
		return s.turnAway(r, provider, "/", err)
	case returned.Entered == nil:
		return r.Redirect(trialPage+provider, http.StatusSeeOther)
	case returned.Entered.Actor == nil:
		s.setCookie(r, s.challengeCookie(), returned.Entered.Challenge, identity.ChallengeLife)
		step := "code"
		if returned.Entered.Factors.Passkey {
			step = "passkey"
		}
		return r.Redirect(signInPage+"?"+url.Values{"step": {step}, "next": {returned.Next}}.Encode(), http.StatusSeeOther)
	default:
		s.setCookie(r, s.sessionCookie(), returned.Entered.Secret, sessionCookieLife)
		return r.Redirect(returned.Next, http.StatusSeeOther)
	}
}

// turnAway sends a browser to the page of signing in, which says why.
func (s *Server) turnAway(r *request, provider, next string, why error) error {
	f := s.faultOf(r.Ctx, why)
	query := url.Values{"refused": {string(f.Code)}, "provider": {provider}}
	if next != "/" {
		query.Set("next", next)
	}
	return r.Redirect(signInPage+"?"+query.Encode(), http.StatusSeeOther)
}

func oidcExchanges() map[string]exchange {
	return map[string]exchange{
		"GET " + waysPath:     {status: http.StatusOK, gives: data(answered[identity.Ways]())},
		"GET " + departPath:   {status: http.StatusSeeOther, asks: []string{"next"}},
		"GET " + callbackPath: {status: http.StatusSeeOther, asks: []string{"state", "code", "iss", "error", "error_description"}, format: fiber.MIMETextHTML},
	}
}
