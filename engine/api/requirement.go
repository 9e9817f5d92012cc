package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/identity"
)

const requirementPath = "/api/v1/second_factor"

func (s *Server) requirementRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: requirementPath, Ability: identity.ManageAbility, Whole: true, Summary: "Of whom a second factor is required, and who has none", handle: s.requirement},
		{Method: http.MethodPut, Path: requirementPath, Ability: identity.ManageAbility, Whole: true, Summary: "Say of whom a second factor is required", handle: s.keepRequirement},
	}
}

// enrolled lets who lacks a second factor that is required come to nothing but
// what gives him one. Where everybody may come he is a stranger. Fault:
// second_factor_required.
func (r *request) enrolled(route Route) error {
	switch {
	case r.actor == nil, !r.actor.Confined, route.Enrols:
		return nil
	case route.Need == Open:
		r.actor, r.secret = nil, ""
		return nil
	}
	return fault.New(fault.FactorRequired)
}

// toldRequirement is of whom a second factor is required, and who has none.
type toldRequirement struct {
	identity.Requirement
	Without *identity.Lack `json:"without"`
}

func (s *Server) requirement(r *request) error {
	setting, lack, err := s.People.Requirement(r.ctx, r.actor)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, toldRequirement{*setting, lack})
}

func (s *Server) keepRequirement(r *request) error {
	var ask identity.Requirement
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	if err := s.People.KeepRequirement(r.ctx, r.actor, ask); err != nil {
		return err
	}
	return s.requirement(r)
}

func requirementExchanges() map[string]exchange {
	setting := data(answered[toldRequirement]())
	return map[string]exchange{
		"GET " + requirementPath: {status: http.StatusOK, gives: setting},
		"PUT " + requirementPath: {status: http.StatusOK, takes: sent[identity.Requirement](), gives: setting},
	}
}
