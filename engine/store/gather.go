package store

import (
	"slices"
	"strings"
)

// gathered are the rows that wait to be added together, by the statement that
// adds them, in the order in which the first of each came: a row that others
// point to is there before them.
type gathered []rows

// rows wait for their statement.
type rows struct {
	insert string
	rows   [][]any
}

// How many rows one statement adds; what is left over goes in smaller ones, so
// that there are few different statements. And how many wait at most.
const (
	rowsAtOnce   = 64
	mostGathered = 256
)

// Gather adds a row, with the statement's "%s" in the place of the rows:
// "INSERT INTO t (a, b) VALUES %s". The rows of a write go in many at once,
// which spares the database much: at the latest with the commit, and before any
// other statement that writes, or that names one of the tables that rows wait
// for.
func (tx *Tx) Gather(insert string, row ...any) {
	at := slices.IndexFunc(tx.gathered, func(r rows) bool { return r.insert == insert })
	if at < 0 {
		at = len(tx.gathered)
		tx.gathered = append(tx.gathered, rows{insert: insert})
	}
	waiting := &tx.gathered[at]
	waiting.rows = append(waiting.rows, row)
	if len(waiting.rows) >= mostGathered {
		tx.spread()
		tx.send()
	}
}

// spreadFor queues what waits when a query names a table that rows wait for.
func (tx *Tx) spreadFor(query string) {
	if slices.ContainsFunc(tx.gathered, func(r rows) bool { return strings.Contains(query, r.table()) }) {
		tx.spread()
	}
}

// spread queues all that waits.
func (tx *Tx) spread() {
	waiting := tx.gathered
	tx.gathered = nil
	for _, g := range waiting {
		rows := g.rows
		for size := rowsAtOnce; len(rows) > 0; size /= 2 {
			for ; len(rows) >= size; rows = rows[size:] {
				tx.queued = append(tx.queued, Statement{SQL: tx.store.Rebind(g.text(size)), Args: slices.Concat(rows[:size]...)})
			}
		}
	}
}

func (r rows) table() string {
	table, _, _ := strings.Cut(strings.TrimPrefix(r.insert, "INSERT INTO "), " ")
	return table
}

// text is the statement for so many rows.
func (r rows) text(size int) string {
	one := "(?" + strings.Repeat(", ?", len(r.rows[0])-1) + ")"
	return strings.Replace(r.insert, "%s", one+strings.Repeat(", "+one, size-1), 1)
}
