package store

import (
	"maps"
	"slices"
	"strings"
)

// gathered are the entries that wait to be written together, by their table.
type gathered map[string][]entry

// entry is a row of a table that is nothing but its key.
type entry struct {
	key  []string
	gone bool
}

// How many entries one statement writes; what is left over goes in smaller
// ones, so that there are few different statements. And how many wait at most.
const (
	entriesAtOnce = 64
	mostGathered  = 50_000
)

// Gather adds a row to a table that is nothing but its key, such as an index
// that the product keeps itself; a row that is there already stays. The table is
// named with its columns: "table (column, column)". The rows of a write go in
// many at once and in the order of their keys, which spares the database much:
// at the latest with the commit, and before a statement that names the table.
func (tx *Tx) Gather(into string, key ...string) {
	tx.gather(into, entry{key: key})
}

// Ungather takes back what this write gathered; a row that is in the table
// already stays.
func (tx *Tx) Ungather(into string, key ...string) {
	if len(tx.gathered[into]) > 0 {
		tx.gather(into, entry{key: key, gone: true})
	}
}

func (tx *Tx) gather(into string, e entry) {
	if tx.gathered == nil {
		tx.gathered = gathered{}
	}
	tx.gathered[into] = append(tx.gathered[into], e)
	if len(tx.gathered[into]) >= mostGathered {
		tx.spread(into)
	}
}

// spreadFor queues what waits for the tables that a statement names.
func (tx *Tx) spreadFor(statement string) {
	for into := range tx.gathered {
		if table, _, _ := strings.Cut(into, " "); strings.Contains(statement, table) {
			tx.spread(into)
		}
	}
}

// spreadAll queues all that waits.
func (tx *Tx) spreadAll() {
	for _, into := range slices.Sorted(maps.Keys(tx.gathered)) {
		tx.spread(into)
	}
}

// spread queues what waits for a table; of each key the last word counts.
func (tx *Tx) spread(into string) {
	waiting := slices.Clone(tx.gathered[into]) // Try may go back to the others
	delete(tx.gathered, into)
	slices.SortStableFunc(waiting, func(a, b entry) int { return slices.Compare(a.key, b.key) })
	rows := make([][]string, 0, len(waiting))
	for i, e := range waiting {
		if last := i+1 == len(waiting) || !slices.Equal(e.key, waiting[i+1].key); last && !e.gone {
			rows = append(rows, e.key)
		}
	}
	for size := entriesAtOnce; len(rows) > 0; size /= 2 {
		for ; len(rows) >= size; rows = rows[size:] {
			tx.Queue(insertText(into, size, len(rows[0])), asArgs(rows[:size])...)
		}
	}
}

func insertText(into string, size, width int) string {
	one := "(?" + strings.Repeat(", ?", width-1) + ")"
	return "INSERT INTO " + into + " VALUES " + one + strings.Repeat(", "+one, size-1) + " ON CONFLICT DO NOTHING"
}

func asArgs(rows [][]string) []any {
	args := make([]any, 0, len(rows)*len(rows[0]))
	for _, row := range rows {
		for _, part := range row {
			args = append(args, part)
		}
	}
	return args
}
