package field

import (
	"html"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// richtext is text with headings, lists, links and emphasis: HTML of a short
// list of elements, cleaned of everything else when it is written. Expressions
// read what it says, without the marks.
type richtext struct{ longtext }

var _ Worded = richtext{}

func (richtext) Name() string { return "richtext" }

// richPolicy allows elements without attributes, and links that lead to pages
// and mail addresses. Pictures are left out: they would tell others who reads.
//
//nolint:gochecknoglobals // immutable, and too dear to make for each value
var richPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "strong", "b", "em", "i", "u", "s",
		"ul", "ol", "li", "blockquote", "pre", "code")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
})

func (richtext) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	return parseRich(f, s)
}

func (richtext) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return parseRich(f, s)
}

var richMark = regexp.MustCompile(`</?[a-zA-Z!]`)

// parseRich cleans HTML; the lines of a text without any stay lines.
func parseRich(f *Field, s string) (expr.Value, *fault.Item) {
	if _, item := checkText(f, s); item != nil {
		return nil, item
	}
	if !richMark.MatchString(s) {
		s = strings.ReplaceAll(html.EscapeString(html.UnescapeString(s)), "\n", "<br>")
	}
	s = strings.TrimSpace(richPolicy().Sanitize(s))
	if strings.TrimSpace(expr.PlainText(s)) == "" && !strings.Contains(s, "<hr") {
		return nil, nil
	}
	return checkText(f, s)
}

func (richtext) Plain(v expr.Value) expr.Value {
	if words := expr.PlainText(asText(v)); words != "" {
		return words
	}
	return nil
}

func (richtext) PlainSQL(column string) string { return "sys_plain(" + column + ")" }

func (k richtext) Schema(f *Field) map[string]any {
	schema := k.plain.Schema(f)
	schema["contentMediaType"] = "text/html"
	return schema
}
