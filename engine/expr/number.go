package expr

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Numbers have at most 28 digits before the point and 16 after it. A result
// with more after the point is rounded, half away from zero; one with more
// before it is null, like a division by zero, so that one freak record cannot
// break everybody's list.
const (
	maxPlaces = 16
	maxWhole  = 28
)

// arithmeticFunctions are the operators on numbers. A null gives null.
func arithmeticFunctions() []Function {
	numbers := each(2, Number, Number)
	return []Function{
		{
			Name: "+", Signatures: each(2, Any, Number, Text),
			English:  "The sum; of texts, one behind the other, an empty one as nothing.",
			Chinese:  "求和；用于文本时为拼接，空文本视为无。",
			Examples: []Example{{"0.1 + 0.2", "0.3"}, {`"a" + "" + "b"`, "ab"}},
			eval:     evalPlus, sql: writePlus,
		},
		{
			Name: "-", Signatures: numbers,
			English: "The difference.", Chinese: "求差。",
			Examples: []Example{{"1 - 0.9", "0.1"}},
			eval:     strict2(func(a, b Value) Value { return fit(num(a).Sub(num(b))) }), sql: writeArithmetic,
		},
		{
			Name: "*", Signatures: numbers,
			English: "The product, rounded to 16 digits after the point.", Chinese: "求积，保留 16 位小数。",
			Examples: []Example{{"1.1 * 1.1", "1.21"}},
			eval:     strict2(func(a, b Value) Value { return fit(num(a).Mul(num(b))) }), sql: writeArithmetic,
		},
		{
			Name: "/", Signatures: numbers,
			English:  "The quotient, rounded to 16 digits after the point; empty when divided by zero.",
			Chinese:  "求商，保留 16 位小数；除以零时为空。",
			Examples: []Example{{"1 / 8", "0.125"}, {"1 / 0", "null"}},
			eval:     strict2(divide), sql: writeDivision("sys_divide"),
		},
		{
			Name: "%", Signatures: numbers,
			English:  "The remainder, with the sign of the first number; empty when divided by zero.",
			Chinese:  "求余，符号与被除数相同；除以零时为空。",
			Examples: []Example{{"-7 % 3", "-1"}},
			eval:     strict2(modulo), sql: writeDivision("sys_modulo"),
		},
		{
			Name: "-x", Signatures: each(1, Number, Number),
			English: "The negative.", Chinese: "取负。",
			Examples: []Example{{"-(1 + 2)", "-3"}},
			eval:     strict1(negate),
		},
	}
}

// numberFunctions round, compare and read numbers. A null gives null.
func numberFunctions() []Function {
	number := each(1, Number, Number)
	ordered := each(2, Any, Number, Day, Instant)
	return []Function{
		{
			Name: "round", Signatures: append(each(1, Number, Number), each(2, Number, Number)...),
			English:  "Rounded to a whole number, or to that many digits after the point; a half goes away from zero.",
			Chinese:  "四舍五入到整数，或到指定的小数位数。",
			Examples: []Example{{"round(2.5)", "3"}, {"round(-1.005, 2)", "-1.01"}},
			eval:     evalRound, sql: writeRound,
		},
		{
			Name: "floor", Signatures: number,
			English: "The next whole number below.", Chinese: "向下取整。",
			Examples: []Example{{"floor(-1.5)", "-2"}},
			eval:     strict1(func(a Value) Value { return fit(num(a).Floor()) }),
		},
		{
			Name: "ceil", Signatures: number,
			English: "The next whole number above.", Chinese: "向上取整。",
			Examples: []Example{{"ceil(1.2)", "2"}},
			eval:     strict1(func(a Value) Value { return fit(num(a).Ceil()) }),
		},
		{
			Name: "abs", Signatures: number,
			English: "Without its sign.", Chinese: "绝对值。",
			Examples: []Example{{"abs(-3)", "3"}},
			eval:     strict1(func(a Value) Value { return num(a).Abs() }),
		},
		{
			Name: "min", Signatures: ordered,
			English: "The smaller of two numbers, the earlier of two times.", Chinese: "两数中较小者，或两个时间中较早者。",
			Examples: []Example{{"min(2, 1)", "1"}},
			eval:     strict2(earlier), sql: writeExtreme("sys_min", "sys_earlier"),
		},
		{
			Name: "max", Signatures: ordered,
			English: "The larger of two numbers, the later of two times.", Chinese: "两数中较大者，或两个时间中较晚者。",
			Examples: []Example{{"max(2, 1)", "2"}},
			eval:     strict2(later), sql: writeExtreme("sys_max", "sys_later"),
		},
		{
			Name: "number", Signatures: []Signature{signature(Number, Text)},
			English:  "The number that a text writes with digits, a sign and a point; empty when it is none.",
			Chinese:  "把由数字、负号和小数点组成的文本转为数值；否则为空。",
			Examples: []Example{{`number("12.50")`, "12.5"}, {`number("12 kg")`, "null"}},
			eval:     strict1(numberOf),
		},
	}
}

