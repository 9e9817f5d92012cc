package api

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

const (
	draftsPath = "/api/v1/meta/_drafts"
	draftPath  = draftsPath + "/:id"
)

func (s *Server) draftRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: draftsPath, Ability: design, Summary: "The prepared changes of definitions", handle: s.drafts},
		{Method: http.MethodGet, Path: draftPath, Ability: design, Summary: "A prepared change of definitions", handle: s.draft},
		{Method: http.MethodPut, Path: draftPath, Ability: design, Summary: "Keep a prepared change of definitions", handle: s.putDraft},
		{Method: http.MethodDelete, Path: draftPath, Ability: design, Summary: "Delete a prepared change of definitions", handle: s.deleteDraft},
	}
}

func (s *Server) drafts(r *request) error {
	drafts, err := s.Catalog.Drafts(r.ctx)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, drafts)
}

func (s *Server) draft(r *request) error {
	draft, err := s.Catalog.Draft(r.ctx, r.Params("id"))
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderETag, etag(draft.Version))
	return r.data(http.StatusOK, draft)
}

func (s *Server) putDraft(r *request) error {
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	var prepared catalog.Prepared
	if err := r.into(largeBody, &prepared); err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		draft, err := s.Catalog.SaveDraft(r.ctx, r.actor, r.Params("id"), version, prepared, finishDraft(options))
		if err != nil {
			return nil, err
		}
		r.Set(fiber.HeaderETag, etag(draft.Version))
		return draftBody{dataBody{draft}, draft.Version}, nil
	})
}

// draftBody is a draft as an answer, which has a version.
type draftBody struct {
	dataBody
	version int64
}

// Version is the draft's.
func (b draftBody) Version() int64 { return b.version }

// finishDraft hands a draft that was kept on as the body of its answer.
func finishDraft(options record.Options) func(context.Context, *store.Tx, *catalog.Draft) error {
	if options.Finish == nil {
		return nil
	}
	return func(ctx context.Context, tx *store.Tx, draft *catalog.Draft) error {
		return options.Finish(ctx, tx, draftBody{dataBody{draft}, draft.Version})
	}
}

func (s *Server) deleteDraft(r *request) error {
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		finish := func(ctx context.Context, tx *store.Tx) error {
			if options.Finish == nil {
				return nil
			}
			return options.Finish(ctx, tx, record.Nothing{})
		}
		return record.Nothing{}, s.Catalog.DeleteDraft(r.ctx, r.Params("id"), version, finish)
	})
}
