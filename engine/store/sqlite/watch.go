package sqlite

import (
	"reflect"
	"sync"
	"time"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/store"
)

// watchdog ends the statements of a pool that take longer than its limit, as
// PostgreSQL does by itself. The driver can be asked to watch a context, but it
// starts a goroutine for each statement, which costs a short one a quarter of
// its time, and does not watch while rows are read.
type watchdog struct {
	limit time.Duration
	done  chan struct{}
	ended sync.WaitGroup

	mu      sync.Mutex
	guarded map[*watch]struct{}
}

// How often the watchdog looks.
const watchTime = 100 * time.Millisecond

func newWatchdog(limit time.Duration) *watchdog {
	d := &watchdog{limit: limit, done: make(chan struct{}), guarded: map[*watch]struct{}{}}
	d.ended.Go(d.run)
	return d
}

// stop ends the watchdog; a nil one guards nothing.
func (d *watchdog) stop() {
	if d != nil {
		close(d.done)
		d.ended.Wait()
	}
}

func (d *watchdog) run() {
	tls := libc.NewTLS()
	defer tls.Close()
	timer := time.NewTicker(watchTime)
	defer timer.Stop()
	for {
		select {
		case <-d.done:
			return
		case <-timer.C:
		}
		now := clock.Machine()
		d.mu.Lock()
		for w := range d.guarded {
			w.interruptAfter(tls, now.Add(-d.limit))
		}
		d.mu.Unlock()
	}
}

// guard has the watchdog watch over a connection of the driver.
func (d *watchdog) guard(w *watch, opened any) {
	if d == nil {
		return
	}
	w.dog = d
	// The driver has no method for it; a test holds that this is the handle.
	w.handle = uintptr(reflect.ValueOf(opened).Elem().FieldByName("db").Uint())
	d.mu.Lock()
	defer d.mu.Unlock()
	d.guarded[w] = struct{}{}
}

// watch is what the watchdog knows of a connection.
type watch struct {
	dog    *watchdog
	handle uintptr

	mu          sync.Mutex
	since       time.Time // when the running statement began; zero without one
	interrupted bool
}

func (w *watch) begin() {
	if w.dog == nil {
		return
	}
	now := clock.Machine()
	w.mu.Lock()
	w.since, w.interrupted = now, false
	w.mu.Unlock()
}

// end ends the watching; err is the statement's, or ErrTimeout in its place.
func (w *watch) end(err error) error {
	if w.dog == nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Time{}
	if err != nil && w.interrupted {
		return store.ErrTimeout
	}
	return err
}

// interruptAfter ends the statement when it began before this time. It holds
// the lock, so that it cannot be the next one that is ended.
func (w *watch) interruptAfter(tls *libc.TLS, begun time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.since.IsZero() && w.since.Before(begun) {
		w.interrupted = true
		sqlite3.Xsqlite3_interrupt(tls, w.handle)
	}
}

// release ends the guarding, before the connection is closed.
func (w *watch) release() {
	if w.dog == nil {
		return
	}
	w.dog.mu.Lock()
	defer w.dog.mu.Unlock()
	delete(w.dog.guarded, w)
}
