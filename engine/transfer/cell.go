package transfer

import "regexp"

// A spreadsheet program runs a cell that begins with one of these as a
// formula, so that an export puts an apostrophe before it, and an import takes
// one away. A text that has apostrophes there by itself gets one more, so that
// nothing is ever lost on the way out and in again.
var dangerous = regexp.MustCompile(`^'*[\s\x{0}-\x{20}\x{200b}-\x{200f}\x{feff}]*[=+\-@|%\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}\t\r]`)

var apostrophe = regexp.MustCompile(`^'+[\s\x{0}-\x{20}\x{200b}-\x{200f}\x{feff}]*[=+\-@|%\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}\t\r]`)

func escapeCell(text string) string {
	if dangerous.MatchString(text) {
		return "'" + text
	}
	return text
}

func unescapeCell(text string) string {
	if apostrophe.MatchString(text) {
		return text[1:]
	}
	return text
}
