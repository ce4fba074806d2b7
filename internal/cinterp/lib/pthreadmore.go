package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// sem is a semaphore.
type sem struct {
	run.Sync
	value uint32
	gone  bool
}

// rwlock is a lock for many readers or one writer.
type rwlock struct {
	writer  *run.Thread
	readers map[int]int // how often, by thread
	writes  run.Sync
	reads   run.Sync
	gone    bool
}

func (l *rwlock) free(write bool) bool {
	return l.writer == nil && (!write || len(l.readers) == 0)
}

func (s *sem) ended() bool     { return s.gone }
func (l *rwlock) ended() bool  { return l.gone }
func (b *barrier) ended() bool { return b.gone }

// barrier lets go when enough threads wait.
type barrier struct {
	run.Sync
	count, waiting uint32
	round          int
	gone           bool
}

func semaphore(c *call) (*sem, bool) {
	s, ok := standsFor(c, arg(c, 0), threading(c).sems, func() *sem { return &sem{} })
	if !ok {
		return nil, false
	}
	return alive(c, s, s.gone, true)
}

// down is sem_wait and its kin: at is as acquire has it. It gives an errno.
func down(c *call, s *sem, at int64) (int32, bool) {
	if at < 0 {
		if !c.VM.Point() {
			return 0, false
		}
		if s.value == 0 {
			return eAgain, true
		}
	} else {
		late, ok := c.VM.Block("a semaphore", true, at, func() bool { return s.value > 0 })
		if !ok {
			return 0, false
		}
		if late && s.value == 0 {
			return eTimedOut, true
		}
	}
	s.value--
	c.VM.Acquire(&s.Sync)
	return 0, true
}

func semWait(at func(c *call) (int64, bool, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		s, ok := semaphore(c)
		if !ok {
			return slot{}, false
		}
		d, valid, ok := at(c)
		if !ok {
			return slot{}, false
		}
		e := int32(eInvalid)
		if valid {
			if e, ok = down(c, s, d); !ok {
				return slot{}, false
			}
		}
		if e == 0 {
			return slot{}, true
		}
		return slot{N: ^uint64(0)}, errno(c, int(e))
	}
}

// semaphores is POSIX's <semaphore.h>.
var semaphores = map[string]run.LibFunc{
	"sem_init": func(c *call) (slot, bool) {
		if arg(c, 2).N > 1<<31-1 {
			return slot{N: ^uint64(0)}, errno(c, eInvalid)
		}
		_, ok := make1(c, arg(c, 0), threading(c).sems, &sem{value: uint32(arg(c, 2).N)})
		return slot{}, ok
	},
	"sem_destroy": func(c *call) (slot, bool) {
		s, ok := semaphore(c)
		if ok {
			s.gone = true
		}
		return slot{}, ok
	},
	"sem_wait":      semWait(func(*call) (int64, bool, bool) { return 0, true, true }),
	"sem_trywait":   semWait(func(*call) (int64, bool, bool) { return -1, true, true }),
	"sem_timedwait": semWait(func(c *call) (int64, bool, bool) { return deadline(c, 1, false) }),
	"sem_post": func(c *call) (slot, bool) {
		s, ok := semaphore(c)
		if !ok {
			return slot{}, false
		}
		c.VM.Release(&s.Sync)
		s.value++
		return slot{}, c.VM.Point()
	},
	"sem_getvalue": func(c *call) (slot, bool) {
		s, ok := semaphore(c)
		return slot{}, ok && c.VM.Store(arg(c, 1), code.I32, slot{N: uint64(s.value)})
	},
}

func rw(c *call) (*rwlock, bool) {
	l, ok := standsFor(c, arg(c, 0), threading(c).rws, newRW)
	if !ok {
		return nil, false
	}
	return alive(c, l, l.gone, true)
}

func newRW() *rwlock { return &rwlock{readers: map[int]int{}} }

// rwTake locks a lock for readers and writers.
func rwTake(write, wait bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		l, ok := rw(c)
		if !ok {
			return slot{}, false
		}
		t := c.VM.Thread()
		if l.writer == t {
			if !wait {
				return posix(eBusy, true)
			}
			return posix(eDeadlock, true)
		}
		if !wait {
			if !c.VM.Point() {
				return slot{}, false
			}
			if !l.free(write) {
				return posix(eBusy, true)
			}
		} else if _, ok := c.VM.Block("a lock for readers and writers", true, 0, func() bool { return l.free(write) }); !ok {
			return slot{}, false
		}
		c.VM.Acquire(&l.writes)
		if write {
			c.VM.Acquire(&l.reads)
			l.writer = t
		} else {
			l.readers[t.ID]++
		}
		return slot{}, true
	}
}

// locks is the rest of POSIX's locks: for readers and writers, and barriers.
var locks = map[string]run.LibFunc{
	"pthread_rwlock_init": func(c *call) (slot, bool) {
		_, ok := make1(c, arg(c, 0), threading(c).rws, newRW())
		return slot{}, ok
	},
	"pthread_rwlock_destroy": func(c *call) (slot, bool) {
		l, ok := rw(c)
		if ok && !l.free(true) {
			return slot{}, c.VM.Find("mutex-destroyed-in-use", nil, 0, "%s is given a lock that is held", c.Name)
		}
		if ok {
			l.gone = true
		}
		return slot{}, ok
	},
	"pthread_rwlock_rdlock":    rwTake(false, true),
	"pthread_rwlock_tryrdlock": rwTake(false, false),
	"pthread_rwlock_wrlock":    rwTake(true, true),
	"pthread_rwlock_trywrlock": rwTake(true, false),
	"pthread_rwlock_unlock": func(c *call) (slot, bool) {
		l, ok := rw(c)
		if !ok {
			return slot{}, false
		}
		t := c.VM.Thread()
		switch {
		case l.writer == t:
			c.VM.Release(&l.writes)
			l.writer = nil
		case l.readers[t.ID] > 0:
			c.VM.Release(&l.reads)
			if l.readers[t.ID]--; l.readers[t.ID] == 0 {
				delete(l.readers, t.ID)
			}
		default:
			return slot{}, c.VM.Find("mutex-not-held", nil, 0, "%s unlocks a lock that the thread does not hold", c.Name)
		}
		return slot{}, true
	},
	"pthread_barrier_init": func(c *call) (slot, bool) {
		n := uint32(arg(c, 2).N)
		if n == 0 {
			return posix(eInvalid, true)
		}
		_, ok := make1(c, arg(c, 0), threading(c).barriers, &barrier{count: n})
		return slot{}, ok
	},
	"pthread_barrier_destroy": func(c *call) (slot, bool) {
		b, ok := standsFor(c, arg(c, 0), threading(c).barriers, nil)
		if ok && b.waiting > 0 {
			return slot{}, c.VM.Find("mutex-destroyed-in-use", nil, 0, "%s is given a barrier that a thread waits at", c.Name)
		}
		if ok {
			b.gone = true
		}
		return slot{}, ok
	},
	"pthread_barrier_wait": func(c *call) (slot, bool) {
		b, ok := standsFor(c, arg(c, 0), threading(c).barriers, nil)
		if !ok {
			return slot{}, false
		}
		c.VM.Release(&b.Sync)
		round := b.round
		if b.waiting++; b.waiting == b.count {
			b.waiting = 0
			b.round++
			c.VM.Acquire(&b.Sync)
			return slot{N: ^uint64(0)}, c.VM.Point()
		}
		_, ok = c.VM.Block("a barrier", true, 0, func() bool { return b.round != round })
		c.VM.Acquire(&b.Sync)
		return slot{}, ok
	},
}
