package notification

import (
	"context"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// How many people may follow a record, and how many records a person.
const (
	maxFollowers = 200
	maxFollowed  = 2000
)

type followRow struct {
	Object string `gorm:"primaryKey"`
	Record string `gorm:"primaryKey"`
	Person string `gorm:"primaryKey"`
	At     int64
}

// TableName is the table of who follows what.
func (followRow) TableName() string { return "sys_follow" }

// Follow has the actor told of what happens to a record from now on. Faults:
// not_found, too_many_records.
func (s *Service) Follow(ctx context.Context, actor *access.Actor, name, id string, options record.Options) error {
	_, err := s.records.Do(ctx, actor, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		if err := seen(ctx, w, name, id); err != nil {
			return nil, err
		}
		var followers, followed int // without the actor here, who may follow already
		err := w.Tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM sys_follow WHERE object = ? AND record = ? AND person <> ?),
			(SELECT count(*) FROM sys_follow WHERE person = ? AND NOT (object = ? AND record = ?))`,
			name, id, w.Actor.ID, w.Actor.ID, name, id).Scan(&followers, &followed)
		switch {
		case err != nil:
			return nil, fmt.Errorf("count who follows: %w", err)
		case followers >= maxFollowers:
			return nil, fault.New(fault.TooManyRecords, "max", maxFollowers)
		case followed >= maxFollowed:
			return nil, fault.New(fault.TooManyRecords, "max", maxFollowed)
		}
		w.Tx.Queue("INSERT INTO sys_follow (object, record, person, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", name, id, w.Actor.ID, w.Now.UnixMilli())
		return record.Nothing{}, nil
	})
	return err
}

// seen refuses a record that the actor may not read.
func seen(ctx context.Context, w *record.Work, name, id string) error {
	object, err := w.Known(name)
	if err != nil {
		return err
	}
	return w.Readable(ctx, object, id)
}

// Unfollow ends that, also for who may not read the record any more. Fault:
// not_found for what is no id.
func (s *Service) Unfollow(ctx context.Context, actor *access.Actor, name, id string, options record.Options) error {
	_, err := s.records.Do(ctx, actor, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		if canonical, item := field.ParseID(id); item != nil || canonical != id {
			return nil, fault.New(fault.NotFound)
		}
		w.Tx.Queue("DELETE FROM sys_follow WHERE object = ? AND record = ? AND person = ?", name, id, w.Actor.ID)
		return record.Nothing{}, nil
	})
	return err
}

// Follows tells whether the actor follows a record that he may read. Fault:
// not_found.
func (s *Service) Follows(ctx context.Context, actor *access.Actor, name, id string) (bool, error) {
	if err := s.records.Exists(ctx, actor, name, id); err != nil {
		return false, err
	}
	_, err := store.First[followRow](ctx, s.store, "object = ? AND record = ? AND person = ?", name, id, actor.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
