package expr

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// The functions of this file render what the table of functions names.

// writeLogic renders and, or and not as a value, which is never null.
func writeLogic(w *writer, n *Node) operand {
	return operand{node: n, kind: Bool, notNull: true, Fragment: sql("(%s)", w.exact(n))}
}

func writeEquality(w *writer, n *Node) operand { return writeLogic(w, n) }

func writeOrder(w *writer, n *Node) operand { return writeLogic(w, n) }

func writeIn(w *writer, n *Node) operand { return writeLogic(w, n) }

func writeWithin(w *writer, n *Node) operand { return writeLogic(w, n) }

// equality renders == and !=. A raw "=" is enough where null is as good as
// false and one side cannot be null: it can use an index.
func (w *writer) equality(n *Node, exact bool) Fragment {
	not, a, b := n.Op == "!=", n.Args[0], n.Args[1]
	if a.Op == opLiteral {
		a, b = b, a
	}
	is := map[bool]string{false: "%s IS ", true: "%s IS NOT "}[not]
	switch {
	case b.isNull():
		return sql(is+"NULL", w.value(a).Fragment)
	case b.Op == opLiteral && b.Kind == Bool:
		return sql(is+truthSQL(truth(b.Value)).SQL, w.value(a).Fragment)
	case a.Kind == Set:
		return sql(map[bool]string{false: "%s", true: "NOT %s"}[not], w.call("sys_same_set", []*Node{a, b}))
	}
	x, y := w.value(a), w.value(b)
	left, right, ok := w.pair(x, y)
	switch {
	case !ok:
		return truthSQL(not)
	case not || exact:
		return w.dialect.same(left, right, not)
	case x.never() || y.never():
		return sql("%s = %s", left, right)
	case y.constant != nil && !w.dialect.indexesSame():
		return sql("(%s = %s OR %s IS NULL AND %s IS NULL)", left, right, left, right)
	default:
		return w.dialect.same(left, right, false)
	}
}

// pair renders two values so that they can be compared; ok is false when they
// can never be the same, or one before the other by storage alone.
func (w *writer) pair(x, y operand) (left, right Fragment, ok bool) {
	stored := func(o operand) bool { return o.constant == nil && o.form != plainForm }
	switch {
	case stored(x) && stored(y) && x.form == y.form && (x.form == idForm || x.scale == y.scale):
		return x.Fragment, y.Fragment, true
	case stored(x) && y.isLiteral():
		right, ok = w.stored(y, x)
		return x.Fragment, right, ok
	case stored(y) && x.isLiteral():
		left, ok = w.stored(x, y)
		return left, y.Fragment, ok
	case x.form == idForm && y.constant != nil && y.kind == Record:
		return x.Fragment, w.boundID(y), true
	case y.form == idForm && x.constant != nil && x.kind == Record:
		return w.boundID(x), y.Fragment, true
	default:
		return w.plain(x), w.plain(y), true
	}
}

// boundID renders an id that the input knows, such as me.id, as ids are stored.
func (w *writer) boundID(o operand) Fragment {
	f := w.bound(o.node, w.dialect.bind(Record, idForm, 0))
	f.SQL = w.dialect.placeholder(Record, idForm)
	return f
}

func isOrder(op string) bool { return slices.Contains([]string{"<", "<=", ">", ">="}, op) }

