package clock

import (
	"testing"
	"time"
)

// machine is a machine whose clock a test sets.
type machine struct {
	wall   time.Time
	steady time.Duration
	synced bool
}

func (m *machine) run(d time.Duration) { m.wall, m.steady = m.wall.Add(d), m.steady+d }

func newMachine() (*machine, *Clock) {
	m := &machine{wall: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), steady: time.Hour}
	return m, New(Source{
		Wall: func() time.Time { return m.wall }, Steady: func() time.Duration { return m.steady }, Synced: func() bool { return m.synced },
	})
}

func TestJumps(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := []struct {
		name   string
		jump   time.Duration
		synced bool
		held   time.Duration
	}{
		{"none", 0, false, 0},
		{"a leap second", time.Second, false, 0},
		{"ahead", day, false, day},
		{"ahead by little too much", Small + 1, false, Small + 1},
		{"ahead, vouched for", day, true, 0},
		{"back", -day, false, 0},
		{"back, vouched for", -day, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, c := newMachine()
			m.run(time.Hour)
			m.wall, m.synced = m.wall.Add(tt.jump), tt.synced
			for range 2 {
				m.run(time.Minute)
				if got, want := c.Now(), m.wall.Add(-tt.held); !got.Equal(want) || c.Held() != tt.held {
					t.Errorf("the wall clock says %s: told %s, held back %s; want %s, %s", m.wall, got, c.Held(), want, tt.held)
				}
			}
		})
	}
}

// A jump ahead that is held back ends when it is taken back, and when a time
// server comes to vouch for it.
func TestHeldUntil(t *testing.T) {
	t.Parallel()
	m, c := newMachine()
	m.wall = m.wall.Add(time.Hour)
	before := c.Now()
	if c.Held() != time.Hour {
		t.Fatalf("held back %s, want an hour", c.Held())
	}
	m.wall = m.wall.Add(-time.Hour)
	if got := c.Now(); !got.Equal(before) || c.Held() != 0 {
		t.Errorf("the jump was taken back: told %s, held back %s", got, c.Held())
	}
	m.wall = m.wall.Add(time.Hour)
	_ = c.Now()
	m.synced = true
	if got := c.Now(); !got.Equal(m.wall) || c.Held() != 0 {
		t.Errorf("the jump is vouched for: told %s, held back %s", got, c.Held())
	}
	m.synced = false
	m.run(time.Minute)
	if got := c.Now(); !got.Equal(m.wall) {
		t.Errorf("what was believed once is told as %s, want %s", got, m.wall)
	}
}

// A clock that was set back and is set right again was never ahead.
func TestBackAndForth(t *testing.T) {
	t.Parallel()
	m, c := newMachine()
	m.wall = m.wall.Add(-time.Hour)
	if got := c.Now(); !got.Equal(m.wall) {
		t.Errorf("set back: told %s, want %s", got, m.wall)
	}
	m.wall = m.wall.Add(time.Hour)
	if got := c.Now(); !got.Equal(m.wall) || c.Held() != 0 {
		t.Errorf("set right: told %s, want %s", got, m.wall)
	}
}

// Small steps one after the other are followed: a clock that is kept by a
// nightly job is not held back after a year.
func TestManySmallSteps(t *testing.T) {
	t.Parallel()
	m, c := newMachine()
	for range 365 {
		m.run(24 * time.Hour)
		m.wall = m.wall.Add(time.Second)
		if got := c.Now(); !got.Equal(m.wall) {
			t.Fatalf("told %s, want %s", got, m.wall)
		}
	}
}

// The machine's own readings fit each other.
func TestSystem(t *testing.T) {
	t.Parallel()
	s := System()
	wall, steady := s.Wall(), s.Steady()
	time.Sleep(20 * time.Millisecond)
	if w, c := s.Wall().Sub(wall), s.Steady()-steady; (w-c).Abs() > 10*time.Millisecond || c < 20*time.Millisecond {
		t.Errorf("the wall clock went on by %s, the steady counter by %s", w, c)
	}
	if got := New(s).Now(); time.Since(got).Abs() > time.Second {
		t.Errorf("told %s", got)
	}
	if _, err := Kernel(); err != nil {
		t.Logf("this machine does not tell whether its clock is right: %v", err)
	}
}
