package field

import (
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
)

// Masker is a kind whose values can be shown in part, so that a person knows one
// again and cannot use it.
type Masker interface {
	Kind
	// Mask gives the part of a value that is shown. What is hidden makes no
	// difference to it, but for how long a telephone number is.
	Mask(text string) string
}

// Maskable reports whether the field's values can be shown in part.
func (f *Field) Maskable() bool {
	_, ok := f.Kind.(Masker)
	return ok && !f.System && f.Computed == nil
}

// Mask gives the part of a value that is shown.
func (f *Field) Mask(v expr.Value) expr.Value {
	masker, ok := f.Kind.(Masker)
	text, filled := v.(string)
	if !ok || !filled || text == "" {
		return nil
	}
	return masker.Mask(text)
}

// hiding stands for what is hidden.
const hiding = "****"

// Mask shows the first letter, of a long text the first three and the last four.
func (text) Mask(s string) string {
	letters := []rune(s)
	if len(letters) < 11 {
		return string(letters[:1]) + hiding
	}
	return string(letters[:3]) + hiding + string(letters[len(letters)-4:])
}

// Mask hides four figures before the last four, and of a short number all but
// the first two.
func (phone) Mask(s string) string {
	if len(s) < 11 {
		return s[:min(2, len(s))] + hiding
	}
	return s[:len(s)-8] + hiding + s[len(s)-4:]
}

// Mask shows the first letter of the name, and the domain.
func (email) Mask(s string) string {
	name, domain, _ := strings.Cut(s, "@")
	return string([]rune(name)[:1]) + "***@" + domain
}
