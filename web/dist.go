//go:build !noui

package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

func built() fs.FS { return sub(dist, "dist") }
