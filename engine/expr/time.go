package expr

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// clockFunctions give times: the input's and those that texts write.
func clockFunctions() []Function {
	return []Function{
		{
			Name: "now", Signatures: []Signature{signature(Instant)},
			English: "This moment.", Chinese: "当前时刻。",
			Examples: []Example{},
			eval:     func(*language, *Node) evaluate { return func(f *frame) Value { return normal(f.in.Now) } },
		},
		{
			Name: "today", Signatures: []Signature{signature(Day)},
			English: "Today.", Chinese: "今天。",
			Examples: []Example{},
			eval:     func(*language, *Node) evaluate { return func(f *frame) Value { return f.today() } },
		},
		{
			Name: "date", Signatures: []Signature{signature(Day, Text), signature(Day, Instant), signature(Day, Day)},
			English:  "The day that a text (2026-11-21) writes, or that an instant falls on; empty when there is none.",
			Chinese:  "文本（2026-11-21）所写的日期，或某时刻所在的日期；无效时为空。",
			Examples: []Example{{`date("2026-11-21")`, "2026-11-21"}},
			eval:     evalDate, sql: writeDate,
		},
		{
			Name: "datetime", Signatures: []Signature{signature(Instant, Text)},
			English:  "The instant that a text with its zone writes; empty when it is none.",
			Chinese:  "带时区的文本所写的时刻；无效时为空。",
			Examples: []Example{{`datetime("2026-11-21T08:00:00+08:00")`, "2026-11-21T00:00:00.000Z"}},
			eval:     strict1(func(a Value) Value { return parseInstant(str(a)) }),
		},
	}
}

// timeFunctions reckon with days and instants. Days belong to the zone of the
// input; a day function that is given an instant takes its day.
func timeFunctions() []Function {
	moment := []Signature{signature(Number, Day), signature(Number, Instant)}
	return []Function{
		{
			Name: "days", Signatures: []Signature{
				signature(Number, Day, Day), signature(Number, Day, Instant),
				signature(Number, Instant, Day), signature(Number, Instant, Instant),
			},
			English: "How many days from the first to the second.", Chinese: "从前者到后者的天数。",
			Examples: []Example{{`days(date("2026-02-27"), date("2026-03-01"))`, "2"}},
			eval:     strict2(func(a, b Value) Value { return decimal.NewFromInt(int64(day(b).number() - day(a).number())) }),
			sql:      writeWhole,
		},
		{
			Name: "addDays", Signatures: []Signature{signature(Day, Day, Number), signature(Instant, Instant, Number)},
			English:  "So many days later; of an instant, as many times 24 hours.",
			Chinese:  "若干天之后；对时刻则为相应的 24 小时数之后。",
			Examples: []Example{{`addDays(date("2026-12-31"), 1)`, "2027-01-01"}},
			eval:     strict2(addDays),
		},
		{
			Name: "year", Signatures: moment,
			English: "The year.", Chinese: "年份。",
			Examples: []Example{{`year(date("2026-11-21"))`, "2026"}},
			eval:     strict1(func(a Value) Value { return decimal.NewFromInt(int64(day(a).Year)) }), sql: writeWhole,
		},
		{
			Name: "month", Signatures: moment,
			English: "The month, 1 to 12.", Chinese: "月份，1 到 12。",
			Examples: []Example{{`month(date("2026-11-21"))`, "11"}},
			eval:     strict1(func(a Value) Value { return decimal.NewFromInt(int64(day(a).Month)) }), sql: writeWhole,
		},
		{
			Name: "day", Signatures: moment,
			English: "The day of the month.", Chinese: "当月第几日。",
			Examples: []Example{{`day(date("2026-11-21"))`, "21"}},
			eval:     strict1(func(a Value) Value { return decimal.NewFromInt(int64(day(a).Day)) }), sql: writeWhole,
		},
		{
			Name: "within", Signatures: []Signature{signature(Bool, Day, Text), signature(Bool, Instant, Text)}, test: true,
			English:  "Lies in the period: today, yesterday, tomorrow, this_week, last_week, next_week (weeks begin on Monday), the same with month, quarter and year, last_7_days (ending today), next_30_days (beginning tomorrow).",
			Chinese:  "落在时段内：today、yesterday、tomorrow、this_week、last_week、next_week（周一为一周之始），month、quarter、year 同理，last_7_days（到今天为止）、next_30_days（从明天开始）。",
			Examples: []Example{},
			eval:     evalWithin, sql: writeWithin,
		},
	}
}

func day(v Value) Date {
	d, _ := v.(Date)
	return d
}

func (f *frame) today() Date { return DateOf(f.in.Now, f.in.Zone) }

func evalDate(l *language, n *Node) evaluate {
	arg := l.closure(n.Args[0])
	return func(f *frame) Value {
		switch v := arg(f).(type) {
		case string:
			return dateOfText(v)
		case time.Time:
			return dateIn(v, f.in.Zone)
		default:
			return v
		}
	}
}

