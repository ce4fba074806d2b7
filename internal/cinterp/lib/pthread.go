package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// posix gives an errno as a result.
func posix(e int32, ok bool) (slot, bool) { return slot{N: uint64(e)}, ok }

// pmutex finds a mutex; one that is all zero was made by its initializer.
func pmutex(c *call, i int) (*lock, bool) {
	p := arg(c, i)
	l, ok := standsFor(c, p, threading(c).locks, func() *lock {
		l := &lock{}
		p.N += 4
		if v, ok := c.VM.LoadQuiet(p, code.I32); ok {
			l.kind(int32(v.N))
		}
		return l
	})
	if !ok {
		return nil, false
	}
	return alive(c, l, l.gone, true)
}

// kind sets what PTHREAD_MUTEX_... says.
func (l *lock) kind(n int32) {
	switch n {
	case 1:
		l.recursive = true
	case 2:
		l.checked = true
	case 3: // NORMAL that was asked for
		l.normal = true
	}
}

func pcond(c *call, i int) (*cond, bool) {
	d, ok := standsFor(c, arg(c, i), threading(c).conds, func() *cond { return &cond{} })
	if !ok {
		return nil, false
	}
	return alive(c, d, d.gone, true)
}

func pspin(c *call) (*lock, bool) {
	l, ok := standsFor(c, arg(c, 0), threading(c).locks, nil)
	if !ok {
		return nil, false
	}
	return alive(c, l, l.gone, true)
}

// with calls f with a lock.
func with(find func(c *call, i int) (*lock, bool), f func(c *call, l *lock) (int32, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		l, ok := find(c, 0)
		if !ok {
			return slot{}, false
		}
		return posix(f(c, l))
	}
}

func spin(c *call, _ int) (*lock, bool) { return pspin(c) }

func lockFor(c *call, l *lock) (int32, bool) { return acquire(c, l, 0) }
func lockNow(c *call, l *lock) (int32, bool) { return acquire(c, l, -1) }
func end(c *call, l *lock) (int32, bool)     { return 0, endLock(c, l) }

// attribute reads the first number of an attributes object; what if there is none.
func attribute(c *call, i int, none int32) (int32, bool) {
	p := arg(c, i)
	if p.N == 0 {
		return none, true
	}
	v, ok := c.VM.Load(p, code.I32)
	return int32(v.N), ok
}

// setAttribute writes it.
func setAttribute(c *call, v int32) (slot, bool) {
	return slot{}, c.VM.Store(arg(c, 0), code.I32, slot{N: uint64(int64(v))})
}

func newAttribute(c *call) (slot, bool) { return setAttribute(c, 0) }
func endAttribute(*call) (slot, bool)   { return slot{}, true }

