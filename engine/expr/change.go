package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
)

// changeFunctions compare a field with what it was before this change. The
// compiler makes comparisons of them, so that no evaluator knows them.
func changeFunctions() []Function {
	every := []Kind{Bool, Number, Text, Day, Instant, Set}
	return []Function{
		{
			Name: "changed", Signatures: each(1, Bool, every...),
			English: "The field differs from what it was before this change (in rules).", Chinese: "字段在本次修改中发生了变化（用于规则）。",
			Examples: []Example{},
		},
		{
			Name: "changedTo", Signatures: each(2, Bool, every...),
			English: "The field changed, and is this value now.", Chinese: "字段发生了变化，且现在等于该值。",
			Examples: []Example{},
		},
		{
			Name: "changedFrom", Signatures: each(2, Bool, every...),
			English: "The field changed, and was this value before.", Chinese: "字段发生了变化，且之前等于该值。",
			Examples: []Example{},
		},
		{
			Name: "changedFromTo", Signatures: each(3, Bool, every...),
			English: "The field changed from the first value to the second.", Chinese: "字段从第一个值变为第二个值。",
			Examples: []Example{},
		},
		{
			Name: "increased", Signatures: each(1, Bool, Number, Day, Instant),
			English: "The field is larger or later than before this change.", Chinese: "字段比修改前更大或更晚。",
			Examples: []Example{},
		},
		{
			Name: "decreased", Signatures: each(1, Bool, Number, Day, Instant),
			English: "The field is smaller or earlier than before this change.", Chinese: "字段比修改前更小或更早。",
			Examples: []Example{},
		},
	}
}

// isChange tells whether a function speaks of what a field was before.
func isChange(name string) bool {
	return slices.Contains([]string{"changedTo", "changedFrom", "changedFromTo", "increased", "decreased"}, name)
}

// lowerChange makes the comparisons that a function about a change stands for.
func (c *compiler) lowerChange(n *Node, args []ast.Expr) (*Node, *Error) {
	field := n.Args[0]
	if field.Op != opField || len(field.Path) > 1 {
		return nil, c.fail(args[0], CodeNotAllowed, "what", n.Op)
	}
	prior := &Node{Op: opPrior, Kind: field.Kind, Path: field.Path}
	c.fields[prior] = c.fields[field]
	compare := func(op string, a, b *Node) *Node { return &Node{Op: op, Kind: Bool, Args: []*Node{a, b}} }
	switch n.Op {
	case "increased":
		return compare(">", field, prior), nil
	case "decreased":
		return compare("<", field, prior), nil
	}
	tests := []*Node{compare("!=", field, prior)}
	sides := map[string][]*Node{"changedTo": {field}, "changedFrom": {prior}, "changedFromTo": {prior, field}}[n.Op]
	for i, side := range sides {
		test := compare("==", side, n.Args[i+1])
		if err := c.checkOptions(test, []ast.Expr{args[0], args[i+1]}); err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	return &Node{Op: "&&", Kind: Bool, Args: tests}, nil
}
