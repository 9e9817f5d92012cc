package record

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Get reads one record. Faults: not_found, invalid_query for a field that the
// actor may never see.
func (s *Service) Get(ctx context.Context, actor *access.Actor, name, id string, q query.Query) (*Answer, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	plan, err := s.Planner(policy, actor).Plan(object, query.Query{Fields: q.Fields, Expand: q.Expand, Masked: true})
	if err != nil {
		return nil, err
	}
	answer, err := s.get(ctx, s.store, policy, actor, object, id)
	if err != nil {
		return nil, s.known(policy, actor, err)
	}
	answer.Slots = plan.Fields
	wanted := &references{}
	wanted.gather(object, answer.Slots, answer.Values, answer.Readable)
	if err := s.withLines(ctx, s.store, policy, actor, answer, wanted); err != nil {
		return nil, err
	}
	if answer.Included, err = s.include(ctx, s.store, policy, actor, wanted, targets(object, q.Expand)); err != nil {
		return nil, err
	}
	return answer, s.actions(ctx, s.store, actor, answer, id)
}

// actions adds to an answer what else the actor can do with its record.
func (s *Service) actions(ctx context.Context, reader store.Reader, actor *access.Actor, answer *Answer, id string) error {
	for _, actions := range s.slots.Actions {
		names, err := actions(ctx, reader, actor, answer.Object, Seen{ID: id, Values: answer.Values, Readable: answer.Readable, Writable: answer.Can.Writable})
		if err != nil {
			return err
		}
		answer.Can.Actions = append(answer.Can.Actions, names...)
	}
	return nil
}

func (s *Service) get(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, object *metadata.Object, id string) (*Answer, error) {
	decisions := make([]*access.Decision, 0, 4)
	for _, action := range []string{access.Read, access.Update, access.Delete, access.Mask} {
		decision, err := policy.Decide(actor, object, action)
		if err != nil {
			return nil, err
		}
		decisions = append(decisions, decision)
	}
	if !isID(id) {
		return nil, store.ErrNotFound
	}
	found, err := s.table(policy, actor, object, s.clock.Now()).Find(ctx, reader, id, row.Wanted{Decisions: decisions})
	if err != nil {
		return nil, err
	}
	return &Answer{
		Object: object, Values: found.Values, Readable: found.Permitted[0], Masked: found.Permitted[3],
		Can: Can{Update: found.Permitted[1] != nil, Delete: found.Permitted[2] != nil, Writable: found.Permitted[1]},
	}, nil
}

// answer is what a write answers with: the record as it now is. A record that
// the write took out of the actor's sight shows its id and version only.
func (w *Work) answer(ctx context.Context, change *Change) (*Answer, error) {
	if err := w.Settle(ctx); err != nil {
		return nil, err
	}
	if err := w.refresh(ctx, change); err != nil {
		return nil, err
	}
	in := w.input(ctx, change.Object, change.Values)
	judged := map[string]access.Fields{}
	sharings, err := w.sharings(ctx, change.Object, change.ID)
	if err != nil {
		return nil, err
	}
	for _, action := range []string{access.Read, access.Update, access.Delete, access.Mask} {
		decision, err := w.decide(change.Object, action)
		if err != nil {
			return nil, err
		}
		if judged[action], _, err = decision.Judge(in, sharings[decision.Follows()]); err != nil {
			return nil, err
		}
	}
	answer := &Answer{
		Object: change.Object, Values: change.Values, Readable: judged[access.Read], Masked: judged[access.Mask],
		Can: Can{Update: judged[access.Update] != nil, Delete: judged[access.Delete] != nil, Writable: judged[access.Update]},
	}
	if answer.Readable == nil {
		answer.Readable = make(access.Fields, len(change.Object.Fields))
		answer.Readable[change.Object.Slot(metadata.FieldID)] = true
		answer.Readable[change.Object.Slot(metadata.FieldVersion)] = true
	}
	for slot := range change.Object.Fields {
		answer.Slots = append(answer.Slots, slot)
	}
	wanted := &references{}
	wanted.gather(change.Object, answer.Slots, answer.Values, answer.Readable)
	if err := w.service.withLines(ctx, w.Tx, w.Policy, w.Actor, answer, wanted); err != nil {
		return nil, err
	}
	if answer.Included, err = w.service.include(ctx, w.Tx, w.Policy, w.Actor, wanted, nil); err != nil {
		return nil, err
	}
	return answer, w.service.actions(ctx, w.Tx, w.Actor, answer, change.ID)
}

