package access

import (
	"fmt"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// departments is the name under which the condition of belonging to a pool finds
// the departments of the actor. No field can have it, so that no other
// expression finds them.
const departments = "sys_departments"

// belonging is what a pool must be like for records of an object to wait in it,
// and for the actor to belong to it.
const belonging = `enabled && object == %s && (me.id in people || me.id in administrators || intersects(teams, me.teams) || intersects(departments, me.` + departments + `))`

// widened is a catalog in which a person has the departments that are above his,
// too.
type widened struct{ *metadata.Catalog }

// Field is the catalog's, or the departments of a person.
func (w widened) Field(object, name string) (expr.Field, bool) {
	if object == field.UserObject && name == departments {
		return expr.Field{Name: name, Type: expr.Type{Kind: expr.Set, Object: field.DepartmentObject}}, true
	}
	return w.Catalog.Field(object, name)
}

// waiting are the conditions of the rows that wait in pools of the actor.
func (p *Policy) waiting(object string) ([]Condition, error) {
	unowned, err := p.catalog.Compile(object, metadata.FieldOwner+" == null", expr.Scope())
	if err != nil {
		return nil, err //nolint:wrapcheck // the text is our own
	}
	belongs, err := p.Belongs(object)
	if err != nil {
		return nil, err
	}
	of, _ := p.catalog.Object(object)
	return []Condition{{Program: unowned}, {Program: belongs, Through: of.Pool.Field, Of: metadata.ObjectPool}}, nil
}

// Belongs is the condition on a pool that an actor belongs to, and in which
// records of an object may wait.
func (p *Policy) Belongs(object string) (*expr.Program, error) {
	program, err := expr.Compile(widened{p.catalog}, metadata.ObjectPool, fmt.Sprintf(belonging, expr.Quote(object)), expr.Scope())
	if err != nil {
		return nil, err
	}
	return program, nil
}

// Pools reports whether the records of any object may wait in pools.
func (p *Policy) Pools() bool { return p.pools }
