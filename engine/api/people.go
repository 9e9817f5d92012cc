package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/record"
)

const (
	peoplePath     = "/api/v1/people"
	personPath     = peoplePath + "/:id"
	peopleKeysPath = peoplePath + "/tokens"
)

func (s *Server) peopleRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: peoplePath, Ability: identity.ManageAbility, Summary: "How people sign in", handle: s.people},
		{Method: http.MethodGet, Path: peopleKeysPath, Ability: identity.ManageAbility, Summary: "The API keys of everybody", handle: s.tokensOfAll},
		{Method: http.MethodDelete, Path: peopleKeysPath + "/:id", Ability: identity.ManageAbility, Summary: "Revoke an API key of a person", handle: s.revokeToken},
		{Method: http.MethodDelete, Path: personPath + "/totp", Ability: identity.ManageAbility, Summary: "Take a lost second factor away", handle: s.resetFactor},
		{Method: http.MethodDelete, Path: personPath + "/sessions", Ability: identity.ManageAbility, Summary: "End all sessions of a person", handle: s.endSessionsOf},
		{Method: http.MethodDelete, Path: personPath + "/tokens", Ability: identity.ManageAbility, Summary: "Revoke all API keys of a person", handle: s.revokeTokensOf},
	}
}

// maxPeople is how many people are asked for at once.
const maxPeople = 200

func (s *Server) people(r *request) error {
	ids, faults := r.list("ids"), fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"ids"}, faults)
	if len(ids) > maxPeople {
		faults.At("/ids", fault.OutOfRange, "min", 0, "max", maxPeople)
	}
	for _, id := range ids {
		if _, item := field.ParseID(id); item != nil {
			faults.At("/ids", fault.WrongType, "expected", "record")
			break
		}
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	people, err := s.People.SignsIn(r.ctx, r.actor, ids)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, people)
}

func (s *Server) tokensOfAll(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"cursor"}, faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	tokens, next, err := s.People.TokensOfAll(r.ctx, r.actor, r.Query("cursor"))
	if err != nil {
		return err
	}
	owners := make([]string, len(tokens))
	for i := range tokens {
		owners[i] = tokens[i].User
	}
	included, err := s.Records.Named(r.ctx, r.actor, field.UserObject, owners)
	if err != nil {
		return err
	}
	page := map[string]any{"next": nil}
	if next != "" {
		page["next"] = next
	}
	return r.raw(http.StatusOK, record.AppendValue(nil, map[string]any{"data": tokens, "page": page, "included": included}))
}

func (s *Server) revokeToken(r *request) error {
	if err := s.People.RevokeToken(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) resetFactor(r *request) error {
	if err := r.himself(); err != nil {
		return err
	}
	if err := s.People.Reset(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) endSessionsOf(r *request) error {
	if err := s.People.EndSessionsOf(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) revokeTokensOf(r *request) error {
	if err := s.People.RevokeTokensOf(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func peopleExchanges() map[string]exchange {
	return map[string]exchange{
		"GET " + peopleKeysPath: {status: http.StatusOK, asks: []string{"cursor"}, gives: members(map[string]any{
			"data": listOf(answered[identity.HeldToken]()), "page": members(map[string]any{"next": nullable(text())}), "included": mapOf(mapOf(anyObject())),
		})},
		"DELETE " + peopleKeysPath + "/:id":  {status: http.StatusNoContent},
		"GET " + peoplePath:                  {status: http.StatusOK, asks: []string{"ids"}, gives: data(listOf(answered[identity.SignsIn]()))},
		"DELETE " + personPath + "/totp":     {status: http.StatusNoContent},
		"DELETE " + personPath + "/sessions": {status: http.StatusNoContent},
		"DELETE " + personPath + "/tokens":   {status: http.StatusNoContent},
	}
}
