package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Dropped names a definition that is no more, or a field of an object.
type Dropped struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Field string `json:"field"` // "" is the whole definition
}

// Deletion is something dropped that can come back, with the values of its
// records, until it is forgotten.
type Deletion struct {
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Field   string    `json:"field"`
	Title   string    `json:"title"`
	What    string    `json:"what"` // its kind in the reader's language; "" of a field
	Of      string    `json:"of"`   // the title of a field's object
	At      time.Time `json:"at"`
	By      *string   `json:"by"`
	PurgeAt time.Time `json:"purge_at"`

	document json.RawMessage // as it was last
	revision int64           // that dropped it
}

// Deletions are the definitions and the fields that were dropped as long ago as
// their values are kept, the last first.
func (s *Service) Deletions(ctx context.Context, language string) ([]Deletion, error) {
	now, err := s.load(ctx, s.store)
	if err != nil {
		return nil, err
	}
	dropped, err := s.dropped(ctx, s.store)
	if err != nil {
		return nil, err
	}
	for i := range dropped {
		one := &dropped[i]
		path := one.Kind + "/" + one.Name
		if one.Field == "" {
			one.What = s.kindTitle(language, one.Kind)
			one.Title = titleOf(now, language, path, one.document, one.Name)
			continue
		}
		one.Title = titleOf(now, language, path+"/properties/"+one.Field, one.document, one.Field)
		if object, ok := now.Object(one.Name); ok {
			one.Of = object.Title.In(language)
		}
	}
	return dropped, nil
}

// titleOf is what a document calls itself, in a language where it is translated.
func titleOf(catalog *metadata.Catalog, language, path string, document json.RawMessage, name string) string {
	if text := catalog.Text(language, path+"/title"); text != "" {
		return text
	}
	var told struct {
		Title string `json:"title"`
	}
	if json.Unmarshal(document, &told) != nil || told.Title == "" {
		return name
	}
	return told.Title
}

