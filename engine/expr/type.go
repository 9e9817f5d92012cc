package expr

import "github.com/trellis-crm/trellis/engine/calendar"

// Kind is what sort of value an expression or a field has.
type Kind uint8

// The kinds. Day is a civil date, Instant a moment, Record a reference to a
// record, whose value is the record's id; JSON any other document, its text,
// which can be compared with null only. Any is the null literal's, which goes
// with every other.
const (
	Any Kind = iota
	Bool
	Number
	Text
	Day
	Instant
	Set
	Record
	JSON
)

// String is the kind's name for people and in JSON.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case Text:
		return "text"
	case Day:
		return "date"
	case Instant:
		return "datetime"
	case Set:
		return "set"
	case Record:
		return "record"
	case JSON:
		return "json"
	default:
		return "null"
	}
}

// KindNamed finds a kind by its name; ok is false when there is none.
func KindNamed(name string) (kind Kind, ok bool) {
	for k := Any; k <= JSON; k++ {
		if k.String() == name {
			return k, true
		}
	}
	return Any, false
}

// Type is a kind, and for a reference the object that it points to.
type Type struct {
	Kind   Kind
	Object string
}

// Field is what an expression may mention of an object.
type Field struct {
	Name    string
	Type    Type
	Options []string // the codes a select or multiselect may have; nil if any
	// Below gives an option and all that lie below it in the tree of options.
	Below func(code string) []string

	object string // whose field it is
}

// Schema tells which fields objects have. The caller's own values are the
// fields of the object "user": me.region is Field("user", "region"). It finds a
// calendar by its name, the organisation's by "".
type Schema interface {
	Field(object, name string) (Field, bool)
	Calendar(name string) (*calendar.Calendar, bool)
}

// userObject is the object whose fields "me" has.
const userObject = "user"

// Use says what an expression is for, and so what it may contain.
type Use struct {
	Name    string
	Result  Kind // what it must give; Any: whatever it gives
	Prior   bool // prior.x and changed(x) are allowed
	Paths   bool // fields of referenced records (account.industry) are allowed
	Browser bool // it runs in the browser, which does not have every function
	Length  int  // the most characters that the text may have
}

// The longest texts: of what callers send, and of what definitions hold.
const (
	requestLength    = 4_000
	definitionLength = 20_000
)

// Filter is a condition that a caller sends, run as SQL.
func Filter() Use {
	return Use{Name: "filter", Result: Bool, Paths: true, Length: requestLength}
}

// Having is a condition that a caller sends on the figures of an aggregate.
func Having() Use {
	return Use{Name: "having", Result: Bool, Length: requestLength}
}

// Scope is a condition of a role on the records it opens, run as SQL and, on
// one record, in memory.
func Scope() Use {
	return Use{Name: "scope", Result: Bool, Paths: true, Length: definitionLength}
}

// Rule is a condition that a record must keep when it is written.
func Rule() Use {
	return Use{Name: "rule", Result: Bool, Prior: true, Paths: true, Length: definitionLength}
}

// Condition is a condition of a definition on the fields of one record.
func Condition() Use {
	return Use{Name: "condition", Result: Bool, Length: definitionLength}
}

// ShowIf is a condition of a form, run in the browser on what is being typed.
func ShowIf() Use {
	return Use{Name: "showIf", Result: Bool, Browser: true, Length: definitionLength}
}

// Computed is a value of the given kind, Any for whatever the expression gives.
func Computed(kind Kind) Use {
	return Use{Name: "value:" + kind.String(), Result: kind, Paths: true, Length: definitionLength}
}

// UseNamed finds a use by its name, as POST /expressions/check has it.
func UseNamed(name string) (use Use, ok bool) {
	for _, use := range []Use{Filter(), Scope(), Rule(), ShowIf()} {
		if use.Name == name {
			return use, true
		}
	}
	if name == "value" {
		return Computed(Any), true
	}
	return Use{}, false
}
