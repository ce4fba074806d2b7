package lib

import (
	"math"

	"steward/internal/cinterp/run"
)

// wideClasses are the properties of 7.30.2.2.2, by the number that wctype
// gives them (from 1).
var wideClasses = []struct {
	name string
	is   func(b byte) bool
}{
	{"alnum", alnum}, {"alpha", func(b byte) bool { return upper(b) || lowerCase(b) }}, {"blank", func(b byte) bool { return b == ' ' || b == '\t' }},
	{"cntrl", func(b byte) bool { return b < 32 || b == 127 }}, {"digit", digits}, {"graph", graph}, {"lower", lowerCase},
	{"print", func(b byte) bool { return b == ' ' || graph(b) }}, {"punct", func(b byte) bool { return graph(b) && !alnum(b) }},
	{"space", func(b byte) bool { return space(int(b)) }}, {"upper", upper}, {"xdigit", func(b byte) bool { return digit(b) < 16 }},
}

// wideArg is 7.30.1p1: the argument is a wchar_t or WEOF.
func wideArg(c *call) (uint32, bool) {
	n := uint32(arg(c, 0).N)
	if n > math.MaxInt32 && n != math.MaxUint32 {
		return n, c.VM.Find("ctype-argument", nil, 0, "%s is given %#x, which is neither a wide character nor WEOF", c.Name, n)
	}
	return n, true
}

func wclass(is func(b byte) bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		n, ok := wideArg(c)
		if !ok {
			return slot{}, false
		}
		return yes(n < 128 && is(byte(n)))
	}
}

func wlower(w uint32) uint32 {
	if w < 128 && upper(byte(w)) {
		return w + 32
	}
	return w
}

func wupper(w uint32) uint32 {
	if w < 128 && lowerCase(byte(w)) {
		return w - 32
	}
	return w
}

// wideClass is C17 7.30.
var wideClass = wideClassFunctions()

func wideClassFunctions() map[string]run.LibFunc {
	m := map[string]run.LibFunc{
		"towlower": func(c *call) (slot, bool) { n, ok := wideArg(c); return slot{N: uint64(wlower(n))}, ok },
		"towupper": func(c *call) (slot, bool) { n, ok := wideArg(c); return slot{N: uint64(wupper(n))}, ok },
		"wctype": func(c *call) (slot, bool) {
			n, ok := name(c, 0)
			for i, w := range wideClasses {
				if w.name == n {
					return slot{N: uint64(i) + 1}, ok
				}
			}
			return slot{}, ok
		},
		"iswctype": func(c *call) (slot, bool) {
			i, n := arg(c, 1).N, uint32(arg(c, 0).N)
			if i == 0 || i > uint64(len(wideClasses)) {
				return slot{}, i == 0 || c.VM.Find("library-argument", nil, 0, "iswctype is given a property that wctype did not give")
			}
			return yes(n < 128 && wideClasses[i-1].is(byte(n)))
		},
		"wctrans": func(c *call) (slot, bool) {
			n, ok := name(c, 0)
			return slot{N: map[string]uint64{"tolower": 1, "toupper": 2}[n]}, ok
		},
		"towctrans": func(c *call) (slot, bool) {
			switch w := uint32(arg(c, 0).N); arg(c, 1).N {
			case 1:
				return slot{N: uint64(wlower(w))}, true
			case 2:
				return slot{N: uint64(wupper(w))}, true
			case 0:
				return slot{N: uint64(w)}, true
			}
			return slot{}, c.VM.Find("library-argument", nil, 0, "towctrans is given a mapping that wctrans did not give")
		},
	}
	for _, w := range wideClasses {
		m["isw"+w.name] = wclass(w.is)
	}
	return m
}

// wideNames are the functions of streams that make them wide, 7.21.2p4.
var wideNames = map[string]bool{"fgetwc": true, "getwc": true, "getwchar": true, "fgetws": true, "fputwc": true, "putwc": true, "putwchar": true,
	"fputws": true, "ungetwc": true, "wprintf": true, "fwprintf": true, "vwprintf": true, "vfwprintf": true, "wscanf": true, "fwscanf": true,
	"vwscanf": true, "vfwscanf": true}

