// Package access decides who may do what. It compiles the roles of a catalog
// into decisions, one a (set of roles, object, action), and caches them; every
// read and every write takes its rows and its fields from a decision. Casbin
// keeps the inheritance of roles and which role may do which action on which
// object. It does no I/O. Start with Policy and Decision.
package access

import (
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Actor is who asks.
type Actor struct {
	ID       string // of the user's record
	Roles    []string
	Language string
	Zone     *time.Location
	// Standing is the standing of people when the actor was read, where he was
	// remembered from an earlier request; zero when he was read for this one.
	Standing int64
	// Via is how the actor came: session, key, import, setup, command, system.
	Via string
	// Limit is what the key is limited to with which the actor came.
	Limit *Limit
	// Viewer is who looks at the application as this person, by his id; then
	// nothing may be done. Empty when it is the person himself.
	Viewer string
	// Confined lets him only give himself a second factor, which he lacks.
	Confined bool
	// Shared are the actions on objects of which single records were opened to
	// the actor.
	Shared map[Opening]bool
	// Departments are the actor's own and those above it, while any object has
	// pools: who belongs to a pool follows from them.
	Departments []string
	// Profile gives the fields of the actor's own user record, for me.x.
	Profile func(field string) expr.Value
}

// SystemID is the id of the user that owns what nobody did. It cannot sign in.
const SystemID = "00000000-0000-7000-8000-000000000000"

// System is the engine itself, which may do everything: for set-up and for
// what nobody in particular does.
func System() *Actor {
	return &Actor{ID: SystemID, Roles: []string{metadata.RoleAdmin}, Zone: time.UTC, Via: "system"}
}

// RoleSet names the actor's roles in one stable text, the key of the decisions
// for them. Everyone has the role member.
func (a *Actor) RoleSet() string {
	if len(a.Roles) == 1 && a.Roles[0] < metadata.RoleMember {
		return a.Roles[0] + "," + metadata.RoleMember
	}
	roles := slices.Clone(a.Roles)
	if !slices.Contains(roles, metadata.RoleMember) {
		roles = append(roles, metadata.RoleMember)
	}
	slices.Sort(roles)
	return strings.Join(slices.Compact(roles), ",")
}

// Rights names what the actor may do beside what is shared with him, in one
// stable text: his roles, and what his key leaves of them.
func (a *Actor) Rights() string { return a.RoleSet() + a.Limit.text() }

// Settled is the actor once his standing was seen to hold.
func (a *Actor) Settled() *Actor {
	if a.Standing == 0 {
		return a
	}
	settled := *a
	settled.Standing = 0
	return &settled
}

// Me gives a value of the actor to an expression.
func (a *Actor) Me(name string) expr.Value {
	switch {
	case name == metadata.FieldID:
		return a.ID
	case name == "roles":
		return a.Roles
	case name == departments && len(a.Departments) > 0:
		return a.Departments
	case name == departments:
		return nil
	case a.Profile != nil:
		return a.Profile(name)
	default:
		return nil
	}
}

// Locale is the actor's language and zone.
func (a *Actor) Locale() field.Locale {
	return field.Locale{Language: a.Language, Zone: a.Zone}
}

// Input is what an expression may read beside the record.
func (a *Actor) Input(now time.Time) expr.Input {
	return expr.Input{Me: a.Me, Now: now, Zone: a.Zone}
}

// ZoneOrUTC is the actor's zone, or UTC.
func (a *Actor) ZoneOrUTC() *time.Location {
	if a.Zone == nil {
		return time.UTC
	}
	return a.Zone
}
