package lib

import (
	"fmt"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// control is what ends a program or jumps, and the environment.
var control = map[string]run.LibFunc{
	"exit":       func(c *call) (slot, bool) { return exit(c) },
	"_exit":      func(c *call) (slot, bool) { return slot{}, c.VM.Exit(int(int32(arg(c, 0).N))) },
	"_Exit":      func(c *call) (slot, bool) { return slot{}, c.VM.Exit(int(int32(arg(c, 0).N))) },
	"quick_exit": func(c *call) (slot, bool) { return slot{}, c.VM.Exit(int(int32(arg(c, 0).N))) },
	"abort":      func(c *call) (slot, bool) { return slot{}, c.VM.Exit(134) },
	"trap":       func(c *call) (slot, bool) { return slot{}, c.VM.Exit(132) },
	"atexit": func(c *call) (slot, bool) {
		s := state(c)
		s.atexit = append(s.atexit, arg(c, 0))
		return slot{}, true
	},
	"__steward_assert": func(c *call) (slot, bool) {
		e, _ := str(c, arg(c, 0))
		f, _ := str(c, arg(c, 1))
		write(c, 2, []byte(fmt.Sprintf("%s:%d: assertion failed: %s\n", f, int32(arg(c, 2).N), e)))
		return slot{}, c.VM.Exit(134)
	},
	"__steward_errno": errnoPlace,
	"setjmp":          setjmp, "_setjmp": setjmp, "sigsetjmp": setjmp,
	"longjmp": longjmp, "_longjmp": longjmp, "siglongjmp": longjmp,
	"getenv": func(c *call) (slot, bool) {
		n, ok := str(c, arg(c, 0))
		if !ok {
			return slot{}, false
		}
		for _, e := range state(c).Environ {
			if len(e) > len(n) && e[:len(n)] == string(n) && e[len(n)] == '=' {
				v := e[len(n)+1:]
				p, ok := own(c, "environment", uint64(len(v))+1)
				return p, ok && put(c, p, append([]byte(v), 0))
			}
		}
		return slot{}, true
	},
	"time": func(c *call) (slot, bool) {
		const now = 1700000000 // the clock stands still
		if p := arg(c, 0); p.N != 0 && !c.VM.Store(p, code.I64, slot{N: now}) {
			return slot{}, false
		}
		return slot{N: now}, true
	},
	"clock": func(*call) (slot, bool) { return slot{}, true },
	"qsort": qsort,
	"bsearch": func(c *call) (slot, bool) {
		lo, hi, size := uint64(0), arg(c, 2).N, arg(c, 3).N
		for lo < hi {
			mid := (lo + hi) / 2
			p := arg(c, 1)
			p.N += mid * size
			r, ok := c.VM.CallPointer(arg(c, 4), []slot{arg(c, 0), p})
			if !ok {
				return slot{}, false
			}
			switch n := int32(r.N); {
			case n == 0:
				return p, true
			case n < 0:
				hi = mid
			default:
				lo = mid + 1
			}
		}
		return slot{}, true
	},
}

func exit(c *call) (slot, bool) {
	status := int(int32(arg(c, 0).N))
	s := state(c)
	if s.exiting {
		return slot{}, c.VM.Find("exit-twice", nil, 0, "exit is called while the program ends")
	}
	s.exiting = true
	for len(s.atexit) > 0 {
		f := s.atexit[len(s.atexit)-1]
		s.atexit = s.atexit[:len(s.atexit)-1]
		if _, ok := c.VM.CallPointer(f, nil); !ok {
			return slot{}, false
		}
	}
	return slot{}, c.VM.Exit(status)
}

func setjmp(c *call) (slot, bool) {
	id := c.VM.SetJump(arg(c, 0).N)
	return slot{}, c.VM.Store(arg(c, 0), code.U64, slot{N: id})
}

func longjmp(c *call) (slot, bool) {
	id, ok := c.VM.Load(arg(c, 0), code.U64)
	if !ok {
		return slot{}, false
	}
	v := uint64(int64(int32(arg(c, 1).N)))
	if v == 0 {
		v = 1
	}
	if x := ext(c); x.ending && c.VM.JumpDepth(id.N) <= x.endDepth {
		return slot{}, c.VM.Find("longjmp-from-exit", nil, 0, "longjmp leaves a function that exit called")
	}
	return slot{}, c.VM.LongJump(id.N, v)
}

// qsort sorts by merging, so that any answers of the comparison end.
func qsort(c *call) (slot, bool) {
	base, n, size := arg(c, 0), arg(c, 1).N, arg(c, 2).N
	if n == 0 || size == 0 {
		return slot{}, zeroOK(c, 0, base)
	}
	if n > c.VM.Limits.Memory/size {
		return slot{}, c.VM.Find("library-overread", &base, 0, "qsort is given %d elements of %d bytes", n, size)
	}
	if _, _, ok := room(c, base, n*size, true); !ok {
		return slot{}, false
	}
	tmp, ok := own(c, "copy made by qsort", n*size)
	if !ok {
		return slot{}, false
	}
	at := func(p slot, i uint64) slot { p.N += i * size; return p }
	for w := uint64(1); w < n; w *= 2 {
		for lo := uint64(0); lo < n; lo += 2 * w {
			i, mid, hi := lo, min(lo+w, n), min(lo+2*w, n)
			j := mid
			for k := lo; k < hi; k++ {
				left := j >= hi
				if !left && i < mid {
					r, ok := c.VM.CallPointer(arg(c, 3), []slot{at(base, i), at(base, j)})
					if !ok {
						return slot{}, false
					}
					left = int32(r.N) <= 0
				}
				from := j
				if left {
					from = i
					i++
				} else {
					j++
				}
				if !move(c, at(tmp, k), at(base, from), size) {
					return slot{}, false
				}
			}
		}
		if !move(c, base, tmp, n*size) {
			return slot{}, false
		}
	}
	c.VM.M.End(c.VM.M.Objs[tmp.Obj], 1, c.Pos)
	return slot{}, true
}
