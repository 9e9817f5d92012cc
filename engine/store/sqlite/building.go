package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/store"
)

// RenameReference does nothing: a reference has no name.
func (*Dialect) RenameReference(string, string, string) []string { return nil }

// Concurrently is false: SQLite has one writer, and an index is made by it.
// That took 3 to 5 seconds for a million rows on two cores; readers go on, and
// writers wait that long.
func (*Dialect) Concurrently(string) (string, bool) { return "", false }

// DropsColumns is false: SQLite writes every row anew.
func (*Dialect) DropsColumns() bool { return false }

const watchPrefix = "sys_building_"

// Watch makes three triggers, because one serves a single kind of change.
func (d *Dialect) Watch(number int, watched store.Watched) []string {
	columns := make([]string, len(watched.Columns))
	for i, column := range watched.Columns {
		columns[i] = d.Quote(column)
	}
	object, key := "'"+watched.Object+"'", d.Quote(watched.Key)
	trigger := func(name, when string, rows ...string) string {
		var body strings.Builder
		for _, row := range rows {
			fmt.Fprintf(&body, "insert into sys_building (object, record) select %s, %s.%s where %[2]s.%[3]s is not null; ", object, row, key)
		}
		return fmt.Sprintf("create trigger %s after %s on %s begin %send", d.Quote(fmt.Sprint(watchPrefix, number, "_", name)), when, d.Quote(watched.Table), body.String())
	}
	return []string{
		trigger("insert", "insert", "new"),
		trigger("delete", "delete", "old"),
		trigger("update", "update of "+strings.Join(columns, ", "), "old", "new"),
	}
}

// EndWatches drops the triggers.
func (d *Dialect) EndWatches(ctx context.Context, from store.Reader) ([]string, error) {
	names, err := column[string](ctx, from, `select name from sqlite_schema where type = 'trigger' and name like 'sys\_building\_%' escape '\'`)
	if err != nil {
		return nil, err
	}
	statements := make([]string, len(names))
	for i, name := range names {
		statements[i] = "drop trigger " + d.Quote(name)
	}
	return statements, nil
}
