// Package notification tells people what concerns them: that somebody mentions
// them, gives them a record or many of an import, or changes one that they follow, and that a time
// has come of which they wanted to be reminded. What is kept is why and what
// about, written in the transaction of what caused it; what it says is worked
// out when it is read, in the reader's rights. Start with Service; write.go
// says who is told of what.
package notification

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/delegation"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Why somebody is told.
const (
	Mentioned  = "mentioned"
	Assigned   = "assigned"
	Reminded   = "reminded"
	Commented  = "commented"
	Changed    = "changed"
	Imported   = "imported"
	HandedOver = "handed_over"
)

// What is for a person himself, and what he only watches.
const (
	Me       = "me"
	Watching = "watching"
)

// Channel is notified when somebody's notifications changed.
const Channel = "notification"

// Service keeps notifications.
type Service struct {
	store   *store.Store
	records *record.Service
	clock   clock.Clock
}

// New makes the service.
func New(s *store.Store, records *record.Service, c clock.Clock) *Service {
	return &Service{store: s, records: records, clock: c}
}

// Kinds are the kinds of job of this package.
func (s *Service) Kinds() []job.Kind { return []job.Kind{reminding{s}, arming{s}, cleaning{s}} }

// notificationRow is a notification as it is kept.
type notificationRow struct {
	ID       string `gorm:"primaryKey"`
	Person   string
	Reason   string
	Watching bool
	Object   string
	Record   string
	ByID     string
	ForID    *string
	At       int64
	Comment  *string
	Version  *int64
	Filter   *string
	ReadAt   *int64
}

// TableName is the table of notifications.
func (notificationRow) TableName() string { return "sys_notification" }

// tell tells a person of something that concerns himself and, while he is away,
// who stands in for him: unless that is who did it, is told of it anyway, or
// may not see the record.
func tell(ctx context.Context, w *record.Work, person, reason string, of record.Happening, others ...string) error {
	if err := add(w, person, reason, of, ""); err != nil {
		return err
	}
	standIn, err := delegation.StandIn(ctx, w.Tx, person, w.Now)
	if err != nil || standIn == "" || standIn == w.Author.ID || slices.Contains(others, standIn) {
		return err
	}
	object, ok := w.Policy.Catalog().Object(of.Object)
	if !ok {
		return nil
	}
	readable, err := w.ReadableBy(ctx, object, of.Record, standIn)
	if err != nil || readable[standIn] == nil {
		return err
	}
	return add(w, standIn, reason, of, person)
}

// add tells a person of something, perhaps for another whom he stands in for.
func add(w *record.Work, person, reason string, of record.Happening, instead string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	var comment, version, filter, absent any
	if instead != "" {
		absent = instead
	}
	if of.Comment != "" {
		comment = of.Comment
	}
	if of.Version != 0 {
		version = of.Version
	}
	if of.Filter != "" {
		filter = of.Filter
	}
	watching := reason == Commented || reason == Changed
	w.Tx.Gather("INSERT INTO sys_notification (id, person, reason, watching, object, record, by_id, for_id, at, comment, version, filter) VALUES %s",
		id.String(), person, reason, watching, of.Object, of.Record, of.By, absent, w.Now.UnixMilli(), comment, version, filter)
	w.Tx.Notify(Channel)
	return nil
}

// Counts are how many notifications somebody has not read.
type Counts struct {
	Me       int64 `json:"me"`
	Watching int64 `json:"watching"`
}

// Mark reads or unreads one notification of the actor. Fault: not_found.
func (s *Service) Mark(ctx context.Context, actor *access.Actor, id string, read bool, options record.Options) error {
	if canonical, item := field.ParseID(id); item != nil || canonical != id {
		return fault.New(fault.NotFound)
	}
	_, err := s.records.Do(ctx, actor, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		var at any
		if read {
			at = w.Now.UnixMilli()
		}
		count, err := w.Tx.Exec(ctx, "UPDATE sys_notification SET read_at = ? WHERE id = ? AND person = ?", at, id, w.Actor.ID)
		if err == nil && count == 0 {
			err = store.ErrNotFound
		}
		w.Tx.Notify(Channel)
		return record.Nothing{}, err
	})
	return err
}

// Reading says which notifications to read at once: those with these ids, or
// all, of one group or of both, that are not newer than a moment.
type Reading struct {
	IDs   []string   `json:"ids"`
	All   bool       `json:"all"`
	Group string     `json:"group"`
	Until *time.Time `json:"until"`
}
