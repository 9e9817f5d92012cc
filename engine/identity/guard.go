package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// Guard keeps the people safe, whatever the grants say: the engine's own user
// stays as it is, roles are given only by who may manage them and never beyond
// one's own, nobody changes a person who has a role that he lacks, and an
// active administrator always remains.
func Guard(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Name != field.UserObject || w.Author.Via == "system" {
		return nil
	}
	if change.ID == access.SystemID {
		return fault.New(fault.ProtectedDefinition)
	}
	if err := guardRoles(w, change); err != nil {
		return err
	}
	administered, err := administers(w.Policy, change.Object, change.Prior)
	if err != nil || !administered || change.Action == record.Restored {
		return err
	}
	if change.Action == record.Updated {
		still, err := administers(w.Policy, change.Object, change.Values)
		if err != nil || still {
			return err
		}
	}
	return remainingAdministrator(ctx, w, change)
}

func rolesOf(object *metadata.Object, values []expr.Value) []string {
	if values == nil {
		return nil
	}
	roles, _ := values[object.Slot("roles")].([]string)
	return roles
}

// guardRoles refuses to give roles beyond one's own, and to change a person
// who has more.
func guardRoles(w *record.Work, change *record.Change) error {
	own, err := w.Policy.Effective(w.Author.Roles)
	if err != nil {
		return err
	}
	administers := slices.Contains(own, metadata.RoleAdmin)
	before, after := rolesOf(change.Object, change.Prior), rolesOf(change.Object, change.Values)
	if change.ID != w.Author.ID && !administers {
		if err := beyond(w.Policy, before, own); err != nil {
			return err
		}
	}
	if slices.Equal(before, after) {
		return nil
	}
	allowed, err := w.Policy.Can(w.Author, access.ManageRoles)
	if err != nil {
		return err
	}
	if !allowed {
		return fault.New(fault.InvalidValues).At("/roles", fault.ReadOnly, "field", "roles")
	}
	if administers {
		return nil
	}
	return beyond(w.Policy, after, own)
}

// beyond refuses roles that, with all that they inherit, are not among one's
// own.
func beyond(policy *access.Policy, roles, own []string) error {
	effective, err := policy.Effective(roles)
	if err != nil {
		return err
	}
	for _, role := range effective {
		if !slices.Contains(own, role) {
			return fault.New(fault.InvalidValues).At("/roles", fault.RoleAboveOwn)
		}
	}
	return nil
}

// administers reports whether a person's values make him an active
// administrator.
func administers(policy *access.Policy, object *metadata.Object, values []expr.Value) (bool, error) {
	if values == nil {
		return false, nil
	}
	if active, _ := values[object.Slot("active")].(bool); !active {
		return false, nil
	}
	return policy.Administers(rolesOf(object, values))
}

// remainingAdministrator locks the administrators, so that two cannot demote
// each other at once, and refuses when the change takes away the last.
func remainingAdministrator(ctx context.Context, w *record.Work, change *record.Change) error {
	others, err := w.Administrators(ctx)
	if err != nil {
		return fmt.Errorf("find the administrators: %w", err)
	}
	for _, id := range others {
		if id != change.ID {
			return nil
		}
	}
	return fault.New(fault.LastAdministrator)
}
