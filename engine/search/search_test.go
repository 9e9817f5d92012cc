package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/search"
)

func finds(text, typed string, number bool) bool {
	tokens := search.Tokens(text, number)
	words := search.Parse(typed).Words
	return len(words) > 0 && !slices.ContainsFunc(words, func(w search.Word) bool { return !w.Found(tokens) })
}

func TestATextIsFoundByWhatPeopleTypeForIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, typed string
		number, ok  bool
	}{
		{"Anna Berg", "anna", false, true},
		{"Anna Berg", "BER", false, true},
		{"Anna Berg", "an berg", false, false},
		{"Anna Berg", "berg an", false, true},
		{"Anna Berg", "anna x", false, false},
		{"Renée Müller", "renee muller", false, true},
		{"Renee Muller", "Renée Mül", false, true},
		{"ＡＣＭＥ　Ｌｔｄ", "acme ltd", false, true},
		{"张伟", "张", false, true},
		{"张伟", "伟", false, true},
		{"张伟", "zhangw", false, true},
		{"张伟", "zhang wei", false, true},
		{"张伟", "zw", false, true},
		{"张伟", "伟张", false, false},
		{"曾国藩", "zengguo", false, true},
		{"单雄信", "shanxx", false, false},
		{"单雄信", "sxx", false, true},
		{"上海浦东发展银行", "浦东", false, true},
		{"上海浦东发展银行", "海浦东发", false, true},
		{"上海浦东发展银行", "pudongfa", false, true},
		{"上海浦东发展银行", "pdfz", false, true},
		{"上海浦东发展银行", "上浦", false, false},
		{"云图科技 Cloud9", "云图 clo", false, true},
		{"A轮融资", "a轮", false, true},
		{"+8613800138021", "8021", true, true},
		{"+8613800138021", "13800138021", true, true},
		{"+8613800138021", "138 0013 8021", true, true},
		{"+8613800138021", "+86 138-0013-8021", true, true},
		{"+8613800138021", "86138", true, true},
		{"+8613800138021", "021", true, false},
		{"+8613800138021", "3802", true, false},
		{"zhang.wei@acme.com", "zhang.wei", false, true},
		{"zhang.wei@acme.com", "acme.com", false, true},
		{"zhang.wei@acme.com", "wei@acme.c", false, true},
		{"zhang.wei@acme.com", "wei@other.com", false, false},
		{"anything", "", false, false},
		{"anything", " -- ", false, false},
	} {
		require.Equal(t, c.ok, finds(c.text, c.typed, c.number), "%q in %q", c.typed, c.text)
	}
}

func TestATextIsKnownAsAWholeAndByItsBeginning(t *testing.T) {
	t.Parallel()
	passes := search.Parse("Anna  BERG").Passes()
	tokens := search.Tokens("anna berg", false)
	longer := search.Tokens("Anna Bergström", false)
	require.True(t, passes[0][0].Found(tokens))
	require.False(t, passes[0][0].Found(longer))
	require.True(t, passes[1][0].Found(longer))
	require.False(t, passes[1][0].Found(search.Tokens("Frau Anna Berg", false)))
}

func FuzzEveryWordOfATextFindsIt(f *testing.F) {
	for _, seed := range []string{"Anna Berg", "张伟 zhang", "ｱｲｳ ß İ", "+86 138 0013 8021", "a\u0301\u0301b", "ǅ", "\xff", strings.Repeat("长", 300)} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, number bool) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		tokens := search.Tokens(text, number)
		require.True(t, slices.IsSorted(tokens))
		require.LessOrEqual(t, len(tokens), 1000)
		for _, token := range tokens {
			require.True(t, utf8.ValidString(token) && len(token) <= 48 && token != "", "%q", token)
		}
		if len(tokens) == 1000 {
			return
		}
		for word := range strings.FieldsSeq(search.Fold(text)) {
			for _, w := range search.Parse(word).Words {
				require.True(t, w.Found(tokens), "%q in %q", word, text)
			}
		}
		require.Equal(t, search.Fold(text), search.Fold(search.Fold(text)))
	})
}
