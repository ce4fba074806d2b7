package lib

import (
	"bytes"
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// words is what text.go does not have of <string.h> and its extensions.
var words = map[string]run.LibFunc{
	"strxfrm": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 1))
		if !ok {
			return slot{}, false
		}
		n := uint64(len(s)) + 1
		if arg(c, 2).N >= n {
			if !apart(c, arg(c, 0), n, arg(c, 1), n) || !put(c, arg(c, 0), append(append([]byte(nil), s...), 0)) {
				return slot{}, false
			}
		} else if arg(c, 2).N > 0 && !unknown(c, arg(c, 0), arg(c, 2).N) {
			return slot{}, false
		}
		return slot{N: uint64(len(s))}, true
	},
	"stpncpy": func(c *call) (slot, bool) {
		n := arg(c, 2).N
		s, ok := strN(c, arg(c, 1), n)
		if !ok || n == 0 {
			return arg(c, 0), ok
		}
		if _, _, ok := room(c, arg(c, 0), n, true); !ok {
			return slot{}, false
		}
		b := make([]byte, n)
		copy(b, s)
		e := arg(c, 0)
		e.N += uint64(len(s))
		return e, apart(c, arg(c, 0), n, arg(c, 1), uint64(len(s))) && put(c, arg(c, 0), b)
	},
	"memccpy": func(c *call) (slot, bool) {
		d, s, n := arg(c, 0), arg(c, 1), arg(c, 3).N
		for i := uint64(0); i < n; i++ {
			b, ok := bytesOf(c, s, 1)
			if !ok {
				return slot{}, false
			}
			x := b[0]
			if !apart(c, d, 1, s, 1) || !put(c, d, []byte{x}) {
				return slot{}, false
			}
			d.N++
			s.N++
			if x == byte(arg(c, 2).N) {
				return d, true
			}
		}
		return slot{}, true
	},
	"strsep": func(c *call) (slot, bool) {
		p, ok := c.VM.Load(arg(c, 0), code.TPtr)
		if !ok || p.N == 0 {
			return slot{}, ok
		}
		s, ok := str(c, p)
		if !ok {
			return slot{}, false
		}
		d, ok := str(c, arg(c, 1))
		if !ok {
			return slot{}, false
		}
		next := slot{}
		if n := span(s, d, false); n < len(s) {
			next = p
			next.N += uint64(n)
			if !put(c, next, []byte{0}) {
				return slot{}, false
			}
			next.N++
		}
		return p, c.VM.Store(arg(c, 0), code.TPtr, next)
	},
	"strtok": func(c *call) (slot, bool) {
		x := ext(c)
		if arg(c, 0).N == 0 && !x.started {
			return slot{}, c.VM.Find("strtok-null", nil, 0, "the first call of strtok has no string")
		}
		x.started = true
		return token(c, arg(c, 0), arg(c, 1), &state(c).strtok)
	},
	"explicit_bzero": func(c *call) (slot, bool) { return slot{}, fill(c, arg(c, 0), 0, arg(c, 1).N) },
	"bcmp":           func(c *call) (slot, bool) { return memory["memcmp"](c) },
	"memmem": func(c *call) (slot, bool) {
		a, ok := bytesOf(c, arg(c, 0), arg(c, 1).N)
		if !ok {
			return slot{}, false
		}
		b, ok := bytesOf(c, arg(c, 2), arg(c, 3).N)
		if !ok {
			return slot{}, false
		}
		return found(c, bytes.Index(a, b)), true
	},
	"memrchr": func(c *call) (slot, bool) {
		a, ok := bytesOf(c, arg(c, 0), arg(c, 2).N)
		return found(c, bytes.LastIndexByte(a, byte(arg(c, 1).N))), ok
	},
	"rawmemchr": func(c *call) (slot, bool) {
		for p := arg(c, 0); ; p.N++ {
			b, ok := bytesOf(c, p, 1)
			if !ok {
				return slot{}, false
			}
			if b[0] == byte(arg(c, 1).N) {
				return p, true
			}
		}
	},
	"strchrnul": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		i := bytes.IndexByte(s, byte(arg(c, 1).N))
		if i < 0 {
			i = len(s)
		}
		return found(c, i), ok
	},
	"strcasestr": func(c *call) (slot, bool) {
		a, b, ok := two(c)
		return found(c, strings.Index(lowered(a), lowered(b))), ok
	},
	"strverscmp": func(c *call) (slot, bool) {
		a, b, ok := two(c)
		return slot{N: uint64(int64(versions(append(a[:len(a):len(a)], 0), append(b[:len(b):len(b)], 0))))}, ok
	},
	"swab": func(c *call) (slot, bool) {
		n := int64(arg(c, 2).N)
		if n <= 1 {
			return slot{}, true
		}
		b, ok := bytesOf(c, arg(c, 0), uint64(n&^1))
		if !ok {
			return slot{}, false
		}
		b = append([]byte(nil), b...)
		for i := 0; i+1 < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
		return slot{}, apart(c, arg(c, 1), uint64(n), arg(c, 0), uint64(n)) && put(c, arg(c, 1), b)
	},
	"aligned_alloc": func(c *call) (slot, bool) { return aligned(c, arg(c, 0).N, arg(c, 1).N) },
	"memalign":      func(c *call) (slot, bool) { return aligned(c, arg(c, 0).N, arg(c, 1).N) },
	"posix_memalign": func(c *call) (slot, bool) {
		n := arg(c, 1).N
		if n == 0 || n&(n-1) != 0 || n%uint64(c.VM.P.Ptr) != 0 {
			return slot{N: 22}, true
		}
		p, ok := alloc(c, arg(c, 2).N, n)
		if !ok {
			return slot{}, false
		}
		if p.N == 0 {
			return slot{N: 12}, true
		}
		return slot{}, c.VM.Store(arg(c, 0), code.TPtr, p)
	},
	"malloc_usable_size": func(c *call) (slot, bool) {
		if arg(c, 0).N == 0 {
			return slot{}, true
		}
		o, ok := freed(c, arg(c, 0))
		if !ok {
			return slot{}, false
		}
		return slot{N: o.Size}, true
	},
}

