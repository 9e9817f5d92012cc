package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// BinCleaningKind is the name of the job that removes for good what was long
// enough in the recycle bin, and BinCleaningSchedule when it does: every night.
const (
	BinCleaningKind     = "bin_cleaning"
	BinCleaningSchedule = "41 3 * * *"
)

// How many days records stay in the recycle bin, unless the organisation says
// otherwise, and how many it may say; 0 keeps them.
const (
	usualBinDays = 90
	maxBinDays   = 3650
	binSetting   = "bin_days"
)

func isMissing(err error) bool { return errors.Is(err, store.ErrNotFound) }

// BinDays is how many days records stay in the recycle bin; 0 is always.
func (s *Service) BinDays(ctx context.Context, reader store.Reader) (days int, err error) {
	var raw string
	err = reader.QueryRow(ctx, "SELECT value FROM sys_setting WHERE name = ?", binSetting).Scan(&raw)
	if isMissing(err) {
		return usualBinDays, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read how long records are kept: %w", err)
	}
	if err := json.Unmarshal([]byte(raw), &days); err != nil {
		return 0, fmt.Errorf("read how long records are kept: %w", err)
	}
	return days, nil
}

// KeepBin sets how many days records stay in the recycle bin. Fault:
// invalid_values.
func (s *Service) KeepBin(ctx context.Context, actor *access.Actor, days int) error {
	if days < 0 || days > maxBinDays {
		return fault.New(fault.InvalidValues).At("/days", fault.OutOfRange, "min", 0, "max", maxBinDays)
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SettingChanged, Subject: binSetting, Detail: map[string]any{"after": days}})
		tx.Queue("INSERT INTO sys_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", binSetting, fmt.Sprint(days))
		return nil
	})
}

// EraseDeleted removes a record of the recycle bin for good, with what was
// deleted with it. It needs the right to delete it. Faults: not_found,
// forbidden, in_use.
func (s *Service) EraseDeleted(ctx context.Context, actor *access.Actor, name, id string, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		object, err := objectOf(w.Policy, w.Actor, name, access.Delete)
		if err != nil {
			return nil, err
		}
		prior, err := w.lock(ctx, object, id, access.Delete, true)
		if err != nil {
			return nil, err
		}
		if !prior.Deleted {
			return nil, fault.New(fault.NotFound)
		}
		w.erasing = true
		audit.Write(ctx, w.Tx, w.Author, audit.Entry{Action: audit.RecordErased, Object: name, Subject: id})
		left := maxCascade
		return Nothing{}, w.eraseBuried(ctx, object, id, prior, &left, map[string]bool{})
	})
	return err
}

// eraseBuried removes a deleted record for good: what is a part of it and
// deleted, too, goes before it, and other deleted records let it go. Those that
// were met are being removed.
func (w *Work) eraseBuried(ctx context.Context, object *metadata.Object, id string, prior *row.Record, left *int, met map[string]bool) error {
	met[id] = true
	for _, user := range object.Users {
		for many := true; many; {
			ids, err := w.table(user.Object).PointingDeleted(ctx, w.Tx, user.Field, id, maxCascade)
			if err != nil {
				return err
			}
			for _, other := range ids {
				if err := w.eraseUser(ctx, user, other, id, left, met); err != nil {
					return err
				}
			}
			many = len(ids) == maxCascade
		}
	}
	_, err := w.discard(ctx, object, id, prior, left)
	return err
}

// eraseUser removes a deleted record that is a part of another for good, or has
// it let the other go.
func (w *Work) eraseUser(ctx context.Context, user metadata.Reference, id, of string, left *int, met map[string]bool) error {
	table := w.table(user.Object)
	found, err := table.Find(ctx, w.Tx, id, row.Wanted{Lock: true, Deleted: true})
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if user.Field.OnDelete == "cascade" && !met[id] {
		return w.eraseBuried(ctx, user.Object, id, found, left, met)
	}
	slot := user.Object.Slot(user.Field.Name)
	values := slices.Clone(found.Values)
	values[slot] = letGo(values[slot], of)
	return table.Update(w.Tx, id, values, []int{slot})
}

type binCleaning struct{ *Service }

// Name is the kind's name.
func (binCleaning) Name() string { return BinCleaningKind }

// Run removes what was long enough in the recycle bin, the oldest first; what
// something needs stays. One that cannot be removed keeps no other from it.
func (c binCleaning) Run(ctx context.Context, _ *job.Running) error {
	if err := c.forgetMerges(ctx); err != nil {
		return err
	}
	days, err := c.BinDays(ctx, c.store)
	if err != nil || days == 0 {
		return err
	}
	var failed error
	until, after := c.clock.Now().AddDate(0, 0, -days).UnixMilli(), place{}
	for {
		rows, err := store.Find[binRow](ctx, c.store, store.Selection{
			Where: "root_object = object AND root = record AND at < ? AND (at > ? OR at = ? AND record > ?)",
			Args:  []any{until, after.At, after.At, orNone(after.ID)}, Order: "at, record", Limit: releaseChunk,
		})
		if err != nil {
			return fmt.Errorf("read the recycle bin: %w", err)
		}
		for _, r := range rows {
			err := c.EraseDeleted(ctx, access.System(), r.Object, r.Record, Options{Lane: store.Bulk})
			if err != nil && fault.As(err) == nil && failed == nil {
				failed = err
			}
			after = place{At: r.At, ID: r.Record}
		}
		if len(rows) < releaseChunk || ctx.Err() != nil {
			return failed
		}
	}
}

// forgetMerges removes what it takes to undo the merges that nobody can undo any
// more.
func (c binCleaning) forgetMerges(ctx context.Context) error {
	return c.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Delete[mergeRow](ctx, tx, "at < ?", c.clock.Now().Add(-mergeLife).UnixMilli()); err != nil {
			return fmt.Errorf("forget merges: %w", err)
		}
		return nil
	})
}

// orNone is an id, or one before all.
func orNone(id string) string {
	if id == "" {
		return "00000000-0000-0000-0000-000000000000"
	}
	return id
}
