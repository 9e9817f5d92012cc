package record

import (
	"context"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// above finds the departments of an actor, his own and those above it, where
// any object has pools: who belongs to one follows from them.
func above(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor) error {
	actor.Departments = nil
	object, ok := policy.Catalog().Object(field.DepartmentObject)
	own, has := actor.Me(field.DepartmentObject).(string)
	if !ok || !has || !policy.Pools() {
		return nil
	}
	live := ""
	if object.Recycle {
		live = " AND d." + metadata.DeletedAt + " IS NULL"
	}
	rows, err := reader.Query(ctx, "WITH RECURSIVE above(id) AS (SELECT CAST(? AS TEXT) UNION SELECT CAST(d.parent AS TEXT) FROM above JOIN department AS d ON CAST(d.id AS TEXT) = above.id"+live+
		" WHERE d.parent IS NOT NULL) SELECT id FROM above", own)
	if err != nil {
		return fmt.Errorf("find the departments of a person: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("find the departments of a person: %w", err)
		}
		actor.Departments = append(actor.Departments, id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find the departments of a person: %w", err)
	}
	return nil
}
