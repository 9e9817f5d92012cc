package record

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// sentLines are the lines that were sent for one field.
type sentLines struct {
	field *field.Field
	rows  field.SentLines
}

// takeLines takes the lines that were sent out of a record's values.
func takeLines(object *metadata.Object, given []int, values []expr.Value) []sentLines {
	var all []sentLines
	for _, slot := range given {
		f := object.Fields[slot]
		if f.Lines == nil {
			continue
		}
		rows, _ := values[slot].(field.SentLines)
		values[slot] = nil
		all = append(all, sentLines{field: f, rows: rows})
	}
	return all
}

// sendsLines tells whether values that were sent hold lines.
func (w *Work) sendsLines(name string, sent map[string]any) bool {
	object, ok := w.Policy.Catalog().Object(name)
	if !ok {
		return false
	}
	for name := range sent {
		if f, ok := object.Field(name); ok && f.Lines != nil {
			return true
		}
	}
	return false
}

// saveLines makes the lines of a record those that were sent, each judged as a
// record of its own: one with an id is changed, one without is new, and what
// is not sent any more is deleted. It reports whether anything changed.
func (w *Work) saveLines(ctx context.Context, change *Change) (bool, error) {
	changed := false
	for _, lines := range change.lines {
		if lines.field.Required && len(lines.rows) == 0 {
			return false, fault.New(fault.InvalidValues).At("/"+lines.field.Name, fault.Required)
		}
		some, err := w.saveField(ctx, change.ID, lines)
		if err != nil {
			return false, err
		}
		changed = changed || some
	}
	return changed, nil
}

func (w *Work) saveField(ctx context.Context, id string, lines sentLines) (bool, error) {
	child, ok := w.Policy.Catalog().Object(lines.field.Lines.Object)
	if !ok {
		return false, fault.New(fault.NotFound)
	}
	left, err := w.visibleLines(ctx, child, lines.field.Lines, id)
	if err != nil {
		return false, err
	}
	changed := false
	for i, row := range lines.rows {
		own, _ := row[metadata.FieldID].(string)
		some, err := w.saveLine(ctx, id, own, lines.field.Lines, i, row, left)
		if err != nil {
			return false, below(err, fmt.Sprintf("/%s/%d", lines.field.Name, i))
		}
		left = slices.DeleteFunc(left, func(other string) bool { return other == own })
		changed = changed || some
	}
	for _, gone := range left {
		if _, err := w.Delete(ctx, child.Name, gone, nil); err != nil {
			return false, below(err, "/"+lines.field.Name)
		}
	}
	return changed || len(left) > 0, nil
}

// visibleLines are the ids of a record's lines that the actor may see; others
// stay as they are.
func (w *Work) visibleLines(ctx context.Context, child *metadata.Object, lines *field.Lines, id string) ([]string, error) {
	decision, err := w.decide(child, access.Read)
	if err != nil || decision.Nothing() {
		return nil, err
	}
	slot := child.Slot(metadata.FieldID)
	found, err := w.table(child).Children(ctx, w.Tx, decision, []int{slot}, *lines, []string{id})
	ids := make([]string, len(found))
	for i, record := range found {
		ids[i], _ = record.Values[slot].(string)
	}
	return ids, err
}

func (w *Work) saveLine(ctx context.Context, id, own string, lines *field.Lines, i int, row map[string]any, known []string) (bool, error) {
	values := maps.Clone(row)
	delete(values, metadata.FieldID)
	if given, ok := values[lines.By]; ok && given != id {
		return false, fault.New(fault.InvalidValues).At("/"+lines.By, fault.ReadOnly, "field", lines.By)
	}
	delete(values, lines.By)
	if lines.Order != "" {
		values[lines.Order] = json.Number(strconv.Itoa(i + 1))
	}
	if own == "" {
		values[lines.By] = id
		_, err := w.Create(ctx, lines.Object, values)
		return true, err
	}
	if !slices.Contains(known, own) {
		return false, fault.New(fault.InvalidValues).At("/"+metadata.FieldID, fault.MissingRecord)
	}
	change, err := w.Update(ctx, lines.Object, own, nil, values)
	if err != nil {
		return false, err
	}
	return len(change.Changed) > 0, nil
}

// below puts the place of a line before the pointers of its fault.
func below(err error, prefix string) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	if len(f.Items) == 0 {
		return fault.New(fault.InvalidValues).At(prefix, f.Code, flat(f.Params)...)
	}
	return f.Within(prefix)
}

// lines tells the lines of some records that the reader may see, by the slot of
// their field and the record's id, and notes what they refer to.
func (s *Service) lines(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, object *metadata.Object, slots []int, ids []string, wanted *references) (map[int]map[string]field.ToldLines, error) {
	var all map[int]map[string]field.ToldLines
	for _, slot := range slots {
		f := object.Fields[slot]
		if f.Lines == nil || len(ids) == 0 {
			continue
		}
		told, err := s.linesOf(ctx, reader, policy, actor, f.Lines, ids, wanted)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = map[int]map[string]field.ToldLines{}
		}
		all[slot] = told
	}
	return all, nil
}

func (s *Service) linesOf(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, lines *field.Lines, ids []string, wanted *references) (map[string]field.ToldLines, error) {
	told := map[string]field.ToldLines{}
	child, ok := policy.Catalog().Object(lines.Object)
	if !ok {
		return told, nil
	}
	decision, err := policy.Decide(actor, child, access.Read)
	if err != nil || decision.Nothing() {
		return told, err
	}
	slots := make([]int, 0, len(child.Fields))
	for slot, f := range child.Fields {
		if decision.Ever(slot) && f.Lines == nil {
			slots = append(slots, slot)
		}
	}
	by := child.Slot(lines.By)
	if !slices.Contains(slots, by) {
		return told, nil
	}
	records, err := s.table(policy, actor, child, s.clock.Now()).Children(ctx, reader, decision, slots, *lines, ids)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		id, _ := record.Values[by].(string)
		if !record.Permitted[0].Has(by) {
			continue
		}
		separator := byte(',')
		if told[id] == nil {
			separator = '['
		}
		told[id] = appendRecord(append(told[id], separator), child, slots, record.Values, record.Permitted[0], nil)
		wanted.gather(child, slots, record.Values, record.Permitted[0])
	}
	for id := range told {
		told[id] = append(told[id], ']')
	}
	return told, nil
}

// withLines puts the lines of one record into its answer.
func (s *Service) withLines(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, answer *Answer, wanted *references) error {
	id := answer.ID()
	told, err := s.lines(ctx, reader, policy, actor, answer.Object, answer.Slots, []string{id}, wanted)
	if err != nil || told == nil {
		return err
	}
	answer.Values = slices.Clone(answer.Values)
	for slot, byRecord := range told {
		if lines, ok := byRecord[id]; ok {
			answer.Values[slot] = lines
		} else {
			answer.Values[slot] = field.ToldLines("[]")
		}
	}
	return nil
}
