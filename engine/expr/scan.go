package expr

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The most that a text may nest: brackets, and operators one below the other.
const maxNesting = 64

// source is an expression's text, cut into tokens, and the same text with
// every number wrapped as number("…"), which keeps it exact through the parser.
type source struct {
	text    []rune
	tokens  []token
	wrapped string
}

// token is a word of the text. Offsets count code points; at is where the
// token begins in the wrapped text.
type token struct {
	kind       tokenKind
	start, end int
	at         int
}

type tokenKind uint8

const (
	wordToken tokenKind = iota
	numberToken
	textToken
	signToken
)

// The name that numbers are wrapped in.
const numberCall = "number"

// scan cuts an expression's text into tokens and refuses what is too long or
// nests too deeply before any parser sees it.
func scan(text string, length int) (*source, *Error) {
	if len(text) > 4*length || utf8.RuneCountInString(text) > length {
		return nil, &Error{Code: CodeTooCostly, End: length, Params: map[string]any{"limit": "length", "max": length}}
	}
	if !utf8.ValidString(text) {
		return nil, &Error{Code: CodeSyntax, Params: map[string]any{"near": ""}}
	}
	s := &source{text: []rune(text)}
	depth, conditions := 0, 0
	for at := s.skip(0); at < len(s.text); at = s.skip(at) {
		t := s.next(at)
		if t.end < 0 {
			return nil, s.fail(CodeSyntax, at, len(s.text), "near", string(s.text[at:min(at+12, len(s.text))]))
		}
		switch s.text[at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '?':
			conditions++
		}
		if max(depth, conditions) > maxNesting {
			return nil, s.fail(CodeTooCostly, t.start, t.end, "limit", "nesting", "max", maxNesting)
		}
		s.tokens = append(s.tokens, t)
		at = t.end
	}
	s.wrap()
	return s, nil
}

// skip passes over blanks and comments.
func (s *source) skip(at int) int {
	for at < len(s.text) {
		switch {
		case strings.ContainsRune(" \t\r\n\f", s.text[at]):
			at++
		case s.has(at, "//"):
			for at < len(s.text) && s.text[at] != '\n' {
				at++
			}
		default:
			return at
		}
	}
	return at
}

// next reads the token at an offset; its end is negative when it has none.
func (s *source) next(at int) token {
	c := s.text[at]
	switch {
	case c == '"' || c == '\'':
		return token{kind: textToken, start: at, end: s.quoted(at, false)}
	case isDigit(c) || c == '.' && at+1 < len(s.text) && isDigit(s.text[at+1]):
		return token{kind: numberToken, start: at, end: s.number(at)}
	case isWord(c):
		end := s.while(at, func(c rune) bool { return isWord(c) || isDigit(c) })
		prefix := strings.ToLower(string(s.text[at:min(end, at+3)]))
		if end < len(s.text) && (s.text[end] == '"' || s.text[end] == '\'') && slices.Contains([]string{"r", "b", "br", "rb"}, prefix) {
			return token{kind: textToken, start: at, end: s.quoted(end, strings.Contains(prefix, "r"))}
		}
		return token{kind: wordToken, start: at, end: end}
	}
	for _, pair := range []string{"==", "!=", "<=", ">=", "&&", "||"} {
		if s.has(at, pair) {
			return token{kind: signToken, start: at, end: at + 2}
		}
	}
	return token{kind: signToken, start: at, end: at + 1}
}

// quoted finds the end of a quoted text, negative when it has none.
func (s *source) quoted(at int, raw bool) int {
	quote := string(s.text[at])
	long := s.has(at, strings.Repeat(quote, 3))
	if long {
		quote = strings.Repeat(quote, 3)
	}
	for at += len(quote); at < len(s.text); at++ {
		switch {
		case s.has(at, quote):
			return at + len(quote)
		case s.text[at] == '\\' && !raw:
			at++
		case !long && (s.text[at] == '\n' || s.text[at] == '\r'):
			return -1
		}
	}
	return -1
}

// number finds the end of a number: digits, a fraction, an exponent.
func (s *source) number(at int) int {
	at = s.while(at, isDigit)
	if at+1 < len(s.text) && s.text[at] == '.' && isDigit(s.text[at+1]) {
		at = s.while(at+1, isDigit)
	}
	if at < len(s.text) && (s.text[at] == 'e' || s.text[at] == 'E') {
		exponent := at + 1
		if exponent < len(s.text) && (s.text[exponent] == '+' || s.text[exponent] == '-') {
			exponent++
		}
		if end := s.while(exponent, isDigit); end > exponent {
			return end
		}
	}
	return at
}

// wrap writes the text for the parser.
func (s *source) wrap() {
	var b strings.Builder
	last, length := 0, 0
	put := func(text string) {
		b.WriteString(text)
		length += utf8.RuneCountInString(text)
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		put(string(s.text[last:t.start]))
		t.at = length
		if text := string(s.text[t.start:t.end]); t.kind == numberToken {
			put(numberCall + `("` + text + `")`)
		} else {
			put(text)
		}
		last = t.end
	}
	put(string(s.text[last:]))
	s.wrapped = b.String()
}

// token finds the token that covers an offset of the wrapped text, as its
// index; past the last token it is len(s.tokens).
func (s *source) token(wrapped int) int {
	i, found := slices.BinarySearchFunc(s.tokens, wrapped, func(t token, at int) int { return t.at - at })
	if !found {
		i--
	}
	if i < 0 || i == len(s.tokens)-1 && wrapped >= s.tokens[i].at+s.tokens[i].width() {
		return len(s.tokens)
	}
	return i
}

// width is the token's length in the wrapped text.
func (t token) width() int {
	if t.kind == numberToken {
		return t.end - t.start + len(numberCall+`("")`)
	}
	return t.end - t.start
}

// failAt makes an error about the tokens from first to last, by their indexes.
func (s *source) failAt(code string, first, last int, pairs ...any) *Error {
	if first >= len(s.tokens) {
		return s.fail(code, len(s.text), len(s.text), pairs...)
	}
	return s.fail(code, s.tokens[first].start, s.tokens[min(last, len(s.tokens)-1)].end, pairs...)
}

// fail makes an error about a stretch of the text; pairs are its parameters.
func (s *source) fail(code string, start, end int, pairs ...any) *Error {
	e := &Error{Code: code, Params: map[string]any{}}
	e.Position = len(utf16.Encode(s.text[:start]))
	e.End = e.Position + len(utf16.Encode(s.text[start:end]))
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Params[fmt.Sprint(pairs[i])] = short(pairs[i+1])
	}
	return e
}

// short cuts what somebody wrote to a length fit for a message.
func short(param any) any {
	text, ok := param.(string)
	if runes := []rune(text); ok && len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return param
}

// word is the text of a token, empty past the last.
func (s *source) word(index int) string {
	if index < 0 || index >= len(s.tokens) {
		return ""
	}
	return string(s.text[s.tokens[index].start:s.tokens[index].end])
}

func (s *source) while(at int, is func(rune) bool) int {
	for at < len(s.text) && is(s.text[at]) {
		at++
	}
	return at
}

func (s *source) has(at int, text string) bool {
	for i, c := range []byte(text) {
		if at+i >= len(s.text) || s.text[at+i] != rune(c) {
			return false
		}
	}
	return true
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isWord(c rune) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// Quote writes a text as a literal of the language.
func Quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