// dateIn is the day of an instant in a zone, or nil where the calendar ends.
func dateIn(instant time.Time, zone *time.Location) Value {
	return dateOfNumber(DateOf(instant, zone).number())
}

func dateOfText(text string) Value {
	d, err := ParseDate(text)
	if err != nil {
		return nil
	}
	return d
}

// maxShift is further than any day is from any other.
const maxShift = 4_000_000

func addDays(a, b Value) Value {
	n := num(b).Truncate(0)
	if n.Abs().GreaterThan(decimal.NewFromInt(maxShift)) {
		return nil
	}
	shift := int(n.IntPart())
	switch v := a.(type) {
	case Date:
		return dateOfNumber(v.number() + shift)
	case time.Time:
		moved := v.UTC().AddDate(0, 0, shift)
		if moved.Year() < 1 || moved.Year() > 9999 {
			return nil
		}
		return moved
	default:
		return nil
	}
}

func formatInstant(t time.Time) string { return t.UTC().Format(instantLayout) }

// instantPattern is RFC 3339 with optional seconds; what a day, an hour or a
// minute may be is checked when it is read.
var instantPattern = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$`)

// parseInstant reads an instant, cut to milliseconds; nil when it is none.
func parseInstant(text string) Value {
	m := instantPattern.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	d, err := ParseDate(m[1])
	hour, minute, second := atoi(m[2]), atoi(m[3]), atoi(m[4])
	zoneHour, zoneMinute := atoi(m[7]), atoi(m[8])
	if err != nil || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59 {
		return nil
	}
	ahead := zoneHour*60 + zoneMinute
	if m[6] == "-" {
		ahead = -ahead
	}
	milli := atoi((m[5] + "000")[:3])
	t := time.Date(d.Year, d.Month, d.Day, hour, minute-ahead, second, milli*int(time.Millisecond), time.UTC)
	if t.Year() < 1 || t.Year() > 9999 {
		return nil
	}
	return t
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits) // matched as digits, or absent
	return n
}

func evalWithin(l *language, n *Node) evaluate {
	arg, period := l.closure(n.Args[0]), str(n.Args[1].Value)
	return func(f *frame) Value {
		from, to := borders(period, f.today())
		switch v := arg(f).(type) {
		case Date:
			return v.Compare(from) >= 0 && v.Compare(to) < 0
		case time.Time:
			return !v.Before(from.In(f.in.Zone)) && v.Before(to.In(f.in.Zone))
		default:
			return false
		}
	}
}

// maxPeriod is the most days of last_n_days and next_n_days.
const maxPeriod = 3660

// isPeriod tells whether within() knows a period.
func isPeriod(name string) bool {
	which, unit, _ := strings.Cut(name, "_")
	count, days, _ := strings.Cut(unit, "_")
	switch {
	case name == "today" || name == "yesterday" || name == "tomorrow":
		return true
	case which != "this" && which != "last" && which != "next":
		return false
	case days == "days" && which != "this":
		return isDigits(count, 4) && count[0] != '0' && atoi(count) <= maxPeriod
	default:
		return unit == "week" || unit == "month" || unit == "quarter" || unit == "year"
	}
}

// Period gives the first day of a period that within() knows, and the first day
// after it.
func Period(name string, today Date) (from, to Date, ok bool) {
	if !isPeriod(name) {
		return Date{}, Date{}, false
	}
	from, to = borders(name, today)
	return from, to, true
}

// borders are a period's first day and the first day after it.
func borders(period string, today Date) (from, to Date) {
	which, unit, _ := strings.Cut(period, "_")
	count, _, _ := strings.Cut(unit, "_")
	shift := map[string]int{"last": -1, "next": 1}[which]
	switch period {
	case "today":
		return today, today.AddDays(1)
	case "yesterday":
		return today.AddDays(-1), today
	case "tomorrow":
		return today.AddDays(1), today.AddDays(2)
	}
	switch unit {
	case "week":
		monday := today.AddDays(-((today.number()%7 + 10) % 7)) // 1970-01-01 was a Thursday
		return monday.AddDays(7 * shift), monday.AddDays(7*shift + 7)
	case "month":
		return monthsOf(today.Year, int(today.Month)+shift, 1)
	case "quarter":
		return monthsOf(today.Year, (int(today.Month)-1)/3*3+1+3*shift, 3)
	case "year":
		return monthsOf(today.Year+shift, 1, 12)
	}
	if which == "last" {
		return today.AddDays(1 - atoi(count)), today.AddDays(1)
	}
	return today.AddDays(1), today.AddDays(1 + atoi(count))
}

func monthsOf(year, month, count int) (from, to Date) {
	first := func(month int) Date {
		return DateOf(time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC), time.UTC)
	}
	return first(month), first(month + count)
}

func sqliteTimes() []SQLiteFunction {
	number := func(name string, call func(d Date) int) SQLiteFunction {
		return SQLiteFunction{name, 1, sqliteStrict(func(args []any) any {
			return int64(call(day(dateOfText(str(args[0])))))
		})}
	}
	return []SQLiteFunction{
		{"sys_date", 1, sqliteStrict(func(args []any) any { return wire(dateOfText(str(args[0]))) })},
		{"sys_date_in", 2, sqliteStrict(sqliteDateIn())},
		{"sys_datetime", 1, sqliteStrict(func(args []any) any { return wire(parseInstant(str(args[0]))) })},
		{"sys_days", 2, sqliteStrict(func(args []any) any {
			return int64(day(dateOfText(str(args[1]))).number() - day(dateOfText(str(args[0]))).number())
		})},
		{"sys_add_days", 2, sqliteStrict(func(args []any) any {
			moment := dateOfText(str(args[0]))
			if moment == nil {
				moment = parseInstant(str(args[0]))
			}
			return wire(addDays(moment, sqliteNumber(args[1])))
		})},
		{"sys_earlier", 2, sqliteStrict(func(args []any) any { return min(str(args[0]), str(args[1])) })},
		{"sys_later", 2, sqliteStrict(func(args []any) any { return max(str(args[0]), str(args[1])) })},
		number("sys_year", func(d Date) int { return d.Year }),
		number("sys_month", func(d Date) int { return int(d.Month) }),
		number("sys_day", func(d Date) int { return d.Day }),
	}
}

// sqliteDateIn gives the day of an instant in a zone; it keeps the zones that
// it has read.
func sqliteDateIn() func(args []any) any {
	var zones sync.Map
	return func(args []any) any {
		name := str(args[1])
		zone, known := zones.Load(name)
		if !known {
			loaded, err := time.LoadLocation(name)
			if err != nil {
				return nil
			}
			zones.Store(name, loaded)
			zone = loaded
		}
		location, _ := zone.(*time.Location)
		t, ok := parseInstant(str(args[0])).(time.Time)
		if !ok {
			return nil
		}
		return wire(dateIn(t, location))
	}
}

// PostgreSQL works out constants before it looks at a CASE around them, so
// that what could overflow is clamped and not only guarded.
func postgresTimes() []string {
	const (
		shift    = `least(greatest(trunc($2), -4000000), 4000000)::int`
		calendar = ` - date '0001-01-01') + trunc($2) BETWEEN 0 AND 3652058`
		utc      = `($1 AT TIME ZONE 'UTC')::date`
	)
	statements := []string{
		postgresFunction("sys_date(text) RETURNS date", `CASE WHEN $1 ~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN
			CASE WHEN right($1, 2)::int <= date_part('day', make_date(left($1, 4)::int, substr($1, 6, 2)::int, 1) + interval '1 month - 1 day')
			THEN make_date(left($1, 4)::int, substr($1, 6, 2)::int, right($1, 2)::int) END END`),
		postgresFunction("sys_date_in(timestamptz, text) RETURNS date",
			`CASE WHEN ($1 AT TIME ZONE $2)::date BETWEEN '0001-01-01' AND '9999-12-31' THEN ($1 AT TIME ZONE $2)::date END`),
		postgresFunction("sys_instant(timestamp, text) RETURNS timestamptz", `CASE WHEN $1 - $2::interval BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999'
			THEN ($1 - $2::interval) AT TIME ZONE 'UTC' END`),
		postgresFunction("sys_datetime(text) RETURNS timestamptz", `CASE WHEN $1 ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$'
			THEN sys_instant(sys_date(left($1, 10)) + left(regexp_replace(substr($1, 12), '(Z|[+-].*)$', ''), 12)::time, coalesce(substring($1 from '[+-][0-9]{2}:[0-9]{2}$'), '0')) END`),
		postgresFunction("sys_days(date, date) RETURNS bigint", `($2 - $1)::bigint`),
		postgresFunction("sys_add_days(date, numeric) RETURNS date", `CASE WHEN ($1`+calendar+` THEN $1 + `+shift+` END`),
		postgresFunction("sys_add_days(timestamptz, numeric) RETURNS timestamptz",
			`CASE WHEN (`+utc+calendar+` THEN (($1 AT TIME ZONE 'UTC') + `+shift+` * interval '1 day') AT TIME ZONE 'UTC' END`),
	}
	for _, part := range []string{"year", "month", "day"} {
		statements = append(statements, postgresFunction("sys_"+part+"(date) RETURNS bigint", "date_part('"+part+"', $1)::bigint"))
	}
	for _, kind := range []string{"date", "timestamptz"} {
		statements = append(statements,
			postgresFunction("sys_earlier("+kind+", "+kind+") RETURNS "+kind, "CASE WHEN $2 < $1 THEN $2 WHEN $1 <= $2 THEN $1 END"),
			postgresFunction("sys_later("+kind+", "+kind+") RETURNS "+kind, "CASE WHEN $2 > $1 THEN $2 WHEN $1 >= $2 THEN $1 END"))
	}
	return statements
}
