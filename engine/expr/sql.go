package expr

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Column is where a field's value is found in a statement: a name, a call, or
// CASE … END, so that nothing needs brackets around it.
type Column struct {
	SQL     string
	Args    []Arg // for each "?" in SQL
	Type    Type
	Scale   int // of numbers: the digits after the point that are stored
	NotNull bool
}

// Resolver finds the column of a field, or of its value before a change. An
// error ends the rendering and is passed on.
type Resolver interface {
	Column(path []string, prior bool) (Column, error)
}

// Trees is a resolver that knows trees of records; with another, under() of a
// record is refused.
type Trees interface {
	Resolver
	// Below writes a query of the ids of an object's records that are the one
	// record or lie below it by their field "parent", as ids are stored.
	Below(object string, id Fragment) (Fragment, error)
}

// Fragment is a piece of SQL with a "?" for each argument.
type Fragment struct {
	SQL  string
	Args []Arg
}

// Arg is an argument of a fragment, fixed or dependent on the input.
type Arg struct {
	fixed any
	eval  evaluate
	bind  func(Value) any
}

// Fixed makes an argument of a value that the driver takes as it is.
func Fixed(value any) Arg { return Arg{fixed: value} }

// FromInput makes an argument of what the input gives, as the driver takes it.
func FromInput(value func(in Input) any) Arg {
	return Arg{eval: func(f *frame) Value { return value(f.in) }, bind: func(v Value) any { return v }}
}

// Bind gives the values of the arguments, in order. The input's record and
// prior are not read.
func (f Fragment) Bind(in Input) ([]any, error) {
	values := make([]any, 0, len(f.Args))
	in.Record, in.Prior = nil, nil
	for _, arg := range f.Args {
		if arg.eval == nil {
			values = append(values, arg.fixed)
			continue
		}
		frame := &frame{in: in}
		value := arg.eval(frame)
		if frame.err != nil {
			return nil, fmt.Errorf("bind an expression: %w", frame.err)
		}
		values = append(values, arg.bind(value))
	}
	return values, nil
}

// SQL renders a condition for a WHERE clause, where null is as good as false;
// it must not stand below a NOT.
func (p *Program) SQL(r Resolver, d Dialect) (Fragment, error) {
	w := &writer{language: theLanguage(), resolver: r, dialect: d}
	f := w.condition(p.Root)
	return f, w.err
}

// SQLValue renders the value. A boolean is never null, so that it may stand
// below a NOT. Numbers come as numeric on PostgreSQL and as exact text on
// SQLite, ids as text; the rest as it is stored.
func (p *Program) SQLValue(r Resolver, d Dialect) (Fragment, error) {
	w := &writer{language: theLanguage(), resolver: r, dialect: d}
	if p.Type.Kind == Bool {
		f := sql("(%s)", w.exact(p.Root))
		return f, w.err
	}
	f := w.plain(w.value(p.Root))
	return f, w.err
}

// writer renders one expression.
type writer struct {
	language *language
	resolver Resolver
	dialect  Dialect
	err      error
}

// operand is a value in SQL, or one that is known without the record.
type operand struct {
	Fragment
	kind     Kind
	form     form
	scale    int             // of numbers: the most digits after the point
	bound    decimal.Decimal // of numbers: no value is further from zero
	notNull  bool
	constant evaluate // not nil: the value does not depend on the record
	node     *Node
}

// form is how a value is represented in SQL.
type form uint8

const (
	plainForm  form = iota // what the functions take and give
	scaledForm             // a number as an integer, scale digits too large
	idForm                 // an id as the database stores it, which is not text
)

// isNull tells whether the value is known to be null.
func (o operand) isNull() bool { return o.node.isNull() }

// isLiteral tells whether the value is written out.
func (o operand) isLiteral() bool { return o.node.Op == opLiteral }

// never tells whether the value can never be null.
func (o operand) never() bool {
	return o.notNull || o.isLiteral() && !o.isNull() || o.node.Op == opMe && o.node.Path[0] == "id"
}

// sql puts fragments into the %s of a format.
func sql(format string, parts ...Fragment) Fragment {
	texts := make([]any, 0, len(parts))
	f := Fragment{}
	for _, part := range parts {
		texts = append(texts, part.SQL)
		f.Args = append(f.Args, part.Args...)
	}
	f.SQL = fmt.Sprintf(format, texts...)
	return f
}

// join puts fragments one after the other.
func join(parts []Fragment, separator string) Fragment {
	formats := make([]string, len(parts))
	for i := range parts {
		formats[i] = "%s"
	}
	return sql(strings.Join(formats, separator), parts...)
}

// condition renders a boolean where null is as good as false.
func (w *writer) condition(n *Node) Fragment {
	switch {
	case n.Op == opLiteral:
		return truthSQL(truth(n.Value))
	case n.constant():
		return w.bound(n, func(v Value) any { return w.dialect.bind(Bool, plainForm, 0)(truth(v)) })
	case n.Op == "&&" || n.Op == "||":
		return w.connect(n, w.condition)
	case n.Op == "!":
		return sql("NOT (%s)", w.exact(n.Args[0]))
	case n.Op == "==" || n.Op == "!=":
		return w.equality(n, false)
	case n.Op == "in":
		return w.membership(n)
	case n.Op == "under":
		return w.under(n)
	case n.Op == "within":
		return w.period(n)
	case isOrder(n.Op):
		return w.order(n)
	case w.language.functions[n.Op] != nil && w.language.functions[n.Op].test:
		return w.call(snake(n.Op), n.Args)
	default:
		return w.value(n).Fragment
	}
}

