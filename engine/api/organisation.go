package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

const (
	organisationPath = "/api/v1/organisation"
	logoPath         = organisationPath + "/logo"
	brandPath        = "/api/v1/brand"
)

func (s *Server) organisationRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: organisationPath, Ability: catalog.AbilityOrganisation, Summary: "The settings of the organisation", handle: s.organisation},
		{Method: http.MethodPatch, Path: organisationPath, Ability: catalog.AbilityOrganisation, Whole: true, Summary: "Change the settings of the organisation", handle: s.changeOrganisation},
		{Method: http.MethodPost, Path: logoPath, Ability: catalog.AbilityOrganisation, Whole: true, Summary: "Set the logo of the organisation", handle: s.setLogo},
		{Method: http.MethodDelete, Path: logoPath, Ability: catalog.AbilityOrganisation, Whole: true, Summary: "Take the logo of the organisation away", handle: s.deleteLogo},
		{Method: http.MethodGet, Path: brandPath + "/logo/:name", Need: Open, Summary: "The logo of the organisation", handle: s.logo},
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

// toldBrand is what a stranger sees of the organisation: whose door he stands at,
// and which languages are spoken there.
type toldBrand struct {
	Name      string         `json:"name"`
	Locale    string         `json:"locale"`
	Languages []string       `json:"languages"`
	Brand     metadata.Brand `json:"brand"`
}

func (s *Server) brand(r *request) error {
	organisation := s.organised()
	return r.data(http.StatusOK, toldBrand{organisation.Name, organisation.Locale, organisation.Languages, organisation.Brand})
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
	organisation, err := s.Catalog.Organise(r.ctx, r.actor, version, func(_ context.Context, _ *store.Tx, organisation *metadata.Organisation) error {
		logo := organisation.Brand.Logo
		if err := merge(organisation, patch); err != nil {
			return err
		}
		if organisation.Brand.Logo != logo {
			return fault.New(fault.InvalidValues).At("/brand/logo", fault.ReadOnly, "field", "logo")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.organisation(organisation)
}

// setLogo takes in a picture.
func (s *Server) setLogo(r *request) error {
	part, err := r.file(file.MaxLogo)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(io.LimitReader(incoming{part}, file.MaxLogo+1))
	if err != nil {
		return fmt.Errorf("read a logo: %w", err)
	}
	logo, err := s.Files.Logo(r.ctx, content)
	if err != nil {
		return err
	}
	return s.keepLogo(r, logo)
}

func (s *Server) deleteLogo(r *request) error { return s.keepLogo(r, nil) }

func (s *Server) keepLogo(r *request, logo []byte) error {
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	organisation, err := s.Catalog.Organise(r.ctx, r.actor, version, func(ctx context.Context, tx *store.Tx, organisation *metadata.Organisation) error {
		return catalog.KeepLogo(ctx, tx, organisation, logo)
	})
	if err != nil {
		return err
	}
	return r.organisation(organisation)
}

// logo gives the picture by the name that follows from what is in it, so that it
// may be kept for good.
func (s *Server) logo(r *request) error {
	content, err := catalog.ReadLogo(r.ctx, s.Store, r.Params("name"))
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "image/png")
	r.Set(fiber.HeaderContentDisposition, "inline")
	r.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return r.Send(content)
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
	one, picture := data(answered[metadata.Organisation]()), shape{"type": "string", "format": "binary"}
	return map[string]exchange{
		"POST " + logoPath:                 {status: http.StatusOK, headers: []string{fiber.HeaderIfMatch}, takes: members(map[string]any{"file": picture}), gives: one},
		"DELETE " + logoPath:               {status: http.StatusOK, headers: []string{fiber.HeaderIfMatch}, gives: one},
		"GET " + brandPath + "/logo/:name": {status: http.StatusOK, gives: picture, format: "image/png"},
		"GET " + brandPath:                 {status: http.StatusOK, gives: data(answered[toldBrand]())},
		"GET " + organisationPath:          {status: http.StatusOK, gives: one},
		"PATCH " + organisationPath:        {status: http.StatusOK, headers: []string{fiber.HeaderIfMatch}, takes: sent[metadata.Organisation](), gives: one},
	}
}
