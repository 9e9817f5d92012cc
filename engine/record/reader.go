package record

import (
	"context"
	"errors"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Readable refuses with not_found a record that the actor may not read.
func (w *Work) Readable(ctx context.Context, object *metadata.Object, id string) error {
	if !isID(id) {
		return fault.New(fault.NotFound)
	}
	decision, err := w.decide(object, access.Read)
	if err != nil {
		return err
	}
	_, err = w.table(object).Find(ctx, w.Tx, id, row.Wanted{Decisions: []*access.Decision{decision}})
	return err
}

// Known finds an object that the actor may read records of. Fault: not_found.
func (w *Work) Known(name string) (*metadata.Object, error) {
	return objectOf(w.Policy, w.Actor, name, access.Read)
}

// ReadableBy are the fields of a record, as this transaction leaves it, that
// other people may read, by their ids. Who may not read the record, is not
// active, or does not exist, is left out.
func (w *Work) ReadableBy(ctx context.Context, object *metadata.Object, id string, people ...string) (map[string]access.Fields, error) {
	var readers []*access.Actor
	for _, person := range people {
		reader, err := w.readerOf(ctx, person)
		if err != nil {
			return nil, err
		}
		if reader != nil {
			readers = append(readers, reader)
		}
	}
	return w.reads(ctx, object, id, readers...)
}

// readerOf is somebody else as one who reads, whom a transaction that writes
// much meets again and again; nil when he is not active, or does not exist.
func (w *Work) readerOf(ctx context.Context, person string) (*access.Actor, error) {
	if reader, ok := w.readers[person]; ok {
		return reader, nil
	}
	people, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok || person == access.SystemID {
		return nil, nil
	}
	found, err := w.service.table(w.Policy, access.System(), people, w.Now).Find(ctx, w.Tx, person, row.Wanted{})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a person: %w", err)
	}
	reader, err := w.opened(ctx, &Person{ID: person, object: people, values: found.Values})
	if err == nil {
		w.readers[person] = reader
	}
	return reader, err
}

// opened is a person as one who reads, with what was opened to him; nil when he
// is not active.
func (w *Work) opened(ctx context.Context, person *Person) (*access.Actor, error) {
	reader := w.reader(person)
	if reader == nil {
		return nil, nil
	}
	return reader, w.service.openings(ctx, w.Tx, w.Policy, reader)
}

// reads are the fields of a record that some may read, by their ids. It is read
// once, in the rights of each.
func (w *Work) reads(ctx context.Context, object *metadata.Object, id string, actors ...*access.Actor) (map[string]access.Fields, error) {
	readers := make([]row.Reader, len(actors))
	for i, actor := range actors {
		decision, err := w.Policy.Decide(actor, object, access.Read)
		if err != nil {
			return nil, err
		}
		readers[i] = row.Reader{Decision: decision, Input: actor.Input(w.Now)}
	}
	fields, err := w.table(object).Readable(ctx, w.Tx, id, readers)
	if err != nil {
		return nil, fmt.Errorf("read a record as somebody else: %w", err)
	}
	readable := map[string]access.Fields{}
	for i, actor := range actors {
		if fields[i] != nil {
			readable[actor.ID] = fields[i]
		}
	}
	return readable, nil
}

// reader is a person as one who reads, to judge what he may see; nil when he
// is not active.
func (w *Work) reader(person *Person) *access.Actor {
	if active, _ := person.Field("active").(bool); !active {
		return nil
	}
	roles, _ := person.Field("roles").([]string)
	return &access.Actor{
		ID: person.ID, Roles: roles, Profile: person.Field, Zone: w.Policy.Catalog().Environment().Organisation.Zone(),
	}
}

// Live reads a record without rights, as this transaction leaves it; nil when
// it is deleted or was never there.
func (w *Work) Live(ctx context.Context, object *metadata.Object, id string) ([]expr.Value, error) {
	found, err := w.service.table(w.Policy, access.System(), object, w.Now).Find(ctx, w.Tx, id, row.Wanted{Lock: true})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a record: %w", err)
	}
	return found.Values, nil
}

// Holds tells whether a condition holds for a record's values, in the
// organisation's time; without a condition it does.
func (w *Work) Holds(ctx context.Context, object *metadata.Object, values []expr.Value, condition *expr.Program) (bool, error) {
	if condition == nil {
		return true, nil
	}
	in := w.input(ctx, object, values)
	in.Zone = w.Policy.Catalog().Environment().Organisation.Zone()
	return condition.True(in) //nolint:wrapcheck // an expression's own fault
}
