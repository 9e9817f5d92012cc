package field

import (
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// date is a civil day.
type date struct{}

var _ Kind = date{}

func (date) Name() string           { return "date" }
func (date) Order() Order           { return ByValue }
func (date) Type(*Field) expr.Type  { return expr.Type{Kind: expr.Day} }
func (date) Column(f *Field) Column { return Column{Name: f.Name, Type: Date} }

func (date) Check(f *Field) []fault.Item {
	if f.Minimum != nil && f.Maximum != nil && compareDates(f.Minimum.Value, f.Maximum.Value) > 0 {
		return []fault.Item{{Pointer: "/minimum", Code: fault.EmptyRange}}
	}
	return nil
}

func (date) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "date")
	}
	return parseDate(f, s)
}

// ParseText also reads the forms of spreadsheets: 2026/11/21, 2026.11.21,
// 20261121, 2026年11月21日, 21 Nov 2026, and a date followed by a time. Of
// 11/21/2026 and 21/11/2026 it reads what can only be meant one way.
func (date) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006/1/2 15:04", "2 Jan 2006", "2 January 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return parseDate(f, t.Format(time.DateOnly))
		}
	}
	monthFirst, noMonthFirst := time.Parse("1/2/2006", s)
	dayFirst, noDayFirst := time.Parse("2/1/2006", s)
	switch {
	case noDayFirst != nil && noMonthFirst == nil, noMonthFirst == nil && monthFirst.Equal(dayFirst):
		return parseDate(f, monthFirst.Format(time.DateOnly))
	case noMonthFirst != nil && noDayFirst == nil:
		return parseDate(f, dayFirst.Format(time.DateOnly))
	}
	return nil, wrong(fault.InvalidDate)
}

func parseDate(f *Field, s string) (expr.Value, *fault.Item) {
	d, err := expr.ParseDate(s)
	if err != nil || d.Year < 1 || d.Year > 9999 {
		return nil, wrong(fault.InvalidDate)
	}
	if f.Minimum != nil && compareDates(d, f.Minimum.Value) < 0 {
		return nil, wrong(fault.TooSmall, "min", f.Minimum.Value)
	}
	if f.Maximum != nil && compareDates(d, f.Maximum.Value) > 0 {
		return nil, wrong(fault.TooLarge, "max", f.Maximum.Value)
	}
	return d, nil
}

func compareDates(a, b expr.Value) int {
	x, _ := a.(expr.Date)
	y, _ := b.(expr.Date)
	return x.Compare(y)
}

func (date) Text(_ *Field, v expr.Value, _ Locale) string {
	d, _ := v.(expr.Date)
	return d.String()
}

func (k date) AppendJSON(dst []byte, f *Field, v expr.Value) []byte {
	return append(append(append(dst, '"'), k.Text(f, v, Locale{})...), '"')
}

func (date) Schema(*Field) map[string]any {
	return map[string]any{"type": "string", "format": "date"}
}
