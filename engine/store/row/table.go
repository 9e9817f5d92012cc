package row

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
)

// Table reads and writes the records of one object, for one actor.
type Table struct {
	Dialect store.Dialect
	Policy  *access.Policy
	Actor   *access.Actor
	Object  *metadata.Object
	Input   expr.Input
	Memory  *Memory
}

// Record is a row: the values by slot, and for each decision that was asked
// for, the fields it permits in this row (nil when it permits none).
type Record struct {
	Values    []expr.Value
	Raw       []any // in place of Values, what the database gave
	Permitted []access.Fields
	Keys      []expr.Value // of the last record of a page: what it was sorted by
	Deleted   bool
	Followed  bool // when it was locked: somebody follows it
}

// Wanted says what a single record is read with.
type Wanted struct {
	Decisions []*access.Decision // the first one's rows bound what is found
	Deleted   bool               // also find it in the recycle bin
	Lock      bool
	Pin       bool // lock its values only: others may still come to point to it
}

// reader is the decision in which virtual formulas are read. A change judges
// and writes what is kept, and works them out itself.
func (w Wanted) reader() *access.Decision {
	if len(w.Decisions) == 0 || w.Lock {
		return nil
	}
	return w.Decisions[0]
}

func (t *Table) scope(decision *access.Decision) *scope {
	return &scope{dialect: t.Dialect, policy: t.Policy, actor: t.Actor, object: t.Object, decision: decision, alias: "t"}
}

// Find reads one record with all its fields, or store.ErrNotFound.
func (t *Table) Find(ctx context.Context, reader store.Reader, id string, wanted Wanted) (*Record, error) {
	return t.FindBy(ctx, reader, expr.Fragment{SQL: "?", Args: []expr.Arg{expr.Fixed(id)}}, wanted)
}

// FindBy is Find where the id is the value of a piece of SQL.
func (t *Table) FindBy(ctx context.Context, reader store.Reader, id expr.Fragment, wanted Wanted) (*Record, error) {
	found, err := t.Memory.statement(t.key(id, wanted), func() (*statement, error) { return t.find(id, wanted) })
	if err != nil {
		return nil, err
	}
	args := make([]expr.Arg, 0, len(found.args)+len(id.Args)+1)
	args = append(append(args, found.args[:found.before]...), id.Args...)
	if t.Actor.Standing != 0 {
		args = append(args, expr.Fixed(t.Actor.Standing))
	}
	args = append(args, found.args[found.before:]...)
	bound, err := expr.Fragment{SQL: found.text, Args: args}.Bind(t.Input)
	if err != nil {
		return nil, fmt.Errorf("bind a query of %s: %w", t.Object.Name, err)
	}
	records, err := t.rows(ctx, reader, found.text, bound, found.layout)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, store.ErrNotFound
	}
	return records[0], nil
}

// find writes the statement that finds one record.
func (t *Table) find(id expr.Fragment, wanted Wanted) (*statement, error) {
	s := t.scope(nil)
	var w writer
	w.WriteString("SELECT ")
	slots := make([]int, len(t.Object.Fields))
	for slot := range slots {
		slots[slot] = slot
	}
	if err := s.columns(&w, slots, wanted.reader()); err != nil {
		return nil, err
	}
	masks, err := s.masks(&w, wanted.Decisions)
	if err != nil {
		return nil, err
	}
	if t.Object.Recycle {
		w.WriteString(", " + s.quoted(metadata.DeletedAt) + " IS NOT NULL")
	} else {
		w.WriteString(", FALSE")
	}
	if wanted.Lock {
		w.WriteString(", EXISTS (SELECT 1 FROM sys_follow AS f WHERE f.object = '" + t.Object.Name + "' AND f.record = " + s.quoted(metadata.FieldID) + ")")
	}
	w.WriteString(" FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE " + s.quoted(metadata.FieldID) + " = " + id.SQL)
	before := len(w.args)
	if t.Actor.Standing != 0 {
		w.WriteString(" AND " + t.Dialect.Standing())
	}
	if t.Object.Recycle && !wanted.Deleted {
		w.WriteString(" AND " + s.quoted(metadata.DeletedAt) + " IS NULL")
	}
	if len(wanted.Decisions) > 0 {
		if err := s.within(&w, wanted.Decisions[0]); err != nil {
			return nil, err
		}
	}
	switch {
	case wanted.Lock:
		w.WriteString(" " + t.Dialect.ForUpdate())
	case wanted.Pin:
		w.WriteString(" " + t.Dialect.ForValues())
	}
	l := &layout{slots: slots, masks: masks, deleted: true, followed: wanted.Lock}
	l.place(t.Object)
	return &statement{text: t.text(&w), args: w.args, before: before, layout: l}, nil
}

