package expr_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
)

// pairs is how many pairs of a random expression and a random record are
// compared on each database.
var (
	pairs   = flag.Int("pairs", 0, "pairs of the random test: 20,000, or 20 times RAPID_CHECKS")
	seed    = flag.Uint64("seed", 0, "seed of the random test; 0 takes a new one")
	samples = flag.String("samples", "", "write many random cases for the browser's test (EXPRESSION_SAMPLES) to this file")
)

const (
	manyRecords = 300 // in the table
	someRecords = 12  // looked at by one statement
	together    = 40  // expressions in one statement
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// candidate is a random expression with the values that Go gives.
type candidate struct {
	text    string
	program *expr.Program
}

func (g *generator) candidate(t testing.TB) candidate {
	t.Helper()
	for {
		kind := pick(g, "boolean", "boolean", "boolean", "number", "text", "date", "datetime", "set")
		text := g.expression(kind, 1+g.IntN(4))
		program, err := g.vectors.compile(vector{Expression: text})
		var e *expr.Error
		if errors.As(err, &e) && slices.Contains([]string{expr.CodeUnknownOption, expr.CodeInvalidLiteral, expr.CodeTooCostly}, e.Code) {
			continue
		}
		require.NoError(t, err, text)
		return candidate{text, program}
	}
}

func TestRandomExpressionsAreTheSameInGoAndSQL(t *testing.T) {
	t.Parallel()

	if *pairs == 0 {
		*pairs = 20_000
		if checks, err := strconv.Atoi(os.Getenv("RAPID_CHECKS")); err == nil {
			*pairs = max(20*checks, 1000) // 100,000 in make trust
		}
	}
	eachDatabase(t, func(t *testing.T, d *database) {
		start := *seed
		if start == 0 {
			start = rand.Uint64()
		}
		t.Logf("seed %d", start)
		g := newGenerator(d.vectors, start)
		records, priors := make([]map[string]any, manyRecords), make([]map[string]any, manyRecords)
		for i := range records {
			records[i], priors[i] = g.record(), g.record()
		}
		d.fill(t, records, priors)
		for done := 0; done < *pairs; done += someRecords * together {
			candidates := make([]candidate, together)
			for i := range candidates {
				candidates[i] = g.candidate(t)
			}
			d.compare(t, candidates, records, priors, g.input(), g.IntN(manyRecords-someRecords))
		}
	})
}

// compare runs many expressions over some records in one statement and tells
// of the shortest whose value is another than in Go.
func (d *database) compare(t *testing.T, candidates []candidate, records, priors []map[string]any, with vector, first int) {
	t.Helper()
	in := d.vectors.input(t, with)
	var columns []string
	var args []any
	bound := func(f expr.Fragment, err error) string {
		require.NoError(t, err)
		more, err := f.Bind(in)
		require.NoError(t, err)
		args = append(args, more...)
		return f.SQL
	}
	for i, c := range candidates {
		columns = append(columns, fmt.Sprintf("%s AS v%d", bound(c.program.SQLValue(d, d.dialect)), i))
		if c.program.Type.Kind == expr.Bool {
			columns = append(columns, fmt.Sprintf("CASE WHEN %s THEN 1 ELSE 0 END AS c%d", bound(c.program.SQL(d, d.dialect)), i))
		}
	}
	outer := []string{}
	for i, c := range candidates {
		outer = append(outer, d.asText(c.program.Type.Kind, fmt.Sprintf("x.v%d", i)))
		if c.program.Type.Kind == expr.Bool {
			outer = append(outer, fmt.Sprintf("x.c%d", i))
		}
	}
	query := "SELECT " + strings.Join(outer, ", ") + " FROM (SELECT number, " + strings.Join(columns, ", ") +
		" FROM record WHERE number >= ? AND number < ?) AS x ORDER BY x.number"
	rows, err := d.db.QueryContext(t.Context(), d.rebind(query), append(args, first, first+someRecords)...)
	require.NoError(t, err, "%s\n%v", query, args)
	defer func() { _ = rows.Close() }()
	worst := ""
	for n := first; rows.Next(); n++ {
		got := make([]sql.NullString, len(outer))
		into := make([]any, len(outer))
		for i := range got {
			into[i] = &got[i]
		}
		require.NoError(t, rows.Scan(into...))
		with.Record, with.Prior = records[n], priors[n]
		for _, c := range candidates {
			want, err := c.program.Eval(d.vectors.input(t, with))
			require.NoError(t, err)
			value := read(t, c.program.Type.Kind, got[0])
			complaint := ""
			if show(value) != show(want) {
				complaint = fmt.Sprintf("%s\nis %s in Go, %s in SQL", c.text, show(want), show(value))
			}
			got = got[1:]
			if c.program.Type.Kind == expr.Bool {
				if (got[0].String == "1") != (want == true) {
					complaint = fmt.Sprintf("%s\nis %s in Go, %s in a WHERE", c.text, show(want), got[0].String)
				}
				got = got[1:]
			}
			if complaint != "" && (worst == "" || len(complaint) < len(worst)) {
				fragment, _ := c.program.SQLValue(d, d.dialect)
				worst = fmt.Sprintf("%s\n%s\nrecord %s\nprior %s\nwith %s", complaint, fragment.SQL, mustJSON(t, records[n]), mustJSON(t, priors[n]), mustJSON(t, with.Me)+with.Now+with.Zone)
			}
		}
	}
	require.NoError(t, rows.Err(), "%s\n%v", query, args)
	if worst != "" {
		t.Fatal(worst)
	}
}

// sample is a random case with its tree, as the browser's test reads it.
type sample struct {
	Name   string         `json:"name"`
	Tree   *expr.Node     `json:"tree"`
	Record map[string]any `json:"record"`
	Prior  map[string]any `json:"prior,omitempty"`
	Me     map[string]any `json:"me,omitempty"`
	Now    string         `json:"now"`
	Zone   string         `json:"zone,omitempty"`
	Expect any            `json:"expect"`
}

// mentioned keeps the values that an expression reads.
func mentioned(root *expr.Node, op string, values map[string]any) map[string]any {
	kept := map[string]any{}
	var walk func(*expr.Node)
	walk = func(n *expr.Node) {
		if v, ok := values[strings.Join(n.Path, ".")]; ok && n.Op == op {
			kept[strings.Join(n.Path, ".")] = v
		}
		for _, arg := range n.Args {
			walk(arg)
		}
	}
	walk(root)
	return kept
}

func someSamples(t testing.TB, g *generator, count int) []sample {
	t.Helper()
	all := make([]sample, 0, count)
	for len(all) < count {
		c := g.candidate(t)
		if !g.vectors.inBrowser(c.text) {
			continue
		}
		with := g.input()
		with.Record, with.Prior = g.record(), g.record()
		value, err := c.program.Eval(g.vectors.input(t, with))
		require.NoError(t, err)
		literal := &expr.Node{Op: "literal", Kind: c.program.Type.Kind, Value: value}
		var wire struct{ Value any }
		decode(t, mustJSON(t, literal), &wire)
		all = append(all, sample{
			Name: c.text, Tree: c.program.Root, Now: with.Now, Zone: with.Zone, Expect: wire.Value,
			Record: mentioned(c.program.Root, "field", with.Record), Prior: mentioned(c.program.Root, "prior", with.Prior),
			Me: mentioned(c.program.Root, "me", with.Me),
		})
	}
	return all
}

// TestSamplesAreWritten keeps random cases for the browser's test, which
// cannot make its own because it cannot parse.
func TestSamplesAreWritten(t *testing.T) {
	t.Parallel()

	written(t, "samples.json", someSamples(t, newGenerator(vectors(t), 2026), 400))
	if *samples != "" {
		many := someSamples(t, newGenerator(vectors(t), rand.Uint64()), 20_000)
		require.NoError(t, os.WriteFile(*samples, []byte(mustJSON(t, many)), 0o600))
	}
}