// List reads a page of records. Faults: not_found, invalid_query.
func (s *Service) List(ctx context.Context, actor *access.Actor, name string, q query.Query) (*Page, error) {
	q.Masked = true
	l, err := s.list(ctx, actor, name, q, true)
	if err != nil {
		return nil, err
	}
	page := &Page{Next: l.next}
	if err := s.written(ctx, page, l, q); err != nil {
		return nil, err
	}
	if l.plan.Count != query.CountNone {
		err := s.reading(ctx, l.plan, func(reader store.Reader) error {
			total, err := l.table.Count(ctx, reader, l.plan)
			page.Total = &total
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return page, nil
}

// listing is a page of records as they were read.
type listing struct {
	policy  *access.Policy
	actor   *access.Actor
	plan    *query.Plan
	table   *row.Table
	records []*row.Record
	next    string
}

func (s *Service) list(ctx context.Context, actor *access.Actor, name string, q query.Query, raw bool) (*listing, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	planner := s.Planner(policy, actor)
	plan, err := planner.Plan(object, q)
	if err != nil {
		return nil, err
	}
	if q.Fields == nil { // the lines of a page are told only when they are asked for
		plan.Fields = slices.DeleteFunc(plan.Fields, func(slot int) bool { return object.Fields[slot].Lines != nil })
	}
	l := &listing{policy: policy, actor: actor, plan: plan, table: s.table(policy, actor, object, planner.Now)}
	if err := s.reading(ctx, plan, func(reader store.Reader) error {
		l.records, err = l.table.List(ctx, reader, plan, raw)
		return err
	}); err != nil {
		return nil, err
	}
	if len(l.records) > plan.Limit {
		l.records = l.records[:plan.Limit]
		l.next, err = planner.Cursor(plan, l.records[plan.Limit-1].Keys)
	}
	return l, err
}

// reading lets a search read the index and the records as they are at one
// moment: what was found in a field is judged by the rights of that moment.
func (s *Service) reading(ctx context.Context, plan *query.Plan, fn func(reader store.Reader) error) error {
	if plan.Search == nil {
		return fn(s.store)
	}
	return s.store.Read(ctx, fn)
}

// written writes the records of a page straight from what the database gave,
// and finds what they refer to.
func (s *Service) written(ctx context.Context, page *Page, l *listing, q query.Query) error {
	object, wanted := l.plan.Object, &references{}
	lines, err := s.lines(ctx, s.store, l.policy, l.actor, object, l.plan.Fields, idsOf(object, l.records, l.plan.Fields), wanted)
	if err != nil {
		return err
	}
	dst := append(make([]byte, 0, 1024*(1+len(l.records)/2)), '[')
	for i, found := range l.records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		first := true
		for _, slot := range l.plan.Fields {
			masked := false
			if len(found.Permitted) > 0 && !found.Permitted[0].Has(slot) {
				if masked = len(found.Permitted) > 1 && found.Permitted[1].Has(slot); !masked {
					continue
				}
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			f := object.Fields[slot]
			if masked {
				if dst, err = s.appendMasked(dst, f, found.Raw[slot]); err != nil {
					return fmt.Errorf("write a part of %s.%s: %w", object.Name, f.Name, err)
				}
				continue
			}
			if f.Lines != nil {
				id, _ := found.Raw[object.Slot(metadata.FieldID)].(string)
				dst = appendMember(dst, f, lines[slot][id])
				continue
			}
			if dst, err = s.appendCell(dst, f, found.Raw[slot], wanted); err != nil {
				return fmt.Errorf("write %s.%s: %w", object.Name, f.Name, err)
			}
		}
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	page.data = dst
	page.Included, err = s.include(ctx, s.store, l.policy, l.actor, wanted, targets(object, q.Expand))
	return err
}

// appendMasked writes the part of a field that is shown.
func (s *Service) appendMasked(dst []byte, f *field.Field, raw any) ([]byte, error) {
	value, err := row.Value(s.store.Dialect(), f, []any{raw})
	return appendMember(dst, f, f.Mask(value)), err
}

// appendCell writes one field of a record straight from what the database
// gave, and notes what it refers to.
func (s *Service) appendCell(dst []byte, f *field.Field, raw any, wanted *references) ([]byte, error) {
	dialect := s.store.Dialect()
	if parts, ok := raw.([]any); ok {
		value, err := row.Value(dialect, f, parts)
		for _, link := range f.Refers(value) {
			wanted.add(link.Object, link.ID)
		}
		return appendMember(dst, f, value), err
	}
	if f.Files != nil {
		value, err := row.Value(dialect, f, []any{raw})
		return appendMember(dst, f, value), err
	}
	column := f.Parts()[0]
	dst, err := dialect.AppendJSON(f.AppendMember(dst), column, raw)
	if err != nil || f.Target == "" || raw == nil {
		return dst, err //nolint:wrapcheck // the caller knows which field it is
	}
	return dst, wanted.point(dialect, f, column, raw)
}

// idsOf are the ids of records of a page whose lines are asked for.
func idsOf(object *metadata.Object, records []*row.Record, slots []int) []string {
	if !slices.ContainsFunc(slots, func(slot int) bool { return object.Fields[slot].Lines != nil }) {
		return nil
	}
	ids := make([]string, len(records))
	for i, record := range records {
		ids[i] = fmt.Sprint(record.Raw[object.Slot(metadata.FieldID)])
	}
	return ids
}

// Aggregate reads figures about many records.
func (s *Service) Aggregate(ctx context.Context, actor *access.Actor, name string, ask query.Aggregate) (*Figures, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	planner := s.Planner(policy, actor)
	plan, err := planner.Aggregate(object, ask)
	if err != nil {
		return nil, err
	}
	table := s.table(policy, actor, object, planner.Now)
	figures := &Figures{Plan: plan}
	err = s.reading(ctx, &plan.Plan, func(reader store.Reader) error {
		figures.Rows, err = table.Aggregate(ctx, reader, plan)
		return err
	})
	if err != nil {
		return nil, err
	}
	return figures, nil
}

// Each calls fn with every record of a query, in its order, and with what the
// records of its page refer to, reading page by page, so that memory does not
// grow with their number.
func (s *Service) Each(ctx context.Context, actor *access.Actor, name string, q query.Query, fn func(object *metadata.Object, slots []int, record Listed, named Included) error) error {
	q.Limit, q.Cursor, q.Count = query.MaxLimit, "", query.CountNone
	for {
		l, err := s.list(ctx, actor, name, q, false)
		if err != nil {
			return err
		}
		object, slots, page, wanted := l.plan.Object, l.plan.Fields, make([]Listed, len(l.records)), &references{}
		for i, found := range l.records {
			page[i].Values = found.Values
			if len(found.Permitted) > 0 {
				page[i].Readable = found.Permitted[0]
			}
			wanted.gather(object, slots, found.Values, page[i].Readable)
		}
		named, err := s.include(ctx, s.store, l.policy, actor, wanted, nil)
		if err != nil {
			return err
		}
		for _, listed := range page {
			if err := fn(object, slots, listed, named); err != nil {
				return err
			}
		}
		if l.next == "" {
			return nil
		}
		q.Cursor = l.next
	}
}

// targets are the objects that the named lookups point to.
func targets(object *metadata.Object, names []string) map[string]bool {
	expand := map[string]bool{}
	for _, name := range names {
		if f, ok := object.Field(name); ok && f.Target != "" {
			expand[f.Target] = true
		}
	}
	return expand
}

// Figures is the answer of an aggregate.
type Figures struct {
	Plan *query.AggregatePlan
	Rows [][]expr.Value // groups first, then measures
}

// isID tells an id in its canonical form; nothing else is the id of a record.
func isID(id string) bool {
	canonical, item := field.ParseID(id)
	return item == nil && canonical == id
}
