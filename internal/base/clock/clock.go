// Package clock tells the time to a program that must do things at an hour and
// never before it, on a machine whose clock someone may set wrong.
//
// A Clock tells the earlier of two times: that of the machine's wall clock, and
// the wall clock's as it was at the start, carried on by the machine's steady
// counter. So a wall clock that is set back is followed at once, and one that
// jumps ahead is not believed, until the kernel says that a time server vouches
// for it, or the program is started anew. Meanwhile everything happens at the
// hour by the time from before the jump.
package clock

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Small is the largest jump ahead that is followed without being vouched for:
// a leap second, or the small steps of a clock that is kept by hand.
const Small = 2 * time.Second

// Source is where a Clock takes its readings from.
type Source struct {
	Wall   func() time.Time
	Steady func() time.Duration // since some moment; nobody can set it, and it goes on while the machine sleeps
	Synced func() bool          // a time server vouches for the wall clock
}

// System is the machine itself. Where it does not tell whether it is
// synchronised, as within some containers, nobody vouches.
func System() Source {
	return Source{Wall: time.Now, Steady: sinceBoot, Synced: func() bool {
		s, err := Kernel()
		return err == nil && s.Synced
	}}
}

// Clock tells the time. It is safe for use by several goroutines.
type Clock struct {
	from Source

	mu    sync.Mutex
	ahead time.Duration // of the wall clock, when it was last believed, before the steady counter
	held  time.Duration
}

// New starts a clock: what the wall clock says now is believed.
func New(from Source) *Clock {
	c := &Clock{from: from}
	c.ahead = c.offset(from.Wall())
	return c
}

// offset is how far a wall time is ahead of the steady counter. It is constant
// but for the steps in which the wall clock is set.
func (c *Clock) offset(wall time.Time) time.Duration {
	return time.Duration(wall.UnixNano()) - c.from.Steady()
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.from.Wall().Round(0) // the wall clock alone
	jump := c.offset(wall) - c.ahead
	if jump.Abs() <= Small || c.from.Synced() {
		c.ahead += jump
		jump = 0
	}
	c.held = max(jump, 0)
	return wall.Add(-c.held)
}

// Held is how far the wall clock has jumped ahead of what Now tells; 0 as long
// as it is believed.
func (c *Clock) Held() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

func sinceBoot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		panic(fmt.Sprintf("clock: the kernel has no steady counter: %v", err)) // every Linux since 2.6.39 has
	}
	return time.Duration(t.Nano())
}

// State is what the kernel knows of its clock.
type State struct {
	Synced   bool          // a time server vouches for it
	MaxError time.Duration // how wrong it can be at most, if it is synchronised
}

// Kernel asks the kernel, as adjtimex(2) does. The error is a kernel or a
// container that does not tell.
func Kernel() (State, error) {
	var t unix.Timex
	if _, err := unix.Adjtimex(&t); err != nil {
		return State{}, fmt.Errorf("asking the kernel about its clock: %w", err)
	}
	return State{Synced: t.Status&unix.STA_UNSYNC == 0, MaxError: time.Duration(t.Maxerror) * time.Microsecond}, nil
}
