package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/trellis-crm/trellis/engine/store"
)

// Schedule enqueues a job again and again. What was missed while no server ran
// is made up for once.
type Schedule struct {
	Name string
	Kind string
	// Spec is five cron fields, optionally after "CRON_TZ=Asia/Shanghai ", or
	// "@every 10m" and its kin.
	Spec    string
	Payload any
	Queue   string
}

type scheduleRow struct {
	Name    string `gorm:"primaryKey"`
	Kind    string
	Queue   string
	Spec    string
	Payload string
	NextAt  int64
	LastAt  *int64
}

// TableName is the table of schedules.
func (scheduleRow) TableName() string { return "sys_schedule" }

// Next is the first time after t by spec; an error when spec cannot be read or
// never comes.
func Next(spec string, t time.Time) (time.Time, error) {
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the schedule %q: %w", spec, err)
	}
	next := parsed.Next(t)
	if next.IsZero() {
		return time.Time{}, fmt.Errorf("the schedule %q never comes", spec)
	}
	return next.UTC(), nil
}

// SetSchedule adds a schedule, or changes the one with its name. One that is
// the same as before keeps its next time.
func SetSchedule(ctx context.Context, tx *store.Tx, s Schedule) error {
	payload, err := json.Marshal(s.Payload)
	if err != nil {
		return fmt.Errorf("writing the payload of the schedule %s: %w", s.Name, err)
	}
	next, err := Next(s.Spec, tx.Now())
	if err != nil {
		return err
	}
	if s.Queue == "" {
		s.Queue = DefaultQueue
	}
	want := scheduleRow{Name: s.Name, Kind: s.Kind, Queue: s.Queue, Spec: s.Spec, Payload: string(payload), NextAt: next.UnixMilli()}
	had, err := store.First[scheduleRow](ctx, tx, "name = ?", s.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Insert(ctx, tx, &want)
	case err != nil:
		return err
	case had.Spec == want.Spec:
		want.NextAt = had.NextAt
	}
	want.LastAt = had.LastAt
	return store.Save(ctx, tx, &want)
}

// RemoveSchedule ends a schedule.
func RemoveSchedule(ctx context.Context, tx *store.Tx, name string) error {
	_, err := store.Delete[scheduleRow](ctx, tx, "name = ?", name)
	return err
}

// keepSchedules enqueues what is due.
func (r *Runner) keepSchedules(ctx context.Context) {
	timer := time.NewTicker(r.config.Poll)
	defer timer.Stop()
	for {
		if err := r.enqueueDue(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("keeping schedules", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

func (r *Runner) enqueueDue(ctx context.Context) error {
	now := r.store.Clock().Now().UnixMilli()
	rows, err := store.Find[scheduleRow](ctx, r.store, store.Selection{Where: "next_at <= ?", Args: []any{now}})
	if err != nil {
		return err
	}
	for _, s := range rows {
		if err := r.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			return fire(ctx, tx, s)
		}); err != nil {
			return fmt.Errorf("schedule %s: %w", s.Name, err)
		}
	}
	return nil
}

// fire enqueues the job of a schedule and moves it on, if no other server has
// done so since the schedule was read.
func fire(ctx context.Context, tx *store.Tx, s scheduleRow) error {
	next, err := Next(s.Spec, tx.Now())
	if err != nil {
		return err
	}
	moved, err := tx.Exec(ctx, "update sys_schedule set next_at = ?, last_at = ? where name = ? and next_at = ?",
		next.UnixMilli(), s.NextAt, s.Name, s.NextAt)
	if err != nil || moved == 0 {
		return err
	}
	return Enqueue(tx, Job{
		Kind: s.Kind, Queue: s.Queue, Payload: json.RawMessage(s.Payload),
		RunAt: time.UnixMilli(s.NextAt).UTC(), UniqueKey: "schedule " + s.Name,
	})
}

// Finished jobs are forgotten this often, so many at a time.
const (
	pruneTime = time.Hour
	pruneRows = 500
)

// prune forgets finished jobs when their time has come.
func (r *Runner) prune(ctx context.Context) {
	timer := time.NewTicker(pruneTime)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := r.Prune(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("forgetting finished jobs", "error", err)
		}
	}
}

// Prune forgets finished jobs whose time has come. A started runner does it by
// itself.
func (r *Runner) Prune(ctx context.Context) error {
	for {
		var count int64
		err := r.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) (err error) {
			now := tx.Now()
			count, err = tx.Exec(ctx, `delete from sys_job where id in (select id from sys_job where finished_at is not null
				and finished_at < case when state = 'dead' then cast(? as bigint) else cast(? as bigint) end and finished_at < ? limit ?)`,
				now.Add(-r.config.KeepDead).UnixMilli(), now.Add(-r.config.KeepDone).UnixMilli(),
				now.Add(-min(r.config.KeepDone, r.config.KeepDead)).UnixMilli(), int64(pruneRows))
			return err
		})
		if err != nil || count < pruneRows {
			return err
		}
	}
}
