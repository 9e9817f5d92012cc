package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/notification"
	"github.com/trellis-crm/trellis/engine/record"
)

const (
	notificationsPath = "/api/v1/notifications"
	followPath        = recordPath + "/follow"
)

func (s *Server) notificationRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: notificationsPath, Whole: true, Summary: "What the caller was told", handle: s.notifications},
		{Method: http.MethodPost, Path: notificationsPath + "/_read", Whole: true, Summary: "Read many notifications", handle: s.readNotifications},
		{Method: http.MethodPost, Path: notificationsPath + "/:id/read", Whole: true, Summary: "Read a notification", handle: s.mark(true)},
		{Method: http.MethodPost, Path: notificationsPath + "/:id/unread", Whole: true, Summary: "Keep a notification as not read", handle: s.mark(false)},
		{Method: http.MethodGet, Path: followPath, Whole: true, Summary: "Whether the caller follows a record", handle: s.follows},
		{Method: http.MethodPut, Path: followPath, Whole: true, Summary: "Follow a record", handle: s.follow},
		{Method: http.MethodDelete, Path: followPath, Whole: true, Summary: "Follow a record no more", handle: s.unfollow},
	}
}

func (s *Server) notifications(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"unread", "group", "cursor", "limit"}, faults)
	ask := notification.Ask{Group: r.Query("group"), Cursor: r.Query("cursor"), Limit: r.number("limit", faults)}
	switch r.Query("unread", "false") {
	case "true":
		ask.Unread = true
	case "false":
	default:
		faults.At("/unread", fault.WrongType, "expected", "boolean")
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	page, err := s.Notes.List(r.ctx, r.actor, ask)
	if err != nil {
		return err
	}
	r.Set("Cache-Control", "no-store")
	return r.answer(http.StatusOK, page)
}

func (s *Server) readNotifications(r *request) error {
	var reading notification.Reading
	if err := r.into(smallBody, &reading); err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		return s.Notes.Read(r.ctx, r.actor, reading, options)
	})
}

func (s *Server) mark(read bool) handler {
	return func(r *request) error {
		return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
			return record.Nothing{}, s.Notes.Mark(r.ctx, r.actor, r.Params("id"), read, options)
		})
	}
}

func (s *Server) follows(r *request) error {
	follows, err := s.Notes.Follows(r.ctx, r.actor, r.Params("object"), r.Params("id"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, map[string]bool{"following": follows})
}

func (s *Server) follow(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Notes.Follow(r.ctx, r.actor, r.Params("object"), r.Params("id"), options)
	})
}

func (s *Server) unfollow(r *request) error {
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Notes.Unfollow(r.ctx, r.actor, r.Params("object"), r.Params("id"), options)
	})
}

func notificationExchanges() map[string]exchange {
	image := nullable(mapOf(shape{}))
	change := with(with(answered[record.Entry](), "before", image), "after", image)
	one := with(with(answered[notification.Notification](), "change", nullable(change)), "comment", nullable(answered[record.Comment]()))
	return map[string]exchange{
		"GET " + notificationsPath: {status: http.StatusOK, asks: []string{"unread", "group", "cursor", "limit"}, gives: members(map[string]any{
			"data": listOf(one), "page": members(map[string]any{"next": nullable(text()), "total": whole()}),
			"unread": answered[notification.Counts](), "included": mapOf(mapOf(anyObject())),
		})},
		"POST " + notificationsPath + "/_read":      {status: http.StatusOK, headers: onceOnly(), takes: sent[notification.Reading](), gives: data(answered[notification.ReadCount]())},
		"POST " + notificationsPath + "/:id/read":   {status: http.StatusNoContent, headers: onceOnly()},
		"POST " + notificationsPath + "/:id/unread": {status: http.StatusNoContent, headers: onceOnly()},
		"GET " + followPath:                         {status: http.StatusOK, gives: data(members(map[string]any{"following": yesOrNo()}))},
		"PUT " + followPath:                         {status: http.StatusNoContent, headers: onceOnly()},
		"DELETE " + followPath:                      {status: http.StatusNoContent, headers: onceOnly()},
	}
}
