package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/record"
)

const rolesPath = "/api/v1/roles"

func (s *Server) roleRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: rolesPath, Summary: "How many people hold each role", handle: s.roles},
		{Method: http.MethodPost, Path: rolesPath + "/impact", Ability: design, Summary: "What a change of roles would take from people and give them", handle: s.impact},
		{Method: http.MethodPost, Path: rolesPath + "/prospect", Ability: design, Summary: "What a person could do after a change of roles", handle: s.prospect},
	}
}

// rolesAnswer is the roles, with what the caller may do about them.
type rolesAnswer struct {
	Data []identity.RoleHeld `json:"data"`
	Can  rolesCan            `json:"can"`
}

type rolesCan struct {
	Change bool `json:"change"`
}

// roles is for those who may see roles at all.
func (s *Server) roles(r *request) error {
	abilities, err := s.Catalog.Current().Abilities(r.actor)
	if err != nil {
		return err
	}
	if !slices.Contains(abilities, design) && !slices.Contains(abilities, "manage_roles") {
		return fault.New(fault.MissingAbility, "ability", "manage_roles")
	}
	changes, err := s.Catalog.Current().Administrator(r.actor)
	if err != nil {
		return err
	}
	held, err := s.People.RolesHeld(r.ctx)
	if err != nil {
		return err
	}
	return r.send(http.StatusOK, rolesAnswer{Data: held, Can: rolesCan{Change: changes}})
}

func (s *Server) impact(r *request) error {
	var ask catalog.Request
	if err := r.into(largeBody, &ask); err != nil {
		return err
	}
	from, to, err := s.foresee(r, ask)
	if err != nil {
		return err
	}
	impact, err := s.Records.Impact(r.ctx, from, to, s.actors(r.language))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, impact)
}

// prospectAsk is a change of roles, and about whom is asked: the caller, where
// nobody is named.
type prospectAsk struct {
	catalog.Request
	User string `json:"user"`
}

func (s *Server) prospect(r *request) error {
	var ask prospectAsk
	if err := r.into(largeBody, &ask); err != nil {
		return err
	}
	user := cmp.Or(ask.User, r.actor.ID)
	if _, item := field.ParseID(user); item != nil {
		return fault.New(fault.InvalidValues).At("/user", fault.InvalidID)
	}
	from, to, err := s.foresee(r, ask.Request)
	if err != nil {
		return err
	}
	if err := s.Records.Exists(r.ctx, r.actor, field.UserObject, user); err != nil {
		return err
	}
	prospect, err := s.Records.Prospect(r.ctx, from, to, s.actors(r.language), user)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, prospect)
}

// foresee gives the rights before and after a change of roles that could be
// made.
func (s *Server) foresee(r *request, ask catalog.Request) (from, to *access.Policy, err error) {
	if from, to, err = s.Catalog.Foresee(r.ctx, r.actor, ask); err != nil {
		return nil, nil, err
	}
	return from, to, s.People.RolesStand(r.ctx, s.Store, from.Catalog(), to.Catalog())
}

// actors gives people as they would act themselves.
func (s *Server) actors(language string) record.Actors {
	return func(ctx context.Context, id string) (*access.Actor, error) {
		person, err := s.People.ByID(ctx, id, "explain")
		if err == nil && person != nil {
			s.settle(person, language)
		}
		return person, err
	}
}

func roleExchanges() map[string]exchange {
	return map[string]exchange{
		"GET " + rolesPath:                {status: http.StatusOK, gives: answered[rolesAnswer]()},
		"POST " + rolesPath + "/impact":   {status: http.StatusOK, takes: sent[catalog.Request](), gives: data(answered[record.Impact]())},
		"POST " + rolesPath + "/prospect": {status: http.StatusOK, takes: sent[prospectAsk](), gives: data(answered[record.Prospect]())},
	}
}
