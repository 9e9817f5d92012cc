package record

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// insertChange writes one entry of the history.
const insertChange = `INSERT INTO sys_change (object, record, at, by_id, via, action, version, "before", "after", revision) VALUES %s`

// remember writes the change into the history: the fields that differ, with
// their values before and after.
func (w *Work) remember(change *Change) error {
	if !change.Object.History {
		return nil
	}
	var before, after any
	if change.Prior != nil {
		before = image(change.Object, change.Prior, change.Changed)
	}
	if change.Action != Deleted {
		after = image(change.Object, change.Values, change.Changed)
	}
	w.Tx.Gather(insertChange, change.Object.Name, change.ID, w.Now.UnixMilli(), w.Actor.ID, w.Actor.Via,
		change.Action, versionOf(change.Object, change.Values), before, after, w.Policy.Catalog().Revision)
	w.Tx.Notify(ChangeChannel)
	return nil
}

// image writes some fields of a record as a JSON object.
func image(object *metadata.Object, values []expr.Value, slots []int) string {
	dst := []byte{'{'}
	for i, slot := range slots {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendMember(dst, object.Fields[slot], values[slot])
	}
	return string(append(dst, '}'))
}

func appendMember(dst []byte, f *field.Field, value expr.Value) []byte {
	dst = f.AppendMember(dst)
	if value == nil {
		return append(dst, "null"...)
	}
	return f.Kind.AppendJSON(dst, f, value)
}

// Entry is one entry of a record's history, as the reader may see it. Its id
// is the version it made: the number of all changes ever would tell how much
// happens to records that the reader may not see.
type Entry struct {
	ID      int64                      `json:"id"`
	At      time.Time                  `json:"at"`
	By      string                     `json:"by"`
	Via     string                     `json:"via"`
	Action  string                     `json:"action"`
	Version int64                      `json:"version"`
	Before  map[string]json.RawMessage `json:"before"`
	After   map[string]json.RawMessage `json:"after"`
}

// History is a page of a record's history, newest first.
type History struct {
	Entries  []Entry
	Next     int64 // 0 when there is no older entry
	Included Included
}

// Changes gives the history of a record that the actor may see, deleted or
// not, with the fields that he may read in it; an entry of other fields only
// is left out. Before is the version of the last entry of the page before, or 0.
func (s *Service) Changes(ctx context.Context, actor *access.Actor, name, id string, before int64, limit int) (*History, error) {
	r, err := s.readable(ctx, actor, name, id, true)
	if err != nil {
		return nil, err
	}
	if limit, err = pageLimit(limit); err != nil {
		return nil, err
	}
	text, args := "TRUE", []any(nil)
	if before > 0 {
		text, args = "version < ?", []any{before}
	}
	entries, err := s.entriesWhere(ctx, r.object, id, text+" ORDER BY id DESC", args, limit)
	if err != nil {
		return nil, err
	}
	history := &History{Included: Included{}}
	if len(entries) == limit {
		history.Next = entries[limit-1].ID
	}
	wanted := &references{}
	for _, entry := range entries {
		if entry.shownTo(r.object, r.readable) {
			history.Entries = append(history.Entries, entry)
			wanted.add(field.UserObject, entry.By)
		}
	}
	for i := range history.Entries {
		wanted.gatherEntry(r.object, &history.Entries[i])
	}
	history.Included, err = s.include(ctx, s.store, r.policy, actor, wanted, nil)
	return history, err
}

// shownTo takes out of an entry what a reader may not see, and reports whether
// anything is left to tell.
func (e *Entry) shownTo(object *metadata.Object, readable access.Fields) bool {
	changedSomething := len(e.Before)+len(e.After) > 0
	hide(object, readable, e.Before)
	hide(object, readable, e.After)
	return e.Action != Updated || !changedSomething || len(e.Before)+len(e.After) > 0
}

// entriesWhere reads entries of a record's history for which a condition, with
// its order, holds.
func (s *Service) entriesWhere(ctx context.Context, object *metadata.Object, id, where string, args []any, limit int) ([]Entry, error) {
	rows, err := s.store.Query(ctx, fmt.Sprintf(
		`SELECT at, by_id, via, action, version, "before", "after" FROM sys_change WHERE object = ? AND record = ? AND %s LIMIT %d`, where, limit),
		append([]any{object.Name, id}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	entries := []Entry{}
	for rows.Next() {
		var entry Entry
		var at int64
		var prior, after *string
		if err := rows.Scan(&at, &entry.By, &entry.Via, &entry.Action, &entry.Version, &prior, &after); err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		entry.ID, entry.At = entry.Version, time.UnixMilli(at).UTC()
		if entry.Before, err = members(prior); err != nil {
			return nil, err
		}
		if entry.After, err = members(after); err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return entries, nil
}

func members(text *string) (map[string]json.RawMessage, error) {
	if text == nil {
		return nil, nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(*text), &values); err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return values, nil
}

// hide takes away the fields that the reader may not see, and those that the
// object no longer has.
func hide(object *metadata.Object, readable access.Fields, values map[string]json.RawMessage) {
	for name := range values {
		if !readable.Has(object.Slot(name)) {
			delete(values, name)
		}
	}
}

// gatherEntry notes what the values of an entry refer to.
func (r *references) gatherEntry(object *metadata.Object, entry *Entry) {
	for _, values := range []map[string]json.RawMessage{entry.Before, entry.After} {
		for name, raw := range values {
			f, _ := object.Field(name)
			r.told(f, raw)
		}
	}
}

// AppendJSON appends {"data": [entries], "page": …, "included": …}.
func (h *History) AppendJSON(dst []byte) []byte {
	entries, err := json.Marshal(h.Entries)
	if err != nil || h.Entries == nil {
		entries = []byte("[]")
	}
	dst = append(append(dst, `{"data":`...), entries...)
	dst = append(dst, `,"page":{"next":`...)
	if h.Next == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = field.AppendString(dst, strconv.FormatInt(h.Next, 10))
	}
	dst = append(dst, `},"included":`...)
	return append(h.Included.appendJSON(dst), '}')
}
