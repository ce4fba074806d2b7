package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// randomNumbers is C17 7.22.2 and its like in POSIX. C and POSIX leave the
// sequence of rand and random open: it is that of glibc, so that a program goes
// the way which it goes on Linux. POSIX says what drand48 and its like give.
var randomNumbers = map[string]run.LibFunc{
	"rand":    func(c *call) (slot, bool) { return slot{N: uint64(state(c).rand.next())}, true },
	"random":  func(c *call) (slot, bool) { return slot{N: uint64(state(c).rand.next())}, true },
	"srand":   func(c *call) (slot, bool) { state(c).rand.seed(uint32(arg(c, 0).N)); return slot{}, true },
	"srandom": func(c *call) (slot, bool) { state(c).rand.seed(uint32(arg(c, 0).N)); return slot{}, true },
	"rand_r": func(c *call) (slot, bool) {
		v, ok := c.VM.Load(arg(c, 0), code.U32)
		if !ok {
			return slot{}, false
		}
		x, n := uint32(v.N), uint32(0)
		for _, bits := range []uint32{11, 10, 10} {
			x = x*1103515245 + 12345
			n = n<<10 ^ x>>16&(1<<bits-1)
		}
		return slot{N: uint64(n)}, c.VM.Store(arg(c, 0), code.U32, slot{N: uint64(x)})
	},

	"srand48": func(c *call) (slot, bool) {
		l := &state(c).lcg
		l.mul, l.add, l.x = lcgMul, lcgAdd, arg(c, 0).N&0xffffffff<<16|0x330e
		return slot{}, true
	},
	"lcong48": func(c *call) (slot, bool) {
		w, ok := words48(c, arg(c, 0), 7)
		if ok {
			l := &state(c).lcg
			l.x, l.mul, l.add = word48(w), word48(w[3:]), w[6]
		}
		return slot{}, ok
	},
	"seed48": func(c *call) (slot, bool) {
		w, ok := words48(c, arg(c, 0), 3)
		if !ok {
			return slot{}, false
		}
		l := &state(c).lcg
		old := l.x
		l.mul, l.add, l.x = lcgMul, lcgAdd, word48(w)
		if l.old.Obj == 0 {
			if l.old, ok = own(c, "result of seed48", 6); !ok {
				return slot{}, false
			}
		}
		return l.old, keep48(c, l.old, old)
	},
	"drand48": func(c *call) (slot, bool) { return flt(float64(state(c).lcg.next()) / (1 << 48)) },
	"lrand48": func(c *call) (slot, bool) { return slot{N: state(c).lcg.next() >> 17}, true },
	"mrand48": func(c *call) (slot, bool) { return num(int64(int32(state(c).lcg.next() >> 16))) },
	"erand48": func(c *call) (slot, bool) {
		x, ok := next48(c)
		r, _ := flt(float64(x) / (1 << 48))
		return r, ok
	},
	"nrand48": func(c *call) (slot, bool) {
		x, ok := next48(c)
		return slot{N: x >> 17}, ok
	},
	"jrand48": func(c *call) (slot, bool) {
		x, ok := next48(c)
		r, _ := num(int64(int32(x >> 16)))
		return r, ok
	},
}

// additive is glibc's generator: each number is the sum of the ones 3 and 31
// before it, modulo 2^32, without the lowest bit.
type additive struct {
	last   [31]uint32
	at     int
	seeded bool
}

// seed begins a sequence. C17 7.22.2.2p2: without it, it is that of 1.
func (a *additive) seed(n uint32) {
	if n == 0 {
		n = 1
	}
	x := int64(int32(n))
	for i := range a.last {
		a.last[i] = uint32(x)
		if x = x % 2147483647 * 16807 % 2147483647; x < 0 {
			x += 2147483647
		}
	}
	a.at, a.seeded = 3, true
	for range 310 {
		a.step()
	}
}

func (a *additive) step() uint32 {
	n := a.last[a.at] + a.last[(a.at+28)%31]
	a.last[a.at] = n
	a.at = (a.at + 1) % 31
	return n
}

func (a *additive) next() uint32 {
	if !a.seeded {
		a.seed(1)
	}
	return a.step() >> 1
}

// lcg is the generator of drand48: x' = mul*x + add modulo 2^48.
type lcg struct {
	x, mul, add uint64
	old         slot // what seed48 gives
}

const lcgMul, lcgAdd = 0x5deece66d, 0xb

func (l *lcg) next() uint64 {
	if l.mul == 0 && l.add == 0 {
		l.mul, l.add = lcgMul, lcgAdd
	}
	l.x = (l.mul*l.x + l.add) & (1<<48 - 1)
	return l.x
}

// next48 takes a step from what the caller keeps.
func next48(c *call) (uint64, bool) {
	w, ok := words48(c, arg(c, 0), 3)
	if !ok {
		return 0, false
	}
	l := state(c).lcg
	l.x = word48(w)
	x := l.next()
	return x, keep48(c, arg(c, 0), x)
}

// words48 reads n unsigned shorts.
func words48(c *call, p slot, n int) ([]uint64, bool) {
	w := make([]uint64, n)
	for i := range w {
		v, ok := c.VM.Load(p, code.U16)
		if !ok {
			return nil, false
		}
		w[i] = v.N & 0xffff
		p.N += 2
	}
	return w, true
}

func word48(w []uint64) uint64 { return w[2]<<32 | w[1]<<16 | w[0] }

func keep48(c *call, p slot, x uint64) bool {
	for range 3 {
		if !c.VM.Store(p, code.U16, slot{N: x & 0xffff}) {
			return false
		}
		p.N += 2
		x >>= 16
	}
	return true
}
