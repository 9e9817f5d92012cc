package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// address is one record of an object.
type address struct{ object, id string }

// stale are the roll-ups, by slot, that a transaction made out of date.
type stale map[address]map[int]bool

func (s stale) add(at address, slot int) {
	if at.id == "" {
		return
	}
	if s[at] == nil {
		s[at] = map[int]bool{}
	}
	s[at][slot] = true
}

// feed notes the roll-ups that a change makes out of date: those of the record
// that its lookup pointed to, and of the one that it points to now.
func (w *Work) feed(change *Change) {
	for _, feed := range change.Object.Feeds {
		rollup := feed.Field.Computed.Rollup
		var before, after string
		if change.Action == Updated || change.Action == Deleted {
			before = parent(change.Object, change.Prior, feed)
		}
		if change.Action != Deleted {
			after = parent(change.Object, change.Values, feed)
		}
		if change.Action == Updated && before == after && !concerns(change, rollup) {
			continue
		}
		slot := feed.Object.Slot(feed.Field.Name)
		w.stale.add(address{feed.Object.Name, before}, slot)
		w.stale.add(address{feed.Object.Name, after}, slot)
	}
}

// parent is the id of the record that a roll-up of a child belongs to, or "".
func parent(object *metadata.Object, child []expr.Value, feed metadata.Reference) string {
	slot := object.Slot(feed.Field.Computed.Rollup.Lookup)
	for _, link := range object.Fields[slot].Refers(child[slot]) {
		if link.Object == feed.Object.Name {
			return link.ID
		}
	}
	return ""
}

// concerns tells whether an update touches what a roll-up is made of.
func concerns(change *Change, rollup *field.Rollup) bool {
	for _, program := range []*expr.Program{rollup.Value, rollup.Where} {
		if program == nil {
			continue
		}
		for _, path := range program.Mentions() {
			slot := change.Object.Owner(path[0])
			if change.Object.Fields[slot].System || slices.Contains(change.Changed, slot) {
				return true
			}
		}
	}
	return false
}

// maxRounds is how often what follows from roll-ups may make others out of date.
const maxRounds = 50

// Settle brings the roll-ups up to date that this work made out of date, and
// what they are a part of. The records are locked in the order of their ids, so
// that two writers do not wait for each other.
func (w *Work) Settle(ctx context.Context) error {
	for range maxRounds {
		if len(w.stale) == 0 {
			return nil
		}
		round := maps.Clone(w.stale)
		clear(w.stale)
		addresses := slices.SortedFunc(maps.Keys(round), func(a, b address) int {
			return cmp.Or(cmp.Compare(a.object, b.object), cmp.Compare(a.id, b.id))
		})
		for begin := 0; begin < len(addresses); {
			end := begin
			for end < len(addresses) && addresses[end].object == addresses[begin].object {
				end++
			}
			if err := w.settleObject(ctx, addresses[begin:end], round); err != nil {
				return err
			}
			begin = end
		}
	}
	return fault.New(fault.TooManyRecords, "max", maxRounds)
}

// settleObject settles the roll-ups of records of one object.
func (w *Work) settleObject(ctx context.Context, addresses []address, round stale) error {
	object, _ := w.Policy.Catalog().Object(addresses[0].object)
	changes, deleted := make([]*Change, 0, len(addresses)), map[string]bool{}
	due := map[int][]string{}
	for _, at := range addresses {
		found, err := w.table(object).Find(ctx, w.Tx, at.id, row.Wanted{Pin: true, Deleted: true})
		if errors.Is(err, store.ErrNotFound) {
			continue // it went with the transaction
		}
		if err != nil {
			return err
		}
		changes = append(changes, &Change{Action: Updated, Object: object, ID: at.id, Prior: found.Values, Values: slices.Clone(found.Values), Quiet: true})
		deleted[at.id] = found.Deleted
		for slot := range round[at] {
			if object.Fields[slot].Computed.Rollup.Deferred && !w.deferred {
				if err := job.Enqueue(w.Tx, w.later(at)); err != nil {
					return fmt.Errorf("put off a roll-up: %w", err)
				}
				continue
			}
			due[slot] = append(due[slot], at.id)
		}
	}
	if err := w.rollUp(ctx, object, changes, due); err != nil {
		return err
	}
	for _, change := range changes {
		if err := w.keep(ctx, change, deleted[change.ID]); err != nil {
			return err
		}
	}
	return nil
}

// rollUp puts the values of roll-ups, by slot, into changed records.
func (w *Work) rollUp(ctx context.Context, object *metadata.Object, changes []*Change, due map[int][]string) error {
	for _, slot := range slices.Sorted(maps.Keys(due)) {
		for ids := range slices.Chunk(due[slot], rollUpTogether) {
			values, err := w.table(object).RollUp(ctx, w.Tx, object.Fields[slot], ids)
			if err != nil {
				return err
			}
			for _, change := range changes {
				if value, ok := values[change.ID]; ok {
					change.Values[slot] = value
				}
			}
		}
	}
	return nil
}

// rollUpTogether is how many records are summed up by one statement.
const rollUpTogether = 500

// keep writes what the engine itself changed in a record: triggers hear of it,
// but it is no new version, and no entry of the history. Of a record in the
// recycle bin nobody hears.
func (w *Work) keep(ctx context.Context, change *Change, deleted bool) error {
	if err := w.recompute(ctx, change); err != nil {
		return err
	}
	if len(change.Changed) == 0 {
		return nil
	}
	table := w.table(change.Object)
	if err := table.Update(w.Tx, change.ID, change.Values, change.Changed); err != nil {
		return err
	}
	w.settled[change.ID] = true
	if deleted {
		return nil
	}
	w.index(table, change)
	w.feed(change)
	for _, after := range w.service.slots.AfterSave {
		if err := after(ctx, w, change); err != nil {
			return err
		}
	}
	return nil
}

// RollupKind is the kind of the jobs that bring deferred roll-ups up to date.
const RollupKind = "rollup"

// later is the job for the deferred roll-ups of one record. Who enqueues it has
// the record pinned until his commit, and so does the job until it is done: a
// change that comes while one runs is either seen by it or gets a job anew.
func (w *Work) later(at address) job.Job {
	return job.Job{Kind: RollupKind, Payload: map[string]string{"object": at.object, "id": at.id}, UniqueKey: at.object + "/" + at.id}
}

type rollups struct{ service *Service }

// Name is the kind's name.
func (rollups) Name() string { return RollupKind }

// Run brings the deferred roll-ups of one record up to date.
func (r rollups) Run(ctx context.Context, running *job.Running) error {
	var at struct{ Object, ID string }
	if err := running.Decode(&at); err != nil {
		return err
	}
	return r.service.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *Work) error {
		object, ok := w.Policy.Catalog().Object(at.Object)
		if !ok {
			return running.Complete(ctx, w.Tx)
		}
		for slot, f := range object.Fields {
			if f.Computed != nil && f.Computed.Rollup != nil && f.Computed.Rollup.Deferred {
				w.stale.add(address{at.Object, at.ID}, slot)
			}
		}
		w.deferred = true
		if err := w.Settle(ctx); err != nil {
			return err
		}
		return running.Complete(ctx, w.Tx)
	})
}
