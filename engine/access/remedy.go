package access

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Remedy is the least that would permit more of one record to an actor. Each
// part was tried on the record, so that it does what it says.
type Remedy struct {
	Shared Fields // what a share of the record with him permits
	Scope  string // the smallest scope of a grant that reaches the record, "" when none helps
	Grant  Fields // what a grant of that scope permits that names its fields
}

// Remedy finds what would permit more of a record than a decision that counts
// shares. A grant of the scope shared needs a share of the record, too.
func (p *Policy) Remedy(decision *Decision, in expr.Input, sharing Sharing) (Remedy, error) {
	if decision.Limited {
		return Remedy{}, nil // no grant helps a key
	}
	given := Sharing{Person: true, Roles: sharing.Roles}
	var remedy Remedy
	var err error
	if remedy.Shared, _, err = decision.Judge(in, given); err != nil {
		return Remedy{}, err
	}
	roles, err := p.roles(decision.RoleSet)
	if err != nil {
		return Remedy{}, err
	}
	for _, scope := range []string{"own", "team", "subordinates", "department", "department_tree", metadata.ScopeShared} {
		role := &metadata.Role{Grants: []metadata.Grant{SmallestGrant(decision.Object, decision.Action, scope, decision.Object.Fields...)}}
		supposed := &Decision{Object: decision.Object, Action: decision.Action, Restrict: decision.Restrict, Shares: scope == metadata.ScopeShared}
		if err := p.addGrants(supposed, role, append(slices.Clip(roles), role)); err != nil {
			return Remedy{}, err
		}
		permitted, ok, err := supposed.Judge(in, given)
		if err != nil {
			return Remedy{}, err
		}
		if ok {
			remedy.Scope, remedy.Grant = scope, permitted
			break
		}
	}
	return remedy, nil
}

// SmallestGrant is the grant of an action on some fields alone, with what those
// that are computed come from.
func SmallestGrant(object *metadata.Object, action, scope string, fields ...*field.Field) metadata.Grant {
	names := []string{}
	for _, f := range fields {
		names = append(names, f.Name)
		if f.Computed == nil {
			continue
		}
		for _, input := range f.Computed.Inputs {
			if input.Object == object.Name && !slices.Contains(names, input.Field) {
				names = append(names, input.Field)
			}
		}
	}
	grant := metadata.Grant{Object: object.Name, Actions: []string{action}, Scope: metadata.Scope{Name: scope}, Read: []string{}, Update: []string{}}
	if action == Read {
		grant.Read = names
	} else {
		grant.Update = names
	}
	return grant
}
