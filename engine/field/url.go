package field

import (
	neturl "net/url"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// url is a web address with http or https, so that a link made of it can
// never run as script.
type url struct{ plain }

var _ Kind = url{}

func (url) Name() string { return "url" }

func (url) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	return parseURL(f, s)
}

func (url) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	return parseURL(f, s)
}

func parseURL(f *Field, s string) (expr.Value, *fault.Item) {
	s = strings.TrimSpace(s)
	address, err := neturl.Parse(s)
	if err != nil || len(s) > 2000 || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, wrong(fault.InvalidURL)
	}
	return checkText(f, s)
}

func (k url) Schema(f *Field) map[string]any {
	schema := k.plain.Schema(f)
	schema["format"] = "uri"
	return schema
}