// wideIO is C17 7.29.2 and 7.29.3.
var wideIO = map[string]run.LibFunc{
	"fgetwc": onStream(0, getWide), "getwc": onStream(0, getWide), "getwchar": onStd("stdin", getWide),
	"fputwc": onStream(1, putWideChar), "putwc": onStream(1, putWideChar), "putwchar": onStd("stdout", putWideChar),
	"fputws": onStream(1, func(c *call, s *strm) (slot, bool) {
		w, ok := wideStr(c, 0)
		if !ok {
			return slot{}, false
		}
		return putWideText(c, s, w, 1)
	}),
	"fgetws": onStream(2, fgetws),
	"ungetwc": onStream(1, func(c *call, s *strm) (slot, bool) {
		w := uint32(arg(c, 0).N)
		if w > 127 || len(s.back) >= 64 {
			return slot{N: 0xffffffff}, true
		}
		can, ok := s.input(c)
		if !can {
			return slot{N: 0xffffffff}, ok
		}
		s.back, s.eof = append(s.back, byte(w)), false
		return slot{N: uint64(w)}, true
	}),
	"fwide": onStream(0, func(c *call, s *strm) (slot, bool) {
		switch n := i32(c, 1); {
		case s.wide != 0 || n == 0:
		case n > 0:
			s.wide = 1
		default:
			s.wide = -1
		}
		return num(int64(s.wide))
	}),
	"wprintf":   onStd("stdout", func(c *call, s *strm) (slot, bool) { return wideEmit(c, s, arg(c, 0), direct(c, 1)) }),
	"vwprintf":  onStd("stdout", func(c *call, s *strm) (slot, bool) { return wideEmit(c, s, arg(c, 0), &list{c: c, va: arg(c, 1)}) }),
	"fwprintf":  onStream(0, func(c *call, s *strm) (slot, bool) { return wideEmit(c, s, arg(c, 1), direct(c, 2)) }),
	"vfwprintf": onStream(0, func(c *call, s *strm) (slot, bool) { return wideEmit(c, s, arg(c, 1), &list{c: c, va: arg(c, 2)}) }),
	"swprintf":  func(c *call) (slot, bool) { return wideInto(c, direct(c, 3)) },
	"vswprintf": func(c *call) (slot, bool) { return wideInto(c, &list{c: c, va: arg(c, 3)}) },
}

func getWide(c *call, s *strm) (slot, bool) {
	can, ok := s.input(c)
	if !can {
		return slot{N: 0xffffffff}, ok
	}
	b, ok := s.next(c)
	if b < 0 || b > 127 {
		if b > 127 {
			s.bad = true
			ok = ok && errno(c, 84)
		}
		return slot{N: 0xffffffff}, ok
	}
	return slot{N: uint64(b)}, ok
}

func putWideChar(c *call, s *strm) (slot, bool) {
	w := uint32(arg(c, 0).N)
	r, ok := putWideText(c, s, []uint32{w}, uint64(w))
	if r.N == eof {
		r.N = 0xffffffff
	}
	return r, ok
}

// putWideText writes wide characters to a stream; r is the answer if it went.
func putWideText(c *call, s *strm, w []uint32, r uint64) (slot, bool) {
	for i, x := range w {
		if x > 127 {
			if _, ok := s.put1(c, narrow(w[:i])); !ok {
				return slot{}, false
			}
			s.bad = true
			return slot{N: eof}, errno(c, 84)
		}
	}
	good, ok := s.put1(c, narrow(w))
	if !good {
		return slot{N: eof}, ok
	}
	return slot{N: r}, ok
}

func fgetws(c *call, s *strm) (slot, bool) {
	n := i32(c, 1)
	if n <= 0 {
		return slot{}, true
	}
	can, ok := s.input(c)
	if !can {
		return slot{}, ok
	}
	var w []uint32
	for int32(len(w)) < n-1 {
		x, ok := s.next(c)
		if !ok {
			return slot{}, false
		}
		if x > 127 {
			s.bad = true
			return slot{}, errno(c, 84)
		}
		if x < 0 {
			break
		}
		if w = append(w, uint32(x)); x == '\n' {
			break
		}
	}
	if len(w) == 0 && n > 1 {
		return slot{}, true
	}
	return arg(c, 0), putWide(c, arg(c, 0), append(w, 0))
}

// wideFormat follows a wide format as far as it is one of ASCII; its %s takes
// bytes, as 7.29.2.1p8 has it.
func wideFormat(c *call, f slot, l *list) ([]byte, bool) {
	w, ok := wideN(c, f, ^uint64(0))
	if !ok {
		return nil, false
	}
	for _, x := range w {
		if x > 127 {
			return nil, c.VM.Cannot("%s with a format that is not ASCII is not supported", c.Name)
		}
	}
	p, end, ok := temporaryText(c, narrow(w))
	if !ok {
		return nil, false
	}
	defer end()
	l.wide = f
	return format(c, p, l)
}

func wideEmit(c *call, s *strm, f slot, l *list) (slot, bool) {
	b, ok := wideFormat(c, f, l)
	if !ok {
		return slot{}, false
	}
	return putWideText(c, s, widened(b), uint64(len(b)))
}

func widened(b []byte) []uint32 {
	w := make([]uint32, len(b))
	for i, x := range b {
		w[i] = uint32(x)
	}
	return w
}

// wideInto is swprintf: what does not fit makes it fail, 7.29.2.3p3.
func wideInto(c *call, l *list) (slot, bool) {
	n := arg(c, 1).N
	b, ok := wideFormat(c, arg(c, 2), l)
	if !ok {
		return slot{}, false
	}
	if n == 0 {
		return slot{N: eof}, true
	}
	w := widened(b)
	if uint64(len(w)) >= n {
		return slot{N: eof}, putWide(c, arg(c, 0), append(w[:n-1:n-1], 0))
	}
	return slot{N: uint64(len(b))}, putWide(c, arg(c, 0), append(w, 0))
}