// pthreads is POSIX's threads.
var pthreads = map[string]run.LibFunc{
	"pthread_create": func(c *call) (slot, bool) {
		detached, ok := attribute(c, 1, 0)
		if !ok {
			return slot{}, false
		}
		t, ok := start(c, arg(c, 2), arg(c, 3))
		if ok && detached == 1 {
			t.Joined = true
		}
		return slot{}, ok && c.VM.Point()
	},
	"pthread_join": func(c *call) (slot, bool) {
		if t := thread(c, 0); t != nil && t == c.VM.Thread() {
			return posix(eDeadlock, true)
		}
		t, e, ok := join(c)
		if ok && t != nil && arg(c, 1).N != 0 {
			ok = c.VM.Store(arg(c, 1), code.TPtr, t.Result)
		}
		return posix(e, ok)
	},
	"pthread_detach": func(c *call) (slot, bool) { return posix(detach(c)) },
	"pthread_exit": func(c *call) (slot, bool) {
		for len(c.VM.Thread().Cleanup) > 0 {
			if !cleanUp(c, true) {
				return slot{}, false
			}
		}
		return slot{}, c.VM.Leave(arg(c, 0))
	},
	"pthread_self":  func(c *call) (slot, bool) { return slot{N: uint64(c.VM.Thread().ID)}, true },
	"pthread_equal": func(c *call) (slot, bool) { return yes(arg(c, 0).N == arg(c, 1).N) },
	"pthread_yield": func(c *call) (slot, bool) { return slot{}, c.VM.Yield() },
	"sched_yield":   func(c *call) (slot, bool) { return slot{}, c.VM.Yield() },
	"pthread_once":  callOnce,

	"pthread_attr_init":           newAttribute,
	"pthread_attr_destroy":        endAttribute,
	"pthread_attr_setdetachstate": func(c *call) (slot, bool) { return setAttribute(c, i32(c, 1)) },
	"pthread_attr_getdetachstate": getAttribute,
	"pthread_attr_setstacksize":   endAttribute,

	"pthread_mutexattr_init":    newAttribute,
	"pthread_mutexattr_destroy": endAttribute,
	"pthread_mutexattr_settype": func(c *call) (slot, bool) {
		n := i32(c, 1)
		if n < 0 || n > 2 {
			return posix(eInvalid, true)
		}
		if n == 0 {
			n = 3
		}
		return setAttribute(c, n)
	},
	"pthread_mutexattr_gettype": func(c *call) (slot, bool) {
		n, ok := attribute(c, 0, 0)
		return slot{}, ok && c.VM.Store(arg(c, 1), code.I32, slot{N: uint64(n % 3)})
	},
	"pthread_mutexattr_setpshared": endAttribute,
	"pthread_mutex_init": func(c *call) (slot, bool) {
		n, ok := attribute(c, 1, 0)
		if !ok {
			return slot{}, false
		}
		l := &lock{timed: true}
		l.kind(n)
		_, ok = make1(c, arg(c, 0), threading(c).locks, l)
		return slot{}, ok
	},
	"pthread_mutex_destroy": with(pmutex, end),
	"pthread_mutex_lock":    with(pmutex, lockFor),
	"pthread_mutex_trylock": with(pmutex, lockNow),
	"pthread_mutex_unlock":  with(pmutex, unlock),
	"pthread_mutex_timedlock": with(pmutex, func(c *call, l *lock) (int32, bool) {
		d, valid, ok := deadline(c, 1, false)
		if !ok || !valid {
			return eInvalid, ok
		}
		return acquire(c, l, d)
	}),

	"pthread_spin_init": func(c *call) (slot, bool) {
		_, ok := make1(c, arg(c, 0), threading(c).locks, &lock{name: "a spin lock"})
		return slot{}, ok
	},
	"pthread_spin_destroy": with(spin, end),
	"pthread_spin_lock":    with(spin, lockFor),
	"pthread_spin_trylock": with(spin, lockNow),
	"pthread_spin_unlock":  with(spin, unlock),

	"pthread_condattr_init":    newAttribute,
	"pthread_condattr_destroy": endAttribute,
	"pthread_condattr_setclock": func(c *call) (slot, bool) {
		if n := i32(c, 1); n != 0 && n != 1 {
			return posix(eInvalid, true)
		}
		return setAttribute(c, i32(c, 1))
	},
	"pthread_cond_init": func(c *call) (slot, bool) {
		n, ok := attribute(c, 1, 0)
		if !ok {
			return slot{}, false
		}
		_, ok = make1(c, arg(c, 0), threading(c).conds, &cond{monotonic: n == 1})
		return slot{}, ok
	},
	"pthread_cond_destroy": func(c *call) (slot, bool) {
		d, ok := pcond(c, 0)
		return slot{}, ok && endCond(c, d)
	},
	"pthread_cond_signal":    wakeUp(false),
	"pthread_cond_broadcast": wakeUp(true),
	"pthread_cond_wait":      condWait(false),
	"pthread_cond_timedwait": condWait(true),

	"pthread_key_create":  func(c *call) (slot, bool) { return slot{}, newKey(c) },
	"pthread_key_delete":  endKey,
	"pthread_getspecific": getKey,
	"pthread_setspecific": setKey,

	"pthread_rwlockattr_init": newAttribute, "pthread_rwlockattr_destroy": endAttribute, "pthread_rwlockattr_setpshared": endAttribute,
	"pthread_barrierattr_init": newAttribute, "pthread_barrierattr_destroy": endAttribute, "pthread_barrierattr_setpshared": endAttribute,

	"__steward_cleanup_push": func(c *call) (slot, bool) {
		t := c.VM.Thread()
		t.Cleanup = append(t.Cleanup, [2]slot{arg(c, 0), arg(c, 1)})
		return slot{}, true
	},
	"__steward_cleanup_pop": func(c *call) (slot, bool) { return slot{}, cleanUp(c, arg(c, 0).N != 0) },
}

// cleanUp takes the last function away that is to be called when the thread
// ends, and may call it.
func cleanUp(c *call, run bool) bool {
	t := c.VM.Thread()
	n := len(t.Cleanup)
	if n == 0 {
		return true
	}
	f := t.Cleanup[n-1]
	t.Cleanup = t.Cleanup[:n-1]
	if !run {
		return true
	}
	_, ok := c.VM.CallPointer(f[0], []slot{f[1]})
	return ok
}

func getAttribute(c *call) (slot, bool) {
	n, ok := attribute(c, 0, 0)
	return slot{}, ok && c.VM.Store(arg(c, 1), code.I32, slot{N: uint64(n)})
}

func wakeUp(all bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		d, ok := pcond(c, 0)
		if ok {
			d.wake(all)
		}
		return slot{}, ok
	}
}

func condWait(timed bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		d, ok := pcond(c, 0)
		if !ok {
			return slot{}, false
		}
		l, ok := pmutex(c, 1)
		if !ok {
			return slot{}, false
		}
		at := int64(0)
		if timed {
			valid := false
			if at, valid, ok = deadline(c, 2, d.monotonic); !ok || !valid {
				return posix(eInvalid, ok)
			}
		}
		return posix(wait(c, d, l, at))
	}
}
