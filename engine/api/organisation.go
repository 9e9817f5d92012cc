package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/metadata"
)

const (
	organisationPath = "/api/v1/organisation"
	brandPath        = "/api/v1/brand"
)

func (s *Server) organisationRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: organisationPath, Ability: catalog.AbilityOrganisation, Summary: "The settings of the organisation", handle: s.organisation},
		{Method: http.MethodPatch, Path: organisationPath, Ability: catalog.AbilityOrganisation, Whole: true, Summary: "Change the settings of the organisation", handle: s.changeOrganisation},
		{Method: http.MethodGet, Path: brandPath, Need: Open, Summary: "What a stranger sees of the organisation", handle: s.brand},
	}
}

func (s *Server) organisation(r *request) error {
	organisation, err := catalog.ReadOrganisation(r.ctx, s.Store)
	if err != nil {
		return err
	}
	return r.organisation(organisation)
}

// brand is what a stranger sees of the organisation: whose door he stands at, and
// which languages are spoken there.
type brand struct {
	Name      string   `json:"name"`
	Locale    string   `json:"locale"`
	Languages []string `json:"languages"`
}

func (s *Server) brand(r *request) error {
	organisation := s.organised()
	return r.data(http.StatusOK, brand{organisation.Name, organisation.Locale, organisation.Languages})
}

// organisation answers with the organisation, and its version as ETag.
func (r *request) organisation(organisation metadata.Organisation) error {
	r.Set(fiber.HeaderETag, etag(organisation.Version))
	return r.data(http.StatusOK, organisation)
}

func (s *Server) changeOrganisation(r *request) error {
	patch, err := r.values(smallBody)
	if err != nil {
		return err
	}
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	organisation, err := s.Catalog.Organise(r.ctx, r.actor, version, func(organisation *metadata.Organisation) error {
		return merge(organisation, patch)
	})
	if err != nil {
		return err
	}
	return r.organisation(organisation)
}

// merge puts a merge patch (RFC 7396) into a value. Faults: bad_request with what
// the value does not have, or has otherwise.
func merge[T any](value *T, patch map[string]any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("merge a patch: %w", err)
	}
	whole, err := decodeJSON(raw)
	if err != nil {
		return err
	}
	if raw, err = json.Marshal(merged(whole, patch)); err != nil {
		return fmt.Errorf("merge a patch: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var changed T
	if err := decoder.Decode(&changed); err != nil {
		return decodeFault(err)
	}
	*value = changed
	return nil
}

func merged(whole, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	members := map[string]any{}
	if known, ok := whole.(map[string]any); ok {
		maps.Copy(members, known)
	}
	for name, change := range changes {
		if _, known := members[name]; known && change == nil {
			delete(members, name)
		} else {
			members[name] = merged(members[name], change)
		}
	}
	return members
}

func organisationExchanges() map[string]exchange {
	one := data(answered[metadata.Organisation]())
	return map[string]exchange{
		"GET " + brandPath:          {status: http.StatusOK, gives: data(answered[brand]())},
		"GET " + organisationPath:   {status: http.StatusOK, gives: one},
		"PATCH " + organisationPath: {status: http.StatusOK, headers: []string{fiber.HeaderIfMatch}, takes: sent[metadata.Organisation](), gives: one},
	}
}
