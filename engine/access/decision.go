package access

import (
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Decision is what a set of roles may do with an object's records in one
// action: pairs of rows and fields. A cell is permitted if and only if one
// single pair holds both its row and its field.
type Decision struct {
	Object   *metadata.Object
	Action   string
	RoleSet  string
	Rights   string // of the actor: of two with the same it says the same
	Limited  bool   // his key is limited to other objects or actions
	Pairs    []Pair
	Restrict []Restriction // rows that no pair covers, whatever it says
	Shares   bool          // it counts the records that were shared
}

// Pair is rows, those of any of its ways, and the fields permitted in them.
type Pair struct {
	Ways   []Way
	Fields Fields
}

// Way is how one grant reaches rows: by its scope, or, where the decision counts
// shares, because they were shared. Its conditions must all hold; a way by scope
// without any covers every row.
type Way struct {
	From       Source
	Shared     *Shared // nil for a way by scope
	Conditions []Condition
}

// Restriction is rows that no grant covers.
type Restriction struct {
	From  Source
	Where *expr.Program
}

// Source is the place of a grant or a restriction: a role, and which of its list
// it is. The rights of an administrator come from no grant, -1.
type Source struct {
	Role  string
	Index int
}

// Fields is a set of an object's fields, by slot.
type Fields []bool

// Has reports whether the field in slot is in the set.
func (f Fields) Has(slot int) bool { return slot >= 0 && slot < len(f) && f[slot] }

// With is both sets.
func (f Fields) With(other Fields) Fields {
	both := make(Fields, max(len(f), len(other)))
	for slot := range both {
		both[slot] = f.Has(slot) || other.Has(slot)
	}
	return both
}

func (f Fields) equal(other Fields) bool {
	for i := range f {
		if f[i] != other[i] {
			return false
		}
	}
	return true
}

// Everywhere reports whether the pair covers every row.
func (p Pair) Everywhere() bool {
	return slices.ContainsFunc(p.Ways, func(way Way) bool { return way.Shared == nil && len(way.Conditions) == 0 })
}

// administrator permits every row and every field.
func administrator(d *Decision) *Decision {
	d.Restrict = nil
	if d.Action == Mask {
		d.Pairs = nil
		return d
	}
	fields := make(Fields, len(d.Object.Fields))
	for slot := range fields {
		fields[slot] = true
	}
	d.Pairs = []Pair{{Ways: []Way{{From: Source{Role: metadata.RoleAdmin, Index: -1}}}, Fields: fields}}
	return d
}

func (p *Policy) addGrants(d *Decision, role *metadata.Role, roles []*metadata.Role) error {
	for i, grant := range role.Grants {
		if !covers(grant, d.Object.Name, granted(d.Action)) || grant.Scope.Name == metadata.ScopeNone || d.Action == Mask && grant.Mask == nil {
			continue
		}
		fields := grantFields(d.Object, grant, d.Action)
		strict(d.Object, fields, d.Action, roles, p.catalog)
		from := Source{Role: role.Name, Index: i}
		if grant.Scope.Name != metadata.ScopeShared {
			conditions, err := p.conditions(grant, d.Object.Name)
			if err != nil {
				return err
			}
			d.add(Way{From: from, Conditions: conditions}, fields)
		}
		if !d.Shares {
			continue
		}
		through, err := p.through(roles, role.Name)
		if err != nil {
			return fmt.Errorf("find who inherits role %s: %w", role.Name, err)
		}
		d.add(Way{From: from, Shared: &Shared{Action: granted(d.Action), Roles: through}, Conditions: states(grant)}, fields)
	}
	return nil
}

func covers(grant metadata.Grant, object, action string) bool {
	if grant.Object != "*" && grant.Object != object {
		return false
	}
	return slices.Contains(grant.Actions, action)
}

// add puts a way to rows and their fields into the decision; pairs of equal
// fields are one.
func (d *Decision) add(way Way, fields Fields) {
	for i := range d.Pairs {
		if d.Pairs[i].Fields.equal(fields) {
			d.Pairs[i].Ways = append(d.Pairs[i].Ways, way)
			return
		}
	}
	d.Pairs = append(d.Pairs, Pair{Ways: []Way{way}, Fields: fields})
}

// grantFields are the fields a grant permits for an action. System fields are
// always readable and never written; owner is written only where it is named.
func grantFields(object *metadata.Object, grant metadata.Grant, action string) Fields {
	fields := make(Fields, len(object.Fields))
	for slot, f := range object.Fields {
		switch {
		case action == Mask:
			fields[slot] = f.Maskable() && metadata.Names(grant.Mask, f)
		case action == Read:
			fields[slot] = f.System || f.Name == metadata.FieldOwner || metadata.Covers(orAll(grant.Read), f) && !metadata.Names(grant.Mask, f)
		case f.Name == metadata.FieldOwner:
			fields[slot] = metadata.Names(grant.Update, f)
		case f.System || action == Delete:
			fields[slot] = false
		default:
			fields[slot] = metadata.Covers(orAll(grant.Update), f)
		}
	}
	return fields
}

func orAll(list []string) []string {
	if list == nil {
		return []string{"*"}
	}
	return list
}

// Unrestricted reports whether the decision permits every row.
func (d *Decision) Unrestricted() bool {
	return len(d.Restrict) == 0 && slices.ContainsFunc(d.Pairs, Pair.Everywhere)
}

// Nothing reports whether the decision permits no row at all.
func (d *Decision) Nothing() bool { return len(d.Pairs) == 0 }

// Ever reports whether the field in slot is permitted in any row.
func (d *Decision) Ever(slot int) bool {
	for _, pair := range d.Pairs {
		if pair.Fields.Has(slot) {
			return true
		}
	}
	return false
}

// Always reports whether the field in slot is permitted in every row that the
// decision permits.
func (d *Decision) Always(slot int) bool {
	for _, pair := range d.Pairs {
		if !pair.Fields.Has(slot) {
			return false
		}
	}
	return len(d.Pairs) > 0
}

// Writable reports whether a person may ever set a field in this action.
func (d *Decision) Writable(f *field.Field) bool {
	return f.Writable && d.Ever(d.Object.Slot(f.Name))
}
