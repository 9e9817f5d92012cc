package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/trellis-crm/trellis"

// floors orders the packages of the house from the ground up: a package may
// import only packages on a lower floor. The place in the list is the number.
var floors = [][]string{
	0:  {"engine/fault", "engine/clock", "engine/kind", "engine/search", "engine/calendar", "schemas", "migrations", "web"},
	1:  {"engine/expr"},
	2:  {"engine/field"},
	3:  {"engine/metadata"},
	4:  {"engine/access"},
	5:  {"engine/query"},
	6:  {"engine/store", "engine/blob", "engine/outgoing"},
	7:  {"engine/store/row", "engine/store/postgres", "engine/store/sqlite", "engine/event", "engine/job", "engine/file"},
	8:  {"engine/audit"},
	9:  {"engine/record", "engine/store/storetest"},
	10: {"engine/catalog", "engine/delegation"},
	11: {"engine/identity", "engine/duplicate", "engine/analytics", "engine/notification", "engine/layer", "engine/pool"},
	12: {"engine/transfer", "engine/conversion", "engine/handover"},
	13: {"engine/template", "engine/sample"},
	14: {"engine/setup", "engine/backup"},
	15: {"engine/api"},
	16: {"engine"},
	17: {"engine/enginetest", "plugins", "cmd/trellis-bench/limit"},
	18: {"cmd/trellis", "cmd/trellis-bench"},
}

// quiet is the highest floor that does no input or output.
const quiet = 5

// doors names, for a thing kept behind a door, the only packages that may open
// it: each outside library has one, and so has the writing of records' rows.
// The benchmark's limit is a second, hand-written server, so it has its own.
var doors = map[string][]string{
	module + "/engine/store/row":                   {"engine/record"},
	"github.com/gofiber/fiber":                     {"engine/api", "cmd/trellis-bench/limit"},
	"github.com/valyala/fasthttp":                  {"engine/api", "cmd/trellis-bench", "cmd/trellis-bench/limit"},
	"gorm.io":                                      {"engine/store", "engine/store/row", "engine/store/postgres", "engine/store/sqlite"},
	"github.com/jackc/pgx":                         {"engine/store", "engine/store/row", "engine/store/postgres", "engine/store/storetest", "cmd/trellis-bench", "cmd/trellis-bench/limit"},
	"modernc.org/sqlite":                           {"engine/store", "engine/store/row", "engine/store/sqlite", "cmd/trellis-bench", "cmd/trellis-bench/limit"},
	"github.com/pressly/goose":                     {"engine/store", "engine/store/postgres", "engine/store/sqlite"},
	"github.com/casbin":                            {"engine/access"},
	"github.com/santhosh-tekuri/jsonschema":        {"engine/metadata"},
	"cel.dev":                                      {"engine/expr"},
	"github.com/antlr4-go":                         {"engine/expr"},
	"github.com/google/cel-go":                     {},
	"github.com/mozillazg/go-pinyin":               {"engine/search"},
	"github.com/xuri/excelize":                     {"engine/transfer"},
	"github.com/arran4/golang-ical":                {"engine/transfer"},
	"github.com/microcosm-cc/bluemonday":           {"engine/field"},
	"github.com/minio/minio-go":                    {"engine/blob"},
	"github.com/pquerna/otp":                       {"engine/identity"},
	"github.com/go-webauthn/webauthn":              {"engine/identity"},
	"github.com/boombuler/barcode":                 {"engine/identity"},
	"github.com/coreos/go-oidc":                    {"engine/identity"},
	"golang.org/x/oauth2":                          {"engine/identity"},
	"github.com/gabriel-vasile/mimetype":           {"engine/file"},
	"golang.org/x/image":                           {"engine/file"},
	"github.com/alecthomas/kong":                   {"cmd/trellis"},
	"github.com/mattn/go-sqlite3":                  {},
	"github.com/gofiber/fiber/v2/middleware/proxy": {}, // CVE-2026-45045 is mended in Fiber v3 only
}

// sizes are the limits of a Go file and of a function outside tests, in lines.
// Tests may be long where they are tables.
const (
	fileLines     = 500
	functionLines = 70
)

// oversized lists what is beyond its limit, with its lines today. An entry
// that is too high or no longer needed fails, so the list can only shrink.
var oversized = map[string]int{}

// TestImportsOnlyGoDown keeps the house standing: every package has a floor,
// and none imports a package on its own floor or above.
func TestImportsOnlyGoDown(t *testing.T) {
	t.Parallel()

	floorOf := map[string]int{}
	for number, names := range floors {
		for _, name := range names {
			floorOf[name] = number
		}
	}
	for _, file := range goFiles(t) {
		if file.test {
			continue
		}
		floor, placed := floorOf[file.dir]
		if !placed {
			t.Errorf("%s stands on no floor; add it to floors", file.dir)
			continue
		}
		for _, imported := range file.imports() {
			inner, ours := strings.CutPrefix(imported, module+"/")
			if !ours && imported != module {
				continue
			}
			if below, placed := floorOf[inner]; !placed || below >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", file.name, floor, inner, below)
			}
		}
	}
}

