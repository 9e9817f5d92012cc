package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Prepared is what a draft holds: a request that may not be right yet.
type Prepared struct {
	Title       string            `json:"title"`
	Base        int64             `json:"base"` // the revision that it started from
	Definitions []json.RawMessage `json:"definitions"`
	Delete      []metadata.Key    `json:"delete"`
}

// Draft is a prepared change of definitions, kept until somebody deletes it.
type Draft struct {
	ID      string    `json:"id"`
	Version int64     `json:"version"`
	By      string    `json:"by"` // who saved it last
	At      time.Time `json:"at"`
	Prepared
}

// DraftEntry is a draft in a list.
type DraftEntry struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Base    int64     `json:"base"`
	Version int64     `json:"version"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// draftRow is a draft as it is kept.
type draftRow struct {
	ID       string `gorm:"primaryKey"`
	Title    string
	Base     int64
	Document string
	Version  int64
	ByID     string
	At       int64
}

// TableName is the table of drafts.
func (draftRow) TableName() string { return "sys_draft" }

func (r *draftRow) draft() (*Draft, error) {
	draft := &Draft{ID: r.ID, Version: r.Version, By: r.ByID, At: time.UnixMilli(r.At).UTC()}
	if err := json.Unmarshal([]byte(r.Document), &draft.Prepared); err != nil {
		return nil, fmt.Errorf("read a draft: %w", err)
	}
	return draft, nil
}

// Drafts lists the drafts, the one saved last first.
func (s *Service) Drafts(ctx context.Context) ([]DraftEntry, error) {
	rows, err := s.store.Query(ctx, "SELECT id, title, base, version, by_id, at FROM sys_draft ORDER BY at DESC, id DESC")
	if err != nil {
		return nil, fmt.Errorf("read the drafts: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	drafts := []DraftEntry{}
	for rows.Next() {
		var entry DraftEntry
		var at int64
		if err := rows.Scan(&entry.ID, &entry.Title, &entry.Base, &entry.Version, &entry.By, &at); err != nil {
			return nil, fmt.Errorf("read the drafts: %w", err)
		}
		entry.At = time.UnixMilli(at).UTC()
		drafts = append(drafts, entry)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the drafts: %w", err)
	}
	return drafts, nil
}

// Draft reads one. Fault: not_found.
func (s *Service) Draft(ctx context.Context, id string) (*Draft, error) {
	row, err := draftOf(ctx, s.store, id)
	if err != nil {
		return nil, err
	}
	return row.draft()
}

func draftOf(ctx context.Context, from store.Source, id string) (*draftRow, error) {
	if canonical, item := field.ParseID(id); item != nil || canonical != id {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[draftRow](ctx, from, "id = ?", id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read a draft: %w", err)
	}
	return row, nil
}

// maxTitle is how many characters the title of a draft may have.
const maxTitle = 200

func (p *Prepared) check() error {
	faults := fault.New(fault.InvalidValues)
	switch length := utf8.RuneCountInString(p.Title); {
	case length > maxTitle:
		faults.At("/title", fault.TooLong, "max", maxTitle, "length", length)
	case strings.ContainsRune(p.Title, 0):
		faults.At("/title", fault.InvalidText)
	}
	if p.Base < 0 {
		faults.At("/base", fault.TooSmall, "min", 0)
	}
	if p.Definitions == nil {
		p.Definitions = []json.RawMessage{}
	}
	if p.Delete == nil {
		p.Delete = []metadata.Key{}
	}
	return faults.OrNil()
}

// SaveDraft keeps a draft under an id: a new one without a version, a known one
// with the version that it was read in, so that nobody overwrites what he has
// not seen. Faults: not_found for what is no id, stale, invalid_values.
func (s *Service) SaveDraft(ctx context.Context, actor *access.Actor, id string, version *int64, prepared Prepared, finish func(context.Context, *store.Tx, *Draft) error) (*Draft, error) {
	if canonical, item := field.ParseID(id); item != nil || canonical != id {
		return nil, fault.New(fault.NotFound)
	}
	if err := prepared.check(); err != nil {
		return nil, err
	}
	document, err := json.Marshal(prepared)
	if err != nil {
		return nil, fmt.Errorf("write a draft: %w", err)
	}
	row := &draftRow{
		ID: id, Title: prepared.Title, Base: prepared.Base, Document: string(document), Version: 1, ByID: actor.ID, At: s.clock.Now().UnixMilli(),
	}
	var draft *Draft
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := keep(ctx, tx, row, version); err != nil {
			return err
		}
		if draft, err = row.draft(); err != nil || finish == nil {
			return err
		}
		return finish(ctx, tx, draft)
	})
	return draft, err
}

// keep writes a draft over the version that is meant, or as a new one.
func keep(ctx context.Context, tx *store.Tx, row *draftRow, version *int64) error {
	if version != nil {
		row.Version = *version + 1
		changed, err := store.Update[draftRow](ctx, tx, map[string]any{
			"title": row.Title, "base": row.Base, "document": row.Document, "version": row.Version, "by_id": row.ByID, "at": row.At,
		}, "id = ? AND version = ?", row.ID, *version)
		if err != nil {
			return fmt.Errorf("write a draft: %w", err)
		}
		if changed == 0 {
			return isStale(ctx, tx, row.ID)
		}
		return nil
	}
	row.Version = 1
	added, err := tx.Exec(ctx, "INSERT INTO sys_draft (id, title, base, document, version, by_id, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		row.ID, row.Title, row.Base, row.Document, row.Version, row.ByID, row.At)
	if err != nil {
		return fmt.Errorf("write a draft: %w", err)
	}
	if added == 0 {
		return isStale(ctx, tx, row.ID)
	}
	return nil
}

// isStale says that a draft is in another version than was meant, or is not
// there.
func isStale(ctx context.Context, tx *store.Tx, id string) error {
	known, err := draftOf(ctx, tx, id)
	if err != nil {
		return err
	}
	return fault.New(fault.Stale, "version", known.Version)
}

// DeleteDraft deletes a draft; with a version only that. Faults: not_found,
// stale.
func (s *Service) DeleteDraft(ctx context.Context, id string, version *int64, finish func(context.Context, *store.Tx) error) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		known, err := draftOf(ctx, tx, id)
		if err != nil {
			return err
		}
		deleted, err := store.Delete[draftRow](ctx, tx, "id = ? AND version = ?", id, meantOr(version, known.Version))
		if err != nil {
			return fmt.Errorf("delete a draft: %w", err)
		}
		if deleted == 0 {
			return isStale(ctx, tx, id)
		}
		return finish(ctx, tx)
	})
}

func meantOr(meant *int64, known int64) int64 {
	if meant != nil {
		return *meant
	}
	return known
}
