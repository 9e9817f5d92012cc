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
}

// Scope is which rows a grant covers.
type Scope struct {
	Name  string // none, own, all, or where
	Where *expr.Program
}

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
		Fields  struct{ Read, Update []string }
	}
	Restrict []struct {
		Object  string
		Actions []string
		Where   string
	}
}

func (b *builder) role(d Definition) {
	var doc roleDocument
	if err := d.decode(&doc); err != nil {
		b.problem(d.Key, fault.Item{Code: fault.InvalidJSON})
		return
	}
	role := &Role{
		Name: d.Name, Title: b.label(d.Key.String()+"/title", orName(doc.Title, d.Name)),
		Inherits: doc.Inherits, Abilities: doc.Abilities,
	}
	for i, name := range doc.Inherits {
		if !b.has(KindRole, name) {
			b.dangling(d.Key, fmt.Sprintf("/inherits/%d", i), KindRole, name)
		}
	}
	for i := range doc.Grants {
		role.Grants = append(role.Grants, b.grant(d.Key, &doc, i))
	}
	for i, restriction := range doc.Restrict {
		at := fmt.Sprintf("/restrict/%d", i)
		if !b.has(KindObject, restriction.Object) {
			b.dangling(d.Key, at+"/object", KindObject, restriction.Object)
			continue
		}
		role.Restrict = append(role.Restrict, Restriction{
			Object: restriction.Object, Actions: restriction.Actions,
			Where: b.expression(d.Key, at+"/where", restriction.Object, restriction.Where, expr.Scope()),
		})
	}
	b.catalog.roles[d.Name] = role
}

// inheritance refuses a role that inherits from itself, by whatever way.
func (b *builder) inheritance(d Definition) {
	for i, name := range b.catalog.roles[d.Name].Inherits {
		if b.inherits(name, d.Name, map[string]bool{}) {
			b.problem(d.Key, fault.Item{Pointer: fmt.Sprintf("/inherits/%d", i), Code: fault.InheritanceCycle})
		}
	}
}

// inherits tells whether a role is another or inherits from it.
func (b *builder) inherits(name, other string, seen map[string]bool) bool {
	role, ok := b.catalog.roles[name]
	if name == other || !ok || seen[name] {
		return name == other
	}
	seen[name] = true
	return slices.ContainsFunc(role.Inherits, func(inherited string) bool { return b.inherits(inherited, other, seen) })
}

func (b *builder) grant(key Key, doc *roleDocument, i int) Grant {
	raw, at := doc.Grants[i], fmt.Sprintf("/grants/%d", i)
	grant := Grant{Object: raw.Object, Actions: raw.Actions, Read: raw.Fields.Read, Update: raw.Fields.Update, Scope: Scope{Name: "all"}}
	var where struct {
		Where string `json:"where"`
	}
	switch {
	case raw.Scope == nil:
	case raw.Scope[0] == '"':
		grant.Scope.Name = strings.Trim(string(raw.Scope), `"`)
	case json.Unmarshal(raw.Scope, &where) == nil:
		grant.Scope = Scope{Name: "where", Where: b.expression(key, at+"/scope/where", raw.Object, where.Where, expr.Scope())}
	}
	if raw.Object == "*" {
		if raw.Where != "" || grant.Scope.Where != nil {
			b.problem(key, fault.Item{Pointer: at + "/object", Code: fault.DanglingReference, Params: fault.Params{"kind": KindObject, "name": "*"}})
		}
		return grant
	}
	object, ok := b.catalog.objects[raw.Object]
	if !ok {
		if !b.has(KindObject, raw.Object) {
			b.dangling(key, at+"/object", KindObject, raw.Object)
		}
		return grant
	}
	grant.Where = b.expression(key, at+"/where", raw.Object, raw.Where, expr.Scope())
	b.grantFields(key, object, at+"/fields/read", grant.Read)
	b.grantFields(key, object, at+"/fields/update", grant.Update)
	return grant
}

func (b *builder) grantFields(key Key, object *Object, pointer string, names []string) {
	for i, name := range names {
		if name != "*" {
			b.fieldOf(key, object, fmt.Sprintf("%s/%d", pointer, i), strings.TrimPrefix(name, "-"))
		}
	}
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
		"manage_users", "import", "export", "bulk_edit", "read_audit", "check_duplicates",
	}
}
