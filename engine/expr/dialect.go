package expr

import (
	"encoding/json"
	"strconv"

	"github.com/shopspring/decimal"
)

// Dialect is the SQL of a database: SQLite{} or Postgres{}. A statement with
// expressions in it needs SQLiteFunctions or PostgresFunctions in place.
type Dialect interface {
	// column gives a column's form, and of numbers the bound.
	column(o operand) operand
	// plain renders a value that is not constant as functions take it.
	plain(o operand) Fragment
	// placeholder is a "?" for a value of a kind in a form.
	placeholder(kind Kind, form form) string
	// bind makes such a value what the driver takes.
	bind(kind Kind, form form, scale int) func(Value) any
	// same renders equality where null is the same as null, or its opposite.
	same(a, b Fragment, not bool) Fragment
	// indexesSame tells whether same can use an index.
	indexesSame() bool
	// order renders a comparison of two plain values.
	order(a, b Fragment, op string, numbers bool) Fragment
	// arithmetic renders + - * of two plain numbers; exact says that the result
	// needs no rounding and cannot be too large.
	arithmetic(a, b Fragment, op string, exact bool) Fragment
	// stored renders a plain number or id as a column keeps it: see Stored.
	stored(value Fragment, kind Kind, scale, digits int) Fragment
	// sum renders the sum of a group's numbers as columns keep them.
	sum(number Fragment, scale int) Fragment
}

// storedDigits is how many digits a stored number may have in all.
const storedDigits = 18

// storedBound is larger than any number of a scale that is stored.
func storedBound(scale int) decimal.Decimal {
	return decimal.New(1, int32(storedDigits-scale)) //nolint:gosec // 0 to 18
}

// scaledInteger is the integer that stores a number.
func scaledInteger(v Value, scale int) any {
	if v == nil {
		return nil
	}
	return num(v).Shift(int32(scale)).IntPart() //nolint:gosec // 0 to 16
}

// wireOf is what both drivers take for the other kinds.
func wireOf(v Value) any {
	if set, ok := v.([]string); ok {
		raw, err := json.Marshal(set)
		if err != nil {
			return nil
		}
		return string(raw)
	}
	return wire(v)
}

// Postgres is PostgreSQL's dialect: bigint, numeric, uuid, jsonb, timestamptz.
type Postgres struct{}

var _ Dialect = Postgres{}

func (Postgres) column(o operand) operand {
	o.bound = storedBound(o.scale)
	switch {
	case o.kind == Number && o.scale == 0:
		o.form = scaledForm
	case o.kind == Record:
		o.form = idForm
	}
	return o
}

func (Postgres) plain(o operand) Fragment {
	switch {
	case o.form == idForm:
		return sql("CAST(%s AS text)", o.Fragment)
	case o.form == scaledForm && o.scale == 0:
		return sql("CAST(%s AS numeric)", o.Fragment)
	case o.form == scaledForm:
		return sql("(CAST(%s AS numeric) * "+decimal.New(1, int32(-o.scale)).String()+")", o.Fragment) //nolint:gosec // 0 to 16
	default:
		return o.Fragment
	}
}

func (Postgres) placeholder(kind Kind, form form) string {
	switch form {
	case scaledForm:
		return "?::bigint"
	case idForm:
		return "?::uuid"
	default:
	}
	switch kind {
	case Bool:
		return "?::boolean"
	case Number:
		return "?::numeric"
	case Day:
		return "?::date"
	case Instant:
		return "?::timestamptz"
	case Set:
		return "?::jsonb"
	default:
		return "?::text"
	}
}

func (Postgres) bind(_ Kind, form form, scale int) func(Value) any {
	if form == scaledForm {
		return func(v Value) any { return scaledInteger(v, scale) }
	}
	return wireOf
}

func (Postgres) same(a, b Fragment, not bool) Fragment {
	if not {
		return sql("%s IS DISTINCT FROM %s", a, b)
	}
	return sql("%s IS NOT DISTINCT FROM %s", a, b)
}

func (Postgres) indexesSame() bool { return false }

func (Postgres) order(a, b Fragment, op string, _ bool) Fragment { return sql("%s "+op+" %s", a, b) }

func (Postgres) arithmetic(a, b Fragment, op string, exact bool) Fragment {
	if exact {
		return sql("(%s "+op+" %s)", a, b)
	}
	return sql("sys_fit(%s "+op+" %s)", a, b)
}

func (Postgres) stored(value Fragment, kind Kind, scale, digits int) Fragment {
	if kind == Record {
		return sql("CAST(%s AS uuid)", value)
	}
	return sql("sys_stored(%s, "+strconv.Itoa(scale)+", "+strconv.Itoa(digits)+")", value)
}

func (Postgres) sum(number Fragment, _ int) Fragment { return sql("sum(CAST(%s AS numeric))", number) }

// SQLite is SQLite's dialect: numbers are scaled integers, days and instants
// texts that sort, sets JSON. What does not fit into an integer is exact text,
// because SQLite's own numbers become floats.
type SQLite struct{}

var _ Dialect = SQLite{}

func (SQLite) column(o operand) operand {
	o.bound = storedBound(o.scale)
	if o.kind == Number {
		o.form = scaledForm
	}
	return o
}

func (SQLite) plain(o operand) Fragment {
	if o.form == scaledForm {
		return sql("sys_decimal(%s, "+strconv.Itoa(o.scale)+")", o.Fragment)
	}
	return o.Fragment
}

func (SQLite) placeholder(Kind, form) string { return "?" }

func (SQLite) bind(_ Kind, form form, scale int) func(Value) any {
	if form == scaledForm {
		return func(v Value) any { return scaledInteger(v, scale) }
	}
	return func(v Value) any {
		if b, ok := v.(bool); ok {
			return sqliteBool(b)
		}
		return wireOf(v)
	}
}

func (SQLite) same(a, b Fragment, not bool) Fragment {
	if not {
		return sql("%s IS NOT %s", a, b)
	}
	return sql("%s IS %s", a, b)
}

func (SQLite) indexesSame() bool { return true }

func (SQLite) order(a, b Fragment, op string, numbers bool) Fragment {
	if numbers {
		return sql("sys_compare(%s, %s) "+op+" 0", a, b)
	}
	return sql("%s "+op+" %s", a, b)
}

func (SQLite) arithmetic(a, b Fragment, op string, _ bool) Fragment {
	name := map[string]string{"+": "sys_add", "-": "sys_subtract", "*": "sys_multiply"}[op]
	return sql(name+"(%s, %s)", a, b)
}

func (SQLite) stored(value Fragment, kind Kind, scale, digits int) Fragment {
	if kind == Record {
		return value
	}
	return sql("sys_stored(%s, "+strconv.Itoa(scale)+", "+strconv.Itoa(digits)+")", value)
}

func (SQLite) sum(number Fragment, scale int) Fragment {
	return sql("sys_total(sum(%s / 1000000000), sum(%s %% 1000000000), "+strconv.Itoa(scale)+")", number, number)
}
