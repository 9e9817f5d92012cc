package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/record"
)

func (s *Server) shareRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: recordPath + "/shares", Summary: "With whom a record is shared", handle: s.shares},
		{Method: http.MethodPost, Path: recordPath + "/shares", Summary: "Share a record", handle: s.share},
		{Method: http.MethodDelete, Path: recordPath + "/shares/:share", Summary: "End a share", handle: s.unshare},
	}
}

func (s *Server) shares(r *request) error {
	shares, err := s.Records.Shares(r.ctx, r.actor, r.Params("object"), r.Params("id"))
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, shares)
}

func (s *Server) share(r *request) error {
	if err := s.Records.Exists(r.ctx, r.actor, r.Params("object"), r.Params("id")); err != nil {
		return err
	}
	var offer record.Offer
	if err := r.into(smallBody, &offer); err != nil {
		return err
	}
	return s.once(r, http.StatusCreated, func(options record.Options) (record.Body, error) {
		return s.Records.Share(r.ctx, r.actor, r.Params("object"), r.Params("id"), offer, options)
	})
}

func (s *Server) unshare(r *request) error {
	if err := s.Records.Exists(r.ctx, r.actor, r.Params("object"), r.Params("id")); err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.Unshare(r.ctx, r.actor, r.Params("object"), r.Params("id"), r.Params("share"), options)
	})
}
