package lib

import (
	"steward/internal/cinterp/code"
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
	"fegetenv": saveEnv, "feholdexcept": saveEnv, "fesetenv": setEnv, "feupdateenv": setEnv,
	"fegetexceptflag": getFlags, "fesetexceptflag": setFlags,
	"feraiseexcept": func(c *call) (slot, bool) {
		if ok := excepts(c, 0); !ok {
			return slot{}, false
		}
		ext(c).raised |= arg(c, 0).N & allExcept
		return slot{}, true
	},
}

// The environment is kept as the exceptions that are raised, in its first member.
func saveEnv(c *call) (slot, bool) {
	x := ext(c)
	x.env0[arg(c, 0).N] = true
	p := arg(c, 0)
	for i, v := range []uint64{x.raised, 0, 0} {
		q := p
		q.N += uint64(4 * i)
		if !c.VM.Store(q, code.U32, slot{N: v}) {
			return slot{}, false
		}
	}
	if c.Name == "feholdexcept" {
		x.raised = 0
	}
	return slot{}, true
}

// setEnv is fesetenv and feupdateenv: the argument was saved, or is FE_DFL_ENV.
func setEnv(c *call) (slot, bool) {
	x, p := ext(c), arg(c, 0)
	was, v := x.raised, slot{}
	if int64(p.N) != -1 && p.N != 1<<32-1 {
		if !x.env0[p.N] && !c.VM.Find("fenv-argument", &p, 0, "%s is given an environment that was not saved", c.Name) {
			return slot{}, false
		}
		var ok bool
		if v, ok = c.VM.Load(p, code.U32); !ok {
			return slot{}, false
		}
	}
	if x.raised = v.N; c.Name == "feupdateenv" {
		x.raised |= was
	}
	return slot{}, true
}

func getFlags(c *call) (slot, bool) {
	if !excepts(c, 1) {
		return slot{}, false
	}
	x := ext(c)
	x.flags[arg(c, 0).N] = arg(c, 1).N
	return slot{}, c.VM.Store(arg(c, 0), code.U32, slot{N: x.raised & arg(c, 1).N})
}

func setFlags(c *call) (slot, bool) {
	if !excepts(c, 1) {
		return slot{}, false
	}
	x, p, n := ext(c), arg(c, 0), arg(c, 1).N
	if n&^x.flags[p.N] != 0 && !c.VM.Find("fenv-argument", &p, 0, "%s sets flags that fegetexceptflag did not save there", c.Name) {
		return slot{}, false
	}
	v, ok := c.VM.Load(p, code.U32)
	x.raised = x.raised&^n | v.N&n
	return slot{}, ok
}

// excepts checks 7.6.2p2: only exceptions that exist.
func excepts(c *call, i int) bool {
	if n := arg(c, i).N & 0xffffffff; n&^allExcept != 0 {
		return c.VM.Find("fenv-argument", nil, 0, "%s is given %#x, which is no set of exceptions", c.Name, n)
	}
	return true
}
