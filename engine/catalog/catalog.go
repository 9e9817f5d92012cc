// Package catalog changes metadata: it plans what a set of definitions would
// do, applies definitions and tables in one transaction as a new revision,
// keeps the revisions, and gives everybody the newest one. Start with Service.
package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Service holds the newest catalog with its rights, and changes it.
type Service struct {
	store   *store.Store
	clock   clock.Clock
	schemas *metadata.Schemas
	kinds   *kind.Registry[field.Kind]
	options *metadata.OptionSets
	builtin []metadata.Definition
	current atomic.Pointer[access.Policy]
	follow  []Following
	people  People
	large   atomic.Int64 // rows
}

// Following follows a change of the definitions in its transaction, after the
// tables were changed.
type Following func(ctx context.Context, tx *store.Tx, from, to *metadata.Catalog) error

// OnApply has every later change followed.
func (s *Service) OnApply(following ...Following) { s.follow = append(s.follow, following...) }

// People tells who a person is now.
type People interface {
	// ByID gives the active person with an id, or nil when there is none.
	ByID(ctx context.Context, id, via string) (*access.Actor, error)
}

// Know gives the service the people for whom it applies in jobs.
func (s *Service) Know(people People) { s.people = people }

// channel is where a new revision is announced.
const channel = "catalog"

// followInterval is how often the revision is looked at when nothing was
// announced.
const followInterval = time.Second

// Open loads the newest revision. The files hold meta/, fields/, options/ and
// builtin/; the kinds are those that definitions may be of.
func Open(ctx context.Context, s *store.Store, c clock.Clock, files fs.FS, kinds []metadata.DefinitionKind) (*Service, error) {
	schemas, err := metadata.LoadSchemas(files, kinds)
	if err != nil {
		return nil, err
	}
	service := &Service{store: s, clock: c, schemas: schemas, kinds: field.Registry(), options: metadata.LoadOptionSets(files)}
	service.SetLarge(DefaultLarge)
	if service.builtin, err = schemas.LoadFolder(files, "builtin"); err != nil {
		return nil, fmt.Errorf("read the built-in definitions: %w", err)
	}
	return service, service.Refresh(ctx)
}

// Schemas are the compiled meta-schemas.
func (s *Service) Schemas() *metadata.Schemas { return s.schemas }

// Builtin are the definitions that every installation has.
func (s *Service) Builtin() []metadata.Definition { return s.builtin }

// Current is the newest policy that this process knows, with its catalog.
func (s *Service) Current() *access.Policy { return s.current.Load() }

// Refresh loads the newest revision from the database if it is not yet known.
func (s *Service) Refresh(ctx context.Context) error {
	revision, err := s.revision(ctx)
	if err != nil {
		return err
	}
	if known := s.current.Load(); known != nil && known.Catalog().Revision == revision {
		return nil
	}
	var catalog *metadata.Catalog
	if err := s.store.Read(ctx, func(reader store.Reader) error {
		catalog, err = s.load(ctx, reader)
		return err
	}); err != nil {
		return err
	}
	return s.publish(catalog)
}

// publish makes a catalog the current one, unless a newer one already is.
func (s *Service) publish(catalog *metadata.Catalog) error {
	policy, err := access.NewPolicy(catalog)
	if err != nil {
		return fmt.Errorf("compile the rights of revision %d: %w", catalog.Revision, err)
	}
	for {
		known := s.current.Load()
		if known != nil && known.Catalog().Revision >= catalog.Revision {
			return nil
		}
		if s.current.CompareAndSwap(known, policy) {
			return nil
		}
	}
}

func (s *Service) revision(ctx context.Context) (int64, error) {
	var revision int64
	if err := s.store.QueryRow(ctx, store.RevisionQuery).Scan(&revision); err != nil {
		return 0, fmt.Errorf("read the revision: %w", err)
	}
	return revision, nil
}

// load compiles the definitions of the newest revision.
func (s *Service) load(ctx context.Context, reader store.Reader) (*metadata.Catalog, error) {
	var revision int64
	if err := reader.QueryRow(ctx, store.RevisionQuery).Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision: %w", err)
	}
	definitions, err := s.definitionsOf(ctx, reader, revision)
	if err != nil {
		return nil, err
	}
	environment, err := s.environment(ctx, reader)
	if err != nil {
		return nil, err
	}
	catalog, problems := metadata.Compile(revision, definitions, environment)
	if len(problems) > 0 {
		return nil, fmt.Errorf("revision %d does not compile: %v", revision, problems)
	}
	return catalog, nil
}

// environment reads what a catalog needs beside its definitions.
func (s *Service) environment(ctx context.Context, reader store.Reader) (metadata.Environment, error) {
	environment := metadata.Environment{Schemas: s.schemas, Kinds: s.kinds, Options: s.options}
	var err error
	environment.Organisation, err = ReadOrganisation(ctx, reader)
	return environment, err
}

// definitionsOf reads the definitions as they were at a revision.
func (s *Service) definitionsOf(ctx context.Context, reader store.Reader, revision int64) ([]metadata.Definition, error) {
	rows, err := reader.Query(ctx, `SELECT document FROM sys_definition d WHERE NOT deleted AND revision =
		(SELECT max(revision) FROM sys_definition e WHERE e.kind = d.kind AND e.name = d.name AND e.revision <= ?)
		ORDER BY kind, name`, revision)
	if err != nil {
		return nil, fmt.Errorf("read the definitions: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var definitions []metadata.Definition
	for rows.Next() {
		var document string
		if err := rows.Scan(&document); err != nil {
			return nil, fmt.Errorf("read the definitions: %w", err)
		}
		definition, err := s.schemas.Parse(json.RawMessage(document))
		if err != nil {
			return nil, fmt.Errorf("read a definition: %w", err)
		}
		definitions = append(definitions, definition)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the definitions: %w", err)
	}
	return definitions, nil
}

// Follow keeps the current catalog the newest until ctx ends: it hears of the
// revisions of other processes, and looks once a second all the same.
func (s *Service) Follow(ctx context.Context, log *slog.Logger) {
	announced := s.store.Listen(ctx, channel)
	ticker := time.NewTicker(followInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-announced:
		case <-ticker.C:
		}
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "following the catalog", "error", err)
		}
	}
}