// order renders a comparison; it is null when one side is.
func (w *writer) order(n *Node) Fragment {
	op, x, y := n.Op, w.value(n.Args[0]), w.value(n.Args[1])
	if x.isNull() || y.isNull() {
		return truthSQL(false)
	}
	if x.isLiteral() {
		x, y = y, x
		op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	if x.form == scaledForm && y.isLiteral() {
		return w.limit(x, op, num(y.node.Value))
	}
	if x.form == scaledForm && y.form == scaledForm && x.scale == y.scale {
		return sql("%s "+op+" %s", x.Fragment, y.Fragment)
	}
	return w.dialect.order(w.plain(x), w.plain(y), op, x.kind == Number)
}

// limit compares a scaled integer with a literal that may lie between two such
// integers, or beyond all of them.
func (w *writer) limit(x operand, op string, value decimal.Decimal) Fragment {
	below := op == "<" || op == "<="
	value = value.Shift(int32(x.scale)) //nolint:gosec // 0 to 16
	if !value.IsInteger() {
		if below {
			op, value = "<=", value.Floor()
		} else {
			op, value = ">=", value.Ceil()
		}
	}
	if !value.BigInt().IsInt64() {
		if value.IsPositive() == below {
			return sql("%s IS NOT NULL", x.Fragment)
		}
		return truthSQL(false)
	}
	return sql("%s "+op+" %s", x.Fragment, w.integer(value))
}

func (w *writer) integer(value decimal.Decimal) Fragment {
	return Fragment{SQL: w.dialect.placeholder(Number, scaledForm), Args: []Arg{Fixed(value.IntPart())}}
}

// membership renders "in".
func (w *writer) membership(n *Node) Fragment {
	if n.Args[1].Op != opList {
		return sql("sys_has(%s, %s)", w.plain(w.value(n.Args[1])), w.plain(w.value(n.Args[0])))
	}
	x := w.value(n.Args[0])
	var listed, parts []Fragment
	null := false
	for _, member := range n.Args[1].Args {
		switch {
		case member.Op != opLiteral || x.constant != nil:
			parts = append(parts, w.equalTo(n.Args[0], member))
		case member.isNull():
			null = true
		default:
			if _, right, ok := w.pair(x, w.value(member)); ok {
				listed = append(listed, right)
			}
		}
	}
	if null {
		parts = append([]Fragment{sql("%s IS NULL", x.Fragment)}, parts...)
	}
	if len(listed) > 0 {
		parts = append([]Fragment{sql("%s IN (%s)", x.Fragment, join(listed, ", "))}, parts...)
	}
	switch len(parts) {
	case 0:
		return truthSQL(false)
	case 1:
		return parts[0]
	default:
		return sql("(%s)", join(parts, " OR "))
	}
}

func (w *writer) equalTo(x, member *Node) Fragment {
	return w.condition(&Node{Op: "==", Kind: Bool, Args: []*Node{x, member}})
}

// period renders within(): the borders are worked out when it is bound.
func (w *writer) period(n *Node) Fragment {
	period, kind := str(n.Args[1].Value), n.Args[0].Kind
	border := func(end bool) Fragment {
		return Fragment{SQL: w.dialect.placeholder(kind, plainForm), Args: []Arg{{
			bind: w.dialect.bind(kind, plainForm, 0),
			eval: func(f *frame) Value { return border(f, period, kind, end) },
		}}}
	}
	return sql("%s BETWEEN %s AND %s", w.plain(w.value(n.Args[0])), border(false), border(true))
}

// border is the first or the last value of a kind in a period.
func border(f *frame, period string, kind Kind, end bool) Value {
	from, to := borders(period, f.today())
	switch {
	case kind == Day && end:
		return to.AddDays(-1)
	case kind == Day:
		return from
	case end:
		return to.In(f.in.Zone).Add(-time.Millisecond)
	default:
		return from.In(f.in.Zone)
	}
}

func writeConditional(w *writer, n *Node) operand {
	a, b := w.branch(n, 1), w.branch(n, 2)
	return operand{
		node: n, kind: n.Kind, scale: max(a.scale, b.scale), bound: decimal.Max(a.bound, b.bound),
		Fragment: sql("CASE WHEN %s THEN %s ELSE %s END", w.condition(n.Args[0]), w.plain(a), w.plain(b)),
	}
}

func writeCoalesce(w *writer, n *Node) operand {
	a, b := w.branch(n, 0), w.branch(n, 1)
	return operand{
		node: n, kind: n.Kind, scale: max(a.scale, b.scale), bound: decimal.Max(a.bound, b.bound),
		Fragment: sql("COALESCE(%s, %s)", w.plain(a), w.plain(b)),
	}
}

// branch renders an argument whose kind is the result's, also when it is null.
func (w *writer) branch(n *Node, arg int) operand {
	o := w.value(n.Args[arg])
	o.kind = n.Kind
	return o
}

// writePlus renders a sum, or a chain of texts as one.
func writePlus(w *writer, n *Node) operand {
	if n.Kind != Text {
		return writeArithmetic(w, n)
	}
	var parts []Fragment
	var add func(*Node)
	add = func(part *Node) {
		switch {
		case part.isNull():
		case part.Op == "+" && !part.constant():
			add(part.Args[0])
			add(part.Args[1])
		default:
			parts = append(parts, w.plain(w.value(part)))
		}
	}
	add(n)
	return operand{node: n, kind: Text, Fragment: sql("NULLIF(concat(%s), '')", join(parts, ", "))}
}

// writeArithmetic renders + - *: on stored integers where nothing can overflow,
// otherwise on exact numbers.
func writeArithmetic(w *writer, n *Node) operand {
	x, y := w.value(n.Args[0]), w.value(n.Args[1])
	o := operand{node: n, kind: Number, form: scaledForm}
	if n.Op == "*" {
		o.scale, o.bound = x.scale+y.scale, x.bound.Mul(y.bound)
	} else {
		o.scale, o.bound = max(x.scale, y.scale), x.bound.Add(y.bound)
	}
	i, j := w.whole(x, y, n.Op), w.whole(y, x, n.Op)
	together := i.form == scaledForm && j.form == scaledForm && (n.Op == "*" || i.scale == j.scale)
	largest := o.bound.Shift(int32(o.scale)) //nolint:gosec // 0 to 32
	if together && o.scale <= maxPlaces && largest.LessThanOrEqual(decimal.NewFromInt(math.MaxInt64)) {
		o.Fragment = sql("(%s "+n.Op+" %s)", i.Fragment, j.Fragment)
		return o
	}
	o.form = plainForm
	exact := o.scale <= maxPlaces && o.bound.LessThan(decimal.New(1, maxWhole))
	o.Fragment = w.dialect.arithmetic(w.plain(x), w.plain(y), n.Op, exact)
	if !exact {
		o.scale, o.bound = maxPlaces, decimal.New(1, maxWhole)
	}
	return o
}

// whole makes a literal an integer where the other side is one.
func (w *writer) whole(x, other operand, op string) operand {
	number, ok := x.node.Value.(decimal.Decimal)
	if !x.isLiteral() || !ok || other.form != scaledForm || op != "*" && x.scale > other.scale {
		return x
	}
	if op != "*" {
		x.scale = other.scale
	}
	scaled := number.Shift(int32(x.scale)) //nolint:gosec // 0 to 16
	if !scaled.BigInt().IsInt64() {
		return x
	}
	x.form, x.Fragment, x.constant = scaledForm, w.integer(scaled), nil
	return x
}

func writeDivision(name string) func(w *writer, n *Node) operand {
	return func(w *writer, n *Node) operand {
		return operand{node: n, kind: Number, scale: maxPlaces, bound: decimal.New(1, maxWhole), Fragment: w.call(name, n.Args)}
	}
}

func writeRound(w *writer, n *Node) operand {
	places := int(roundPlaces(n))
	x := w.value(n.Args[0])
	return operand{
		node: n, kind: Number, scale: places, bound: decimal.Min(x.bound.Add(decimal.NewFromInt(1)), decimal.New(1, maxWhole)),
		Fragment: sql("sys_round(%s, "+strconv.Itoa(places)+")", w.plain(x)),
	}
}

// writeExtreme renders min and max, of numbers or of times.
func writeExtreme(numbers, times string) func(w *writer, n *Node) operand {
	return func(w *writer, n *Node) operand {
		if n.Kind != Number {
			return operand{node: n, kind: n.Kind, Fragment: w.call(times, n.Args)}
		}
		return operand{node: n, kind: n.Kind, scale: maxPlaces, bound: decimal.New(1, maxWhole), Fragment: w.call(numbers, n.Args)}
	}
}

// writeWhole renders a function whose result is a small integer.
func writeWhole(w *writer, n *Node) operand {
	return operand{node: n, kind: Number, form: scaledForm, bound: decimal.New(1, 9), Fragment: w.call(snake(n.Op), n.Args)}
}

func writeLen(w *writer, n *Node) operand {
	name := "sys_len"
	if n.Args[0].Kind == Set {
		name = "sys_size"
	}
	return operand{node: n, kind: Number, form: scaledForm, bound: decimal.New(1, 9), notNull: true, Fragment: w.call(name, n.Args)}
}

// writeDate renders the day of a text, of an instant in the input's zone, or
// of a day.
func writeDate(w *writer, n *Node) operand {
	arg := n.Args[0]
	switch arg.Kind {
	case Text, Record:
		return operand{node: n, kind: Day, Fragment: w.call("sys_date", n.Args)}
	case Instant:
		zone := Fragment{SQL: w.dialect.placeholder(Text, plainForm), Args: []Arg{{
			bind: w.dialect.bind(Text, plainForm, 0),
			eval: func(f *frame) Value {
				if f.in.Zone == nil {
					return time.UTC.String()
				}
				return f.in.Zone.String()
			},
		}}}
		return operand{node: n, kind: Day, Fragment: sql("sys_date_in(%s, %s)", w.plain(w.value(arg)), zone)}
	default:
		o := w.value(arg)
		o.node = n
		return o
	}
}
