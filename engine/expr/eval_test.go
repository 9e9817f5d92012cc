package expr_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
)

func TestEvalRefusesAValueOfAnotherKind(t *testing.T) {
	t.Parallel()

	program, err := vectors(t).compile(vector{Expression: `score > 5`})
	require.NoError(t, err)
	for _, wrong := range []expr.Value{"6", 6, 6.0, true, []string{"6"}} {
		_, err := program.True(expr.Input{Record: func([]string) expr.Value { return wrong }})
		require.Error(t, err, "%T", wrong)
	}
	holds, err := program.True(expr.Input{})
	require.NoError(t, err)
	require.False(t, holds, "without a record every field is null")
}

func TestNobodysRecordsAreNotMineWithoutACaller(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	program, err := v.compile(vector{Expression: `owner == me.id`})
	require.NoError(t, err)
	_, err = program.True(expr.Input{})
	require.Error(t, err)
	d := &database{vectors: v}
	fragment, err := program.SQL(d, expr.SQLite{})
	require.NoError(t, err)
	_, err = fragment.Bind(expr.Input{})
	require.Error(t, err)
}

func TestADayBeginsWithItsFirstMoment(t *testing.T) {
	t.Parallel()

	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{
		"UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe",
		"America/Havana", "Asia/Beirut", "Africa/Cairo", "Asia/Kathmandu", "America/Asuncion", "Asia/Gaza", "America/Godthab",
	} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		day := expr.Date{Year: 1995, Month: 1, Day: 1}
		for range 4_000 {
			day = day.AddDays(1 + random.IntN(4))
			start := day.In(zone)
			at := expr.DateOf(start, zone)
			// Apia left out 2011-12-30: such a day begins with the next.
			require.GreaterOrEqual(t, at.Compare(day), 0, "%s %s", day, name)
			require.Negative(t, expr.DateOf(start.Add(-time.Millisecond), zone).Compare(day), "%s %s", day, name)
			require.LessOrEqual(t, at.Compare(day.AddDays(1)), 0)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()

	for _, text := range []string{"0001-01-01", "2024-02-29", "9999-12-31"} {
		d, err := expr.ParseDate(text)
		require.NoError(t, err)
		require.Equal(t, text, d.String())
	}
	for _, text := range []string{"", "0000-01-01", "2023-02-29", "2026-1-1", "2026-01-01T00:00:00Z", "10000-01-01", "-001-01-01"} {
		_, err := expr.ParseDate(text)
		require.Error(t, err, text)
	}
}

func TestKindsHaveNames(t *testing.T) {
	t.Parallel()

	for kind := expr.Any; kind <= expr.JSON; kind++ {
		again, ok := expr.KindNamed(kind.String())
		require.True(t, ok)
		require.Equal(t, kind, again)
	}
}

func BenchmarkEval(b *testing.B) {
	program, err := vectors(b).compile(vector{Expression: `status == "new" && score >= 50 && name.contains("acme")`})
	require.NoError(b, err)
	values := map[string]expr.Value{"status": "new", "score": decimal.NewFromInt(70), "name": "The Acme Company"}
	in := expr.Input{Record: func(path []string) expr.Value { return values[path[0]] }}
	for b.Loop() {
		if holds, err := program.True(in); err != nil || !holds {
			b.Fatal(holds, err)
		}
	}
}

// leads is a schema of one object.
type leads struct{}

func (leads) Calendar(string) (*calendar.Calendar, bool) { return nil, false }

func (leads) Field(_, name string) (expr.Field, bool) {
	fields := map[string]expr.Field{
		"status": {Name: "status", Type: expr.Type{Kind: expr.Text}, Options: []string{"new", "won"}},
		"budget": {Name: "budget", Type: expr.Type{Kind: expr.Number}},
	}
	f, ok := fields[name]
	return f, ok
}

func (leads) Column(path []string, _ bool) (expr.Column, error) {
	return expr.Column{SQL: `"` + path[0] + `"`, Scale: 2}, nil
}

func Example() {
	program, err := expr.Compile(leads{}, "lead", `status == "new" && budget > 1000 / 3`, expr.Filter())
	if err != nil {
		fmt.Println(err)
		return
	}
	lead := map[string]expr.Value{"status": "new", "budget": decimal.RequireFromString("333.34")}
	holds, _ := program.True(expr.Input{Record: func(path []string) expr.Value { return lead[path[0]] }})
	fmt.Println(holds)

	condition, _ := program.SQL(leads{}, expr.Postgres{})
	args, _ := condition.Bind(expr.Input{})
	fmt.Println(condition.SQL, args)

	_, err = expr.Compile(leads{}, "lead", `status == "newish"`, expr.Filter())
	fmt.Println(err)
	// Output:
	// true
	// ("status" = ?::text AND "budget" > ?::numeric) [new 333.3333333333333333]
	// expression, at 10 to 18: unknown_option map[field:status value:newish]
}
