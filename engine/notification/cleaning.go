package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// CleaningKind is the job that forgets old notifications, when CleaningSchedule
// says.
const (
	CleaningKind     = "notification_cleaning"
	CleaningSchedule = "40 3 * * *"
)

// How long notifications are kept, and how many of a person.
const (
	keepRead = 90 * 24 * time.Hour
	keepAll  = 365 * 24 * time.Hour
	keepMost = 5000
)

type cleaning struct{ *Service }

// Name is the kind's name.
func (cleaning) Name() string { return CleaningKind }

// Run forgets what is too old, and of who has too many the oldest.
func (k cleaning) Run(ctx context.Context, running *job.Running) error {
	return k.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		now := tx.Now()
		if _, err := tx.Exec(ctx, "DELETE FROM sys_notification WHERE read_at < ? OR at < ?", now.Add(-keepRead).UnixMilli(), now.Add(-keepAll).UnixMilli()); err != nil {
			return fmt.Errorf("forget old notifications: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM sys_notification WHERE id IN (SELECT id FROM
			(SELECT id, row_number() OVER (PARTITION BY person ORDER BY at DESC, id DESC) AS place FROM sys_notification) AS placed WHERE place > ?)`, int64(keepMost)); err != nil {
			return fmt.Errorf("forget the oldest notifications: %w", err)
		}
		tx.Notify(Channel)
		return running.Complete(ctx, tx)
	})
}