func lowered(b []byte) string {
	t := append([]byte(nil), b...)
	for i := range t {
		t[i] = lower(t[i])
	}
	return string(t)
}

// aligned is C17 7.22.3.1: an alignment that is none makes it fail.
func aligned(c *call, align, n uint64) (slot, bool) {
	if align == 0 || align&(align-1) != 0 || align > 1<<30 {
		return slot{}, errno(c, 22)
	}
	return alloc(c, n, align)
}

// unknown takes n bytes their values: the standard says that nothing is known
// about them.
func unknown(c *call, p slot, n uint64) bool {
	o, off, ok := room(c, p, n, true)
	if !ok {
		return false
	}
	for i := range n {
		o.Unset(off + i)
	}
	return true
}

// versions is GNU's strverscmp: numbers are compared as numbers, and those
// with zeros in front as parts of a whole.
func versions(a, b []byte) int {
	i, run, zeros := 0, 0, true
	for ; a[i] == b[i]; i++ {
		switch {
		case a[i] == 0:
			return 0
		case !digits(a[i]):
			run, zeros = i+1, true
		case a[i] != '0':
			zeros = false
		}
	}
	switch {
	case a[run] >= '1' && a[run] <= '9' && b[run] >= '1' && b[run] <= '9':
		j := i
		for ; digits(a[j]); j++ {
			if !digits(b[j]) {
				return 1
			}
		}
		if digits(b[j]) {
			return -1
		}
	case zeros && run < i && (digits(a[i]) || digits(b[i])):
		return int(a[i]-'0') - int(b[i]-'0')
	}
	return int(a[i]) - int(b[i])
}
