package field

import (
	"github.com/nyaruka/phonenumbers"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// phone is a telephone number, kept in E.164; a number without a country is
// read as one of the organisation's region.
type phone struct{ plain }

var _ Kind = phone{}

func (phone) Name() string { return "phone" }

func (phone) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	return parsePhone(f, s)
}

func (phone) ParseText(f *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return parsePhone(f, s)
}

func parsePhone(f *Field, s string) (expr.Value, *fault.Item) {
	if len(s) > 64 {
		return nil, wrong(fault.InvalidPhone)
	}
	number, err := phonenumbers.Parse(s, f.Region)
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		return nil, wrong(fault.InvalidPhone)
	}
	text := phonenumbers.Format(number, phonenumbers.E164)
	if text == s {
		return checkText(f, text)
	}
	if again, err := phonenumbers.Parse(text, f.Region); err != nil || phonenumbers.Format(again, phonenumbers.E164) != text {
		return nil, wrong(fault.InvalidPhone) // as zeros alone, of which each reading takes one away
	}
	return checkText(f, text)
}
