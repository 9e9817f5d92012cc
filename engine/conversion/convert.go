package conversion

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// Choice is what is to be done about a target: a new record, with values in
// place of those that the definition gives it; one that is there, perhaps
// changed; or nothing.
type Choice struct {
	Use    string         `json:"use"`
	Skip   bool           `json:"skip"`
	Values map[string]any `json:"values"`
}

// Convert makes of a record what the choices say, by target; a target without
// a choice is made anew. It all happens in one transaction and in the actor's
// rights. Asked again, it answers what was made the first time. Faults:
// not_found, forbidden, not_convertible, and those of the writes, with the
// target in their pointers.
func (s *Service) Convert(ctx context.Context, actor *access.Actor, name, id string, choices map[string]Choice, options record.Options) (*Conversion, error) {
	converting := *actor
	converting.Via = ActionConvert
	body, err := s.records.Do(ctx, &converting, options, func(ctx context.Context, w *record.Work) (record.Body, error) {
		object, seen, err := convertible(ctx, w, name, id)
		if err != nil {
			return nil, err
		}
		known, err := standing(ctx, w.Tx, name, id)
		if err == nil && known == nil {
			known, err = s.convert(ctx, w, object, seen, choices)
		}
		if err != nil {
			return nil, err
		}
		if err := w.Settle(ctx); err != nil {
			return nil, err
		}
		return known, s.show(ctx, w.Tx, w.Policy, w.Actor, known)
	})
	if err != nil {
		return nil, err
	}
	conversion, _ := body.(*Conversion)
	return conversion, nil
}

func (s *Service) convert(ctx context.Context, w *record.Work, object *metadata.Object, seen record.Seen, choices map[string]Choice) (*Conversion, error) {
	values := masked(seen)
	if open, err := isOpen(object, inputOf(w.Actor, w.Now, object, values)); err != nil || !open {
		return nil, orNotConvertible(err)
	}
	if err := known(object.Conversion, choices); err != nil {
		return nil, err
	}
	c := &Conversion{Object: object.Name, Record: seen.ID, By: w.Actor.ID, At: w.Now, UndoUntil: w.Now.Add(undoLife)}
	kept := map[string]json.RawMessage{}
	for _, target := range object.Conversion.Targets {
		choice, chosen := choices[target.Object]
		if able, err := able(w, target.Object); err != nil || !able && !chosen && target.Optional {
			if err != nil {
				return nil, err
			}
			continue
		}
		made, err := s.make(ctx, w, object, target, choice, values)
		if err != nil {
			return nil, below(err, "/targets/"+target.Object)
		}
		if made == nil {
			continue
		}
		values[object.Slot(target.Field)] = made.ID
		kept[target.Field] = json.RawMessage(`"` + made.ID + `"`)
		c.detail.Targets = append(c.detail.Targets, *made)
	}
	if len(c.detail.Targets) == 0 {
		return nil, fault.New(fault.InvalidValues).At("/targets", fault.Required)
	}
	set, err := mapped(object, object, object.Conversion.Set, values, inputOf(w.Actor, w.Now, object, values))
	if err != nil {
		return nil, err
	}
	maps.Copy(kept, set)
	to := c.detail.Targets[0]
	c.detail.To = record.Pointer{Object: to.Object, ID: to.ID}
	if c.detail.Carried, err = w.Carry(ctx, linkTo(object.Name, seen.ID), linkTo(to.Object, to.ID)); err != nil {
		return nil, err
	}
	change, err := w.Assign(ctx, object.Name, seen.ID, kept)
	if err != nil {
		return nil, err
	}
	c.detail.Source = record.DifferenceOf(change)
	return c, keep(ctx, w, c)
}

// able tells whether the actor may create records of an object.
func able(w *record.Work, name string) (bool, error) {
	object, _ := w.Policy.Catalog().Object(name)
	decision, err := w.Policy.Decide(w.Actor, object, access.Create)
	return err == nil && !decision.Nothing(), err
}

