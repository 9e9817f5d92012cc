package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/transfer"
)

func (s *Server) importRoutes() []Route {
	can := transfer.AbilityImport
	return []Route{
		{Method: http.MethodPost, Path: "/api/v1/imports", Ability: can, Summary: "Upload a table", Slow: true, handle: s.upload},
		{Method: http.MethodGet, Path: "/api/v1/imports", Ability: can, Summary: "One’s own imports", handle: s.imports},
		{Method: http.MethodGet, Path: "/api/v1/imports/:id", Ability: can, Summary: "An import and how far it is", handle: s.getImport},
		{Method: http.MethodPatch, Path: "/api/v1/imports/:id", Ability: can, Summary: "Say where columns go", handle: s.mapImport},
		{Method: http.MethodDelete, Path: "/api/v1/imports/:id", Ability: can, Summary: "Delete an import that is not at work, with its file", handle: s.discardImport},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/plan", Ability: can, Summary: "Work out what would become of each row", handle: s.stage(s.Transfer.Plan)},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/run", Ability: can, Summary: "Import the rows", handle: s.stage(s.Transfer.Run)},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/undo", Ability: can, Summary: "Take an import back", handle: s.stage(s.Transfer.Undo)},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/pause", Ability: can, Summary: "Stop an import behind the rows that are written", handle: s.stage(s.Transfer.Pause)},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/resume", Ability: can, Summary: "Go on with an import that was paused", handle: s.stage(s.Transfer.Resume)},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/cancel", Ability: can, Summary: "End the work on an import; what is written stays", handle: s.stage(s.Transfer.Cancel)},
		{Method: http.MethodGet, Path: "/api/v1/imports/:id/recipes", Ability: can, Summary: "The recipes that fit an import", handle: s.recipes},
		{Method: http.MethodPost, Path: "/api/v1/imports/:id/recipes", Ability: can, Summary: "Keep how an import is read", handle: s.saveRecipe},
		{Method: http.MethodDelete, Path: "/api/v1/recipes/:id", Ability: can, Summary: "Delete a recipe", handle: s.deleteRecipe},
		{Method: http.MethodGet, Path: "/api/v1/imports/:id/rows", Ability: can, Summary: "What became of the rows", handle: s.importRows},
		{Method: http.MethodPatch, Path: "/api/v1/imports/:id/rows", Ability: can, Summary: "Correct rows before they are imported", handle: s.correctImport},
		{Method: http.MethodGet, Path: "/api/v1/imports/:id/errors.csv", Ability: can, Summary: "The rows that were not taken", handle: s.importErrors},
		{Method: http.MethodGet, Path: "/api/v1/imports/:id/report.xlsx", Ability: can, Summary: "What is wrong with each cell, as a spreadsheet", handle: s.importReport},
	}
}

// upload reads a multipart form as a stream: the object's name, then the file.
// The object may also stand in the query string.
func (s *Server) upload(r *request) error {
	form, err := r.form(transfer.MaxFile)
	if err != nil {
		return err
	}
	object := r.Query("object")
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return fault.New(fault.BadRequest).At("/file", fault.Required)
		}
		if err != nil {
			return torn(err)
		}
		if part.FormName() == "object" {
			name, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return torn(err)
			}
			object = string(name)
			continue
		}
		if part.FormName() != "file" {
			continue
		}
		if object == "" {
			return fault.New(fault.BadRequest).At("/object", fault.Required)
		}
		sum := sha256.New()
		imported, err := s.Transfer.Upload(r.ctx, r.actor, object, part.FileName(), io.TeeReader(part, sum))
		if err != nil {
			return err
		}
		what := object + "\x00" + part.FileName() + "\x00" + hex.EncodeToString(sum.Sum(nil))
		return s.received(r, what, s.explained(r, imported), func(ctx context.Context) error {
			return s.Transfer.Discard(ctx, r.actor, imported.ID)
		})
	}
}

// explained puts the sentence of a failed import into the reader's language.
func (*Server) explained(r *request, imported *transfer.Import) *transfer.Import {
	if imported.Fault != nil {
		imported.Fault.Message = fault.Text(r.language, imported.Fault.Code, imported.Fault.Params)
	}
	return imported
}

func (s *Server) imports(r *request) error {
	imports, err := s.Transfer.List(r.ctx, r.actor)
	if err != nil {
		return err
	}
	for _, imported := range imports {
		s.explained(r, imported)
	}
	return r.data(http.StatusOK, imports)
}

func (s *Server) getImport(r *request) error {
	imported, err := s.Transfer.Get(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, s.explained(r, imported))
}

