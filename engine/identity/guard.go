package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// Guard keeps the people safe, whatever the grants say: roles are given only
// by who may manage them and never beyond one's own, the engine's own user
// stays as it is, and an active administrator always remains.
func Guard(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Name != field.UserObject || w.Actor.Via == "system" {
		return nil
	}
	if err := guardRoles(w, change); err != nil {
		return err
	}
	if change.Prior == nil || !administers(change.Object, change.Prior) {
		return nil
	}
	if change.Action == record.Updated && administers(change.Object, change.Values) || change.Action == record.Restored {
		return nil
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

func guardRoles(w *record.Work, change *record.Change) error {
	before, after := rolesOf(change.Object, change.Prior), rolesOf(change.Object, change.Values)
	if slices.Equal(before, after) || slices.Contains(w.Actor.Roles, metadata.RoleAdmin) {
		return nil
	}
	allowed, err := w.Policy.Can(w.Actor, "manage_roles")
	if err != nil {
		return err
	}
	for _, role := range after {
		if !slices.Contains(before, role) && (!allowed || !slices.Contains(w.Actor.Roles, role)) {
			return fault.New(fault.InvalidValues).At("/roles", fault.RoleAboveOwn)
		}
	}
	if !allowed {
		return fault.New(fault.InvalidValues).At("/roles", fault.ReadOnly, "field", "roles")
	}
	return nil
}

// administers reports whether a person's values make him an active
// administrator.
func administers(object *metadata.Object, values []expr.Value) bool {
	active, _ := values[object.Slot("active")].(bool)
	return active && slices.Contains(rolesOf(object, values), metadata.RoleAdmin)
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
