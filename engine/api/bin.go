package api

import (
	"net/http"
	"slices"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
)

func (s *Server) binRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/bin", Summary: "What is in the recycle bin", handle: s.listBin},
		{Method: http.MethodDelete, Path: "/api/v1/bin/:object/:id", Ability: record.EraseAbility, Summary: "Remove a deleted record for good", handle: s.eraseRecord},
		{Method: http.MethodGet, Path: "/api/v1/bin/files", Summary: "The files in the recycle bin", handle: s.listFileBin},
		{Method: http.MethodPost, Path: "/api/v1/bin/files/:id/restore", Summary: "Put a removed file back", handle: s.restoreFile},
		{Method: http.MethodGet, Path: "/api/v1/bin/definitions", Ability: design, Summary: "The definitions and fields that can come back", handle: s.listDropped},
		{Method: http.MethodPost, Path: "/api/v1/bin/definitions/restore", Ability: design, Summary: "Bring definitions and fields back", handle: s.bringBack},
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

func (s *Server) listFileBin(r *request) error {
	cursor, limit, err := r.part()
	if err != nil {
		return err
	}
	removed, err := s.Records.FileBin(r.ctx, r.actor, cursor, limit)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, removed)
}

func (s *Server) restoreFile(r *request) error {
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.RestoreFile(r.ctx, r.actor, r.Params("id"), options)
	})
}

// droppedAnswer are the definitions in the recycle bin, and who dropped them.
type droppedAnswer struct {
	Data     []catalog.Deletion `json:"data"`
	Included record.Included    `json:"included"`
}

func (s *Server) listDropped(r *request) error {
	dropped, err := s.Catalog.Deletions(r.ctx, r.language)
	if err != nil {
		return err
	}
	var people []string
	for _, one := range dropped {
		if one.By != nil && !slices.Contains(people, *one.By) {
			people = append(people, *one.By)
		}
	}
	named, err := s.Records.Named(r.ctx, r.actor, field.UserObject, people)
	if err != nil {
		return err
	}
	return r.send(http.StatusOK, droppedAnswer{append([]catalog.Deletion{}, dropped...), named})
}

// bringBackAsk says what is to come back, in one revision.
type bringBackAsk struct {
	Definitions []catalog.Dropped `json:"definitions"`
}

func (s *Server) bringBack(r *request) error {
	var ask bringBackAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		result, err := s.Catalog.BringBack(r.ctx, r.actor, ask.Definitions, finishApply(options))
		return applied{result}, err
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
	if err := s.Records.KeepBin(r.ctx, r.actor, ask.Days); err != nil {
		return err
	}
	return r.data(http.StatusOK, ask)
}
