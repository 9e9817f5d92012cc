package api

import (
	"net/http"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/identity"
)

func (s *Server) personRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/me", Enrols: true, Summary: "Who the caller is and what he may do", handle: s.me},
		{Method: http.MethodPatch, Path: "/api/v1/me", Whole: true, Summary: "Change one’s own name, language or time zone", handle: s.changeMe},
		{Method: http.MethodGet, Path: "/api/v1/tokens", Whole: true, Private: true, Summary: "One’s own API keys", handle: s.tokens},
		{Method: http.MethodPost, Path: "/api/v1/tokens", Whole: true, Summary: "Make an API key", handle: s.createToken},
		{Method: http.MethodDelete, Path: "/api/v1/tokens/:id", Whole: true, Summary: "Revoke one of one’s own API keys", handle: s.deleteToken},
	}
}

func (s *Server) me(r *request) error { return s.answerMe(r, http.StatusOK, r.actor) }

func (s *Server) changeMe(r *request) error {
	var profile identity.Profile
	if err := r.into(smallBody, &profile); err != nil {
		return err
	}
	if err := s.People.ChangeProfile(r.ctx, r.actor, profile); err != nil {
		return err
	}
	if err := s.identify(r, Route{}, false); err != nil {
		return err
	}
	return s.answerMe(r, http.StatusOK, r.actor)
}

func (s *Server) tokens(r *request) error {
	tokens, err := s.People.Tokens(r.ctx, r.actor)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, tokens)
}

// keyAsk is an API key that is to be made. With scopes or abilities it is limited
// to them.
type keyAsk struct {
	Name      string            `json:"name"`
	Days      *int              `json:"expires_in_days"`
	Scopes    map[string]string `json:"scopes"`
	Abilities []string          `json:"abilities"`
}

func (s *Server) createToken(r *request) error {
	var ask keyAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	life := identity.DefaultKeyLife
	if ask.Days != nil {
		life = time.Duration(min(max(*ask.Days, 0), 100_000)) * 24 * time.Hour
	}
	var limit *access.Limit
	if ask.Scopes != nil || ask.Abilities != nil {
		limit = access.NewLimit(ask.Scopes, ask.Abilities)
	}
	token, err := s.People.CreateToken(r.ctx, r.actor, ask.Name, life, limit)
	if err != nil {
		return err
	}
	return r.data(http.StatusCreated, token)
}

func (s *Server) deleteToken(r *request) error {
	if err := s.People.DeleteToken(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}
