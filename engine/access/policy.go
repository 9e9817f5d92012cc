package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/trellis-crm/trellis/engine/metadata"
)

// The actions on records.
const (
	Create = "create"
	Read   = "read"
	Update = "update"
	Delete = "delete"
	// Mask is to see a value in part: what a grant to read says of its rows. It
	// is asked for by who writes an answer, and by nobody else, so that for all
	// else a masked field is a hidden one.
	Mask = "mask"
)

// ManageRoles lets somebody say who has which roles.
const ManageRoles = "manage_roles"

// Follows is the action whose shares the decision counts.
func (d *Decision) Follows() string { return granted(d.Action) }

// granted is the action of grants, restrictions and shares that an action
// follows from.
func granted(action string) string {
	if action == Mask {
		return Read
	}
	return action
}

// rolesAndActions is Casbin's model: a role may do an action on an object if
// the role, or one it inherits, was granted it.
const rolesAndActions = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.act == p.act && (r.obj == p.obj || p.obj == "*") && g(r.sub, p.sub)
`

// Policy is the compiled rights of one catalog. It is safe for concurrent use.
type Policy struct {
	catalog   *metadata.Catalog
	enforcer  *casbin.Enforcer
	mutex     sync.RWMutex
	decisions map[decisionKey]*Decision
	abilities map[string][]string
	pools     bool
}

type decisionKey struct {
	roles, object, action string
	shares                bool
}

// NewPolicy compiles the roles of a catalog.
func NewPolicy(catalog *metadata.Catalog) (*Policy, error) {
	m, err := model.NewModelFromString(rolesAndActions)
	if err != nil {
		return nil, fmt.Errorf("read the model of rights: %w", err)
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("make the enforcer of rights: %w", err)
	}
	for _, role := range catalog.Roles() {
		if err := load(enforcer, role); err != nil {
			return nil, fmt.Errorf("load role %s: %w", role.Name, err)
		}
	}
	return &Policy{
		catalog: catalog, enforcer: enforcer, pools: slices.ContainsFunc(catalog.Objects(), func(o *metadata.Object) bool { return o.Pool != nil }),
		decisions: map[decisionKey]*Decision{}, abilities: map[string][]string{},
	}, nil
}

func load(enforcer *casbin.Enforcer, role *metadata.Role) error {
	for _, inherited := range role.Inherits {
		if _, err := enforcer.AddGroupingPolicy(role.Name, inherited); err != nil {
			return err //nolint:wrapcheck // wrapped by the caller with the role
		}
	}
	for _, grant := range role.Grants {
		for _, action := range grant.Actions {
			if _, err := enforcer.AddPolicy(role.Name, grant.Object, action); err != nil {
				return err //nolint:wrapcheck // wrapped by the caller with the role
			}
		}
	}
	return nil
}

// Catalog is the catalog whose roles these are.
func (p *Policy) Catalog() *metadata.Catalog { return p.catalog }

// Decide gives the decision for an actor, an object and an action. It never
// fails: without a right the decision permits no row and no field.
func (p *Policy) Decide(actor *Actor, object *metadata.Object, action string) (*Decision, error) {
	decision, err := p.decide(actor, object, action)
	if err != nil || actor.Limit == nil {
		return decision, err
	}
	return actor.Limit.of(decision, actor.Rights()), nil
}

// decide is Decide for an actor whose key, if he came with one, has no limit.
func (p *Policy) decide(actor *Actor, object *metadata.Object, action string) (*Decision, error) {
	key := decisionKey{roles: actor.RoleSet(), object: object.Name, action: action, shares: actor.Shared[Opening{object.Name, granted(action)}]}
	p.mutex.RLock()
	decision, ok := p.decisions[key]
	p.mutex.RUnlock()
	if ok {
		return decision, nil
	}
	decision, err := p.compile(key, object)
	if err != nil {
		return nil, err
	}
	p.mutex.Lock()
	p.decisions[key] = decision
	p.mutex.Unlock()
	return decision, nil
}

// roles are the named roles and all that they inherit.
func (p *Policy) roles(roleSet string) ([]*metadata.Role, error) {
	var names []string
	for name := range strings.SplitSeq(roleSet, ",") {
		inherited, err := p.enforcer.GetImplicitRolesForUser(name)
		if err != nil {
			return nil, fmt.Errorf("find what role %s inherits: %w", name, err)
		}
		names = append(append(names, name), inherited...)
	}
	slices.Sort(names)
	var roles []*metadata.Role
	for _, name := range slices.Compact(names) {
		if role, ok := p.catalog.Role(name); ok {
			roles = append(roles, role)
		}
	}
	return roles, nil
}

// Brings names those of an actor's roles that are a role or inherit it.
func (p *Policy) Brings(actor *Actor, role string) ([]string, error) {
	var own []*metadata.Role
	for name := range strings.SplitSeq(actor.RoleSet(), ",") {
		if one, ok := p.catalog.Role(name); ok {
			own = append(own, one)
		}
	}
	return p.through(own, role)
}

// Effective names the roles of a set and all that they inherit.
func (p *Policy) Effective(names []string) ([]string, error) {
	roles, err := p.roles((&Actor{Roles: names}).RoleSet())
	if err != nil {
		return nil, err
	}
	effective := make([]string, len(roles))
	for i, role := range roles {
		effective[i] = role.Name
	}
	return effective, nil
}

// Administrator reports whether an actor holds or inherits admin, and did not
// come with a limited key.
func (p *Policy) Administrator(actor *Actor) (bool, error) {
	if actor.Limit != nil {
		return false, nil
	}
	return p.Administers(actor.Roles)
}

// Administers reports whether a set of roles holds or inherits admin.
func (p *Policy) Administers(names []string) (bool, error) {
	effective, err := p.Effective(names)
	return slices.Contains(effective, metadata.RoleAdmin), err
}

func (p *Policy) compile(key decisionKey, object *metadata.Object) (*Decision, error) {
	roles, err := p.roles(key.roles)
	if err != nil {
		return nil, err
	}
	d := &Decision{Object: object, Action: key.action, RoleSet: key.roles, Rights: key.roles, Shares: key.shares}
	for _, role := range roles {
		if role.Name == metadata.RoleAdmin {
			return administrator(d), nil
		}
		allowed, err := p.enforcer.Enforce(role.Name, object.Name, granted(key.action))
		if err != nil {
			return nil, fmt.Errorf("ask for role %s: %w", role.Name, err)
		}
		for i, restriction := range role.Restrict {
			if restriction.Object == object.Name && slices.Contains(restriction.Actions, granted(key.action)) {
				d.Restrict = append(d.Restrict, Restriction{From: Source{Role: role.Name, Index: i}, Where: restriction.Where})
			}
		}
		if allowed {
			if err := p.addGrants(d, role, roles); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// Abilities are the rights of an actor that are not about one object.
func (p *Policy) Abilities(actor *Actor) ([]string, error) {
	abilities, err := p.abilitiesOf(actor.RoleSet())
	if err != nil || actor.Limit == nil {
		return abilities, err
	}
	return slices.DeleteFunc(slices.Clone(abilities), func(ability string) bool { return !actor.Limit.Carries(ability) }), nil
}

// abilitiesOf are those of a set of roles.
func (p *Policy) abilitiesOf(roleSet string) ([]string, error) {
	p.mutex.RLock()
	abilities, ok := p.abilities[roleSet]
	p.mutex.RUnlock()
	if ok {
		return abilities, nil
	}
	roles, err := p.roles(roleSet)
	if err != nil {
		return nil, err
	}
	abilities = []string{}
	for _, role := range roles {
		if role.Name == metadata.RoleAdmin {
			abilities = append(abilities, metadata.Abilities()...)
		}
		abilities = append(abilities, role.Abilities...)
	}
	slices.Sort(abilities)
	abilities = slices.Compact(abilities)
	p.mutex.Lock()
	p.abilities[roleSet] = abilities
	p.mutex.Unlock()
	return abilities, nil
}

// Can reports whether an actor has an ability.
func (p *Policy) Can(actor *Actor, ability string) (bool, error) {
	abilities, err := p.Abilities(actor)
	return slices.Contains(abilities, ability), err
}