func (s *Server) mapImport(r *request) error {
	var mapping transfer.Mapping
	if err := r.into(smallBody, &mapping); err != nil {
		return err
	}
	imported, err := s.Transfer.Map(r.ctx, r.actor, r.Params("id"), mapping)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, s.explained(r, imported))
}

func (s *Server) discardImport(r *request) error {
	if err := s.Transfer.Discard(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) recipes(r *request) error {
	recipes, err := s.Transfer.Recipes(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, recipes)
}

// named is how a recipe is called, and whether it is for all.
type named struct {
	Name   string `json:"name"`
	Shared bool   `json:"shared"`
}

func (s *Server) saveRecipe(r *request) error {
	var by named
	if err := r.into(smallBody, &by); err != nil {
		return err
	}
	recipe, err := s.Transfer.SaveRecipe(r.ctx, r.actor, r.Params("id"), by.Name, by.Shared)
	if err != nil {
		return err
	}
	return r.data(http.StatusCreated, recipe)
}

func (s *Server) deleteRecipe(r *request) error {
	if err := s.Transfer.DeleteRecipe(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

func (s *Server) correctImport(r *request) error {
	var corrections transfer.Corrections
	if err := r.into(smallBody, &corrections); err != nil {
		return err
	}
	imported, err := s.Transfer.Correct(r.ctx, r.actor, r.Params("id"), corrections)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, s.explained(r, imported))
}

// complaining says what is wrong with a row in a reader's language, also where
// a rule has words of its own.
func (s *Server) complaining(language, object string) func(transfer.RowComplaint) string {
	rules := map[any]metadata.Rule{}
	if about, ok := s.Records.Policy().Catalog().Object(object); ok {
		for _, rule := range about.Rules {
			rules[rule.Name] = rule
		}
	}
	return func(c transfer.RowComplaint) string {
		if rule, ok := rules[c.Params["rule"]]; ok && c.Code == fault.RuleBroken {
			return rule.Message.In(language)
		}
		return fault.Text(language, c.Code, c.Params)
	}
}

func (s *Server) importRows(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	limit, after := r.number("limit", faults), r.number("cursor", faults)
	if limit == 0 {
		limit = 50
	}
	if limit < 1 || limit > 1000 {
		faults.At("/limit", fault.OutOfRange, "min", 1, "max", 1000)
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	ask := transfer.RowsAsk{Corrected: r.Query("corrected") == "true", After: int64(after), Limit: limit}
	if states := r.Query("state"); states != "" {
		ask.States = strings.Split(states, ",")
	}
	imported, err := s.Transfer.Get(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	rows, err := s.Transfer.Rows(r.ctx, r.actor, imported.ID, ask)
	if err != nil {
		return err
	}
	say := s.complaining(r.language, imported.Object)
	var next any
	if len(rows) == limit {
		next = rows[limit-1].Row
	}
	for i := range rows {
		for j := range rows[i].Errors {
			complaint := &rows[i].Errors[j]
			complaint.Message = say(*complaint)
		}
	}
	return r.send(http.StatusOK, map[string]any{"data": rows, "page": map[string]any{"next": next}})
}

// importErrors streams the file; the stream outlives the handler, so that its
// context is not the request's.
func (s *Server) importErrors(r *request) error {
	imported, err := s.Transfer.Get(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	titles, err := s.fieldTitles(r, imported.Object)
	if err != nil {
		return err
	}
	say := s.complaining(r.language, imported.Object)
	content, err := s.Transfer.ErrorFile(context.WithoutCancel(r.ctx), r.actor, imported.ID, func(c transfer.RowComplaint) string {
		text := say(c)
		if title, ok := titles[c.Pointer]; ok {
			return title + ": " + text
		}
		return text
	})
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="errors.csv"`)
	return r.SendStream(content)
}

// importReport sends the report, which is whole before it is sent.
func (s *Server) importReport(r *request) error {
	imported, err := s.Transfer.Get(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	content, err := s.Transfer.Report(r.ctx, r.actor, imported.ID, s.complaining(r.language, imported.Object))
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, spreadsheet)
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="report.xlsx"`)
	return r.SendStream(content)
}

// fieldTitles are the titles of an object's fields by their pointers.
func (s *Server) fieldTitles(r *request, name string) (map[string]string, error) {
	view, err := s.viewOf(r)
	if err != nil {
		return nil, err
	}
	object, ok, err := view.object(name)
	if err != nil || !ok {
		return nil, err
	}
	titles := map[string]string{}
	for _, f := range object.Fields {
		titles["/"+f.Name] = f.Title.In(r.language)
	}
	return titles, nil
}
