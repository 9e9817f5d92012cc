package record

import (
	"context"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Update changes the fields that were sent (RFC 7396: null empties one). With
// a version, the record must still have it. Faults: not_found, forbidden,
// stale with the current version, invalid_values, duplicate. A patch that
// changes nothing writes nothing.
func (s *Service) Update(ctx context.Context, actor *access.Actor, object, id string, version *int64, patch map[string]any, options Options) (*Answer, error) {
	body, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		change, err := w.Update(ctx, object, id, version, patch)
		if err != nil {
			return nil, err
		}
		return w.answer(ctx, change)
	})
	return asAnswer(body, err)
}

// Update changes a record in this transaction. The rights are judged on the
// record as it was: to close what may not be changed when it is closed is an
// ordinary change.
func (w *Work) Update(ctx context.Context, name, id string, version *int64, patch map[string]any) (*Change, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	prior, err := w.lock(ctx, object, id, access.Update, false)
	if err != nil {
		return nil, err
	}
	if err := fresh(versionOf(object, prior.Values), version); err != nil {
		return nil, err
	}
	change := changing(Updated, object, id, prior)
	if err := w.accept(ctx, change, patch, prior); err != nil {
		return nil, err
	}
	if len(change.Changed) == 0 && change.lines == nil {
		return change, nil
	}
	if err := w.guard(ctx, change); err != nil {
		return nil, err
	}
	some, err := w.saveLines(ctx, change)
	if err != nil || !some && len(change.Changed) == 0 {
		return change, err
	}
	return change, w.save(ctx, change)
}

// accept puts what was sent for a record that was found into its change, and
// judges what it becomes. A patch that changes nothing is not judged.
func (w *Work) accept(ctx context.Context, change *Change, sent map[string]any, found *row.Record) error {
	object, faults := change.Object, fault.New(fault.InvalidValues)
	defer func() { conceal(object, found.Permitted[0], found.Permitted[1], faults) }()
	given := parse(object, sent, change.Values, found.Permitted[1], found.Permitted[0], faults)
	change.lines = takeLines(object, given, change.Values)
	if err := w.files(ctx, change, given, faults); err != nil {
		return err
	}
	change.Changed = differing(object, change.Prior, change.Values)
	if len(faults.Items) == 0 && len(change.Changed) == 0 && change.lines == nil {
		return nil
	}
	set := intersection(given, change.Changed)
	w.used(object, set, change.Prior, change.Values, faults)
	if err := w.convert(ctx, object, set, change.Values, faults); err != nil {
		return err
	}
	if err := w.recompute(ctx, change); err != nil {
		return err
	}
	required(object, change.Values, faults)
	w.options(object, change.Prior, change.Values, faults)
	if err := w.references(ctx, object, set, change.Values, faults); err != nil {
		return err
	}
	if err := w.circle(ctx, change, faults); err != nil {
		return err
	}
	if len(faults.Items) > 0 {
		return faults
	}
	if err := w.rules(ctx, object, change.Values, found.Permitted[1], faults); err != nil {
		return err
	}
	return faults.OrNil()
}

// fresh refuses a version that is not the current one.
func fresh(current int64, version *int64) error {
	if version == nil || *version == current {
		return nil
	}
	return fault.New(fault.Stale, "version", current)
}

func intersection(a, b []int) []int {
	var both []int
	for _, n := range a {
		if slices.Contains(b, n) {
			both = append(both, n)
		}
	}
	return both
}
