package row

import (
	"context"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Presence says of a record that has a row whether it is in the recycle bin,
// and which fields a decision permits in it; nil when it permits none.
type Presence struct {
	Permitted access.Fields
	Deleted   bool
}

// Presences tells of these ids, of which there may be 1,000, those that have a
// row.
func (t *Table) Presences(ctx context.Context, reader store.Reader, decision *access.Decision, ids []string) (map[string]Presence, error) {
	s, idSlot := t.scope(nil), t.Object.Slot(metadata.FieldID)
	var w writer
	w.WriteString("SELECT " + s.quoted(metadata.FieldID))
	masks, err := s.masks(&w, []*access.Decision{decision})
	if err != nil {
		return nil, err
	}
	if t.Object.Recycle {
		w.WriteString(", " + s.quoted(metadata.DeletedAt) + " IS NOT NULL")
	} else {
		w.WriteString(", FALSE")
	}
	w.WriteString(" FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE " + s.quoted(metadata.FieldID) + " IN (")
	for i, id := range ids {
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString("?")
		w.args = append(w.args, expr.Fixed(id))
	}
	w.WriteString(")")
	records, err := t.read(ctx, reader, &w, &layout{slots: []int{idSlot}, masks: masks, deleted: true})
	if err != nil {
		return nil, err
	}
	found := make(map[string]Presence, len(records))
	for _, record := range records {
		id, _ := record.Values[idSlot].(string)
		found[id] = Presence{Permitted: record.Permitted[0], Deleted: record.Deleted}
	}
	return found, nil
}
