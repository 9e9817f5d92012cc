// Package conversion makes of one record the records that its object's
// definition says it becomes: it offers what is there already, creates what is
// not, carries along what was said and planned, and takes it all back within
// some days. It knows no object by name. Start with Service.
package conversion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/duplicate"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// The names of the actions, as a record's answer lists them.
const (
	ActionConvert = "convert"
	ActionUndo    = "undo_convert"
)

// undoLife is how long a conversion can be undone.
const undoLife = 7 * 24 * time.Hour

// Service converts records.
type Service struct {
	store      *store.Store
	records    *record.Service
	duplicates *duplicate.Service
	clock      clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, duplicates *duplicate.Service, c clock.Clock) *Service {
	return &Service{store: s, records: records, duplicates: duplicates, clock: c}
}

// Conversion is what a record became.
type Conversion struct {
	ID     string    `json:"id"`
	Object string    `json:"object"`
	Record string    `json:"record"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// UndoUntil is how long it can be undone.
	UndoUntil time.Time `json:"undo_until"`
	Targets   []Became  `json:"targets"`
	// Carried is how many records, comments and files went along that the reader
	// sees.
	Carried int `json:"carried"`

	detail detail
}

// Became is one of the records that a record became.
type Became struct {
	Object  string `json:"object"`
	ID      string `json:"id"`
	Display string `json:"display"`
	Created bool   `json:"created"`
}

// AppendJSON appends the body of the answer.
func (c *Conversion) AppendJSON(dst []byte) []byte {
	return record.AppendValue(dst, map[string]any{"data": c})
}

// detail is what it takes to undo a conversion.
type detail struct {
	Targets []made            `json:"targets"`
	Source  record.Difference `json:"source"`
	Carried record.Carried    `json:"carried"`
	To      record.Pointer    `json:"to"`
}

// made is one target: created with a version, or one that was there, with what
// was changed of it.
type made struct {
	Object  string            `json:"object"`
	ID      string            `json:"id"`
	Created bool              `json:"created"`
	Version int64             `json:"version"`
	Edit    record.Difference `json:"edit"`
}

// standing finds the conversion of a record that was not undone, or nil.
func standing(ctx context.Context, reader store.Reader, object, id string) (*Conversion, error) {
	c := &Conversion{Object: object, Record: id}
	var at int64
	var raw string
	err := reader.QueryRow(ctx, "SELECT id, by_id, at, detail FROM sys_conversion WHERE object = ? AND record = ? AND undone_at IS NULL", object, id).
		Scan(&c.ID, &c.By, &at, &raw)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for a conversion: %w", err)
	}
	if err := json.Unmarshal([]byte(raw), &c.detail); err != nil {
		return nil, fmt.Errorf("read a conversion: %w", err)
	}
	c.At = time.UnixMilli(at).UTC()
	c.UndoUntil = c.At.Add(undoLife)
	return c, nil
}

// show fills in what a record became, and how much went along, as far as the
// actor sees it.
func (s *Service) show(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, c *Conversion) error {
	c.Targets = []Became{}
	for _, target := range c.detail.Targets {
		object, ok := policy.Catalog().Object(target.Object)
		if !ok {
			continue
		}
		seen, err := s.records.Seen(ctx, reader, policy, actor, object, []string{target.ID})
		if err != nil {
			return err
		}
		if found, ok := seen[target.ID]; ok {
			c.Targets = append(c.Targets, Became{Object: target.Object, ID: target.ID, Display: found.Display, Created: target.Created})
			if target.ID == c.detail.To.ID {
				carried, err := s.records.Count(ctx, reader, policy, actor, object, c.detail.Carried)
				if err != nil {
					return err
				}
				c.Carried = carried.Total()
			}
		}
	}
	return nil
}

// Actions are those of this package that an actor can take on a record that he
// may change.
func (s *Service) Actions(ctx context.Context, reader store.Reader, actor *access.Actor, object *metadata.Object, seen record.Seen) ([]string, error) {
	if object.Conversion == nil || seen.Writable == nil {
		return nil, nil
	}
	known, err := standing(ctx, reader, object.Name, seen.ID)
	switch {
	case err != nil:
		return nil, err
	case known != nil && s.clock.Now().Before(known.UndoUntil):
		return []string{ActionUndo}, nil
	case known != nil:
		return nil, nil
	}
	open, err := isOpen(object, inputOf(actor, s.clock.Now(), object, masked(seen)))
	if err != nil || !open {
		return nil, err
	}
	return []string{ActionConvert}, nil
}
