package lib

import (
	"steward/internal/cinterp/run"
)

// memoryFiles is POSIX's fmemopen for reading: what is in the memory then is
// what the stream has.
var memoryFiles = map[string]run.LibFunc{
	"fmemopen": func(c *call) (slot, bool) {
		flags, bin, ok := mode(c, arg(c, 2))
		if !ok {
			return slot{}, false
		}
		if flags != 0 || arg(c, 0).N == 0 {
			return slot{}, c.VM.Cannot("fmemopen for writing is not supported")
		}
		n := arg(c, 1).N
		if n == 0 {
			return null(c, 22)
		}
		o, off, ok := room(c, arg(c, 0), n, false)
		if !ok {
			return slot{}, false
		}
		if _, missing := o.FirstMissing(off, n); missing {
			return slot{}, c.VM.Cannot("fmemopen of memory that is not all written is not supported")
		}
		node, e := ext(c).fs.File()
		if e == 0 {
			e = ext(c).fs.Write(node, 0, o.Data[off:off+n])
		}
		if e != 0 {
			return null(c, e)
		}
		s, ok := openStream(c, &file{node: node, read: true, refs: 1}, -1, "stream of memory")
		if !ok {
			return slot{}, false
		}
		s.bin = bin
		return s.at, true
	},
	"sigprocmask": func(c *call) (slot, bool) {
		x := ext(c)
		how, set, old := i32(c, 0), arg(c, 1), arg(c, 2)
		was := x.mask
		if set.N != 0 {
			b, ok := bytesOf(c, set, 8)
			if !ok {
				return slot{}, false
			}
			n := uint64(0)
			for i, v := range b {
				n |= uint64(v) << (8 * i)
			}
			switch how {
			case 0:
				x.mask |= n
			case 1:
				x.mask &^= n
			case 2:
				x.mask = n
			default:
				return minus(c, 22)
			}
		}
		if old.N != 0 {
			b := make([]byte, sigsetSize(c))
			for i := range 8 {
				b[i] = byte(was >> (8 * i))
			}
			if !put(c, old, b) {
				return slot{}, false
			}
		}
		return slot{}, x.deliver(c)
	},
}

// deliver raises the signals that waited until they were let through.
func (x *extra) deliver(c *call) bool {
	for n := int32(1); n <= 64; n++ {
		bit := uint64(1) << (n - 1)
		if x.waiting&bit != 0 && x.mask&bit == 0 {
			x.waiting &^= bit
			if _, ok := raise(c, n); !ok {
				return false
			}
		}
	}
	return true
}

// wideArgument reads the argument of a %ls: as ASCII, at most n of it.
func wideArgument(c *call, p slot, n uint64) ([]byte, bool) {
	w, ok := wideN(c, p, n)
	if !ok {
		return nil, false
	}
	for _, x := range w {
		if x > 127 {
			return nil, c.VM.Cannot("%%ls with characters that are not ASCII is not supported")
		}
	}
	return narrow(w), true
}
