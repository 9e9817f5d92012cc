package access

import (
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Condition is what the rows of a grant must meet: an expression about the
// record itself, or about one that it points to: the person who owns it, or the
// pool in which it waits.
type Condition struct {
	*expr.Program
	Through string // the lookup that leads to the record that it is about; "" for the row itself
	Of      string // the object of that record
	State   bool   // it is not the scope's: it must hold however the rows are reached
}

// Holds evaluates the condition on one record in memory.
func (c Condition) Holds(in expr.Input) (bool, error) {
	if c.Through != "" {
		record := in.Record
		in.Record = func(path []string) expr.Value { return record(append([]string{c.Through}, path...)) }
	}
	return c.True(in) //nolint:wrapcheck // an expression's own fault
}

// own is the row scope of one's own records.
const own = "owner == me.id"

// reach is, for a scope that follows from where people stand, the condition on
// the owner of a record; every one holds for oneself. The record of a person
// counts as owned by that person.
func reach(scope string) (text string, ok bool) {
	const oneself = "id == me.id"
	switch scope {
	case "own":
		return oneself, true
	case "team":
		return oneself + " || intersects(teams, me.teams)", true
	case "subordinates":
		return oneself + " || under(manager, me.id)", true
	case "department":
		return oneself + " || me.department != null && department == me.department", true
	case "department_tree":
		return oneself + " || under(department, me.department)", true
	default:
		return "", false
	}
}

// conditions are those of the rows that a grant covers by itself.
func (p *Policy) conditions(grant metadata.Grant, object string) ([]Condition, error) {
	conditions := []Condition{}
	text, reaches := reach(grant.Scope.Name)
	switch {
	case reaches && grant.Scope.Name == "own" && object != field.UserObject:
		program, err := p.catalog.Compile(object, own, expr.Scope())
		if err != nil {
			return nil, err //nolint:wrapcheck // "own" is our own text
		}
		conditions = append(conditions, Condition{Program: program})
	case reaches:
		program, err := p.catalog.Compile(field.UserObject, text, expr.Scope())
		if err != nil {
			return nil, err //nolint:wrapcheck // the text is our own
		}
		condition := Condition{Program: program}
		if object != field.UserObject {
			condition.Through, condition.Of = metadata.FieldOwner, field.UserObject
		}
		conditions = append(conditions, condition)
	case grant.Scope.Name == metadata.ScopePool:
		waiting, err := p.waiting(object)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, waiting...)
	case grant.Scope.Where != nil:
		conditions = append(conditions, Condition{Program: grant.Scope.Where})
	}
	return append(conditions, states(grant)...), nil
}

// states are the conditions of a grant that hold in whatever way its rows are
// reached.
func states(grant metadata.Grant) []Condition {
	if grant.Where == nil {
		return nil
	}
	return []Condition{{Program: grant.Where, State: true}}
}
