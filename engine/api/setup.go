package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/setup"
)

// setupCookie carries the secret of the set-up link to what the page loads.
const setupCookie = "setup"

func (s *Server) setupRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/setup", Need: SetUp, Summary: "What an installation can start with", handle: s.setupChoices},
		{Method: http.MethodPost, Path: "/api/v1/setup", Need: SetUp, Summary: "Set the installation up", handle: s.setUp},
	}
}

func (s *Server) setupChoices(r *request) error {
	templates, err := s.Setup.Templates()
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, map[string]any{"templates": templates, "locales": metadata.Locales()})
}

func (s *Server) setUp(r *request) error {
	var ask setup.Request
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if ask.Locale != "" {
		r.language = ask.Locale
	}
	id, err := s.Setup.Run(r.ctx, ask)
	if err != nil {
		return err
	}
	secret, err := s.People.OpenSession(r.ctx, id, identity.Origin{Address: r.IP(), Agent: r.Get("User-Agent")})
	if err != nil {
		return err
	}
	actor, err := s.People.BySession(r.ctx, secret, false)
	if err != nil {
		return err
	}
	s.setCookie(r, setupCookie, "", 0)
	return s.enter(r, http.StatusCreated, &identity.Entered{Actor: actor, Secret: secret})
}
