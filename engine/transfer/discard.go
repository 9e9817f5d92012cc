package transfer

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// How much one person may keep in imports.
const (
	maxOpen  = 20      // that were not run yet
	maxBytes = 2 << 30 // of the files of all of them
)

// room refuses a person's file of a size when he keeps too much already.
// Faults: too_many_imports, imports_too_large.
func room(ctx context.Context, reader store.Reader, actor *access.Actor, size int64) error {
	var open, bytes int64
	err := reader.QueryRow(ctx, `SELECT count(CASE WHEN state IN (?, ?) THEN NULL ELSE 1 END),
		CAST(coalesce(sum(CAST(settings -> 'file' ->> 'size' AS bigint)), 0) AS bigint) FROM sys_import WHERE by_id = ?`,
		Done, Undone, actor.ID).Scan(&open, &bytes)
	switch {
	case err != nil:
		return fmt.Errorf("count imports: %w", err)
	case open >= maxOpen:
		return fault.New(fault.TooManyImports, "max", maxOpen)
	case bytes+size > maxBytes:
		return fault.New(fault.ImportsTooLarge, "max", fmt.Sprintf("%d GiB", maxBytes>>30))
	default:
		return nil
	}
}

// add stores a new import, one of a person's after the other, so that many at
// once are counted, too.
func (s *Service) add(ctx context.Context, actor *access.Actor, row *importRow, size int64) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		var id string
		if err := tx.QueryRow(ctx, `SELECT id FROM "user" WHERE id = ? `+tx.Dialect().ForValues(), actor.ID).Scan(&id); err != nil {
			return fmt.Errorf("lock a person: %w", err)
		}
		if err := room(ctx, tx, actor, size); err != nil {
			return err
		}
		if err := store.Insert(ctx, tx, row); err != nil {
			return fmt.Errorf("store an import: %w", err)
		}
		return nil
	})
}

// touched are the settings of an import, which the transaction has changed and
// so locked, with the moment in them.
func (s *Service) touched(ctx context.Context, tx *store.Tx, id, stage string) (string, error) {
	row, err := store.First[importRow](ctx, tx, "id = ?", id)
	if err != nil {
		return "", fmt.Errorf("read an import: %w", err)
	}
	set, err := row.settings()
	if err != nil {
		return "", err
	}
	set.Touched, set.Outdated = s.clock.Now().UnixMilli(), false
	if stage == stageRun {
		set.Began = set.Touched
	}
	err = row.put(set)
	return row.Settings, err
}

// Discard removes one of a person's own imports with its file, unless a job
// works on it; the records that it made stay, and it can no longer be undone.
// Faults: not_found, wrong_state.
func (s *Service) Discard(ctx context.Context, actor *access.Actor, id string) error {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		count, err := store.Delete[importRow](ctx, tx, "id = ? AND state IN ?", row.ID, []string{Uploaded, Planned, Done, Failed, Undone})
		if err != nil {
			return fmt.Errorf("remove an import: %w", err)
		}
		if count == 0 {
			return fault.New(fault.WrongState, "state", row.State)
		}
		if _, err := store.Delete[storedRow](ctx, tx, `import = ?`, row.ID); err != nil {
			return fmt.Errorf("remove the rows of an import: %w", err)
		}
		if err := uncorrect(ctx, tx, row.ID); err != nil {
			return err
		}
		if _, err := store.Delete[blobRow](ctx, tx, "id = ?", row.File); err != nil {
			return fmt.Errorf("remove a file: %w", err)
		}
		return nil
	})
}

// How long files are kept.
const (
	keepImports = 30 * 24 * time.Hour
	keepUploads = 7 * 24 * time.Hour // untouched, and files that nothing refers to
	keepExports = 7 * 24 * time.Hour
)

// CleaningSchedule is when what is too old is removed: at night.
const CleaningSchedule = "17 3 * * *"

// CleaningKind is the name of the job that removes what is too old.
const CleaningKind = "transfer_cleaning"

// cleaning removes the files of old imports, of uploads that nobody went on
// with, and of old exports; what an import did can then no longer be undone.
type cleaning struct{ service *Service }

// Name is the kind's name.
func (cleaning) Name() string { return CleaningKind }

// Run removes what is too old, and the files to which nothing refers, because
// a server broke off before it had received or written them whole.
func (c cleaning) Run(ctx context.Context, _ *job.Running) error {
	now := c.service.clock.Now()
	imports, exports, uploads := now.Add(-keepImports), now.Add(-keepExports), now.Add(-keepUploads)
	const (
		anyImport = "created_at < ?"
		untouched = "state IN ('uploaded', 'planned') AND coalesce(CAST(settings ->> 'touched' AS bigint), created_at) < ?"
		unused    = "id NOT IN (SELECT file FROM sys_import) AND id NOT IN (SELECT file FROM sys_export WHERE file IS NOT NULL)"
	)
	return c.service.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		for _, statement := range []struct {
			text string
			arg  any
		}{
			{"DELETE FROM sys_export WHERE created_at < ?", exports.UnixMilli()},
			{"DELETE FROM sys_import_row WHERE import IN (SELECT id FROM sys_import WHERE " + anyImport + ")", imports.UnixMilli()},
			{"DELETE FROM sys_import WHERE " + anyImport, imports.UnixMilli()},
			{"DELETE FROM sys_import_row WHERE import IN (SELECT id FROM sys_import WHERE " + untouched + ")", uploads.UnixMilli()},
			{"DELETE FROM sys_import WHERE " + untouched, uploads.UnixMilli()},
			{"DELETE FROM sys_correction WHERE import < ? AND import NOT IN (SELECT id FROM sys_import)", firstID(uploads)},
			{"DELETE FROM sys_blob WHERE id < ? AND " + unused, firstID(uploads)},
		} {
			if _, err := tx.Exec(ctx, statement.text, statement.arg); err != nil {
				return fmt.Errorf("remove old transfers: %w", err)
			}
		}
		return nil
	})
}

// firstID is the least id that can have been made at a moment.
func firstID(at time.Time) string {
	var id uuid.UUID
	var moment [8]byte
	binary.BigEndian.PutUint64(moment[:], uint64(at.UnixMilli()))
	copy(id[:6], moment[2:])
	return id.String()
}
