package metadata

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// The built-in roles: everything, and what everyone who signs in may do.
const (
	RoleAdmin  = "admin"
	RoleMember = "member"
)

// Role is a set of grants and abilities.
type Role struct {
	Name      string
	Title     field.Label
	Inherits  []string
	Abilities []string
	Grants    []Grant
	Restrict  []Restriction
}

// Grant allows actions on an object, for the rows of a scope, on some fields.
type Grant struct {
	Object  string // "*" is every object
	Actions []string
	Scope   Scope
	Where   *expr.Program
	Read    []string // field lists as written: "*", names, "-name"
	Update  []string
	Mask    []string // names of fields that are shown in part
}

// Scope is which rows a grant covers: none, only those that are shared, all,
// those for which an expression holds, those owned by people who stand in a
// relation to the actor, or those that wait in pools he belongs to. Every scope but none covers what is shared, too.
type Scope struct {
	Name  string // none, shared, own, team, subordinates, department, department_tree, pool, all, or where
	Where *expr.Program
}

// The scopes that are not about rows, and the one that is about rows without
// an owner.
const (
	ScopeNone   = "none"
	ScopeShared = "shared"
	ScopePool   = "pool"
)

// Claim is the ability to take a record out of a pool.
const Claim = "claim"

// Restriction takes rows away from every grant.
type Restriction struct {
	Object  string
	Actions []string
	Where   *expr.Program
}

type roleDocument struct {
	Title               string
	Inherits, Abilities []string
	Grants              []struct {
		Object  string
		Actions []string
		Scope   json.RawMessage
		Where   string
		Fields  struct{ Read, Update, Mask []string }
	}
	Restrict []struct {
		Object  string
		Actions []string
		Where   string
	}
}

// roleKind is a set of grants and abilities.
func roleKind() DefinitionKind {
	return DefinitionKind{Kind: KindRole, English: "role", Chinese: "角色", Check: (*Check).role}
}

func (c *Check) role() any {
	var doc roleDocument
	if !c.Decode(&doc) {
		return nil
	}
	role := &Role{
		Name: c.Name, Title: c.Label("/title", orName(doc.Title, c.Name)),
		Inherits: doc.Inherits, Abilities: doc.Abilities,
	}
	for i, name := range doc.Inherits {
		at := fmt.Sprintf("/inherits/%d", i)
		if c.Names(at, KindRole, name) && c.builder.inherits(name, c.Name, map[string]bool{}) {
			c.Report(at, fault.InheritanceCycle)
		}
	}
	for i := range doc.Grants {
		role.Grants = append(role.Grants, c.grant(&doc, i))
	}
	for i, restriction := range doc.Restrict {
		at := fmt.Sprintf("/restrict/%d", i)
		if !c.Names(at+"/object", KindObject, restriction.Object) {
			continue
		}
		role.Restrict = append(role.Restrict, Restriction{
			Object: restriction.Object, Actions: restriction.Actions,
			Where: c.Expression(at+"/where", restriction.Object, restriction.Where, expr.Scope()),
		})
	}
	return role
}

// inherits tells whether a role is another or inherits from it, by whatever
// way.
func (b *builder) inherits(name, other string, seen map[string]bool) bool {
	role, ok := b.definition(KindRole, name)
	if name == other || !ok || seen[name] {
		return name == other
	}
	seen[name] = true
	inherited := role.tree.get("inherits")
	return inherited != nil && slices.ContainsFunc(inherited.values, func(d *document) bool { return b.inherits(d.text(), other, seen) })
}

func (c *Check) grant(doc *roleDocument, i int) Grant {
	raw, at := doc.Grants[i], fmt.Sprintf("/grants/%d", i)
	grant := Grant{Object: raw.Object, Actions: raw.Actions, Read: raw.Fields.Read, Update: raw.Fields.Update, Mask: raw.Fields.Mask, Scope: Scope{Name: "all"}}
	var where struct {
		Where string `json:"where"`
	}
	switch {
	case raw.Scope == nil:
	case raw.Scope[0] == '"':
		grant.Scope.Name = strings.Trim(string(raw.Scope), `"`)
	case json.Unmarshal(raw.Scope, &where) == nil:
		grant.Scope = Scope{Name: "where", Where: c.Expression(at+"/scope/where", raw.Object, where.Where, expr.Scope())}
	}
	if raw.Object == "*" {
		if grant.Scope.Name == ScopePool {
			c.Report(at+"/scope", fault.NotAllowed, "what", ScopePool)
		}
		if raw.Where != "" || grant.Scope.Where != nil || grant.Mask != nil {
			c.Report(at+"/object", fault.DanglingReference, "kind", KindObject, "name", "*")
		}
		return grant
	}
	object := c.Object(at+"/object", raw.Object)
	if object == nil {
		return grant
	}
	if grant.Scope.Name == ScopePool && object.Pool == nil {
		c.Report(at+"/scope", fault.NotAllowed, "what", ScopePool)
	}
	grant.Where = c.Expression(at+"/where", raw.Object, raw.Where, expr.Scope())
	c.grantFields(object, at+"/fields/read", grant.Read)
	c.grantFields(object, at+"/fields/update", grant.Update)
	for i, name := range grant.Mask {
		pointer := fmt.Sprintf("%s/fields/mask/%d", at, i)
		if f := c.Field(pointer, object, name); f != nil && !f.Maskable() {
			c.Report(pointer, fault.NotAllowed, "what", name)
		}
	}
	return grant
}

func (c *Check) grantFields(object *Object, pointer string, names []string) {
	for i, name := range names {
		if name != "*" {
			c.Field(fmt.Sprintf("%s/%d", pointer, i), object, strings.TrimPrefix(name, "-"))
		}
	}
}

// Grants reports whether the definition of a role says anything of rights.
func Grants(definition Definition) bool {
	return slices.ContainsFunc([]string{"inherits", "abilities", "grants", "restrict"}, func(name string) bool { return definition.tree.get(name) != nil })
}

// Covers reports whether a list of fields, as a grant writes it, holds f: "*"
// is every ordinary field, a name adds one, "-name" takes one away.
func Covers(list []string, f *field.Field) bool {
	if slices.Contains(list, "-"+f.Name) {
		return false
	}
	return slices.Contains(list, f.Name) || slices.Contains(list, "*") && !f.Sensitive
}

// Names reports whether a list of fields names f itself.
func Names(list []string, f *field.Field) bool { return slices.Contains(list, f.Name) }

// Abilities lists the rights that are not about one object.
func Abilities() []string {
	return []string{
		"bypass_workflows", "operate_workflows", "audit_approvals", "manage_roles", "design",
		"manage_users", "manage_organisation", "import", "export", "bulk_edit", "read_audit", "check_duplicates", "erase", "view_as", Claim,
	}
}
