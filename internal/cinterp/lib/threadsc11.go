package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// The results of <threads.h>.
const (
	thrdSuccess  = 0
	thrdBusy     = 1
	thrdError    = 2
	thrdTimedOut = 4
)

// c11 gives an errno as <threads.h> says it.
func c11(e int32, ok bool) (slot, bool) {
	n := thrdError
	switch e {
	case 0:
		n = thrdSuccess
	case eBusy:
		n = thrdBusy
	case eTimedOut:
		n = thrdTimedOut
	}
	return slot{N: uint64(n)}, ok
}

func mtx(c *call, i int) (*lock, bool) {
	l, ok := standsFor(c, arg(c, i), threading(c).locks, nil)
	if !ok {
		return nil, false
	}
	return alive(c, l, l.gone, true)
}

func cnd(c *call, i int) (*cond, bool) {
	d, ok := standsFor(c, arg(c, i), threading(c).conds, nil)
	if !ok {
		return nil, false
	}
	return alive(c, d, d.gone, true)
}

// threads is C17 7.26.
var threads = map[string]run.LibFunc{
	"thrd_create": func(c *call) (slot, bool) {
		_, ok := start(c, arg(c, 1), arg(c, 2))
		return slot{}, ok && c.VM.Point()
	},
	"thrd_current": func(c *call) (slot, bool) { return slot{N: uint64(c.VM.Thread().ID)}, true },
	"thrd_equal":   func(c *call) (slot, bool) { return yes(arg(c, 0).N == arg(c, 1).N) },
	"thrd_exit": func(c *call) (slot, bool) {
		return slot{}, c.VM.Leave(slot{N: uint64(int64(i32(c, 0)))})
	},
	"thrd_join": func(c *call) (slot, bool) {
		t, e, ok := join(c)
		if ok && t != nil && arg(c, 1).N != 0 {
			ok = c.VM.Store(arg(c, 1), code.I32, slot{N: t.Result.N})
		}
		return c11(e, ok)
	},
	"thrd_detach": func(c *call) (slot, bool) { return c11(detach(c)) },
	"thrd_yield":  func(c *call) (slot, bool) { return slot{}, c.VM.Yield() },
	"call_once":   callOnce,
	"mtx_init": func(c *call) (slot, bool) {
		kind := i32(c, 1)
		if kind < 0 || kind > 3 {
			return slot{}, c.VM.Find("library-argument", nil, 0, "mtx_init is given the type %d", kind)
		}
		_, ok := make1(c, arg(c, 0), threading(c).locks, &lock{c11: true, recursive: kind&1 != 0, timed: kind&2 != 0})
		return slot{}, ok
	},
	"mtx_destroy": func(c *call) (slot, bool) {
		l, ok := mtx(c, 0)
		return slot{}, ok && endLock(c, l)
	},
	"mtx_lock": func(c *call) (slot, bool) {
		l, ok := mtx(c, 0)
		if !ok {
			return slot{}, false
		}
		return c11(acquire(c, l, 0))
	},
	"mtx_trylock": func(c *call) (slot, bool) {
		l, ok := mtx(c, 0)
		if !ok {
			return slot{}, false
		}
		return c11(acquire(c, l, -1))
	},
	"mtx_timedlock": func(c *call) (slot, bool) {
		l, ok := mtx(c, 0)
		if !ok {
			return slot{}, false
		}
		if !l.timed && !c.VM.Find("mutex-no-timeout", nil, 0, "mtx_timedlock is given a mutex that was not made with mtx_timed") {
			return slot{}, false
		}
		d, valid, ok := deadline(c, 1, false)
		if !ok || !valid {
			return c11(eInvalid, ok)
		}
		return c11(acquire(c, l, d))
	},
	"mtx_unlock": func(c *call) (slot, bool) {
		l, ok := mtx(c, 0)
		if !ok {
			return slot{}, false
		}
		return c11(unlock(c, l))
	},
	"cnd_init": func(c *call) (slot, bool) {
		_, ok := make1(c, arg(c, 0), threading(c).conds, &cond{})
		return slot{}, ok
	},
	"cnd_destroy": func(c *call) (slot, bool) {
		d, ok := cnd(c, 0)
		return slot{}, ok && endCond(c, d)
	},
	"cnd_signal": func(c *call) (slot, bool) {
		d, ok := cnd(c, 0)
		if ok {
			d.wake(false)
		}
		return slot{}, ok
	},
	"cnd_broadcast": func(c *call) (slot, bool) {
		d, ok := cnd(c, 0)
		if ok {
			d.wake(true)
		}
		return slot{}, ok
	},
	"cnd_wait": func(c *call) (slot, bool) {
		d, ok := cnd(c, 0)
		if !ok {
			return slot{}, false
		}
		l, ok := mtx(c, 1)
		if !ok {
			return slot{}, false
		}
		return c11(wait(c, d, l, 0))
	},
	"cnd_timedwait": func(c *call) (slot, bool) {
		d, ok := cnd(c, 0)
		if !ok {
			return slot{}, false
		}
		l, ok := mtx(c, 1)
		if !ok {
			return slot{}, false
		}
		at, valid, ok := deadline(c, 2, false)
		if !ok || !valid {
			return c11(eInvalid, ok)
		}
		return c11(wait(c, d, l, at))
	},
	"tss_create": func(c *call) (slot, bool) { return slot{}, newKey(c) },
	"tss_delete": endKey,
	"tss_get":    getKey,
	"tss_set":    setKey,
}
