package expr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"golang.org/x/text/cases"
	locale "golang.org/x/text/language"
)

// textFunctions read and change texts. Lengths count code points; searching
// ignores case, the same way everywhere: see fold.
func textFunctions() []Function {
	text := each(1, Text, Text)
	search := each(2, Bool, Text)
	return []Function{
		{
			Name: "len", Signatures: each(1, Number, Text, Set),
			English: "How many characters, or members; 0 when empty.", Chinese: "字符数或成员数；为空时为 0。",
			Examples: []Example{{`len("李雷")`, "2"}},
			eval:     evalLen, sql: writeLen,
		},
		{
			Name: "lower", Signatures: text,
			English: "In small letters (İ as i, ς as σ).", Chinese: "转为小写（İ 视为 i，ς 视为 σ）。",
			Examples: []Example{{`lower("ABC")`, "abc"}},
			eval:     strict1(func(a Value) Value { return fold(str(a)) }),
		},
		{
			Name: "upper", Signatures: text,
			English: "In capital letters.", Chinese: "转为大写。",
			Examples: []Example{{`upper("straße")`, "STRASSE"}},
			eval:     strict1(func(a Value) Value { return upper(str(a)) }),
		},
		{
			Name: "trim", Signatures: text,
			English: "Without blanks at both ends.", Chinese: "去掉首尾空白。",
			Examples: []Example{{`trim("  a b ")`, "a b"}},
			eval:     strict1(func(a Value) Value { return normal(strings.Trim(str(a), blanks)) }),
		},
		{
			Name: "contains", Method: true, Signatures: search, test: true,
			English: "The text has the other one in it; capitals do not matter.", Chinese: "包含另一文本，不区分大小写。",
			Examples: []Example{{`"Acme Ltd".contains("ltd")`, "true"}},
			eval:     test2(func(a, b Value) bool { return strings.Contains(fold(str(a)), fold(str(b))) }), sql: writeLogic,
		},
		{
			Name: "startsWith", Method: true, Signatures: search, test: true,
			English: "The text begins with the other one; capitals do not matter.", Chinese: "以另一文本开头，不区分大小写。",
			Examples: []Example{{`"Acme".startsWith("AC")`, "true"}},
			eval:     test2(func(a, b Value) bool { return strings.HasPrefix(fold(str(a)), fold(str(b))) }), sql: writeLogic,
		},
		{
			Name: "endsWith", Method: true, Signatures: search, test: true,
			English: "The text ends with the other one; capitals do not matter.", Chinese: "以另一文本结尾，不区分大小写。",
			Examples: []Example{{`"Acme".endsWith("ME")`, "true"}},
			eval:     test2(func(a, b Value) bool { return strings.HasSuffix(fold(str(a)), fold(str(b))) }), sql: writeLogic,
		},
		{
			Name: "domain", Signatures: text,
			English: "What stands behind the last @ of a mail address, in small letters.", Chinese: "邮箱地址中最后一个 @ 之后的部分（小写）。",
			Examples: []Example{{`domain("Li@Example.COM")`, "example.com"}},
			eval:     strict1(domain),
		},
		{
			Name: "urlencode", Signatures: text,
			English: "As a part of a web address: all but letters, digits and -._~ as %XX.", Chinese: "用作网址的一部分：除字母、数字和 -._~ 外都写成 %XX。",
			Examples: []Example{{`urlencode("李 a/b")`, "%E6%9D%8E%20a%2Fb"}},
			eval:     strict1(func(a Value) Value { return urlencode(str(a)) }),
		},
		{
			Name: "text", Signatures: each(1, Text, Bool, Number, Text, Day, Instant),
			English: "The value written out: 12.5, true, 2026-11-21.", Chinese: "把值写成文本：12.5、true、2026-11-21。",
			Examples: []Example{{`text(12.50) + " kg"`, "12.5 kg"}},
			eval:     strict1(textOf),
		},
	}
}

// blanks are what trim takes away: Unicode's white space and the byte order mark.
const blanks = "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

func str(v Value) string {
	s, _ := v.(string)
	return s
}

// fold takes away the difference between capitals and small letters. It is
// Unicode's mapping to small letters with the two cases replaced beforehand
// where evaluators differ: İ, which some make two characters, and sigma, whose
// small form depends on its place in the word.
func fold(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return strings.Map(foldRune, s)
		}
	}
	return s
}

