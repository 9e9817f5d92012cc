package expr

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Input is all that an expression may read. Record and Prior give a field's
// value by its path, Me a field of the caller; a nil function gives null for
// everything. Zone is where today() is; nil is UTC.
type Input struct {
	Record, Prior func(path []string) Value
	Me            func(name string) Value
	Now           time.Time
	Zone          *time.Location
}

// Eval gives the expression's value; a boolean is never null. The only errors
// are a field whose value is not of its kind, and me.id without a caller:
// expressions themselves cannot fail.
func (p *Program) Eval(in Input) (Value, error) {
	f := &frame{in: in}
	value := p.run(f)
	if value == nil && p.Type.Kind == Bool {
		value = false
	}
	return value, f.err
}

// True tells whether a condition holds; null does not.
func (p *Program) True(in Input) (bool, error) {
	value, err := p.Eval(in)
	return truth(value), err
}

// frame is one evaluation.
type frame struct {
	in  Input
	err error
}

// evaluate gives a node's value.
type evaluate func(*frame) Value

func truth(v Value) bool {
	b, _ := v.(bool)
	return b
}

// normal gives the one form of empty values, null, and of instants.
func normal(v Value) Value {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
	case []string:
		if len(v) == 0 {
			return nil
		}
	case time.Time:
		return v.UTC().Truncate(time.Millisecond)
	}
	return v
}

// closure makes the function that evaluates a node.
func (l *language) closure(n *Node) evaluate {
	switch n.Op {
	case opLiteral:
		value := n.Value
		return func(*frame) Value { return value }
	case opField:
		return func(f *frame) Value { return f.read(n, f.in.Record) }
	case opPrior:
		return func(f *frame) Value { return f.read(n, f.in.Prior) }
	case opMe:
		return func(f *frame) Value { return f.me(n) }
	case "-":
		if len(n.Args) == 1 {
			return l.functions["-x"].eval(l, n)
		}
	}
	return l.functions[n.Op].eval(l, n)
}

func (l *language) closures(nodes []*Node) []evaluate {
	closures := make([]evaluate, 0, len(nodes))
	for _, n := range nodes {
		closures = append(closures, l.closure(n))
	}
	return closures
}

func (f *frame) read(n *Node, from func([]string) Value) Value {
	if from == nil {
		return nil
	}
	return f.conform(n, from(n.Path))
}

// me reads a field of the caller. Without an id there is no caller, and then
// nobody's records would be his.
func (f *frame) me(n *Node) Value {
	var value Value
	if f.in.Me != nil {
		value = f.conform(n, f.in.Me(n.Path[0]))
	}
	if value == nil && n.Path[0] == "id" {
		f.err = errNobody
	}
	return value
}

var errNobody = errors.New("me.id is read, but there is no caller")

// conform passes a value of the node's kind; another is an error.
func (f *frame) conform(n *Node, value Value) Value {
	value = normal(value)
	ok := value == nil
	switch value.(type) {
	case bool:
		ok = n.Kind == Bool
	case decimal.Decimal:
		ok = n.Kind == Number
	case string:
		ok = n.Kind == Text || n.Kind == Record || n.Kind == JSON
	case Date:
		ok = n.Kind == Day
	case time.Time:
		ok = n.Kind == Instant
	case []string:
		ok = n.Kind == Set
	}
	if !ok {
		f.err = fmt.Errorf("%s %v: %T is not a %s", n.Op, n.Path, value, n.Kind)
		return nil
	}
	return value
}

// The shapes that most functions have: strict ones give null when an argument
// is null, tests give false.

func strict1(call func(a Value) Value) func(*language, *Node) evaluate {
	return func(l *language, n *Node) evaluate {
		a := l.closure(n.Args[0])
		return func(f *frame) Value {
			if x := a(f); x != nil {
				return call(x)
			}
			return nil
		}
	}
}

func strict2(call func(a, b Value) Value) func(*language, *Node) evaluate {
	return func(l *language, n *Node) evaluate {
		a, b := l.closure(n.Args[0]), l.closure(n.Args[1])
		return func(f *frame) Value {
			x, y := a(f), b(f)
			if x == nil || y == nil {
				return nil
			}
			return call(x, y)
		}
	}
}

func test2(call func(a, b Value) bool) func(*language, *Node) evaluate {
	return func(l *language, n *Node) evaluate {
		a, b := l.closure(n.Args[0]), l.closure(n.Args[1])
		return func(f *frame) Value {
			x, y := a(f), b(f)
			return x != nil && y != nil && call(x, y)
		}
	}
}
