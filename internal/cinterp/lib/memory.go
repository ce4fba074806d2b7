package lib

import (
	"bytes"

	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// memory is what allocates, and what works on bytes: C17 7.22.3 and 7.24.
var memory = map[string]run.LibFunc{
	"malloc": func(c *call) (slot, bool) { return alloc(c, arg(c, 0).N, 16) },
	"calloc": func(c *call) (slot, bool) {
		n, size := arg(c, 0).N, arg(c, 1).N
		if size != 0 && n > 1<<47/size {
			return slot{}, errno(c, 12)
		}
		p, ok := alloc(c, n*size, 16)
		if ok && p.Obj != 0 {
			c.VM.M.Objs[p.Obj].SetAll()
			c.VM.M.Objs[p.Obj].ByStore(true)
		}
		return p, ok
	},
	"realloc": realloc,
	"reallocarray": func(c *call) (slot, bool) {
		n, size := arg(c, 1).N, arg(c, 2).N
		if size != 0 && n > 1<<47/size {
			return slot{}, errno(c, 12)
		}
		d := *c
		d.Args = []slot{arg(c, 0), {N: n * size}}
		return realloc(&d)
	},
	"free": func(c *call) (slot, bool) {
		p := arg(c, 0)
		if p.N == 0 {
			return slot{}, true
		}
		o, ok := freed(c, p)
		if ok = ok && c.VM.Touch(p, o.Size, true); ok {
			c.VM.M.End(o, mem.Freed, c.Pos)
		}
		return slot{}, ok
	},
	"alloca": func(c *call) (slot, bool) { return c.VM.Alloca(arg(c, 0).N) },
	"memcpy": func(c *call) (slot, bool) {
		d, s, n := arg(c, 0), arg(c, 1), arg(c, 2).N
		return d, zeroOK(c, n, d, s) && (n == 0 || moved(c, d, s, n, true))
	},
	"mempcpy": func(c *call) (slot, bool) {
		d, s, n := arg(c, 0), arg(c, 1), arg(c, 2).N
		e := d
		e.N += n
		return e, n == 0 || moved(c, d, s, n, true)
	},
	"memmove": func(c *call) (slot, bool) {
		d, s, n := arg(c, 0), arg(c, 1), arg(c, 2).N
		return d, zeroOK(c, n, d, s) && (n == 0 || moved(c, d, s, n, false))
	},
	"bcopy": func(c *call) (slot, bool) {
		n := arg(c, 2).N
		return slot{}, n == 0 || moved(c, arg(c, 1), arg(c, 0), n, false)
	},
	"memset": func(c *call) (slot, bool) { return arg(c, 0), fill(c, arg(c, 0), byte(arg(c, 1).N), arg(c, 2).N) },
	"bzero":  func(c *call) (slot, bool) { return slot{}, fill(c, arg(c, 0), 0, arg(c, 1).N) },
	"memcmp": func(c *call) (slot, bool) {
		n := arg(c, 2).N
		if n == 0 {
			return slot{}, zeroOK(c, n, arg(c, 0), arg(c, 1))
		}
		ao, ai, ok := room(c, arg(c, 0), n, false)
		if !ok {
			return slot{}, false
		}
		bo, bi, ok := room(c, arg(c, 1), n, false)
		if !ok {
			return slot{}, false
		}
		return slot{N: uint64(int64(bytes.Compare(ao.Data[ai:ai+n], bo.Data[bi:bi+n])))}, true
	},
	"memchr": func(c *call) (slot, bool) {
		p, n := arg(c, 0), arg(c, 2).N
		if n == 0 {
			return slot{}, zeroOK(c, n, p, p)
		}
		// Reads as if one after the other, C17 7.24.5.1p2.
		for i := uint64(0); i < n; i++ {
			q := p
			q.N += i
			b, ok := bytesOf(c, q, 1)
			if !ok {
				return slot{}, false
			}
			if len(b) == 1 && b[0] == byte(arg(c, 1).N) {
				return q, true
			}
		}
		return slot{}, true
	},
}

// alloc makes allocated memory; a null pointer when it is too much.
func alloc(c *call, n, align uint64) (slot, bool) {
	s := state(c)
	if s.Allocs++; s.Allocs == s.Fail {
		s.Failed = c.Pos
		return slot{}, errno(c, 12)
	}
	if n > c.VM.Limits.Memory {
		return slot{}, errno(c, 12)
	}
	o := c.VM.M.Alloc(n, align, mem.ClassHeap)
	if o == nil {
		return slot{}, c.VM.Cannot("the limit of %d bytes of memory is reached", c.VM.Limits.Memory)
	}
	o.Made = c.Pos
	o.ByStore(false)
	return slot{N: o.Base, Obj: o.ID}, true
}

// freed checks what is given to free or realloc, C17 7.22.3.3p2.
func freed(c *call, p slot) (*mem.Object, bool) {
	if p.Obj == 0 {
		if p = c.VM.M.Recover(p.N); p.Obj == 0 {
			return nil, c.VM.Find("invalid-free", nil, 0, "%s is given a pointer to no object", c.Name)
		}
	}
	o := c.VM.M.Objs[p.Obj]
	switch {
	case o.Class != mem.ClassHeap:
		return nil, c.VM.Find("invalid-free", &p, 0, "%s is given a pointer that no allocation function returned", c.Name)
	case o.State != mem.Alive:
		return nil, c.VM.Find("double-free", &p, 0, "%s is given memory that was freed", c.Name)
	case p.N != o.Base:
		return nil, c.VM.Find("interior-free", &p, 0, "%s is given a pointer to offset %d of the allocated memory", c.Name, int64(p.N-o.Base))
	}
	return o, true
}

func realloc(c *call) (slot, bool) {
	p, n := arg(c, 0), arg(c, 1).N
	if p.N == 0 {
		return alloc(c, n, 16)
	}
	o, ok := freed(c, p)
	if !ok {
		return slot{}, false
	}
	q, ok := alloc(c, n, 16)
	if !ok || q.Obj == 0 {
		return q, ok
	}
	if k := min(n, o.Size); k > 0 {
		mem.Copy(c.VM.M.Objs[q.Obj], 0, o, 0, k, uint64(c.VM.P.Ptr))
		c.VM.M.Objs[q.Obj].CopiedWith(o)
	}
	c.VM.M.End(o, mem.Freed, c.Pos)
	return q, true
}

// zeroOK notes null pointers given with a length of 0, C17 7.24.1p2.
func zeroOK(c *call, n uint64, ps ...slot) bool {
	for _, p := range ps {
		if n == 0 && p.N == 0 && !c.VM.Find("null-zero-length", nil, 0, "%s is given a null pointer with the length 0", c.Name) {
			return false
		}
	}
	return true
}

// sizeSeen notes that a size is one that was negative, until what it gives is called.
func sizeSeen(c *call, n uint64) func() {
	c.VM.Seen.Huge = n >= 1<<(8*c.VM.P.Ptr-2)
	return func() { c.VM.Seen.Huge = false }
}

// moved copies n bytes, between ranges that must be apart or need not be.
func moved(c *call, d, s slot, n uint64, mustBeApart bool) bool {
	defer sizeSeen(c, n)()
	// The write first: it does the greater harm.
	do, di, ok := room(c, d, n, true)
	if !ok {
		return false
	}
	so, si, ok := room(c, s, n, false)
	if !ok || mustBeApart && !apart(c, d, n, s, n) {
		return false
	}
	mem.Copy(do, di, so, si, n, uint64(c.VM.P.Ptr))
	do.CopiedIn(di, n)
	return true
}

func fill(c *call, p slot, b byte, n uint64) bool {
	if n == 0 {
		return zeroOK(c, n, p)
	}
	done := sizeSeen(c, n)
	o, off, ok := room(c, p, n, true)
	done()
	if !ok {
		return false
	}
	d := o.Data[off : off+n]
	for i := range d {
		d[i] = b
	}
	if n == o.Size {
		if b == 0 {
			o.Zeroed()
		}
		o.SetAll()
	} else {
		o.SetInit(off, n)
	}
	return true
}
