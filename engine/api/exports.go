package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/transfer"
)

func (s *Server) exportRoutes() []Route {
	can := transfer.AbilityExport
	return []Route{
		{Method: http.MethodPost, Path: "/api/v1/exports", Ability: can, Summary: "Take records out", handle: s.export},
		{Method: http.MethodGet, Path: "/api/v1/exports/:id", Ability: can, Summary: "An export and how far it is", handle: s.getExport},
		{Method: http.MethodGet, Path: "/api/v1/exports/:id/file", Ability: can, Summary: "The file of an export", handle: s.exportFile},
	}
}

// stage is a route that moves an import on.
func (s *Server) stage(move func(ctx context.Context, actor *access.Actor, id string) (*transfer.Import, error)) handler {
	return func(r *request) error {
		imported, err := move(r.ctx, r.actor, r.Params("id"))
		if err != nil {
			return err
		}
		return r.data(http.StatusAccepted, s.explained(r, imported))
	}
}

// spreadsheet is the media type of xlsx.
const spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func bytesReader(content []byte) io.Reader { return bytes.NewReader(content) }

func (s *Server) export(r *request) error {
	var ask struct {
		Object string `json:"object"`
		Where  string `json:"where"`
		Search string `json:"q"`
		Sort   names  `json:"sort"`
		Fields names  `json:"fields"`
		View   string `json:"view"`
		Format string `json:"format"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	exported, err := s.Transfer.Export(r.ctx, r.actor, transfer.ExportRequest{
		Object: ask.Object, Where: ask.Where, Search: ask.Search, Sort: ask.Sort, Fields: ask.Fields, View: ask.View, Format: ask.Format,
	})
	if err != nil {
		return err
	}
	return s.answerExport(r, http.StatusAccepted, exported)
}

func (*Server) answerExport(r *request, status int, exported *transfer.Export) error {
	if exported.Fault != nil {
		exported.Fault.Message = fault.Text(r.language, exported.Fault.Code, exported.Fault.Params)
	}
	return r.data(status, exported)
}

func (s *Server) getExport(r *request) error {
	exported, err := s.Transfer.GetExport(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return s.answerExport(r, http.StatusOK, exported)
}

// exportFile streams the file; the stream outlives the handler, so that its
// context is not the request's.
func (s *Server) exportFile(r *request) error {
	name, content, err := s.Transfer.ExportFile(context.WithoutCancel(r.ctx), r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	if strings.HasSuffix(name, ".xlsx") {
		r.Set(fiber.HeaderContentType, spreadsheet)
	}
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return r.SendStream(content)
}
