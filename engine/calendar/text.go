package calendar

import (
	"encoding/json"
	"fmt"
	"time"
)

// written is a calendar as a text: a zone, seven lists of spans from Monday,
// and the spans of each day that is an exception. A span is its two minutes.
type written struct {
	Zone string            `json:"zone"`
	Week [7][]Span         `json:"week"`
	Days map[string][]Span `json:"days"`
}

// MarshalJSON writes [540, 720].
func (s Span) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d]", s.From, s.To), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Span) UnmarshalJSON(raw []byte) error {
	var minutes [2]int
	if err := json.Unmarshal(raw, &minutes); err != nil {
		return fmt.Errorf("read a span: %w", err)
	}
	s.From, s.To = minutes[0], minutes[1]
	return nil
}

// Text is all of the calendar as JSON, always the same for the same calendar.
// By it an expression carries its calendar to the databases and the browser.
func (c *Calendar) Text() string {
	w := written{Zone: c.zone.String(), Days: map[string][]Span{}}
	for i, spans := range c.week {
		w.Week[i] = append([]Span{}, spans...)
	}
	for _, e := range c.exceptions {
		for day := e.First; day <= e.Last; day++ {
			w.Days[day.String()] = append([]Span{}, e.Spans...)
		}
	}
	raw, _ := json.Marshal(w) // numbers and texts always encode
	return string(raw)
}

// Parse reads what Text writes.
func Parse(text string) (*Calendar, error) {
	var w written
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return nil, fmt.Errorf("read a calendar: %w", err)
	}
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return nil, fmt.Errorf("read a calendar: %w", err)
	}
	var exceptions []Exception
	for name, spans := range w.Days {
		date, err := time.Parse(time.DateOnly, name)
		if err != nil {
			return nil, fmt.Errorf("read a calendar: %w", err)
		}
		day := DayOf(date.Date())
		exceptions = append(exceptions, Exception{First: day, Last: day, Spans: spans})
	}
	return New(zone, w.Week, exceptions), nil
}
