package duplicate

import (
	"slices"
	"strings"
	"unicode"

	"github.com/trellis-crm/trellis/engine/search"
)

// suffixes are what follows the name of a company in the languages of its
// registers; the longer ones first.
func suffixes() (joined, words []string) {
	return []string{"股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "股份公司", "分公司", "公司", "集团"},
		[]string{"ltd", "limited", "inc", "incorporated", "llc", "llp", "gmbh", "mbh", "corp", "corporation", "co", "company", "plc", "ag", "kg", "sa", "srl", "sarl", "bv", "nv", "pty", "pte", "pvt", "oy", "ab"}
}

// words are the words of a text as they are compared: folded, without
// punctuation, and without what only says that a name is a company's.
func words(text string) []string {
	joined, endings := suffixes()
	list := strings.FieldsFunc(search.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(list) > 1 && slices.Contains(endings, list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	if len(list) == 0 {
		return nil
	}
	last := &list[len(list)-1]
	for _, suffix := range joined {
		if rest, ok := strings.CutSuffix(*last, suffix); ok && rest != "" {
			*last = rest
			break
		}
	}
	return list
}

// normal is a text as it is compared for equality.
func normal(text string) string { return strings.Join(words(text), "") }

// similarity of two texts, from 0 to 1: that of Jaro and Winkler, in which the
// beginning counts more.
func similarity(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	if a == b {
		return 1
	}
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	j := jaro(x, y)
	prefix := 0
	for prefix < min(4, len(x), len(y)) && x[prefix] == y[prefix] {
		prefix++
	}
	return j + float64(prefix)*0.1*(1-j)
}

func jaro(x, y []rune) float64 {
	window := max(len(x), len(y))/2 - 1
	usedX, usedY := make([]bool, len(x)), make([]bool, len(y))
	matches := 0
	for i := range x {
		for j := max(0, i-window); j < min(len(y), i+window+1); j++ {
			if !usedY[j] && x[i] == y[j] {
				usedX[i], usedY[j] = true, true
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range x {
		if !usedX[i] {
			continue
		}
		for !usedY[j] {
			j++
		}
		if x[i] != y[j] {
			swapped++
		}
		j++
	}
	m := float64(matches)
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swapped)/2)/m) / 3
}

// sound is how a text sounds, roughly: its first letter, and its consonants by
// where they are spoken.
func sound(spelled string, length int) string {
	var b strings.Builder
	last := byte(0)
	for i, r := range spelled {
		code := consonant(r)
		if i == 0 {
			b.WriteRune(r)
		} else if code != 0 && code != last {
			b.WriteByte(code)
		}
		if code != 0 || strings.ContainsRune("aeiouy", r) {
			last = code
		}
		if b.Len() >= length {
			break
		}
	}
	return b.String()
}

func consonant(r rune) byte {
	switch r {
	case 'b', 'f', 'p', 'v':
		return '1'
	case 'c', 'g', 'j', 'k', 'q', 's', 'x', 'z':
		return '2'
	case 'd', 't':
		return '3'
	case 'l':
		return '4'
	case 'm', 'n':
		return '5'
	case 'r':
		return '6'
	default:
		return 0
	}
}
