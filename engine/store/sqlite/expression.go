package sqlite

import "github.com/trellis-crm/trellis/engine/expr"

// Expressions is the SQL of expressions.
func (*Dialect) Expressions() expr.Dialect { return expr.SQLite{} }

// Binary is how SQLite orders texts anyway.
func (*Dialect) Binary(sql string) string { return sql }
