package expr_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// database is one of the two, with a table of records in it.
type database struct {
	name    string
	dialect expr.Dialect
	db      *sql.DB
	vectors *table
}

func eachDatabase(t *testing.T, test func(t *testing.T, d *database)) {
	t.Helper()
	v := vectors(t)
	for _, open := range []func(testing.TB) *database{openSQLite, openPostgres} {
		d := open(t)
		d.vectors = v
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

var registerOnce sync.Once

// openSQLite gives an empty database. The store registers the same functions;
// whichever comes second is refused, which does no harm.
func openSQLite(t testing.TB) *database {
	t.Helper()
	registerOnce.Do(func() {
		for _, f := range expr.SQLiteFunctions() {
			_ = sqlite.RegisterDeterministicScalarFunction(f.Name, int32(f.Args), func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
				values := make([]any, len(args))
				for i, arg := range args {
					values[i] = arg
				}
				return f.Call(values), nil
			})
		}
	})
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "expr.db")+"?_pragma=synchronous(OFF)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return &database{name: "sqlite", dialect: expr.SQLite{}, db: db}
}

func openPostgres(t testing.TB) *database {
	t.Helper()
	db, err := sql.Open("pgx", storetest.EmptyPostgres(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range expr.PostgresFunctions() {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	return &database{name: "postgres", dialect: expr.Postgres{}, db: db}
}

// columnType is how metadata.md section 4 stores a kind.
func (d *database) columnType(f field) string {
	types := map[string][2]string{
		"boolean": {"INTEGER", "boolean"}, "number": {"INTEGER", "numeric"}, "text": {"TEXT", "text"},
		"date": {"TEXT", "date"}, "datetime": {"TEXT", "timestamptz(3)"}, "set": {"TEXT", "jsonb"}, "record": {"TEXT", "uuid"},
	}
	pair, ok := types[f.Type]
	switch {
	case !ok:
		panic("no type " + f.Type)
	case d.name == "sqlite":
		return pair[0]
	case f.Type == "number" && f.Scale == 0:
		return "bigint"
	default:
		return pair[1]
	}
}

// stored is a wire value as it is stored.
func (d *database) stored(t testing.TB, f field, wire any) any {
	t.Helper()
	switch v := value(t, f.Type, wire).(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return v
	case bool:
		if d.name == "sqlite" {
			return map[bool]int{true: 1}[v]
		}
		return v
	case decimal.Decimal:
		if d.name == "sqlite" {
			scaled := v.Shift(int32(f.Scale))
			require.True(t, scaled.IsInteger() && len(scaled.Abs().String()) <= 18, "%s does not fit", v)
			return scaled.IntPart()
		}
		return v.String()
	case []string:
		if len(v) == 0 {
			return nil
		}
		return mustJSON(t, v)
	default:
		return show(v)
	}
}

// fill makes the table: a column for each path, a row for each record.
func (d *database) fill(t testing.TB, records, priors []map[string]any) {
	t.Helper()
	columns := map[string]field{}
	add := func(prefix string, record map[string]any) {
		for path := range record {
			columns[prefix+path] = d.vectors.at(strings.Split(path, "."))
		}
	}
	for i := range records {
		add("", records[i])
		add("prior:", priors[i])
	}
	for path := range paths(d.vectors) {
		columns[path], columns["prior:"+path] = d.vectors.at(strings.Split(path, ".")), d.vectors.at(strings.Split(path, "."))
	}
	names := make([]string, 0, len(columns))
	for name := range columns {
		names = append(names, name)
	}
	slices.Sort(names)
	declared := []string{"number integer PRIMARY KEY"}
	for _, name := range names {
		declared = append(declared, fmt.Sprintf("%q %s", name, d.columnType(columns[name])))
	}
	_, err := d.db.ExecContext(t.Context(), "CREATE TABLE record ("+strings.Join(declared, ", ")+")")
	require.NoError(t, err)
	tx, err := d.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	for i := range records {
		insert, values, args := "INSERT INTO record (number", "?", []any{i}
		for _, name := range names {
			wire, path := records[i][name], strings.TrimPrefix(name, "prior:")
			if path != name {
				wire = priors[i][path]
			}
			if stored := d.stored(t, columns[name], wire); stored != nil {
				insert, values, args = insert+fmt.Sprintf(", %q", name), values+", ?", append(args, stored)
			}
		}
		_, err := tx.ExecContext(t.Context(), d.rebind(insert+") VALUES ("+values+")"), args...)
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
}

// paths are the lead's own fields and those of its account.
func paths(v *table) map[string]bool {
	all := map[string]bool{}
	for name, f := range v.Objects["lead"] {
		all[name] = true
		for inner := range v.Objects[f.Object] {
			all[name+"."+inner] = true
		}
	}
	return all
}

// Column resolves a path to the column of that name.
func (d *database) Column(path []string, prior bool) (expr.Column, error) {
	f := d.vectors.at(path)
	name := strings.Join(path, ".")
	if prior {
		name = "prior:" + name
	}
	kind, _ := expr.KindNamed(f.Type)
	return expr.Column{SQL: fmt.Sprintf("%q", name), Type: expr.Type{Kind: kind, Object: f.Object}, Scale: f.Scale}, nil
}

// rebind gives PostgreSQL its numbered placeholders.
func (d *database) rebind(query string) string {
	if d.name == "sqlite" {
		return query
	}
	var out strings.Builder
	n := 0
	for _, c := range query {
		if c == '?' {
			n++
			fmt.Fprintf(&out, "$%d", n)
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}

// asText makes a rendered value readable as one text on both databases.
func (d *database) asText(kind expr.Kind, value string) string {
	switch {
	case kind == expr.Bool:
		return "CASE WHEN " + value + " THEN 'true' WHEN NOT " + value + " THEN 'false' END"
	case d.name == "postgres" && kind == expr.Instant:
		return "sys_text(" + value + ")"
	default:
		return "CAST(" + value + " AS text)"
	}
}

// read makes that text a value again.
func read(t testing.TB, kind expr.Kind, text sql.NullString) expr.Value {
	t.Helper()
	if !text.Valid {
		return nil
	}
	switch kind {
	case expr.Bool:
		return text.String == "true"
	case expr.Set:
		var set []any
		require.NoError(t, json.Unmarshal([]byte(text.String), &set))
		return value(t, "set", set)
	default:
		return value(t, kind.String(), text.String)
	}
}

func TestVectorsInSQL(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, d *database) {
		var records, priors []map[string]any
		for _, c := range d.vectors.Cases {
			records, priors = append(records, c.Record), append(priors, c.Prior)
		}
		d.fill(t, records, priors)
		for i, c := range d.vectors.Cases {
			if c.Error != nil {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				program, err := d.vectors.compile(c)
				require.NoError(t, err)
				want := show(value(t, program.Type.Kind.String(), c.Expect))
				require.Equal(t, want, show(d.value(t, program, d.vectors.input(t, c), i)), "as a value")
				if program.Type.Kind == expr.Bool {
					require.Equal(t, want, show(d.holds(t, program, d.vectors.input(t, c), i)), "as a condition")
				}
			})
		}
	})
}

func (d *database) value(t testing.TB, p *expr.Program, in expr.Input, number int) expr.Value {
	t.Helper()
	fragment, err := p.SQLValue(d, d.dialect)
	require.NoError(t, err)
	args, err := fragment.Bind(in)
	require.NoError(t, err)
	// As a column of a subquery, so that its arguments appear once.
	query := "SELECT " + d.asText(p.Type.Kind, "x.v") + " FROM (SELECT " + fragment.SQL + " AS v FROM record WHERE number = ?) AS x"
	var text sql.NullString
	require.NoError(t, d.db.QueryRowContext(t.Context(), d.rebind(query), append(args, number)...).Scan(&text), query)
	return read(t, p.Type.Kind, text)
}

func (d *database) holds(t testing.TB, p *expr.Program, in expr.Input, number int) bool {
	t.Helper()
	fragment, err := p.SQL(d, d.dialect)
	require.NoError(t, err)
	args, err := fragment.Bind(in)
	require.NoError(t, err)
	query := "SELECT count(*) FROM record WHERE " + fragment.SQL + " AND number = ?"
	var count int
	require.NoError(t, d.db.QueryRowContext(t.Context(), d.rebind(query), append(args, number)...).Scan(&count), query)
	return count == 1
}
