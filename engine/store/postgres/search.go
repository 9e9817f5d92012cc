package postgres

import (
	"strings"

	"github.com/trellis-crm/trellis/engine/search"
)

// Finds compares what the index of sys_search is made of.
func (*Dialect) Finds() string {
	return `array_to_tsvector(string_to_array(btrim(e."tokens"), ' ')) @@ ?::text::tsquery`
}

// Sought writes the words as a tsquery.
func (*Dialect) Sought(words []search.Word) string {
	return search.Render(words, " & ", " | ", func(term search.Term) string {
		lexeme := "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(term.Token) + "'"
		if term.Prefix {
			lexeme += ":*"
		}
		return lexeme
	})
}

// Position is PostgreSQL's strpos.
func (*Dialect) Position(text, part string) string { return "strpos(" + text + ", " + part + ")" }
