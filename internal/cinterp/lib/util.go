package lib

import (
	"math"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

type (
	slot = mem.Slot
	call = run.Call
)

func state(c *call) *State {
	s, ok := c.VM.State.(*State)
	if !ok {
		s = &State{}
		c.VM.State = s
	}
	return s
}

func num(n int64) (slot, bool)   { return slot{N: uint64(n)}, true }
func flt(d float64) (slot, bool) { return slot{N: math.Float64bits(d)}, true }
func yes(b bool) (slot, bool) {
	if b {
		return slot{N: 1}, true
	}
	return slot{}, true
}

func arg(c *call, i int) slot {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return slot{}
}

func double(c *call, i int) float64 { return math.Float64frombits(arg(c, i).N) }

// room checks that n bytes at p can be read or written by a function.
func room(c *call, p slot, n uint64, write bool) (*mem.Object, uint64, bool) {
	if p.N == 0 {
		return nil, 0, c.VM.Find("null-argument", nil, 0, "%s is given a null pointer", c.Name)
	}
	return c.VM.Access(p, n, 0, write)
}

// bytesOf reads n bytes that must have values.
func bytesOf(c *call, p slot, n uint64) ([]byte, bool) {
	if n == 0 {
		return nil, true
	}
	o, off, ok := room(c, p, n, false)
	if !ok {
		return nil, false
	}
	if at, missing := o.FirstMissing(off, n); missing {
		p.N += at - off
		_, ok := c.VM.Load(p, code.U8)
		return nil, ok
	}
	return o.Data[off : off+n], true
}

// str reads a string, without its null. C17 7.1.1p1.
func str(c *call, p slot) ([]byte, bool) { return strN(c, p, math.MaxUint64) }

// strN reads a string of at most n characters.
func strN(c *call, p slot, n uint64) ([]byte, bool) {
	if n == 0 {
		return nil, true
	}
	o, off, ok := room(c, p, 1, false)
	if !ok {
		return nil, false
	}
	seen := func(to uint64) ([]byte, bool) {
		return o.Data[off:to], c.VM.Touch(p, min(to+1, uint64(len(o.Data)))-off, false)
	}
	end := uint64(len(o.Data))
	if p.Sub != 0 {
		end = min(end, c.VM.M.Subs[p.Sub].Hi)
	}
	for i := off; ; i++ {
		if i-off >= n {
			return seen(i)
		}
		if i >= end {
			q := p
			q.N += i - off
			return nil, c.VM.Find("unterminated-string", &q, 1, "%s reads %d characters of a string to the end of its array and finds no null", c.Name, i-off)
		}
		if o.Init != nil && o.Init[i] == 0 {
			q := p
			q.N += i - off
			_, ok := c.VM.Load(q, code.U8)
			return nil, ok
		}
		if o.Data[i] == 0 {
			return seen(i)
		}
	}
}

// put writes bytes.
func put(c *call, p slot, b []byte) bool {
	if len(b) == 0 {
		return true
	}
	o, off, ok := room(c, p, uint64(len(b)), true)
	if !ok {
		return false
	}
	copy(o.Data[off:], b)
	o.SetInit(off, uint64(len(b)))
	return true
}

// apart checks that a copy's ranges do not overlap.
func apart(c *call, d slot, dn uint64, s slot, sn uint64) bool {
	if d.Obj == s.Obj && d.N < s.N+sn && s.N < d.N+dn && dn > 0 && sn > 0 {
		if d.N == s.N && dn == sn {
			// Compilers make such copies themselves, of structures.
			return c.VM.Find("copy-onto-itself", &d, int64(dn), "%s copies what it is given onto itself", c.Name)
		}
		return c.VM.Find("overlapping-copy", &d, int64(dn), "%s copies between ranges that overlap", c.Name)
	}
	return true
}

// own makes an object that the library keeps.
func own(c *call, name string, size uint64) (slot, bool) {
	o := c.VM.M.Alloc(size, 16, mem.ClassStatic)
	if o == nil {
		return slot{}, c.VM.Cannot("the limit of memory is reached")
	}
	o.Name, o.Type = name, run.LibraryObject
	c.VM.Unwatched(o)
	o.SetAll()
	return slot{N: o.Base, Obj: o.ID}, true
}

// errno sets errno.
func errno(c *call, n int) bool {
	p, ok := errnoPlace(c)
	return ok && c.VM.Store(p, code.I32, slot{N: uint64(n)})
}

func errnoPlace(c *call) (slot, bool) {
	s := state(c)
	id := c.VM.ThreadID()
	if s.errno == nil {
		s.errno = map[int]slot{}
	}
	if _, ok := s.errno[id]; !ok {
		p, ok := own(c, "errno", 4)
		if !ok {
			return p, false
		}
		s.errno[id] = p
	}
	return s.errno[id], true
}
