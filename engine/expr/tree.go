package expr

import (
	"errors"
	"slices"

	"cel.dev/cel-go/common/ast"
)

// maxLevels is how far up a tree of records is walked.
const maxLevels = 16

// TreeField is the field by which the records of an object are a tree: people
// are one by their managers, everything else by its parents.
func TreeField(object string) string {
	if object == userObject {
		return "manager"
	}
	return "parent"
}

func treeFunctions() []Function {
	return []Function{{
		Name: "under", Signatures: each(2, Bool, Text), test: true,
		English: "The option or the record is the given one, or lies below it in its tree.", Chinese: "所选项或记录就是给定的节点，或在其下级中。",
		Examples: []Example{},
		eval:     evalUnder, sql: writeLogic,
	}}
}

// resolveUnder makes under(f, node) of a tree of options a membership where the
// node is written out. Otherwise it stays a function of a field and a value of
// the caller, which the browser does not have.
func (c *compiler) resolveUnder(e ast.Expr) *Error {
	args := e.AsCall().Args()
	if len(args) != 2 {
		return c.fail(e, CodeTypeMismatch, "function", "under", "types", "")
	}
	if err := c.resolveAll(args, 0); err != nil {
		return err
	}
	tree, ok := c.nodes[args[0].ID()]
	if !ok || tree.Op != opField {
		return c.fail(args[0], CodeNotAllowed, "what", "under")
	}
	node, err := c.lowerNode(args[1])
	if err != nil {
		return err
	}
	field := c.fields[tree]
	switch {
	case !fits(node.Kind, tree.Kind) || tree.Kind != Text && tree.Kind != Record || tree.Kind == Text && field.Options == nil:
		return c.fail(e, CodeTypeMismatch, "function", "under", "types", tree.Kind.String()+", "+node.Kind.String())
	case tree.Kind == Text && node.Op == opLiteral:
		return c.underOption(e, tree, field, node)
	case c.use.Browser || !c.use.Paths || !node.constant():
		return c.fail(args[1], CodeNotAllowed, "what", "under")
	case tree.Kind == Record:
		above := TreeField(field.Type.Object)
		if parent, ok := c.schema.Field(field.Type.Object, above); !ok || parent.Type != field.Type {
			return c.fail(args[0], CodeUnknownField, "field", above, "object", field.Type.Object)
		}
	}
	under := &Node{Op: "under", Kind: Bool, Args: []*Node{tree, node}, below: field.Below, object: field.Type.Object}
	c.replace(e, under)
	return nil
}

// lowerNode gives the second argument of under: a literal, or a value of the
// caller.
func (c *compiler) lowerNode(e ast.Expr) (*Node, *Error) {
	if n, ok := c.nodes[e.ID()]; ok {
		return n, nil
	}
	if e.Kind() != ast.LiteralKind {
		return nil, c.fail(e, CodeNotAllowed, "what", "under")
	}
	return lowerLiteral(e), nil
}

func (c *compiler) underOption(e ast.Expr, tree *Node, field Field, node *Node) *Error {
	code, _ := node.Value.(string)
	below := field.Below(code)
	if node.Value != nil && below == nil {
		return c.fail(e.AsCall().Args()[1], CodeUnknownOption, "value", code, "field", field.Name)
	}
	if code != "" {
		c.names(Named{Object: field.object, Field: field.Name, Option: code})
	}
	list := &Node{Op: opList, Kind: Text}
	for _, option := range below {
		list.Args = append(list.Args, literal(Text, option))
	}
	c.replace(e, &Node{Op: "in", Kind: Bool, Args: []*Node{tree, list}})
	return nil
}

func evalUnder(l *language, n *Node) evaluate {
	tree, node := n.Args[0], l.closure(n.Args[1])
	if tree.Kind == Text {
		value := l.closure(tree)
		return func(f *frame) Value {
			code, _ := value(f).(string)
			root, _ := node(f).(string)
			return code != "" && slices.Contains(n.below(root), code)
		}
	}
	return func(f *frame) Value {
		root := node(f)
		step := &Node{Op: opField, Kind: Record, Path: slices.Clone(tree.Path)}
		for range maxLevels {
			at := f.read(step, f.in.Record)
			if at == nil || root == nil {
				return false
			}
			if at == root {
				return true
			}
			step.Path = append(step.Path, TreeField(n.object))
		}
		return false
	}
}

var errNoTrees = errors.New("a tree of records is asked for where there is none")

// under renders the membership in what lies below a node.
func (w *writer) under(n *Node) Fragment {
	tree, node := w.value(n.Args[0]), w.value(n.Args[1])
	if tree.kind == Text {
		closure := w.language.closure(n.Args[1])
		below := Arg{bind: w.dialect.bind(Set, plainForm, 0), eval: func(f *frame) Value {
			root, _ := closure(f).(string)
			return n.below(root)
		}}
		codes := Fragment{SQL: w.dialect.placeholder(Set, plainForm), Args: []Arg{below}}
		return sql("sys_has(%s, %s)", codes, w.plain(tree))
	}
	id := w.boundID(node)
	if node.isLiteral() {
		text, _ := n.Args[1].Value.(string)
		if !isUUID(text) {
			return truthSQL(false)
		}
	}
	var below Fragment
	err := errNoTrees
	if trees, ok := w.resolver.(Trees); ok {
		below, err = trees.Below(n.object, id)
	}
	if err != nil && w.err == nil {
		w.err = err
	}
	return sql("%s IN (%s)", tree.Fragment, below)
}