// List reads the records of a plan, one more than its limit when there are.
// With raw, the values are left as the database gave them, for an answer that
// is written straight from them.
func (t *Table) List(ctx context.Context, reader store.Reader, plan *query.Plan, raw bool) ([]*Record, error) {
	s := t.scope(plan.Decision)
	if err := t.search(ctx, reader, s, plan.Search); err != nil {
		return nil, err
	}
	var w writer
	w.WriteString("SELECT ")
	if err := s.columns(&w, plan.Fields, plan.Decision); err != nil {
		return nil, err
	}
	var decisions []*access.Decision
	if !uniform(plan.Decision, plan.Fields) {
		decisions = []*access.Decision{plan.Decision}
	}
	if decisions != nil && plan.Masked != nil {
		decisions = append(decisions, plan.Masked)
	}
	masks, err := s.masks(&w, decisions)
	if err != nil {
		return nil, err
	}
	keys, err := s.sortKeys(plan.Sort)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		if keys[i].slot = selected(plan, keys[i], i); keys[i].slot >= 0 {
			continue
		}
		w.WriteString(", ")
		w.add(keys[i].fragment)
	}
	if err := s.from(&w, plan); err != nil {
		return nil, err
	}
	if err := s.behind(&w, keys, plan.After); err != nil {
		return nil, err
	}
	order(&w, keys)
	fmt.Fprintf(&w, " LIMIT %d", plan.Limit+1)
	if plan.Offset > 0 {
		fmt.Fprintf(&w, " OFFSET %d", plan.Offset)
	}
	return t.read(ctx, reader, &w, &layout{slots: plan.Fields, masks: masks, keys: keys, last: plan.Limit - 1, raw: raw})
}

// selected is the slot in which a sort key is read anyway, or -1.
func selected(plan *query.Plan, key sortKey, i int) int {
	f := plan.Sort[i].Field
	slot := plan.Object.Slot(f.Name)
	if f.Kind.Order() == field.ByValue && key.plain && slices.Contains(plan.Fields, slot) {
		return slot
	}
	return -1
}

// Count counts the records of a plan.
func (t *Table) Count(ctx context.Context, reader store.Reader, plan *query.Plan) (int64, error) {
	s := t.scope(plan.Decision)
	if err := t.search(ctx, reader, s, plan.Search); err != nil {
		return 0, err
	}
	var w writer
	w.WriteString("SELECT count(*)")
	if err := s.from(&w, plan); err != nil {
		return 0, err
	}
	args, err := w.fragment().Bind(t.Input)
	if err != nil {
		return 0, fmt.Errorf("bind a count: %w", err)
	}
	count, err := store.Count(ctx, reader, t.text(&w), args...)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", t.Object.Name, err)
	}
	return count, nil
}

// uniform reports whether every row that the decision permits shows the same
// of the fields.
func uniform(decision *access.Decision, slots []int) bool {
	for _, slot := range slots {
		if !decision.Always(slot) {
			return false
		}
	}
	return true
}

// from writes FROM and WHERE of a plan.
func (s *scope) from(w *writer, plan *query.Plan) error {
	s.source(w)
	w.WriteString(" WHERE ")
	if err := s.permitted(w); err != nil {
		return err
	}
	s.standing(w)
	for _, condition := range plan.Where {
		w.WriteString(" AND ")
		if err := s.condition(w, condition, false); err != nil {
			return err
		}
	}
	for _, found := range s.found {
		w.WriteString(" AND ")
		w.add(found)
	}
	return nil
}

