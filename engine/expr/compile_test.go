package expr_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

func TestErrorsSayWhatIsWrong(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	for text, want := range map[string]map[string]any{
		`score > > 5`:                          {"near": ">"},
		`score >`:                              {"near": ">"},
		`lead_score > 5`:                       {"field": "lead_score", "object": "lead"},
		`account.idustry == 5`:                 {"field": "idustry", "object": "account"},
		`length(name)`:                         {"function": "length"},
		`score < "5"`:                          {"function": "<", "types": "number, text"},
		`name.contains(5)`:                     {"function": "contains", "types": "text, number"},
		`score in ["5"]`:                       {"function": "in", "types": "number, list"},
		`done && score`:                        {"function": "&&", "types": "number"},
		`status == "newish"`:                   {"value": "newish", "field": "status"},
		`date("2026-02-30")`:                   {"value": "2026-02-30", "expected": "date"},
		`round(amount, 99)`:                    {"value": "99", "expected": "0…16"},
		`has(account.name)`:                    {"what": "has"},
		`account.parent.parent.parent == null`: {"limit": "path", "max": 3},
		"done" + strings.Repeat(" || score == 1", 201):   {"limit": "comparisons", "max": 200},
		`score in [` + strings.Repeat("1,", 1000) + `1]`: {"limit": "list", "max": 1000},
		strings.Repeat("score+", 65) + "1":               {"limit": "nesting", "max": 64},
		strings.Repeat("1?", 65):                         {"limit": "nesting", "max": 64},
		strings.Repeat(" ", 30_000):                      {"limit": "length", "max": 20_000},
	} {
		_, err := v.compile(vector{Expression: text})
		var e *expr.Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, want, e.Params, text)
		require.Contains(t, fault.Codes(), fault.Code(e.Code))
		require.NotContains(t, fault.Text("en", fault.Code(e.Code), e.Params), "{", "the sentence has all it tells")
	}
}

func TestUsesSayWhatIsAllowed(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	allowed := map[string][]string{
		`account.industry == "retail"`: {"filter", "scope", "rule", "value"},
		`changed(status)`:              {"rule"},
		`prior.score < score`:          {"rule"},
		`score + 1`:                    {"value"},
		`pinyin(name) == "a"`:          {"filter", "scope", "rule", "value"},
		`owner == me.id`:               {"filter", "scope", "rule", "showIf", "value"},
	}
	for text, uses := range allowed {
		for _, name := range []string{"filter", "scope", "rule", "showIf", "value"} {
			use, ok := expr.UseNamed(name)
			require.True(t, ok)
			_, err := expr.Compile(v, "lead", text, use)
			require.Equal(t, strings.Contains(strings.Join(uses, " "), name), err == nil, "%s as a %s: %v", text, name, err)
		}
	}
	_, ok := expr.UseNamed("whim")
	require.False(t, ok)
	_, err := expr.Compile(v, "lead", `name`, expr.Computed(expr.Number))
	require.Error(t, err)
	_, err = expr.Compile(v, "lead", `owner`, expr.Computed(expr.Text))
	require.NoError(t, err, "an id is a text")
}

func TestMentionsAreTheFieldsThatAreRead(t *testing.T) {
	t.Parallel()

	program, err := vectors(t).compile(vector{Expression: `account.industry == "retail" && changed(score) && score > 5 && owner == me.id`})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"account", "industry"}, {"score"}, {"owner"}}, program.Mentions())
}

