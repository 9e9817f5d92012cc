package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// ChangeChannel is notified when changes were committed.
const ChangeChannel = "changes"

// The change feed is the histories of all records in one order. It has no gap:
// a reader stops where a write that still runs may add something. What it tells
// is judged when it is read: of a record that the reader may see now, the
// fields that he may see now; of one that is deleted, that it is, if he could
// see it. Its numbers stay inside (see Cursor), and a page is filled from what
// the reader may see, so that he learns nothing of how much happens beside it.

// Watch says what of the feed is wanted; the zero value is all.
type Watch struct {
	Objects []string            // all records of these
	Records map[string][]string // of an object, these
	Nothing bool
}

// all reports whether nothing was chosen.
func (w Watch) all() bool { return !w.Nothing && len(w.Objects) == 0 && len(w.Records) == 0 }

// names are the objects that are watched at all.
func (w Watch) names() []string {
	names := slices.Clone(w.Objects)
	for name := range w.Records {
		names = append(names, name)
	}
	return names
}

// covers reports whether a change of a record is wanted.
func (w Watch) covers(object, id string) bool {
	return w.all() || slices.Contains(w.Objects, object) || slices.Contains(w.Records[object], id)
}

// FeedEntry is one change in the feed. Before and After are null for what was
// not there, and for a record that is deleted.
type FeedEntry struct {
	Object  string                     `json:"object"`
	Record  string                     `json:"record"`
	At      time.Time                  `json:"at"`
	By      string                     `json:"by"`
	Via     string                     `json:"via"`
	Action  string                     `json:"action"`
	Version int64                      `json:"version"`
	Before  map[string]json.RawMessage `json:"before"`
	After   map[string]json.RawMessage `json:"after"`

	number int64
}

// Position is where this entry stands in the feed.
func (e *FeedEntry) Position() Position { return Position(e.number) }

// Position is a place in the feed, behind a change. It is shown as a Cursor.
type Position int64

// Feed is a part of the feed. Next is where the following part begins.
type Feed struct {
	Entries []FeedEntry
	Next    Position
}

// The limits of a part of the feed: how many entries it has, how many changes
// are judged at once, and how many are looked at for it.
const (
	MaxFeed     = 1000
	feedChunk   = 500
	feedScanned = 100_000
)

// FeedEnd is the place behind all that is settled now.
func (s *Service) FeedEnd(ctx context.Context) (Position, error) {
	end, _, err := s.feedEnd(ctx)
	return end, err
}

// feedEnd is the place behind all that is settled, and the last that there is.
func (s *Service) feedEnd(ctx context.Context) (end, last Position, err error) {
	if err := s.store.QueryRow(ctx, s.store.Dialect().Settled()).Scan(&end, &last); err != nil {
		return 0, 0, fmt.Errorf("find the end of the changes: %w", err)
	}
	return end, last, nil
}

// Feed reads what follows a position, in the actor's rights. Fault: not_found
// for an object that he may not know of, invalid_cursor for a place that is not
// there any more.
func (s *Service) Feed(ctx context.Context, actor *access.Actor, watch Watch, after Position, limit int) (*Feed, error) {
	reading := &feedReading{service: s, policy: s.policies.Current(), actor: actor, watch: watch, now: s.clock.Now()}
	if err := reading.decide(); err != nil {
		return nil, err
	}
	end, last, err := s.feedEnd(ctx)
	if err != nil {
		return nil, err
	}
	if after > last { // an older state of the database was restored
		return nil, invalidCursor()
	}
	feed := &Feed{Entries: []FeedEntry{}, Next: after}
	for scanned := 0; feed.Next < end && len(feed.Entries) < limit && scanned < feedScanned; scanned += feedChunk {
		changes, err := reading.changes(ctx, feed.Next, end)
		if err != nil {
			return nil, err
		}
		if feed.Next = end; len(changes) == feedChunk {
			feed.Next = changes[feedChunk-1].Position()
		}
		visible, err := reading.visible(ctx, changes)
		if err != nil {
			return nil, err
		}
		feed.Entries = append(feed.Entries, visible...)
	}
	if len(feed.Entries) > limit {
		feed.Entries = feed.Entries[:limit]
		feed.Next = feed.Entries[limit-1].Position()
	}
	return feed, nil
}

// feedReading is one actor's reading of the feed in one catalog.
type feedReading struct {
	service   *Service
	policy    *access.Policy
	actor     *access.Actor
	watch     Watch
	now       time.Time
	decisions map[string]*access.Decision // of the objects that he may read
}

func (r *feedReading) table(object *metadata.Object) *row.Table {
	return r.service.table(r.policy, r.actor, object, r.now)
}

// decide finds the objects whose changes the actor may see at all.
func (r *feedReading) decide() error {
	r.decisions = map[string]*access.Decision{}
	for _, name := range r.watch.names() {
		if _, err := objectOf(r.policy, r.actor, name, access.Read); err != nil {
			return err
		}
	}
	for _, object := range r.policy.Catalog().Objects() {
		if !r.watch.all() && !slices.Contains(r.watch.names(), object.Name) {
			continue
		}
		decision, err := r.policy.Decide(r.actor, object, access.Read)
		if err != nil {
			return err
		}
		if !decision.Nothing() {
			r.decisions[object.Name] = decision
		}
	}
	return nil
}

