package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/delegation"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
)

const delegationsPath = "/api/v1/delegations"

func (s *Server) delegationRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: delegationsPath, Whole: true, Summary: "Who stands in for whom", handle: s.delegationsOf},
		{Method: http.MethodPost, Path: delegationsPath, Whole: true, Summary: "Let somebody stand in for who is away", handle: s.beginDelegation},
		{Method: http.MethodDelete, Path: delegationsPath + "/:id", Whole: true, Summary: "Let nobody stand in any more", handle: s.endDelegation},
	}
}

// delegationsOf tells of one person, who is the caller unless another is named,
// or with current of everybody who is away now. Whom the caller does not see is
// left out.
func (s *Server) delegationsOf(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"person", "current"}, faults)
	current := r.Query("current", "false")
	if current != "true" && current != "false" {
		faults.At("/current", fault.WrongType, "expected", "boolean")
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	var all []delegation.Delegation
	var err error
	if current == "true" {
		all, err = s.Delegations.Current(r.ctx)
	} else {
		all, err = s.Delegations.Of(r.ctx, r.actor, r.Query("person", r.actor.ID))
	}
	if err != nil {
		return err
	}
	var people []string
	for _, one := range all {
		people = append(people, one.Person, one.To, one.By)
	}
	included, err := s.Records.Named(r.ctx, r.actor, field.UserObject, people)
	if err != nil {
		return err
	}
	seen := []delegation.Delegation{}
	for _, one := range all {
		_, person := included[field.UserObject][one.Person]
		_, to := included[field.UserObject][one.To]
		if person && to {
			seen = append(seen, one)
		}
	}
	return r.raw(http.StatusOK, record.AppendValue(nil, map[string]any{"data": seen, "included": included}))
}

func (s *Server) beginDelegation(r *request) error {
	var ask delegation.Ask
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	begun, err := s.Delegations.Begin(r.ctx, r.actor, ask)
	if err != nil {
		return err
	}
	return r.data(http.StatusCreated, begun)
}

func (s *Server) endDelegation(r *request) error {
	if err := s.Delegations.End(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func delegationExchanges() map[string]exchange {
	one := answered[delegation.Delegation]()
	return map[string]exchange{
		"GET " + delegationsPath:             {status: http.StatusOK, asks: []string{"person", "current"}, gives: members(map[string]any{"data": listOf(one), "included": mapOf(mapOf(anyObject()))})},
		"POST " + delegationsPath:            {status: http.StatusCreated, takes: sent[delegation.Ask](), gives: data(one)},
		"DELETE " + delegationsPath + "/:id": {status: http.StatusNoContent},
	}
}
