package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// How long files are kept that nothing holds: those that nothing ever held, and
// those that were taken out of a record, or whose field was removed, as long as
// that can be taken back.
const (
	keepUnused  = 24 * time.Hour
	keepRemoved = 30 * 24 * time.Hour
)

// FileCleaningKind is the name of the job that removes files that nothing holds
// any more, and FileCleaningSchedule when it does: every hour.
const (
	FileCleaningKind     = "file_cleaning"
	FileCleaningSchedule = "23 * * * *"
)

type fileCleaning struct{ *Service }

// Name is the kind's name.
func (fileCleaning) Name() string { return FileCleaningKind }

// Run decides which files are gone, and removes them.
func (c fileCleaning) Run(ctx context.Context, _ *job.Running) error {
	now := c.clock.Now()
	err := c.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Update[file.Stored](ctx, tx, map[string]any{"state": file.Gone}, "record IS NULL AND loose_at < ?", now.Add(-keepUnused).UnixMilli())
		return err //nolint:wrapcheck // said below
	})
	if err != nil {
		return fmt.Errorf("let go of files: %w", err)
	}
	if err := c.loosen(ctx, now); err != nil {
		return err
	}
	if err := c.release(ctx, now.Add(-keepRemoved)); err != nil {
		return err
	}
	if err := c.Service.files.Sweep(ctx); err != nil {
		return fmt.Errorf("remove files: %w", err)
	}
	return nil
}

// loosen notes that the files of fields that are no more are not held.
func (c fileCleaning) loosen(ctx context.Context, now time.Time) error {
	var gone [][2]string
	rows, err := c.store.Query(ctx, "SELECT DISTINCT object, field FROM sys_file WHERE record IS NOT NULL AND loose_at IS NULL")
	if err != nil {
		return fmt.Errorf("find the fields of files: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	for rows.Next() {
		var place [2]string
		if err := rows.Scan(&place[0], &place[1]); err != nil {
			return fmt.Errorf("find the fields of files: %w", err)
		}
		if !c.there(place[0], place[1]) {
			gone = append(gone, place)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find the fields of files: %w", err)
	}
	for _, place := range gone {
		err := c.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Update[file.Stored](ctx, tx, map[string]any{"loose_at": now.UnixMilli()}, "object = ? AND field = ? AND loose_at IS NULL", place[0], place[1])
			return err //nolint:wrapcheck // said below
		})
		if err != nil {
			return fmt.Errorf("let go of files: %w", err)
		}
	}
	return nil
}

// there tells whether an object has a field that holds files; "" is beside its
// fields, also while that is switched off.
func (c fileCleaning) there(name, fieldName string) bool {
	object, ok := c.policies.Current().Catalog().Object(name)
	if !ok || fieldName == "" {
		return ok
	}
	f, ok := object.Field(fieldName)
	return ok && f.Files != nil
}

// releaseChunk is how many files are judged at once.
const releaseChunk = 200

// release lets go of the files that were taken out of records before a time.
// What a record holds all the same, because its field came back, it keeps.
func (c fileCleaning) release(ctx context.Context, before time.Time) error {
	for {
		rows, err := store.Find[file.Stored](ctx, c.store, store.Selection{
			Where: "record IS NOT NULL AND state = 'ready' AND loose_at < ?", Args: []any{before.UnixMilli()}, Order: "loose_at, id", Limit: releaseChunk,
		})
		if err != nil {
			return fmt.Errorf("find files to let go of: %w", err)
		}
		for _, found := range rows {
			held, err := c.holds(ctx, &found)
			if err != nil {
				return err
			}
			set := map[string]any{"state": file.Gone}
			if held {
				set = map[string]any{"loose_at": nil, "loose_by": nil}
			}
			err = c.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Update[file.Stored](ctx, tx, set, "id = ? AND loose_at = ?", found.ID, *found.LooseAt)
				return err //nolint:wrapcheck // said below
			})
			if err != nil {
				return fmt.Errorf("let go of files: %w", err)
			}
		}
		if len(rows) < releaseChunk {
			return nil
		}
	}
}

// holds tells whether the record of a file holds it, deleted or not.
func (c fileCleaning) holds(ctx context.Context, found *file.Stored) (bool, error) {
	if !c.there(*found.Object, *found.Field) {
		return false, nil
	}
	policy := c.policies.Current()
	object, _ := policy.Catalog().Object(*found.Object)
	record, err := c.table(policy, access.System(), object, c.clock.Now()).Find(ctx, c.store, *found.Record, row.Wanted{Deleted: true})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the record of a file: %w", err)
	}
	if *found.Field == "" {
		return found.LooseBy == nil, nil
	}
	slot := object.Slot(*found.Field)
	return keeps(object.Fields[slot], record.Values[slot], found.ID), nil
}
