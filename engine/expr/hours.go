package expr

import (
	"slices"
	"sync/atomic"
	"time"

	"cel.dev/cel-go/common/ast"

	"github.com/trellis-crm/trellis/engine/calendar"
)

// hoursFunctions ask a calendar. The compiler puts the whole calendar in the
// place of its name, so that no evaluator has to find it.
func hoursFunctions() []Function {
	return []Function{{
		Name: opHours, Signatures: []Signature{signature(Bool, Instant), signature(Bool, Instant, Text)}, test: true,
		English:  "The instant is in the working hours of the organisation's calendar, or of the calendar that is named.",
		Chinese:  "该时刻处于组织的工作日历（或所指定的工作日历）的工作时间内。",
		Examples: []Example{},
		eval:     evalHours, sql: writeLogic,
	}}
}

const opHours = "inBusinessHours"

// lowerHours finds the calendar that is named, or the organisation's.
func (c *compiler) lowerHours(e ast.Expr, n *Node, args []ast.Expr) (*Node, *Error) {
	name := ""
	if len(args) > 1 {
		name, _ = n.Args[1].Value.(string)
		if n.Args[1].Op != opLiteral || name == "" {
			return nil, c.fail(args[1], CodeInvalidLiteral, "value", wire(n.Args[1].Value), "expected", "calendar")
		}
	}
	found, ok := c.schema.Calendar(name)
	switch {
	case !ok && name == "":
		return nil, c.fail(e, CodeNoCalendar)
	case !ok:
		return nil, c.fail(args[1], CodeUnknownCalendar, "name", name)
	}
	if !slices.Contains(c.calendars, name) {
		c.calendars = append(c.calendars, name)
	}
	return &Node{Op: n.Op, Kind: Bool, Args: []*Node{n.Args[0], literal(Text, found.Text())}, hours: found}, nil
}

// Calendars are the names of the calendars that the expression asks, each once;
// "" is the organisation's.
func (p *Program) Calendars() []string { return p.calendars }

// Hours is what the calendars that the expression asks say, to tell whether it
// still means the same.
func (p *Program) Hours() string {
	said := ""
	p.Root.walk(func(n *Node) {
		if n.Op == opHours {
			said += str(n.Args[1].Value)
		}
	})
	return said
}

func evalHours(l *language, n *Node) evaluate {
	at, hours := l.closure(n.Args[0]), n.hours
	if hours == nil { // a tree that was read
		var err error
		if hours, err = calendar.Parse(str(n.Args[1].Value)); err != nil {
			return func(*frame) Value { return false }
		}
	}
	return func(f *frame) Value {
		instant, ok := at(f).(time.Time)
		return ok && hours.Open(instant)
	}
}

// sqliteHours keeps the calendar that it read last: a statement seldom asks
// more than one.
func sqliteHours() []SQLiteFunction {
	type read struct {
		text  string
		hours *calendar.Calendar
	}
	var last atomic.Pointer[read]
	return []SQLiteFunction{{snake(opHours), 2, func(args []any) any {
		instant, ok := parseInstant(str(args[0])).(time.Time)
		if !ok {
			return int64(0)
		}
		known := last.Load()
		if text := str(args[1]); known == nil || known.text != text {
			hours, err := calendar.Parse(text)
			if err != nil {
				return int64(0)
			}
			known = &read{text: text, hours: hours}
			last.Store(known)
		}
		if known.hours.Open(instant) {
			return int64(1)
		}
		return int64(0)
	}}}
}

func postgresHours() []string {
	return []string{`CREATE OR REPLACE FUNCTION ` + snake(opHours) + `(timestamptz, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $f$ DECLARE
		hours jsonb := $2::jsonb;
		wall timestamp := $1 AT TIME ZONE (hours->>'zone');
		minute int := date_part('hour', wall)::int * 60 + date_part('minute', wall)::int;
		span jsonb;
		BEGIN
			FOR span IN SELECT jsonb_array_elements(coalesce(hours->'days'->to_char(wall, 'YYYY-MM-DD'), hours->'week'->(date_part('isodow', wall)::int - 1))) LOOP
				IF minute >= (span->>0)::int AND minute < (span->>1)::int THEN
					RETURN TRUE;
				END IF;
			END LOOP;
			RETURN FALSE;
		END $f$`}
}
