package api

import (
	"net/http"
	"slices"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

const missingPath = "/api/v1/meta/translation/:name/missing"

// users tells which places name a definition or, with at=/properties/x, that
// part of it: those for which its removal would be refused, and its
// translations.
func (s *Server) users(r *request) error {
	catalog := s.Catalog.Current().Catalog()
	key := metadata.Key{Kind: r.Params("kind"), Name: r.Params("name")}
	_, ships := catalog.Environment().Options.Document(key.Name)
	if _, ok := catalog.Definition(key); !ok && (key.Kind != metadata.KindOptions || !ships) {
		return fault.New(fault.NotFound)
	}
	return r.data(http.StatusOK, catalog.Users(key, r.Query("at")))
}

// missingTexts lists what is still to be translated into a language.
func (s *Server) missingTexts(r *request) error {
	if !slices.Contains(metadata.Locales(), r.Params("name")) {
		return fault.New(fault.NotFound)
	}
	missing, count := s.Catalog.Current().Catalog().Missing(r.Params("name"))
	return r.data(http.StatusOK, map[string]any{"texts": count, "missing": missing})
}
