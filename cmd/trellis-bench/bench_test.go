package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test's program be the limit too, as the benchmark's is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "limit" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestEveryOperationIsAnswered drives the limit with each operation; the
// product is driven by `make bench-works`, which has its program.
func TestEveryOperationIsAnswered(t *testing.T) {
	t.Parallel()

	const rows = 1500
	database, err := makeDatabase(t.Context(), "sqlite", "", t.TempDir())
	require.NoError(t, err)
	server, err := startLimit(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(server.process.stop)
	require.NoError(t, load(server, rows, func(int) string { return "an owner" }))
	require.Len(t, server.ids, rows)

	report := newReport(io.Discard, "sqlite", size{rows: rows, rounds: 1})
	for _, op := range operations(rows) {
		one, err := server.measure(op, 20*time.Millisecond)
		require.NoError(t, err)
		require.Positive(t, one.rate, op.name)
		require.GreaterOrEqual(t, one.p99, one.p50, op.name)
		report.operation(op, [][]sample{{one}, {one}, {one}})
	}
	require.NoError(t, report.end(server.process, server.process, 0))
}

// TestAWrongAnswerEndsTheBenchmark tries a server that is fast because it
// answers nothing.
func TestAWrongAnswerEndsTheBenchmark(t *testing.T) {
	t.Parallel()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"data":[]}`)
	}))
	t.Cleanup(server.Close)
	quick := newTarget("quick", ordinary{}, &process{address: strings.TrimPrefix(server.URL, "http://")}, "")
	_, err := quick.drive(operations(10)[1], time.Millisecond)
	require.ErrorContains(t, err, "with 0 records, want 200 with 50")
}

// TestTheReportMarksWhatFallsShort reads the table as a person does.
func TestTheReportMarksWhatFallsShort(t *testing.T) {
	t.Parallel()

	var out strings.Builder
	report := newReport(&out, "sqlite", size{rows: 10, rounds: 3, seconds: 1})
	limit := []sample{{rate: 100}, {rate: 200}, {rate: 100}}
	product := []sample{{rate: 50}, {rate: 80}, {rate: 40}}
	restricted := []sample{{rate: 45}, {rate: 40}, {rate: 20}}
	report.operation(operation{name: "get", must: 0.6, aim: 0.8}, [][]sample{limit, product, restricted})
	require.Contains(t, out.String(), "0.40 of its rate (0.40 to 0.50)    0.60, 0.80  falls short")
	require.Contains(t, out.String(), "2.00 of the time (1.11 to 2.00)    1.25, 1.10  falls short")
	require.Equal(t, 2, report.short)
}
