package record

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// The timeline of a record is what happened to it and what was said about it,
// newest first. What else belongs into it is another source in the list.

// TimelineEntry is one of them: a kind, and the member of that name.
type TimelineEntry struct {
	Kind     string     `json:"kind"` // change, comment, file or activity
	At       time.Time  `json:"at"`
	By       string     `json:"by"`
	Change   *Entry     `json:"change,omitempty"`
	Comment  *Comment   `json:"comment,omitempty"`
	File     *file.File `json:"file,omitempty"`
	Activity *Activity  `json:"activity,omitempty"`

	place place
}

// The instants between which all of them lie, in milliseconds: the years from 1
// to 9999.
const (
	startOfTime = -62_135_596_800_000
	endOfTime   = 253_402_300_799_999
)

// place is where an entry stands: by its time, then by its source and its
// number or id there.
type place struct {
	At     int64  `json:"a"`
	Source int    `json:"s"`
	Number int64  `json:"n,omitempty"`
	ID     string `json:"i,omitempty"`
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.At, other.At), cmp.Compare(p.Source, other.Source), cmp.Compare(p.Number, other.Number), cmp.Compare(p.ID, other.ID))
}

// Timeline is a page of a timeline, newest first.
type Timeline struct {
	Entries  []TimelineEntry
	Next     string // the cursor of older entries, or ""
	Included Included
}

// timelineSource gives its entries that stand before a place, newest first.
type timelineSource func(ctx context.Context, number int, before place, limit int) ([]TimelineEntry, error)

// recordReading is a record that an actor may read, deleted or not, as the
// sources of its timeline read it.
type recordReading struct {
	service  *Service
	policy   *access.Policy
	actor    *access.Actor
	object   *metadata.Object
	id       string
	readable access.Fields
	values   []expr.Value
}

func (s *Service) readable(ctx context.Context, actor *access.Actor, name, id string, deleted bool) (*recordReading, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	if !isID(id) {
		return nil, fault.New(fault.NotFound)
	}
	decision, err := policy.Decide(actor, object, access.Read)
	if err != nil {
		return nil, err
	}
	found, err := s.table(policy, actor, object, s.clock.Now()).Find(ctx, s.store, id, row.Wanted{Decisions: []*access.Decision{decision}, Deleted: deleted})
	if err != nil {
		return nil, s.known(policy, actor, err)
	}
	return &recordReading{service: s, policy: policy, actor: actor, object: object, id: id, readable: found.Permitted[0], values: found.Values}, nil
}

// Exists refuses with not_found a record that the actor may not read.
func (s *Service) Exists(ctx context.Context, actor *access.Actor, name, id string) error {
	_, err := s.readable(ctx, actor, name, id, false)
	return err
}

func pageLimit(limit int) (int, error) {
	if limit == 0 {
		return 50, nil
	}
	if limit < 1 || limit > 200 {
		return 0, fault.New(fault.InvalidQuery).At("/limit", fault.OutOfRange, "min", 1, "max", 200)
	}
	return limit, nil
}

// Timeline reads a part of a record's timeline, in the actor's rights: of the
// kinds that are named, or of all.
func (s *Service) Timeline(ctx context.Context, actor *access.Actor, name, id string, kinds []string, cursor string, limit int) (*Timeline, error) {
	r, err := s.readable(ctx, actor, name, id, true)
	if err != nil {
		return nil, err
	}
	known := []string{"change", "comment", "file", "activity"}
	for _, kind := range kinds {
		if !slices.Contains(known, kind) {
			return nil, fault.New(fault.InvalidQuery).At("/kinds", fault.UnknownOption, "value", kind)
		}
	}
	wanted := func(kind string, is bool) bool { return is && (len(kinds) == 0 || slices.Contains(kinds, kind)) }
	sources := make([]timelineSource, 3) // each at its place, so that a cursor tells it
	if wanted("change", true) {
		sources[0] = r.changes
	}
	if wanted("comment", r.object.Comments) {
		sources[1] = r.comments
	}
	if wanted("file", r.object.Files) {
		sources[2] = r.files
	}
	if wanted("activity", true) {
		sources = append(sources, r.activities()...)
	}
	return r.page(ctx, sources, cursor, limit)
}

// Comments reads a part of a record's comments, newest first.
func (s *Service) Comments(ctx context.Context, actor *access.Actor, name, id, cursor string, limit int) (*Timeline, error) {
	r, err := s.readable(ctx, actor, name, id, false)
	if err != nil {
		return nil, err
	}
	if !r.object.Comments {
		return nil, fault.New(fault.NotFound)
	}
	return r.page(ctx, []timelineSource{r.comments}, cursor, limit)
}

// page merges the entries of sources.
func (r *recordReading) page(ctx context.Context, sources []timelineSource, cursor string, limit int) (*Timeline, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	before := place{At: endOfTime, Source: len(sources)}
	if cursor != "" {
		if before, err = readPlace(cursor); err != nil {
			return nil, err
		}
	}
	timeline := &Timeline{Entries: []TimelineEntry{}}
	for number, source := range sources {
		if source == nil {
			continue
		}
		entries, err := source(ctx, number, before, limit+1)
		if err != nil {
			return nil, err
		}
		timeline.Entries = append(timeline.Entries, entries...)
	}
	slices.SortFunc(timeline.Entries, func(a, b TimelineEntry) int { return b.place.compare(a.place) })
	if len(timeline.Entries) > limit {
		timeline.Entries = timeline.Entries[:limit]
		if timeline.Next, err = timeline.Entries[limit-1].place.cursor(); err != nil {
			return nil, err
		}
	}
	return timeline, r.include(ctx, timeline)
}

