// Package sample fills an installation with example records, as the templates'
// recipes say, through the ordinary write path, and takes them away again
// without those that people made. Start with Service; recipe.go makes values.
package sample

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// The kinds of job that make the samples and take them away.
const (
	MakingKind   = "sample_making"
	RemovingKind = "sample_removing"
)

// The states of the samples.
const (
	None     = "none"
	Making   = "making"
	There    = "there"
	Removing = "removing"
)

const setting = "samples"

// State is how far the samples are.
type State struct {
	State string `json:"state"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// Service makes and removes samples.
type Service struct {
	store     *store.Store
	records   *record.Service
	clock     clock.Clock
	templates fs.FS
}

// New makes the service; the files hold a folder for each template.
func New(s *store.Store, records *record.Service, c clock.Clock, templates fs.FS) *Service {
	return &Service{store: s, records: records, clock: c, templates: templates}
}

// State tells how far the samples are.
func (s *Service) State(ctx context.Context) (State, error) {
	state := State{State: None}
	err := catalog.ReadSetting(ctx, s.store, setting, &state)
	return state, err
}

// Ask has a job make the samples, in the transaction of the caller.
func (s *Service) Ask(ctx context.Context, tx *store.Tx) error {
	if err := catalog.WriteSetting(ctx, tx, setting, State{State: Making}); err != nil {
		return err
	}
	return job.Enqueue(tx, job.Job{Kind: MakingKind, SerialKey: setting})
}

// Clear has a job take the samples away. Fault: not_found when there are none.
func (s *Service) Clear(ctx context.Context) error {
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		state := State{State: None}
		if err := catalog.ReadSetting(ctx, tx, setting, &state); err != nil {
			return err
		}
		switch state.State {
		case None:
			return fault.New(fault.NotFound)
		case Removing:
			return nil
		}
		if err := catalog.WriteSetting(ctx, tx, setting, State{State: Removing}); err != nil {
			return err
		}
		return job.Enqueue(tx, job.Job{Kind: RemovingKind, SerialKey: setting})
	})
}

// guard makes a transaction fail when its job is no longer its own.
type guard func(ctx context.Context, tx *store.Tx) error

// chunk is how many records are written in one transaction.
const chunk = 200

// Make makes the samples anew, in the language of the organisation.
func (s *Service) Make(ctx context.Context) error { return s.make(ctx, nil) }

func (s *Service) make(ctx context.Context, guarded guard) error {
	if err := s.remove(ctx, guarded, Making); err != nil {
		return err
	}
	organisation, err := catalog.ReadOrganisation(ctx, s.store)
	if err != nil {
		return err
	}
	sets, lists, err := load(s.templates, s.records.Policy().Catalog())
	if err != nil {
		return err
	}
	m := newMaker(s.records.Policy().Catalog(), organisation, lists, s.clock.Now())
	if m.first, err = s.administrator(ctx); err != nil {
		return err
	}
	total, done := 0, 0
	for _, set := range sets {
		total += set.Count
	}
	for _, set := range sets {
		for from := 0; from < set.Count; from += chunk {
			to := min(from+chunk, set.Count)
			planned := make([]planned, 0, to-from)
			for n := from; n < to; n++ {
				planned = append(planned, m.record(set, n))
			}
			done += to - from
			if err := s.write(ctx, guarded, planned, State{State: Making, Done: done, Total: total}); err != nil {
				return fmt.Errorf("make samples of %s: %w", set.Object, err)
			}
		}
	}
	return s.settle(ctx, guarded, State{State: There, Done: total, Total: total})
}

// administrator is the first of those who administer, or "".
func (s *Service) administrator(ctx context.Context) (id string, err error) {
	err = s.records.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *record.Work) error {
		ids, err := w.Administrators(ctx)
		if len(ids) > 0 {
			id = ids[0]
		}
		return err
	})
	return id, err
}

func (s *Service) write(ctx context.Context, guarded guard, list []planned, state State) error {
	return s.records.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *record.Work) error {
		author := access.System()
		author.Via = "sample"
		w.Actor, w.Author, w.Confirmed = author, author, true
		for _, p := range list {
			w.Now = p.at
			author.ID = p.owner
			if _, err := w.CreateAs(ctx, p.object, p.id, p.values); err != nil {
				return err
			}
			w.Tx.Queue("INSERT INTO sys_sample (object, record) VALUES (?, ?)", p.object, p.id)
		}
		return keep(ctx, w.Tx, guarded, state)
	})
}

func keep(ctx context.Context, tx *store.Tx, guarded guard, state State) error {
	if guarded != nil {
		if err := guarded(ctx, tx); err != nil {
			return err
		}
	}
	return catalog.WriteSetting(ctx, tx, setting, state)
}

func (s *Service) settle(ctx context.Context, guarded guard, state State) error {
	return s.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error { return keep(ctx, tx, guarded, state) })
}

// Remove takes the samples away, but for those that people's own records need.
func (s *Service) Remove(ctx context.Context) error { return s.remove(ctx, nil, None) }

func (s *Service) remove(ctx context.Context, guarded guard, end string) error {
	var total int
	if err := s.store.QueryRow(ctx, "SELECT count(*) FROM sys_sample").Scan(&total); err != nil {
		return fmt.Errorf("count samples: %w", err)
	}
	objects := s.records.Policy().Catalog().Objects()
	done := 0
	for range 2 { // what others point to goes when those are gone
		for _, object := range slices.Backward(objects) {
			after := ""
			for {
				ids, err := s.after(ctx, object.Name, after)
				if err != nil {
					return err
				}
				if len(ids) == 0 {
					break
				}
				after = ids[len(ids)-1]
				done = min(done+len(ids), total)
				state := State{State: Removing, Done: done, Total: total}
				if end == Making {
					state = State{State: Making}
				}
				if err := s.erase(ctx, guarded, object.Name, ids, state); err != nil {
					return err
				}
			}
		}
	}
	return s.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		tx.Queue("DELETE FROM sys_sample")
		return keep(ctx, tx, guarded, State{State: end})
	})
}

func (s *Service) after(ctx context.Context, object, after string) ([]string, error) {
	text, args := "SELECT record FROM sys_sample WHERE object = ?", []any{object}
	if after != "" {
		text, args = text+" AND record > ?", append(args, after)
	}
	rows, err := s.store.Query(ctx, fmt.Sprintf("%s ORDER BY record LIMIT %d", text, chunk), args...)
	if err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list samples: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	return ids, nil
}

// erase removes some samples for good; one that something else needs stays.
func (s *Service) erase(ctx context.Context, guarded guard, object string, ids []string, state State) error {
	return s.records.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *record.Work) error {
		for _, id := range ids {
			err := w.Tx.Try(ctx, func(ctx context.Context) error { return w.Erase(ctx, object, id) })
			if fault.Is(err, fault.InUse) || store.AsViolation(err, store.ReferenceViolation) != nil {
				continue
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			w.Tx.Queue("DELETE FROM sys_sample WHERE object = ? AND record = ?", object, id)
		}
		return keep(ctx, w.Tx, guarded, state)
	})
}

// doer is a kind of job of this package.
type doer struct {
	name string
	run  func(ctx context.Context, guarded guard) error
}

// Name is the kind's name.
func (d doer) Name() string { return d.name }

// Run makes or removes the samples; begun again, it begins anew.
func (d doer) Run(ctx context.Context, running *job.Running) error { return d.run(ctx, running.Guard) }

// Kinds are the kinds of job of this package.
func (s *Service) Kinds() []job.Kind {
	return []job.Kind{
		doer{MakingKind, s.make},
		doer{RemovingKind, func(ctx context.Context, guarded guard) error { return s.remove(ctx, guarded, None) }},
	}
}
