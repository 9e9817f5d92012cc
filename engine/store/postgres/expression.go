package postgres

import "github.com/trellis-crm/trellis/engine/expr"

// Expressions is the SQL of expressions.
func (*Dialect) Expressions() expr.Dialect { return expr.Postgres{} }

// Binary orders a text by its bytes.
func (*Dialect) Binary(sql string) string { return sql + ` COLLATE "C"` }
