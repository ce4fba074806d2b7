package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// The locale is "C", and its multibyte characters are the 128 of ASCII: other
// bytes are no characters, as C libraries on Linux have it.

const wcharSize = 4

// ascii reads one multibyte character of at most n bytes: how many bytes it
// has, 0 for the null character; -1 it is none, -2 there are no bytes.
func ascii(c *call, p slot, n uint64) (b byte, used int64, ok bool) {
	if n == 0 {
		return 0, -2, true
	}
	x, ok := bytesOf(c, p, 1)
	if !ok {
		return 0, 0, false
	}
	switch {
	case x[0] == 0:
		return 0, 0, true
	case x[0] > 127:
		return x[0], -1, errno(c, 84)
	}
	return x[0], 1, true
}

// sized gives a count that may be negative as a size_t.
func sized(c *call, n int64) (slot, bool) { return word(c, uint64(n)), true }

func toWide(c *call) (slot, bool) {
	if arg(c, 1).N == 0 {
		return slot{}, true // no shift states
	}
	b, n, ok := ascii(c, arg(c, 1), arg(c, 2).N)
	if !ok || n < 0 {
		return slot{N: eof}, ok
	}
	if arg(c, 0).N != 0 && !c.VM.Store(arg(c, 0), code.I32, slot{N: uint64(b)}) {
		return slot{}, false
	}
	return num(n)
}

// restartable is mbrtowc and its kin: at is the argument with the bytes.
func restartable(c *call, to, from slot, n uint64, t code.T) (slot, bool) {
	if from.N == 0 {
		return slot{}, true
	}
	b, used, ok := ascii(c, from, n)
	if !ok {
		return slot{}, false
	}
	if used >= 0 && to.N != 0 && !c.VM.Store(to, t, slot{N: uint64(b)}) {
		return slot{}, false
	}
	return sized(c, used)
}

// fromWide is wcrtomb, wctomb and their kin; wide characters beyond ASCII are
// no characters of this locale.
func fromWide(c *call, to slot, w uint64) (slot, bool) {
	if uint32(w) > 127 {
		if !errno(c, 84) {
			return slot{}, false
		}
		return sized(c, -1)
	}
	return slot{N: 1}, put(c, to, []byte{byte(w)})
}

var multibyte = map[string]run.LibFunc{
	"mblen": func(c *call) (slot, bool) {
		if arg(c, 0).N == 0 {
			return slot{}, true
		}
		_, n, ok := ascii(c, arg(c, 0), arg(c, 1).N)
		return slot{N: uint64(max(n, -1))}, ok
	},
	"mbtowc": toWide,
	"wctomb": func(c *call) (slot, bool) {
		if arg(c, 0).N == 0 {
			return slot{}, true
		}
		r, ok := fromWide(c, arg(c, 0), arg(c, 1).N)
		return slot{N: uint64(int64(int32(r.N)))}, ok
	},
	"mbstowcs": func(c *call) (slot, bool) { return manyToWide(c, arg(c, 0), arg(c, 1), arg(c, 2).N, nil) },
	"wcstombs": func(c *call) (slot, bool) { return manyFromWide(c, arg(c, 0), arg(c, 1), arg(c, 2).N, nil) },
	"mbsrtowcs": func(c *call) (slot, bool) {
		p, ok := c.VM.Load(arg(c, 1), code.TPtr)
		if !ok {
			return slot{}, false
		}
		return manyToWide(c, arg(c, 0), p, arg(c, 2).N, ptr(arg(c, 1)))
	},
	"wcsrtombs": func(c *call) (slot, bool) {
		p, ok := c.VM.Load(arg(c, 1), code.TPtr)
		if !ok {
			return slot{}, false
		}
		return manyFromWide(c, arg(c, 0), p, arg(c, 2).N, ptr(arg(c, 1)))
	},
	"mbsinit": func(*call) (slot, bool) { return slot{N: 1}, true },
	"mbrlen":  func(c *call) (slot, bool) { return restartable(c, slot{}, arg(c, 0), arg(c, 1).N, code.I32) },
	"mbrtowc": func(c *call) (slot, bool) { return restartable(c, arg(c, 0), arg(c, 1), arg(c, 2).N, code.I32) },
	"mbrtoc16": func(c *call) (slot, bool) {
		return restartable(c, arg(c, 0), arg(c, 1), arg(c, 2).N, code.U16)
	},
	"mbrtoc32": func(c *call) (slot, bool) {
		return restartable(c, arg(c, 0), arg(c, 1), arg(c, 2).N, code.U32)
	},
	"wcrtomb": wcrtomb, "c16rtomb": wcrtomb, "c32rtomb": wcrtomb,
	"btowc": func(c *call) (slot, bool) {
		if n := i32(c, 0); n >= 0 && n < 128 {
			return num(int64(n))
		}
		return slot{N: 0xffffffff}, true
	},
	"wctob": func(c *call) (slot, bool) {
		if n := uint32(arg(c, 0).N); n < 128 {
			return num(int64(n))
		}
		return slot{N: eof}, true
	},
}

func wcrtomb(c *call) (slot, bool) {
	if arg(c, 0).N == 0 {
		return slot{N: 1}, true
	}
	return fromWide(c, arg(c, 0), arg(c, 1).N)
}

// manyToWide converts a string. at is where the pointer behind what was read
// goes, when it goes somewhere.
func manyToWide(c *call, to, from slot, n uint64, at *slot) (slot, bool) {
	s, ok := strN(c, from, n)
	if to.N == 0 {
		s, ok = str(c, from)
		n = uint64(len(s)) + 1
	}
	if !ok {
		return slot{}, false
	}
	s = append([]byte(nil), s...)
	w := make([]uint32, 0, len(s)+1)
	for i, b := range s {
		if b > 127 {
			if at != nil && to.N != 0 {
				from.N += uint64(i)
				if !putWide(c, to, w) || !c.VM.Store(*at, code.TPtr, from) {
					return slot{}, false
				}
			}
			r, _ := sized(c, -1)
			return r, errno(c, 84)
		}
		w = append(w, uint32(b))
	}
	count := uint64(len(w))
	if to.N == 0 {
		return slot{N: count}, true
	}
	if count < n {
		w = append(w, 0)
	}
	if at != nil {
		end := from
		end.N += count
		if count < n {
			end = slot{}
		}
		if !c.VM.Store(*at, code.TPtr, end) {
			return slot{}, false
		}
	}
	return slot{N: count}, putWide(c, to, w)
}

func manyFromWide(c *call, to, from slot, n uint64, at *slot) (slot, bool) {
	most := n
	if to.N == 0 {
		most = ^uint64(0)
	}
	w, ok := wideN(c, from, most)
	if !ok {
		return slot{}, false
	}
	b := make([]byte, 0, len(w)+1)
	for _, x := range w {
		if x > 127 {
			if to.N != 0 && !put(c, to, b) {
				return slot{}, false
			}
			r, _ := sized(c, -1)
			return r, errno(c, 84)
		}
		b = append(b, byte(x))
	}
	count := uint64(len(b))
	if to.N == 0 {
		return slot{N: count}, true
	}
	if count < n {
		b = append(b, 0)
	}
	if at != nil {
		end := from
		end.N += wcharSize * count
		if count < n {
			end = slot{}
		}
		if !c.VM.Store(*at, code.TPtr, end) {
			return slot{}, false
		}
	}
	return slot{N: count}, put(c, to, b)
}
