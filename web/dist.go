//go:build !noui

package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS //nolint:gochecknoglobals // go:embed fills package variables only

func built() fs.FS { return sub(dist, "dist") }