// TestDoorsAreKept lets each outside library, and the rows of records, be
// reached by their own packages only.
func TestDoorsAreKept(t *testing.T) {
	t.Parallel()

	for _, file := range goFiles(t) {
		if file.test {
			continue
		}
		for _, imported := range file.imports() {
			for kept, door := range doors {
				if within(imported, kept) && !slices.Contains(door, file.dir) {
					t.Errorf("%s imports %s; its door is %v", file.name, imported, door)
				}
			}
		}
	}
}

// TestTheLowerFloorsDoNoIO keeps what a definition means apart from where it
// is stored: these packages compute, and can be understood without a machine.
func TestTheLowerFloorsDoNoIO(t *testing.T) {
	t.Parallel()

	outside := []string{"os", "os/exec", "net", "net/http", "database/sql", "syscall", "io/ioutil"}
	low := slices.Concat(floors[:quiet+1]...)
	for _, file := range goFiles(t) {
		if file.test || !slices.Contains(low, file.dir) {
			continue
		}
		for _, imported := range file.imports() {
			if slices.Contains(outside, imported) {
				t.Errorf("%s imports %s; floors 0 to %d do no input or output", file.name, imported, quiet)
			}
		}
	}
}

// TestRowsAreWrittenInOnePlace finds SQL that writes to a table of people's
// records anywhere but in store/row, which only record may import. The
// system's own tables are the business of the packages that own them.
func TestRowsAreWrittenInOnePlace(t *testing.T) {
	t.Parallel()

	writes := regexp.MustCompile(`(?i)\b(?:insert\s+into|delete\s+from)\s+(\S*)|\bupdate\s+(\S+)\s+set\b`)
	for _, file := range goFiles(t) {
		if file.test || !within(file.dir, "engine") || within(file.dir, "engine/store") {
			continue
		}
		for _, text := range file.strings() {
			for _, match := range writes.FindAllStringSubmatch(text, -1) {
				if table := strings.Trim(match[1]+match[2], `"`); !strings.HasPrefix(table, "sys_") {
					t.Errorf("%s writes to %q; records are written by engine/record alone", file.name, table)
				}
			}
		}
	}
}

// TestEveryPackageIsIntroduced wants one package comment for each package: what
// it is for, what it is not for, where to start reading.
func TestEveryPackageIsIntroduced(t *testing.T) {
	t.Parallel()

	comments := map[string][]string{}
	for _, file := range goFiles(t) {
		if file.test {
			continue
		}
		comments[file.dir] = append(comments[file.dir], nil...)
		if file.syntax.Doc != nil {
			comments[file.dir] = append(comments[file.dir], file.name)
		}
	}
	for dir, names := range comments {
		if len(names) != 1 {
			t.Errorf("%s has %d package comments %v, not one", dir, len(names), names)
		}
	}
}

// TestNothingGrowsTooLong holds the limits on the tail, which is what tells a
// clear code base from a tangled one.
func TestNothingGrowsTooLong(t *testing.T) {
	t.Parallel()

	found := map[string]int{}
	for _, file := range goFiles(t) {
		if lines := file.lines(file.syntax.FileStart, file.syntax.FileEnd); lines > fileLines {
			found[file.name] = lines
		}
		if file.test {
			continue
		}
		for _, declaration := range file.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := file.lines(function.Pos(), function.End()); lines > functionLines {
				found[file.name+" "+function.Name.Name] = lines
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if found[name] != oversized[name] {
			t.Errorf("%s has %d lines, %d allowed", name, found[name], oversized[name])
		}
	}
	for name := range oversized {
		if found[name] == 0 {
			t.Errorf("%s is within its limit; take it out of oversized", name)
		}
	}
}

// goFile is one parsed Go file of the repository.
type goFile struct {
	name   string // relative to the repository
	dir    string
	test   bool
	syntax *ast.File
	set    *token.FileSet
}

// goFiles parses the whole repository. It parses rather than runs "go list",
// so that the test cache sees each file the answer depends on.
func goFiles(t *testing.T) []goFile {
	t.Helper()

	const root = ".."
	var files []goFile
	err := filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skip := strings.HasPrefix(entry.Name(), ".") && at != root; skip ||
				slices.Contains([]string{"node_modules", "testdata", "bin", "data"}, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(at) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, at, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		files = append(files, goFile{
			name: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), syntax: syntax, set: set,
		})
		return nil
	})
	require.NoError(t, err)
	return files
}

// imports lists the paths the file imports.
func (f goFile) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		paths = append(paths, unquote(spec.Path))
	}
	return paths
}

// strings lists the file's string literals, apart from its imports.
func (f goFile) strings() []string {
	var texts []string
	for _, declaration := range f.syntax.Decls {
		if general, ok := declaration.(*ast.GenDecl); ok && general.Tok == token.IMPORT {
			continue
		}
		ast.Inspect(declaration, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				texts = append(texts, unquote(literal))
			}
			return true
		})
	}
	return texts
}

func (f goFile) lines(from, to token.Pos) int {
	return f.set.Position(to).Line - f.set.Position(from).Line + 1
}

func unquote(literal *ast.BasicLit) string {
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return text
}

// within reports whether path is kept itself or lies below it.
func within(path, kept string) bool {
	return path == kept || strings.HasPrefix(path, kept+"/")
}
