package expr_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConditionsCanUseIndexes sees that what people filter by most is rendered
// so that both databases can answer it from an index.
func TestConditionsCanUseIndexes(t *testing.T) {
	t.Parallel()

	conditions := map[string]string{
		`status == "new"`:                    "status",
		`status in ["new", "won"]`:           "status",
		`status in ["new", null]`:            "status",
		`status == null`:                     "status",
		`name == me.region`:                  "name",
		`score >= 50 && score < 60.5`:        "score",
		`amount > 10.5`:                      "amount",
		`owner == me.id`:                     "owner",
		`owner == me.manager`:                "owner",
		`owner == "` + idA + `"`:             "owner",
		`due <= today()`:                     "due",
		`within(created_at, "last_7_days")`:  "created_at",
		`created_at >= addDays(now(), -1)`:   "created_at",
		`"vip" in tags && status == "new"`:   "status",
		`score == 5 && name.contains("abc")`: "score",
	}
	eachDatabase(t, func(t *testing.T, d *database) {
		g := newGenerator(d.vectors, 5)
		records := make([]map[string]any, 200)
		for i := range records {
			records[i] = g.record()
		}
		d.fill(t, records, records)
		for _, column := range conditions {
			_, err := d.db.ExecContext(t.Context(), fmt.Sprintf(`CREATE INDEX IF NOT EXISTS "by_%s" ON record (%q)`, column, column))
			require.NoError(t, err)
		}
		with := d.vectors.input(t, vector{Me: map[string]any{"id": idA, "manager": idB, "region": "north"}, Now: "2026-01-01T00:00:00Z"})
		for condition, column := range conditions {
			program, err := d.vectors.compile(vector{Expression: condition})
			require.NoError(t, err)
			fragment, err := program.SQL(d, d.dialect)
			require.NoError(t, err)
			args, err := fragment.Bind(with)
			require.NoError(t, err)
			plan := d.plan(t, `SELECT number FROM record WHERE `+fragment.SQL, args)
			require.Contains(t, plan, "by_"+column, "%s\n%s", condition, fragment.SQL)
		}
		if d.name == "postgres" { // sets are scanned on SQLite
			_, err := d.db.ExecContext(t.Context(), `CREATE INDEX by_tags ON record USING gin (tags)`)
			require.NoError(t, err)
			require.Contains(t, d.plan(t, `SELECT number FROM record WHERE sys_has("tags", ?::text)`, []any{"vip"}), "by_tags")
		}
	})
}

// plan tells how the database would run a query if it could not scan.
func (d *database) plan(t *testing.T, query string, args []any) string {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	conn, err := d.db.Conn(t.Context())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	if d.name == "postgres" {
		explain = "EXPLAIN "
		_, err := conn.ExecContext(t.Context(), "SET enable_seqscan = off")
		require.NoError(t, err)
	}
	rows, err := conn.QueryContext(t.Context(), d.rebind(explain+query), args...)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var plan strings.Builder
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		require.NoError(t, rows.Scan(into...))
		plan.WriteString(cells[len(cells)-1].String + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}
