package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// PostgreSQL cuts longer names, so none is made.
const nameLength = 63

// IndexName is the generated name of an index: ix_ or, for a unique one, ux_,
// then the table and the columns; cut with a hash when that is too long.
// Columns may end in " DESC". Tables and indexes share their names, and a name
// may begin with another: what no name has in it keeps them apart.
func IndexName(table string, columns []string, unique bool) string {
	var b strings.Builder
	b.WriteString("ix_")
	if unique {
		b.Reset()
		b.WriteString("ux_")
	}
	b.WriteString(table)
	for _, column := range columns {
		name, desc := descending(column)
		b.WriteByte('.')
		b.WriteString(name)
		if desc {
			b.WriteString("-desc")
		}
	}
	return fit(b.String(), nameLength)
}

// MembersPrefix begins the names of indexes of the kind Members.
const MembersPrefix = "mx_"

func (i Index) name(table string) string {
	if i.Kind == Members {
		return fit(MembersPrefix+table+"."+i.Columns[0], nameLength)
	}
	return IndexName(table, i.Columns, i.Unique)
}

// descending splits a column of an index from its order.
func descending(column string) (name string, desc bool) {
	return strings.CutSuffix(column, " DESC")
}

// fit cuts a name to length; what would be lost goes into a hash at its end.
func fit(name string, length int) string {
	if len(name) <= length {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := "_" + hex.EncodeToString(sum[:4])
	return name[:length-len(hash)] + hash
}
