package lib

import (
	"steward/internal/cinterp/run"
)

// Arithmetic of the interpreter rounds to nearest and raises no exceptions.
// What a program asks of them that would need more ends without a verdict.

const allExcept = 61

// fenv is C17 7.6.
var fenv = map[string]run.LibFunc{
	"fegetround":           constant(0),
	"__steward_flt_rounds": constant(1),
	"fesetround": func(c *call) (slot, bool) {
		switch n := i32(c, 0); n {
		case 0:
			return slot{}, true
		case 0x400, 0x800, 0xc00:
			return slot{}, c.VM.Cannot("a rounding direction other than to nearest is not supported")
		default:
			return slot{N: 1}, true
		}
	},
	"feclearexcept": func(c *call) (slot, bool) {
		if ok := excepts(c, 0); !ok {
			return slot{}, false
		}
		ext(c).raised &^= arg(c, 0).N
		return slot{}, true
	},
	"feraiseexcept": func(c *call) (slot, bool) {
		if ok := excepts(c, 0); !ok {
			return slot{}, false
		}
		ext(c).raised |= arg(c, 0).N & allExcept
		return slot{}, true
	},
}

// excepts checks 7.6.2p2: only exceptions that exist.
func excepts(c *call, i int) bool {
	if n := arg(c, i).N & 0xffffffff; n&^allExcept != 0 {
		return c.VM.Find("fenv-argument", nil, 0, "%s is given %#x, which is no set of exceptions", c.Name, n)
	}
	return true
}
