package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// Log reads the entries.
type Log struct {
	store *store.Store
	heads string
}

// New makes the log. The heads of its chain are also noted in a file, outside
// the database, so that what is cut off its end is missed.
func New(s *store.Store, heads string) *Log { return &Log{store: s, heads: heads} }

// Ask says which entries are wanted; what is empty is not asked for.
type Ask struct {
	Action, Actor, Object, Subject string
	Since, Until                   time.Time
	Before                         int64 // only entries before this one
	Limit                          int
}

// Told is an entry as it is read.
type Told struct {
	Seq     int64           `json:"seq"`
	At      time.Time       `json:"at"`
	Action  string          `json:"action"`
	Actor   string          `json:"actor"`
	Via     string          `json:"via"`
	Address string          `json:"address"`
	Object  string          `json:"object"`
	Subject string          `json:"subject"`
	Detail  json.RawMessage `json:"detail"`
}

// List reads entries, the newest first.
func (l *Log) List(ctx context.Context, ask Ask) ([]Told, error) {
	where, args := "seq > 0", []any{}
	and := func(condition string, arg any) {
		where, args = where+" AND "+condition, append(args, arg)
	}
	for column, value := range map[string]string{"action": ask.Action, "actor": ask.Actor, "object": ask.Object, "subject": ask.Subject} {
		if value != "" {
			and(column+" = ?", value)
		}
	}
	if !ask.Since.IsZero() {
		and("at >= ?", ask.Since.UnixMilli())
	}
	if !ask.Until.IsZero() {
		and("at < ?", ask.Until.UnixMilli())
	}
	if ask.Before > 0 {
		and("seq < ?", ask.Before)
	}
	rows, err := store.Find[entryRow](ctx, l.store, store.Selection{Where: where, Args: args, Order: "seq desc", Limit: ask.Limit})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	told := make([]Told, len(rows))
	for i, row := range rows {
		told[i] = Told{
			Seq: row.Seq, At: time.UnixMilli(row.At).UTC(), Action: row.Action, Actor: row.Actor, Via: row.Via, Address: row.Address,
			Object: row.Object, Subject: row.Subject, Detail: json.RawMessage(row.Detail),
		}
	}
	return told, nil
}

// retention is how long entries are kept, and forgetting how many are removed at
// once.
const (
	retention  = 2 * 365 * 24 * time.Hour
	forgetting = 10_000
)

// forget removes the oldest entries, and remembers where the chain goes on.
func (l *Log) forget(ctx context.Context) (removed int64, err error) {
	err = l.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		old := tx.Now().Add(-retention).UnixMilli()
		rows, err := store.Find[entryRow](ctx, tx, store.Selection{Where: "at < ?", Args: []any{old}, Order: "seq", Limit: forgetting})
		if err != nil || len(rows) == 0 {
			return err
		}
		last := rows[len(rows)-1]
		if removed, err = store.Delete[entryRow](ctx, tx, "seq <= ?", last.Seq); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE sys_audit_end SET first_seq = ?, first_hash = ? WHERE id = 1", last.Seq, last.Hash)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget old audit entries: %w", err)
	}
	return removed, nil
}

// KeepingKind is the job that notes the head of the log and forgets its oldest
// entries, and KeepingSchedule when it does: every minute.
const (
	KeepingKind     = "audit_keeping"
	KeepingSchedule = "* * * * *"
)

// Kinds are the jobs that the log does.
func (l *Log) Kinds() []job.Kind { return []job.Kind{keeping{l}} }

// keeping is the job.
type keeping struct{ log *Log }

// Name is the kind's name.
func (keeping) Name() string { return KeepingKind }

// Run notes the head, and forgets.
func (k keeping) Run(ctx context.Context, _ *job.Running) error {
	if err := k.log.Head(ctx); err != nil {
		return err
	}
	for {
		removed, err := k.log.forget(ctx)
		if err != nil || removed < forgetting {
			return err
		}
	}
}
