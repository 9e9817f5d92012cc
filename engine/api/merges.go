package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/record"
)

func (s *Server) mergeRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: recordPath + "/actions/merge", Summary: "Make one record of two", handle: s.mergeRecords},
		{Method: http.MethodPost, Path: recordPath + "/actions/merge/preview", Reads: true, Summary: "What a merge would make", handle: s.previewMerge},
		{Method: http.MethodPost, Path: recordPath + "/actions/undo_merge", Summary: "Make two records of one again", handle: s.undoMerge},
		{Method: http.MethodGet, Path: recordPath + "/merges", Summary: "The merges of a record that can be undone", handle: s.listMerges},
	}
}

// mergeAsk is what a merge is asked with.
type mergeAsk struct {
	With   string         `json:"with"`
	Values map[string]any `json:"values"`
}

func (s *Server) mergeRecords(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	var ask mergeAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		return body(s.Records.Merge(r.ctx, r.actor, r.Params("object"), r.Params("id"), ask.With, ask.Values, options))
	})
}

func (s *Server) previewMerge(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	var ask mergeAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	preview, err := s.Records.PreviewMerge(r.ctx, r.actor, r.Params("object"), r.Params("id"), ask.With, ask.Values)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, preview)
}

func (s *Server) undoMerge(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	var ask struct {
		Merge string `json:"merge"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		return s.Records.Unmerge(r.ctx, r.actor, r.Params("object"), r.Params("id"), ask.Merge, options)
	})
}

func (s *Server) listMerges(r *request) error {
	merges, err := s.Records.Merges(r.ctx, r.actor, r.Params("object"), r.Params("id"))
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, merges)
}
