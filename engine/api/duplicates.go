package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
)

// allowDuplicates is what a write says in allow= when what looks like a
// duplicate is none.
const allowDuplicates = "duplicates"

func (s *Server) duplicateRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/duplicates", Summary: "Pairs of records that look like the same", handle: s.listDuplicates},
		{Method: http.MethodPost, Path: "/api/v1/duplicates/:object/_scan", Ability: "bulk_edit", Summary: "Look for duplicates among all records", handle: s.scanDuplicates},
		{Method: http.MethodGet, Path: "/api/v1/duplicates/:object/scan", Summary: "How far the last look for duplicates is", handle: s.duplicateScan},
		{Method: http.MethodPost, Path: "/api/v1/duplicates/:object/_dismiss", Summary: "Say that two records are not the same", handle: s.dismissRecords},
		{Method: http.MethodPost, Path: "/api/v1/duplicates/:id/dismiss", Summary: "Say that a pair is two records", handle: s.dismissDuplicate},
	}
}

// confirmed tells whether a write says that it makes no duplicate.
func (r *request) confirmed() (bool, error) {
	switch allow := r.Query("allow"); allow {
	case "":
		return false, nil
	case allowDuplicates:
		return true, nil
	default:
		return false, fault.New(fault.InvalidQuery).At("/allow", fault.UnknownOption, "value", allow)
	}
}

func (s *Server) checkDuplicates(r *request) error {
	var ask struct {
		ID     string         `json:"id"`
		Values map[string]any `json:"values"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	candidates, err := s.Duplicates.Check(r.ctx, r.actor, r.Params("object"), ask.ID, ask.Values)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, candidates)
}

func (s *Server) scanDuplicates(r *request) error {
	id, err := s.Duplicates.Scan(r.ctx, r.actor, r.Params("object"))
	if err != nil {
		return err
	}
	return r.data(http.StatusAccepted, map[string]any{"job": id})
}

func (s *Server) duplicateScan(r *request) error {
	scan, err := s.Duplicates.Scanned(r.ctx, r.actor, r.Params("object"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, scan)
}

func (s *Server) listDuplicates(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"object", "limit", "cursor"}, faults)
	limit := r.number("limit", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	pairs, next, err := s.Duplicates.Pairs(r.ctx, r.actor, r.Query("object"), r.Query("cursor"), limit)
	if err != nil {
		return err
	}
	page := map[string]any{"next": nil}
	if next != "" {
		page["next"] = next
	}
	return r.send(http.StatusOK, map[string]any{"data": pairs, "page": page})
}

func (s *Server) dismissRecords(r *request) error {
	var ask struct {
		Records []string `json:"records"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := s.Duplicates.DismissPair(r.ctx, r.actor, r.Params("object"), ask.Records); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) dismissDuplicate(r *request) error {
	if err := s.Duplicates.Dismiss(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}
