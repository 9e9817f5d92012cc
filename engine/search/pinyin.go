package search

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// The most syllables that one token spells out, and that it abbreviates.
const (
	maxSyllables = 6
	maxInitials  = 8
)

// surnames are characters that are read in another way where they begin a
// person's name.
func surnames() map[rune]string {
	return map[rune]string{
		'单': "shan", '曾': "zeng", '仇': "qiu", '解': "xie", '查': "zha", '任': "ren", '区': "ou", '盖': "ge",
		'乐': "yue", '朴': "piao", '尉': "yu", '缪': "miao", '翟': "zhai", '覃': "qin", '冼': "xian", '长': "chang", '重': "chong",
	}
}

// syllable is how a character is read; "" for one that is not Chinese.
func syllable(r rune, arguments pinyin.Args) string {
	readings := pinyin.SinglePinyin(r, arguments)
	if len(readings) == 0 {
		return ""
	}
	return readings[0]
}

// Pinyin spells text out: each Chinese character by its syllable, what stands
// between them as it is.
func Pinyin(text string) string {
	arguments := pinyin.NewArgs()
	var b strings.Builder
	for _, r := range text {
		if s := syllable(r, arguments); s != "" {
			b.WriteString(s)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// appendSpoken adds how a run is read, from each of its characters on, in full
// and by its initials.
func appendSpoken(tokens []string, run []rune) []string {
	arguments := pinyin.NewArgs()
	syllables := make([]string, len(run))
	for i, r := range run {
		syllables[i] = syllable(r, arguments)
	}
	for i := range syllables {
		tokens = appendReading(tokens, syllables[i:])
		if len(run) <= maxName && syllables[i] != "" {
			tokens = append(tokens, syllables[i])
		}
	}
	if other := surnames()[run[0]]; other != "" && other != syllables[0] {
		syllables[0] = other
		tokens = appendReading(tokens, syllables)
		tokens = append(tokens, other)
	}
	return tokens
}

// appendReading adds syllables in full and by their initials, as far as they
// are Chinese.
func appendReading(tokens, syllables []string) []string {
	var full, initials strings.Builder
	for i, s := range syllables {
		if s == "" || i >= maxInitials {
			break
		}
		if i < maxSyllables {
			full.WriteString(s)
		}
		initials.WriteByte(s[0])
	}
	if full.Len() == 0 {
		return tokens
	}
	return append(tokens, cut(full.String()), initials.String())
}
