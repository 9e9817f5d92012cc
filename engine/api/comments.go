package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
)

const commentPath = recordPath + "/comments/:comment"

func (s *Server) commentRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: recordPath + "/timeline", Summary: "What happened to a record and was said about it", handle: s.timeline},
		{Method: http.MethodGet, Path: recordPath + "/comments", Summary: "The comments on a record", handle: s.comments},
		{Method: http.MethodPost, Path: recordPath + "/comments", Summary: "Comment on a record", handle: s.comment},
		{Method: http.MethodPatch, Path: commentPath, Summary: "Change one's own comment", handle: s.editComment},
		{Method: http.MethodDelete, Path: commentPath, Summary: "Delete one's own comment", handle: s.deleteComment},
		{Method: http.MethodGet, Path: commentPath + "/edits", Summary: "The earlier texts of a comment", handle: s.edits},
	}
}

// part reads which part of a list is asked for, beside other parameters.
func (r *request) part(beside ...string) (cursor string, limit int, err error) {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters(append([]string{"limit", "cursor"}, beside...), faults)
	limit = r.number("limit", faults)
	return r.Query("cursor"), limit, faults.OrNil()
}

func (s *Server) timeline(r *request) error {
	cursor, limit, err := r.part("kinds")
	if err != nil {
		return err
	}
	timeline, err := s.Records.Timeline(r.ctx, r.actor, r.Params("object"), r.Params("id"), splitNames(r.Query("kinds")), cursor, limit)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, timeline)
}

func (s *Server) comments(r *request) error {
	cursor, limit, err := r.part()
	if err != nil {
		return err
	}
	comments, err := s.Records.Comments(r.ctx, r.actor, r.Params("object"), r.Params("id"), cursor, limit)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, record.Comments{Timeline: comments})
}

// said reads what is sent for a comment on a record that the caller may read.
// An answer that is told again is told to him only.
func (s *Server) said(r *request) (said record.Said, err error) {
	if err := s.Records.Exists(r.ctx, r.actor, r.Params("object"), r.Params("id")); err != nil {
		return said, err
	}
	err = r.into(smallBody, &said)
	return said, err
}

func (s *Server) comment(r *request) error {
	said, err := s.said(r)
	if err != nil {
		return err
	}
	return s.once(r, http.StatusCreated, func(options record.Options) (record.Body, error) {
		return s.Records.Comment(r.ctx, r.actor, r.Params("object"), r.Params("id"), said, options)
	})
}

func (s *Server) editComment(r *request) error {
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	said, err := s.said(r)
	if err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		return s.Records.EditComment(r.ctx, r.actor, r.Params("object"), r.Params("id"), r.Params("comment"), version, said, options)
	})
}

func (s *Server) deleteComment(r *request) error {
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	if err := s.Records.Exists(r.ctx, r.actor, r.Params("object"), r.Params("id")); err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.DeleteComment(r.ctx, r.actor, r.Params("object"), r.Params("id"), r.Params("comment"), version, options)
	})
}

func (s *Server) edits(r *request) error {
	edits, err := s.Records.Edits(r.ctx, r.actor, r.Params("object"), r.Params("id"), r.Params("comment"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, edits)
}
