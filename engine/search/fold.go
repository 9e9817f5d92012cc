// Package search turns text into the tokens of the search index, and what a
// person typed into the tokens to look for. It knows nothing of records or
// databases. Start with Tokens and Parse.
package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Version is the number of this way to make tokens; an index that was made
// with another one has to be made anew.
const Version = 2

// Fold writes text so that what people take for the same is the same: without
// case, accents, and the difference of full and half width.
func Fold(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
		return strings.ToLower(text)
	}
	text = norm.NFKD.String(text)
	if strings.IndexFunc(text, unsettled) < 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if r == 'ß' {
			b.WriteString("ss")
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return norm.NFC.String(b.String())
}

func unsettled(r rune) bool {
	return r >= 0x80 || unicode.IsUpper(r)
}

// firstIdeographic is the first character of these scripts, below which most
// letters are.
const firstIdeographic = 0x1100

// ideographic tells the scripts that are written without spaces.
func ideographic(r rune) bool {
	return r >= firstIdeographic && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// part is a run of letters and digits of one sort.
type part struct {
	text        []rune
	ideographic bool
}

// parts are the runs of a folded text, in their order.
func parts(folded string) []part {
	var list []part
	open := false
	for _, r := range folded {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			open = false
			continue
		}
		if is := ideographic(r); !open || list[len(list)-1].ideographic != is {
			list = append(list, part{ideographic: is})
			open = true
		}
		last := &list[len(list)-1]
		last.text = append(last.text, r)
	}
	return list
}
