package notification

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Notification is one as its reader may see it now. Of a record that he may not
// see, or that is no more, it says that much: it is gone.
type Notification struct {
	ID      string     `json:"id"`
	Reason  string     `json:"reason"`
	Group   string     `json:"group"`
	At      time.Time  `json:"at"`
	ReadAt  *time.Time `json:"read_at"`
	Gone    bool       `json:"gone"`
	By      *string    `json:"by"`
	For     *string    `json:"for"` // for whom the reader stands in
	Object  *string    `json:"object"`
	Record  *string    `json:"record"`
	Display *string    `json:"display"`
	// Count and Filter are of a notification about many records at once.
	Count   *int64          `json:"count"`
	Filter  *string         `json:"filter"`
	Comment *record.Comment `json:"comment"`
	Change  *record.Entry   `json:"change"`
}

// Ask says which notifications are wanted.
type Ask struct {
	Unread bool
	Group  string // Me, Watching, or "" for both
	Cursor string
	Limit  int
}

// Inbox is a part of somebody's notifications, newest first, with the number of
// all that were asked for and of those of each group that he has not read.
type Inbox struct {
	Data []Notification `json:"data"`
	Page struct {
		Next  *string `json:"next"`
		Total int64   `json:"total"`
	} `json:"page"`
	Unread   Counts          `json:"unread"`
	Included record.Included `json:"included"`
}

// AppendJSON appends the page.
func (p *Inbox) AppendJSON(dst []byte) []byte { return record.AppendValue(dst, p) }

// The limits of a page, and of what is read at once.
const (
	defaultLimit = 50
	maxLimit     = 100
	maxReading   = 1000
)

// condition is that of the notifications that are asked for: the number and
// the list of them have it in common.
func (a Ask) condition(person string) (text string, args []any, err error) {
	text, args = "person = ?", []any{person}
	if a.Unread {
		text += " AND read_at IS NULL"
	}
	switch a.Group {
	case "":
	case Me, Watching:
		text, args = text+" AND watching = ?", append(args, a.Group == Watching)
	default:
		return "", nil, fault.New(fault.InvalidQuery).At("/group", fault.UnknownOption, "value", a.Group)
	}
	return text, args, nil
}

// behind reads a cursor: the moment and the id of the last one before.
func behind(cursor string) (at int64, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		var moment string
		moment, id, _ = strings.Cut(string(raw), " ")
		at, err = strconv.ParseInt(moment, 10, 64)
	}
	if canonical, item := field.ParseID(id); err != nil || item != nil || canonical != id {
		return 0, "", fault.New(fault.InvalidCursor).At("/cursor", fault.InvalidCursor)
	}
	return at, id, nil
}

