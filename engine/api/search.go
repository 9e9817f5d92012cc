package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
)

func (s *Server) searchRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/search", Summary: "Find records of all objects", handle: s.search},
	}
}

func (s *Server) search(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"q", "objects", "limit"}, faults)
	limit := r.number("limit", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	results, err := s.Records.Search(r.ctx, r.actor, r.Query("q"), r.list("objects"), limit)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, results)
}
