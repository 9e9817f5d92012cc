package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// request is one call of a route.
type request struct {
	*fiber.Ctx
	server   *Server
	ctx      context.Context //nolint:containedctx // lives exactly as long as the request
	actor    *access.Actor   // nil on open routes for a stranger
	secret   string          // of the session's cookie
	token    string          // the API key
	language string
	body     []byte
	drained  bool // the body was read to its end
}

// handlerWait is how long a request may take.
const handlerWait = 30 * time.Second

// serve wraps a route: who asks, may he, and what becomes of errors and panics.
func (s *Server) serve(route Route) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		wait := handlerWait
		if route.Slow {
			wait = requestWait
		}
		ctx, cancel := context.WithTimeout(c.UserContext(), wait)
		defer cancel()
		r := &request{Ctx: c, server: s, ctx: ctx, language: s.preferred(c)}
		r.ctx = audit.From(ctx, r.origin().Address)
		c.Locals(localRequest, r)
		defer func() {
			if value := recover(); value != nil {
				s.Log.ErrorContext(ctx, "panic in a request", "value", fmt.Sprint(value), "stack", string(debug.Stack()), "request_id", r.id())
				err = fault.New(fault.Internal)
			}
		}()
		began := s.Records.Policy()
		remembered := route.Remembers && route.Ability == "" && r.Get(idempotencyKey) == ""
		err = s.try(r, route, remembered)
		if err != nil && r.actor != nil && r.actor.Standing != 0 {
			err = s.try(r, route, false)
		}
		if err != nil && s.overtaken(r, route, began, err) {
			err = s.try(r, route, false)
		}
		return err
	}
}

// overtaken tells whether a request failed beside a change of the definitions,
// which are others now than when it began, so that it may begin anew.
func (s *Server) overtaken(r *request, route Route, began *access.Policy, err error) bool {
	return route.leavesNothing(err) && s.Catalog.Refresh(r.ctx) == nil && s.Records.Policy() != began
}

// leavesNothing tells whether nothing is left of what a request did that failed:
// it only reads, or a statement of its one write was refused. Of any other
// failure of a write nobody knows whether it was committed.
func (route Route) leavesNothing(err error) bool {
	if route.Method == http.MethodGet {
		return fault.As(err) == nil
	}
	return route.Remembers && errors.Is(err, store.ErrOutdated)
}

// try admits and handles a request. With remembered its actor may be one that
// an earlier request has read: whoever works for him ends with ErrStanding when
// he has changed. A refusal may have come before that was asked, so none is
// final until he is read anew.
func (s *Server) try(r *request, route Route, remembered bool) error {
	if err := s.admit(r, route, remembered); err != nil {
		return err
	}
	return route.handle(r)
}

// localRequest is where the request is kept for the error handler.
const localRequest = "request"

// admit finds who asks and judges whether he may call the route at all.
func (s *Server) admit(r *request, route Route, remembered bool) error {
	if route.Path == healthPath || route.Path == readyPath {
		return nil // whoever asks, and whatever the database does
	}
	done, err := s.Setup.Done(r.ctx)
	if err != nil {
		return err
	}
	if route.Need == SetUp {
		if done || !s.Setup.Admits(r.Cookies(setupCookie)) {
			return fault.New(fault.NotFound)
		}
		return r.sameSite()
	}
	if !done {
		return fault.New(fault.NotFound)
	}
	if err := s.identify(r, route, remembered); err != nil {
		return err
	}
	if err := r.enrolled(route); err != nil {
		return err
	}
	if err := r.looking(route); err != nil {
		return err
	}
	if route.Need == Open {
		return nil
	}
	if r.actor == nil {
		return fault.New(fault.Unauthorized)
	}
	if err := route.within(r.actor.Limit, r.Params("object")); err != nil || route.Ability == "" {
		return err
	}
	can, err := s.Catalog.Current().Can(r.actor, route.Ability)
	if err != nil {
		return err
	}
	if !can {
		return fault.New(fault.MissingAbility, "ability", route.Ability)
	}
	return nil
}

