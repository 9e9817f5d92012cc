package expr

import (
	"slices"
	"strings"
)

// Function is an operator or a function of the language: what people read of
// it, and what it means to the evaluators in Go and SQL. The browser has its
// own list in web/src/lib/expr, of all but those of the server; the vectors hold
// the two together.
type Function struct {
	Name       string      `json:"name"` // operators as they are written; "-x" is the negative
	Method     bool        `json:"method,omitempty"`
	Signatures []Signature `json:"signatures"`
	English    string      `json:"en"`
	Chinese    string      `json:"zh-CN"`
	Examples   []Example   `json:"examples"`

	test   bool // counts as a comparison
	server bool // the browser does not have it
	eval   func(l *language, n *Node) evaluate
	sql    func(w *writer, n *Node) operand // nil: calls the database's sys_ function
}

// Signature is what a function takes and gives. With List, the last argument
// is a list of its kind.
type Signature struct {
	Args   []Kind
	List   bool
	Result Kind
}

// Example is a call and its value, as it is written out.
type Example struct {
	Expression string `json:"expression"`
	Value      string `json:"value"`
}

// MarshalText writes "number, number → number".
func (s Signature) MarshalText() ([]byte, error) {
	names := make([]string, 0, len(s.Args))
	for i, kind := range s.Args {
		name := kind.String()
		if s.List && i == len(s.Args)-1 {
			name = "list of " + name
		}
		names = append(names, name)
	}
	return []byte(strings.Join(names, ", ") + " → " + s.Result.String()), nil
}

// Functions lists the language: the reference page, the checker and the
// evaluators are made from it.
func Functions() []Function {
	return slices.Concat(
		logicFunctions(), changeFunctions(), comparisonFunctions(), treeFunctions(), partFunctions(), arithmeticFunctions(), numberFunctions(), textFunctions(), pinyinFunctions(), clockFunctions(), timeFunctions(), hoursFunctions(),
	)
}

// SQLiteFunction is a function that the SQLite dialect must register, under
// its name and as deterministic, for the SQL of expressions to run.
type SQLiteFunction struct {
	Name string
	Args int
	Call func(args []any) any // int64, string and nil come in and go out
}

// SQLiteFunctions lists what SQLite needs.
func SQLiteFunctions() []SQLiteFunction {
	return slices.Concat(sqliteComparisons(), sqliteNumbers(), sqliteTexts(), sqlitePinyin(), sqliteWords(), sqliteTimes(), sqliteHours())
}

// PostgresFunctions lists the statements (CREATE OR REPLACE FUNCTION sys_…)
// that a PostgreSQL database needs, in this order.
func PostgresFunctions() []string {
	return slices.Concat(postgresComparisons(), postgresNumbers(), postgresTexts(), postgresPinyin(), postgresWords(), postgresTimes(), postgresHours())
}

// each makes one signature per kind: n arguments of the kind give the result,
// which Any leaves the kind's own.
func each(n int, result Kind, kinds ...Kind) []Signature {
	signatures := make([]Signature, 0, len(kinds))
	for _, kind := range kinds {
		s := Signature{Args: slices.Repeat([]Kind{kind}, n), Result: result}
		if result == Any {
			s.Result = kind
		}
		signatures = append(signatures, s)
	}
	return signatures
}

func signature(result Kind, args ...Kind) Signature { return Signature{Args: args, Result: result} }

// snake is a function's name as it is part of its name in the database.
func snake(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			b.WriteByte('_')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return "sys_" + b.String()
}
