package access

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/metadata"
)

// A share opens one record to a person, a department, a team or a role. It takes the place of the
// scope of grants, and of nothing else: a share with a person, or with
// his department or team, gives the record to every grant that he has for the action, a share with a role to the grants
// of that role and of those that it inherits. Their fields and their conditions
// stay, the exact union of pairs holds, and what a role restricts stays shut. So
// a share gives nothing to somebody without any grant for the action; a grant of
// scope "shared" is one for shared records only.

// Opening is an action on an object.
type Opening struct{ Object, Action string }

// Sharing is how one record is shared with an actor: with himself, his
// department or a team of his, or with roles.
type Sharing struct {
	Person bool
	Roles  []string
}

// Shared are the rows that were shared with the actor for an action: with
// himself, or with one of Roles.
type Shared struct {
	Action string
	Roles  []string
}

// Reached reports whether a record that is shared in this way is in the rows.
func (s *Shared) Reached(sharing Sharing) bool {
	return sharing.Person || slices.ContainsFunc(sharing.Roles, func(role string) bool { return slices.Contains(s.Roles, role) })
}

// Opens are the fields that sharing a record in some way may open, in an
// actor's decision that counts shares.
func (d *Decision) Opens(sharing Sharing) Fields {
	opens := make(Fields, len(d.Object.Fields))
	for _, pair := range d.Pairs {
		if slices.ContainsFunc(pair.Ways, func(way Way) bool { return way.Shared != nil && way.Shared.Reached(sharing) }) {
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
