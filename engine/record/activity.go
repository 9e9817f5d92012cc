package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Activity is a record about another one, as its timeline shows it: what the
// reader may see of it.
type Activity struct {
	object   *metadata.Object
	slots    []int
	values   []expr.Value
	readable access.Fields
}

// MarshalJSON writes {"object": …, "record": {…}}.
func (a *Activity) MarshalJSON() ([]byte, error) {
	dst := field.AppendString([]byte(`{"object":`), a.object.Name)
	dst = appendRecord(append(dst, `,"record":`...), a.object, a.slots, a.values, a.readable, nil)
	return append(dst, '}'), nil
}

// activities are the sources of a timeline from objects whose records are about
// others. One whose time is not said, or not for the reader to see, stands where
// it was made.
func (r *recordReading) activities() []timelineSource {
	var sources []timelineSource
	for _, object := range r.policy.Catalog().Objects() {
		about := object.Activity
		if about == nil {
			continue
		}
		if f, ok := object.Field(about.About); !ok || !f.PointsTo(r.object.Name) {
			continue
		}
		if f, ok := object.Field(about.At); ok {
			sources = append(sources, r.activity(object, f.Name, true), r.activity(object, f.Name, false))
			continue
		}
		sources = append(sources, r.activity(object, "", false))
	}
	return sources
}

// activity gives the records of an object that are about this one: those that
// say when they were, or the others.
func (r *recordReading) activity(object *metadata.Object, at string, said bool) timelineSource {
	return func(ctx context.Context, number int, before place, limit int) ([]TimelineEntry, error) {
		records, err := r.about(ctx, object, at, said, before.behind(number), limit)
		if err != nil {
			return nil, err
		}
		entries := make([]TimelineEntry, len(records))
		for i, record := range records {
			name := metadata.FieldCreatedAt
			if said {
				name = at
			}
			moment, _ := object.Value(record.values, name).(time.Time)
			id, _ := object.Value(record.values, metadata.FieldID).(string)
			by, _ := object.Value(record.values, metadata.FieldCreatedBy).(string)
			entries[i] = TimelineEntry{Kind: "activity", At: moment, By: by, Activity: record, place: place{At: moment.UnixMilli(), Source: number, ID: id}}
		}
		return entries, nil
	}
}

// about lists the records of an object that are about this one, newest first,
// from behind a moment and an id on.
func (r *recordReading) about(ctx context.Context, object *metadata.Object, at string, said bool, after []expr.Value, limit int) ([]*Activity, error) {
	decision, err := r.policy.Decide(r.actor, object, access.Read)
	if err != nil || decision.Nothing() || !decision.Ever(object.Slot(object.Activity.About)) {
		return nil, err
	}
	where, order := fmt.Sprintf("%s == %q", object.Activity.About, r.id), metadata.FieldCreatedAt
	if seen := at != "" && decision.Ever(object.Slot(at)); said && !seen {
		return nil, nil
	} else if seen {
		condition := " && %s == null"
		if said {
			condition, order = " && %s != null", at
		}
		where += fmt.Sprintf(condition, at)
	}
	planner := r.service.Planner(r.policy, r.actor)
	plan, err := planner.Plan(object, query.Query{Where: where, Sort: []string{"-" + order}, Limit: limit})
	if err != nil {
		return nil, err
	}
	plan.After = after
	found, err := r.service.table(r.policy, r.actor, object, planner.Now).List(ctx, r.service.store, plan, false)
	if err != nil {
		return nil, err
	}
	records := make([]*Activity, 0, len(found))
	for _, one := range found[:min(limit, len(found))] {
		activity := &Activity{object: object, slots: plan.Fields, values: one.Values}
		if len(one.Permitted) > 0 {
			activity.readable = one.Permitted[0]
		}
		records = append(records, activity)
	}
	return records, nil
}

// behind is the moment and the id behind which a source goes on; nil at the
// beginning.
func (p place) behind(number int) []expr.Value {
	if p.At == endOfTime {
		return nil
	}
	id := p.ID
	switch {
	case number < p.Source:
		id = uuid.Max.String()
	case number > p.Source || id == "":
		id = uuid.Nil.String()
	}
	return []expr.Value{time.UnixMilli(p.At).UTC(), id}
}

// handOn lets what an activity is about take over when something is to be done
// next; a date of it that has come is dealt with. Who may not change it leaves
// it as it is.
func (w *Work) handOn(ctx context.Context, change *Change) error {
	about := change.Object.Activity
	if about == nil || about.Next == "" || change.Quiet {
		return nil
	}
	next, isChanged := change.Object.Slot(about.Next), change.Action == Created
	if change.Action == Updated {
		isChanged = slices.Contains(change.Changed, next) && change.Values[next] != nil
	}
	f, _ := change.Object.Field(about.About)
	links := f.Refers(change.Values[change.Object.Slot(about.About)])
	if !isChanged || len(links) == 0 {
		return nil
	}
	target, ok := w.Policy.Catalog().Object(links[0].Object)
	if !ok || target.Due == nil {
		return nil
	}
	found, err := w.table(target).Find(ctx, w.Tx, links[0].ID, row.Wanted{})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	due := target.Slot(target.Due.At)
	value := w.afterwards(change, found.Values[due])
	patch := map[string]any{target.Due.At: w.moment(target.Fields[due], value)}
	var refusal *fault.Fault
	if _, err = w.withoutForm().Update(ctx, target.Name, links[0].ID, nil, patch); errors.As(err, &refusal) {
		return nil
	}
	return err
}

// afterwards is when something is to be done next about what an activity is
// about, which was due before: what it says of days to come, or nothing once
// the day has come that it was made on.
func (w *Work) afterwards(change *Change, due expr.Value) expr.Value {
	next, made := change.Object.Value(change.Values, change.Object.Activity.Next), w.Now
	if at, ok := change.Object.Value(change.Values, change.Object.Activity.At).(time.Time); ok && at.Before(made) {
		made = at
	}
	switch {
	case next != nil && w.day(next).Compare(w.day(w.Now)) >= 0:
		return next
	case due != nil && w.day(due).Compare(w.day(made)) <= 0:
		return nil
	default:
		return due
	}
}

// day is the day of a date or of an instant, where the actor is.
func (w *Work) day(value expr.Value) expr.Date {
	if instant, ok := value.(time.Time); ok {
		return expr.DateOf(instant, w.Actor.ZoneOrUTC())
	}
	day, _ := value.(expr.Date)
	return day
}

// moment writes a date or an instant for a field of either kind.
func (w *Work) moment(f *field.Field, value expr.Value) any {
	day, isDay := value.(expr.Date)
	switch {
	case value == nil:
		return nil
	case f.Kind.Name() == "date":
		value = w.day(value)
	case isDay:
		value = time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, w.Actor.ZoneOrUTC()).UTC()
	}
	return f.Kind.Text(f, value, field.Locale{})
}
