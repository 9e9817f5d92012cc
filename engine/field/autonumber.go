package field

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/fault"
)

// autonumber is a text that the engine gives each new record from a pattern
// such as LD-{yyyyMM}-{0000}. Numbers are unique; gaps may occur.
type autonumber struct{ plain }

var _ Kind = autonumber{}

func (autonumber) Name() string { return "autonumber" }

var autonumberPart = regexp.MustCompile(`\{[^{}]*\}`)

func (autonumber) Check(f *Field) []fault.Item {
	counters := 0
	for _, part := range autonumberPart.FindAllString(f.Template, -1) {
		switch {
		case isCounter(part):
			counters++
		case dateLayout(part) == "":
			return []fault.Item{{Pointer: "/pattern", Code: fault.InvalidAutonumber}}
		}
	}
	if counters != 1 || strings.ContainsAny(autonumberPart.ReplaceAllString(f.Template, ""), "{}") {
		return []fault.Item{{Pointer: "/pattern", Code: fault.InvalidAutonumber}}
	}
	return nil
}

// NumberPeriod is the part of an autonumber's counter that begins anew: the
// date parts of the pattern at now, such as 202611.
func (f *Field) NumberPeriod(now time.Time) string {
	var period strings.Builder
	for _, part := range autonumberPart.FindAllString(f.Template, -1) {
		if layout := dateLayout(part); layout != "" {
			period.WriteString(now.Format(layout))
		}
	}
	return period.String()
}

// FormatNumber writes the n-th number of the period of now.
func (f *Field) FormatNumber(n int64, now time.Time) string {
	return autonumberPart.ReplaceAllStringFunc(f.Template, func(part string) string {
		if isCounter(part) {
			return fmt.Sprintf("%0*d", len(part)-2, n)
		}
		return now.Format(dateLayout(part))
	})
}

func isCounter(part string) bool {
	return len(part) > 2 && strings.Trim(part[1:len(part)-1], "0") == ""
}

func dateLayout(part string) string {
	switch part {
	case "{yyyy}":
		return "2006"
	case "{yy}":
		return "06"
	case "{yyyyMM}":
		return "200601"
	case "{yyyyMMdd}":
		return "20060102"
	case "{MM}":
		return "01"
	case "{dd}":
		return "02"
	default:
		return ""
	}
}
