package lib

import (
	"math"
	"slices"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// wideN reads a wide string of at most n characters, without its null.
func wideN(c *call, p slot, n uint64) ([]uint32, bool) {
	var w []uint32
	if n == 0 {
		return nil, true
	}
	o, off, ok := room(c, p, wcharSize, false)
	if !ok {
		return nil, false
	}
	end := o.Size
	if p.Sub != 0 {
		end = min(end, c.VM.M.Subs[p.Sub].Hi)
	}
	for q := p; uint64(len(w)) < n; q.N += wcharSize {
		if off+uint64(len(w)+1)*wcharSize > end {
			return nil, c.VM.Find("unterminated-string", &q, 1, "%s reads %d wide characters to the end of their array and finds no null", c.Name, len(w))
		}
		v, ok := c.VM.Load(q, code.U32)
		if !ok {
			return nil, false
		}
		if v.N == 0 {
			return w, true
		}
		w = append(w, uint32(v.N))
	}
	return w, true
}

func wideStr(c *call, i int) ([]uint32, bool) { return wideN(c, arg(c, i), math.MaxUint64) }

// putWide writes wide characters.
func putWide(c *call, p slot, w []uint32) bool {
	if len(w) == 0 {
		return true
	}
	if _, _, ok := room(c, p, uint64(len(w))*wcharSize, true); !ok {
		return false
	}
	for _, x := range w {
		if !c.VM.Store(p, code.U32, slot{N: uint64(x)}) {
			return false
		}
		p.N += wcharSize
	}
	return true
}

// wideAt makes a pointer to character i of the first argument.
func wideAt(c *call, i int) slot {
	if i < 0 {
		return slot{}
	}
	p := arg(c, 0)
	p.N += uint64(i) * wcharSize
	return p
}

// asBytes makes a function on n wide characters one on bytes.
func asBytes(name string, n int) run.LibFunc {
	return func(c *call) (slot, bool) {
		d := *c
		d.Args = append([]slot(nil), c.Args...)
		if d.Args[n].N > 1<<60 {
			d.Args[n].N = 1 << 60
		}
		d.Args[n].N *= wcharSize
		return memory[name](&d)
	}
}

func compareWide(a, b []uint32, fold bool) int {
	for i := 0; ; i++ {
		x, y := uint32(0), uint32(0)
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if fold {
			x, y = wlower(x), wlower(y)
		}
		if x != y {
			if int32(x) < int32(y) {
				return -1
			}
			return 1
		}
		if i >= len(a) || i >= len(b) {
			return 0
		}
	}
}

// twoWide reads both arguments up to n characters.
func twoWide(c *call, n uint64) (a, b []uint32, ok bool) {
	if a, ok = wideN(c, arg(c, 0), n); ok {
		b, ok = wideN(c, arg(c, 1), n)
	}
	return a, b, ok
}

func wcompare(counted, fold bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		n := uint64(math.MaxUint64)
		if counted {
			n = arg(c, 2).N
		}
		// Only what comes before the first difference is read.
		p, q := arg(c, 0), arg(c, 1)
		for ; n > 0; n-- {
			if _, _, ok := room(c, p, wcharSize, false); !ok {
				return slot{}, false
			}
			if _, _, ok := room(c, q, wcharSize, false); !ok {
				return slot{}, false
			}
			x, ok := c.VM.Load(p, code.U32)
			if !ok {
				return slot{}, false
			}
			y, ok := c.VM.Load(q, code.U32)
			if !ok {
				return slot{}, false
			}
			if r := compareWide([]uint32{uint32(x.N)}, []uint32{uint32(y.N)}, fold); r != 0 || x.N == 0 {
				return num(int64(r))
			}
			p.N += wcharSize
			q.N += wcharSize
		}
		return slot{}, true
	}
}

