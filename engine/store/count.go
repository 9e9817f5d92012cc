package store

import (
	"context"
	"fmt"
	"sync"
)

// counts lets those who ask for the same number at once share one count of it.
// Who comes while it is counted waits for the next count, which begins after
// he asked: everybody sees all that was committed before he asked.
type counts struct {
	mu    sync.Mutex
	lines map[string]*line
}

// line is what one text asks for: the count that runs and the next one.
type line struct{ running, next *counting }

// counting is one count; n and err are there when it is done.
type counting struct {
	done chan struct{}
	n    int64
	err  error
}

// share gives the number that count gives. The count belongs to all who wait
// for it, and goes on when one of them goes away.
func (c *counts) share(ctx context.Context, text string, count func(ctx context.Context) (int64, error)) (int64, error) {
	t := c.join(text, func(t *counting) {
		defer func() {
			if cause := recover(); cause != nil {
				t.err = fmt.Errorf("a count panicked: %v", cause)
			}
		}()
		t.n, t.err = count(context.WithoutCancel(ctx))
	})
	select {
	case <-t.done:
		return t.n, t.err
	case <-ctx.Done():
		return 0, ctx.Err() //nolint:wrapcheck // the caller's own
	}
}

// join gives the next counting of a text, and begins it if need be.
func (c *counts) join(text string, run func(t *counting)) *counting {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines == nil {
		c.lines = map[string]*line{}
	}
	l := c.lines[text]
	if l == nil {
		l = &line{}
		c.lines[text] = l
	}
	if l.next == nil {
		l.next = &counting{done: make(chan struct{})}
		go c.run(text, l, l.next, l.running, run)
	}
	return l.next
}

// run waits for the counting before, which leaves the line by itself, then counts.
func (c *counts) run(text string, l *line, t, before *counting, run func(t *counting)) {
	if before != nil {
		<-before.done
	}
	c.mu.Lock()
	l.running, l.next = t, nil
	c.mu.Unlock()
	run(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.next == nil {
		delete(c.lines, text)
	}
	close(t.done)
}

// Count runs a statement that gives one number. Outside of transactions, those
// who ask for the same at once share the count.
func Count(ctx context.Context, reader Reader, query string, args ...any) (int64, error) {
	once := func(ctx context.Context) (n int64, err error) {
		err = reader.QueryRow(ctx, query, args...).Scan(&n)
		return n, err
	}
	s, outside := reader.(*Store)
	if !outside {
		return once(ctx)
	}
	return s.counts.share(ctx, fmt.Sprintf("%d %s %#v", laneOf(ctx), query, args), once)
}
