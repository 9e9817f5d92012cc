package expr_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/expr"
)

// generator makes random records and random expressions about them, the same
// for the same seed. Its values are few and awkward, so that they often meet.
type generator struct {
	*rand.Rand
	vectors *table
	paths   []string            // of a record
	names   map[string][]string // what expressions may name, by type
}

func newGenerator(v *table, seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), vectors: v, paths: sorted(paths(v)), names: map[string][]string{}}
	for _, path := range g.paths {
		kind := v.at(strings.Split(path, ".")).Type
		g.names[kind] = append(g.names[kind], path)
		if !strings.Contains(path, ".") { // more often than those of lookups
			g.names[kind] = append(g.names[kind], path, path, "prior."+path)
		}
	}
	for _, name := range sorted(v.Objects["user"]) {
		kind := v.Objects["user"][name].Type
		g.names[kind] = append(g.names[kind], "me."+name)
	}
	return g
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// format makes one of the texts; %s is a part of the kind that stands before
// the colon, like "text,text: (%s + %s)".
func (g *generator) format(of func(string) string, formats ...string) string {
	kinds, format, found := strings.Cut(pick(g, formats...), ": ")
	if !found {
		return kinds
	}
	var parts []any
	for kind := range strings.SplitSeq(kinds, ",") {
		parts = append(parts, of(pick(g, strings.Split(kind, "|")...)))
	}
	return fmt.Sprintf(format, parts...)
}

const (
	idA = "01900000-0000-7000-8000-00000000000a"
	idB = "01900000-0000-7000-8000-00000000000b"
)

func awkwardTexts() []string {
	return []string{
		"", "a", "A", "abc", "ABC", "bc ", " b\t", "İstanbul", "ISTANBUL", "straße", "STRASSE", "ΟΔΟΣ", "οδος", "οδοσ",
		"李雷", "𠀀〇鿿", "👍🏽", "👍", "50%", "%", "_", "a_b", `a\b`, `'`, `"`, "a'b\"c", "12.5", "-3", "-0", "1e5", "12345678901234567890123456789",
		"2024-02-29", "2023-02-29", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.12345+05:30", "x@Y.com", "x@", "\u200b", "\u00a0", "ﬁ", "K",
	}
}

// value makes a value of the wire for a field, often null.
func (g *generator) value(f field) any {
	if g.IntN(4) == 0 {
		return nil
	}
	switch f.Type {
	case "boolean":
		return g.IntN(2) == 0
	case "number":
		return g.number(f.Scale)
	case "date":
		return g.date()
	case "datetime":
		return g.instant()
	case "set":
		return g.set(f)
	case "record":
		return pick(g, idA, idB)
	}
	if f.Options != nil {
		return pick(g, f.Options...)
	}
	return pick(g, awkwardTexts()...)
}

func (g *generator) number(scale int) string {
	if scale == 0 {
		return pick(g, "0", "1", "-1", "2", "3", "-7", "10", "12", "100", "9007199254740991", "-9007199254740991", strconv.Itoa(g.IntN(40)-20))
	}
	unit := "0." + strings.Repeat("0", scale-1) + "1"
	largest := strings.Repeat("9", 18-scale) + "." + strings.Repeat("9", scale)
	return pick(g, "0", unit, "-"+unit, "0.5", "1.5", "2.5", "-2.5", "3", "12.5", "0.25", largest, "-"+largest, fmt.Sprintf("%d.%02d", g.IntN(20), g.IntN(100)))
}