func num(v Value) decimal.Decimal {
	d, _ := v.(decimal.Decimal)
	return d
}

// fit rounds a result to 16 digits after the point; beyond 28 before it there
// is no number.
func fit(d decimal.Decimal) Value {
	if d.Exponent() < -maxPlaces {
		d = d.Round(maxPlaces)
	}
	if d.Abs().GreaterThanOrEqual(decimal.New(1, maxWhole)) {
		return nil
	}
	return d
}

func divide(a, b Value) Value {
	if num(b).IsZero() {
		return nil
	}
	return fit(num(a).DivRound(num(b), maxPlaces))
}

func modulo(a, b Value) Value {
	if num(b).IsZero() {
		return nil
	}
	return fit(num(a).Mod(num(b)))
}

func negate(a Value) Value {
	if a == nil {
		return nil
	}
	return num(a).Neg()
}

func earlier(a, b Value) Value {
	if compare(b, a) < 0 {
		return b
	}
	return a
}

func later(a, b Value) Value {
	if compare(b, a) > 0 {
		return b
	}
	return a
}

func evalPlus(l *language, n *Node) evaluate {
	if n.Kind == Text {
		a, b := l.closure(n.Args[0]), l.closure(n.Args[1])
		return func(f *frame) Value {
			x, _ := a(f).(string)
			y, _ := b(f).(string)
			return normal(x + y)
		}
	}
	return strict2(func(a, b Value) Value { return fit(num(a).Add(num(b))) })(l, n)
}

func evalRound(l *language, n *Node) evaluate {
	places := roundPlaces(n)
	return strict1(func(a Value) Value { return fit(num(a).Round(places)) })(l, n)
}

// roundPlaces is the number of digits to keep; the compiler saw that it is
// written out.
func roundPlaces(n *Node) int32 {
	if len(n.Args) == 1 {
		return 0
	}
	return int32(num(n.Args[1].Value).IntPart()) //nolint:gosec // 0 to 16
}

// numberOf reads digits with an optional sign and fraction.
func numberOf(text Value) Value {
	s, _ := text.(string)
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !isDigits(whole, maxWhole) || point && !isDigits(fraction, maxPlaces) {
		return nil
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return nil
	}
	return d
}

func isDigits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// numberLiteral reads a number as it is written in an expression, where it may
// have an exponent; nil when it has more than 28 digits, or 16 after the point.
func numberLiteral(text string) Value {
	mantissa, exponent, found := strings.Cut(strings.ToLower(text), "e")
	shift := 0
	if found {
		n, err := strconv.Atoi(exponent)
		if err != nil || n > 2*maxWhole || n < -2*maxWhole {
			return nil
		}
		shift = n
	}
	d, err := decimal.NewFromString(mantissa)
	if err != nil {
		return nil
	}
	d = d.Shift(int32(shift))
	digits := strings.Trim(strings.Replace(d.Abs().String(), ".", "", 1), "0")
	_, fraction, _ := strings.Cut(d.String(), ".")
	if len(digits) > maxWhole || len(fraction) > maxPlaces || fit(d) == nil {
		return nil
	}
	return d
}

