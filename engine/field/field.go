// Package field holds the field kinds: what a value of each is, how it is
// read from JSON and from a spreadsheet, written again, and kept. A kind is
// one file here, one schema in schemas/fields and one line in kinds.go.
// It knows nothing of records, rights or databases. Start with Kind.
package field

import (
	"regexp"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/kind"
)

// Kind is a variety of field. Its methods are never given a null: empty text,
// an empty set and null are one value, and the record service handles it.
type Kind interface {
	kind.Kind

	// Type is what an expression sees.
	Type(f *Field) expr.Type
	// Column is where the value is kept.
	Column(f *Field) Column
	// Order says how records are sorted by such a field.
	Order() Order
	// Parse reads a decoded JSON value (numbers as json.Number) and judges it
	// by the field's settings. The item has no pointer yet.
	Parse(f *Field, wire any) (expr.Value, *fault.Item)
	// ParseText reads what a spreadsheet's cell says.
	ParseText(f *Field, text string, in Locale) (expr.Value, *fault.Item)
	// Text writes a value so that ParseText reads the same value again.
	Text(f *Field, v expr.Value, in Locale) string
	// AppendJSON writes a value as it goes over the wire.
	AppendJSON(dst []byte, f *Field, v expr.Value) []byte
	// Check judges the settings of one field of this kind; the items' pointers
	// begin at the field's definition.
	Check(f *Field) []fault.Item
	// Schema is the JSON Schema 2020-12 of a value.
	Schema(f *Field) map[string]any
}

// Composite is a kind whose value is kept in two or more columns.
type Composite interface {
	Kind
	// Parts are the columns. The first is Column, by which records are
	// filtered, sorted and counted.
	Parts(f *Field) []Column
	// Split gives what each part keeps of a value; nulls of none.
	Split(f *Field, v expr.Value) []expr.Value
	// Join gives the value that the parts keep, or null.
	Join(f *Field, parts []expr.Value) expr.Value
	// Plain is what an expression sees of a value: what the first part keeps.
	Plain(v expr.Value) expr.Value
}

// Worded is a kind of which expressions read something else than its column
// keeps, such as rich text without its marks.
type Worded interface {
	Kind
	// Plain is what an expression sees of a value.
	Plain(v expr.Value) expr.Value
	// PlainSQL is the same of a column, as a call that every database has.
	PlainSQL(column string) string
}

// Order is how records are sorted by a field.
type Order uint8

// The ways to sort.
const (
	Unsorted  Order = iota // a query that sorts by it is refused
	ByValue                // by the column itself
	ByKey                  // by the stored collation key beside it
	ByOption               // by the order of the options
	ByDisplay              // by the display value of the record it points to
)

// Locale is the reader's language and time zone.
type Locale struct {
	Language string
	Zone     *time.Location
}

// Label is a text in the template's language and in others.
type Label struct {
	Base  string
	Other map[string]string
}

// In gives the label in a language, or else in the template's own.
func (l Label) In(language string) string {
	if text, ok := l.Other[language]; ok {
		return text
	}
	return l.Base
}

// Field is one field of an object with its settings.
type Field struct {
	Name        string
	Kind        Kind
	Title       Label
	Description Label

	System    bool // kept by the engine: readable by all, written by nobody
	Required  bool
	Writable  bool
	Sensitive bool
	Unique    bool
	Index     bool
	Search    bool
	Sort      bool

	Default   expr.Value
	Options   *Options
	OptionSet string
	DependsOn string // the field whose value says which options are offered
	Since     string // of an instant: the field that has had its value since then
	Target    string
	Targets   []string // of a link: the objects that it may point to
	Anything  bool     // of a link: it may point to every object
	Pairs     string   // of lookups: the table that keeps them, and no column
	Lines     *Lines   // of lines: the records that they are, and no column
	Files     *Files   // of files: which it takes
	OnDelete  string   // setNull, restrict or cascade

	MinLength  int
	MaxLength  int
	MaxBytes   int // of a text in an index, which could not hold more; or 0
	Pattern    *regexp.Regexp
	Template   string // of an autonumber
	Minimum    *Limit
	Maximum    *Limit
	MultipleOf *decimal.Decimal
	Decimals   int
	Region     string    // of phone numbers written without a country
	Currency   string    // of amounts written without one
	Computed   *Computed // nil of a field that is entered

	member  []byte // how the field begins in a JSON object
	columns []Column
}

