package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sampled is how many entries of an index are looked at, because writers wait
// meanwhile. Of a value that more records have, the sample only knows that they
// are many: such an index is counted, while nobody waits.
const sampled = 1000

// Analyze refreshes the statistics, without which the planner often takes the
// wrong index.
func (*Dialect) Analyze(ctx context.Context, db *sql.DB) error {
	for _, statement := range []string{fmt.Sprintf("pragma analysis_limit = %d", sampled), "analyze"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	all, err := statistics(ctx, db)
	if err != nil {
		return err
	}
	for _, one := range all {
		if err := one.sharpen(ctx, db); err != nil {
			return err
		}
	}
	// Connections read the statistics with the schema, so it has to change.
	for _, statement := range []string{"create table if not exists sys_upkeep (x)", "drop table if exists sys_upkeep"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func statistics(ctx context.Context, db *sql.DB) (all []*statistic, err error) {
	rows, err := db.QueryContext(ctx, `SELECT s.tbl, s.idx, s.stat, coalesce(m.sql, '') FROM sqlite_stat1 AS s JOIN sqlite_master AS m ON m.name = s.idx`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one := &statistic{}
		if err := rows.Scan(&one.table, &one.index, &one.text, &one.definition); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// statistic is a row of sqlite_stat1: how many entries an index has, how many of
// them one value of its first column has on average, and so on.
type statistic struct{ table, index, text, definition string }

// sharpen counts what the sample did not see to its end.
func (s *statistic) sharpen(ctx context.Context, db *sql.DB) error {
	numbers := strings.Fields(s.text)
	if len(numbers) < 2 || numbers[1] != strconv.Itoa(sampled+1) {
		return nil
	}
	var column string
	if err := db.QueryRowContext(ctx, "SELECT name FROM pragma_index_info(?) WHERE seqno = 0", s.index).Scan(&column); err != nil {
		return err
	}
	_, partial, _ := strings.Cut(s.definition, " where ")
	if partial == "" {
		partial = "true"
	}
	// From one value to the next, which is a step each in the index.
	from := fmt.Sprintf(" FROM %s INDEXED BY %s WHERE %s", quote(s.table), quote(s.index), partial)
	var entries, values int64
	err := db.QueryRowContext(ctx, fmt.Sprintf(`WITH RECURSIVE known(value) AS (
		SELECT min(%[1]s) %[2]s UNION ALL SELECT (SELECT min(%[1]s) %[2]s AND %[1]s > value) FROM known WHERE value IS NOT NULL)
		SELECT (SELECT count(*) %[2]s), (SELECT count(value) FROM known)`, quote(column), from)).Scan(&entries, &values)
	if err != nil {
		return err
	}
	numbers[0], numbers[1] = strconv.FormatInt(entries, 10), strconv.FormatInt(entries/max(values, 1), 10)
	_, err = db.ExecContext(ctx, "UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ? AND idx = ?", strings.Join(numbers, " "), s.table, s.index)
	return err
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
