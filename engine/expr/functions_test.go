package expr_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
)

// TestFunctionsAreWritten keeps functions.json, from which the reference page
// is made, equal to what the engine has.
func TestFunctionsAreWritten(t *testing.T) {
	t.Parallel()

	written(t, "functions.json", expr.Functions())
}

func TestExamplesOfFunctionsAreTrue(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	for _, function := range expr.Functions() {
		require.NotEmpty(t, function.English, function.Name)
		require.NotEmpty(t, function.Chinese, function.Name)
		for _, example := range function.Examples {
			program, err := v.compile(vector{Expression: example.Expression})
			require.NoError(t, err, example.Expression)
			value, err := program.Eval(expr.Input{})
			require.NoError(t, err)
			require.Equal(t, example.Value, strings.Trim(show(value), `"`), example.Expression)
		}
	}
}

// TestEveryFunctionHasACase sees that no function is added without a case that
// all evaluators run.
func TestEveryFunctionHasACase(t *testing.T) {
	t.Parallel()

	v := vectors(t)
	used := map[string]bool{
		"-x": true, "under": true, "amount": true, "currency": true, "changed": true, "changedTo": true, "changedFrom": true, "changedFromTo": true, "increased": true, "decreased": true,
	} // which make other nodes, or read trees
	for _, c := range v.Cases {
		if program, err := v.compile(c); err == nil && c.Error == nil {
			var visit func(*expr.Node)
			visit = func(n *expr.Node) {
				used[n.Op] = true
				for _, arg := range n.Args {
					visit(arg)
				}
			}
			visit(program.Root)
		}
	}
	for _, function := range expr.Functions() {
		require.True(t, used[function.Name], "no case of vectors.json uses %s", function.Name)
	}
}

// letters are the small and the capital form of every character that has
// another, and the characters that Go's Unicode knows.
type letters struct {
	Assigned [][2]rune   `json:"assigned"`
	Letters  [][3]string `json:"letters"`
}

func (l *letters) knows(text string) bool {
	for _, c := range text {
		if _, known := slices.BinarySearchFunc(l.Assigned, c, func(span [2]rune, c rune) int {
			if span[0] <= c && c <= span[1] {
				return 0
			}
			return int(span[0] - c)
		}); !known {
			return false
		}
	}
	return true
}

func allLetters(t testing.TB) *letters {
	t.Helper()
	v := vectors(t)
	change := func(function string) func(string) string {
		program, err := v.compile(vector{Expression: function + "(name)"})
		require.NoError(t, err)
		return func(text string) string {
			value, err := program.Eval(expr.Input{Record: func([]string) expr.Value { return text }})
			require.NoError(t, err)
			changed, _ := value.(string)
			return changed
		}
	}
	lower, upper := change("lower"), change("upper")
	all := &letters{}
	for c := rune(1); c <= unicode.MaxRune; c++ {
		if c >= 0xd800 && c <= 0xdfff || !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf) {
			continue
		}
		if n := len(all.Assigned); n > 0 && all.Assigned[n-1][1] == c-1 {
			all.Assigned[n-1][1] = c
		} else {
			all.Assigned = append(all.Assigned, [2]rune{c, c})
		}
		if small, capital := lower(string(c)), upper(string(c)); small != string(c) || capital != string(c) {
			all.Letters = append(all.Letters, [3]string{string(c), small, capital})
		}
	}
	return all
}

// TestCaseIsTheSameEverywhere compares the case of every character, alone and
// among others, in Go and PostgreSQL; SQLite calls Go, and the browser's test
// reads letters.json. Letters that only a newer Unicode pairs are left out.
func TestCaseIsTheSameEverywhere(t *testing.T) {
	t.Parallel()

	all := allLetters(t)
	written(t, "letters.json", all)
	db := openPostgres(t).db
	raw, err := json.Marshal(all.Assigned)
	require.NoError(t, err)
	rows, err := db.QueryContext(t.Context(), `
		SELECT chr(c), sys_lower(chr(c)), sys_upper(chr(c)), sys_lower('Σ' || chr(c) || 'aΣ'), sys_upper('ß' || chr(c) || 'ς')
		FROM jsonb_array_elements($1::jsonb) AS span, generate_series((span->0)::int, (span->1)::int) AS c`, string(raw))
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	forms := map[string][3]string{}
	for _, letter := range all.Letters {
		forms[letter[0]] = letter
	}
	count := 0
	for rows.Next() {
		var c, small, capital, smallAmong, capitalAmong sql.NullString
		require.NoError(t, rows.Scan(&c, &small, &capital, &smallAmong, &capitalAmong))
		want, ok := forms[c.String]
		if !ok {
			want = [3]string{c.String, c.String, c.String}
		}
		if all.knows(small.String) {
			require.Equal(t, want[1], small.String, "small %U", []rune(c.String))
			require.Equal(t, "σ"+want[1]+"aσ", smallAmong.String, "small %U among others", []rune(c.String))
		}
		if all.knows(capital.String) {
			require.Equal(t, want[2], capital.String, "capital %U", []rune(c.String))
			require.Equal(t, "SS"+want[2]+"Σ", capitalAmong.String, "capital %U among others", []rune(c.String))
		}
		count++
	}
	require.NoError(t, rows.Err())
	require.Greater(t, count, 140_000)
}
