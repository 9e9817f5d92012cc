package field

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// duration is a length of time in whole seconds, a JSON number on the wire and
// a number in expressions; people read and write 1 h 30 min.
type duration struct{ integer }

var _ Kind = duration{}

func (duration) Name() string { return "duration" }

func (duration) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	value, item := integer{}.Parse(f, wire)
	if item != nil {
		return nil, item
	}
	return length(value)
}

func length(value expr.Value) (expr.Value, *fault.Item) {
	if asNumber(value).IsNegative() {
		return nil, wrong(fault.TooSmall, "min", 0)
	}
	return value, nil
}

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
)

var (
	clockLength = regexp.MustCompile(`^(\d{1,13}):([0-5]\d)(?::([0-5]\d))?$`)
	unitLength  = regexp.MustCompile(`^(?:\d{1,13}(?:\.\d{1,4})?[a-z天日小时分钟秒]+)+$`)
	unitPart    = regexp.MustCompile(`(\d+(?:\.\d+)?)([^\d.]+)`)
)

// ParseText reads 1:30 and 1:30:00 (hours first) and numbers with units: 1 h
// 30 min, 90m, 1.5 小时, 2 天. A number without a unit is refused: nobody can
// tell what it counts.
func (duration) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	s = strings.ToLower(plainNumber(s))
	if parts := clockLength.FindStringSubmatch(s); parts != nil {
		return seconds(f, count(parts[1], hour).Add(count(parts[2], minute)).Add(count(parts[3], 1)))
	}
	if !unitLength.MatchString(s) {
		return nil, wrong(fault.InvalidDuration)
	}
	total := decimal.Zero
	for _, part := range unitPart.FindAllStringSubmatch(s, -1) {
		unit := unitSeconds(part[2])
		if unit == 0 {
			return nil, wrong(fault.InvalidDuration)
		}
		total = total.Add(count(part[1], unit))
	}
	return seconds(f, total)
}

func unitSeconds(unit string) int64 {
	switch unit {
	case "s", "sec", "second", "seconds", "秒":
		return 1
	case "m", "min", "mins", "minute", "minutes", "分", "分钟":
		return minute
	case "h", "hr", "hrs", "hour", "hours", "时", "小时":
		return hour
	case "d", "day", "days", "天", "日":
		return day
	default:
		return 0
	}
}

func count(digits string, unit int64) decimal.Decimal {
	if digits == "" {
		return decimal.Zero
	}
	n, err := decimal.NewFromString(digits)
	if err != nil {
		return decimal.Zero
	}
	return n.Mul(decimal.NewFromInt(unit))
}

func seconds(f *Field, total decimal.Decimal) (expr.Value, *fault.Item) {
	if !total.IsInteger() {
		return nil, wrong(fault.InvalidDuration)
	}
	return within(f, decimal.NewFromInt(total.IntPart()))
}

// Text writes the hours, minutes and seconds that there are.
func (duration) Text(_ *Field, v expr.Value, in Locale) string {
	units := []string{" h", " min", " s"}
	if strings.HasPrefix(in.Language, "zh") {
		units = []string{" 小时", " 分钟", " 秒"}
	}
	rest := asNumber(v).IntPart()
	var parts []string
	for i, size := range []int64{hour, minute, 1} {
		if n := rest / size; n > 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+units[i])
		}
		rest %= size
	}
	if len(parts) == 0 {
		return "0" + units[1]
	}
	return strings.Join(parts, " ")
}

func (duration) Schema(f *Field) map[string]any {
	schema := integer{}.Schema(f)
	if f.Minimum == nil {
		schema["minimum"] = 0
	}
	schema["x-unit"] = "second"
	return schema
}
