// Package clock is the only source of time. Everything with a business meaning
// takes its time from a Clock; leases and time-outs use the machine's own.
package clock

import (
	"sync/atomic"
	"time"
)

// Clock tells the product's time.
type Clock interface {
	// Now is the present instant in UTC, cut to milliseconds, as it is stored.
	Now() time.Time
}

// Movable is a clock that runs with the machine's, shifted by an offset. The
// zero value shows the machine's time. It is safe for concurrent use.
type Movable struct{ offset atomic.Int64 }

var _ Clock = (*Movable)(nil)

// Now is the machine's time plus the offset.
func (c *Movable) Now() time.Time {
	return Machine().Add(c.Offset())
}

// Offset is how far the clock is ahead of the machine's.
func (c *Movable) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Shift sets the offset.
func (c *Movable) Shift(offset time.Duration) { c.offset.Store(int64(offset)) }

// Machine is the machine's own time in UTC, cut to milliseconds: for leases
// and time-outs, which must not move with the product's clock.
func Machine() time.Time {
	return time.Now().UTC().Truncate(time.Millisecond) //nolint:forbidigo // the one place that asks the machine
}
