package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// DefaultLarge is how many rows a table may have that is gone through in one
// transaction, while nobody writes.
const DefaultLarge = 50_000

// SetLarge says otherwise.
func (s *Service) SetLarge(rows int64) { s.large.Store(rows) }

// errLarge ends an apply that is better left to a job.
var errLarge = errors.New("the apply goes through a large table")

// small answers errLarge when a plan goes through a table of more rows, and
// that can be done apart.
func (s *Service) small(ctx context.Context, reader store.Reader, p *plan, large int64) error {
	if large == math.MaxInt64 || !p.apart() {
		return nil
	}
	for _, table := range p.through() {
		var count int64
		text := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) AS few", s.store.Dialect().Quote(table), large+1)
		if err := reader.QueryRow(ctx, text).Scan(&count); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		if count > large {
			return errLarge
		}
	}
	return nil
}

func (p *plan) has(kind store.StepKind, table, column string) bool {
	return slices.ContainsFunc(p.steps, func(step store.Step) bool {
		return step.Kind == kind && step.Table == table && step.Column.Name == column
	})
}

func (p *plan) existed(table string) bool {
	return slices.ContainsFunc(p.shape.Objects, func(t store.Table) bool { return t.Name == table })
}

// through are the tables all of whose rows a plan reads or writes.
func (p *plan) through() []string {
	tables := map[string]bool{}
	for i, step := range p.steps {
		if _, converts := p.converts(i); converts {
			tables[step.Table] = true
		}
		switch step.Kind {
		case store.CreateIndex, store.Retype, store.AddReference:
			tables[step.Table] = true
		case store.AddColumn, store.RestoreColumn:
			if p.fillsSortKey(step) {
				tables[step.Table] = true
			}
		default:
		}
	}
	for _, reference := range p.outdated {
		tables[reference.Object.Name] = true
		if rollup := reference.Field.Computed.Rollup; rollup != nil {
			tables[rollup.Object] = true
		}
	}
	maps.DeleteFunc(tables, func(table string, _ bool) bool { return !p.existed(table) })
	return slices.Sorted(maps.Keys(tables))
}

// fillsSortKey tells whether a step brings the collation key of a text that
// has values already.
func (p *plan) fillsSortKey(step store.Step) bool {
	name, isKey := strings.CutSuffix(step.Column.Name, sortKeySuffix)
	if !isKey || !p.has(store.AddColumn, step.Table, name) {
		return isKey
	}
	f, ok := p.owner(store.Step{Kind: store.AddColumn, Table: step.Table, Column: field.Column{Name: name}})
	if ok {
		_, ok = p.conversion(step.Table, name, f)
	}
	return ok
}

// sortKeySuffix ends the names of columns with collation keys.
const sortKeySuffix = "__sort"

// apart tells whether a plan can be prepared beside what is in force. It
// cannot where computed values need a table or a column that comes with it from
// elsewhere, or where a part of a value of several columns changes its type.
func (p *plan) apart() bool {
	for _, step := range p.steps {
		whole := false
		if object, ok := p.to.Object(step.Table); ok {
			_, whole = object.Field(strings.TrimSuffix(step.Column.Name, sortKeySuffix))
		}
		switch {
		case step.Kind == store.RestoreTable, step.Kind == store.Retype && !whole:
			return false
		case len(p.outdated) > 0 && (step.Kind == store.CreateTable || step.Kind == store.RestoreColumn && !p.computes(step)):
			return false
		}
	}
	return true
}

// computes tells whether a step brings a column whose values are worked out.
func (p *plan) computes(step store.Step) bool {
	if strings.HasSuffix(step.Column.Name, sortKeySuffix) {
		return true
	}
	return slices.ContainsFunc(p.outdated, func(r metadata.Reference) bool {
		return r.Object.Name == step.Table && slices.ContainsFunc(r.Field.Columns(), func(c field.Column) bool { return c.Name == step.Column.Name })
	})
}

// AbilityDesign lets somebody change the definitions.
const AbilityDesign = "design"

// ApplyKind is the name of the job that applies what goes through a large
// table.
const ApplyKind = "apply"

// applyAttempts is how often the job is begun whose server ends before it.
const applyAttempts = 5

// applying is what the job has to do, and for whom.
type applying struct {
	Request  Request       `json:"request"`
	By       string        `json:"by"`
	Limit    *access.Limit `json:"limit"`
	Language string        `json:"language"`
}

// later leaves a request to a job. What is wrong with it is said at once, but
// for values that cannot be converted: to look at them takes a while, too.
func (s *Service) later(ctx context.Context, actor *access.Actor, request Request, finish Finish) (*Result, error) {
	from, err := s.load(ctx, s.store)
	if err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, s.store, from, request, actor.Language)
	if err != nil {
		return nil, err
	}
	if err := s.describe(store.InLane(ctx, store.Bulk), s.store, p, actor.Language, false); err != nil {
		return nil, err
	}
	if err := errors.Join(p.byAdministrator(actor), p.allowed(request.Allow)); err != nil {
		return nil, err
	}
	if request.Base == nil {
		request.Base = &from.Revision
	}
	todo := applying{Request: request, By: actor.ID, Limit: actor.Limit, Language: actor.Language}
	result := p.result(from.Revision)
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		id, err := job.EnqueueOne(ctx, tx, job.Job{
			Kind: ApplyKind, Payload: todo, UniqueKey: ApplyKind, SerialKey: ApplyKind, MaxAttempts: applyAttempts,
		})
		switch {
		case err != nil:
			return fmt.Errorf("leave the apply to a job: %w", err)
		case id == 0:
			return fault.New(fault.ApplyRunning)
		case finish == nil:
			result.Job = id
			return nil
		}
		result.Job = id
		return finish(ctx, tx, result)
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}
