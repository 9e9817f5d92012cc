package api

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
)

// clockRoutes let tests move the product's clock; without Services.MoveClock
// there are none.
func (s *Server) clockRoutes() []Route {
	if s.MoveClock == nil {
		return nil
	}
	return []Route{{Method: http.MethodPost, Path: "/test/clock", Need: Open, Summary: "Move the clock, for tests", handle: s.moveClock}}
}

func (s *Server) moveClock(r *request) error {
	if !r.Context().RemoteIP().IsLoopback() {
		return fault.New(fault.NotFound)
	}
	var ask struct {
		Now     *time.Time `json:"now"`
		Advance string     `json:"advance"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	offset := s.Clock.Offset()
	if ask.Now != nil {
		offset = ask.Now.Sub(clock.Machine())
	}
	if ask.Advance != "" {
		by, ok := isoDuration(ask.Advance)
		if !ok {
			return fault.New(fault.BadRequest).At("/advance", fault.WrongType, "expected", "duration")
		}
		offset += by
	}
	if err := s.MoveClock(r.ctx, offset); err != nil {
		return err
	}
	return r.data(http.StatusOK, map[string]any{"now": s.Clock.Now()})
}

var durationForm = regexp.MustCompile(`^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// isoDuration reads an ISO 8601 duration of weeks, days, hours, minutes and
// seconds.
func isoDuration(text string) (time.Duration, bool) {
	parts := durationForm.FindStringSubmatch(text)
	if parts == nil || len(text) < 3 {
		return 0, false
	}
	units := []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}
	var total time.Duration
	for i, unit := range units {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(parts[i+1])
		if err != nil || n > 1_000_000 {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, true
}
