package api

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/store"
)

const viewAsPath = "/api/v1/session/view_as"

// viewAs is the header that tells, in an answer, as whom the session looks at
// the application, and in a request, as whom its page does.
const viewAs = "View-As"

func (s *Server) viewAsRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: viewAsPath, Ability: identity.ViewAsAbility, Summary: "Look at the application as somebody else", handle: s.beginViewAs},
		{Method: http.MethodDelete, Path: viewAsPath, Own: true, Summary: "Look at the application as oneself again", handle: s.endViewAs},
	}
}

func viewAsExchanges() map[string]exchange {
	return map[string]exchange{
		"POST " + viewAsPath:   {status: http.StatusOK, takes: members(map[string]any{"user": text()}), gives: data(answered[identity.ViewAs]())},
		"DELETE " + viewAsPath: {status: http.StatusNoContent},
	}
}

// looking lets who looks at the application as somebody else do nothing: he
// comes to routes that only read, and there the store refuses every write. Nor
// is he told how that person signs in. Faults: viewing, view_as_over.
func (r *request) looking(route Route) error {
	if route.Own || r.token != "" || r.actor != nil && r.actor.Confined {
		return nil
	}
	viewed := ""
	if r.actor != nil && r.actor.Viewer != "" {
		viewed = r.actor.ID
		r.Set(viewAs, viewed)
		r.ctx = store.ReadOnly(r.ctx)
	}
	if page := r.Get(viewAs); page != "" && page != viewed {
		return fault.New(fault.ViewAsOver) // the page shows what another person sees
	}
	if viewed != "" && (route.Private || route.Method != fiber.MethodGet && !route.Reads) {
		return fault.New(fault.Viewing)
	}
	return nil
}

func (s *Server) beginViewAs(r *request) error {
	var ask struct {
		User string `json:"user"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	view, err := s.People.BeginViewAs(r.ctx, r.actor, ask.User, r.secret)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, view)
}

// endViewAs ends the view that the page has, if it says which: another may have
// begun since.
func (s *Server) endViewAs(r *request) error {
	if err := r.himself(); err != nil {
		return err
	}
	if err := s.People.EndViewAs(r.ctx, r.secret, r.Get(viewAs)); err != nil {
		return err
	}
	return r.nothing()
}