// SQLite has no exact numbers but 64-bit integers, so that everything beyond
// a column goes through texts.
func sqliteNumbers() []SQLiteFunction {
	one := func(name string, call func(a Value) Value) SQLiteFunction {
		return SQLiteFunction{name, 1, sqliteStrict(func(args []any) any {
			return wire(call(sqliteNumber(args[0])))
		})}
	}
	two := func(name string, call func(a, b Value) Value) SQLiteFunction {
		return SQLiteFunction{name, 2, sqliteStrict(func(args []any) any {
			return wire(call(sqliteNumber(args[0]), sqliteNumber(args[1])))
		})}
	}
	return []SQLiteFunction{
		// sys_decimal makes the text of a stored number, an integer and its scale.
		{"sys_decimal", 2, sqliteStrict(func(args []any) any {
			scale, _ := args[1].(int64)
			return sqliteNumber(args[0]).Shift(int32(-scale)).String() //nolint:gosec // 0 to 16
		})},
		two("sys_add", func(a, b Value) Value { return fit(num(a).Add(num(b))) }),
		two("sys_subtract", func(a, b Value) Value { return fit(num(a).Sub(num(b))) }),
		two("sys_multiply", func(a, b Value) Value { return fit(num(a).Mul(num(b))) }),
		two("sys_divide", divide),
		two("sys_modulo", modulo),
		two("sys_min", earlier),
		two("sys_max", later),
		two("sys_round", func(a, b Value) Value { return fit(num(a).Round(int32(num(b).IntPart()))) }), //nolint:gosec // 0 to 16
		one("sys_negate", negate),
		one("sys_floor", func(a Value) Value { return fit(num(a).Floor()) }),
		one("sys_ceil", func(a Value) Value { return fit(num(a).Ceil()) }),
		one("sys_abs", func(a Value) Value { return num(a).Abs() }),
		{"sys_stored", 3, sqliteStrict(func(args []any) any {
			scale, digits := sqliteNumber(args[1]).IntPart(), sqliteNumber(args[2]).IntPart()
			return scaledInteger(Stored(sqliteNumber(args[0]), int(scale), int(digits)), int(scale))
		})},
		// sys_total joins the two halves of a sum of stored numbers.
		{"sys_total", 3, sqliteStrict(func(args []any) any {
			scale, _ := args[2].(int64)
			total := sqliteNumber(args[0]).Mul(decimal.New(1, 9)).Add(sqliteNumber(args[1]))
			return total.Shift(int32(-scale)).String() //nolint:gosec // 0 to 6
		})},
		{"sys_number", 1, sqliteStrict(func(args []any) any { return wire(numberOf(args[0])) })},
	}
}

func sqliteNumber(arg any) decimal.Decimal {
	switch v := arg.(type) {
	case int64:
		return decimal.NewFromInt(v)
	case string:
		d, _ := decimal.NewFromString(v) // written by these functions
		return d
	default:
		return decimal.Decimal{}
	}
}

// The quotient of numeric has as many digits as its arguments ask for; 64
// are so many that rounding it again to 16 cannot go wrong.
func postgresNumbers() []string {
	return []string{
		postgresFunction("sys_fit(numeric) RETURNS numeric",
			`CASE WHEN abs(round($1, 16)) < 1e28 THEN round($1, 16) END`),
		postgresFunction("sys_divide(numeric, numeric) RETURNS numeric",
			`CASE WHEN $2 <> 0 THEN sys_fit($1::numeric(128, 64) / $2) END`),
		postgresFunction("sys_modulo(numeric, numeric) RETURNS numeric", `CASE WHEN $2 <> 0 THEN sys_fit(mod($1, $2)) END`),
		postgresFunction("sys_negate(numeric) RETURNS numeric", `-$1`),
		postgresFunction("sys_abs(numeric) RETURNS numeric", `abs($1)`),
		postgresFunction("sys_round(numeric, int) RETURNS numeric", `sys_fit(round($1, $2))`),
		postgresFunction("sys_stored(numeric, int, int) RETURNS numeric", `CASE WHEN abs(round($1, $2)) < power(10::numeric, $3 - $2) THEN round($1, $2) END`),
		postgresFunction("sys_floor(numeric) RETURNS numeric", `sys_fit(floor($1))`),
		postgresFunction("sys_ceil(numeric) RETURNS numeric", `sys_fit(ceil($1))`),
		postgresFunction("sys_min(numeric, numeric) RETURNS numeric", `CASE WHEN $2 < $1 THEN $2 WHEN $1 <= $2 THEN $1 END`),
		postgresFunction("sys_max(numeric, numeric) RETURNS numeric", `CASE WHEN $2 > $1 THEN $2 WHEN $1 >= $2 THEN $1 END`),
		postgresFunction("sys_number(text) RETURNS numeric",
			`CASE WHEN $1 ~ '^-?[0-9]{1,28}(\.[0-9]{1,16})?$' THEN $1::numeric END`),
	}
}
