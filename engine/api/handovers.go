package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/handover"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/record"
)

const (
	handoversPath = "/api/v1/handovers"
	ownedPath     = personPath + "/records"
	giveOverPath  = personPath + "/handovers"
)

func (s *Server) handoverRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: ownedPath, Ability: identity.ManageAbility, Whole: true, Summary: "How many records a person has", handle: s.owned},
		{Method: http.MethodPost, Path: giveOverPath, Ability: identity.ManageAbility, Whole: true, Summary: "Give the records of a person to another", handle: s.startHandover},
		{Method: http.MethodGet, Path: handoversPath, Ability: identity.ManageAbility, Whole: true, Summary: "The last handovers", handle: s.handovers},
		{Method: http.MethodPost, Path: handoversPath + "/:id/undo", Ability: identity.ManageAbility, Whole: true, Summary: "Take back what a handover gave", handle: s.undoHandover},
	}
}

func (s *Server) owned(r *request) error {
	owned, err := s.Handovers.Owned(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, owned)
}

func (s *Server) startHandover(r *request) error {
	var ask handover.Ask
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	started, err := s.Handovers.Start(r.ctx, r.actor, r.Params("id"), ask)
	if err != nil {
		return err
	}
	return r.data(http.StatusAccepted, started)
}

func (s *Server) handovers(r *request) error {
	list, err := s.Handovers.List(r.ctx, r.actor)
	if err != nil {
		return err
	}
	var people []string
	for _, one := range list {
		people = append(people, one.Person, one.To, one.By)
	}
	included, err := s.Records.Named(r.ctx, r.actor, field.UserObject, people)
	if err != nil {
		return err
	}
	return r.raw(http.StatusOK, record.AppendValue(nil, map[string]any{"data": list, "included": included}))
}

func (s *Server) undoHandover(r *request) error {
	undoing, err := s.Handovers.Undo(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusAccepted, undoing)
}

func handoverExchanges() map[string]exchange {
	one := answered[handover.Handover]()
	return map[string]exchange{
		"GET " + ownedPath:                    {status: http.StatusOK, gives: data(listOf(answered[handover.Owned]()))},
		"POST " + giveOverPath:                {status: http.StatusAccepted, takes: sent[handover.Ask](), gives: data(one)},
		"GET " + handoversPath:                {status: http.StatusOK, gives: members(map[string]any{"data": listOf(one), "included": mapOf(mapOf(anyObject()))})},
		"POST " + handoversPath + "/:id/undo": {status: http.StatusAccepted, gives: data(one)},
	}
}