// within refuses a limited key what no decision about records does: what takes
// its person whole, and to write where it may only read. Fault: key_limited.
func (route Route) within(limit *access.Limit, object string) error {
	reads := route.Reads || route.Method == http.MethodGet
	switch {
	case limit == nil, reads && !route.Whole:
		return nil
	case route.Whole:
		return fault.New(fault.KeyLimited)
	case object == "":
		if route.Ability == "" && !limit.Writes() {
			return fault.New(fault.KeyLimited)
		}
	case limit.Permits(object, access.Read) && !limit.Permits(object, access.Update):
		return fault.New(fault.KeyLimited)
	}
	return nil
}

// identify finds the actor of the API key or of the session's cookie.
func (s *Server) identify(r *request, route Route, remembered bool) error {
	var err error
	if header := r.Get(fiber.HeaderAuthorization); header != "" {
		var ok bool
		if r.token, ok = strings.CutPrefix(header, "Bearer "); !ok {
			return fault.New(fault.Unauthorized)
		}
		if r.actor, err = s.People.ByToken(r.ctx, r.token, remembered); err != nil {
			return err
		}
		if r.actor == nil {
			return fault.New(fault.Unauthorized)
		}
	} else if r.secret = r.Cookies(s.sessionCookie()); r.secret != "" {
		if err := r.sameSite(); err != nil {
			return err
		}
		bySession := s.People.BySession
		if route.Own {
			bySession = s.People.ByOwnSession
		}
		if r.actor, err = bySession(r.ctx, r.secret, remembered); err != nil {
			return err
		}
	}
	s.localise(r)
	return nil
}

// localise settles the actor's language and zone: his own, else what the
// request prefers and the organisation's zone.
func (s *Server) localise(r *request) {
	if r.actor == nil {
		return
	}
	s.settle(r.actor, r.language)
	r.language = r.actor.Language
}

func (s *Server) settle(actor *access.Actor, language string) {
	organisation := s.organised()
	if !organisation.Speaks(actor.Language) {
		actor.Language = language
	}
	if actor.Zone == nil {
		actor.Zone = organisation.Zone()
	}
}

// sameSite refuses what another site made the browser send: an unsafe method
// with a cookie must come from our own pages.
func (r *request) sameSite() error {
	switch r.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	if site := r.Get("Sec-Fetch-Site"); site != "" {
		if site == "same-origin" || site == "none" {
			return nil
		}
		return fault.New(fault.CrossSite)
	}
	origin := r.Get(fiber.HeaderOrigin)
	if origin == "" {
		return nil
	}
	if _, host, _ := strings.Cut(origin, "://"); host == string(r.Context().Host()) {
		return nil
	}
	return fault.New(fault.CrossSite)
}

// id is the request's own name, for the log and the person who reports it.
func (r *request) id() string { return requestID(r.Ctx) }

func requestID(c *fiber.Ctx) string {
	if id, ok := c.Locals("request_id").(string); ok {
		return id
	}
	id := uuid.NewString()
	c.Locals("request_id", id)
	return id
}

// organised is the organisation as this server knows it.
func (s *Server) organised() metadata.Organisation {
	return s.Catalog.Current().Catalog().Environment().Organisation
}

// preferred is the language that a request likes best among those that are
// offered; when it likes none, the organisation's.
func (s *Server) preferred(c *fiber.Ctx) string {
	organisation := s.organised()
	if organisation.Name == "" {
		organisation = metadata.Organisation{Locale: "en"}.Settled()
	}
	return preferred(c.Get(fiber.HeaderAcceptLanguage), organisation)
}

func preferred(header string, organisation metadata.Organisation) string {
	best, liked := organisation.Locale, 0.0
	for part := range strings.SplitSeq(header[:min(len(header), 1000)], ",") {
		tag, quality, weighed := strings.Cut(strings.ReplaceAll(strings.ToLower(part), " ", ""), ";q=")
		weight := 1.0
		if weighed {
			var err error
			if weight, err = strconv.ParseFloat(quality, 64); err != nil {
				continue
			}
		}
		language, _, _ := strings.Cut(tag, "-")
		if spoken := map[string]string{"zh": "zh-CN", "en": "en"}[language]; organisation.Speaks(spoken) && weight > liked {
			best, liked = spoken, weight
		}
	}
	return best
}
