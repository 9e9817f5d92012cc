package expr

import "fmt"

// The codes of an Error.
const (
	CodeSyntax          = "syntax"           // the text is no expression: near
	CodeUnknownField    = "unknown_field"    // field, object
	CodeUnknownFunc     = "unknown_function" // function
	CodeTypeMismatch    = "type_mismatch"    // function, types: what it was given
	CodeWrongResult     = "wrong_result"     // expected, actual
	CodeNotAllowed      = "not_allowed"      // what
	CodeTooCostly       = "too_costly"       // limit, max
	CodeUnknownOption   = "unknown_option"   // value, field
	CodeInvalidLiteral  = "invalid_literal"  // value, expected
	CodeUnknownCalendar = "unknown_calendar" // name
	CodeNoCalendar      = "no_calendar"      // the organisation has none
)

// Error is what is wrong with an expression's text and where. Position and End
// are counted in UTF-16 code units, as browsers count.
type Error struct {
	Code          string
	Position, End int
	Params        map[string]any
}

// Error is the text for logs.
func (e *Error) Error() string {
	return fmt.Sprintf("expression, at %d to %d: %s %v", e.Position, e.End, e.Code, e.Params)
}
