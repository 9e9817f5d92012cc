package field

import (
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// timeOfDay is a time on the clock, "09:30" or, with seconds that are not
// nought, "09:30:15". As text it sorts in the order of the day.
type timeOfDay struct{ plain }

var _ Kind = timeOfDay{}

func (timeOfDay) Name() string { return "time" }

func (timeOfDay) Check(f *Field) []fault.Item {
	if f.Minimum != nil && f.Maximum != nil && asText(f.Minimum.Value) > asText(f.Maximum.Value) {
		return []fault.Item{{Pointer: "/minimum", Code: fault.EmptyRange}}
	}
	return nil
}

func (timeOfDay) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "time")
	}
	return parseTime(f, s, "15:04", "15:04:05")
}

// ParseText also reads the forms of spreadsheets: 9:30, 9:30 PM, 9点30分.
func (timeOfDay) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	s = strings.ToUpper(strings.TrimSpace(strings.ReplaceAll(s, "\uff1a", ":")))
	return parseTime(f, s, "15:04", "15:04:05", "3:04 PM", "3:04PM", "3:04:05 PM", "15点04分", "15点4分", "15时04分")
}

func parseTime(f *Field, s string, layouts ...string) (expr.Value, *fault.Item) {
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err != nil || t.Nanosecond() != 0 || len(layouts) == 2 && len(s) != len(layout) {
			continue
		}
		return limitTime(f, strings.TrimSuffix(t.Format(time.TimeOnly), ":00"))
	}
	return nil, wrong(fault.InvalidTime)
}

func limitTime(f *Field, s string) (expr.Value, *fault.Item) {
	if f.Minimum != nil && s < asText(f.Minimum.Value) {
		return nil, wrong(fault.TooSmall, "min", f.Minimum.Value)
	}
	if f.Maximum != nil && s > asText(f.Maximum.Value) {
		return nil, wrong(fault.TooLarge, "max", f.Maximum.Value)
	}
	return s, nil
}

func (timeOfDay) Schema(*Field) map[string]any {
	return map[string]any{"type": "string", "pattern": `^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$`}
}
