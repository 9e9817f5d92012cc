package postgres

import (
	"strconv"

	"github.com/trellis-crm/trellis/engine/field"
)

// ColumnType is the declared type of a column. A decimal has as many digits as
// SQLite can keep exactly, so that both refuse the same numbers.
func (*Dialect) ColumnType(column field.Column) string {
	switch column.Type {
	case field.Integer:
		return "bigint"
	case field.Decimal:
		return "numeric(18," + strconv.Itoa(column.Scale) + ")"
	case field.Boolean:
		return "boolean"
	case field.Date:
		return "date"
	case field.Instant:
		return "timestamptz(3)"
	case field.JSON:
		return "jsonb"
	case field.ID:
		return "uuid"
	case field.Bytes:
		return "bytea"
	case field.Text:
	}
	return "text"
}