func (p place) cursor() (string, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("write a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

func readPlace(cursor string) (p place, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	known := err == nil && json.Unmarshal(raw, &p) == nil && p.At >= startOfTime && p.At <= endOfTime
	if !known || p.ID != "" && !isID(p.ID) {
		return p, fault.New(fault.InvalidCursor).At("/cursor", fault.InvalidCursor)
	}
	return p, nil
}

// condition is the SQL of what stands before the place, in a source whose
// entries of one time are ordered by a column.
func (p place) condition(number int, column string, value any) (text string, args []any) {
	switch cmp.Compare(number, p.Source) {
	case -1:
		return "at <= ?", []any{p.At}
	case 1:
		return "at < ?", []any{p.At}
	default:
		return "(at < ? OR at = ? AND " + column + " < ?)", []any{p.At, p.At, value}
	}
}

// idCondition is condition in a source whose entries of one time are ordered
// by their ids.
func (p place) idCondition(number int) (text string, args []any) {
	id := p.ID
	if id == "" {
		id = access.SystemID // before all
	}
	return p.condition(number, "id", id)
}

// changes gives the history, without what the actor may not see.
func (r *recordReading) changes(ctx context.Context, number int, before place, limit int) ([]TimelineEntry, error) {
	var entries []TimelineEntry
	for {
		text, args := before.condition(number, "version", before.Number)
		found, err := r.service.entriesWhere(ctx, r.object, r.id, text+" ORDER BY at DESC, version DESC", args, limit)
		if err != nil {
			return nil, err
		}
		for _, entry := range found {
			before = place{At: entry.At.UnixMilli(), Source: number, Number: entry.Version}
			if entry.shownTo(r.object, r.readable) {
				entries = append(entries, TimelineEntry{Kind: "change", At: entry.At, By: entry.By, Change: &entry, place: before})
			}
		}
		if len(found) < limit || len(entries) >= limit {
			return entries, nil
		}
	}
}

// comments gives what was said about the record.
func (r *recordReading) comments(ctx context.Context, number int, before place, limit int) ([]TimelineEntry, error) {
	text, args := before.idCondition(number)
	rows, err := store.Find[commentRow](ctx, r.service.store, store.Selection{
		Where: "object = ? AND record = ? AND " + text, Args: append([]any{r.object.Name, r.id}, args...), Order: "at DESC, id DESC", Limit: limit,
	})
	if err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	entries := make([]TimelineEntry, len(rows))
	for i := range rows {
		comment, err := rows[i].comment()
		if err != nil {
			return nil, err
		}
		entries[i] = TimelineEntry{
			Kind: "comment", At: comment.At, By: comment.By, Comment: &comment, place: place{At: rows[i].At, Source: number, ID: comment.ID},
		}
	}
	return entries, nil
}

// include finds what the entries refer to.
func (r *recordReading) include(ctx context.Context, timeline *Timeline) (err error) {
	wanted := &references{}
	for _, entry := range timeline.Entries {
		wanted.add(field.UserObject, entry.By)
		if entry.Comment != nil {
			for _, id := range entry.Comment.Mentions {
				wanted.add(field.UserObject, id)
			}
			continue
		}
		if entry.File != nil {
			continue
		}
		if a := entry.Activity; a != nil {
			wanted.gather(a.object, a.slots, a.values, a.readable)
			continue
		}
		wanted.gatherEntry(r.object, entry.Change)
	}
	timeline.Included, err = r.service.include(ctx, r.service.store, r.policy, r.actor, wanted, nil)
	return err
}

// Edits gives the earlier texts of a comment, newest first. Fault: not_found.
func (s *Service) Edits(ctx context.Context, actor *access.Actor, name, id, comment string) ([]Edit, error) {
	r, err := s.readable(ctx, actor, name, id, false)
	if err != nil {
		return nil, err
	}
	if !r.object.Comments || !isID(comment) {
		return nil, fault.New(fault.NotFound)
	}
	if _, err := store.First[commentRow](ctx, s.store, "id = ? AND object = ? AND record = ?", comment, name, id); err != nil {
		return nil, s.known(r.policy, r.actor, err)
	}
	rows, err := store.Find[editRow](ctx, s.store, store.Selection{Where: "comment = ?", Args: []any{comment}, Order: "version DESC", Limit: 200})
	if err != nil {
		return nil, fmt.Errorf("read earlier texts: %w", err)
	}
	edits := make([]Edit, len(rows))
	for i, row := range rows {
		edits[i] = Edit{Version: row.Version, At: time.UnixMilli(row.At).UTC(), Text: row.Text}
	}
	return edits, nil
}

// AppendJSON appends {"data": [entries], "page": …, "included": …}.
func (t *Timeline) AppendJSON(dst []byte) []byte {
	return t.append(dst, t.Entries)
}

// Comments is a page of comments as an answer.
type Comments struct{ *Timeline }

// AppendJSON appends {"data": [comments], "page": …, "included": …}.
func (l Comments) AppendJSON(dst []byte) []byte {
	comments := make([]*Comment, len(l.Entries))
	for i, entry := range l.Entries {
		comments[i] = entry.Comment
	}
	return l.append(dst, comments)
}

func (t *Timeline) append(dst []byte, data any) []byte {
	return appendPaged(dst, data, t.Next, t.Included)
}
