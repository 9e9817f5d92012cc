package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/transfer"
)

const holidaysPath = "/api/v1/calendars/holidays"

func (s *Server) calendarRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: holidaysPath, Ability: design, Reads: true, Summary: "Read a file of holidays", handle: s.holidays},
	}
}

// holidays tells what a file of holidays says; putting it into a calendar is a
// change of that definition.
func (s *Server) holidays(r *request) error {
	var ask struct {
		Text string `json:"text"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	read, err := transfer.ReadHolidays(ask.Text)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, read)
}
