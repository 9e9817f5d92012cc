package expr

// logicFunctions are those that decide: and, or, not, if, and the first value
// that is there. A null condition does not hold.
func logicFunctions() []Function {
	return []Function{
		{
			Name: "&&", Signatures: each(2, Bool, Bool),
			English: "Both hold.", Chinese: "两者都成立。",
			Examples: []Example{{"true && false", "false"}},
			eval:     evalAnd, sql: writeLogic,
		},
		{
			Name: "||", Signatures: each(2, Bool, Bool),
			English: "At least one holds.", Chinese: "至少一个成立。",
			Examples: []Example{{"true || false", "true"}},
			eval:     evalOr, sql: writeLogic,
		},
		{
			Name: "!", Signatures: each(1, Bool, Bool),
			English: "Does not hold; an empty checkbox does not hold.", Chinese: "不成立；空的复选框视为不成立。",
			Examples: []Example{{"!false", "true"}},
			eval:     evalNot, sql: writeLogic,
		},
		{
			Name: "?:", Signatures: conditional(),
			English: "The first value if the condition holds, otherwise the second.", Chinese: "条件成立时取前值，否则取后值。",
			Examples: []Example{{`3 > 2 ? "yes" : "no"`, "yes"}},
			eval:     evalConditional, sql: writeConditional,
		},
		{
			Name: "coalesce", Signatures: each(2, Any, Bool, Number, Text, Day, Instant, Set),
			English: "The first value, or the second where the first is empty.", Chinese: "取第一个值；为空时取第二个。",
			Examples: []Example{{`coalesce("", "none")`, "none"}},
			eval:     evalCoalesce, sql: writeCoalesce,
		},
	}
}

func conditional() []Signature {
	signatures := each(3, Any, Bool, Number, Text, Day, Instant, Set)
	for _, s := range signatures {
		s.Args[0] = Bool
	}
	return signatures
}

func evalAnd(l *language, n *Node) evaluate {
	args := l.closures(n.Args)
	return func(f *frame) Value {
		for _, arg := range args {
			if !truth(arg(f)) {
				return false
			}
		}
		return true
	}
}

func evalOr(l *language, n *Node) evaluate {
	args := l.closures(n.Args)
	return func(f *frame) Value {
		for _, arg := range args {
			if truth(arg(f)) {
				return true
			}
		}
		return false
	}
}

func evalNot(l *language, n *Node) evaluate {
	arg := l.closure(n.Args[0])
	return func(f *frame) Value { return !truth(arg(f)) }
}

func evalConditional(l *language, n *Node) evaluate {
	args := l.closures(n.Args)
	return func(f *frame) Value {
		if truth(args[0](f)) {
			return args[1](f)
		}
		return args[2](f)
	}
}

func evalCoalesce(l *language, n *Node) evaluate {
	args := l.closures(n.Args)
	return func(f *frame) Value {
		if value := args[0](f); value != nil {
			return value
		}
		return args[1](f)
	}
}
