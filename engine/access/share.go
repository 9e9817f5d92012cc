package access

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// A share opens one record to a person or to a role. It takes the place of the
// scope of grants, and of nothing else: a share with a person gives the record
// to every grant that he has for the action, a share with a role to the grants
// of that role and of those that it inherits. Their fields and their conditions
// stay, the exact union of pairs holds, and what a role restricts stays shut. So
// a share gives nothing to somebody without any grant for the action; a grant of
// scope "none" is one for shared records only.

// Opening is an action on an object.
type Opening struct{ Object, Action string }

// Sharing is how one record is shared with an actor: with himself, or with
// roles.
type Sharing struct {
	Person bool
	Roles  []string
}

// Shared are the rows of one grant that were shared with the actor: with
// himself, or with one of Roles. All conditions must hold, too.
type Shared struct {
	Action     string
	Roles      []string
	Conditions []*expr.Program
}

// reached reports whether a record that is shared in this way is in the rows.
func (s Shared) reached(sharing Sharing) bool {
	return sharing.Person || slices.ContainsFunc(sharing.Roles, func(role string) bool { return slices.Contains(s.Roles, role) })
}

// share adds the rows that shares open to a grant of a role. Through are the
// roles of the actor that are this one or inherit it.
func (d *Decision) share(grant metadata.Grant, fields Fields, through []string) {
	shared := Shared{Action: d.Action, Roles: through}
	if grant.Where != nil {
		shared.Conditions = append(shared.Conditions, grant.Where)
	}
	pair := d.pair(fields)
	pair.Shared = append(pair.Shared, shared)
}

// Opens are the fields that sharing a record in some way may open, in an
// actor's decision that counts shares.
func (d *Decision) Opens(sharing Sharing) Fields {
	opens := make(Fields, len(d.Object.Fields))
	for _, pair := range d.Pairs {
		if slices.ContainsFunc(pair.Shared, func(s Shared) bool { return s.reached(sharing) }) {
			for slot, has := range pair.Fields {
				opens[slot] = opens[slot] || has
			}
		}
	}
	return opens
}

// through names those of some roles that are a role or inherit it.
func (p *Policy) through(roles []*metadata.Role, name string) ([]string, error) {
	var names []string
	for _, role := range roles {
		inherited, err := p.enforcer.GetImplicitRolesForUser(role.Name)
		if err != nil {
			return nil, err //nolint:wrapcheck // wrapped by the caller
		}
		if role.Name == name || slices.Contains(inherited, name) {
			names = append(names, role.Name)
		}
	}
	return names, nil
}
