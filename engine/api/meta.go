package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

const design = catalog.AbilityDesign

func (s *Server) metaRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/meta", Summary: "The catalog as the caller may see it", handle: s.meta},
		{Method: http.MethodPost, Path: "/api/v1/meta/_plan", Ability: design, Summary: "What a set of definitions would do", handle: s.planMeta},
		{Method: http.MethodPost, Path: "/api/v1/meta/_apply", Ability: design, Summary: "Apply a set of definitions", handle: s.applyMeta},
		{Method: http.MethodGet, Path: "/api/v1/meta/_revisions", Ability: design, Summary: "The history of the catalog", handle: s.revisions},
		{Method: http.MethodPost, Path: "/api/v1/meta/_revisions/:revision/restore", Ability: design, Summary: "Go back to a revision", handle: s.restoreRevision},
		{Method: http.MethodGet, Path: "/api/v1/meta/object/:name/schema", Summary: "The JSON Schema of one record", handle: s.recordSchema},
		{Method: http.MethodGet, Path: missingPath, Ability: design, Summary: "The texts without a translation", handle: s.missingTexts},
		{Method: http.MethodGet, Path: "/api/v1/meta/:kind", Summary: "The definitions of a kind", handle: s.definitionsOfKind},
		{Method: http.MethodGet, Path: "/api/v1/meta/:kind/:name", Summary: "A definition", handle: s.definition},
		{Method: http.MethodGet, Path: "/api/v1/meta/:kind/:name/users", Ability: design, Summary: "Who uses a definition or a part of it", handle: s.users},
		{Method: http.MethodPut, Path: "/api/v1/meta/:kind/:name", Ability: design, Summary: "Apply one definition", handle: s.putDefinition},
		{Method: http.MethodDelete, Path: "/api/v1/meta/:kind/:name", Ability: design, Summary: "Delete a definition", handle: s.deleteDefinition},
	}
}

func (s *Server) meta(r *request) error {
	view, err := s.viewOf(r)
	if err != nil {
		return err
	}
	documents, trees, err := view.all()
	if err != nil {
		return err
	}
	return r.tagged(map[string]any{
		"revision": view.policy.Catalog().Revision, "definitions": documents, "expressions": trees,
	})
}

func (s *Server) definitionsOfKind(r *request) error {
	if _, known := s.Catalog.Schemas().Kinds().Get(r.Params("kind")); !known {
		return fault.New(fault.NotFound)
	}
	view, err := s.viewOf(r)
	if err != nil {
		return err
	}
	documents := []json.RawMessage{}
	for _, definition := range view.definitions() {
		if definition.Kind != r.Params("kind") {
			continue
		}
		document, visible, err := view.document(definition)
		if err != nil {
			return err
		}
		if visible {
			documents = append(documents, document)
		}
	}
	return r.data(http.StatusOK, documents)
}

func (s *Server) definition(r *request) error {
	view, err := s.viewOf(r)
	if err != nil {
		return err
	}
	key := metadata.Key{Kind: r.Params("kind"), Name: r.Params("name")}
	if r.Query("revision") != "" {
		return s.formerDefinition(r, view, key)
	}
	for _, definition := range view.definitions() {
		if definition.Key != key {
			continue
		}
		document, visible, err := view.document(definition)
		if err != nil {
			return err
		}
		if visible {
			return r.data(http.StatusOK, document)
		}
	}
	if document, ok := view.policy.Catalog().Environment().Options.Document(key.Name); ok && key.Kind == metadata.KindOptions {
		return r.data(http.StatusOK, document)
	}
	return fault.New(fault.NotFound)
}

// formerDefinition is a definition as it was at a revision, for those who see
// all of it.
func (s *Server) formerDefinition(r *request, view *metaView, key metadata.Key) error {
	faults := fault.New(fault.InvalidQuery)
	revision := r.number("revision", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	if !view.designer {
		return fault.New(fault.NotFound)
	}
	definition, err := s.Catalog.At(r.ctx, int64(revision), key)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, definition.Document)
}

