package clockwork

import (
	"sync"
	"time"

	"steward/internal/base/clock"
)

// machine is one whose clock can be set wrong. It knows the true time.
type machine struct {
	mu     sync.Mutex
	truth  time.Time
	steady time.Duration
	ahead  time.Duration // of the wall clock before the true time
	rate   float64       // how much faster its clocks run, as a time server slews them
	synced bool
}

// source is what Steward sees of the machine. No two looks at the wall clock
// are at the same instant.
func (m *machine) source() clock.Source {
	return clock.Source{
		Wall: func() time.Time {
			m.run(time.Microsecond)
			return m.wall()
		},
		Steady: func() time.Duration {
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.steady
		},
		Synced: func() bool {
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.synced
		},
	}
}

func (m *machine) wall() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.truth.Add(m.ahead)
}

func (m *machine) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.truth
}

// run lets time pass.
func (m *machine) run(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	gain := time.Duration(m.rate * float64(d))
	m.truth = m.truth.Add(d)
	m.ahead += gain
	m.steady += d + gain
}

// set sets the wall clock, so far ahead of the true time.
func (m *machine) set(ahead time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead = ahead
}

func (m *machine) slew(rate float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rate = rate
}

func (m *machine) vouch(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.synced = yes
}

// due tells whether an hour has come: the wall clock says so, and so does the
// true time, unless the wall clock is ahead of it by little or by the word of a
// time server.
func (m *machine) due(at time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	believed := m.ahead <= clock.Small || m.synced
	return !m.truth.Add(m.ahead).Before(at) && (believed || !m.truth.Before(at))
}
