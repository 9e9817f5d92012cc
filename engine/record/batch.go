package record

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// MaxBatch is how many operations one batch may have.
const MaxBatch = 10000

// How many operations of a batch that is not atomic share one transaction, when
// somebody waits for it to end, and at most: each end waits for the disk.
const (
	fewTogether  = 200
	mostTogether = 2000
)

// Operation is one operation of a batch.
type Operation struct {
	Op      string         `json:"op"` // create, update, upsert or delete
	ID      string         `json:"id"`
	Match   []string       `json:"match"` // of an upsert: the fields that find the record
	Version *int64         `json:"version"`
	Values  map[string]any `json:"values"`
}

// Outcome is what became of one operation.
type Outcome struct {
	Change *Change // nil when it failed
	Err    error
}

// Batch applies operations: all or none of them when atomic, otherwise each
// that can be applied. There is one outcome an operation, in order.
func (s *Service) Batch(ctx context.Context, actor *access.Actor, object string, operations []Operation, atomic bool, options Options) ([]Outcome, error) {
	if len(operations) > MaxBatch {
		return nil, fault.New(fault.TooManyOperations, "max", MaxBatch)
	}
	if atomic {
		outcomes, failed, err := s.chunk(ctx, actor, object, operations, true, options)
		if err != nil && failed >= 0 {
			return nil, within(err, failed)
		}
		return outcomes, err
	}
	return inParts(operations, parts(), func(part []Operation) ([]Outcome, error) {
		outcomes, _, err := s.chunk(ctx, actor, object, part, false, options)
		return outcomes, err
	})
}

// parts are how many operations are performed together; those of which the
// database refused one together, in smaller parts.
func parts() []int { return []int{mostTogether, fewTogether, 1} }

// inParts performs operations, many together. A part that ends early goes on
// with the next.
func inParts(operations []Operation, sizes []int, perform func(part []Operation) ([]Outcome, error)) ([]Outcome, error) {
	all := make([]Outcome, 0, len(operations))
	for len(operations) > 0 {
		part := operations[:min(len(operations), sizes[0])]
		outcomes, err := perform(part)
		switch {
		case err == nil:
		case fault.As(err) == nil:
			return nil, err
		case len(part) == 1:
			outcomes = []Outcome{{Err: err}}
		default:
			smaller := slices.IndexFunc(sizes, func(size int) bool { return size < len(part) })
			if outcomes, err = inParts(part, sizes[smaller:], perform); err != nil {
				return nil, err
			}
		}
		all, operations = append(all, outcomes...), operations[len(outcomes):]
	}
	return all, nil
}

// chunk applies operations in one transaction. An operation that is refused
// before it wrote anything is an outcome; with all, it fails the whole, and
// its number is returned.
func (s *Service) chunk(ctx context.Context, actor *access.Actor, object string, operations []Operation, all bool, options Options) ([]Outcome, int, error) {
	var outcomes []Outcome
	failed := -1
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		var err error
		if outcomes, failed, err = w.each(ctx, object, operations, all); err != nil {
			return nil, err
		}
		if len(operations) >= fewTogether {
			if err := job.AnalyzeSoon(w.Tx); err != nil {
				return nil, fmt.Errorf("have the statistics refreshed: %w", err)
			}
		}
		if options.Whole != nil {
			return Nothing{}, options.Whole(ctx, w.Tx, outcomes)
		}
		return Nothing{}, nil
	})
	return outcomes, failed, err
}

// each applies operations; an error that is not the outcome of one comes with
// its number. Where not all belong together, it ends after a few when somebody
// waits.
func (w *Work) each(ctx context.Context, object string, operations []Operation, all bool) (outcomes []Outcome, failed int, err error) {
	outcomes = make([]Outcome, 0, len(operations))
	for i, operation := range operations {
		if !all && i > 0 && i%fewTogether == 0 && w.Tx.Awaited() {
			break
		}
		change, err := w.attempt(ctx, object, operation)
		if err != nil && (all || fault.As(err) == nil) {
			return nil, i, err
		}
		outcomes = append(outcomes, Outcome{Change: change, Err: err})
	}
	return outcomes, -1, nil
}

