package record

import (
	"context"
	"errors"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
)

// errRehearsed ends a transaction of which nothing is to stay.
var errRehearsed = errors.New("rehearsed")

// Rehearse tells what would become of the operations if they were a batch now:
// they are applied in one transaction that is undone.
func (s *Service) Rehearse(ctx context.Context, actor *access.Actor, object string, operations []Operation, atomic bool, options Options) ([]Outcome, error) {
	if len(operations) > MaxBatch {
		return nil, fault.New(fault.TooManyOperations, "max", MaxBatch)
	}
	var outcomes []Outcome
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		var err error
		if outcomes, err = w.rehearse(ctx, object, operations, atomic); err != nil {
			return nil, err
		}
		return nil, errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return outcomes, nil
	}
	return nil, err
}

func (w *Work) rehearse(ctx context.Context, object string, operations []Operation, atomic bool) ([]Outcome, error) {
	if atomic {
		outcomes, failed, err := w.each(ctx, object, operations, true)
		if err == nil {
			return outcomes, w.judged(ctx)
		}
		if err = w.service.known(w.Policy, w.Actor, err); failed >= 0 {
			err = within(err, failed)
		}
		return nil, err
	}
	return inParts(operations, parts(), func(part []Operation) ([]Outcome, error) { return w.part(ctx, object, part) })
}

// part rehearses what a batch does in one transaction; of one that fails,
// nothing stays for the next.
func (w *Work) part(ctx context.Context, object string, operations []Operation) ([]Outcome, error) {
	var outcomes []Outcome
	err := w.Tx.Try(ctx, func(ctx context.Context) error {
		var err error
		if outcomes, _, err = w.each(ctx, object, operations, false); err != nil {
			return err
		}
		return w.judged(ctx)
	})
	if err != nil {
		clear(w.found)
		clear(w.stale)
		return nil, w.service.known(w.Policy, w.Actor, err)
	}
	return outcomes, nil
}

// judged has all that follows from what was written done and judged, as the end
// of a transaction would.
func (w *Work) judged(ctx context.Context) error {
	if err := w.Settle(ctx); err != nil {
		return err
	}
	return w.Flush(ctx)
}
