package field

// ColumnType is how a value is kept, in words both databases translate.
type ColumnType uint8

// The column types, with their form on PostgreSQL and on SQLite.
const (
	Text    ColumnType = iota + 1 // text · TEXT
	Integer                       // bigint · INTEGER
	Decimal                       // numeric · INTEGER scaled by 10^Scale
	Boolean                       // boolean · INTEGER 0 or 1
	Date                          // date · TEXT 2006-01-02
	Instant                       // timestamptz(3) · TEXT 2006-01-02T15:04:05.000Z
	JSON                          // jsonb · TEXT
	ID                            // uuid · TEXT of 36 characters
	Bytes                         // bytea · BLOB
)

// Column is one column of an object's table.
type Column struct {
	Name       string
	Type       ColumnType
	Scale      int // digits after the point, for Decimal: 0 to 6
	NotNull    bool
	References string // the table whose id the column points to
	Document   bool   // JSON of any form; other JSON is a set of texts
}
