package lib

import (
	"bytes"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// text is C17 7.24 on strings.
var text = map[string]run.LibFunc{
	"strlen": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		return slot{N: uint64(len(s))}, ok
	},
	"strnlen": func(c *call) (slot, bool) {
		s, ok := strN(c, arg(c, 0), arg(c, 1).N)
		return slot{N: uint64(len(s))}, ok
	},
	"strcpy": func(c *call) (slot, bool) { return arg(c, 0), copyStr(c, arg(c, 0), arg(c, 1)) },
	"stpcpy": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 1))
		e := arg(c, 0)
		e.N += uint64(len(s))
		return e, ok && copyStr(c, arg(c, 0), arg(c, 1))
	},
	"strncpy": func(c *call) (slot, bool) {
		n := arg(c, 2).N
		s, ok := strN(c, arg(c, 1), n)
		if !ok || n == 0 {
			return arg(c, 0), ok
		}
		defer sizeSeen(c, n)()
		if _, _, ok := room(c, arg(c, 0), n, true); !ok {
			return slot{}, false
		}
		b := make([]byte, n)
		copy(b, s)
		return arg(c, 0), apart(c, arg(c, 0), n, arg(c, 1), uint64(len(s))) && put(c, arg(c, 0), b)
	},
	"strcat":  func(c *call) (slot, bool) { return arg(c, 0), appendStr(c, ^uint64(0)) },
	"strncat": func(c *call) (slot, bool) { return arg(c, 0), appendStr(c, arg(c, 2).N) },
	"strcmp":  func(c *call) (slot, bool) { return compare(c, ^uint64(0), false) },
	"strcoll": func(c *call) (slot, bool) { return compare(c, ^uint64(0), false) },
	"strncmp": func(c *call) (slot, bool) { return compare(c, arg(c, 2).N, false) },
	"strcasecmp": func(c *call) (slot, bool) {
		return compare(c, ^uint64(0), true)
	},
	"strncasecmp": func(c *call) (slot, bool) { return compare(c, arg(c, 2).N, true) },
	"strchr": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		return found(c, bytes.IndexByte(append(s[:len(s):len(s)], 0), byte(arg(c, 1).N))), ok
	},
	"index": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		return found(c, bytes.IndexByte(append(s[:len(s):len(s)], 0), byte(arg(c, 1).N))), ok
	},
	"strrchr": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		return found(c, bytes.LastIndexByte(append(s[:len(s):len(s)], 0), byte(arg(c, 1).N))), ok
	},
	"rindex": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		return found(c, bytes.LastIndexByte(append(s[:len(s):len(s)], 0), byte(arg(c, 1).N))), ok
	},
	"strstr": func(c *call) (slot, bool) {
		a, b, ok := two(c)
		return found(c, bytes.Index(a, b)), ok
	},
	"strspn": func(c *call) (slot, bool) {
		a, b, ok := two(c)
		return slot{N: uint64(span(a, b, true))}, ok
	},
	"strcspn": func(c *call) (slot, bool) {
		a, b, ok := two(c)
		return slot{N: uint64(span(a, b, false))}, ok
	},
	"strpbrk": func(c *call) (slot, bool) {
		a, b, ok := two(c)
		n := span(a, b, false)
		if n == len(a) {
			return slot{}, ok
		}
		return found(c, n), ok
	},
	"strdup": func(c *call) (slot, bool) { return dup(c, ^uint64(0)) },
	"strndup": func(c *call) (slot, bool) {
		return dup(c, arg(c, 1).N)
	},
	"strtok_r": func(c *call) (slot, bool) {
		var save slot
		var ok bool
		if arg(c, 0).N == 0 {
			if save, ok = c.VM.Load(arg(c, 2), code.TPtr); !ok {
				return slot{}, false
			}
		}
		r, ok := token(c, arg(c, 0), arg(c, 1), &save)
		return r, ok && c.VM.Store(arg(c, 2), code.TPtr, save)
	},
}

func two(c *call) (a, b []byte, ok bool) {
	if a, ok = str(c, arg(c, 0)); ok {
		b, ok = str(c, arg(c, 1))
	}
	return a, b, ok
}

// found makes a pointer into the first argument; null for -1.
func found(c *call, i int) slot {
	if i < 0 {
		return slot{}
	}
	p := arg(c, 0)
	p.N += uint64(i)
	return p
}

func span(a, set []byte, in bool) int {
	for i, b := range a {
		if bytes.IndexByte(set, b) >= 0 != in {
			return i
		}
	}
	return len(a)
}

func copyStr(c *call, d, s slot) bool {
	b, ok := str(c, s)
	if !ok {
		return false
	}
	b = append(append([]byte(nil), b...), 0)
	if _, _, ok := room(c, d, uint64(len(b)), true); !ok {
		return false
	}
	return apart(c, d, uint64(len(b)), s, uint64(len(b))) && put(c, d, b)
}

func appendStr(c *call, n uint64) bool {
	d, ok := str(c, arg(c, 0))
	if !ok {
		return false
	}
	s, ok := strN(c, arg(c, 1), n)
	if !ok {
		return false
	}
	at := arg(c, 0)
	at.N += uint64(len(d))
	b := append(append([]byte(nil), s...), 0)
	if _, _, ok := room(c, at, uint64(len(b)), true); !ok {
		return false
	}
	return apart(c, at, uint64(len(b)), arg(c, 1), uint64(len(s))) && put(c, at, b)
}

func compare(c *call, n uint64, fold bool) (slot, bool) {
	// Reads no further than the first difference, so it goes step by step.
	a, b := arg(c, 0), arg(c, 1)
	for i := uint64(0); i < n; i++ {
		x, ok := bytesOf(c, a, 1)
		if !ok {
			return slot{}, false
		}
		y, ok := bytesOf(c, b, 1)
		if !ok {
			return slot{}, false
		}
		p, q := x[0], y[0]
		if fold {
			p, q = lower(p), lower(q)
		}
		if p != q || p == 0 {
			return num(int64(p) - int64(q))
		}
		a.N++
		b.N++
	}
	return slot{}, true
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 32
	}
	return b
}

func dup(c *call, n uint64) (slot, bool) {
	s, ok := strN(c, arg(c, 0), n)
	if !ok {
		return slot{}, false
	}
	p, ok := alloc(c, uint64(len(s))+1, 16)
	if !ok || p.Obj == 0 {
		return p, ok
	}
	return p, put(c, p, append(append([]byte(nil), s...), 0))
}

func token(c *call, p, set slot, save *slot) (slot, bool) {
	if p.N == 0 {
		if p = *save; p.N == 0 {
			if c.Name == "strtok" && !state(c).tokens {
				return slot{}, c.VM.Find("strtok-null", nil, 0, "the first call of strtok is given a null pointer")
			}
			return slot{}, true
		}
	}
	state(c).tokens = true
	s, ok := str(c, p)
	if !ok {
		return slot{}, false
	}
	d, ok := str(c, set)
	if !ok {
		return slot{}, false
	}
	skip := span(s, d, true)
	s = s[skip:]
	p.N += uint64(skip)
	if len(s) == 0 {
		*save = slot{}
		return slot{}, true
	}
	n := span(s, d, false)
	end := p
	end.N += uint64(n)
	if n == len(s) {
		*save = slot{}
		return p, true
	}
	if !put(c, end, []byte{0}) {
		return slot{}, false
	}
	end.N++
	*save = end
	return p, true
}
