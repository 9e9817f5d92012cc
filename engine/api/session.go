package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/identity"
)

func (s *Server) sessionRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/api/v1/auth/login", Need: Open, Summary: "Sign in", handle: s.signIn},
		{Method: http.MethodPost, Path: "/api/v1/auth/logout", Need: Open, Own: true, Enrols: true, Summary: "Sign out", handle: s.signOut},
		{Method: http.MethodPost, Path: "/api/v1/auth/password", Whole: true, Summary: "Change one’s own password", handle: s.changePassword},
		{Method: http.MethodGet, Path: "/api/v1/session", Need: Open, Enrols: true, Summary: "Who is signed in, if anybody", handle: s.session},
		{Method: http.MethodGet, Path: "/api/v1/sessions", Whole: true, Private: true, Summary: "One’s own sessions", handle: s.sessions},
		{Method: http.MethodDelete, Path: "/api/v1/sessions", Whole: true, Summary: "End all of one’s own sessions but the one in use", handle: s.endOthers},
		{Method: http.MethodDelete, Path: "/api/v1/sessions/:id", Whole: true, Summary: "End one of one’s own sessions", handle: s.endSession},
	}
}

// secure reports whether people reach the server over https.
func (s *Server) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

// sessionCookie is the name of the session's cookie.
func (s *Server) sessionCookie() string {
	if s.secure() {
		return "__Host-sid"
	}
	return "sid"
}

// challengeCookie is the name of the cookie of who has yet to give the second
// factor.
func (s *Server) challengeCookie() string {
	if s.secure() {
		return "__Host-challenge"
	}
	return "challenge"
}

func (s *Server) setCookie(r *request, name, value string, life time.Duration) {
	cookie := &fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.secure(), SameSite: fiber.CookieSameSiteLaxMode}
	if life > 0 {
		cookie.MaxAge = int(life.Seconds())
	} else {
		cookie.Expires = time.Unix(1, 0)
	}
	r.Cookie(cookie)
}

// sessionCookieLife is how long the browser keeps the cookie; the session
// itself ends on the server.
const sessionCookieLife = 14 * 24 * time.Hour

func (s *Server) signIn(r *request) error {
	if err := r.sameSite(); err != nil {
		return err
	}
	var ask struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	entered, err := s.People.SignIn(r.ctx, ask.Email, ask.Password, r.origin())
	if err != nil {
		return err
	}
	if entered.Actor == nil {
		s.setCookie(r, s.challengeCookie(), entered.Challenge, identity.ChallengeLife)
		return r.data(http.StatusOK, needed(entered.Factors))
	}
	return s.enter(r, http.StatusOK, entered)
}

// secondStep is what a sign-in still needs.
type secondStep struct {
	Needs   string `json:"needs"`             // totp, or passkey for who has no app
	Passkey bool   `json:"passkey,omitempty"` // may be given, too
}

func needed(factors identity.Factors) secondStep {
	if !factors.App {
		return secondStep{Needs: "passkey"}
	}
	return secondStep{Needs: "totp", Passkey: factors.Passkey}
}

// enter gives who signed in his cookie, and tells him about himself.
func (s *Server) enter(r *request, status int, entered *identity.Entered) error {
	r.actor, r.secret = entered.Actor, entered.Secret
	s.localise(r)
	s.setCookie(r, s.sessionCookie(), entered.Secret, sessionCookieLife)
	return s.answerMe(r, status, entered.Actor)
}

func (s *Server) answerMe(r *request, status int, actor *access.Actor) error {
	me, err := s.People.Me(actor)
	if err != nil {
		return err
	}
	if r.secret != "" && actor.Viewer == "" {
		if me.SecondFactor, err = s.People.Term(r.ctx, actor, r.secret); err != nil {
			return err
		}
	}
	return r.data(status, me)
}

// renew gives a session that was confined its new cookie; fresh is "" for one
// that was not.
func (s *Server) renew(r *request, fresh string) {
	if fresh != "" {
		s.setCookie(r, s.sessionCookie(), fresh, sessionCookieLife)
	}
}

func (s *Server) signOut(r *request) error {
	if r.secret != "" {
		if err := s.People.SignOut(r.ctx, r.secret); err != nil {
			return err
		}
	}
	s.setCookie(r, s.sessionCookie(), "", 0)
	return r.nothing()
}

func (s *Server) session(r *request) error {
	if r.actor == nil {
		return r.data(http.StatusOK, nil)
	}
	if r.actor.Viewer == "" {
		return s.answerMe(r, http.StatusOK, r.actor)
	}
	seen, err := s.People.Seen(r.ctx, r.actor, r.secret)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, seen)
}

// himself refuses what takes the person himself, and not a program with a key.
func (r *request) himself() error {
	if r.actor.Via != "session" {
		return fault.New(fault.Forbidden)
	}
	return nil
}

func (s *Server) changePassword(r *request) error {
	var ask struct {
		Current string `json:"current"`
		New     string `json:"new"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	if err := s.People.ChangePassword(r.ctx, r.actor, ask.Current, ask.New, r.secret, r.origin()); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) sessions(r *request) error {
	sessions, err := s.People.Sessions(r.ctx, r.actor, r.secret)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, sessions)
}

func (s *Server) endOthers(r *request) error {
	if err := s.People.EndOthers(r.ctx, r.actor, r.secret); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) endSession(r *request) error {
	if err := s.People.EndSession(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}
