package access

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// strict takes away from the fields of a grant the computed ones whose inputs
// are not all permitted: those of the same object by the same grant, those of
// others by any of the roles, in some record. Nobody writes a computed field.
func strict(object *metadata.Object, fields Fields, action string, roles []*metadata.Role, catalog *metadata.Catalog) {
	for slot, f := range object.Fields {
		if f.Computed == nil || !fields[slot] {
			continue
		}
		fields[slot] = action == Read && !slices.ContainsFunc(f.Computed.Inputs, func(input field.Input) bool {
			if input.Object == object.Name {
				return !fields.Has(object.Slot(input.Field))
			}
			return !everReads(roles, catalog, input)
		})
	}
}

// everReads reports whether one of the roles permits a field to be read in any
// record.
func everReads(roles []*metadata.Role, catalog *metadata.Catalog, input field.Input) bool {
	object, ok := catalog.Object(input.Object)
	if !ok {
		return false
	}
	slot := object.Slot(input.Field)
	for _, role := range roles {
		for _, grant := range role.Grants {
			if covers(grant, object.Name, Read) && grant.Scope.Name != metadata.ScopeNone && grantFields(object, grant, Read).Has(slot) {
				return true
			}
		}
	}
	return false
}
