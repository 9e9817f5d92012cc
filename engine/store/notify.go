package store

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// notifier tells whoever listens on a channel that something was committed:
// here at once, and in other processes soon after. It is only a hint, and may
// get lost; listeners also look by themselves now and then. To other processes
// it is sent outside of transactions and gathered, because a notification
// inside makes all commits wait for each other.
type notifier struct {
	store *Store
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu        sync.Mutex
	listeners map[string][]chan struct{}
	pending   map[string]bool
	wake      chan struct{}
	remote    sync.Once
	ctx       context.Context //nolint:containedctx // the life of its goroutines
}

// Notifications to other processes are gathered for this long.
const gatherTime = 50 * time.Millisecond

func newNotifier(s *Store) *notifier {
	ctx, stop := context.WithCancel(context.Background())
	n := &notifier{
		store: s, ctx: ctx, stop: stop, wake: make(chan struct{}, 1),
		listeners: map[string][]chan struct{}{}, pending: map[string]bool{},
	}
	if !s.dialect.SingleWriter() {
		n.done.Go(func() { n.send(ctx) })
	}
	return n
}

func (n *notifier) close() {
	n.stop()
	n.done.Wait()
}

// Notify wakes the listeners of channel, in every process. It is meant for
// Tx.OnCommit.
func (s *Store) Notify(channel string) {
	n := s.notifier
	n.wakeLocal(channel)
	n.mu.Lock()
	n.pending[channel] = true
	n.mu.Unlock()
	signal(n.wake)
}

// Listen gives a channel that receives after each Notify of channel, at least
// one for several close together, until ctx ends.
func (s *Store) Listen(ctx context.Context, channel string) <-chan struct{} {
	n := s.notifier
	n.remote.Do(func() { n.done.Go(n.hear) })
	heard := make(chan struct{}, 1)
	n.mu.Lock()
	n.listeners[channel] = append(n.listeners[channel], heard)
	n.mu.Unlock()
	context.AfterFunc(ctx, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.listeners[channel] = slices.DeleteFunc(n.listeners[channel], func(c chan struct{}) bool { return c == heard })
	})
	return heard
}

// hear wakes listeners for what other processes notify.
func (n *notifier) hear() {
	n.store.dialect.Listen(n.ctx, n.store.config, func(channel string) {
		if channel != "" {
			n.wakeLocal(channel)
			return
		}
		n.mu.Lock()
		channels := slices.Collect(maps.Keys(n.listeners))
		n.mu.Unlock()
		for _, channel := range channels {
			n.wakeLocal(channel)
		}
	})
}

func (n *notifier) wakeLocal(channel string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, heard := range n.listeners[channel] {
		signal(heard)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is waiting already
	}
}

// send takes what is pending to the other processes.
func (n *notifier) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		}
		if err := sleep(ctx, gatherTime); err != nil {
			return
		}
		n.mu.Lock()
		channels := slices.Sorted(maps.Keys(n.pending))
		clear(n.pending)
		n.mu.Unlock()
		if err := n.store.dialect.Notify(ctx, n.store.writes, channels); err != nil {
			n.store.config.Log.Debug("notifying other servers", "error", err)
		}
	}
}
