package engine_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// word is one row of the glossary: a thing's only name, and the names it must
// not go by. A name that is another row's own word, or that the glossary gives
// to a use of the thing, is left out.
type word struct {
	name  string
	never []string
}

// glossary is the words of README.md, as a table. Any name of a system table,
// an API path or an exported Go type is made of words, and none of them may be
// one that another word already says.
var glossary = []word{
	{"object", []string{"entity", "module", "model", "doctype"}},
	{"field", []string{"column", "attribute"}},
	{"record", []string{"row", "item", "document"}},
	{"form", []string{"layout", "page"}},
	{"view", []string{"list", "table"}},
	{"layer", nil},
	{"app", []string{"workspace"}},
	{"definition", []string{"schema", "config"}},
	{"calendar", nil},
	{"catalog", []string{"registry", "cache"}},
	{"revision", nil},
	{"kind", []string{"type", "driver"}},
	{"expression", nil},
	{"query", nil},
	{"actor", []string{"principal", "subject"}},
	{"role", []string{"permission", "acl"}},
	{"grant", nil},
	{"scope", nil},
	{"ability", nil},
	{"share", nil},
	{"change", []string{"audit", "log"}},
	{"event", []string{"hook", "signal"}},
	{"organisation", []string{"company", "tenant"}},
	{"job", nil},
	{"workflow", []string{"automation", "flow"}},
	{"trigger", nil},
	{"step", nil},
	{"run", nil},
	{"approval", []string{"process", "instance", "ticket"}},
	{"pool", []string{"queue"}},
	{"message", nil},
	{"template", []string{"package"}},
	{"extension", nil},
	{"plugin", []string{"addon"}},
	{"fault", []string{"exception"}},
}

// otherwise lists where such a word means something else, and what: in one
// name, or in all names of a package and of what lies below it.
var otherwise = []struct{ where, word, meaning string }{
	{"engine/store", "table", "a table of the database, of records or of the system"},
	{"engine/store", "row", "a row of such a table"},
	{"engine.Config", "config", "the settings the program starts with"},
	{"engine/store.Config", "config", "the settings a database is opened with"},
	{"engine/job.Config", "config", "the settings of the workers"},
	{"engine/job.Queue", "queue", "the jobs that wait, which is no pool of records"},
	{"engine/field.Column", "column", "where in a table a field's value is kept"},
	{"engine/field.ColumnType", "column", "where in a table a field's value is kept"},
	{"engine/field.ColumnType", "type", "what the database calls it"},
	{"engine/expr.Type", "type", "the type of an expression's value"},
	{"engine/expr.Column", "column", "where an expression in SQL finds a value"},
	{"engine/expr.Schema", "schema", "the names an expression may use, with their types"},
	{"engine/calendar.Exception", "exception", "what holds on some days in place of the week's hours"},
	{"engine/fault.Item", "item", "one wrong value that a fault tells of"},
	{"engine/kind.Registry", "registry", "the kinds of one extension point by name, not definitions"},
	{"engine/metadata.AppItem", "item", "one entry of an app's navigation"},
	{"engine/metadata.Schemas", "schema", "the JSON Schemas that govern definitions"},
	{"engine/record.Page", "page", "a part of a long answer"},
	{"engine/transfer", "column", "a column of a person's file"},
	{"engine/transfer", "row", "a row of a person's file"},
	{"sys_import_row", "row", "a row of the file that is imported, not yet a record"},
	{"engine/audit.Log", "log", "the audit log: what was done that concerns security"},
	{"sys_audit_end", "audit", "where the audit log begins and ends"},
	{"sys_audit", "audit", "acts that are not changes of a record, such as a sign-in"},
}

