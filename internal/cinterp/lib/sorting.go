package lib

import (
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// sorting is C17 7.22.5.
var sorting = map[string]run.LibFunc{
	"qsort": func(c *call) (slot, bool) { return sortArray(c, nil) },
	"qsort_r": func(c *call) (slot, bool) {
		return sortArray(c, ptr(arg(c, 4)))
	},
	"bsearch": search,
}

// sorter sorts by the numbers of the elements: the comparison function sees
// the array itself, which stays as it is until the order is known.
type sorter struct {
	c    *call
	base slot
	size uint64
	f    slot
	args []slot // of the comparison
	ok   bool
}

func (s *sorter) at(i uint32) slot {
	p := s.base
	p.N += uint64(i) * s.size
	return p
}

func (s *sorter) compare(a, b uint32) int32 {
	s.args[0], s.args[1] = s.at(a), s.at(b)
	r, ok := s.c.VM.CallPointer(s.f, s.args)
	if !ok {
		s.ok = false
	}
	return int32(r.N)
}

// order gives the sorted order of n elements. Any answers of the comparison
// end, and equal elements stay as they were.
func (s *sorter) order(n uint32) []uint32 {
	a, b := make([]uint32, n), make([]uint32, n)
	for i := range a {
		a[i] = uint32(i)
	}
	for w := uint32(1); w < n; w *= 2 {
		for lo := uint32(0); lo < n; lo += 2 * w {
			i, mid, hi := lo, min(lo+w, n), min(lo+2*w, n)
			j := mid
			for k := lo; k < hi; k++ {
				if i < mid && (j >= hi || s.compare(a[i], a[j]) <= 0) {
					b[k] = a[i]
					i++
				} else {
					b[k] = a[j]
					j++
				}
				if !s.ok {
					return nil
				}
			}
		}
		a, b = b, a
	}
	return a
}

func sign(n int32) int32 {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// consistent asks the comparison about neighbours in both directions: they
// must be in order, and the answers one another's opposites, 7.22.5p4.
func (s *sorter) consistent(p []uint32) bool {
	for i := 1; i < len(p); i++ {
		a := sign(s.compare(p[i-1], p[i]))
		b := sign(s.compare(p[i], p[i-1]))
		if !s.ok {
			return false
		}
		if a > 0 || a != -b {
			return s.c.VM.Find("comparison-inconsistent", ptr(s.at(p[i])), int64(s.size),
				"the comparison of %s says %d for two elements, and %d for the same two the other way round", s.c.Name, a, b)
		}
	}
	return true
}

func sortArray(c *call, more *slot) (slot, bool) {
	base, n, size := arg(c, 0), arg(c, 1).N, arg(c, 2).N
	if n == 0 || size == 0 {
		if n == 0 && base.N == 0 && !c.VM.Find("null-zero-length", nil, 0, "%s is given a null pointer with the length 0", c.Name) {
			return slot{}, false
		}
		return slot{}, true
	}
	if n > c.VM.Limits.Memory/size {
		return slot{}, c.VM.Find("library-overread", &base, 0, "%s is given %d elements of %d bytes", c.Name, n, size)
	}
	o, off, ok := room(c, base, n*size, true)
	if !ok {
		return slot{}, false
	}
	if n > 1<<26 {
		return slot{}, c.VM.Cannot("%s of %d elements is not supported", c.Name, n)
	}
	s := &sorter{c: c, base: base, size: size, f: arg(c, 3), args: make([]slot, 2, 3), ok: true}
	if more != nil {
		s.args = append(s.args, *more)
	}
	guarded := o.Guard == nil && !o.Vol
	if guarded {
		o.W = nil // so that each write is looked at
		o.Guard = &mem.Guard{Lo: off, Hi: off + n*size, Kind: "comparison-modifies", Text: "the comparison of " + c.Name + " changes the array"}
	}
	p := s.order(uint32(n))
	if !s.ok || !s.consistent(p) {
		return slot{}, false
	}
	if guarded && o.State == mem.Alive {
		o.Unwatch(c.VM.P.Big)
	}
	tmp, ok := own(c, "copy made by qsort", n*size)
	if !ok || !moved(c, tmp, base, n*size, false) {
		return slot{}, false
	}
	for i, j := range p {
		from := tmp
		from.N += uint64(j) * size
		if !moved(c, s.at(uint32(i)), from, size, false) {
			return slot{}, false
		}
	}
	c.VM.M.End(c.VM.M.Objs[tmp.Obj], 1, c.Pos)
	return slot{}, true
}

// search is bsearch, C17 7.22.5.1.
func search(c *call) (slot, bool) {
	key, base, n, size := arg(c, 0), arg(c, 1), arg(c, 2).N, arg(c, 3).N
	if n == 0 || size == 0 {
		return slot{}, true
	}
	if n > c.VM.Limits.Memory/size {
		return slot{}, c.VM.Find("library-overread", &base, 0, "bsearch is given %d elements of %d bytes", n, size)
	}
	if _, _, ok := room(c, base, n*size, false); !ok {
		return slot{}, false
	}
	ask := func(i uint64) (slot, int32, bool) {
		p := base
		p.N += i * size
		r, ok := c.VM.CallPointer(arg(c, 4), []slot{key, p})
		return p, int32(r.N), ok
	}
	if !ordered(c, base, n, ask) {
		return slot{}, false
	}
	for lo, hi := uint64(0), n; lo < hi; {
		mid := lo + (hi-lo)/2
		p, r, ok := ask(mid)
		switch {
		case !ok:
			return slot{}, false
		case r == 0:
			return p, true
		case r < 0:
			hi = mid
		default:
			lo = mid + 1
		}
	}
	return slot{}, true
}

// ordered checks that the elements come as 7.22.5.1p2 asks for the key: first
// those that are less, then those that are equal, then those that are greater.
// A small array is looked at each time, a large one when it is first searched.
func ordered(c *call, base slot, n uint64, ask func(uint64) (slot, int32, bool)) bool {
	x := ext(c)
	if n > 4096 || n > 32 && x.sorted[base] {
		return true
	}
	x.sorted[base] = true
	last := int32(1)
	for i := range n {
		p, r, ok := ask(i)
		if !ok {
			return false
		}
		if sign(r) > last {
			return c.VM.Find("bsearch-unsorted", &p, 0, "element %d of the array that bsearch looks in is out of order", i)
		}
		last = sign(r)
	}
	return true
}