// dropped finds what was dropped in the documents of the revisions since.
func (s *Service) dropped(ctx context.Context, reader store.Reader) ([]Deletion, error) {
	var before int64
	due := s.clock.Now().Add(-keeping).UnixMilli()
	if err := reader.QueryRow(ctx, "SELECT coalesce(max(revision), 0) FROM sys_revision WHERE at < ?", due).Scan(&before); err != nil {
		return nil, fmt.Errorf("find the revisions that are kept: %w", err)
	}
	rows, err := reader.Query(ctx, `SELECT kind, name, revision, document, deleted FROM sys_definition d WHERE revision > ? OR revision =
		(SELECT max(revision) FROM sys_definition e WHERE e.kind = d.kind AND e.name = d.name AND e.revision <= ?)
		ORDER BY kind, name, revision`, before, before)
	if err != nil {
		return nil, fmt.Errorf("read what was dropped: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var found []Deletion
	var past history
	for rows.Next() {
		var row definitionRow
		if err := rows.Scan(&row.Kind, &row.Name, &row.Revision, &row.Document, &row.Deleted); err != nil {
			return nil, fmt.Errorf("read what was dropped: %w", err)
		}
		if key := (metadata.Key{Kind: row.Kind, Name: row.Name}); key != past.key {
			found = append(found, past.dropped()...)
			past = history{key: key}
		}
		if err := past.add(&row); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read what was dropped: %w", err)
	}
	found = slices.DeleteFunc(append(found, past.dropped()...), func(one Deletion) bool { return one.revision <= before })
	return found, s.dated(ctx, reader, before, found)
}

// dated says when and by whom each was dropped, and puts the last first.
func (s *Service) dated(ctx context.Context, reader store.Reader, before int64, found []Deletion) error {
	revisions := map[int64]revisionRow{}
	rows, err := reader.Query(ctx, "SELECT revision, at, by_id FROM sys_revision WHERE revision > ?", before)
	if err != nil {
		return fmt.Errorf("read the revisions: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	for rows.Next() {
		var row revisionRow
		if err := rows.Scan(&row.Revision, &row.At, &row.ByID); err != nil {
			return fmt.Errorf("read the revisions: %w", err)
		}
		revisions[row.Revision] = row
	}
	for i := range found {
		row := revisions[found[i].revision]
		found[i].At, found[i].By = time.UnixMilli(row.At).UTC(), row.ByID
		found[i].PurgeAt = found[i].At.Add(keeping)
	}
	slices.SortStableFunc(found, func(a, b Deletion) int { return int(b.revision - a.revision) })
	return rows.Err() //nolint:wrapcheck // said above
}

// history is what the documents of one definition said, revision by revision.
type history struct {
	key      metadata.Key
	document json.RawMessage
	fields   map[string]json.RawMessage // of an object
	gone     int64                      // the revision that deleted it; 0 while it is there
	lost     map[string]Deletion        // its fields that are no more
}

func (h *history) add(row *definitionRow) error {
	if row.Deleted {
		h.gone, h.lost, h.fields = row.Revision, nil, nil
		return nil
	}
	h.document, h.gone = json.RawMessage(row.Document), 0
	if h.key.Kind != metadata.KindObject {
		return nil
	}
	var object struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(h.document, &object); err != nil {
		return fmt.Errorf("read %s: %w", h.key, err)
	}
	for name, property := range h.fields {
		if object.Properties[name] == nil {
			if h.lost == nil {
				h.lost = map[string]Deletion{}
			}
			h.lost[name] = Deletion{Kind: h.key.Kind, Name: h.key.Name, Field: name, document: property, revision: row.Revision}
		}
	}
	for name := range object.Properties {
		delete(h.lost, name)
	}
	h.fields = object.Properties
	return nil
}

func (h *history) dropped() []Deletion {
	if h.gone > 0 {
		return []Deletion{{Kind: h.key.Kind, Name: h.key.Name, document: h.document, revision: h.gone}}
	}
	list := make([]Deletion, 0, len(h.lost))
	for _, one := range h.lost {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Deletion) int { return strings.Compare(a.Field, b.Field) })
	return list
}

// BringBack makes what was dropped a part of the catalog again, as it was last,
// in one revision; what was set aside comes back with its values. Faults:
// not_found, and those of Apply.
func (s *Service) BringBack(ctx context.Context, actor *access.Actor, wanted []Dropped, finish Finish) (*Result, error) {
	return s.change(ctx, actor, func(ctx context.Context, reader store.Source) (Request, error) {
		return s.broughtBack(ctx, reader, wanted)
	}, finish)
}

func (s *Service) broughtBack(ctx context.Context, reader store.Reader, wanted []Dropped) (Request, error) {
	request := Request{Note: "restore"}
	dropped, err := s.dropped(ctx, reader)
	if err != nil {
		return request, err
	}
	now, err := s.load(ctx, reader)
	if err != nil {
		return request, err
	}
	objects := map[string]json.RawMessage{}
	for _, definition := range now.Definitions() {
		if definition.Kind == metadata.KindObject {
			objects[definition.Name] = definition.Document
		}
	}
	grown := map[string]bool{}
	for i, one := range wanted {
		at := slices.IndexFunc(dropped, func(d Deletion) bool { return d.Kind == one.Kind && d.Name == one.Name && d.Field == one.Field })
		if at < 0 || slices.Contains(wanted[:i], one) {
			return request, fault.New(fault.NotFound)
		}
		if one.Field == "" {
			request.Definitions = append(request.Definitions, dropped[at].document)
			continue
		}
		if objects[one.Name], err = withField(objects[one.Name], one.Field, dropped[at].document); err != nil {
			return request, err
		}
		grown[one.Name] = true
	}
	for name := range grown {
		request.Definitions = append(request.Definitions, objects[name])
	}
	return request, nil
}

// withField is the document of an object with one more field, the last.
func withField(document json.RawMessage, name string, property json.RawMessage) (json.RawMessage, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(document, &object); err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	key, err := json.Marshal(name)
	if err != nil {
		return nil, fmt.Errorf("write the name of a field: %w", err)
	}
	fields := bytes.TrimSpace(object["properties"])
	fields = bytes.TrimSpace(bytes.TrimSuffix(fields, []byte("}")))
	if !bytes.HasSuffix(fields, []byte("{")) {
		fields = append(fields, ',')
	}
	object["properties"] = slices.Concat(fields, key, []byte(":"), property, []byte("}"))
	grown, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("write an object: %w", err)
	}
	return grown, nil
}
