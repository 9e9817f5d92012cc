package expr_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
)

var update = flag.Bool("update", false, "write the generated files of schemas/expressions anew")

const folder = "../../schemas/expressions/"

// table is schemas/expressions/vectors.json: the objects that the expressions
// are about, and the cases.
type table struct {
	Objects   map[string]map[string]field `json:"objects"`
	Calendars map[string]json.RawMessage  `json:"calendars"` // by name, "" the organisation's
	Cases     []vector                    `json:"cases"`
}

type field struct {
	Type    string              `json:"type"`
	Object  string              `json:"object"`
	Options []string            `json:"options"`
	Below   map[string][]string `json:"below"` // what lies below each option, if they are a tree
	Scale   int                 `json:"scale"`
}

// vector is one case: either Expect (null when absent) or Error. The values of
// a record are those of the wire, under their paths.
type vector struct {
	Name       string         `json:"name"`
	Expression string         `json:"expression"`
	Use        string         `json:"use"`
	Record     map[string]any `json:"record"`
	Prior      map[string]any `json:"prior"`
	Me         map[string]any `json:"me"`
	Now        string         `json:"now"`
	Zone       string         `json:"zone"`
	Expect     any            `json:"expect"`
	Error      *struct {
		Code     string `json:"code"`
		Position int    `json:"position"`
		End      int    `json:"end"`
	} `json:"error"`
}

func vectors(t testing.TB) *table {
	t.Helper()
	raw, err := os.ReadFile(folder + "vectors.json")
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	var v table
	require.NoError(t, decoder.Decode(&v))
	return &v
}

// Field makes the table a schema.
func (v *table) Field(object, name string) (expr.Field, bool) {
	f, ok := v.Objects[object][name]
	if !ok {
		return expr.Field{}, false
	}
	kind, ok := expr.KindNamed(f.Type)
	below := func(code string) []string { return f.Below[code] }
	return expr.Field{Name: name, Type: expr.Type{Kind: kind, Object: f.Object}, Options: f.Options, Below: below}, ok
}

// Calendar makes the table's calendars those of the schema.
func (v *table) Calendar(name string) (*calendar.Calendar, bool) {
	text, ok := v.Calendars[name]
	if !ok {
		return nil, false
	}
	found, err := calendar.Parse(string(text))
	return found, err == nil
}

// at finds the field of a path that begins at the object lead.
func (v *table) at(path []string) field {
	object := "lead"
	var f field
	for _, name := range path {
		f = v.Objects[object][name]
		object = f.Object
	}
	return f
}

func (v *table) compile(c vector) (*expr.Program, error) {
	use := expr.Computed(expr.Any)
	use.Prior = true
	if c.Use != "" {
		use, _ = expr.UseNamed(c.Use)
	}
	return expr.Compile(v, "lead", c.Expression, use)
}

// inBrowser tells whether the browser has all the functions of an expression.
func (v *table) inBrowser(text string) bool {
	use := expr.Computed(expr.Any)
	use.Prior, use.Browser = true, true
	_, err := expr.Compile(v, "lead", text, use)
	return err == nil
}

// input makes the case's input for the evaluator in Go.
func (v *table) input(t testing.TB, c vector) expr.Input {
	t.Helper()
	from := func(values map[string]any) func([]string) expr.Value {
		return func(path []string) expr.Value {
			return value(t, v.at(path).Type, values[strings.Join(path, ".")])
		}
	}
	in := expr.Input{Record: from(c.Record), Prior: from(c.Prior)}
	in.Me = func(name string) expr.Value { return value(t, v.Objects["user"][name].Type, c.Me[name]) }
	if c.Now != "" {
		now, err := time.Parse(time.RFC3339Nano, c.Now)
		require.NoError(t, err, c.Name)
		in.Now = now
	}
	if c.Zone != "" {
		zone, err := time.LoadLocation(c.Zone)
		require.NoError(t, err, c.Name)
		in.Zone = zone
	}
	return in
}

// value reads a value of the wire.
func value(t testing.TB, kind string, wire any) expr.Value {
	t.Helper()
	if wire == nil {
		return nil
	}
	switch kind {
	case "boolean":
		return wire
	case "number":
		text, ok := wire.(string)
		if !ok {
			text = wire.(json.Number).String()
		}
		return decimal.RequireFromString(text)
	case "date":
		d, err := expr.ParseDate(wire.(string))
		require.NoError(t, err)
		return d
	case "datetime":
		instant, err := time.Parse(time.RFC3339Nano, wire.(string))
		require.NoError(t, err)
		return instant
	case "set":
		set := []string{}
		for _, member := range wire.([]any) {
			set = append(set, member.(string))
		}
		return set
	default:
		return wire
	}
}

// show writes a value so that two values show alike when they are the same.
func show(v expr.Value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000Z")
	case decimal.Decimal:
		return v.String()
	case expr.Date:
		return v.String()
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return string(raw)
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	require.GreaterOrEqual(t, len(v.Cases), 300)
	seen := map[string]bool{}
	for _, c := range v.Cases {
		require.False(t, seen[c.Name], "two cases are named %q", c.Name)
		seen[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			program, err := v.compile(c)
			if c.Error != nil {
				var e *expr.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, []any{c.Error.Code, c.Error.Position, c.Error.End}, []any{e.Code, e.Position, e.End}, "%v", e)
				return
			}
			require.NoError(t, err)
			got, err := program.Eval(v.input(t, c))
			require.NoError(t, err)
			require.Equal(t, show(value(t, program.Type.Kind.String(), c.Expect)), show(got))
		})
	}
}

// TestTreesAreWritten keeps the trees that the browser's tests walk equal to
// what Compile makes.
func TestTreesAreWritten(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	trees := map[string]*expr.Node{}
	for _, c := range v.Cases {
		if program, err := v.compile(c); err == nil && v.inBrowser(c.Expression) {
			trees[c.Name] = program.Root
			again := &expr.Node{}
			raw, err := json.Marshal(program.Root)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(raw, again))
			require.Equal(t, mustJSON(t, program.Root), mustJSON(t, again), "a tree survives its JSON")
		}
	}
	written(t, "trees.json", trees)
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func decode(t testing.TB, raw string, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(raw), into))
}

// written compares a generated file with what it should be, or writes it. Each
// entry of a map or a list is on a line of its own.
func written(t *testing.T, name string, content any) {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "")
	require.NoError(t, encoder.Encode(content))
	lines := bytes.ReplaceAll(bytes.TrimSpace(out.Bytes()), []byte("\n"), nil)
	pretty := split(lines)
	if *update {
		require.NoError(t, os.WriteFile(folder+name, pretty, 0o644))
	}
	have, err := os.ReadFile(folder + name)
	require.NoError(t, err)
	require.True(t, bytes.Equal(pretty, have), "%s is stale; run go test ./engine/expr -update", name)
}

// split puts the top level's entries on lines of their own.
func split(raw []byte) []byte {
	var out bytes.Buffer
	depth, quoted := 0, false
	for i, c := range raw {
		closing := !quoted && (c == '}' || c == ']')
		if closing {
			if depth--; depth == 0 {
				out.WriteByte('\n')
			}
		}
		out.WriteByte(c)
		switch {
		case c == '"' && !escaped(raw[:i]):
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth == 1 {
				out.WriteByte('\n')
			}
		case c == ',' && depth == 1:
			out.WriteByte('\n')
		}
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func escaped(before []byte) bool {
	return (len(before)-len(bytes.TrimRight(before, `\`)))%2 == 1
}
