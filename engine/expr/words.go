package expr

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Some fields keep more than what an expression reads of them: rich text its
// marks, an address its parts. What is read is made by these functions, which
// the databases have as sys_plain and sys_address.

// AddressParts are the parts of an address in the order in which they are read.
func AddressParts() []string {
	return []string{"country", "region", "city", "district", "street", "postcode"}
}

// PlainText is what a rich text says: its HTML without the marks, the end of a
// paragraph as a new line. The HTML is one that was cleaned: no "<" stands
// outside a mark, no ">" inside one.
func PlainText(html string) string {
	text := richBreak.ReplaceAllString(html, "\n")
	text = richMark.ReplaceAllString(text, "")
	return strings.Trim(richEntities.Replace(text), richBlanks)
}

// AddressText is an address as one line: its parts with blanks between them.
func AddressText(document string) string {
	var parts map[string]string
	if json.Unmarshal([]byte(document), &parts) != nil {
		return ""
	}
	words := make([]string, 0, len(parts))
	for _, part := range AddressParts() {
		if parts[part] != "" {
			words = append(words, parts[part])
		}
	}
	return strings.Join(words, " ")
}

const (
	richBreaks = `<(br|hr)/?>|</(p|li|h1|h2|h3|h4|blockquote|pre)>`
	richMarks  = `<[^>]*>`
	richBlanks = " \t\n\r"
)

var (
	richBreak = regexp.MustCompile(richBreaks)
	richMark  = regexp.MustCompile(richMarks)
	//nolint:gochecknoglobals // immutable
	richEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&")
)

func sqliteWords() []SQLiteFunction {
	one := func(name string, call func(string) string) SQLiteFunction {
		return SQLiteFunction{name, 1, sqliteStrict(func(args []any) any { return normal(call(str(args[0]))) })}
	}
	return []SQLiteFunction{one("sys_plain", PlainText), one("sys_address", AddressText)}
}

func postgresWords() []string {
	plain := `regexp_replace(regexp_replace($1, '` + richBreaks + `', chr(10), 'g'), '` + richMarks + `', '', 'g')`
	for _, entity := range [][2]string{{"&lt;", "<"}, {"&gt;", ">"}, {"&#34;", `"`}, {"&#39;", "''"}, {"&amp;", "&"}} {
		plain = `replace(` + plain + `, '` + entity[0] + `', '` + entity[1] + `')`
	}
	parts := make([]string, 0, len(AddressParts()))
	for _, part := range AddressParts() {
		parts = append(parts, `$1->>'`+part+`'`)
	}
	return []string{
		postgresFunction("sys_plain(text) RETURNS text", `nullif(btrim(`+plain+`, E' \t\n\r'), '')`),
		postgresStable("sys_address(jsonb) RETURNS text", `nullif(concat_ws(' ', `+strings.Join(parts, ", ")+`), '')`),
	}
}
