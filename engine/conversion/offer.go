package conversion

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/duplicate"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// Offer is what a record would become, and what it became.
type Offer struct {
	// Conversion is there when the record was converted.
	Conversion *Conversion `json:"conversion"`
	Targets    []Target    `json:"targets"`
	// Carried is how many records, comments and files would go along that the
	// actor sees; those that he does not see go along, too.
	Carried int `json:"carried"`
}

// Target is one of the records that a record would become.
type Target struct {
	Object   string `json:"object"`
	Optional bool   `json:"optional"`
	// Create tells whether the actor may make a new one, with these values.
	Create  bool                       `json:"create"`
	Values  map[string]json.RawMessage `json:"values"`
	Matches []duplicate.Candidate      `json:"matches"`
}

// Offer tells what the actor can make of a record, without writing anything:
// for each target its values, and the records there are that match. Targets
// that he may neither create nor see are left out, when they are optional.
// Faults: not_found, forbidden, not_convertible.
func (s *Service) Offer(ctx context.Context, actor *access.Actor, name, id string) (*Offer, error) {
	policy := s.records.Policy()
	offer := &Offer{Targets: []Target{}}
	var object *metadata.Object
	var seen record.Seen
	err := s.records.Look(ctx, actor, func(ctx context.Context, w *record.Work) (err error) {
		if object, seen, err = convertible(ctx, w, name, id); err != nil {
			return err
		}
		if offer.Conversion, err = standing(ctx, w.Tx, name, id); err != nil || offer.Conversion != nil {
			return err
		}
		offer.Carried, err = carriable(ctx, w, object, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if offer.Conversion != nil {
		return offer, s.show(ctx, s.store, policy, actor, offer.Conversion)
	}
	values := masked(seen)
	in := inputOf(actor, s.clock.Now(), object, values)
	if open, err := isOpen(object, in); err != nil || !open {
		return nil, orNotConvertible(err)
	}
	for _, target := range object.Conversion.Targets {
		offered, ok, err := s.target(ctx, policy, actor, object, target, values)
		if err != nil {
			return nil, err
		}
		if ok {
			offer.Targets = append(offer.Targets, offered)
		}
	}
	return offer, nil
}

func orNotConvertible(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotConvertible)
}

// convertible locks a record that can become others, for one who may change it.
func convertible(ctx context.Context, w *record.Work, name, id string) (*metadata.Object, record.Seen, error) {
	object, seen, err := w.Take(ctx, name, id, access.Update)
	if err == nil && object.Conversion == nil {
		err = fault.New(fault.NotConvertible)
	}
	return object, seen, err
}

// carriable counts what would go along from a record and the actor sees.
func carriable(ctx context.Context, w *record.Work, object *metadata.Object, id string) (int, error) {
	about, err := w.About(ctx, linkTo(object.Name, id))
	if err != nil {
		return 0, err
	}
	about.Records = slices.DeleteFunc(about.Records, func(pointer record.Pointer) bool {
		of, _ := w.Policy.Catalog().Object(pointer.Object)
		f, ok := of.Field(pointer.Field)
		return !ok || f.Kind.Name() != "link"
	})
	seen, err := w.Seen(ctx, object, about)
	return seen.Total(), err
}

// target is what one target would be.
func (s *Service) target(ctx context.Context, policy *access.Policy, actor *access.Actor, from *metadata.Object, target metadata.ConversionTarget, values []expr.Value) (Target, bool, error) {
	into, _ := policy.Catalog().Object(target.Object)
	offered := Target{Object: target.Object, Optional: target.Optional, Values: map[string]json.RawMessage{}, Matches: []duplicate.Candidate{}}
	create, err := policy.Decide(actor, into, access.Create)
	if err != nil {
		return offered, false, err
	}
	read, err := policy.Decide(actor, into, access.Read)
	if err != nil {
		return offered, false, err
	}
	offered.Create = !create.Nothing()
	if read.Nothing() || !offered.Create && target.Optional {
		return offered, !target.Optional, nil
	}
	wires, err := mapped(from, into, target.Values, values, inputOf(actor, s.clock.Now(), from, values))
	if err != nil {
		return offered, false, err
	}
	if offered.Values, err = creatable(policy, actor, into, wires); err != nil {
		return offered, false, err
	}
	candidates, err := s.duplicates.Check(ctx, actor, into.Name, "", legible(into, offered.Values))
	offered.Matches = append(offered.Matches, slices.DeleteFunc(candidates, func(c duplicate.Candidate) bool { return c.ID == nil })...)
	return offered, true, err
}

// legible are the values that their fields can read: what cannot be does not
// match anything, and is told of when it is written.
func legible(into *metadata.Object, wires map[string]json.RawMessage) map[string]any {
	values := map[string]any{}
	for name, raw := range wires {
		f, _ := into.Field(name)
		value, err := decode(raw)
		if err != nil {
			continue
		}
		if _, item := f.Kind.Parse(f, value); item == nil {
			values[name] = value
		}
	}
	return values
}
