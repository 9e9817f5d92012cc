package query

import (
	"errors"

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
