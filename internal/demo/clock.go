package demo

import (
	"sync"
	"time"
)

// clock is the time of the replay: it stands still until it is set, and runs
// as the real one does once the replay is over.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	real bool
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real {
		return time.Now().UTC()
	}
	// Two things never happen at the same instant.
	c.at = c.at.Add(time.Microsecond)
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

func (c *clock) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.real = true
}
