package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Finish is called last in the transaction of an apply with its result.
type Finish func(ctx context.Context, tx *store.Tx, result *Result) error

// Apply applies a request: tables and definitions in one transaction, giving a
// new revision. A request that changes nothing gives none. One for which a
// large table must be gone through is left to a job, which the result names;
// finish is then called with it in the job's place. Faults: those of Plan,
// destructive when it would lose values and does not allow it, and
// apply_running when another job is at work.
func (s *Service) Apply(ctx context.Context, actor *access.Actor, request Request, finish Finish) (*Result, error) {
	return s.change(ctx, actor, func(context.Context, store.Source) (Request, error) { return request, nil }, finish)
}

// change applies a request that is made when it is known what holds.
func (s *Service) change(ctx context.Context, actor *access.Actor, request func(context.Context, store.Source) (Request, error), finish Finish) (*Result, error) {
	var result *Result
	var applied *metadata.Catalog
	err := s.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		asked, err := request(ctx, tx)
		if err != nil {
			return err
		}
		applied, result, err = s.apply(ctx, tx, actor, asked, s.large.Load())
		if err != nil || finish == nil {
			return err
		}
		return finish(ctx, tx, result)
	})
	if errors.Is(err, errLarge) {
		asked, err := request(ctx, s.store)
		if err != nil {
			return nil, err
		}
		return s.later(ctx, actor, asked, finish)
	}
	if err != nil {
		return nil, err
	}
	return result, s.Announce(applied)
}

// Announce makes a catalog that was applied known, here and to others.
func (s *Service) Announce(applied *metadata.Catalog) error {
	if err := s.publish(applied); err != nil {
		return err
	}
	s.store.Notify(channel)
	return nil
}

// ApplyIn applies a request inside a transaction that writes exclusively,
// however large the tables are. The catalog it returns must be announced after
// the commit.
func (s *Service) ApplyIn(ctx context.Context, tx *store.Tx, actor *access.Actor, request Request) (*metadata.Catalog, *Result, error) {
	return s.apply(ctx, tx, actor, request, math.MaxInt64)
}

// apply is ApplyIn, or errLarge when it would have to go through a table of
// more rows.
func (s *Service) apply(ctx context.Context, tx *store.Tx, actor *access.Actor, request Request, large int64) (*metadata.Catalog, *Result, error) {
	from, err := s.load(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.plan(ctx, tx, from, request, actor.Language)
	if err != nil {
		return nil, nil, err
	}
	if err := s.small(ctx, tx, p, large); err != nil {
		return nil, nil, err
	}
	if err := s.describe(ctx, tx, p, actor.Language, true); err != nil {
		return nil, nil, err
	}
	return s.carryOut(ctx, tx, p, actor, request)
}

// carryOut does what a plan says, if the actor may.
func (s *Service) carryOut(ctx context.Context, tx *store.Tx, p *plan, actor *access.Actor, request Request) (*metadata.Catalog, *Result, error) {
	if err := p.byAdministrator(actor); err != nil {
		return nil, nil, err
	}
	if err := p.allowed(request.Allow); err != nil {
		return nil, nil, err
	}
	if len(p.changes) == 0 && len(p.steps) == 0 {
		return p.from, p.result(p.from.Revision), nil
	}
	if err := s.execute(ctx, tx, p); err != nil {
		return nil, nil, err
	}
	for _, following := range s.follow {
		if err := following(ctx, tx, p.from, p.to); err != nil {
			return nil, nil, err
		}
	}
	if err := s.record(ctx, tx, p, actor, request.Note); err != nil {
		return nil, nil, err
	}
	return p.to, p.result(p.to.Revision), nil
}

// byAdministrator lets only administrators change roles: who shapes objects
// would otherwise give himself every right.
func (p *plan) byAdministrator(actor *access.Actor) error {
	for _, change := range p.changes {
		if change.Kind != metadata.KindRole {
			continue
		}
		if slices.Contains(actor.Roles, metadata.RoleAdmin) && actor.Limit == nil {
			return nil
		}
		policy, err := access.NewPolicy(p.from)
		if err != nil {
			return fmt.Errorf("compile the rights: %w", err)
		}
		administers, err := policy.Administrator(actor)
		if err != nil {
			return err
		}
		if !administers {
			return fault.New(fault.InvalidDefinition).At("/"+change.Kind+"/"+change.Name, fault.RoleAboveOwn)
		}
	}
	return nil
}

func (p *plan) allowed(allow []string) error {
	if slices.Contains(allow, Destructive) {
		return nil
	}
	f := fault.New(fault.Destructive)
	for _, change := range p.changes {
		if change.Risk == Destructive {
			f.At("/"+change.Kind+"/"+change.Name, fault.Destructive)
		}
	}
	return f.OrNil()
}

// execute changes the tables.
func (s *Service) execute(ctx context.Context, tx *store.Tx, p *plan) error {
	for i, step := range p.steps {
		for _, statement := range store.Render(s.store.Dialect(), step) {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return s.executed(err, step)
			}
		}
		if c, ok := p.converts(i); ok {
			if err := s.convert(ctx, tx, c.settled(p.steps[:i+1])); err != nil {
				return err
			}
		}
	}
	if err := s.fillSortKeys(ctx, tx, p); err != nil {
		return err
	}
	if err := record.Recalculate(ctx, tx, p.to, p.outdated, s.clock.Now()); err != nil {
		return fmt.Errorf("recalculate: %w", err)
	}
	return nil
}

