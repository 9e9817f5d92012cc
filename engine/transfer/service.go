package transfer

import (
	"context"
	"fmt"
	"time"

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

// Service imports and exports.
type Service struct {
	store   *store.Store
	records *record.Service
	people  People
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, people People, c clock.Clock) *Service {
	return &Service{store: s, records: records, people: people, clock: c}
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

// How long files are kept.
const (
	keepImports = 30 * 24 * time.Hour
	keepExports = 7 * 24 * time.Hour
)

// CleaningSchedule is when what is too old is removed: at night.
const CleaningSchedule = "17 3 * * *"

// CleaningKind is the name of the job that removes what is too old.
const CleaningKind = "transfer_cleaning"

// cleaning removes the files of old imports and old exports; what an import
// did can then no longer be undone.
type cleaning struct{ service *Service }

// Name is the kind's name.
func (cleaning) Name() string { return CleaningKind }

// Run removes what is too old.
func (c cleaning) Run(ctx context.Context, _ *job.Running) error {
	now := c.service.clock.Now()
	return c.service.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		for _, statement := range []struct {
			text   string
			before time.Time
		}{
			{"DELETE FROM sys_blob WHERE id IN (SELECT file FROM sys_export WHERE created_at < ?)", now.Add(-keepExports)},
			{"DELETE FROM sys_export WHERE created_at < ?", now.Add(-keepExports)},
			{"DELETE FROM sys_blob WHERE id IN (SELECT file FROM sys_import WHERE created_at < ?)", now.Add(-keepImports)},
			{"DELETE FROM sys_import_row WHERE import IN (SELECT id FROM sys_import WHERE created_at < ?)", now.Add(-keepImports)},
			{"DELETE FROM sys_import WHERE created_at < ?", now.Add(-keepImports)},
		} {
			if _, err := tx.Exec(ctx, statement.text, statement.before.UnixMilli()); err != nil {
				return fmt.Errorf("remove old transfers: %w", err)
			}
		}
		return nil
	})
}

// Progress is how far a transfer is, in rows.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}