// changes reads the next changes of the objects that are watched.
func (r *feedReading) changes(ctx context.Context, after, end Position) ([]FeedEntry, error) {
	if len(r.decisions) == 0 {
		return nil, nil
	}
	var wanted []string
	args := []any{int64(after), int64(end)}
	for _, name := range sortedKeys(r.decisions) {
		text := "object = ?"
		args = append(args, name)
		if ids := r.watch.Records[name]; len(ids) > 0 && !slices.Contains(r.watch.Objects, name) {
			text += " AND record IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"
			for _, id := range ids {
				args = append(args, id)
			}
		}
		wanted = append(wanted, "("+text+")")
	}
	rows, err := r.service.store.Query(ctx, fmt.Sprintf(
		`SELECT id, object, record, at, by_id, via, action, version, "before", "after" FROM sys_change
		WHERE id > ? AND id <= ? AND (%s) ORDER BY id LIMIT %d`, strings.Join(wanted, " OR "), feedChunk), args...)
	if err != nil {
		return nil, fmt.Errorf("read the changes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var changes []FeedEntry
	for rows.Next() {
		var e FeedEntry
		var at int64
		var before, after *string
		if err := rows.Scan(&e.number, &e.Object, &e.Record, &at, &e.By, &e.Via, &e.Action, &e.Version, &before, &after); err != nil {
			return nil, fmt.Errorf("read the changes: %w", err)
		}
		e.At = time.UnixMilli(at).UTC()
		if e.Before, err = members(before); err != nil {
			return nil, err
		}
		if e.After, err = members(after); err != nil {
			return nil, err
		}
		changes = append(changes, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the changes: %w", err)
	}
	return changes, nil
}

// visible keeps of some changes what the actor may see.
func (r *feedReading) visible(ctx context.Context, changes []FeedEntry) ([]FeedEntry, error) {
	ids := map[string][]string{}
	for _, change := range changes {
		if !slices.Contains(ids[change.Object], change.Record) {
			ids[change.Object] = append(ids[change.Object], change.Record)
		}
	}
	presences := map[string]map[string]row.Presence{}
	for name, of := range ids {
		decision := r.decisions[name]
		found, err := r.table(decision.Object).Presences(ctx, r.service.store, decision, of)
		if err != nil {
			return nil, err
		}
		for _, id := range of {
			if _, there := found[id]; there {
				continue
			}
			if found[id], err = r.gone(ctx, decision, id); err != nil {
				return nil, err
			}
		}
		presences[name] = found
	}
	var visible []FeedEntry
	for _, change := range changes {
		presence := presences[change.Object][change.Record]
		if presence.Permitted != nil && r.shown(&change, presence) {
			visible = append(visible, change)
		}
	}
	return visible, nil
}

// shown takes out of a change what the actor may not see, and reports whether
// anything is left to tell.
func (r *feedReading) shown(change *FeedEntry, presence row.Presence) bool {
	object := r.decisions[change.Object].Object
	changedSomething := len(change.Before)+len(change.After) > 0
	hide(object, presence.Permitted, change.Before)
	hide(object, presence.Permitted, change.After)
	if change.Action == Updated && changedSomething && len(change.Before)+len(change.After) == 0 {
		return false
	}
	if presence.Deleted {
		change.Before, change.After = nil, nil
	}
	return true
}

// gone judges a record that has no row any more by what it was at its end.
func (r *feedReading) gone(ctx context.Context, decision *access.Decision, id string) (row.Presence, error) {
	object, last := decision.Object, row.Presence{Deleted: true}
	rows, err := r.service.store.Query(ctx,
		`SELECT "before" FROM sys_change WHERE object = ? AND record = ? AND action = ? ORDER BY id DESC LIMIT 1`, object.Name, id, Deleted)
	if err != nil {
		return last, fmt.Errorf("read the last of a record: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var before *string
	if rows.Next() {
		err = rows.Scan(&before)
	}
	if err = errors.Join(err, rows.Err(), rows.Close()); err != nil || before == nil {
		return last, err
	}
	was, err := members(before)
	if err != nil {
		return last, err
	}
	values := make([]expr.Value, len(object.Fields))
	values[object.Slot(metadata.FieldID)] = id
	for name, raw := range was {
		f, ok := object.Field(name)
		if !ok {
			continue
		}
		wire, err := decodeWire(raw)
		if err != nil {
			return last, err
		}
		if field.IsEmpty(wire) {
			continue
		}
		// What its field no longer takes is not judged by.
		if value, item := f.Kind.Parse(f, wire); item == nil {
			values[object.Slot(name)] = value
		}
	}
	in := r.actor.Input(r.now)
	in.Record = func(path []string) expr.Value {
		return follow(ctx, r.service.store, r.table, object, values, path)
	}
	last.Permitted, _, err = decision.Judge(in, access.Sharing{})
	return last, err
}

// FeedLimit reads how many entries are wanted; 0 is 100.
func FeedLimit(limit int) (int, error) {
	if limit == 0 {
		return 100, nil
	}
	if limit < 1 || limit > MaxFeed {
		return 0, fault.New(fault.InvalidQuery).At("/limit", fault.OutOfRange, "min", 1, "max", MaxFeed)
	}
	return limit, nil
}
