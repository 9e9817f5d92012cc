package job

import (
	"context"
	"fmt"

	"github.com/trellis-crm/trellis/engine/store"
)

// UpkeepKind is the name of the job that looks after the database: it looks
// for damage, and keeps the statistics fresh that queries are planned with.
const UpkeepKind = "upkeep"

// NightlyUpkeep is the schedule of the job.
func NightlyUpkeep() Schedule {
	return Schedule{Name: UpkeepKind, Kind: UpkeepKind, Spec: "47 3 * * *"}
}

// UpkeepSoon enqueues the job, for after much was written at once.
func UpkeepSoon(tx *store.Tx) error {
	return Enqueue(tx, Job{Kind: UpkeepKind, UniqueKey: UpkeepKind})
}

// Upkeep is the kind of the job.
func Upkeep(s *store.Store) Kind { return upkeep{s} }

type upkeep struct{ store *store.Store }

// Name is the kind's name.
func (upkeep) Name() string { return UpkeepKind }

// Run looks after the database.
func (u upkeep) Run(ctx context.Context, _ *Running) error {
	if err := u.store.Upkeep(ctx); err != nil {
		return fmt.Errorf("looking after the database: %w", err)
	}
	return nil
}