func (s *Server) planMeta(r *request) error {
	var ask catalog.Request
	if err := r.into(largeBody, &ask); err != nil {
		return err
	}
	result, err := s.Catalog.Plan(r.ctx, r.language, ask)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, result)
}

func (s *Server) applyMeta(r *request) error {
	var ask catalog.Request
	if err := r.into(largeBody, &ask); err != nil {
		return err
	}
	return s.apply(r, ask)
}

func (s *Server) apply(r *request, ask catalog.Request) error {
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		result, err := s.Catalog.Apply(r.ctx, r.actor, ask, finishApply(options))
		return applied{result}, err
	})
}

// finishApply hands the result of an apply on as the body of its answer.
func finishApply(options record.Options) catalog.Finish {
	if options.Finish == nil {
		return nil
	}
	return func(ctx context.Context, tx *store.Tx, result *catalog.Result) error {
		return options.Finish(ctx, tx, applied{result})
	}
}

// dataBody answers {"data": value}.
type dataBody struct{ value any }

// AppendJSON appends the answer.
func (b dataBody) AppendJSON(dst []byte) []byte {
	return record.AppendValue(dst, map[string]any{"data": b.value})
}

// allowed are the risks that a query string allows, such as allow=destructive.
func (r *request) allowed() []string { return r.list("allow") }

func (s *Server) putDefinition(r *request) error {
	if _, err := r.values(largeBody); err != nil {
		return err
	}
	var key metadata.Key
	if err := json.Unmarshal(r.body, &key); err != nil {
		return fault.New(fault.InvalidJSON).Because(err)
	}
	if key.Kind != r.Params("kind") || key.Name != r.Params("name") {
		return fault.New(fault.InvalidDefinition).At("/name", fault.InvalidKeyword, "keyword", "name", "reason", r.Params("kind")+"/"+r.Params("name"))
	}
	return s.applyOver(r, catalog.Request{Definitions: []json.RawMessage{r.body}})
}

// applyOver applies what the query string allows, over the revision that it
// names.
func (s *Server) applyOver(r *request, ask catalog.Request) error {
	faults := fault.New(fault.InvalidQuery)
	if base := int64(r.number("base", faults)); r.Query("base") != "" {
		ask.Base = &base
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	ask.Allow = r.allowed()
	return s.apply(r, ask)
}

func (s *Server) deleteDefinition(r *request) error {
	key := metadata.Key{Kind: r.Params("kind"), Name: r.Params("name")}
	if _, ok := s.Catalog.Current().Catalog().Definition(key); !ok {
		return fault.New(fault.NotFound)
	}
	return s.applyOver(r, catalog.Request{Delete: []metadata.Key{key}})
}

func (s *Server) revisions(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	limit, before := r.number("limit", faults), r.number("cursor", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	if limit == 0 {
		limit = 50
	}
	revisions, err := s.Catalog.Revisions(r.ctx, int64(before), limit)
	if err != nil {
		return err
	}
	var next any
	if len(revisions) == limit {
		next = revisions[limit-1].Revision
	}
	return r.send(http.StatusOK, map[string]any{"data": revisions, "page": map[string]any{"next": next}})
}

func (s *Server) restoreRevision(r *request) error {
	revision, err := r.ParamsInt("revision")
	if err != nil {
		return fault.New(fault.UnknownRevision, "revision", r.Params("revision"))
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		result, err := s.Catalog.Restore(r.ctx, r.actor, int64(revision), r.allowed(), finishApply(options))
		return applied{result}, err
	})
}

func (s *Server) recordSchema(r *request) error {
	r.Set("Cache-Control", "no-store")
	view, err := s.viewOf(r)
	if err != nil {
		return err
	}
	schema, err := view.schema(r.Params("name"))
	if err != nil {
		return err
	}
	return r.send(http.StatusOK, schema)
}
