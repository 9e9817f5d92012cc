// Package fault is the one error type that a person may see: a code from a
// documented list, its parameters, and for each wrong value a JSON Pointer.
// Any other error is internal: it is logged, and its text is never shown.
// Start with Fault; codes.go lists the codes with their texts.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code names a kind of fault; lower snake_case, stable, part of the API.
type Code string

// Params fill the {placeholders} of a code's text.
type Params map[string]any

// Item is one wrong value inside a request: where it is (a JSON Pointer that
// begins at the record or the definition), and what is wrong with it.
type Item struct {
	Pointer string
	Code    Code
	Params  Params
}

// Fault is an error with a code that a person may see.
type Fault struct {
	Code   Code
	Params Params
	Items  []Item
	cause  error
}

// New makes a fault; pairs are the names and values of its text's parameters.
func New(code Code, pairs ...any) *Fault {
	return &Fault{Code: code, Params: params(pairs)}
}

// At adds one wrong value to the fault and returns it.
func (f *Fault) At(pointer string, code Code, pairs ...any) *Fault {
	f.Items = append(f.Items, Item{Pointer: pointer, Code: code, Params: params(pairs)})
	return f
}

// Because keeps the cause for the log; it is never shown.
func (f *Fault) Because(cause error) *Fault {
	f.cause = cause
	return f
}

// OrNil returns nil when no wrong value was added, so that faults can be
// gathered first and returned once.
func (f *Fault) OrNil() error {
	if f == nil || len(f.Items) == 0 {
		return nil
	}
	return f
}

// Pointer is the JSON Pointer (RFC 6901) of what lies at the end of a way of
// names. Names that the product has checked may also be written out.
func Pointer(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}

// Within puts prefix before the pointer of every item.
func (f *Fault) Within(prefix string) *Fault {
	for i := range f.Items {
		f.Items[i].Pointer = prefix + f.Items[i].Pointer
	}
	return f
}

// Error is the text for logs: the code, its parameters and its pointers.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(string(f.Code))
	if len(f.Params) > 0 {
		fmt.Fprintf(&b, " %v", map[string]any(f.Params))
	}
	for _, item := range f.Items {
		fmt.Fprintf(&b, "; %s %s", item.Pointer, item.Code)
		if len(item.Params) > 0 {
			fmt.Fprintf(&b, " %v", map[string]any(item.Params))
		}
	}
	if f.cause != nil {
		fmt.Fprintf(&b, ": %v", f.cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// As finds the fault in err, or nil when err is an internal error.
func As(err error) *Fault {
	f, _ := errors.AsType[*Fault](err)
	return f
}

// Is reports whether err is a fault with this code.
func Is(err error, code Code) bool {
	f := As(err)
	return f != nil && f.Code == code
}

func params(pairs []any) Params {
	if len(pairs) == 0 {
		return nil
	}
	p := make(Params, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		p[fmt.Sprint(pairs[i])] = short(pairs[i+1])
	}
	return p
}

// maxParam is how many bytes of a text a fault repeats at most, so that the
// answer to what is too long is short.
const maxParam = 500

func short(param any) any {
	text, ok := param.(string)
	if !ok || len(text) <= maxParam {
		return param
	}
	return strings.ToValidUTF8(text[:maxParam], "") + "…"
}

// Has reports whether the fault has an item at the pointer.
func (f *Fault) Has(pointer string) bool {
	for _, item := range f.Items {
		if item.Pointer == pointer {
			return true
		}
	}
	return false
}
