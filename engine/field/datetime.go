package field

import (
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// InstantLayout is how an instant is written: RFC 3339 in UTC, milliseconds. As
// text it sorts in the order of time.
const InstantLayout = "2006-01-02T15:04:05.000Z"

// datetime is an instant, kept in UTC to the millisecond.
type datetime struct{}

var _ Kind = datetime{}

func (datetime) Name() string              { return "datetime" }
func (datetime) Order() Order              { return ByValue }
func (datetime) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Instant} }
func (datetime) Column(f *Field) Column    { return Column{Name: f.Name, Type: Instant} }
func (datetime) Check(*Field) []fault.Item { return nil }

func (datetime) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "date-time")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return nil, notInstant(wireExample)
	}
	return instant(t, wireExample)
}

// ParseText also reads local times, in the reader's zone.
func (datetime) ParseText(_ *Field, s string, in Locale) (expr.Value, *fault.Item) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return instant(t, textExample)
	}
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{"2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2T15:04:05", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006-1-2", "2006/1/2", "2006年1月2日", "2 Jan 2006 15:04", "2 Jan 2006"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return instant(t, textExample)
		}
	}
	return nil, notInstant(textExample)
}

// How programs, and how people, may write an instant.
const (
	wireExample = "2026-11-21T08:00:00Z"
	textExample = "2026-11-21 08:00"
)

func notInstant(example string) *fault.Item {
	return wrong(fault.InvalidInstant, "example", example)
}

func instant(t time.Time, example string) (expr.Value, *fault.Item) {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, notInstant(example)
	}
	return t, nil
}

func (datetime) Text(_ *Field, v expr.Value, _ Locale) string {
	t, _ := v.(time.Time)
	return t.Format(InstantLayout)
}

func (datetime) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	t, _ := v.(time.Time)
	return append(t.AppendFormat(append(dst, '"'), InstantLayout), '"')
}

func (datetime) Schema(*Field) map[string]any {
	return map[string]any{"type": "string", "format": "date-time"}
}
