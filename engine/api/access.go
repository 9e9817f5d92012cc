package api

import (
	"cmp"
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
)

func (s *Server) accessRoutes() []Route {
	return []Route{{Method: http.MethodGet, Path: recordPath + "/access", Summary: "What somebody may do with a record, and why", handle: s.explain}}
}

// explain finds about whom is asked, the caller himself where nobody is named.
func (s *Server) explain(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"user"}, faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	user := cmp.Or(r.Query("user"), r.actor.ID)
	if err := s.Records.MayExplain(r.ctx, r.actor, r.Params("object"), r.Params("id"), user); err != nil {
		return err
	}
	person := r.actor
	if user != r.actor.ID {
		var err error
		if person, err = s.People.ByID(r.ctx, user, "explain"); err != nil {
			return err
		}
		if person != nil {
			s.settle(person, r.language)
		}
	}
	answer, err := s.Records.Explain(r.ctx, r.actor, r.Params("object"), r.Params("id"), user, person)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, answer)
}