// known refuses choices about what a record does not become, or that say two
// things at once.
func known(conversion *metadata.Conversion, choices map[string]Choice) error {
	faults := fault.New(fault.InvalidValues)
	for _, name := range slices.Sorted(maps.Keys(choices)) {
		choice := choices[name]
		at := slices.IndexFunc(conversion.Targets, func(t metadata.ConversionTarget) bool { return t.Object == name })
		switch {
		case at < 0:
			faults.At(fault.Pointer("targets", name), fault.UnknownField, "field", name)
		case choice.Skip && (choice.Use != "" || choice.Values != nil):
			faults.At("/targets/"+name+"/skip", fault.NotAllowed, "what", "skip")
		case choice.Skip && !conversion.Targets[at].Optional:
			faults.At("/targets/"+name, fault.Required)
		}
	}
	return faults.OrNil()
}

// make makes one target, or takes the one that was chosen; nil when it is left
// out.
func (s *Service) make(ctx context.Context, w *record.Work, from *metadata.Object, target metadata.ConversionTarget, choice Choice, values []expr.Value) (*made, error) {
	into, _ := w.Policy.Catalog().Object(target.Object)
	switch {
	case choice.Skip:
		return nil, nil
	case choice.Use != "":
		return s.use(ctx, w, into, choice)
	}
	wires, err := mapped(from, into, target.Values, values, inputOf(w.Actor, w.Now, from, values))
	if err != nil {
		return nil, err
	}
	if wires, err = creatable(w.Policy, w.Actor, into, wires); err != nil {
		return nil, err
	}
	sent := map[string]any{}
	for name, raw := range wires {
		if sent[name], err = decode(raw); err != nil {
			return nil, err
		}
	}
	maps.Copy(sent, choice.Values)
	change, err := w.Create(ctx, into.Name, sent)
	if fault.Is(err, fault.NotFound) { // of the target's object the actor knows nothing
		return nil, fault.New(fault.InvalidValues).At("", fault.UnknownField, "field", into.Name)
	}
	if err != nil {
		return nil, below(err, "/values")
	}
	return &made{Object: into.Name, ID: change.ID, Created: true, Version: change.Version()}, nil
}

// use takes a record that is there, and changes what was chosen.
func (s *Service) use(ctx context.Context, w *record.Work, into *metadata.Object, choice Choice) (*made, error) {
	if len(choice.Values) > 0 {
		change, err := w.Update(ctx, into.Name, choice.Use, nil, choice.Values)
		if err != nil {
			return nil, missing(below(err, "/values"))
		}
		return &made{Object: into.Name, ID: change.ID, Version: change.Version(), Edit: record.DifferenceOf(change)}, nil
	}
	id, item := field.ParseID(choice.Use)
	if item != nil {
		return nil, fault.New(fault.InvalidValues).At("/use", item.Code)
	}
	text, _ := id.(string)
	seen, err := s.records.Seen(ctx, w.Tx, w.Policy, w.Actor, into, []string{text})
	if err != nil {
		return nil, err
	}
	if _, ok := seen[text]; !ok {
		return nil, missing(fault.New(fault.NotFound))
	}
	return &made{Object: into.Name, ID: text}, nil
}

// missing says of a record that was chosen and is not there that the choice is
// wrong, and not the record that is converted.
func missing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.InvalidValues).At("/use", fault.MissingRecord)
	}
	return err
}

// below puts the pointers of a fault below a place.
func below(err error, place string) error {
	if f := fault.As(err); f != nil {
		return f.Within(place)
	}
	return err
}

// keep remembers a conversion.
func keep(ctx context.Context, w *record.Work, c *Conversion) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	c.ID = id.String()
	raw, err := json.Marshal(c.detail)
	if err != nil {
		return fmt.Errorf("keep a conversion: %w", err)
	}
	_, err = w.Tx.Exec(ctx, "INSERT INTO sys_conversion (id, object, record, by_id, at, detail) VALUES (?, ?, ?, ?, ?, ?)",
		c.ID, c.Object, c.Record, c.By, c.At.UnixMilli(), string(raw))
	if err != nil {
		return fmt.Errorf("keep a conversion: %w", err)
	}
	return nil
}

func linkTo(object, id string) field.Link { return field.Link{Object: object, ID: id} }

// decode reads a JSON value with its numbers as they were written.
func decode(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("decode a value: %w", err)
	}
	return value, nil
}
