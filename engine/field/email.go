package field

import (
	"net/mail"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// email is one mail address, its domain in lower case.
type email struct{ plain }

var _ Kind = email{}

func (email) Name() string { return "email" }

func (email) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	return parseEmail(f, s)
}

func (email) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return parseEmail(f, s)
}

func parseEmail(f *Field, s string) (expr.Value, *fault.Item) {
	s = strings.TrimSpace(s)
	address, err := mail.ParseAddress(s)
	if err != nil || address.Address != s || len(s) > 254 {
		return nil, wrong(fault.InvalidEmail)
	}
	at := strings.LastIndexByte(s, '@')
	return checkText(f, s[:at]+strings.ToLower(s[at:]))
}

func (k email) Schema(f *Field) map[string]any {
	schema := k.plain.Schema(f)
	schema["format"] = "email"
	return schema
}
