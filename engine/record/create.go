package record

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Create adds a record with the values that were sent. Faults: not_found,
// forbidden, invalid_values with a pointer for each value, duplicate.
func (s *Service) Create(ctx context.Context, actor *access.Actor, object string, values map[string]any, options Options) (*Answer, error) {
	body, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		change, err := w.Create(ctx, object, values)
		if err != nil {
			return nil, err
		}
		return w.answer(ctx, change)
	})
	return asAnswer(body, err)
}

// Create adds a record in this transaction.
func (w *Work) Create(ctx context.Context, name string, sent map[string]any) (*Change, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	return w.CreateAs(ctx, name, id.String(), sent)
}

// CreateAs is Create with an id that the caller made.
func (w *Work) CreateAs(ctx context.Context, name, id string, sent map[string]any) (*Change, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Create)
	if err != nil {
		return nil, err
	}
	change := w.blank(object, id)
	if err := w.fill(ctx, change, sent); err != nil {
		return nil, err
	}
	if err := w.guard(ctx, change); err != nil {
		return nil, err
	}
	if err := w.number(ctx, change); err != nil {
		return nil, err
	}
	if err := w.save(ctx, change); err != nil {
		return nil, err
	}
	if _, err := w.saveLines(ctx, change); err != nil {
		return nil, err
	}
	return change, nil
}

// blank is a new record with its system fields and its defaults.
func (w *Work) blank(object *metadata.Object, id string) *Change {
	values := make([]expr.Value, len(object.Fields))
	for slot, f := range object.Fields {
		values[slot] = f.Default
		if f.Computed != nil && f.Computed.Rollup != nil {
			values[slot] = f.Fit(f.Computed.Rollup.Nothing())
		}
	}
	set := func(name string, value expr.Value) { values[object.Slot(name)] = value }
	set(metadata.FieldID, id)
	set(metadata.FieldOwner, w.Actor.ID)
	set(metadata.FieldCreatedAt, w.Now)
	set(metadata.FieldCreatedBy, w.Actor.ID)
	set(metadata.FieldUpdatedAt, w.Now)
	set(metadata.FieldUpdatedBy, w.Actor.ID)
	set(metadata.FieldVersion, decimal.NewFromInt(1))
	return &Change{Action: Created, Object: object, ID: id, Values: values}
}

// fill puts what was sent into a new record and judges the result: the rights
// on the new row, required fields, references, rules.
func (w *Work) fill(ctx context.Context, change *Change, sent map[string]any) error {
	object := change.Object
	create, err := w.decide(object, access.Create)
	if err != nil {
		return err
	}
	read, err := w.decide(object, access.Read)
	if err != nil {
		return err
	}
	faults, writable, readable := fault.New(fault.InvalidValues), ever(create), ever(read)
	defer func() { conceal(object, readable, writable, faults) }()
	given := parse(object, sent, change.Values, writable, readable, faults)
	change.lines = takeLines(object, given, change.Values)
	if err := w.files(ctx, change, given, faults); err != nil {
		return err
	}
	w.used(object, given, nil, change.Values, faults)
	if err := w.convert(ctx, object, everySlot(object), change.Values, faults); err != nil {
		return err
	}
	if err := w.recompute(ctx, change); err != nil {
		return err
	}
	required(object, change.Values, faults)
	w.options(object, nil, change.Values, faults)
	if err := w.references(ctx, object, given, change.Values, faults); err != nil {
		return err
	}
	if len(faults.Items) > 0 {
		return faults
	}
	permitted, err := w.judgeNew(ctx, change, create, given, faults)
	if err != nil {
		return err
	}
	if err := w.rules(ctx, object, change.Values, permitted, faults); err != nil {
		return err
	}
	return faults.OrNil()
}

// judgeNew judges a new record by the rights to create: its row must be
// permitted, and each given field together with that row. It gives the fields
// that are.
func (w *Work) judgeNew(ctx context.Context, change *Change, create *access.Decision, given []int, faults *fault.Fault) (access.Fields, error) {
	permitted, ok, err := create.Judge(w.input(ctx, change.Object, change.Values), access.Sharing{})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.Forbidden)
	}
	for _, slot := range given {
		if !permitted.Has(slot) {
			faults.At("/"+change.Object.Fields[slot].Name, fault.ReadOnly, "field", change.Object.Fields[slot].Name)
		}
	}
	return permitted, nil
}

// ever are the fields that a decision permits in some row.
func ever(decision *access.Decision) access.Fields {
	fields := make(access.Fields, len(decision.Object.Fields))
	for slot := range fields {
		fields[slot] = decision.Ever(slot)
	}
	return fields
}

// number gives the automatic numbers of a new record.
func (w *Work) number(ctx context.Context, change *Change) error {
	for slot, f := range change.Object.Fields {
		if f.Template == "" || change.Values[slot] != nil {
			continue
		}
		now := w.Now.In(w.Actor.ZoneOrUTC())
		var n int64
		err := w.Tx.QueryRow(ctx,
			`INSERT INTO sys_counter (object, field, period, next) VALUES (?, ?, ?, 2)
			 ON CONFLICT (object, field, period) DO UPDATE SET next = sys_counter.next + 1 RETURNING next - 1`,
			change.Object.Name, f.Name, f.NumberPeriod(now)).Scan(&n)
		if err != nil {
			return fmt.Errorf("take a number for %s.%s: %w", change.Object.Name, f.Name, err)
		}
		change.Values[slot] = f.FormatNumber(n, now)
	}
	return w.recompute(ctx, change)
}
