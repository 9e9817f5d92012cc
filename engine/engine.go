// Package engine wires the house together: New opens the database and builds
// every service, Run serves until its context ends, Close lets go of the
// database. It has no behaviour of its own. Start with New.
package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/analytics"
	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/backup"
	"github.com/trellis-crm/trellis/engine/blob"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/conversion"
	"github.com/trellis-crm/trellis/engine/delegation"
	"github.com/trellis-crm/trellis/engine/duplicate"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/handover"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/layer"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/notification"
	"github.com/trellis-crm/trellis/engine/outgoing"
	"github.com/trellis-crm/trellis/engine/pool"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/sample"
	"github.com/trellis-crm/trellis/engine/search"
	"github.com/trellis-crm/trellis/engine/setup"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/postgres"
	"github.com/trellis-crm/trellis/engine/store/sqlite"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// Engine is a running installation.
type Engine struct {
	config      Config
	blobs       blob.Store
	Store       *store.Store
	Clock       *clock.Movable
	Catalog     *catalog.Service
	Files       *file.Service
	Records     *record.Service
	Duplicates  *duplicate.Service
	Handovers   *handover.Service
	Delegations *delegation.Service
	Conversions *conversion.Service
	Pools       *pool.Service
	People      *identity.Service
	Setup       *setup.Service
	Samples     *sample.Service
	Transfer    *transfer.Service
	Watchers    *record.Watchers
	Analytics   *analytics.Service
	Notes       *notification.Service
	Inboxes     *notification.Watchers
	Audit       *audit.Log
	Jobs        *job.Runner
	Server      *api.Server
}

// The settings that the engine keeps for itself.
const (
	secretSetting = "secret"       // signs cursors, seals second factors
	offsetSetting = "clock_offset" // of the product's clock, in milliseconds
	searchSetting = "search"       // the version of the search index
)

// New opens the database, migrates it, and builds the services.
func New(ctx context.Context, config Config) (*Engine, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	e := &Engine{config: config, Clock: &clock.Movable{}}
	opened, err := store.Open(ctx, config.database(e.Clock), dialects()...)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	e.Store = opened
	if err := e.build(ctx); err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return e, nil
}

// dialects are the databases that the engine can live in.
func dialects() []store.Dialect { return []store.Dialect{postgres.New(), sqlite.New()} }

// definitionKinds are the kinds of definition, those of the lower floors first.
func definitionKinds() []metadata.DefinitionKind { return metadata.DefinitionKinds() }

func (c Config) database(product clock.Clock) store.Config {
	return store.Config{Directory: c.Directory, URL: c.DatabaseURL, Log: c.Log, Clock: product}
}

// Backup copies the installation into a file, while it runs.
func (e *Engine) Backup(ctx context.Context, path string) (backup.Copy, error) {
	var contents blob.Store
	if e.config.BlobURL == "" {
		contents = e.blobs
	}
	if err := audit.Note(ctx, e.Store, access.System(), audit.Entry{Action: audit.BackupWritten}); err != nil {
		return backup.Copy{}, err
	}
	return backup.Write(ctx, e.Store, contents, path, dialects()...)
}

// Restore fills the empty database of a configuration from a file.
func Restore(ctx context.Context, config Config, path string) (store.Header, error) {
	contents, err := config.contents()
	if err != nil {
		return store.Header{}, err
	}
	return backup.Restore(ctx, config.database(&clock.Movable{}), contents, path, dialects()...)
}

// contents is where the contents of files are.
func (c Config) contents() (blob.Store, error) {
	opened, err := blob.Open(filepath.Join(c.Directory, "files"), c.BlobURL)
	if err != nil {
		return nil, fmt.Errorf("open the place of files: %w", err)
	}
	return opened, nil
}

func (c Config) check() error {
	for _, proxies := range c.TrustedProxies {
		if proxies.Bits() <= 0 {
			return fmt.Errorf("the trusted proxies %s are everybody, and then a header says who signs in", proxies)
		}
	}
	if c.BaseURL == "" {
		return nil
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return fmt.Errorf("the base URL %q is not a web address", c.BaseURL)
	}
	loopback := base.Hostname() == "localhost" || strings.HasPrefix(base.Hostname(), "127.")
	if c.TestClock && !loopback {
		return errors.New("the test clock is not for an installation with a public base URL")
	}
	return nil
}

