package search

import (
	"slices"
	"strings"
)

// Query is what to look for: every word must be found, each by one of its
// alternatives.
type Query struct {
	Words []Word
	// Whole is the token of a text that is what was typed, or begins with it.
	Whole Term
}

// Word is alternatives; the terms of one belong together in one text.
type Word [][]Term

// Term is a token, or the beginning of some.
type Term struct {
	Token  string
	Prefix bool
}

// How many words of a query are looked for, and how many terms of each.
const (
	maxWords = 10
	maxTerms = 16
)

// Parse understands what was typed; its last word may be the beginning of one.
// A query without any letter or digit has no words and finds nothing.
func Parse(typed string) Query {
	folded := Fold(typed)
	list := parts(folded)
	if len(list) == 0 {
		return Query{}
	}
	query := Query{Whole: Term{Token: cut(whole(list))}}
	if number := digits(folded); isNumber(folded) && len(number) >= minTail {
		query.Words = []Word{{{tail(number)}}}
		query.Words[0] = append(query.Words[0], terms(list, true))
		return query
	}
	words := strings.Fields(folded)
	for i, text := range words[:min(len(words), maxWords)] {
		if word := parseWord(text, i == len(words)-1); word != nil {
			query.Words = append(query.Words, word)
		}
	}
	return query
}

func parseWord(text string, last bool) Word {
	list := parts(text)
	if len(list) == 0 {
		return nil
	}
	word := Word{terms(list, last)}
	if number := digits(text); isNumber(text) && len(number) >= minTail {
		word = append(word, []Term{tail(number)})
	}
	return word
}

func tail(number string) Term {
	return Term{Token: tailMark + reversed(number), Prefix: true}
}

// terms are the tokens that a text must have for the parts of a word: exact
// ones first and long ones first, because few texts have them.
func terms(list []part, last bool) []Term {
	var all []Term
	for i, p := range list {
		switch {
		case !p.ideographic:
			token := cut(string(p.text))
			all = append(all, Term{Token: token, Prefix: last && i == len(list)-1 || len(token) < len(string(p.text))})
		case len(p.text) == 1:
			all = append(all, Term{Token: string(p.text), Prefix: true})
		default:
			for at := range p.text[1:] {
				all = append(all, Term{Token: string(p.text[at : at+2])})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Term) int {
		if a.Prefix != b.Prefix {
			if a.Prefix {
				return 1
			}
			return -1
		}
		return len(b.Token) - len(a.Token)
	})
	all = slices.CompactFunc(all, func(a, b Term) bool { return a == b })
	return all[:min(len(all), maxTerms)]
}

// isNumber tells what people write telephone numbers with.
func isNumber(text string) bool {
	return strings.Trim(text, "0123456789+-()./ ") == ""
}

// Passes are the query in the order of how well a text fits: it is what was
// typed, it begins with it, it has its words.
func (q Query) Passes() [3][]Word {
	beginning := q.Whole
	beginning.Prefix = true
	return [3][]Word{{{{q.Whole}}}, {{{beginning}}}, q.Words}
}

// Found tells whether a text, by its tokens, has a word.
func (w Word) Found(tokens []string) bool {
	return slices.ContainsFunc(w, func(terms []Term) bool {
		return !slices.ContainsFunc(terms, func(t Term) bool { return !t.found(tokens) })
	})
}

func (t Term) found(tokens []string) bool {
	at, exact := slices.BinarySearch(tokens, t.Token)
	return exact || t.Prefix && at < len(tokens) && strings.HasPrefix(tokens[at], t.Token)
}
