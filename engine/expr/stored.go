package expr

import (
	"time"

	"github.com/shopspring/decimal"
)

// Own tells whether the value follows from the fields of its own record alone:
// it reads no other record, no caller and no clock.
func (p *Program) Own() bool {
	own := true
	p.Root.walk(func(n *Node) {
		switch {
		case n.Op == opMe || n.Op == opPrior || len(n.Path) > 1:
			own = false
		case n.Op == "now" || n.Op == "today" || n.Op == "within":
			own = false
		}
	})
	return own
}

// Zoned tells whether the value depends on the zone in which days begin.
func (p *Program) Zoned() bool {
	zoned := false
	p.Root.walk(func(n *Node) {
		switch n.Op {
		case "today", "within":
			zoned = true
		case "date":
			zoned = zoned || n.Args[0].Kind != Text
		}
	})
	return zoned
}

// Stored gives a value the form in which a column keeps it: a number is rounded
// to scale digits after the point, a half away from zero, and is null when it
// needs more than so many digits in all.
func Stored(value Value, scale, digits int) Value {
	number, ok := value.(decimal.Decimal)
	if !ok {
		return normal(value)
	}
	rounded := number.Round(int32(scale))                                              //nolint:gosec // 0 to 6
	if rounded.Abs().GreaterThanOrEqual(decimal.New(1, int32(max(digits-scale, 0)))) { //nolint:gosec // 0 to 18
		return nil
	}
	return rounded
}

// SQLStored renders the value as Stored gives it, in the form of a column: on
// SQLite a number is its scaled integer.
func (p *Program) SQLStored(r Resolver, d Dialect, scale, digits int) (Fragment, error) {
	if p.Type.Kind != Number && p.Type.Kind != Record {
		return p.SQLValue(r, d)
	}
	w := &writer{language: theLanguage(), resolver: r, dialect: d}
	f := w.value(p.Root)
	if f.form == idForm && f.constant == nil {
		return f.Fragment, w.err
	}
	return d.stored(w.plain(f), p.Type.Kind, scale, digits), w.err
}

// SumSQL renders the exact sum of stored numbers of a scale. SQLite's own fails
// beyond 64 bits, so that it is taken of two halves.
func SumSQL(d Dialect, number Fragment, scale int) Fragment { return d.sum(number, scale) }

// In is the fragment whose arguments are worked out in a zone (nil is UTC),
// whatever the input says.
func (f Fragment) In(zone *time.Location) Fragment {
	args := make([]Arg, len(f.Args))
	for i, arg := range f.Args {
		args[i] = arg
		if eval := arg.eval; eval != nil {
			args[i].eval = func(outer *frame) Value {
				inner := frame{in: outer.in}
				inner.in.Zone = zone
				value := eval(&inner)
				outer.err = inner.err
				return value
			}
		}
	}
	return Fragment{SQL: f.SQL, Args: args}
}