// Limit is a bound of a number or a date.
type Limit struct {
	Value     expr.Value
	Exclusive bool
}

// SortColumn is the name of the stored collation key beside a text.
func (f *Field) SortColumn() string { return f.Name + "__sort" }

// HasSortColumn tells whether the field keeps a collation key.
func (f *Field) HasSortColumn() bool { return f.Kind.Order() == ByKey && f.Sort && !f.IsVirtual() }

// Sortable tells whether records may be sorted by the field.
func (f *Field) Sortable() bool { return f.Kind.Order() != Unsorted && f.Sort }

// Matchable reports whether records can be found by an equal value of the field:
// it is kept whole in one column.
func (f *Field) Matchable() bool {
	_, composite := f.Kind.(Composite)
	return !composite && f.Lines == nil && f.Kind.Column(f).Type != JSON
}

// Prepare works out what the field is asked again and again. A field is
// prepared once, when its settings are complete, and does not change after.
func (f *Field) Prepare() {
	f.member = append(AppendString(nil, f.Name), ':')
	f.columns = f.list()
}

// AppendMember appends the field's name and a colon, as a member of a JSON
// object begins.
func (f *Field) AppendMember(dst []byte) []byte { return append(dst, f.member...) }

// Columns are the columns of the field, the value's first; a virtual one has
// none.
func (f *Field) Columns() []Column {
	if f.columns == nil {
		return f.list()
	}
	return f.columns
}

// Parts are the columns in which the value is read, the first that of the kind.
func (f *Field) Parts() []Column {
	if f.Pairs != "" || f.IsVirtual() {
		return []Column{f.Kind.Column(f)}
	}
	if f.HasSortColumn() {
		return f.Columns()[:len(f.Columns())-1]
	}
	return f.Columns()
}

// Split gives what each of the columns keeps of a value.
func (f *Field) Split(v expr.Value) []expr.Value {
	if composite, ok := f.Kind.(Composite); ok {
		return composite.Split(f, v)
	}
	if f.HasSortColumn() {
		return []expr.Value{v, SortKey(v)}
	}
	return []expr.Value{v}
}

// Join gives the value that the parts keep.
func (f *Field) Join(parts []expr.Value) expr.Value {
	if len(parts) == 0 {
		return nil
	}
	if composite, ok := f.Kind.(Composite); ok {
		return composite.Join(f, parts)
	}
	return parts[0]
}

// Plain is what an expression sees of a value.
func (f *Field) Plain(v expr.Value) expr.Value {
	if plainer, ok := f.Kind.(interface{ Plain(v expr.Value) expr.Value }); ok && v != nil {
		return plainer.Plain(v)
	}
	return v
}

// PlainSQL writes what an expression sees of the field's column.
func (f *Field) PlainSQL(column string) string {
	if worded, ok := f.Kind.(Worded); ok {
		return worded.PlainSQL(column)
	}
	return column
}

func (f *Field) list() []Column {
	if f.Pairs != "" || f.Lines != nil || f.IsVirtual() {
		return []Column{}
	}
	if composite, ok := f.Kind.(Composite); ok {
		return composite.Parts(f)
	}
	columns := []Column{f.Kind.Column(f)}
	if f.HasSortColumn() {
		columns = append(columns, Column{Name: f.SortColumn(), Type: Bytes})
	}
	return columns
}

// Refers lists the records that a value of the field points to.
func (f *Field) Refers(v expr.Value) []Link {
	switch v := v.(type) {
	case Link:
		return []Link{v}
	case string:
		if f.Target != "" {
			return []Link{{Object: f.Target, ID: v}}
		}
	case []string:
		if f.Target == "" {
			return nil
		}
		links := make([]Link, len(v))
		for i, id := range v {
			links[i] = Link{Object: f.Target, ID: id}
		}
		return links
	}
	return nil
}

// Links tells whether values of the field name records.
func (f *Field) Links() bool { return f.Target != "" || f.Targets != nil || f.Anything }

// IsEmpty reports whether a decoded JSON value means null.
func IsEmpty(wire any) bool {
	switch v := wire.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	default:
		return false
	}
}

// wrong makes an item without a pointer.
func wrong(code fault.Code, pairs ...any) *fault.Item {
	return &fault.New("").At("", code, pairs...).Items[0]
}
