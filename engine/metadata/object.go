package metadata

import (
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
)

// The system fields that every record has.
const (
	FieldID        = "id"
	FieldOwner     = "owner"
	FieldCreatedAt = "created_at"
	FieldCreatedBy = "created_by"
	FieldUpdatedAt = "updated_at"
	FieldUpdatedBy = "updated_by"
	FieldVersion   = "version"
)

// DeletedAt is the column that marks a record in the recycle bin. It is no
// field: no query can name it.
const DeletedAt = "deleted_at"

// Object is a compiled object: its fields in slots, the system fields first.
type Object struct {
	Name        string
	Title       field.Label
	Plural      field.Label
	Description field.Label
	Icon        string
	Display     string // the field by which a record is known
	RecordTypes string // the select whose options are the record types, or ""
	Fields      []*field.Field
	Rules       []Rule
	Unique      [][]string
	Indexes     [][]string // each element a field, "-field" for descending
	History     bool
	Recycle     bool
	Comments    bool
	Files       bool // beside those in fields
	Duplicates  []DuplicateRule
	Conversion  *Conversion // what its records become, or nil
	Activity    *Activity   // what its records are about, or nil
	Due         *Due        // by when something is to be done about them, or nil
	Remind      *Reminder   // when their owners are reminded of them, or nil
	Pool        *Pool       // how they wait for an owner, or nil
	// Users are the fields of any object that point to this one.
	Users []Reference
	// Formulas are the slots of the formulas that are kept, each after those
	// that it needs.
	Formulas []int
	// Feeds are the roll-ups, of any object, that sum up this one's records.
	Feeds []Reference

	slots  map[string]int
	lineOf map[string]bool // the lookups by which its records are lines
}

// Rule must hold for every record that is saved.
type Rule struct {
	Name    string
	Assert  *expr.Program
	Message field.Label
	At      []string
}

// DuplicateRule says which records are probably the same: those that match in
// every one of its fields.
type DuplicateRule struct {
	Match []DuplicateMatch
	Block bool     // a second one is refused; otherwise it has to be confirmed
	Card  []string // the fields that are told of a record that one may not see
}

// DuplicateMatch is one field of a rule: equal when AtLeast is zero, otherwise
// that similar, from 0 to 1.
type DuplicateMatch struct {
	Field   string
	AtLeast float64
}

// Key names what a rule compares, whatever becomes of it.
func (r DuplicateRule) Key() string {
	var b strings.Builder
	for i, match := range r.Match {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(match.Field)
		if match.AtLeast > 0 {
			b.WriteByte('~')
		}
	}
	return b.String()
}

// Reference is a field that points to another object.
type Reference struct {
	Object *Object
	Field  *field.Field
}

// IsLine tells whether the records of the reference are lines of what it points
// to, which go and come with it.
func (r Reference) IsLine() bool {
	return r.Object.lineOf[r.Field.Name]
}

// IsLines tells whether its records are lines of others.
func (o *Object) IsLines() bool { return len(o.lineOf) > 0 }

// Slot is the place of a field in a record's values, or -1.
func (o *Object) Slot(name string) int {
	if slot, ok := o.slots[name]; ok {
		return slot
	}
	return -1
}

// Field finds a field by its name.
func (o *Object) Field(name string) (*field.Field, bool) {
	slot, ok := o.slots[name]
	if !ok {
		return nil, false
	}
	return o.Fields[slot], true
}

// Part is one of the columns that keep the value of a composite field, beside
// the first, which goes by the field's own name.
type Part struct {
	Slot, Index int
	Column      field.Column
}

// Kind is what an expression sees.
func (p Part) Kind() expr.Kind {
	if p.Column.Type == field.Decimal {
		return expr.Number
	}
	return expr.Text
}

// Part finds a part, such as budget__currency.
func (o *Object) Part(name string) (Part, bool) {
	owner, _, ok := strings.Cut(name, expr.PartSeparator)
	slot, known := o.slots[owner]
	if !ok || !known {
		return Part{}, false
	}
	for i, column := range o.Fields[slot].Parts() {
		if i > 0 && column.Name == name {
			return Part{Slot: slot, Index: i, Column: column}, true
		}
	}
	return Part{}, false
}

// Value is what an expression sees of a field, or of a part of one, in a
// record's values.
func (o *Object) Value(values []expr.Value, name string) expr.Value {
	if slot, ok := o.slots[name]; ok {
		return o.Fields[slot].Plain(values[slot])
	}
	if part, ok := o.Part(name); ok && values[part.Slot] != nil {
		return o.Fields[part.Slot].Split(values[part.Slot])[part.Index]
	}
	return nil
}

// Owner is the slot of the field that a name is of, or is a part of; or -1.
func (o *Object) Owner(name string) int {
	if part, ok := o.Part(name); ok {
		return part.Slot
	}
	return o.Slot(name)
}

// Searchable reports whether records are found by the words of a field: it is
// a text that is marked so, or by which records are known.
func (o *Object) Searchable(f *field.Field) bool {
	return !f.IsVirtual() && (f.Search || f.Name == o.Display) && f.Kind.Type(f).Kind == expr.Text && f.Kind.Order() != field.ByOption && !f.System
}

func (o *Object) addField(f *field.Field) {
	f.Prepare()
	o.slots[f.Name] = len(o.Fields)
	o.Fields = append(o.Fields, f)
}

// keyRoom is how many bytes of text one entry of an index holds on every
// database.
const keyRoom = 2500

// boundKeys shares the room of each index among the texts in it.
func (o *Object) boundKeys() {
	keys := append(append([][]string{}, o.Unique...), o.Indexes...)
	for _, f := range o.Fields {
		if f.Unique || f.Index {
			keys = append(keys, []string{f.Name})
		}
	}
	for _, names := range keys {
		for _, name := range names {
			f, ok := o.Field(strings.TrimPrefix(name, "-"))
			if room := keyRoom / len(names); ok && (f.MaxBytes == 0 || f.MaxBytes > room) {
				f.MaxBytes = room
			}
		}
	}
}
