package sqlite

import (
	"strings"

	"github.com/trellis-crm/trellis/engine/search"
)

// Finds asks the full-text index, which the triggers of sys_search keep.
func (*Dialect) Finds() string {
	return `e."id" IN (SELECT "rowid" FROM sys_search_index WHERE sys_search_index MATCH ?)`
}

// Sought writes the words in the language of FTS5.
func (*Dialect) Sought(words []search.Word) string {
	return search.Render(words, " AND ", " OR ", func(term search.Term) string {
		text := `"` + strings.ReplaceAll(term.Token, `"`, `""`) + `"`
		if term.Prefix {
			text += " *"
		}
		return text
	})
}

// Position is SQLite's instr.
func (*Dialect) Position(text, part string) string { return "instr(" + text + ", " + part + ")" }
