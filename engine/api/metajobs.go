package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
)

// metaJobRoutes follow an apply that was left to a job.
func (s *Server) metaJobRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/meta/_jobs/:id", Ability: design, Summary: "An apply that takes a while, and how far it is", handle: s.getMetaJob},
		{Method: http.MethodPost, Path: "/api/v1/meta/_jobs/:id/cancel", Ability: design, Summary: "Cancel an apply that takes a while", handle: s.cancelMetaJob},
	}
}

func (s *Server) getMetaJob(r *request) error {
	id, err := r.ParamsInt("id")
	if err != nil {
		return fault.New(fault.NotFound)
	}
	job, why, err := s.Catalog.JobOf(r.ctx, int64(id))
	if err != nil {
		return err
	}
	answer := metaJob{Job: *job}
	if why != nil {
		answer.Fault = &toldFault{Code: why.Code, Detail: fault.Text(r.language, why.Code, why.Params), Errors: problemItems(r.language, why)}
	}
	return r.data(http.StatusOK, answer)
}

func (s *Server) cancelMetaJob(r *request) error {
	id, err := r.ParamsInt("id")
	if err != nil {
		return fault.New(fault.NotFound)
	}
	if err := s.Catalog.Cancel(r.ctx, int64(id)); err != nil {
		return err
	}
	return s.getMetaJob(r)
}

// toldFault is a fault as it is told when it is not the answer to a request.
type toldFault struct {
	Code   fault.Code    `json:"code"`
	Detail string        `json:"detail"`
	Errors []problemItem `json:"errors"`
}

// metaJob is a job with why it gave up.
type metaJob struct {
	catalog.Job
	Fault *toldFault `json:"fault"`
}

// applied answers an apply: 202 when it is left to a job.
type applied struct{ *catalog.Result }

// AppendJSON appends the answer.
func (a applied) AppendJSON(dst []byte) []byte { return dataBody{a.Result}.AppendJSON(dst) }

// status is that of the answer.
func (a applied) status() int {
	if a.Job != 0 {
		return http.StatusAccepted
	}
	return http.StatusOK
}