func (e *Engine) build(ctx context.Context) error {
	secret, err := e.secret(ctx)
	if err != nil {
		return err
	}
	var offset int64
	if err := catalog.ReadSetting(ctx, e.Store, offsetSetting, &offset); err != nil {
		return err
	}
	sealKey, err := e.config.sealKey(secret)
	if err != nil {
		return err
	}
	e.Clock.Shift(time.Duration(offset) * time.Millisecond)
	if e.Catalog, err = catalog.Open(ctx, e.Store, e.Clock, e.config.Files, definitionKinds()); err != nil {
		return err
	}
	slots := &record.Slots{Guard: []record.Guard{identity.Guard}}
	if e.config.LargeTable > 0 {
		e.Catalog.SetLarge(e.config.LargeTable)
	}
	if e.blobs, err = e.config.contents(); err != nil {
		return err
	}
	e.Files = file.New(e.Store, e.blobs, e.Clock)
	e.Records = record.New(e.Store, e.Catalog, e.Files, e.Clock, secret, slots)
	e.Duplicates = duplicate.New(e.Store, e.Records, e.Clock)
	e.Conversions = conversion.New(e.Store, e.Records, e.Duplicates, e.Clock)
	e.Pools = pool.New(e.Store, e.Records, e.Clock)
	slots.Actions = append(slots.Actions, e.Conversions.Actions, e.Pools.Actions)
	e.Notes = notification.New(e.Store, e.Records, e.Clock)
	e.Inboxes = notification.NewWatchers(e.Notes)
	e.Catalog.OnApply(e.Records.Reindex, e.Duplicates.Follow, e.Notes.Watch)
	e.Watchers = record.NewWatchers(e.Records)
	e.Analytics = analytics.New(e.Records, e.Clock)
	e.People = identity.New(e.Store, e.Records, e.Catalog, e.Clock, sealKey, outgoing.New(e.config.PrivateNetworks))
	e.Catalog.Know(e.People)
	if err := e.People.HoldSeal(ctx, secret); err != nil {
		return err
	}
	if err := e.People.BeginRequiring(ctx); err != nil {
		return err
	}
	e.Catalog.OnApply(e.People.FollowRoles)
	e.Audit = audit.New(e.Store, filepath.Join(e.config.Directory, "audit.heads"))
	slots.Guard = append(slots.Guard, e.People.GuardEmergency, e.Duplicates.Guard, e.Pools.Guard)
	slots.AfterSave = []record.AfterSave{e.People.Unsettle, e.People.Audited, e.People.Terms, e.Duplicates.Keep, e.Pools.AfterSave, e.Notes.AfterSave}
	slots.AfterComment = append(slots.AfterComment, e.Notes.AfterComment)
	slots.Forget = append(slots.Forget, e.Notes.Forget, e.People.Forget, e.Pools.Forget, delegation.Forget)
	e.Handovers = handover.New(e.Store, e.Records, e.People, e.Notes, e.Clock)
	e.Delegations = delegation.New(e.Store, e.Records, e.People, e.Clock)
	e.Transfer = transfer.New(e.Store, e.Records, e.People, e.Notes, e.Clock)
	templates, err := fs.Sub(e.config.Files, "templates")
	if err != nil {
		return fmt.Errorf("find the templates: %w", err)
	}
	e.Samples = sample.New(e.Store, e.Records, e.Clock, templates)
	e.Jobs = job.NewRunner(e.Store, job.Config{
		Kinds: kind.NewRegistry(slices.Concat(e.Catalog.Kinds(), e.Records.Kinds(), e.Duplicates.Kinds(), e.Transfer.Kinds(), e.Handovers.Kinds(), e.People.Kinds(), e.Samples.Kinds(), e.Notes.Kinds(), e.Audit.Kinds(), job.Upkeep(e.Store))...), Log: e.config.Log,
	})
	e.Setup = setup.New(e.Store, e.Clock, e.Catalog, e.Records, e.People, e.Samples, templates)
	e.Server, err = api.New(e.services())
	return err
}

// services are what the server reaches.
func (e *Engine) services() api.Services {
	services := api.Services{
		Store: e.Store, Clock: e.Clock, Catalog: e.Catalog, Records: e.Records, Duplicates: e.Duplicates, Conversions: e.Conversions, Pools: e.Pools, People: e.People, Setup: e.Setup, Samples: e.Samples,
		Transfer: e.Transfer, Handovers: e.Handovers, Delegations: e.Delegations, Files: e.Files, Layers: layer.New(e.Store, e.Records, e.Clock), Watchers: e.Watchers, Analytics: e.Analytics, Notes: e.Notes, Inboxes: e.Inboxes, Audit: e.Audit, Log: e.config.Log, Web: e.config.Web, BaseURL: e.config.BaseURL, Patience: e.config.Patience, TrustedProxies: e.config.TrustedProxies,
	}
	if e.config.TestClock {
		services.MoveClock = e.moveClock
	}
	return services
}

// secret reads the installation's own secret, and makes it the first time.
func (e *Engine) secret(ctx context.Context) ([]byte, error) {
	var secret []byte
	if err := catalog.ReadSetting(ctx, e.Store, secretSetting, &secret); err != nil || len(secret) > 0 {
		return secret, err
	}
	err := e.Store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		if err := catalog.ReadSetting(ctx, tx, secretSetting, &secret); err != nil || len(secret) > 0 {
			return err
		}
		secret = make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			return fmt.Errorf("make a secret: %w", err)
		}
		return catalog.WriteSetting(ctx, tx, secretSetting, secret)
	})
	return secret, err
}

