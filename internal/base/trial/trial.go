// Package trial is what the tests of many rooms need: a clock that is moved by
// hand, an address that nobody else is given, and how long a trial runs.
package trial

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
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

// Addr gives an address on 127.0.0.1 that nobody else is given until the test
// ends: the port belongs to a socket that does not listen, so connections are
// refused. Who asks for just this port, with SO_REUSEADDR as servers do, may
// listen on it meanwhile, again and again (bind(2), socket(7)).
//
// A server that is a process of its own is told its port before it starts, and
// one that is killed has it again: a port that was only found free may be given
// to any other test of the machine in between.
func Addr(t testing.TB) string {
	t.Helper()
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Close(s) })
	if err := syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	at, err := syscall.Getsockname(s)
	if err != nil {
		t.Fatalf("holding a port: %v", err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*syscall.SockaddrInet4).Port)
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