func foldRune(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf:
		return r
	case r == 'İ':
		return 'i'
	case r == 'Σ' || r == 'ς':
		return 'σ'
	default:
		return unicode.ToLower(r)
	}
}

func upper(s string) string { return cases.Upper(locale.Und).String(s) }

func domain(a Value) Value {
	s := str(a)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return nil
	}
	return normal(fold(s[at+1:]))
}

// urlencode keeps what RFC 3986 calls unreserved.
func urlencode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("-._~", c) >= 0) {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func textOf(a Value) Value {
	switch v := wire(a).(type) {
	case bool:
		if v {
			return "true"
		}
		return "false"
	default:
		return v
	}
}

func evalLen(l *language, n *Node) evaluate {
	arg := l.closure(n.Args[0])
	return func(f *frame) Value {
		switch v := arg(f).(type) {
		case string:
			return decimal.NewFromInt(int64(utf8.RuneCountInString(v)))
		case []string:
			return decimal.NewFromInt(int64(len(v)))
		default:
			return decimal.Zero
		}
	}
}

func sqliteTexts() []SQLiteFunction {
	one := func(name string, call func(a Value) Value) SQLiteFunction {
		return SQLiteFunction{name, 1, sqliteStrict(func(args []any) any { return call(args[0]) })}
	}
	search := func(name string, call func(s, part string) bool) SQLiteFunction {
		return SQLiteFunction{name, 2, sqliteStrict(func(args []any) any {
			return sqliteBool(call(fold(str(args[0])), fold(str(args[1]))))
		})}
	}
	return []SQLiteFunction{
		{"sys_len", 1, func(args []any) any { return int64(utf8.RuneCountInString(str(args[0]))) }},
		one("sys_lower", func(a Value) Value { return fold(str(a)) }),
		one("sys_upper", func(a Value) Value { return upper(str(a)) }),
		one("sys_trim", func(a Value) Value { return normal(strings.Trim(str(a), blanks)) }),
		one("sys_domain", domain),
		one("sys_urlencode", func(a Value) Value { return urlencode(str(a)) }),
		// Numbers, days and instants are texts already; 0 and 1 are booleans.
		one("sys_text", func(a Value) Value {
			if b, ok := a.(int64); ok {
				return textOf(b != 0)
			}
			return a
		}),
		search("sys_contains", strings.Contains),
		search("sys_starts_with", strings.HasPrefix),
		search("sys_ends_with", strings.HasSuffix),
	}
}

func postgresTexts() []string {
	return []string{
		postgresFunction("sys_len(text) RETURNS bigint", `coalesce(length($1), 0)::bigint`),
		postgresFunction("sys_lower(text) RETURNS text", `lower(translate($1, 'İΣς', 'iσσ') COLLATE "und-x-icu")`),
		postgresFunction("sys_upper(text) RETURNS text", `upper($1 COLLATE "und-x-icu")`),
		postgresFunction("sys_trim(text) RETURNS text", `nullif(btrim($1, '`+blanks+`'), '')`),
		postgresFunction("sys_contains(text, text) RETURNS boolean", `strpos(sys_lower($1), sys_lower($2)) > 0`),
		postgresFunction("sys_starts_with(text, text) RETURNS boolean", `starts_with(sys_lower($1), sys_lower($2))`),
		postgresFunction("sys_ends_with(text, text) RETURNS boolean",
			`right(sys_lower($1), length(sys_lower($2))) = sys_lower($2)`),
		postgresFunction("sys_domain(text) RETURNS text",
			`CASE WHEN strpos($1, '@') > 0 THEN nullif(sys_lower(substring($1 from '[^@]*$')), '') END`),
		postgresFunction("sys_urlencode(text) RETURNS text", `(SELECT string_agg(CASE WHEN c ~ '^[A-Za-z0-9._~-]$' THEN c
			ELSE regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g') END, '' ORDER BY n)
			FROM regexp_split_to_table($1, '') WITH ORDINALITY AS t(c, n))`),
		postgresFunction("sys_text(numeric) RETURNS text", `trim_scale($1)::text`),
		postgresFunction("sys_text(boolean) RETURNS text", `CASE WHEN $1 THEN 'true' WHEN NOT $1 THEN 'false' END`),
		postgresFunction("sys_text(text) RETURNS text", `$1`),
		postgresStable("sys_text(date) RETURNS text", `to_char($1, 'YYYY-MM-DD')`),
		postgresStable("sys_text(timestamptz) RETURNS text", `to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`),
	}
}
