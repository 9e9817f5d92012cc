package api

import (
	"net/http"
)

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

func (s *Server) healthRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: healthPath, Need: Open, Summary: "Is the server alive", handle: s.alive},
		{Method: http.MethodGet, Path: readyPath, Need: Open, Summary: "Can the server answer", handle: s.ready},
	}
}

func (*Server) alive(r *request) error {
	return r.send(http.StatusOK, map[string]string{"status": "alive"})
}

func (s *Server) ready(r *request) error {
	if err := s.Store.Ping(r.ctx); err != nil {
		return err
	}
	return r.send(http.StatusOK, map[string]string{"status": "ready"})
}
