//go:build noui

package web

import (
	"embed"
	"io/fs"
)

func built() fs.FS { return embed.FS{} }
