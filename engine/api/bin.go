package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
)

func (s *Server) binRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/bin", Summary: "What is in the recycle bin", handle: s.listBin},
		{Method: http.MethodDelete, Path: "/api/v1/bin/:object/:id", Ability: record.EraseAbility, Summary: "Remove a deleted record for good", handle: s.eraseRecord},
		{Method: http.MethodGet, Path: "/api/v1/bin/retention", Summary: "How long deleted records are kept", handle: s.binRetention},
		{Method: http.MethodPut, Path: "/api/v1/bin/retention", Ability: record.EraseAbility, Summary: "Set how long deleted records are kept", handle: s.keepBin},
	}
}

func (s *Server) listBin(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"object", "q", "limit", "cursor"}, faults)
	limit := r.number("limit", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	deletions, err := s.Records.Bin(r.ctx, r.actor, record.BinQuery{Object: r.Query("object"), Q: r.Query("q"), Cursor: r.Query("cursor"), Limit: limit})
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, deletions)
}

func (s *Server) eraseRecord(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.EraseDeleted(r.ctx, r.actor, r.Params("object"), r.Params("id"), options)
	})
}

// retention is how many days deleted records are kept; 0 is always.
type retention struct {
	Days int `json:"days"`
}

func (s *Server) binRetention(r *request) error {
	days, err := s.Records.BinDays(r.ctx, s.Store)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, retention{Days: days})
}

func (s *Server) keepBin(r *request) error {
	var ask retention
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := s.Records.KeepBin(r.ctx, ask.Days); err != nil {
		return err
	}
	return r.data(http.StatusOK, ask)
}
