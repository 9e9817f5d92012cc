package search

import "strings"

// Entry is what a record is found by: the tokens of its fields, between
// blanks. The zero value is empty.
type Entry struct {
	text  strings.Builder
	count int
}

// maxEntry is how many tokens an entry has at most; what stands in later
// fields is not found.
const maxEntry = 5000

// Add adds the tokens of a field of the record's object.
func (e *Entry) Add(object, field string, tokens []string) {
	for _, token := range tokens {
		if e.count++; e.count > maxEntry {
			return
		}
		if e.text.Len() == 0 {
			e.text.WriteByte(' ')
		}
		e.text.WriteString(of(object, field, token))
		e.text.WriteByte(' ')
	}
}

// String is the text of the entry; "" when the record is found by nothing.
func (e *Entry) String() string { return e.text.String() }

// In is a word as entries have it that have it in one of some fields.
func (w Word) In(object string, fields ...string) Word {
	in := make(Word, 0, len(w)*len(fields))
	for _, field := range fields {
		for _, terms := range w {
			placed := make([]Term, len(terms))
			for i, term := range terms {
				placed[i] = Term{Token: of(object, field, term.Token), Prefix: term.Prefix}
			}
			in = append(in, placed)
		}
	}
	return in
}

func of(object, field, token string) string { return object + "." + field + "." + token }

// Render writes what an entry must have to be found: each word, by all terms of
// one of its alternatives.
func Render(words []Word, and, or string, term func(Term) string) string {
	all := make([]string, len(words))
	for i, word := range words {
		some := make([]string, len(word))
		for j, terms := range word {
			each := make([]string, len(terms))
			for k, t := range terms {
				each[k] = term(t)
			}
			some[j] = "(" + strings.Join(each, and) + ")"
		}
		all[i] = "(" + strings.Join(some, or) + ")"
	}
	return strings.Join(all, and)
}
