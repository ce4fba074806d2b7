// Package trial is what the tests of many rooms need: a clock that is moved by
// hand, an address where nobody listens, and how long a trial runs.
package trial

import (
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Clock stands still until it is moved. Its methods may be called from many
// goroutines.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock gives a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now gives the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Move moves the clock on, or back.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Set sets the clock.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// FreeAddr gives an address of this machine, with a port on which nobody
// listened a moment ago.
func FreeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Setting reads from the environment how long a trial runs; short is how long
// it does where nothing is set.
func Setting(t testing.TB, name string, short int) int {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		return short
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is not a number", name, value)
	}
	return n
}