// source writes FROM. The limit keeps the planner from looking for the few
// records of a search among all that the reader may see.
func (s *scope) source(w *writer) {
	table := s.dialect.Quote(s.object.Name)
	if s.begin.SQL == "" {
		w.WriteString(" FROM " + table + " AS t")
		return
	}
	w.WriteString(" FROM (SELECT * FROM " + table + " AS t WHERE ")
	w.add(s.begin)
	fmt.Fprintf(w, " LIMIT %d) AS t", len(s.begin.Args)+1)
}

// columns writes the fields in slots as they are, whether or not they may be
// seen; only a virtual formula is worked out in the reader's rights, and null
// where there is no reader.
func (s *scope) columns(w *writer, slots []int, reader *access.Decision) error {
	separator := ""
	for _, slot := range slots {
		f := s.object.Fields[slot]
		switch {
		case !f.IsVirtual() && f.Pairs == "":
			for _, column := range f.Parts() {
				w.WriteString(separator + s.quoted(column.Name))
				separator = ", "
			}
			continue
		case f.IsVirtual() && (reader == nil || !reader.Ever(slot)):
			w.WriteString(separator + "NULL")
		default:
			w.WriteString(separator)
			rights := *s
			rights.decision = reader
			cell, err := rights.cell(f)
			if err != nil {
				return err
			}
			w.add(cell)
		}
		separator = ", "
	}
	return nil
}

// mask is how the permitted fields of one decision follow from a row.
type mask struct {
	decision *access.Decision
	columns  int // how many columns tell; 0 when every row is alike
}

// masks writes a column for each pair of each decision whose rows differ.
func (s *scope) masks(w *writer, decisions []*access.Decision) ([]mask, error) {
	masks := make([]mask, 0, len(decisions))
	for _, decision := range decisions {
		if len(decision.Pairs) == 1 && decision.Pairs[0].Everywhere() && len(decision.Restrict) == 0 {
			masks = append(masks, mask{decision: decision})
			continue
		}
		for _, pair := range decision.Pairs {
			w.WriteString(", (")
			if err := s.rows(w, pair); err != nil {
				return nil, err
			}
			for _, restriction := range decision.Restrict {
				w.WriteString(" AND NOT (")
				if err := s.plain(w, restriction.Where, true); err != nil {
					return nil, err
				}
				w.WriteString(")")
			}
			w.WriteString(") IS TRUE")
		}
		masks = append(masks, mask{decision: decision, columns: len(decision.Pairs)})
	}
	return masks, nil
}

// text is a statement with the revision that it was written for, because a
// database that keeps prepared statements refuses one whose columns changed
// their type meanwhile.
func (t *Table) text(w *writer) string {
	w.WriteString(" /* ")
	w.WriteString(strconv.FormatInt(t.Policy.Catalog().Revision, 10))
	w.WriteString(" */")
	return w.String()
}

// ByID reads some fields of the live records with these ids that a decision
// permits.
func (t *Table) ByID(ctx context.Context, reader store.Reader, decision *access.Decision, slots []int, ids []string) ([]*Record, error) {
	return t.those(ctx, reader, decision, slots, metadata.FieldID, ids, "")
}

// those are the live records in one of whose columns one of the ids stands.
func (t *Table) those(ctx context.Context, reader store.Reader, decision *access.Decision, slots []int, column string, ids []string, order string) ([]*Record, error) {
	s := t.scope(nil)
	var w writer
	w.WriteString("SELECT ")
	if err := s.columns(&w, slots, decision); err != nil {
		return nil, err
	}
	masks, err := s.masks(&w, []*access.Decision{decision})
	if err != nil {
		return nil, err
	}
	w.WriteString(" FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE " + s.quoted(column) + " IN (")
	for i, id := range ids {
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString("?")
		w.args = append(w.args, expr.Fixed(id))
	}
	w.WriteString(") AND ")
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	if err := s.within(&w, decision); err != nil {
		return nil, err
	}
	w.WriteString(order)
	return t.read(ctx, reader, &w, &layout{slots: slots, masks: masks})
}