func (g *generator) date() string {
	if g.IntN(8) == 0 {
		return pick(g, "0001-01-01", "9999-12-31", "2024-02-29", "1969-12-31")
	}
	return time.Date(2026, 1, g.IntN(80)-40, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func (g *generator) instant() string {
	if g.IntN(8) == 0 {
		return pick(g, "2018-11-04T02:59:59.999Z", "2018-11-04T03:00:00.000Z", "2026-03-29T01:00:00.000Z", "1901-12-13T20:45:52.000Z")
	}
	at := time.Date(2026, 1, g.IntN(80)-40, pick(g, 0, 4, 5, 12, 15, 16, 23), pick(g, 0, 30, 59), 0, pick(g, 0, 1, 999)*1e6, time.UTC)
	return at.Format("2006-01-02T15:04:05.000Z")
}

func (g *generator) set(f field) []any {
	members := f.Options
	if members == nil {
		members = []string{"a", "A", "vip", `x"y`, "李"}
	}
	set := []any{}
	for _, member := range members {
		if g.IntN(2) == 0 {
			set = append(set, member)
		}
	}
	return set
}

// record makes a record: values under all paths.
func (g *generator) record() map[string]any {
	record := map[string]any{}
	for _, path := range g.paths {
		if v := g.value(g.vectors.at(strings.Split(path, "."))); v != nil {
			record[path] = v
		}
	}
	return record
}

// input makes what is known besides the record.
func (g *generator) input() vector {
	c := vector{Me: map[string]any{"id": idA}}
	for _, name := range sorted(g.vectors.Objects["user"]) {
		if v := g.value(g.vectors.Objects["user"][name]); v != nil {
			c.Me[name] = v
		}
	}
	c.Now = g.instant()
	c.Zone = pick(g, "", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo")
	return c
}

// expression is a random expression of a kind; the deeper, the simpler.
func (g *generator) expression(kind string, depth int) string {
	if depth <= 0 || g.IntN(5) == 0 {
		return g.leaf(kind)
	}
	of := func(kind string) string { return g.expression(kind, depth-1) }
	if g.IntN(8) == 0 {
		return g.format(of, "boolean,"+kind+","+kind+": (%s ? %s : %s)", kind+","+kind+": coalesce(%s, %s)")
	}
	extreme := pick(g, "min", "max")
	switch kind {
	case "boolean":
		return g.condition(of)
	case "number":
		return g.reckoning(of)
	case "text":
		return g.format(of, "text,text: (%s + %s)", "text: lower(%s)", "text: upper(%s)", "text: trim(%s)", "text: domain(%s)", "text: pinyin(%s)",
			"boolean|number|text|date|datetime: text(%s)")
	case "date":
		return g.format(of, "text: date(%s)", "datetime: date(%s)", "date,number: addDays(%s, %s)", "date,date: "+extreme+"(%s, %s)")
	case "datetime":
		if g.IntN(4) == 0 {
			return "addDays(" + g.leaf("datetime") + ", " + strconv.Itoa(g.IntN(400)-200) + ")"
		}
		return g.format(of, "text: datetime(%s)", "datetime,datetime: "+extreme+"(%s, %s)")
	default:
		return g.leaf(kind)
	}
}

func (g *generator) leaf(kind string) string {
	if kind != "boolean" && g.IntN(20) == 0 {
		return "null"
	}
	if g.IntN(3) > 0 {
		return pick(g, g.names[kind]...)
	}
	switch kind {
	case "boolean":
		return pick(g, "true", "false")
	case "number":
		return pick(g, g.number(0), g.number(4), "1e20", "-3.14159", "0.0000000000000001", "1234567890123456789012345678")
	case "date":
		return pick(g, "today()", "date(\""+g.date()+"\")")
	case "datetime":
		return pick(g, "now()", "datetime(\""+g.instant()+"\")")
	case "set":
		return pick(g, `["a"]`, `["vip", "hot"]`, `[]`, `["hot", "vip", "hot"]`)
	case "record":
		return pick(g, "me", `"`+idA+`"`, `"`+idB+`"`, `"x"`)
	default:
		return expr.Quote(pick(g, awkwardTexts()...))
	}
}

func (g *generator) condition(of func(string) string) string {
	kind := pick(g, "boolean", "number", "number", "text", "date", "datetime", "set", "record")
	ordered := pick(g, "number", "number", "date", "datetime")
	switch g.IntN(13) {
	case 3:
		return g.format(of, "datetime: inBusinessHours(%s)", `datetime: inBusinessHours(%s, "night")`)
	case 0:
		listed := pick(g, "number", "text", "date", "datetime", "record")
		return "(" + of(listed) + " in [" + g.leaf(listed) + ", " + g.leaf(listed) + ", " + g.leaf(listed) + "])"
	case 1:
		return pick(g, "changed(status)", "changed(score)", "changed(amount)", "changed(tags)", "changed(due)", "changed(owner)", "changed(done)",
			"increased(score)", "decreased(due)", "increased(seen_at)", `changedTo(status, "won")`, `changedFrom(status, "new")`,
			`changedFromTo(status, "new", "won")`, "changedTo(score, "+g.leaf("number")+")", "changedFrom(due, "+g.leaf("date")+")")
	case 2:
		period := pick(g, "today", "yesterday", "tomorrow", "this_week", "last_week", "next_month", "this_month", "this_quarter",
			"last_quarter", "this_year", "last_7_days", "next_30_days")
		return g.format(of, `date|datetime: within(%s, "`+period+`")`)
	}
	return g.format(of,
		"boolean,boolean: (%s && %s)", "boolean,boolean: (%s || %s)", "boolean,boolean,boolean: (%s && %s || %s)", "boolean: !(%s)",
		kind+","+kind+": (%s == %s)", kind+","+kind+": (%s != %s)",
		ordered+","+ordered+": (%s "+pick(g, "<", "<=")+" %s)", ordered+","+ordered+": (%s "+pick(g, ">", ">=")+" %s)",
		"text,set: (%s in %s)", "set,set: intersects(%s, %s)", "text,text: %s."+pick(g, "contains", "startsWith", "endsWith")+"(%s)",
	)
}

func (g *generator) reckoning(of func(string) string) string {
	return g.format(of,
		"number,number: (%s + %s)", "number,number: (%s - %s)", "number,number: (%s * %s)", "number,number: (%s / %s)",
		"number,number: (%s %% %s)", "number: (-(%s))", "number: "+pick(g, "round", "floor", "ceil", "abs")+"(%s)",
		"number: round(%s, "+strconv.Itoa(g.IntN(17))+")", "number,number: "+pick(g, "min", "max")+"(%s, %s)",
		"text|set: len(%s)", "text: number(%s)", "date|datetime,date|datetime: days(%s, %s)",
		"date|datetime: "+pick(g, "year", "month", "day")+"(%s)",
	)
}
