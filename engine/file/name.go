package file

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how many bytes a name may have; what file systems take.
const maxName = 255

// cleanName is what is kept of the name that a file came with: the last part of
// a path, without what cannot be seen or turns the rest around.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.C, r) && r != '\u200c' && r != '\u200d' || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if strings.Trim(name, "./ ") == "" {
		return "file"
	}
	return shortened(name)
}

// shortened keeps the ending of a name that is too long.
func shortened(name string) string {
	if len(name) <= maxName {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > 20 {
		ending = ""
	}
	stem := name[:maxName-len(ending)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return stem + ending
}