// hostile are texts made to cost time, memory or the stack.
func hostile() []string {
	const long = 19_000
	return []string{
		strings.Repeat("(", long), strings.Repeat("[", long), strings.Repeat("{", long), strings.Repeat("!", long) + "done",
		strings.Repeat("-", long) + "1", strings.Repeat("1+", long/2) + "1", strings.Repeat("a.", long/2) + "a",
		strings.Repeat("done?", long/5), strings.Repeat("done?done:", long/10) + "done", strings.Repeat("done&&", long/6) + "done",
		strings.Repeat("1,", long/2), "[" + strings.Repeat("1,", long/2) + "1]", strings.Repeat(`"`, long), strings.Repeat("a b ", long/4),
		strings.Repeat("f(", 60) + strings.Repeat(")", 60), strings.Repeat("((1)+", 60) + "1" + strings.Repeat(")", 60),
		"score == " + strings.Repeat("9", long), "score == 1e" + strings.Repeat("9", long), "score == 1e99999999", "score < 0." + strings.Repeat("0", long) + "1",
		strings.Repeat("/", long), strings.Repeat("`", long), strings.Repeat("\\", long), strings.Repeat("?", long), strings.Repeat("\x00", long),
		"\xff\xfe", "name == \"\xc3\x28\"", "name == \"" + `\ud800` + "\"", strings.Repeat("score%", 40) + "0", strings.Repeat("\"a\".contains(", 60) + "name" + strings.Repeat(")", 60),
		"name == " + expr.Quote(strings.Repeat("👍", 4_500)), strings.Repeat("name.", 3_000) + "contains(\"x\")",
	}
}

func TestHostileTextsAreAnswered(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	for _, text := range hostile() {
		_, err := v.compile(vector{Expression: text})
		if err != nil {
			var e *expr.Error
			require.ErrorAs(t, err, &e)
		}
	}
}

func TestQuotedTextsAreReadBack(t *testing.T) {
	t.Parallel()

	for _, text := range append(awkwardTexts(), "line\nline\r\ttab\x01", `\"`, "\u2028", `"""`, "'''") {
		program, err := vectors(t).compile(vector{Expression: expr.Quote(text)})
		require.NoError(t, err, text)
		value, err := program.Eval(expr.Input{})
		require.NoError(t, err)
		if text == "" {
			require.Nil(t, value)
		} else {
			require.Equal(t, text, value)
		}
	}
}

func TestReservedWordsAreNoNames(t *testing.T) {
	t.Parallel()

	for _, word := range []string{"as", "for", "in", "var", "package", "import", "function", "namespace"} {
		_, err := vectors(t).compile(vector{Expression: word + " == 1"})
		require.Error(t, err, word)
	}
}

func FuzzCompile(f *testing.F) {
	v := vectors(f)
	for _, c := range v.Cases {
		f.Add(c.Expression)
	}
	for _, text := range hostile() {
		f.Add(text[:min(len(text), 500)])
	}
	record := newGenerator(v, 1).record()
	f.Fuzz(func(t *testing.T, text string) {
		program, err := v.compile(vector{Expression: text})
		if err != nil {
			var e *expr.Error
			if !errors.As(err, &e) || e.Position < 0 || e.End < e.Position || e.End > len(text)+definitionLength {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var again expr.Node
		require.NoError(t, json.Unmarshal([]byte(mustJSON(t, program.Root)), &again))
		in := v.input(t, vector{Record: record, Me: map[string]any{"id": idA}, Now: "2026-01-01T00:00:00Z"})
		_, err = program.Eval(in)
		require.NoError(t, err)
		for _, d := range []*database{{dialect: expr.SQLite{}, vectors: v}, {dialect: expr.Postgres{}, vectors: v}} {
			fragment, err := program.SQLValue(d, d.dialect)
			require.NoError(t, err)
			args, err := fragment.Bind(in)
			require.NoError(t, err)
			require.Len(t, args, strings.Count(fragment.SQL, "?"))
		}
	})
}

// definitionLength is where a text that is too long is said to end.
const definitionLength = 20_000

func BenchmarkCompile(b *testing.B) {
	v := vectors(b)
	for b.Loop() {
		_, _ = v.compile(vector{Expression: `status == "new" && score >= 50 && account.industry in ["education", "retail"]`})
	}
}