// within puts the number of an operation before the pointers of its fault.
func within(err error, operation int) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	prefix := "/operations/" + strconv.Itoa(operation)
	if len(f.Items) == 0 {
		return f.At(prefix, f.Code, flat(f.Params)...)
	}
	return f.Within(prefix + "/values")
}

// attempt applies an operation so that, when it is refused, nothing of it
// stays: a delete may have taken others with it before it met one that refuses.
func (w *Work) attempt(ctx context.Context, object string, operation Operation) (*Change, error) {
	if operation.Op != "delete" && !w.sendsLines(object, operation.Values) {
		return w.apply(ctx, object, operation)
	}
	var change *Change
	err := w.Tx.Try(ctx, func(ctx context.Context) error {
		var err error
		change, err = w.apply(ctx, object, operation)
		return err
	})
	if err != nil {
		clear(w.found) // what was asked while it lasted may not hold without it
	}
	return change, err
}

func (w *Work) apply(ctx context.Context, object string, operation Operation) (*Change, error) {
	switch operation.Op {
	case "create":
		return w.Create(ctx, object, operation.Values)
	case "update":
		return w.Update(ctx, object, operation.ID, operation.Version, operation.Values)
	case "delete":
		return w.Delete(ctx, object, operation.ID, operation.Version)
	case "upsert":
		return w.Upsert(ctx, object, operation.Match, operation.Version, operation.Values)
	default:
		return nil, fault.New(fault.InvalidValues).At("/op", fault.UnknownOption, "value", operation.Op)
	}
}

// Upsert updates the record whose match fields have the values that were sent,
// or creates one. It looks among what the actor may read. Fault: ambiguous
// when several match.
func (w *Work) Upsert(ctx context.Context, name string, match []string, version *int64, values map[string]any) (*Change, error) {
	id, err := w.Match(ctx, name, match, values)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return w.Create(ctx, name, values)
	}
	return w.Update(ctx, name, id, version, values)
}

// Match finds the one record that the actor may read whose fields have the
// values that were sent; "" when there is none or a value is empty.
func (w *Work) Match(ctx context.Context, name string, match []string, sent map[string]any) (string, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Read)
	if err != nil {
		return "", err
	}
	decision, err := w.decide(object, access.Read)
	if err != nil {
		return "", err
	}
	faults := fault.New(fault.InvalidValues)
	if len(match) == 0 || len(match) > 5 {
		return "", faults.At("/match", fault.OutOfRange, "min", 1, "max", 5)
	}
	slots := make([]int, 0, len(match))
	values := make([]expr.Value, 0, len(match))
	for i, fieldName := range match {
		slot := object.Slot(fieldName)
		if slot < 0 || !decision.Ever(slot) || !object.Fields[slot].Matchable() {
			faults.At("/match/"+strconv.Itoa(i), fault.UnknownField, "field", fieldName)
			continue
		}
		if field.IsEmpty(sent[fieldName]) {
			return "", nil
		}
		f := object.Fields[slot]
		value, item := read(f, sent[fieldName])
		if item != nil {
			faults.At("/"+fieldName, item.Code, flat(item.Params)...)
			continue
		}
		slots, values = append(slots, slot), append(values, value)
	}
	if err := faults.OrNil(); err != nil {
		return "", err
	}
	ids, err := w.table(object).Matching(ctx, w.Tx, decision, slots, values, 2)
	switch {
	case err != nil:
		return "", err
	case len(ids) > 1:
		return "", fault.New(fault.Ambiguous)
	case len(ids) == 0:
		return "", nil
	default:
		return ids[0], nil
	}
}

// Look runs fn as Transact does, and keeps nothing of it: for what must be read
// as one while others write.
func (s *Service) Look(ctx context.Context, actor *access.Actor, fn func(ctx context.Context, w *Work) error) error {
	_, err := s.write(ctx, actor, Options{unkept: true}, func(ctx context.Context, w *Work) (Body, error) {
		return Nothing{}, fn(ctx, w)
	})
	return err
}

// Transact runs fn in one write, for packages above that write several records
// together, such as an import.
func (s *Service) Transact(ctx context.Context, actor *access.Actor, lane store.Lane, fn func(ctx context.Context, w *Work) error) error {
	_, err := s.write(ctx, actor, Options{Lane: lane}, func(ctx context.Context, w *Work) (Body, error) {
		return Nothing{}, fn(ctx, w)
	})
	return err
}
