package expr

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// comparisonFunctions are those that compare. Equality is total: null equals
// only null, and != is always the opposite of ==. Order with a null is false.
func comparisonFunctions() []Function {
	order := each(2, Bool, Number, Day, Instant)
	equality := each(2, Bool, Bool, Number, Text, Day, Instant, Set, JSON)
	return []Function{
		{
			Name: "==", Signatures: equality, test: true,
			English: "The same value; empty is the same as empty and as null.", Chinese: "值相同；空值与空值、null 相同。",
			Examples: []Example{{`"a" == "A"`, "false"}, {"1.0 == 1", "true"}, {`"" == null`, "true"}},
			eval:     evalEqual, sql: writeEquality,
		},
		{
			Name: "!=", Signatures: equality, test: true,
			English: "Not the same value.", Chinese: "值不同。",
			Examples: []Example{{`"a" != null`, "true"}},
			eval:     evalUnequal, sql: writeEquality,
		},
		{
			Name: "<", Signatures: order, test: true,
			English: "Less, or earlier.", Chinese: "小于或早于。",
			Examples: []Example{{"1 < 1.5", "true"}},
			eval:     test2(func(a, b Value) bool { return compare(a, b) < 0 }), sql: writeOrder,
		},
		{
			Name: "<=", Signatures: order, test: true,
			English: "Less or earlier, or the same.", Chinese: "小于等于，或不晚于。",
			Examples: []Example{{"1 <= 1.0", "true"}},
			eval:     test2(func(a, b Value) bool { return compare(a, b) <= 0 }), sql: writeOrder,
		},
		{
			Name: ">", Signatures: order, test: true,
			English: "Greater, or later.", Chinese: "大于或晚于。",
			Examples: []Example{{`date("2026-02-01") > date("2026-01-31")`, "true"}},
			eval:     test2(func(a, b Value) bool { return compare(a, b) > 0 }), sql: writeOrder,
		},
		{
			Name: ">=", Signatures: order, test: true,
			English: "Greater or later, or the same.", Chinese: "大于等于，或不早于。",
			Examples: []Example{{"2 >= 3", "false"}},
			eval:     test2(func(a, b Value) bool { return compare(a, b) >= 0 }), sql: writeOrder,
		},
		{
			Name: "in", test: true,
			Signatures: []Signature{
				signature(Bool, Text, Set),
				{Args: []Kind{Text, Text}, List: true, Result: Bool},
				{Args: []Kind{Number, Number}, List: true, Result: Bool},
				{Args: []Kind{Day, Day}, List: true, Result: Bool},
				{Args: []Kind{Instant, Instant}, List: true, Result: Bool},
				{Args: []Kind{Bool, Bool}, List: true, Result: Bool},
			},
			English: "Is a member of the list, or of the set.", Chinese: "属于列表或多选集合。",
			Examples: []Example{{"2 in [1, 2, 3]", "true"}, {`"a" in ["b"]`, "false"}},
			eval:     evalIn, sql: writeIn,
		},
		{
			Name: "intersects", Signatures: []Signature{signature(Bool, Set, Set)}, test: true,
			English: "The two sets have a member in common.", Chinese: "两个集合有共同的成员。",
			Examples: []Example{{`intersects(["a", "b"], ["b"])`, "true"}, {`intersects(["a"], [])`, "false"}},
			eval:     evalIntersects, sql: writeLogic,
		},
	}
}

func evalEqual(l *language, n *Node) evaluate {
	a, b := l.closure(n.Args[0]), l.closure(n.Args[1])
	return func(f *frame) Value { return equal(a(f), b(f)) }
}

func evalUnequal(l *language, n *Node) evaluate {
	a, b := l.closure(n.Args[0]), l.closure(n.Args[1])
	return func(f *frame) Value { return !equal(a(f), b(f)) }
}

func evalIn(l *language, n *Node) evaluate {
	item := l.closure(n.Args[0])
	if n.Args[1].Op != opList {
		set := l.closure(n.Args[1])
		return func(f *frame) Value {
			text, isText := item(f).(string)
			members, _ := set(f).([]string)
			return isText && slices.Contains(members, text)
		}
	}
	members := l.closures(n.Args[1].Args)
	return func(f *frame) Value {
		x := item(f)
		for _, member := range members {
			if equal(x, member(f)) {
				return true
			}
		}
		return false
	}
}

