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
	Pairs    []Pair
	Restrict []*expr.Program // rows that no pair covers, whatever it says
	Shares   bool            // it counts the records that were shared
}

// Pair is rows and the fields permitted in them.
type Pair struct {
	// Rows are alternatives, each a list of conditions that must all hold. An
	// alternative without conditions covers every row.
	Rows   [][]*expr.Program
	Shared []Shared // more alternatives, where the decision counts shares
	Fields Fields
}

// Fields is a set of an object's fields, by slot.
type Fields []bool

// Has reports whether the field in slot is in the set.
func (f Fields) Has(slot int) bool { return slot >= 0 && slot < len(f) && f[slot] }

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
	for _, conditions := range p.Rows {
		if len(conditions) == 0 {
			return true
		}
	}
	return false
}

// administrator permits every row and every field.
func administrator(d *Decision) *Decision {
	fields := make(Fields, len(d.Object.Fields))
	for slot := range fields {
		fields[slot] = true
	}
	d.Pairs = []Pair{{Rows: [][]*expr.Program{{}}, Fields: fields}}
	d.Restrict = nil
	return d
}

func (p *Policy) addGrants(d *Decision, role *metadata.Role, roles []*metadata.Role) error {
	for _, grant := range role.Grants {
		if !covers(grant, d.Object.Name, d.Action) {
			continue
		}
		fields := grantFields(d.Object, grant, d.Action)
		strict(d.Object, fields, d.Action, roles, p.catalog)
		if d.Shares {
			through, err := p.through(roles, role.Name)
			if err != nil {
				return fmt.Errorf("find who inherits role %s: %w", role.Name, err)
			}
			d.share(grant, fields, through)
		}
		if grant.Scope.Name == "none" {
			continue
		}
		conditions, err := p.conditions(grant, d.Object.Name)
		if err != nil {
			return err
		}
		d.add(conditions, fields)
	}
	return nil
}

func covers(grant metadata.Grant, object, action string) bool {
	if grant.Object != "*" && grant.Object != object {
		return false
	}
	return slices.Contains(grant.Actions, action)
}

// own is the row scope of one's own records.
const own = "owner == me.id"

func (p *Policy) conditions(grant metadata.Grant, object string) ([]*expr.Program, error) {
	conditions := []*expr.Program{}
	switch grant.Scope.Name {
	case "own":
		program, err := p.catalog.Compile(object, own, expr.Scope())
		if err != nil {
			return nil, err //nolint:wrapcheck // "own" is our own text
		}
		conditions = append(conditions, program)
	case "where":
		conditions = append(conditions, grant.Scope.Where)
	}
	if grant.Where != nil {
		conditions = append(conditions, grant.Where)
	}
	return conditions, nil
}

// add puts rows and fields into the decision; pairs of equal fields are one.
func (d *Decision) add(conditions []*expr.Program, fields Fields) {
	pair := d.pair(fields)
	pair.Rows = append(pair.Rows, conditions)
}

// pair is the one of these fields.
func (d *Decision) pair(fields Fields) *Pair {
	for i := range d.Pairs {
		if d.Pairs[i].Fields.equal(fields) {
			return &d.Pairs[i]
		}
	}
	d.Pairs = append(d.Pairs, Pair{Fields: fields})
	return &d.Pairs[len(d.Pairs)-1]
}

// grantFields are the fields a grant permits for an action. System fields are
// always readable and never written; owner is written only where it is named.
func grantFields(object *metadata.Object, grant metadata.Grant, action string) Fields {
	fields := make(Fields, len(object.Fields))
	for slot, f := range object.Fields {
		switch {
		case action == Read:
			fields[slot] = f.System || f.Name == metadata.FieldOwner || metadata.Covers(orAll(grant.Read), f)
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

// Judge evaluates the decision on one record in memory, which is shared with
// the actor in some way or in none. It returns the fields
// permitted in this record, and whether the record is permitted at all.
func (d *Decision) Judge(in expr.Input, sharing Sharing) (Fields, bool, error) {
	for _, restriction := range d.Restrict {
		beaten, err := restriction.True(in)
		if err != nil || beaten {
			return nil, false, err
		}
	}
	var permitted Fields
	for _, pair := range d.Pairs {
		holds, err := pair.holds(in, sharing)
		if err != nil {
			return nil, false, err
		}
		if !holds {
			continue
		}
		if permitted == nil {
			permitted = make(Fields, len(d.Object.Fields))
		}
		for slot, has := range pair.Fields {
			permitted[slot] = permitted[slot] || has
		}
	}
	return permitted, permitted != nil, nil
}

func (p Pair) holds(in expr.Input, sharing Sharing) (bool, error) {
	alternatives := p.Rows
	for _, shared := range p.Shared {
		if shared.reached(sharing) {
			alternatives = append(slices.Clip(alternatives), shared.Conditions)
		}
	}
	for _, conditions := range alternatives {
		all := true
		for _, condition := range conditions {
			holds, err := condition.True(in)
			if err != nil {
				return false, err
			}
			all = all && holds
		}
		if all {
			return true, nil
		}
	}
	return false, nil
}

// Writable reports whether a person may ever set a field in this action.
func (d *Decision) Writable(f *field.Field) bool {
	return f.Writable && d.Ever(d.Object.Slot(f.Name))
}