// executed explains the one failure that people can mend: values that are not
// unique.
func (s *Service) executed(err error, step store.Step) error {
	if store.AsViolation(err, store.UniqueViolation) != nil {
		return fault.New(fault.InvalidDefinition).At("/object/"+step.Table+"/unique", fault.Duplicate).Because(err)
	}
	return fmt.Errorf("change table %s: %w", step.Table, err)
}

// record writes the new revision and its definitions.
func (s *Service) record(ctx context.Context, tx *store.Tx, p *plan, actor *access.Actor, note string) error {
	changes, err := json.Marshal(p.changes)
	if err != nil {
		return fmt.Errorf("write the revision: %w", err)
	}
	for _, definition := range p.changed {
		row := &definitionRow{Kind: definition.Kind, Name: definition.Name, Revision: p.to.Revision, Document: string(definition.Document)}
		if err := store.Insert(ctx, tx, row); err != nil {
			return fmt.Errorf("write %s: %w", definition.Key, err)
		}
	}
	for _, key := range p.deleted {
		row := &definitionRow{Kind: key.Kind, Name: key.Name, Revision: p.to.Revision, Document: "{}", Deleted: true}
		if err := store.Insert(ctx, tx, row); err != nil {
			return fmt.Errorf("delete %s: %w", key, err)
		}
		if err := endWith(ctx, tx, key); err != nil {
			return err
		}
	}
	audit.Write(ctx, tx, actor, audit.Entry{Action: audit.DefinitionsChanged, Subject: strconv.FormatInt(p.to.Revision, 10), Detail: map[string]any{"changes": p.told()}})
	return s.raise(ctx, tx, p.to.Revision, actor, note, string(changes))
}

// raise makes a revision the newest one; changes are its definitions, as JSON.
func (s *Service) raise(ctx context.Context, tx *store.Tx, revision int64, actor *access.Actor, note, changes string) error {
	var by *string
	if actor.ID != "" {
		by = &actor.ID
	}
	row := &revisionRow{Revision: revision, At: s.clock.Now().UnixMilli(), ByID: by, Note: note, Changes: changes}
	if err := store.Insert(ctx, tx, row); err != nil {
		return fmt.Errorf("write the revision: %w", err)
	}
	if _, err := tx.Exec(ctx, "UPDATE sys_catalog SET revision = ?", revision); err != nil {
		return fmt.Errorf("raise the revision: %w", err)
	}
	return nil
}

// maxTold is how many changes the audit log tells of one revision; the revision
// itself has them all.
const maxTold = 200

// told is what the audit log says of the changes.
func (p *plan) told() []map[string]string {
	told := make([]map[string]string, 0, min(len(p.changes), maxTold))
	for _, change := range p.changes[:min(len(p.changes), maxTold)] {
		told = append(told, map[string]string{"kind": change.Kind, "name": change.Name, "action": change.Action, "risk": change.Risk})
	}
	return told
}

// endWith ends what goes with a role or an object that is deleted: the shares
// with it or of its records, and how its files are read. Another of the same
// name does not revive them.
func endWith(ctx context.Context, tx *store.Tx, key metadata.Key) error {
	var statements []string
	switch key.Kind {
	case metadata.KindRole:
		statements = []string{"DELETE FROM sys_share WHERE to_kind = 'role' AND to_name = ?"}
	case metadata.KindObject:
		statements = []string{"DELETE FROM sys_share WHERE object = ?", "DELETE FROM sys_recipe WHERE object = ?"}
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, key.Name); err != nil {
			return fmt.Errorf("end what goes with %s: %w", key, err)
		}
	}
	return nil
}

// definitionRow is a definition as of the revision that changed it.
type definitionRow struct {
	Kind     string `gorm:"primaryKey"`
	Name     string `gorm:"primaryKey"`
	Revision int64  `gorm:"primaryKey;autoIncrement:false"`
	Document string
	Deleted  bool
}

// TableName is the table of definitions.
func (definitionRow) TableName() string { return "sys_definition" }

// revisionRow is one entry of the catalog's history.
type revisionRow struct {
	Revision int64 `gorm:"primaryKey;autoIncrement:false"`
	At       int64
	ByID     *string
	Note     string
	Changes  string
}

// TableName is the table of revisions.
func (revisionRow) TableName() string { return "sys_revision" }
