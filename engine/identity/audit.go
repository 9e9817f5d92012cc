package identity

import (
	"context"
	"slices"

	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
)

// Audited is the part of a write that tells the audit log of a change of who a
// person is and what he may do.
func (s *Service) Audited(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Name != field.UserObject || change.Quiet {
		return nil
	}
	happened := map[string]string{
		record.Created: audit.PersonCreated, record.Updated: audit.PersonChanged, record.Deleted: audit.PersonDeleted, record.Restored: audit.PersonRestored,
	}
	before, after := map[string]any{}, map[string]any{}
	for _, name := range []string{"email", "roles", "active", "department", "manager", "teams"} {
		slot := change.Object.Slot(name)
		if change.Action == record.Updated && !slices.Contains(change.Changed, slot) {
			continue
		}
		if change.Prior != nil {
			before[name] = change.Prior[slot]
		}
		if change.Action != record.Deleted {
			after[name] = change.Values[slot]
		}
	}
	if len(before)+len(after) > 0 {
		audit.Write(ctx, w.Tx, w.Author, audit.Entry{
			Action: happened[change.Action], Object: field.UserObject, Subject: change.ID, Detail: map[string]any{"before": before, "after": after},
		})
	}
	return nil
}
