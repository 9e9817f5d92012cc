package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// requests is how many random requests both databases are asked; with
// TRELLIS_TEST_TRUST many more.
func requests() int {
	if os.Getenv("TRELLIS_TEST_TRUST") != "" {
		return 100_000
	}
	return 400
}

// TestSameAnswers sends the same random requests, reads and writes, good and
// bad, to an installation on SQLite and to one on PostgreSQL: the answers are
// equal, but for ids that the server made, and times.
func TestSameAnswers(t *testing.T) {
	t.Parallel()
	both := [2]*enginetest.Installation{
		enginetest.New(t, engine.Config{Directory: t.TempDir()}),
		enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: storetest.Postgres(t)}),
	}
	var askers [2]*enginetest.Client
	for n, i := range both {
		askers[n] = equalWorld(t, i)
	}
	ask := &asker{random: rand.New(rand.NewPCG(5, 8))}
	for range requests() {
		a := ask.request()
		answers := [2]*enginetest.Answer{}
		for n, client := range askers {
			answers[n] = client.Do(t, a.method, a.path, []byte(a.body))
			require.Less(t, answers[n].Status, 500, "%s %s %s: %s", a.method, a.path, a.body, answers[n].Body)
		}
		require.Equal(t, answers[0].Status, answers[1].Status, "%s %s %s\n%s\n%s", a.method, a.path, a.body, answers[0].Body, answers[1].Body)
		require.Equal(t, normal(answers[0].Body), normal(answers[1].Body), "%s %s %s", a.method, a.path, a.body)
	}
}

func partID(n int) string  { return fmt.Sprintf("00000000-0000-7000-8000-000000000%03d", n) }
func makerID(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-000000001%03d", n) }

// equalWorld makes the same records with the same ids, and somebody who sees
// some of them.
func equalWorld(t *testing.T, i *enginetest.Installation) *enginetest.Client {
	t.Helper()
	role := doc{"kind": "role", "name": "seer", "abilities": []any{"export"}, "grants": []any{
		doc{"object": "part", "actions": []any{"create", "read", "update", "delete"}, "scope": doc{"where": "size != 0"}},
		doc{"object": "part", "actions": []any{"read"}, "scope": doc{"where": "size == 0"}, "fields": doc{"read": []any{"name", "metal", "maker"}}},
		doc{"object": "maker", "actions": []any{"read"}, "scope": doc{"where": `name != "acme"`}},
	}}
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": append(parts(), role)}).Want(t, 200)
	random := rand.New(rand.NewPCG(3, 4))
	create := func(object, id string, values doc) {
		var wire map[string]any
		raw, err := json.Marshal(values)
		require.NoError(t, err)
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&wire))
		err = i.Records.Transact(t.Context(), access.System(), store.Interactive, func(ctx context.Context, w *record.Work) error {
			_, err := w.CreateAs(ctx, object, id, wire)
			return err
		})
		require.NoError(t, err, "%s %s", object, id)
	}
	var makers []any
	for n, name := range []any{"Müller", "中铁", nil, "acme"} {
		create("maker", makerID(n), doc{"name": name, "town": "Town"})
		makers = append(makers, makerID(n))
	}
	create("user", person, doc{"name": "Wang", "email": "wang@example.com", "roles": []any{"seer"}, "timezone": "America/New_York"})
	for n := range 80 {
		values := randomPart(random, makers)
		values["owner"] = person
		create("part", partID(n), values)
	}
	return i.Client(t, "wang@example.com")
}

// asker makes random requests.
type asker struct{ random *rand.Rand }

func one[T any](a *asker, choices ...T) T { return choices[a.random.IntN(len(choices))] }

func (a *asker) request() attack {
	switch a.random.IntN(10) {
	case 0:
		return post("/records/part/_aggregate", a.json(a.figures()))
	case 1, 2:
		return attack{http.MethodPatch, "/records/part/" + partID(a.random.IntN(90)), a.json(a.values())}
	case 3:
		return post("/records/part/_batch", a.json(doc{"atomic": one(a, true, false, false), "operations": a.operations()}))
	case 4:
		return attack{one(a, http.MethodDelete, http.MethodGet), "/records/part/" + partID(a.random.IntN(90)), ""}
	case 5:
		return post("/records/part/"+partID(a.random.IntN(90))+"/restore", "")
	case 6:
		return get("/records/part/" + partID(a.random.IntN(90)) + one(a, "", "/changes", "/changes?limit=1", "?expand=maker", "?fields=name"))
	default:
		return post("/records/part/_query", a.json(a.query()))
	}
}

