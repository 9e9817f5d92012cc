package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
)

func (s *Server) feedRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/changes", Summary: "What was changed, in order, from a cursor on", handle: s.changes},
	}
}

// sinceNow asks for the feed from its end.
const sinceNow = "now"

// feedPage is a part of the feed. There is always a next one: an empty part
// says that nothing more has happened yet.
type feedPage struct {
	Data []record.FeedEntry `json:"data"`
	Page struct {
		Next string `json:"next"`
	} `json:"page"`
}

func (s *Server) changes(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"since", "object", "limit"}, faults)
	limit := r.number("limit", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	limit, err := record.FeedLimit(limit)
	if err != nil {
		return err
	}
	since, err := s.since(r, r.Query("since"))
	if err != nil {
		return err
	}
	feed, err := s.Records.Feed(r.ctx, r.actor, record.Watch{Objects: r.list("object")}, since, limit)
	if err != nil {
		return err
	}
	page := feedPage{Data: feed.Entries}
	if page.Page.Next, err = s.Records.Cursor(r.actor, feed.Next); err != nil {
		return err
	}
	r.Set("Cache-Control", "no-store")
	return r.send(http.StatusOK, page)
}

// since is the position that a request names: the beginning, the end, or a
// cursor.
func (s *Server) since(r *request, text string) (record.Position, error) {
	switch text {
	case "":
		return 0, nil
	case sinceNow:
		return s.Records.FeedEnd(r.ctx)
	default:
		return s.Records.Position(r.actor, text)
	}
}
