// Package web carries the built web application inside the binary, and only
// that: serving it, with its headers, is the api package's work. The
// application itself is TypeScript under src; begin with src/main.tsx.
package web

import (
	"embed"
	"io/fs"
)

//go:embed unbuilt
var unbuilt embed.FS

// Files gives the application's files, index.html at the root. Without a built
// application (dist is empty, or the binary was made with the tag noui) it
// gives a single index.html that says so.
func Files() fs.FS {
	if _, err := fs.Stat(built(), "index.html"); err == nil {
		return built()
	}
	return sub(unbuilt, "unbuilt")
}

func sub(files fs.FS, dir string) fs.FS {
	s, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // dir is a constant of this package
	}
	return s
}