func (a *asker) json(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func (a *asker) field() string {
	return one(a, "name", "note", "mail", "size", "price", "done", "day", "moment", "metal", "metals", "maker", "owner", "id", "version", "number", "secret", "nothing", "created_by")
}

// values are good and bad values of some fields.
func (a *asker) values() doc {
	values := randomPart(a.random, []any{makerID(0), makerID(1), makerID(3), absent})
	for range a.random.IntN(2) {
		values[a.field()] = one[any](a, nil, "", "x", 7, -1.5, true, []any{}, []any{"zinc", "gold"}, "2026-01-01", "2026-01-01T00:00:00Z", absent, strings.Repeat("y", 300), "0.001", 1e18, doc{})
	}
	return values
}

func (a *asker) operations() []any {
	var operations []any
	for range 1 + a.random.IntN(3) {
		operations = append(operations, one[any](a,
			doc{"op": "update", "id": partID(a.random.IntN(90)), "version": one[any](a, nil, 1, 2), "values": a.values()},
			doc{"op": "upsert", "match": []any{a.field()}, "values": a.values()},
			doc{"op": "delete", "id": one(a, partID(a.random.IntN(90)), absent, "x")},
		))
	}
	return operations
}

func (a *asker) query() doc {
	query := doc{"where": a.where(2), "limit": 1 + a.random.IntN(90)}
	var sort []string
	for range a.random.IntN(3) {
		sort = append(sort, one(a, "", "-")+a.field())
	}
	query["sort"] = append(sort, "id")
	for key, value := range (doc{"count": one(a, "exact", "none"), "q": one(a, "A", "%", "北", "off", "ss"), "offset": a.random.IntN(30), "expand": []string{one(a, "maker", "owner", "name")}, "view": "part_gold", "fields": []string{a.field(), "name"}}) {
		if a.random.IntN(4) == 0 {
			query[key] = value
		}
	}
	return query
}

func (a *asker) figures() doc {
	figures := doc{"where": a.where(1), "limit": 500}
	if a.random.IntN(3) > 0 {
		figures["groups"] = []any{one(a, doc{"field": a.field()}, doc{"field": "moment", "by": one(a, "day", "week", "month", "quarter", "year")}, doc{"field": "day", "by": one(a, "week", "year")})}
	}
	figures["measures"] = []any{doc{"as": "n", "function": "count"}, doc{"as": "m", "function": one(a, "sum", "avg", "min", "max", "count", "count_distinct"), "field": a.field()}}
	if a.random.IntN(3) == 0 {
		figures["having"] = one(a, "n > 3", "m != null", "m > 1", "n + 1 == 3")
	}
	if a.random.IntN(3) == 0 {
		figures["sort"] = []any{one(a, "-n", "n")}
	}
	return figures
}

// where is a random condition of some depth.
func (a *asker) where(depth int) string {
	if depth > 0 && a.random.IntN(2) == 0 {
		left, right := a.where(depth-1), a.where(depth-1)
		return one(a, "("+left+" && "+right+")", "("+left+" || "+right+")", "!("+left+")", "("+left+" ? "+right+" : false)", "("+left+") == ("+right+")")
	}
	number := one(a, "size", "price", "version", "size * price", "size + 1", "-price", "price / size", "round(price)", "len(name)", "days(day, today())", "year(moment)", "number(name)")
	text := one(a, "name", "note", "mail", "metal", "maker", "owner", "maker.name", "owner.email", "number", `name + note`, "lower(name)", "upper(note)", "text(size)", "text(day)", "text(price)", "trim(name)", "domain(mail)", "me.email")
	day := one(a, "day", "date(moment)", `date("2024-02-29")`, "addDays(day, size)")
	return one(a,
		number+one(a, " == ", " != ", " < ", " >= ")+one(a, "0", "1.25", "-5", "3", "size", "null"),
		text+one(a, " == ", " != ")+one(a, `"a"`, `"A"`, `"gold"`, `""`, "null", "mail", `"`+makerID(1)+`"`, `"张三"`),
		text+one(a, `.contains("A")`, `.contains("%")`, `.startsWith("a")`, `.endsWith("5")`, `.contains("STRASSE")`, `.contains("")`, ".contains(name)"),
		day+one(a, " < ", " == ", " >= ")+one(a, `date("2024-02-29")`, "day", `date("1999-12-31")`),
		"moment"+one(a, " < ", " >= ", " != ")+one(a, `datetime("2026-03-29T01:00:00Z")`, "null", "created_at"),
		one(a, "done", "!done", "done == null", "true", "done == (size > 0)", `within(day, "this_year")`, `size in [1, 3, -5]`, `name in ["a", "10"]`),
		"id"+one(a, " == ", " != ")+one(a, `"`+partID(7)+`"`, `"x"`, "maker", "me.id"), `"gold" in metals`, "len(metals)"+one(a, " == 1", " > 1", " == 0"), "metals == null", "nothing == 1", "name > 1", "secret == null",
	)
}