// moveClock shifts the product's clock, and remembers it.
func (e *Engine) moveClock(ctx context.Context, offset time.Duration) error {
	err := e.Store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		return catalog.WriteSetting(ctx, tx, offsetSetting, offset.Milliseconds())
	})
	if err == nil {
		e.Clock.Shift(offset)
	}
	return err
}

// Run serves until ctx ends, and then lets running requests finish.
func (e *Engine) Run(ctx context.Context) error {
	lock, err := e.Store.LockServe()
	if err != nil {
		return fmt.Errorf("start serving: %w", err)
	}
	defer lock.Close() //nolint:errcheck // the process ends anyway
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", e.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	e.config.Log.Info("serving", "address", "http://"+listener.Addr().String())
	return e.Serve(ctx, listener)
}

// Serve answers what comes in on a listener, and works on jobs, until ctx
// ends; running requests may finish.
func (e *Engine) Serve(ctx context.Context, listener net.Listener) error {
	work, stop := context.WithCancel(ctx)
	defer stop()
	if err := e.startJobs(work); err != nil {
		return err
	}
	var group sync.WaitGroup
	group.Go(func() { e.Catalog.Follow(work, e.config.Log) })
	group.Go(func() { e.Watchers.Run(work, e.config.Log) })
	group.Go(func() { e.Inboxes.Run(work, e.config.Log) })
	group.Go(func() { e.invite(work, listener.Addr().String()) })
	served := make(chan error, 1)
	go func() { served <- e.Server.Serve(listener) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer cancel()
		err = e.Server.Shutdown(ending)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	err = errors.Join(err, e.Jobs.Stop(ending))
	stop()
	group.Wait()
	return err
}

// startJobs starts the workers and sets what they do regularly.
func (e *Engine) startJobs(ctx context.Context) error {
	schedules := []job.Schedule{
		{Name: transfer.CleaningKind, Kind: transfer.CleaningKind, Spec: transfer.CleaningSchedule},
		{Name: record.FileCleaningKind, Kind: record.FileCleaningKind, Spec: record.FileCleaningSchedule},
		{Name: record.BinCleaningKind, Kind: record.BinCleaningKind, Spec: record.BinCleaningSchedule},
		{Name: identity.CleaningKind, Kind: identity.CleaningKind, Spec: identity.CleaningSchedule},
		{Name: notification.CleaningKind, Kind: notification.CleaningKind, Spec: notification.CleaningSchedule},
		{Name: audit.KeepingKind, Kind: audit.KeepingKind, Spec: audit.KeepingSchedule},
		{Name: catalog.ClearingKind, Kind: catalog.ClearingKind, Spec: catalog.ClearingSchedule},
		{Name: catalog.ForgettingKind, Kind: catalog.ForgettingKind, Spec: catalog.ForgettingSchedule},
		job.NightlyUpkeep(),
	}
	err := e.Store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		for _, schedule := range schedules {
			if err := job.SetSchedule(ctx, tx, schedule); err != nil {
				return err
			}
		}
		return e.renewSearch(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("set the schedules: %w", err)
	}
	if err := e.Jobs.Start(ctx); err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	return nil
}

// renewSearch has the search index made anew where it was made by another
// version of the program.
func (e *Engine) renewSearch(ctx context.Context, tx *store.Tx) error {
	var version int
	if err := catalog.ReadSetting(ctx, tx, searchSetting, &version); err != nil || version == search.Version {
		return err
	}
	if err := e.Records.ReindexAll(tx); err != nil {
		return fmt.Errorf("renew the search index: %w", err)
	}
	return catalog.WriteSetting(ctx, tx, searchSetting, search.Version)
}

// invite prints the set-up link, and a new one when it has expired, until the
// installation is set up.
func (e *Engine) invite(ctx context.Context, address string) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		done, err := e.Setup.Done(ctx)
		if done || err != nil && ctx.Err() != nil {
			return
		}
		token, fresh, tokenErr := e.Setup.Token()
		if tokenErr != nil {
			e.config.Log.Error("making the set-up link", "error", tokenErr)
			return
		}
		if fresh {
			e.config.Log.Warn("not set up yet; open the link", "link", e.link(address)+"/setup?token="+token)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// link is where people find the server that listens on an address.
func (e *Engine) link(address string) string {
	if e.config.BaseURL != "" {
		return strings.TrimRight(e.config.BaseURL, "/")
	}
	return "http://" + address
}

// Close lets go of the database.
func (e *Engine) Close() error {
	if err := e.Store.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}