// wide is C17 7.29.4 on arrays and copies.
var wide = map[string]run.LibFunc{
	"wmemcpy": asBytes("memcpy", 2), "wmemmove": asBytes("memmove", 2),
	"wmemset": func(c *call) (slot, bool) {
		n := arg(c, 2).N
		if n > 1<<40 {
			n = 1 << 40
		}
		if n > 0 {
			if _, _, ok := room(c, arg(c, 0), n*wcharSize, true); !ok {
				return slot{}, false
			}
		}
		return arg(c, 0), putWide(c, arg(c, 0), slices.Repeat([]uint32{uint32(arg(c, 1).N)}, int(n)))
	},
	"wmemcmp": func(c *call) (slot, bool) {
		a, ok := wideBytes(c, arg(c, 0), arg(c, 2).N)
		if !ok {
			return slot{}, false
		}
		b, ok := wideBytes(c, arg(c, 1), arg(c, 2).N)
		return slot{N: uint64(int64(slices.CompareFunc(a, b, func(x, y uint32) int { return int(int64(int32(x)) - int64(int32(y))) })))}, ok
	},
	"wmemchr": func(c *call) (slot, bool) {
		a, ok := wideBytes(c, arg(c, 0), arg(c, 2).N)
		return wideAt(c, slices.Index(a, uint32(arg(c, 1).N))), ok
	},
	"wcslen": func(c *call) (slot, bool) {
		w, ok := wideStr(c, 0)
		return slot{N: uint64(len(w))}, ok
	},
	"wcsnlen": func(c *call) (slot, bool) {
		w, ok := wideN(c, arg(c, 0), arg(c, 1).N)
		return slot{N: uint64(len(w))}, ok
	},
	"wcscpy": func(c *call) (slot, bool) {
		w, ok := wideStr(c, 1)
		n := uint64(len(w)+1) * wcharSize
		return arg(c, 0), ok && apart(c, arg(c, 0), n, arg(c, 1), n) && putWide(c, arg(c, 0), append(w, 0))
	},
	"wcsncpy": func(c *call) (slot, bool) {
		n := arg(c, 2).N
		w, ok := wideN(c, arg(c, 1), n)
		if !ok || n == 0 {
			return arg(c, 0), ok
		}
		defer sizeSeen(c, n)()
		if _, _, ok := room(c, arg(c, 0), min(n, 1<<60)*wcharSize, true); !ok {
			return slot{}, false
		}
		if !apart(c, arg(c, 0), n*wcharSize, arg(c, 1), uint64(len(w))*wcharSize) {
			return slot{}, false
		}
		return arg(c, 0), putWide(c, arg(c, 0), append(w, make([]uint32, n-uint64(len(w)))...))
	},
	"wcscat":  func(c *call) (slot, bool) { return arg(c, 0), wideAppend(c, math.MaxUint64) },
	"wcsncat": func(c *call) (slot, bool) { return arg(c, 0), wideAppend(c, arg(c, 2).N) },
	"wcscmp":  wcompare(false, false), "wcscoll": wcompare(false, false), "wcsncmp": wcompare(true, false),
	"wcscasecmp": wcompare(false, true), "wcsncasecmp": wcompare(true, true),
	"wcsxfrm": func(c *call) (slot, bool) {
		w, ok := wideStr(c, 1)
		if !ok {
			return slot{}, false
		}
		n := uint64(len(w))
		if arg(c, 2).N > n {
			return slot{N: n}, putWide(c, arg(c, 0), append(w, 0))
		}
		return slot{N: n}, arg(c, 2).N == 0 || unknown(c, arg(c, 0), arg(c, 2).N*wcharSize)
	},
	"wcsdup": func(c *call) (slot, bool) {
		w, ok := wideStr(c, 0)
		if !ok {
			return slot{}, false
		}
		p, ok := alloc(c, uint64(len(w)+1)*wcharSize, 16)
		if !ok || p.N == 0 {
			return p, ok
		}
		return p, putWide(c, p, append(w, 0))
	},
}

// wideBytes reads n wide characters that need no null.
func wideBytes(c *call, p slot, n uint64) ([]uint32, bool) {
	if n == 0 {
		return nil, true
	}
	if _, _, ok := room(c, p, min(n, 1<<60)*wcharSize, false); !ok {
		return nil, false
	}
	w := make([]uint32, n)
	for i := range w {
		v, ok := c.VM.Load(p, code.U32)
		if !ok {
			return nil, false
		}
		w[i] = uint32(v.N)
		p.N += wcharSize
	}
	return w, true
}

func wideAppend(c *call, n uint64) bool {
	d, ok := wideStr(c, 0)
	if !ok {
		return false
	}
	s, ok := wideN(c, arg(c, 1), n)
	if !ok {
		return false
	}
	at := wideAt(c, len(d))
	return apart(c, at, uint64(len(s)+1)*wcharSize, arg(c, 1), uint64(len(s))*wcharSize) && putWide(c, at, append(s, 0))
}

