package api

import "net/http"

func (s *Server) sampleRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/samples", Ability: design, Summary: "Whether example records are there", handle: s.samplesState},
		{Method: http.MethodDelete, Path: "/api/v1/samples", Ability: design, Summary: "Take the example records away", handle: s.clearSamples},
	}
}

func (s *Server) samplesState(r *request) error { return s.answerSamples(r, http.StatusOK) }

func (s *Server) clearSamples(r *request) error {
	if err := s.Samples.Clear(r.ctx); err != nil {
		return err
	}
	return s.answerSamples(r, http.StatusAccepted)
}

func (s *Server) answerSamples(r *request, status int) error {
	state, err := s.Samples.State(r.ctx)
	if err != nil {
		return err
	}
	return r.data(status, state)
}
