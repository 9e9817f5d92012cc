package notification

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trellis-crm/trellis/engine/store"
)

// Watchers tells people's open streams, in this process, when their
// notifications change, in whatever process. It looks once for all of them. It
// works while Run does.
type Watchers struct {
	service *Service

	mutex sync.Mutex
	all   map[*Watcher]bool
	known map[string]state // of those who watch
	first chan struct{}
}

// Watcher is one open stream.
type Watcher struct {
	Woken <-chan struct{}

	person string
	woken  chan struct{}
}

// state is what of somebody's notifications changes when he is to be told.
type state struct {
	Counts
	newest int64
}

// NewWatchers makes an empty Watchers.
func NewWatchers(service *Service) *Watchers {
	return &Watchers{service: service, all: map[*Watcher]bool{}, known: map[string]state{}, first: make(chan struct{}, 1)}
}

// Add begins to watch for a person; remove ends it. It is woken at once.
func (w *Watchers) Add(person string) (watcher *Watcher, remove func()) {
	woken := make(chan struct{}, 1)
	watcher = &Watcher{Woken: woken, woken: woken, person: person}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.all[watcher] = true
	delete(w.known, person)
	select {
	case w.first <- struct{}{}:
	default:
	}
	return watcher, func() {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		delete(w.all, watcher)
	}
}

// Counts are what the person of a watcher has not read, as it was last seen.
func (w *Watchers) Counts(watcher *Watcher) Counts {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.known[watcher.person].Counts
}

// The pace of looking: as often when nothing was heard, and never faster.
const (
	lookEvery  = 2 * time.Second
	lookAtMost = 100 * time.Millisecond
)

// Run looks for changes until ctx ends, while somebody watches.
func (w *Watchers) Run(ctx context.Context, log *slog.Logger) {
	heard := w.service.store.Listen(ctx, Channel)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.first:
		case <-heard:
		case <-ticker.C:
		}
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "looking for notifications", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookAtMost):
		}
	}
}

// look reads what those who watch have not read, and wakes for whom it changed.
func (w *Watchers) look(ctx context.Context) error {
	people := w.people()
	for chunk := range slices.Chunk(people, 500) {
		states, err := unread(ctx, w.service.store, chunk...)
		if err != nil {
			return err
		}
		w.wake(chunk, states)
	}
	return nil
}

func (w *Watchers) people() []string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var people []string
	watched := map[string]bool{}
	for watcher := range w.all {
		if !watched[watcher.person] {
			watched[watcher.person] = true
			people = append(people, watcher.person)
		}
	}
	for person := range w.known {
		if !watched[person] {
			delete(w.known, person)
		}
	}
	return people
}

func (w *Watchers) wake(people []string, states map[string]state) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	changed := map[string]bool{}
	for _, person := range people {
		was, known := w.known[person]
		changed[person] = !known || was != states[person]
		w.known[person] = states[person]
	}
	for watcher := range w.all {
		if changed[watcher.person] {
			select {
			case watcher.woken <- struct{}{}:
			default: // he is awake already
			}
		}
	}
}

// unread counts what some people have not read.
func unread(ctx context.Context, reader store.Reader, people ...string) (map[string]state, error) {
	args := make([]any, len(people))
	for i, person := range people {
		args[i] = person
	}
	rows, err := reader.Query(ctx, `SELECT person, watching, count(*), max(at) FROM sys_notification
		WHERE read_at IS NULL AND person IN (?`+strings.Repeat(", ?", len(people)-1)+`) GROUP BY person, watching`, args...)
	if err != nil {
		return nil, fmt.Errorf("count notifications: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	states := map[string]state{}
	for rows.Next() {
		var person string
		var watching bool
		var count, newest int64
		if err := rows.Scan(&person, &watching, &count, &newest); err != nil {
			return nil, fmt.Errorf("count notifications: %w", err)
		}
		of := states[person]
		of.newest = max(of.newest, newest)
		if watching {
			of.Watching = count
		} else {
			of.Me = count
		}
		states[person] = of
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count notifications: %w", err)
	}
	return states, nil
}
