package transfer

import (
	"context"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// People makes the actor of a person, as he is now.
type People interface {
	// ByID gives the active person with an id, or nil when there is none.
	ByID(ctx context.Context, id, via string) (*access.Actor, error)
}

// Notes tell people what concerns them.
type Notes interface {
	// Given tells a person that an import gave him the records of a filter.
	Given(w *record.Work, person string, of record.Happening) error
}

// Service imports and exports.
type Service struct {
	store   *store.Store
	records *record.Service
	people  People
	notes   Notes
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, people People, notes Notes, c clock.Clock) *Service {
	return &Service{store: s, records: records, people: people, notes: notes, clock: c}
}

// Kinds are the jobs that the service does.
func (s *Service) Kinds() []job.Kind {
	return []job.Kind{importJob{s}, exportJob{s}, cleaning{s}}
}

// The abilities that imports and exports need.
const (
	AbilityImport = "import"
	AbilityExport = "export"
)

// Progress is how far a transfer is, in rows.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}
