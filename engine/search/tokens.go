package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The bounds of what one text adds to the index.
const (
	maxToken  = 40   // bytes of a token
	maxTokens = 1000 // tokens of a text; what stands behind them is not found
	maxSpoken = 32   // characters of a text that are found by their pinyin
	maxName   = 4    // characters of a run that are found one by one by their pinyin
)

// The first characters of tokens that are no words.
const (
	wholeMark = "=" // a text from its beginning
	tailMark  = "~" // the digits of a text from its end
)

// minTail is how many digits the tail of a number has at least.
const minTail = 4

// Tokens are what a text is found by, each once, in a stable order: its words,
// pairs of characters where words have no spaces between them, their pinyin
// and its initials, the text as a whole, and, of a number, its digits from the
// end.
func Tokens(text string, number bool) []string {
	folded := Fold(text)
	list := parts(folded)
	if len(list) == 0 {
		return nil
	}
	tokens := []string{cut(whole(list))}
	spoken := 0
	for _, p := range list {
		if len(tokens) > maxTokens {
			break
		}
		if !p.ideographic {
			tokens = append(tokens, cut(string(p.text)))
			continue
		}
		tokens = appendPairs(tokens, p.text)
		if n := min(len(p.text), maxSpoken-spoken); n > 0 {
			tokens = appendSpoken(tokens, p.text[:n])
			spoken += n
		}
	}
	if number {
		if tail := digits(folded); len(tail) >= minTail {
			tokens = append(tokens, tailMark+reversed(tail))
		}
	}
	slices.Sort(tokens)
	tokens = slices.Compact(tokens)
	return tokens[:min(len(tokens), maxTokens)]
}

// appendPairs adds each pair of neighbours, and the last character by itself:
// a single one is found as the beginning of a pair.
func appendPairs(tokens []string, run []rune) []string {
	for i := range run {
		tokens = append(tokens, string(run[i:min(i+2, len(run))]))
	}
	return tokens
}

// whole is a text in the one form in which equal ones are equal.
func whole(list []part) string {
	var b strings.Builder
	b.WriteString(wholeMark)
	for i, p := range list {
		if i > 0 {
			b.WriteByte('_')
		}
		b.WriteString(string(p.text))
		if b.Len() > maxToken {
			break
		}
	}
	return b.String()
}

// cut shortens a token to its bound, between two characters.
func cut(token string) string {
	if len(token) <= maxToken {
		return token
	}
	end := maxToken
	for !utf8.RuneStart(token[end]) {
		end--
	}
	return token[:end]
}

func digits(folded string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, folded[:min(len(folded), maxToken)])
}

func reversed(digits string) string {
	bytes := []byte(digits)
	slices.Reverse(bytes)
	return string(bytes)
}
