package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// signals is C17 7.14 and what POSIX has beside it. A signal is delivered when
// it is raised, and nothing else raises one.
var signals = map[string]run.LibFunc{
	"signal": func(c *call) (slot, bool) {
		n, h := i32(c, 0), arg(c, 1)
		if n < 1 || n > 64 || n == 9 || n == 19 {
			r, ok := minus(c, vfs.EINVAL)
			return r, ok
		}
		x := ext(c)
		if x.syncs != nil && x.syncs.started && !c.VM.Find("signal-with-threads", nil, 0, "signal is called in a program that has started threads") {
			return slot{}, false
		}
		if o := c.VM.M.Objs[h.Obj]; h.N > 1 && (o.Class != mem.ClassFunc || o.Base != h.N) &&
			!c.VM.Find("signal-handler-pointer", &h, 0, "signal is given a pointer that points to no function") {
			return slot{}, false
		}
		old := x.signals[n]
		x.signals[n] = h
		return old, true
	},
	"raise": func(c *call) (slot, bool) {
		x := ext(c)
		switch {
		case x.handling > 0 && !c.VM.Find("raise-in-handler", nil, 0, "raise is called by a handler that runs because of raise or abort"),
			x.quickly && !c.VM.Find("signal-in-quick-exit", nil, 0, "a signal is raised while quick_exit runs"):
			return slot{}, false
		}
		x.handling++
		r, ok := raise(c, i32(c, 0))
		x.handling--
		return r, ok
	},
	"kill": func(c *call) (slot, bool) {
		if p := i32(c, 0); p != 4242 && p != 0 {
			return minus(c, 3)
		}
		if i32(c, 1) == 0 {
			return slot{}, true
		}
		return raise(c, i32(c, 1))
	},
	"sigaction": sigaction,
	"sigemptyset": func(c *call) (slot, bool) {
		return slot{}, fill(c, arg(c, 0), 0, sigsetSize(c))
	},
	"sigfillset": func(c *call) (slot, bool) {
		return slot{}, fill(c, arg(c, 0), 0xff, sigsetSize(c))
	},
	"sigaddset":   func(c *call) (slot, bool) { return sigbit(c, func(b, m byte) byte { return b | m }) },
	"sigdelset":   func(c *call) (slot, bool) { return sigbit(c, func(b, m byte) byte { return b &^ m }) },
	"sigismember": func(c *call) (slot, bool) { return sigbit(c, nil) },
}

// sigsetSize is the bytes of a sigset_t: 16 longs.
func sigsetSize(c *call) uint64 { return 16 * uint64(c.VM.LongSize()) }

func sigbit(c *call, f func(b, m byte) byte) (slot, bool) {
	n := i32(c, 1)
	if n < 1 || n > 64 {
		return minus(c, vfs.EINVAL)
	}
	p := arg(c, 0)
	p.N += uint64(n-1) / 8
	b, ok := bytesOf(c, p, 1)
	if !ok {
		return slot{}, false
	}
	m := byte(1) << (uint(n-1) % 8)
	if f == nil {
		return yes(b[0]&m != 0)
	}
	return slot{}, put(c, p, []byte{f(b[0], m)})
}

// raise runs the handler, or does what a signal does without one.
func raise(c *call, n int32) (slot, bool) {
	x := ext(c)
	if n < 1 || n > 64 {
		return minus(c, vfs.EINVAL)
	}
	if bit := uint64(1) << (n - 1); x.mask&bit != 0 && n != 9 && n != 19 {
		x.waiting |= bit
		return slot{}, true
	}
	h := x.signals[n]
	switch {
	case h.N == 1:
		return slot{}, true
	case h.N == 0:
		if n == 17 || n == 18 || n == 23 || n == 28 {
			return slot{}, true
		}
		return slot{}, c.VM.Exit(128 + int(n))
	}
	// The handler stays, as on systems that follow BSD and Linux.
	if x.blocked&(1<<(n-1)) != 0 {
		return slot{}, c.VM.Cannot("raise(%d) in the handler of the same signal is not supported", n)
	}
	x.blocked |= 1 << (n - 1)
	_, ok := c.VM.CallPointer(h, []slot{{N: uint64(n)}})
	x.blocked &^= 1 << (n - 1)
	// 7.14.1.1p3: such a handler has nowhere to return to.
	if ok && (n == 4 || n == 8 || n == 11) {
		return slot{}, c.VM.FindReturned("signal-handler-returns", "the handler of a signal for a computational exception (%d) returns", n)
	}
	return slot{}, ok
}

// sigaction is POSIX's; handlers with three arguments are not supported.
func sigaction(c *call) (slot, bool) {
	n := i32(c, 0)
	if n < 1 || n > 64 || n == 9 || n == 19 {
		return minus(c, vfs.EINVAL)
	}
	x := ext(c)
	was, old := x.signals[n], arg(c, 2)
	if act := arg(c, 1); act.N != 0 {
		s := pointee(c, 1)
		flags, ok := getMember(c, s, act, "sa_flags")
		if !ok {
			return slot{}, false
		}
		if flags.N&4 != 0 || flags.N&0x80000000 != 0 {
			return slot{}, c.VM.Cannot("sigaction with SA_SIGINFO or SA_RESETHAND is not supported")
		}
		h, ok := c.VM.Load(act, code.TPtr) // the handler comes first
		if !ok {
			return slot{}, false
		}
		x.signals[n] = h
	}
	if old.N == 0 {
		return slot{}, true
	}
	s := pointee(c, 2)
	if s == nil {
		return slot{}, c.VM.Cannot("sigaction is called in a way that hides its types")
	}
	return slot{}, fill(c, old, 0, uint64(s.Size())) && c.VM.Store(old, code.TPtr, was)
}