// TestOneThingHasOneName compares the names people meet with the glossary.
func TestOneThingHasOneName(t *testing.T) {
	t.Parallel()

	wordOf := map[string]string{}
	for _, word := range glossary {
		for _, never := range word.never {
			wordOf[never] = word.name
		}
	}
	used := make([]bool, len(otherwise))
	for _, name := range slices.Concat(typeNames(t), apiPaths(t), tableNames(t)) {
		for _, part := range parts(name) {
			word, wrong := wordOf[part]
			for i, exception := range otherwise {
				in := name == exception.where || strings.HasPrefix(name, exception.where+".") || within(name, exception.where)
				if in && part == exception.word {
					wrong, used[i] = false, true
				}
			}
			if wrong {
				t.Errorf("%s: the glossary says %q for %q", name, word, part)
			}
		}
	}
	for i, exception := range otherwise {
		if !used[i] {
			t.Errorf("no %q in %s any more; take it out of otherwise", exception.word, exception.where)
		}
	}
}

// TestREADMEHasTheGlossary keeps what people read and what is checked together.
func TestREADMEHasTheGlossary(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	readme := strings.ToLower(string(text))
	for _, word := range glossary {
		line := regexp.MustCompile(`(?m)^\|[^|]*\b` + word.name + `\b[^|]*\|.*$`).FindString(readme)
		require.NotEmpty(t, line, "README.md does not explain %q", word.name)
		for _, never := range word.never {
			require.Contains(t, line, never, "README.md, row %q", word.name)
		}
	}
}

// TestMigrationsAreTheSameOnBothDatabases compares the names of the files; what
// they make is compared where they are run.
func TestMigrationsAreTheSameOnBothDatabases(t *testing.T) {
	t.Parallel()

	require.Equal(t, migrations(t, "postgres"), migrations(t, "sqlite"))
}

func migrations(t *testing.T, dialect string) []string {
	t.Helper()

	files, err := filepath.Glob("../migrations/" + dialect + "/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		files[i] = filepath.Base(file)
		require.Regexp(t, `^\d{4}_[a-z_]+\.sql$`, files[i])
	}
	return files
}

// typeNames lists the engine's exported types, as "engine/field.Column".
func typeNames(t *testing.T) []string {
	t.Helper()

	var names []string
	for _, file := range goFiles(t) {
		if file.test || !within(file.dir, "engine") {
			continue
		}
		ast.Inspect(file.syntax, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				names = append(names, file.dir+"."+spec.Name.Name)
			}
			return true
		})
	}
	return names
}

// apiPaths lists the string literals of engine/api that look like a route.
func apiPaths(t *testing.T) []string {
	t.Helper()

	route := regexp.MustCompile(`^(/[a-z_.:+*{}]+)+$`)
	var paths []string
	for _, file := range goFiles(t) {
		if file.test || file.dir != "engine/api" {
			continue
		}
		for _, text := range file.strings() {
			if route.MatchString(text) {
				paths = append(paths, text)
			}
		}
	}
	return paths
}

// tableNames lists the tables that the migrations make, all of which begin
// with sys_: what people define never comes from a migration.
func tableNames(t *testing.T) []string {
	t.Helper()

	create := regexp.MustCompile(`(?i)create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(\w+)`)
	files, err := filepath.Glob("../migrations/*/*.sql")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range create.FindAllStringSubmatch(string(text), -1) {
			require.True(t, strings.HasPrefix(match[1], "sys_"), "%s makes %s", file, match[1])
			names = append(names, match[1])
		}
	}
	return names
}

// parts splits a name, of a type without its package, into its words in lower
// case and in the singular.
func parts(name string) []string {
	if _, after, qualified := strings.Cut(name, "."); qualified && !strings.HasPrefix(name, "/") {
		name = after
	}
	words := regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+`).FindAllString(name, -1)
	for i, word := range words {
		word = strings.ToLower(word)
		if stem, plural := strings.CutSuffix(word, "ies"); plural {
			word = stem + "y"
		} else if !strings.HasSuffix(word, "ss") {
			word = strings.TrimSuffix(word, "s")
		}
		words[i] = word
	}
	return words
}
