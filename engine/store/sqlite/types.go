package sqlite

import (
	"strconv"

	"github.com/trellis-crm/trellis/engine/field"
)

// ColumnType is the declared type of a column. SQLite keeps values by the
// affinity that it reads from the type's last word; the words before tell
// people, and Introspect, what the values mean.
func (*Dialect) ColumnType(column field.Column) string {
	switch column.Type {
	case field.Integer:
		return "INTEGER"
	case field.Decimal:
		return "SCALED INTEGER(" + strconv.Itoa(column.Scale) + ")"
	case field.Boolean:
		return "BOOLEAN INTEGER"
	case field.Date:
		return "DATE TEXT"
	case field.Instant:
		return "INSTANT TEXT"
	case field.JSON:
		return "JSON TEXT"
	case field.ID:
		return "UUID TEXT"
	case field.Bytes:
		return "BLOB"
	case field.Text:
	}
	return "TEXT"
}
