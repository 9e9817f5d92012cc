package record

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Watchers tells those who watch records, in this process, when something of
// it was changed, by whatever process. It reads the new changes once for all of
// them, and only which records they are of: who is told reads the feed in his
// own rights. It works while Run does.
type Watchers struct {
	service *Service

	mutex sync.Mutex
	all   map[*Watcher]bool
	first chan struct{} // receives when somebody begins to watch
	at    Position
}

// Watcher is one who watches.
type Watcher struct {
	Woken <-chan struct{} // receives when the feed has something for him

	watch Watch
	woken chan struct{}
	upTo  Position
}

// NewWatchers makes an empty Watchers.
func NewWatchers(service *Service) *Watchers {
	return &Watchers{service: service, all: map[*Watcher]bool{}, first: make(chan struct{}, 1)}
}

// Add begins to watch, from the returned position on; remove ends it.
func (w *Watchers) Add(ctx context.Context, watch Watch) (watcher *Watcher, from Position, remove func(), err error) {
	woken := make(chan struct{}, 1)
	watcher = &Watcher{Woken: woken, woken: woken, watch: watch}
	w.mutex.Lock()
	alone := len(w.all) == 0
	w.all[watcher] = true
	w.mutex.Unlock()
	remove = func() {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		delete(w.all, watcher)
	}
	end, err := w.service.FeedEnd(ctx)
	if err != nil {
		remove()
		return nil, 0, nil, err
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if alone || w.at == 0 {
		w.at = max(w.at, end) // nobody waits for what was before
	}
	watcher.upTo = min(w.at, end)
	select {
	case w.first <- struct{}{}:
	default:
	}
	return watcher, watcher.upTo, remove, nil
}

// Seen is how far the changes were looked through for the watcher.
func (w *Watchers) Seen(watcher *Watcher) Position {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return watcher.upTo
}

// The pace of looking: as often when nothing was heard, and never faster.
const (
	lookEvery  = time.Second
	lookAtMost = 50 * time.Millisecond
)

// Run looks for changes until ctx ends, while somebody watches.
func (w *Watchers) Run(ctx context.Context, log *slog.Logger) {
	heard := w.service.store.Listen(ctx, ChangeChannel)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if !w.watched() {
			select {
			case <-ctx.Done():
				return
			case <-w.first:
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-heard:
		case <-ticker.C:
		}
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "looking for changes", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookAtMost):
		}
	}
}

func (w *Watchers) watched() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return len(w.all) > 0
}

// look reads the changes since the last look, and wakes who watches them.
func (w *Watchers) look(ctx context.Context) error {
	end, err := w.service.FeedEnd(ctx)
	if err != nil {
		return err
	}
	for {
		w.mutex.Lock()
		from := w.at
		w.mutex.Unlock()
		if from >= end {
			return nil
		}
		changed, to, err := w.service.changed(ctx, from, end)
		if err != nil {
			return err
		}
		w.wake(changed, to)
	}
}

func (w *Watchers) wake(changed []changedRecord, to Position) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.at = max(w.at, to)
	for watcher := range w.all {
		for _, record := range changed {
			if watcher.watch.covers(record.object, record.id) {
				select {
				case watcher.woken <- struct{}{}:
				default: // he is awake already
				}
				break
			}
		}
		watcher.upTo = max(watcher.upTo, to)
	}
}

type changedRecord struct{ object, id string }

// lookChunk is how many changes are looked through at once.
const lookChunk = 1000

// changed tells which records the next changes are of, and how far they go.
func (s *Service) changed(ctx context.Context, after, end Position) ([]changedRecord, Position, error) {
	rows, err := s.store.Query(ctx,
		fmt.Sprintf("SELECT id, object, record FROM sys_change WHERE id > ? AND id <= ? ORDER BY id LIMIT %d", lookChunk), int64(after), int64(end))
	if err != nil {
		return nil, 0, fmt.Errorf("look for changes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var changed []changedRecord
	for rows.Next() {
		var record changedRecord
		if err := rows.Scan(&after, &record.object, &record.id); err != nil {
			return nil, 0, fmt.Errorf("look for changes: %w", err)
		}
		changed = append(changed, record)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("look for changes: %w", err)
	}
	if len(changed) < lookChunk {
		after = end
	}
	return changed, after, nil
}
