package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"github.com/shopspring/decimal"
)

// lower makes the tree of a checked expression: literals folded, chains of &&
// and || flattened, instants made days where days are asked for. It refuses
// what the checker cannot see: options that do not exist, mixed lists, periods
// that nobody knows.
func (c *compiler) lower(e ast.Expr) (*Node, *Error) {
	if n, ok := c.nodes[e.ID()]; ok {
		return n, nil
	}
	switch e.Kind() {
	case ast.LiteralKind:
		return lowerLiteral(e), nil
	default:
		return c.lowerCall(e)
	}
}

func lowerLiteral(e ast.Expr) *Node {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		return literal(Bool, bool(v))
	case types.String:
		return literal(Text, normal(string(v)))
	default:
		return literal(Any, nil)
	}
}

func (c *compiler) lowerCall(e ast.Expr) (*Node, *Error) {
	name := operatorName(e.AsCall().FunctionName())
	args := arguments(e)
	n := &Node{Op: name, Kind: kindOf(c.tree.GetType(e.ID()))}
	for i, arg := range args {
		lower := c.lower
		if name == "in" && i == 1 && arg.Kind() == ast.ListKind {
			lower = func(e ast.Expr) (*Node, *Error) { return c.lowerList(e, n.Args[0].Kind) }
		}
		node, err := lower(arg)
		if err != nil {
			return nil, err
		}
		n.Args = append(n.Args, node)
	}
	if n.Kind == Any { // every branch is null
		return literal(Any, nil), nil
	}
	switch name {
	case "&&", "||":
		n.Args = flatten(name, n.Args)
	case "-x":
		n.Op = "-"
		if arg := n.Args[0]; arg.Op == opLiteral {
			return literal(Number, negate(arg.Value)), nil
		}
	case "==", "!=", "in":
		if n.Args[0].Kind == JSON && n.Args[1].Kind == JSON {
			return nil, c.fail(e, CodeTypeMismatch, "function", name, "types", "json, json")
		}
		return n, c.checkOptions(n, args)
	case "changedTo", "changedFrom", "changedFromTo", "increased", "decreased":
		return c.lowerChange(n, args)
	case "date", "datetime":
		return c.lowerMoment(n, args)
	case opHours:
		return c.lowerHours(e, n, args)
	case "days", "year", "month", "day":
		for i, arg := range n.Args {
			if arg.Kind == Instant {
				n.Args[i] = &Node{Op: "date", Kind: Day, Args: []*Node{arg}}
			}
		}
	case "within":
		if period, _ := n.Args[1].Value.(string); n.Args[1].Op != opLiteral || !isPeriod(period) {
			return nil, c.fail(args[1], CodeInvalidLiteral, "value", n.Args[1].Value, "expected", "period")
		}
	case "round":
		if len(n.Args) == 2 && !isPlaces(n.Args[1]) {
			return nil, c.fail(args[1], CodeInvalidLiteral, "value", wire(n.Args[1].Value), "expected", "0…16")
		}
	}
	return n, nil
}

func flatten(op string, args []*Node) []*Node {
	var flat []*Node
	for _, arg := range args {
		if arg.Op == op {
			flat = append(flat, arg.Args...)
		} else {
			flat = append(flat, arg)
		}
	}
	return flat
}

func isPlaces(n *Node) bool {
	places, ok := n.Value.(decimal.Decimal)
	return ok && places.IsInteger() && !places.IsNegative() && places.LessThanOrEqual(decimal.NewFromInt(maxPlaces))
}

// lowerMoment folds date("…") and datetime("…"), so that a day that does not
// exist is found now and not when the expression runs.
func (c *compiler) lowerMoment(n *Node, args []ast.Expr) (*Node, *Error) {
	text, ok := n.Args[0].Value.(string)
	if n.Args[0].Op != opLiteral || !ok {
		return n, nil
	}
	value := Value(nil)
	if n.Kind == Day {
		value = dateOfText(text)
	} else {
		value = parseInstant(text)
	}
	if value == nil {
		return nil, c.fail(args[0], CodeInvalidLiteral, "value", text, "expected", n.Kind.String())
	}
	return literal(n.Kind, value), nil
}

// lowerList makes the list of an "in", whose members have the kind of what is
// looked for.
func (c *compiler) lowerList(e ast.Expr, kind Kind) (*Node, *Error) {
	list := &Node{Op: opList, Kind: kind}
	for _, element := range e.AsList().Elements() {
		n, err := c.lower(element)
		if err != nil {
			return nil, err
		}
		if list.Kind == Any {
			list.Kind = n.Kind
		}
		if !fits(n.Kind, list.Kind) {
			return nil, c.fail(element, CodeTypeMismatch, "function", "in", "types", list.Kind.String()+", "+n.Kind.String())
		}
		if n.Op != opLiteral {
			if c.tests++; c.tests > maxTests {
				return nil, c.fail(element, CodeTooCostly, "limit", "comparisons", "max", maxTests)
			}
		}
		list.Args = append(list.Args, n)
	}
	return list, nil
}

// checkOptions refuses the comparison of a select with a code it cannot have.
func (c *compiler) checkOptions(n *Node, args []ast.Expr) *Error {
	for i, arg := range n.Args {
		field, other := c.fields[arg], n.Args[1-i]
		if field.Options == nil {
			continue
		}
		literals, places := []*Node{other}, []ast.Expr{args[1-i]}
		if args[1-i].Kind() == ast.ListKind && other.Op == opList {
			literals, places = other.Args, args[1-i].AsList().Elements()
		}
		for j, option := range literals {
			codes, _ := option.Value.([]string)
			if text, ok := option.Value.(string); ok {
				codes = []string{text}
			}
			for _, code := range codes {
				if option.Op != opLiteral {
					continue
				}
				if !slices.Contains(field.Options, code) {
					return c.fail(places[j], CodeUnknownOption, "value", code, "field", field.Name)
				}
				c.names(Named{Object: field.object, Field: field.Name, Option: code})
			}
		}
	}
	return nil
}
