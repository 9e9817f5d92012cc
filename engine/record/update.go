package record

import (
	"context"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Update changes the fields that were sent (RFC 7396: null empties one). With
// a version, the record must still have it. Faults: not_found, forbidden,
// beyond_rights, stale with the current version, invalid_values, duplicate. A
// patch that changes nothing writes nothing.
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

// Update changes a record in this transaction.
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
	change := &Change{Action: Updated, Object: object, ID: id, Prior: prior.Values, Values: slices.Clone(prior.Values)}
	faults := fault.New(fault.InvalidValues)
	given := parse(object, patch, change.Values, prior.Permitted[1], prior.Permitted[0], faults)
	change.Changed = differing(object, prior.Values, change.Values)
	if len(faults.Items) == 0 && len(change.Changed) == 0 {
		return change, nil
	}
	required(object, change.Values, faults)
	if err := w.references(ctx, object, intersection(given, change.Changed), change.Values, faults); err != nil {
		return nil, err
	}
	if len(faults.Items) > 0 {
		return nil, faults
	}
	if err := w.judgeResult(ctx, change); err != nil {
		return nil, err
	}
	if err := w.rules(ctx, object, change.Values, faults); err != nil {
		return nil, err
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	if err := w.guard(ctx, change); err != nil {
		return nil, err
	}
	return change, w.save(ctx, change)
}

// judgeResult judges a changed record by the rights of who changes it. That he
// may change it, and which fields, was judged on the record as it was: a grant
// that sees the record ("status == \"open\"") may end with the very change that
// it permits, so that who works on open records can close one. Of the record as
// it becomes, two things are asked:
//
//   - No restriction on updates may hold for it. A restriction beats every
//     grant, and nobody brings a record to where he must not change it.
//   - He may do no more with it than before: read or write no further field,
//     and not delete it if he could not. Otherwise writing what a grant looks at
//     would be a way to the grant. The owner is the exception, because only a
//     role that names the field lets it be written, which is meant to hand over
//     what comes with a record.
//
// Fault: beyond_rights.
func (w *Work) judgeResult(ctx context.Context, change *Change) error {
	before, after := w.input(ctx, change.Object, change.Prior), w.input(ctx, change.Object, change.Values)
	handedOver := slices.Contains(change.Changed, change.Object.Slot(metadata.FieldOwner))
	for _, action := range []string{access.Update, access.Read, access.Delete} {
		decision, err := w.decide(change.Object, action)
		if err != nil {
			return err
		}
		if decision.Uniform() {
			continue
		}
		if action == access.Update {
			restricted, err := decision.Restricted(after)
			if err != nil {
				return err
			}
			if restricted {
				return fault.New(fault.BeyondRights)
			}
		}
		if handedOver {
			continue
		}
		had, _, err := decision.Judge(before)
		if err != nil {
			return err
		}
		has, _, err := decision.Judge(after)
		if err != nil {
			return err
		}
		if has.Exceeds(had) {
			return fault.New(fault.BeyondRights)
		}
	}
	return nil
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
