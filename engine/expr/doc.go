// Package expr is the language of every condition and every computed value:
// CEL's syntax, parsed and checked by cel-go, with a meaning of its own that is
// the same in Go, in SQL on both databases and in the browser. Null equals only
// null and makes every order and text test false; numbers are exact decimals;
// text searches ignore case.
//
// Compile makes a Program, a checked tree of Nodes. Eval runs it in memory, SQL
// and SQLValue render it, and the browser walks the tree's JSON
// (web/src/lib/expr). schemas/expressions/vectors.json is the table of truth
// that all four are held to.
//
// The package knows neither metadata nor databases: a Schema tells it what
// fields there are, a Resolver where their columns are. It does no I/O and
// reads no clock; the time comes with the Input.
//
// To add a function, add it to the table in logic.go, comparison.go, number.go,
// text.go, time.go or hours.go, with its doubles for SQLite and PostgreSQL below, and to
// web/src/lib/expr/functions.ts. Start reading with Compile.
package expr