// List gives the actor's notifications. Faults: invalid_query, invalid_cursor.
func (s *Service) List(ctx context.Context, actor *access.Actor, ask Ask) (*Inbox, error) {
	if ask.Limit == 0 {
		ask.Limit = defaultLimit
	}
	if ask.Limit < 1 || ask.Limit > maxLimit {
		return nil, fault.New(fault.InvalidQuery).At("/limit", fault.OutOfRange, "min", 1, "max", maxLimit)
	}
	where, args, err := ask.condition(actor.ID)
	if err != nil {
		return nil, err
	}
	part, partArgs := where, args
	if ask.Cursor != "" {
		at, id, err := behind(ask.Cursor)
		if err != nil {
			return nil, err
		}
		part, partArgs = where+" AND (at < ? OR at = ? AND id < ?)", slices.Concat(args, []any{at, at, id})
	}
	page := &Inbox{}
	var rows []notificationRow
	err = s.store.Read(ctx, func(reader store.Reader) error {
		if err := reader.QueryRow(ctx, "SELECT count(*) FROM sys_notification WHERE "+where, args...).Scan(&page.Page.Total); err != nil {
			return fmt.Errorf("count notifications: %w", err)
		}
		counts, err := unread(ctx, reader, actor.ID)
		if err != nil {
			return err
		}
		page.Unread = counts[actor.ID].Counts
		rows, err = list(ctx, reader, part, partArgs, ask.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(rows) > ask.Limit {
		rows = rows[:ask.Limit]
		last := rows[ask.Limit-1]
		next := base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(last.At, 10) + " " + last.ID))
		page.Page.Next = &next
	}
	return page, s.tell(ctx, actor, page, rows)
}

// list reads notifications, newest first.
func list(ctx context.Context, reader store.Reader, where string, args []any, limit int) ([]notificationRow, error) {
	rows, err := reader.Query(ctx, fmt.Sprintf(`SELECT id, reason, watching, object, record, by_id, for_id, at, comment, version, filter, read_at
		FROM sys_notification WHERE %s ORDER BY at DESC, id DESC LIMIT %d`, where, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("read notifications: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var found []notificationRow
	for rows.Next() {
		var r notificationRow
		if err := rows.Scan(&r.ID, &r.Reason, &r.Watching, &r.Object, &r.Record, &r.ByID, &r.ForID, &r.At, &r.Comment, &r.Version, &r.Filter, &r.ReadAt); err != nil {
			return nil, fmt.Errorf("read notifications: %w", err)
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read notifications: %w", err)
	}
	return found, nil
}

// tell works out what the notifications say to the actor.
func (s *Service) tell(ctx context.Context, actor *access.Actor, page *Inbox, rows []notificationRow) error {
	happened := make([]record.Happening, len(rows))
	for i, r := range rows {
		happened[i] = record.Happening{Object: r.Object, Record: r.Record, By: r.ByID}
		if r.ForID != nil {
			happened[i].For = *r.ForID
		}
		if r.Comment != nil {
			happened[i].Comment = *r.Comment
		}
		if r.Filter != nil {
			happened[i].Filter = *r.Filter
		}
		if r.Version != nil {
			happened[i].Version = *r.Version
		}
	}
	told, included, err := s.records.Tell(ctx, actor, happened)
	if err != nil {
		return err
	}
	page.Included, page.Data = included, make([]Notification, len(rows))
	for i := range rows {
		r := &rows[i]
		n := Notification{ID: r.ID, Reason: r.Reason, Group: Me, At: time.UnixMilli(r.At).UTC(), Gone: told[i] == nil}
		if r.Watching {
			n.Group = Watching
		}
		if r.ReadAt != nil {
			at := time.UnixMilli(*r.ReadAt).UTC()
			n.ReadAt = &at
		}
		if told[i] != nil {
			n.By, n.For, n.Object, n.Record, n.Display = &r.ByID, r.ForID, &r.Object, &r.Record, &told[i].Display
			n.Comment, n.Change = told[i].Comment, told[i].Change
			if n.Filter = r.Filter; r.Filter != nil {
				n.Count = &told[i].Count
			}
		}
		page.Data[i] = n
	}
	return nil
}

// Read marks many notifications of the actor as read, and tells how many of
// them were not. Fault: invalid_values.
func (s *Service) Read(ctx context.Context, actor *access.Actor, reading Reading, options record.Options) (record.Body, error) {
	faults := fault.New(fault.InvalidValues)
	if len(reading.IDs) > maxReading {
		faults.At("/ids", fault.OutOfRange, "min", 0, "max", maxReading)
	}
	if len(reading.IDs) == 0 && !reading.All {
		faults.At("/ids", fault.Required)
	}
	for i, id := range reading.IDs {
		if canonical, item := field.ParseID(id); item != nil || canonical != id {
			faults.At("/ids/"+strconv.Itoa(i), fault.InvalidID)
		}
	}
	if reading.Group != "" && reading.Group != Me && reading.Group != Watching {
		faults.At("/group", fault.UnknownOption, "value", reading.Group)
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	return s.records.Do(ctx, actor, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		where, args, err := Ask{Unread: true, Group: reading.Group}.condition(w.Actor.ID)
		if err != nil {
			return nil, err
		}
		if !reading.All {
			where += " AND id IN (?" + strings.Repeat(", ?", len(reading.IDs)-1) + ")"
			for _, id := range reading.IDs {
				args = append(args, id)
			}
		}
		if reading.Until != nil {
			where, args = where+" AND at <= ?", append(args, reading.Until.UnixMilli())
		}
		count, err := w.Tx.Exec(ctx, "UPDATE sys_notification SET read_at = ? WHERE "+where, append([]any{w.Now.UnixMilli()}, args...)...)
		w.Tx.Notify(Channel)
		return Readings{Data: ReadCount{Read: count}}, err
	})
}

// ReadCount is how many notifications were read at once.
type ReadCount struct {
	Read int64 `json:"read"`
}

// Readings is that as an answer.
type Readings struct {
	Data ReadCount `json:"data"`
}

// AppendJSON appends {"data": …}.
func (r Readings) AppendJSON(dst []byte) []byte { return record.AppendValue(dst, r) }
