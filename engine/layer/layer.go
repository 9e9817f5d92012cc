// Package layer keeps what each person changed of a view for himself: its
// filter, order, columns and how it is drawn. A layer with a title is a view of
// his own that lies over a shared one. Nobody else sees either. Start with
// Service.
package layer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// All is the name of the list of an object that has no view of its own.
const All = "_all"

// Layer is what a person changed of a view. It has the view's name, or, with a
// title, an id that he chose.
type Layer struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	Settings
}

// Settings are what differs; what is null is as in the view.
type Settings struct {
	View    string         `json:"view"`
	Title   string         `json:"title"`
	Filter  *string        `json:"filter"`
	Sort    []string       `json:"sort"`
	Columns []string       `json:"columns"`
	Widths  map[string]int `json:"widths"`
	Group   *string        `json:"group"`
	Density *string        `json:"density"`
}

// Own reports whether it is a view of the person's own.
func (s *Settings) Own() bool { return s.Title != "" }

// MaxOwn is how many views of his own of one object a person may have.
const MaxOwn = 50

// Service keeps layers.
type Service struct {
	store   *store.Store
	records *record.Service
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, c clock.Clock) *Service {
	return &Service{store: s, records: records, clock: c}
}

// layerRow is a layer as it is kept.
type layerRow struct {
	Person   string `gorm:"primaryKey"`
	Object   string `gorm:"primaryKey"`
	Name     string `gorm:"primaryKey"`
	View     string
	Title    string
	Settings string
	At       int64
}

// TableName is the table of layers.
func (layerRow) TableName() string { return "sys_layer" }

// Of lists the actor's layers over the views of an object, by their titles.
func (s *Service) Of(ctx context.Context, actor *access.Actor, object string) ([]Layer, error) {
	rows, err := store.Find[layerRow](ctx, s.store, store.Selection{Where: "person = ? AND object = ?", Args: []any{actor.ID, object}, Order: "title, name"})
	if err != nil {
		return nil, fmt.Errorf("read layers: %w", err)
	}
	layers := make([]Layer, len(rows))
	for i, row := range rows {
		layers[i] = Layer{Name: row.Name, At: time.UnixMilli(row.At).UTC()}
		if err := json.Unmarshal([]byte(row.Settings), &layers[i].Settings); err != nil {
			return nil, fmt.Errorf("read a layer: %w", err)
		}
	}
	return layers, nil
}

// Keep keeps a layer of the actor in place of the one of that name. Faults:
// invalid_values.
func (s *Service) Keep(ctx context.Context, actor *access.Actor, object, name string, settings Settings) (*Layer, error) {
	if err := s.check(actor, object, &settings); err != nil {
		return nil, err
	}
	written, err := json.Marshal(settings)
	if err != nil {
		return nil, fmt.Errorf("write a layer: %w", err)
	}
	now := s.clock.Now()
	row := &layerRow{Person: actor.ID, Object: object, Name: name, View: settings.View, Title: settings.Title, Settings: string(written), At: now.UnixMilli()}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if settings.Own() {
			tx.Hold("layers of " + actor.ID)
			others, err := store.Find[layerRow](ctx, tx, store.Selection{Where: "person = ? AND object = ? AND title <> '' AND name <> ?", Args: []any{actor.ID, object, name}, Limit: MaxOwn})
			if err != nil {
				return fmt.Errorf("count layers: %w", err)
			}
			if len(others) >= MaxOwn {
				return fault.New(fault.InvalidValues).At("/title", fault.TooManyItems, "max", MaxOwn, "count", MaxOwn+1)
			}
		}
		if err := store.Save(ctx, tx, row); err != nil {
			return fmt.Errorf("keep a layer: %w", err)
		}
		return nil
	})
	return &Layer{Name: name, At: now.UTC().Truncate(time.Millisecond), Settings: settings}, err
}

// Forget deletes a layer of the actor. Fault: not_found.
func (s *Service) Forget(ctx context.Context, actor *access.Actor, object, name string) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		deleted, err := store.Delete[layerRow](ctx, tx, "person = ? AND object = ? AND name = ?", actor.ID, object, name)
		if err != nil {
			return fmt.Errorf("forget a layer: %w", err)
		}
		if deleted == 0 {
			return fault.New(fault.NotFound)
		}
		return nil
	})
}