// wideText is C17 7.29.4.5 and the numbers of 7.29.4.1.
var wideText = map[string]run.LibFunc{
	"wcschr": func(c *call) (slot, bool) {
		w, ok := wideStr(c, 0)
		return wideAt(c, slices.Index(append(w, 0), uint32(arg(c, 1).N))), ok
	},
	"wcsrchr": func(c *call) (slot, bool) {
		w, ok := wideStr(c, 0)
		w = append(w, 0)
		for i := len(w) - 1; i >= 0; i-- {
			if w[i] == uint32(arg(c, 1).N) {
				return wideAt(c, i), ok
			}
		}
		return slot{}, ok
	},
	"wcsspn": func(c *call) (slot, bool) {
		a, b, ok := twoWide(c, math.MaxUint64)
		return slot{N: uint64(wspan(a, b, true))}, ok
	},
	"wcscspn": func(c *call) (slot, bool) {
		a, b, ok := twoWide(c, math.MaxUint64)
		return slot{N: uint64(wspan(a, b, false))}, ok
	},
	"wcspbrk": func(c *call) (slot, bool) {
		a, b, ok := twoWide(c, math.MaxUint64)
		n := wspan(a, b, false)
		if n == len(a) {
			return slot{}, ok
		}
		return wideAt(c, n), ok
	},
	"wcsstr": func(c *call) (slot, bool) {
		a, b, ok := twoWide(c, math.MaxUint64)
		for i := 0; ok && i+len(b) <= len(a); i++ {
			if slices.Equal(a[i:i+len(b)], b) {
				return wideAt(c, i), true
			}
		}
		return slot{}, ok
	},
	"wcstok":  wcstok,
	"wcstol":  func(c *call) (slot, bool) { return wideInteger(c, 8*c.VM.LongSize(), true) },
	"wcstoll": func(c *call) (slot, bool) { return wideInteger(c, 64, true) },
	"wcstoul": func(c *call) (slot, bool) { return wideInteger(c, 8*c.VM.LongSize(), false) },
	"wcstoull": func(c *call) (slot, bool) {
		return wideInteger(c, 64, false)
	},
	"wcstoimax": func(c *call) (slot, bool) { return wideInteger(c, 64, true) },
	"wcstoumax": func(c *call) (slot, bool) { return wideInteger(c, 64, false) },
	"wcstod":    func(c *call) (slot, bool) { return wideFloat(c, false) },
	"wcstold":   func(c *call) (slot, bool) { return wideFloat(c, false) },
	"wcstof":    func(c *call) (slot, bool) { return wideFloat(c, true) },
	"wcwidth": func(c *call) (slot, bool) {
		return num(width(uint32(arg(c, 0).N)))
	},
	"wcswidth": func(c *call) (slot, bool) {
		w, ok := wideN(c, arg(c, 0), arg(c, 1).N)
		n := int64(0)
		for _, x := range w {
			if width(x) < 0 {
				return slot{N: eof}, ok
			}
			n += width(x)
		}
		return num(n)
	},
}

func width(w uint32) int64 {
	switch {
	case w == 0:
		return 0
	case w < 32 || w >= 127:
		return -1
	}
	return 1
}

func wspan(a, set []uint32, in bool) int {
	for i, x := range a {
		if slices.Contains(set, x) != in {
			return i
		}
	}
	return len(a)
}

func wcstok(c *call) (slot, bool) {
	p := arg(c, 0)
	if p.N == 0 {
		var ok bool
		if p, ok = c.VM.Load(arg(c, 2), code.TPtr); !ok {
			return slot{}, false
		}
		if !ext(c).left[p.N] {
			return slot{}, c.VM.Find("wcstok-state", ptr(arg(c, 2)), 0, "wcstok is to go on from a pointer that no call of it left")
		}
		if p.N == 0 {
			return slot{}, true
		}
	}
	s, ok := wideN(c, p, math.MaxUint64)
	if !ok {
		return slot{}, false
	}
	set, ok := wideStr(c, 1)
	if !ok {
		return slot{}, false
	}
	skip := wspan(s, set, true)
	s, p.N = s[skip:], p.N+uint64(skip)*wcharSize
	if len(s) == 0 {
		ext(c).left[0] = true
		return slot{}, c.VM.Store(arg(c, 2), code.TPtr, slot{})
	}
	n := wspan(s, set, false)
	next := slot{}
	if n < len(s) {
		next = p
		next.N += uint64(n) * wcharSize
		if !putWide(c, next, []uint32{0}) {
			return slot{}, false
		}
		next.N += wcharSize
	}
	ext(c).left[next.N] = true
	return p, c.VM.Store(arg(c, 2), code.TPtr, next)
}

// narrow gives the ASCII of a wide string; other characters end it as far as
// numbers are concerned.
func narrow(w []uint32) []byte {
	b := make([]byte, len(w))
	for i, x := range w {
		if b[i] = byte(x); x > 127 {
			b[i] = 1
		}
	}
	return b
}

func wideInteger(c *call, bits int, signed bool) (slot, bool) {
	w, ok := wideStr(c, 0)
	if !ok {
		return slot{}, false
	}
	base := i32(c, 2)
	if base < 0 || base == 1 || base > 36 {
		return slot{}, errno(c, 22)
	}
	u, neg, used, over := parseInt(narrow(w), int(base))
	if !setEnd(c, uint64(used)*wcharSize) {
		return slot{}, false
	}
	return clampInt(c, u, neg, over, bits, signed)
}

func wideFloat(c *call, single bool) (slot, bool) {
	w, ok := wideStr(c, 0)
	if !ok {
		return slot{}, false
	}
	d, used, off := floatAt(narrow(w), single)
	if !setEnd(c, uint64(used)*wcharSize) || off && !errno(c, 34) {
		return slot{}, false
	}
	return flt(d)
}

// temporaryText makes an object that a function of the library reads from.
func temporaryText(c *call, b []byte) (slot, func(), bool) {
	p, ok := own(c, "text of "+c.Name, uint64(len(b))+1)
	if !ok || !put(c, p, append(append([]byte(nil), b...), 0)) {
		return p, nil, false
	}
	return p, func() { c.VM.M.End(c.VM.M.Objs[p.Obj], mem.Freed, c.Pos) }, true
}
