package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/identity"
)

const (
	passwordLinkPath = personPath + "/password_link"
	forgottenPath    = "/api/v1/auth/reset"
	resetPage        = "/reset"
)

func (s *Server) passwordRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: passwordLinkPath, Ability: identity.ManageAbility, Summary: "Make a link by which a person sets a new password", handle: s.linkPassword},
		{Method: http.MethodPost, Path: forgottenPath, Need: Open, Summary: "Whose password a link sets", handle: s.forgetful},
		{Method: http.MethodPost, Path: forgottenPath + "/password", Need: Open, Summary: "Set a forgotten password", handle: s.setForgotten},
	}
}

// sentPasswordLink is a link to set a password, which is told once.
type sentPasswordLink struct {
	*identity.PasswordLink
	Link string `json:"link"`
}

func (s *Server) linkPassword(r *request) error {
	if err := r.himself(); err != nil {
		return err
	}
	made, err := s.People.LinkPassword(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusCreated, sentPasswordLink{made, s.PasswordPage(made.Token)})
}

// PasswordPage is the address at which the secret of a link sets a password.
func (s *Server) PasswordPage(secret string) string { return s.link(resetPage, secret) }

func (s *Server) forgetful(r *request) error {
	var ask linkAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	forgetful, err := s.People.Forgetful(r.ctx, ask.Token, r.origin())
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, forgetful)
}

// forgottenAsk is the secret of a link to set a password, and the password.
type forgottenAsk struct {
	Token    string `json:"token"`
	Password string `json:"password"`
}

func (s *Server) setForgotten(r *request) error {
	if err := r.sameSite(); err != nil {
		return err
	}
	var ask forgottenAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := s.People.SetForgotten(r.ctx, ask.Token, ask.Password, r.origin()); err != nil {
		return err
	}
	return r.nothing()
}

func passwordExchanges() map[string]exchange {
	return map[string]exchange{
		"POST " + passwordLinkPath:            {status: http.StatusCreated, gives: data(answered[sentPasswordLink]())},
		"POST " + forgottenPath:               {status: http.StatusOK, takes: sent[linkAsk](), gives: data(answered[identity.Forgetful]())},
		"POST " + forgottenPath + "/password": {status: http.StatusNoContent, takes: sent[forgottenAsk]()},
	}
}
