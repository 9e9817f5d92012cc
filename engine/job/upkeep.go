package job

import (
	"context"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/store"
)

// UpkeepKind is the name of the job that looks after the database: it looks
// for damage, and keeps the statistics fresh that queries are planned with.
const UpkeepKind = "upkeep"

// NightlyUpkeep is the schedule of the job.
func NightlyUpkeep() Schedule {
	return Schedule{Name: UpkeepKind, Kind: UpkeepKind, Spec: "47 3 * * *"}
}

const analysisKind = "analysis"

// Much that is written together comes within this time.
const together = 10 * time.Second

// AnalyzeSoon has the statistics refreshed, for after much was written.
func AnalyzeSoon(tx *store.Tx) error {
	return Enqueue(tx, Job{Kind: analysisKind, UniqueKey: analysisKind, RunAt: tx.Now().Add(together)})
}

// Upkeep gives the kinds of jobs that look after the database.
func Upkeep(s *store.Store) []Kind {
	return []Kind{upkeep{UpkeepKind, s.Upkeep}, upkeep{analysisKind, s.Analyze}}
}

type upkeep struct {
	name string
	work func(ctx context.Context) error
}

// Name is the kind's name.
func (u upkeep) Name() string { return u.name }

// Run looks after the database.
func (u upkeep) Run(ctx context.Context, _ *Running) error {
	if err := u.work(ctx); err != nil {
		return fmt.Errorf("looking after the database: %w", err)
	}
	return nil
}