// exact renders a boolean that is never null.
func (w *writer) exact(n *Node) Fragment {
	switch {
	case n.constant() || n.Op == "!":
		return w.condition(n)
	case n.Op == "&&" || n.Op == "||":
		return w.connect(n, w.exact)
	case n.Op == "==" || n.Op == "!=":
		return w.equality(n, true)
	default:
		return sql("(%s) IS TRUE", w.condition(n))
	}
}

func (w *writer) connect(n *Node, render func(*Node) Fragment) Fragment {
	parts := make([]Fragment, 0, len(n.Args))
	for _, arg := range n.Args {
		parts = append(parts, render(arg))
	}
	return sql("(%s)", join(parts, map[string]string{"&&": " AND ", "||": " OR "}[n.Op]))
}

func truthSQL(holds bool) Fragment {
	if holds {
		return Fragment{SQL: "TRUE"}
	}
	return Fragment{SQL: "FALSE"}
}

// value renders a node as a value.
func (w *writer) value(n *Node) operand {
	o := operand{node: n, kind: n.Kind}
	switch {
	case n.constant():
		return w.constant(n)
	case n.Op == opField || n.Op == opPrior:
		return w.column(n)
	}
	function := w.language.functions[n.Op]
	if n.Op == "-" && len(n.Args) == 1 {
		function = w.language.functions["-x"]
	}
	if function.sql != nil {
		return function.sql(w, n)
	}
	name := snake(function.Name)
	if function.Name == "-x" {
		name = "sys_negate"
	}
	o.Fragment = w.call(name, n.Args)
	o.scale, o.bound = maxPlaces, decimal.New(1, maxWhole)
	return o
}

// call renders a call of a function that the database has from us.
func (w *writer) call(name string, args []*Node) Fragment {
	parts := make([]Fragment, 0, len(args))
	for _, arg := range args {
		parts = append(parts, w.plain(w.value(arg)))
	}
	return sql(name+"(%s)", join(parts, ", "))
}

func (w *writer) column(n *Node) operand {
	column, err := w.resolver.Column(n.Path, n.Op == opPrior)
	if err != nil && w.err == nil {
		w.err = err
	}
	return w.dialect.column(operand{
		Fragment: Fragment{SQL: column.SQL, Args: column.Args},
		node:     n, kind: n.Kind, scale: column.Scale, notNull: column.NotNull,
	})
}

func (w *writer) constant(n *Node) operand {
	o := operand{node: n, kind: n.Kind, constant: w.language.closure(n), scale: maxPlaces, bound: decimal.New(1, maxWhole)}
	if number, ok := n.Value.(decimal.Decimal); ok {
		o.scale, o.bound = places(number), number.Abs()
	}
	return o
}

// places is how many digits a number has after the point.
func places(number decimal.Decimal) int {
	_, fraction, _ := strings.Cut(number.String(), ".")
	return len(fraction)
}

// plain renders an operand in the form that functions take.
func (w *writer) plain(o operand) Fragment {
	switch {
	case o.isNull() && o.kind == Any:
		return Fragment{SQL: "NULL"}
	case o.isNull(): // with its type, for a CASE of nothing but nulls
		return Fragment{SQL: strings.Replace(w.dialect.placeholder(o.kind, plainForm), "?", "NULL", 1)}
	case o.constant != nil:
		return w.bound(o.node, w.dialect.bind(o.kind, plainForm, 0))
	default:
		return w.dialect.plain(o)
	}
}

// bound renders a constant as a placeholder.
func (w *writer) bound(n *Node, bind func(Value) any) Fragment {
	arg := Arg{eval: w.language.closure(n), bind: bind}
	if n.Op == opLiteral {
		arg = Fixed(bind(n.Value))
	}
	return Fragment{SQL: w.dialect.placeholder(n.Kind, plainForm), Args: []Arg{arg}}
}

// stored renders a literal in the form and scale of a column; ok is false when
// no stored value can be the same.
func (w *writer) stored(literal, column operand) (f Fragment, ok bool) {
	value := literal.node.Value
	switch column.form {
	case idForm:
		text, _ := value.(string)
		ok = isUUID(text)
	case scaledForm:
		scaled := num(value).Shift(int32(column.scale)) //nolint:gosec // 0 to 16
		ok = scaled.IsInteger() && scaled.BigInt().IsInt64()
	default:
		return w.plain(literal), true
	}
	arg := Fixed(nil)
	if ok {
		arg = Fixed(w.dialect.bind(column.kind, column.form, column.scale)(value))
	}
	return Fragment{SQL: w.dialect.placeholder(column.kind, column.form), Args: []Arg{arg}}, ok
}

// isUUID tells whether a text is an id as ids are written.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		hex := '0' <= c && c <= '9' || 'a' <= c && c <= 'f'
		if hyphen != (c == '-') || !hyphen && !hex {
			return false
		}
	}
	return true
}