// Children reads some fields of the lines of records with these ids, in their
// order, that a decision permits.
func (t *Table) Children(ctx context.Context, reader store.Reader, decision *access.Decision, slots []int, lines field.Lines, ids []string) ([]*Record, error) {
	order := " ORDER BY "
	if lines.Order != "" {
		order += t.Dialect.Quote(lines.Order) + " ASC NULLS FIRST, "
	}
	return t.those(ctx, reader, decision, slots, lines.By, ids, order+t.Dialect.Quote(metadata.FieldID))
}

// Matching finds the ids of the live records that a decision permits whose
// fields have these values, in cells that it permits.
func (t *Table) Matching(ctx context.Context, reader store.Reader, decision *access.Decision, slots []int, values []expr.Value, limit int) ([]string, error) {
	s := t.scope(decision)
	var w writer
	w.WriteString("SELECT " + s.quoted(metadata.FieldID) + " FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE ")
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	for i, slot := range slots {
		f := t.Object.Fields[slot]
		encoded, err := t.Dialect.Encode(f.Kind.Column(f), values[i])
		if err != nil {
			return nil, fmt.Errorf("encode %s.%s: %w", t.Object.Name, f.Name, err)
		}
		visible, err := s.seen(f)
		if err != nil {
			return nil, err
		}
		w.WriteString(" AND ")
		w.add(visible)
		w.WriteString(" = ?")
		w.args = append(w.args, expr.Fixed(encoded))
	}
	fmt.Fprintf(&w, " ORDER BY %s LIMIT %d", s.quoted(metadata.FieldID), limit)
	idSlot := t.Object.Slot(metadata.FieldID)
	records, err := t.read(ctx, reader, &w, &layout{slots: []int{idSlot}})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, record := range records {
		ids[i], _ = record.Values[idSlot].(string)
	}
	return ids, nil
}

// Holding reads the id and one field of the live records that a decision
// permits whose field has one of these values, in cells that it permits; of
// records with the same value, only the first few.
func (t *Table) Holding(ctx context.Context, reader store.Reader, decision *access.Decision, slot int, values []expr.Value, few int) ([]*Record, error) {
	s, f := t.scope(decision), t.Object.Fields[slot]
	visible, err := s.seen(f)
	if err != nil {
		return nil, err
	}
	var w writer
	w.WriteString("SELECT id, held FROM (SELECT id, held, row_number() OVER (PARTITION BY held ORDER BY id) AS nth FROM (SELECT " + s.quoted(metadata.FieldID) + " AS id, ")
	w.add(visible)
	w.WriteString(" AS held FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE ")
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	w.WriteString(" AND ")
	w.add(visible)
	w.WriteString(" IN (")
	for i, value := range values {
		encoded, err := t.Dialect.Encode(f.Kind.Column(f), value)
		if err != nil {
			return nil, fmt.Errorf("encode %s.%s: %w", t.Object.Name, f.Name, err)
		}
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString("?")
		w.args = append(w.args, expr.Fixed(encoded))
	}
	fmt.Fprintf(&w, ")) AS seen) AS numbered WHERE nth <= %d", few)
	return t.read(ctx, reader, &w, &layout{slots: []int{t.Object.Slot(metadata.FieldID), slot}})
}

// LockAll locks the live records for which a condition holds, in the order of
// their ids, and lists these.
func (t *Table) LockAll(ctx context.Context, tx *store.Tx, condition *expr.Program) ([]string, error) {
	s := t.scope(nil)
	var w writer
	w.WriteString("SELECT " + s.quoted(metadata.FieldID) + " FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE ")
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	w.WriteString(" AND ")
	if err := s.condition(&w, condition, false); err != nil {
		return nil, err
	}
	w.WriteString(" ORDER BY " + s.quoted(metadata.FieldID) + " " + t.Dialect.ForUpdate())
	idSlot := t.Object.Slot(metadata.FieldID)
	records, err := t.read(ctx, tx, &w, &layout{slots: []int{idSlot}})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, record := range records {
		ids[i], _ = record.Values[idSlot].(string)
	}
	return ids, nil
}
