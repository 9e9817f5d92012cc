package query

import (
	"errors"
	"strings"
	"unicode/utf16"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// addFault adds what is wrong with an expression; anything else than an error
// of the expression or a fault stays an internal error's text in no answer.
func addFault(faults *fault.Fault, pointer string, err error) {
	if e, ok := errors.AsType[*expr.Error](err); ok {
		faults.Items = append(faults.Items, metadata.ExpressionItem(pointer, e))
		return
	}
	faults.At(pointer, fault.InvalidExpression, "reason", "", "position", 0).Because(err)
}

// unknownField is the error that a name gives which is no field, at the place
// where it stands first.
func unknownField(name, source string) *expr.Error {
	at := max(strings.Index(source, name), 0)
	position := len(utf16.Encode([]rune(source[:at])))
	return &expr.Error{
		Code: string(fault.UnknownField), Position: position, End: position + len(name),
		Params: map[string]any{"field": name, "name": name},
	}
}

// lifted gives a query's fault the code of its items where they all have the
// same, so that one who sent one wrong thing reads it at once.
func lifted(faults *fault.Fault) error {
	for i, item := range faults.Items {
		if i > 0 && item.Code != faults.Items[0].Code {
			return faults
		}
	}
	if len(faults.Items) > 0 {
		faults.Code, faults.Params = faults.Items[0].Code, faults.Items[0].Params
	}
	return faults.OrNil()
}
