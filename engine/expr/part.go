package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
)

// partFunctions read what a field keeps beside the value that its name gives:
// a budget is what it is worth in the organisation's currency. The compiler
// makes names of them, so that no evaluator knows them.
func partFunctions() []Function {
	return []Function{
		{
			Name: "amount", Signatures: each(1, Number, Number),
			English: "The amount of a field of money in its own currency.", Chinese: "金额字段按其自身币种的数额。",
			Examples: []Example{},
		},
		{
			Name: "currency", Signatures: each(1, Text, Number),
			English: "The currency of a field of money, such as CNY.", Chinese: "金额字段的币种，例如 CNY。",
			Examples: []Example{},
		},
	}
}

// PartSeparator stands between a field's name and that of its part.
const PartSeparator = "__"

func isPart(name string) bool { return name == "amount" || name == "currency" }

// resolvePart puts the name of the part in the place of the call.
func (c *compiler) resolvePart(e ast.Expr, part string) *Error {
	args := e.AsCall().Args()
	if len(args) != 1 {
		return c.fail(e, CodeTypeMismatch, "function", part, "types", "")
	}
	if kind := args[0].Kind(); kind != ast.IdentKind && kind != ast.SelectKind {
		return c.fail(args[0], CodeNotAllowed, "what", part)
	}
	if err := c.resolveName(args[0]); err != nil {
		return err
	}
	whole := c.nodes[args[0].ID()]
	object, path := c.fields[whole].object, slices.Clone(whole.Path)
	last := len(path) - 1
	path[last] += PartSeparator + part
	field, ok := c.schema.Field(object, path[last])
	if !ok {
		return c.fail(e, CodeTypeMismatch, "function", part, "types", whole.Kind.String())
	}
	c.names(Named{Object: object, Field: path[last]})
	field.object = object
	n := &Node{Op: whole.Op, Kind: field.Type.Kind, Path: path}
	c.fields[n] = field
	c.replace(e, n)
	return nil
}
