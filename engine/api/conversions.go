package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/conversion"
	"github.com/trellis-crm/trellis/engine/record"
)

func (s *Server) conversionRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/records/:object/:id/conversion", Summary: "What a record would become, or became", handle: s.offerConversion},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/:id/actions/convert", Summary: "Make of a record what it becomes", handle: s.convertRecord},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/:id/actions/undo_convert", Summary: "Take a conversion back", handle: s.undoConversion},
	}
}

func (s *Server) offerConversion(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	offer, err := s.Conversions.Offer(r.ctx, r.actor, r.Params("object"), r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, offer)
}

func (s *Server) convertRecord(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	var ask struct {
		Targets map[string]conversion.Choice `json:"targets"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	confirmed, err := r.confirmed()
	if err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		options.Confirmed = confirmed
		return body(s.Conversions.Convert(r.ctx, r.actor, r.Params("object"), r.Params("id"), ask.Targets, options))
	})
}

func (s *Server) undoConversion(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		return body(s.Conversions.Undo(r.ctx, r.actor, r.Params("object"), r.Params("id"), options))
	})
}
