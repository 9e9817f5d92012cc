package fault_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/fault"
)

// example parameters that every sentence can be filled with.
func everyParameter() fault.Params {
	params := fault.Params{}
	for _, name := range []string{
		"key", "max", "min", "expected", "field", "seconds", "ability", "method", "request_id", "length", "of", "decimals", "value", "message", "version", "kind", "keyword", "reason",
		"name", "base", "revision", "count", "near", "path", "display", "function", "types", "actual", "what", "limit", "state", "line", "object", "example", "days", "until", "held", "left", "pool",
	} {
		params[name] = "<" + name + ">"
	}
	return params
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// meant are braces that a sentence shows on purpose.
func meant(text string) string {
	return strings.NewReplacer("{0000}", "", "{yyyyMM}", "").Replace(text)
}

// TestEveryCodeSpeaksBothLanguages, with the same parameters in each, and
// Chinese with the signs of Chinese.
func TestEveryCodeSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	params := everyParameter()
	for _, code := range fault.Codes() {
		english, chinese := fault.Text("en-GB", code, params), fault.Text("zh-CN", code, params)
		require.NotEqual(t, string(code), english)
		require.NotContains(t, meant(english), "{", "%s has a parameter that nobody gives", code)
		require.NotContains(t, meant(chinese), "{", "%s has a parameter that nobody gives", code)
		require.ElementsMatch(t, placeholder.FindAllString(fault.Text("en", code, nil), -1), placeholder.FindAllString(fault.Text("zh", code, nil), -1), "%s says other things in each language", code)
		if code == fault.RuleBroken {
			continue // it says what its author wrote
		}
		require.True(t, strings.ContainsFunc(chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }), chinese)
		require.NotRegexp(t, `\p{Han}[,:;?!]|[,:;?!]\p{Han}`, chinese, "signs of another script")
		require.NotRegexp(t, `[a-z]+ [a-z]+`, regexp.MustCompile(`<[a-z_]+>`).ReplaceAllString(chinese, ""), "an English sentence in a Chinese one")
		require.Regexp(t, `[.]$`, english)
		require.Regexp(t, `。$`, chinese)
		require.Equal(t, english, fault.Text("fr", code, params), "English where the language is not known")
	}
	require.Contains(t, fault.Text("en", fault.DuplicateKey, fault.Params{"key": "{max}", "max": 1}), "{max}", "what a parameter says is no placeholder")
}

// TestEveryUseFillsItsSentence: wherever a fault is made with parameters that
// can be read in the source, they are those of its sentence; and each code
// that there is has a sentence and is used.
func TestEveryUseFillsItsSentence(t *testing.T) {
	t.Parallel()
	names := constants(t, "codes.go")
	known := fault.Codes()
	for name, code := range names {
		require.Contains(t, known, fault.Code(code), "fault.%s has no sentence", name)
	}
	require.Len(t, known, len(names))
	// package expr knows no faults, and has codes of its own
	expressions := constants(t, filepath.Join("..", "expr", "error.go"))
	all := maps.Clone(names)
	for name, code := range expressions {
		require.Contains(t, known, fault.Code(code), "expr.%s has no sentence", name)
		all[name] = code
	}
	used := map[string]bool{}
	for _, file := range sources(t) {
		ast.Inspect(file.syntax, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok {
				if from, ok := selector.X.(*ast.Ident); ok && from.Name == "fault" && names[selector.Sel.Name] != "" {
					used[selector.Sel.Name] = true
				}
			}
			if call, ok := node.(*ast.CallExpr); ok && !call.Ellipsis.IsValid() {
				file.check(t, all, call)
			}
			if literal, ok := node.(*ast.CompositeLit); ok {
				file.checkItem(t, all, literal)
			}
			return true
		})
	}
	for name := range names {
		if !used[name] && !slices.Contains(slices.Collect(maps.Values(expressions)), names[name]) {
			t.Errorf("fault.%s is nobody's", name)
		}
	}
}

// constants are the codes by the names of their constants in a file.
func constants(t *testing.T, file string) map[string]string {
	t.Helper()
	syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	names := map[string]string{}
	ast.Inspect(syntax, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			names[spec.Names[0].Name] = text
		}
		return true
	})
	return names
}

// source is a file of the product.
type source struct {
	name   string
	set    *token.FileSet
	syntax *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var files []source
	err := filepath.WalkDir("..", func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(at) != ".go" || strings.HasSuffix(at, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, at, nil, 0)
		files = append(files, source{name: at, set: set, syntax: syntax})
		return err
	})
	require.NoError(t, err)
	return files
}

// check reads a call whose arguments have a code among them, followed by the
// names and values of its parameters.
func (s source) check(t *testing.T, names map[string]string, call *ast.CallExpr) {
	t.Helper()
	for i, argument := range call.Args {
		code := codeOf(names, argument)
		if code == "" {
			continue
		}
		if !slices.Contains([]string{"New", "At", "wrong", "report", "fail", "failAt"}, called(call)) {
			return
		}
		given, first := fault.Params{}, i+1
		if called(call) == "failAt" {
			first += 2 // behind the code it says where
		}
		for n := first; n+1 < len(call.Args); n += 2 {
			name, ok := call.Args[n].(*ast.BasicLit)
			if !ok {
				return
			}
			text, err := strconv.Unquote(name.Value)
			require.NoError(t, err)
			given[text] = "x"
		}
		filled := meant(fault.Text("en", fault.Code(code), given))
		if called(call) != "New" || !strings.Contains(filled, "{request_id}") { // the server adds its own
			require.NotContains(t, filled, "{", "%s: %s", s.set.Position(call.Pos()), code)
		}
		return
	}
}

// checkItem reads an item that is written with its code and its parameters.
func (s source) checkItem(t *testing.T, names map[string]string, literal *ast.CompositeLit) {
	t.Helper()
	code, given := "", fault.Params{}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		switch fmt.Sprint(pair.Key) {
		case "Code":
			code = codeOf(names, pair.Value)
		case "Params":
			parameters, ok := pair.Value.(*ast.CompositeLit)
			if !ok {
				return // made elsewhere
			}
			for _, parameter := range parameters.Elts {
				text, err := strconv.Unquote(parameter.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
				require.NoError(t, err)
				given[text] = "x"
			}
		}
	}
	if code != "" {
		require.NotContains(t, meant(fault.Text("en", fault.Code(code), given)), "{", "%s: %s", s.set.Position(literal.Pos()), code)
	}
}

// codeOf is the code that an expression names, of this package or of package
// expr, or "".
func codeOf(names map[string]string, expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.SelectorExpr:
		if from, ok := e.X.(*ast.Ident); ok && from.Name == "fault" {
			return names[e.Sel.Name]
		}
	case *ast.Ident:
		if strings.HasPrefix(e.Name, "Code") {
			return names[e.Name]
		}
	}
	return ""
}

func called(call *ast.CallExpr) string {
	switch function := call.Fun.(type) {
	case *ast.SelectorExpr:
		return function.Sel.Name
	case *ast.Ident:
		return function.Name
	default:
		return ""
	}
}
