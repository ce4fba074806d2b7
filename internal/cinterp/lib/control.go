package lib

import (
	"fmt"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// control is what ends a program or jumps, and the environment.
var control = map[string]run.LibFunc{
	"_exit": func(c *call) (slot, bool) { return slot{}, c.VM.Exit(int(int32(arg(c, 0).N))) },
	"_Exit": func(c *call) (slot, bool) { return slot{}, c.VM.Exit(int(int32(arg(c, 0).N))) },
	"trap":  func(c *call) (slot, bool) { return slot{}, c.VM.Exit(132) },
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
