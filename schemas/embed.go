// Package schemas holds the JSON Schemas that govern definitions and fields,
// the table of truth of expressions, the option sets, the built-in definitions
// and the templates that ship with the product, as files inside the binary.
package schemas

import "embed"

// Files is the tree of this folder: meta/, fields/, options/, builtin/ and
// templates/.
//
//go:embed meta fields options builtin templates
var Files embed.FS
