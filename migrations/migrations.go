// Package migrations holds the SQL files that make the system's own tables,
// one folder for each database with the same names in both, forward only.
// People's tables are never here: they follow from their definitions. Start
// with the files.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite gives the files for SQLite.
func SQLite() fs.FS { return folder("sqlite") }

// PostgreSQL gives the files for PostgreSQL.
func PostgreSQL() fs.FS { return folder("postgres") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the names above are valid
	}
	return sub
}
