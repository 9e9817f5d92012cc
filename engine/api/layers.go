package api

import (
	"net/http"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/layer"
	"github.com/trellis-crm/trellis/engine/metadata"
)

const (
	layersPath = "/api/v1/me/views/:object"
	layerPath  = layersPath + "/:view"
)

func (s *Server) layerRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: layersPath, Whole: true, Summary: "What the caller changed of the views of an object for himself", handle: s.layers},
		{Method: http.MethodPut, Path: layerPath, Whole: true, Summary: "Keep what the caller changed of a view, or a view of his own", handle: s.putLayer},
		{Method: http.MethodDelete, Path: layerPath, Whole: true, Summary: "Go back to the view as it is for everybody", handle: s.deleteLayer},
	}
}

func (s *Server) layers(r *request) error {
	if err := s.lists(r, layer.All); err != nil {
		return err
	}
	layers, err := s.Layers.Of(r.ctx, r.actor, r.Params("object"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, layers)
}

func (s *Server) putLayer(r *request) error {
	if err := s.lists(r, layer.All); err != nil {
		return err
	}
	var settings layer.Settings
	if err := r.into(smallBody, &settings); err != nil {
		return err
	}
	settings.Title = strings.TrimSpace(settings.Title)
	name := r.Params("view")
	if settings.Own() {
		if id, item := field.ParseID(name); item != nil || id != name {
			return fault.New(fault.NotFound)
		}
		if err := s.lists(r, settings.View); err != nil {
			return fault.New(fault.InvalidValues).At("/view", fault.DanglingReference, "kind", metadata.KindView, "name", settings.View)
		}
	} else {
		settings.View = name
		if err := s.lists(r, name); err != nil {
			return err
		}
	}
	kept, err := s.Layers.Keep(r.ctx, r.actor, r.Params("object"), name, settings)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, kept)
}

func (s *Server) deleteLayer(r *request) error {
	if err := s.lists(r, layer.All); err != nil {
		return err
	}
	if err := s.Layers.Forget(r.ctx, r.actor, r.Params("object"), r.Params("view")); err != nil {
		return err
	}
	return r.nothing()
}

// lists reports with not_found that the caller does not know of the object, or
// of this view of it.
func (s *Server) lists(r *request, name string) error {
	view, err := s.viewOf(r)
	if err != nil {
		return err
	}
	object, known, err := view.object(r.Params("object"))
	switch {
	case err != nil:
		return err
	case !known:
		return fault.New(fault.NotFound)
	case name == layer.All:
		return nil
	}
	if found, ok := view.policy.Catalog().View(object.Name, name); !ok || found.Object != object.Name {
		return fault.New(fault.NotFound)
	}
	for _, definition := range view.policy.Catalog().Definitions() {
		if definition.Key != (metadata.Key{Kind: metadata.KindView, Name: name}) {
			continue
		}
		if _, visible, err := view.document(definition); err != nil || visible {
			return err
		}
	}
	return fault.New(fault.NotFound)
}

func layerExchanges() map[string]exchange {
	one := answered[layer.Layer]()
	for _, name := range []string{"sort", "columns"} {
		one = with(one, name, nullable(listOf(text())))
	}
	one = with(one, "widths", nullable(mapOf(whole())))
	return map[string]exchange{
		"GET " + layersPath:   {status: http.StatusOK, gives: data(listOf(one))},
		"PUT " + layerPath:    {status: http.StatusOK, takes: sent[layer.Settings](), gives: data(one)},
		"DELETE " + layerPath: {status: http.StatusNoContent},
	}
}