func evalIntersects(l *language, n *Node) evaluate {
	a, b := l.closure(n.Args[0]), l.closure(n.Args[1])
	return func(f *frame) Value {
		one, _ := a(f).([]string)
		other, _ := b(f).([]string)
		return intersect(one, other)
	}
}

func intersect(a, b []string) bool {
	return slices.ContainsFunc(a, func(member string) bool { return slices.Contains(b, member) })
}

// equal tells whether two values of one kind are the same; null is the same
// as null only. Sets are the same when they have the same members.
func equal(a, b Value) bool {
	switch x := a.(type) {
	case decimal.Decimal:
		y, ok := b.(decimal.Decimal)
		return ok && x.Equal(y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case []string:
		y, ok := b.([]string)
		return ok && includes(x, y) && includes(y, x)
	default:
		return a == b
	}
}

func includes(set, members []string) bool {
	return !slices.ContainsFunc(members, func(member string) bool { return !slices.Contains(set, member) })
}

// compare orders two values of one kind that has an order.
func compare(a, b Value) int {
	switch x := a.(type) {
	case decimal.Decimal:
		y, _ := b.(decimal.Decimal)
		return x.Cmp(y)
	case Date:
		y, _ := b.(Date)
		return x.Compare(y)
	case time.Time:
		y, _ := b.(time.Time)
		return x.Compare(y)
	default:
		return 0
	}
}

// sqliteComparisons: numbers are compared as exact texts, sets are JSON.
func sqliteComparisons() []SQLiteFunction {
	return []SQLiteFunction{
		{"sys_compare", 2, sqliteStrict(func(args []any) any {
			return int64(sqliteNumber(args[0]).Cmp(sqliteNumber(args[1])))
		})},
		{"sys_same_set", 2, func(args []any) any {
			return sqliteBool(equal(normal(sqliteSet(args[0])), normal(sqliteSet(args[1]))))
		}},
		{"sys_has", 2, sqliteStrict(func(args []any) any {
			text, _ := args[1].(string)
			return sqliteBool(slices.Contains(sqliteSet(args[0]), text))
		})},
		{"sys_intersects", 2, func(args []any) any {
			return sqliteBool(intersect(sqliteSet(args[0]), sqliteSet(args[1])))
		}},
		{"sys_size", 1, func(args []any) any { return int64(len(sqliteSet(args[0]))) }},
	}
}

func postgresComparisons() []string {
	return []string{
		postgresFunction("sys_same_set(jsonb, jsonb) RETURNS boolean",
			`($1 @> $2 AND $1 <@ $2) IS TRUE OR $1 IS NULL AND $2 IS NULL`),
		postgresStable("sys_has(jsonb, text) RETURNS boolean", `$1 @> to_jsonb($2)`),
		postgresStable("sys_intersects(jsonb, jsonb) RETURNS boolean",
			`jsonb_exists_any($1, ARRAY(SELECT jsonb_array_elements_text($2)))`),
		postgresFunction("sys_size(jsonb) RETURNS bigint", `coalesce(jsonb_array_length($1), 0)::bigint`),
	}
}

// postgresFunction is the statement that makes a function of one expression,
// which PostgreSQL then writes into the query in place of the call.
func postgresFunction(head, body string) string {
	return "CREATE OR REPLACE FUNCTION " + head + " LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$ SELECT " + body + " $f$"
}

// postgresStable is the same for an expression that calls what PostgreSQL
// does not take for immutable; it would not write it into the query otherwise.
func postgresStable(head, body string) string {
	return strings.Replace(postgresFunction(head, body), "IMMUTABLE", "STABLE", 1)
}

// sqliteStrict gives null when an argument is null.
func sqliteStrict(call func(args []any) any) func(args []any) any {
	return func(args []any) any {
		if slices.Contains(args, nil) {
			return nil
		}
		return call(args)
	}
}

func sqliteBool(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

func sqliteSet(arg any) []string {
	text, _ := arg.(string)
	var set []string
	if json.Unmarshal([]byte(text), &set) != nil {
		return nil
	}
	return set
}
