package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// input prepares a stream for reading: C17 7.21.5.3p7 and 7.21.2p4. When it
// cannot be read, its error flag is set and can is false.
func (s *strm) input(c *call) (can, ok bool) {
	if !s.orient(c, -1) {
		return false, false
	}
	s.used = true
	if !s.read {
		s.bad = true
		return false, errno(c, 9)
	}
	if s.last == 'w' && !c.VM.Find("stream-direction", &s.at, 0, "%s reads from a stream right after output, without fflush or a positioning between", c.Name) {
		return false, false
	}
	s.last = 'r'
	return true, true
}

func (s *strm) output(c *call) (can, ok bool) {
	if !s.orient(c, -1) {
		return false, false
	}
	s.used = true
	if !s.write {
		s.bad = true
		return false, errno(c, 9)
	}
	if s.last == 'r' && !s.eof && !c.VM.Find("stream-direction", &s.at, 0, "%s writes to a stream right after input, without a positioning between", c.Name) {
		return false, false
	}
	s.last, s.back = 'w', nil
	return true, true
}

// orient checks the orientation, C17 7.21.2p4; the first operation sets it.
func (s *strm) orient(c *call, way int8) bool {
	if wideNames[c.Name] {
		way = 1
	}
	if s.wide == 0 {
		s.wide = way
	}
	if s.wide != way {
		return c.VM.Find("stream-orientation", &s.at, 0, "%s is used on a stream that is oriented the other way", c.Name)
	}
	return true
}

// next reads a byte; -1 at the end or on an error, whose flag is set.
func (s *strm) next(c *call) (int, bool) {
	if n := len(s.back); n > 0 {
		b := s.back[n-1]
		s.back = s.back[:n-1]
		return int(b), true
	}
	if s.eof {
		return -1, true
	}
	b, e, ok := take(c, s.f, 1)
	switch {
	case !ok:
		return -1, false
	case e != 0:
		s.bad = true
		return -1, errno(c, int(e))
	case len(b) == 0:
		s.eof = true
		return -1, true
	}
	return int(b[0]), true
}

// put1 writes bytes to a stream; EOF on an error.
func (s *strm) put1(c *call, b []byte) (good, ok bool) {
	can, ok := s.output(c)
	if !can {
		return false, ok
	}
	e, ok := give(c, s.f, b)
	if !ok {
		return false, false
	}
	if e != 0 {
		s.bad = true
		return false, errno(c, int(e))
	}
	return true, true
}

const eof = ^uint64(0)

func getChar(c *call, s *strm) (slot, bool) {
	can, ok := s.input(c)
	if !can {
		return slot{N: eof}, ok
	}
	b, ok := s.next(c)
	return slot{N: uint64(int64(b))}, ok
}

func getcOf(c *call) (slot, bool) {
	s, ok := usable(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	return getChar(c, s)
}

func getcStd(c *call) (slot, bool) {
	s, ok := std(c, "stdin")
	if !ok {
		return slot{}, false
	}
	return getChar(c, s)
}

// reading is the input functions of C17 7.21.7 and 7.21.8.
var reading = map[string]run.LibFunc{
	"fgetc": getcOf, "getc": getcOf, "getc_unlocked": getcOf,
	"getchar": getcStd, "getchar_unlocked": getcStd,
	"fgets": fgets,
	"ungetc": func(c *call) (slot, bool) {
		s, ok := usable(c, arg(c, 1))
		if !ok {
			return slot{}, false
		}
		n := i32(c, 0)
		if n == -1 {
			return slot{N: eof}, true
		}
		can, ok := s.input(c)
		if !can {
			return slot{N: eof}, ok
		}
		if len(s.back) >= 64 {
			return slot{N: eof}, true
		}
		s.backAtStart = s.f.std == 0 && s.f.pos == 0
		s.back, s.eof = append(s.back, byte(n)), false
		return slot{N: uint64(byte(n))}, true
	},
	"fread":    fread,
	"getline":  func(c *call) (slot, bool) { return getDelim(c, '\n', arg(c, 2)) },
	"getdelim": func(c *call) (slot, bool) { return getDelim(c, i32(c, 2), arg(c, 3)) },
}

// fgets is C17 7.21.7.2.
func fgets(c *call) (slot, bool) {
	n, to := i32(c, 1), arg(c, 0)
	s, ok := usable(c, arg(c, 2))
	if !ok {
		return slot{}, false
	}
	if n < 0 {
		return slot{}, c.VM.Find("library-argument", nil, 0, "fgets is given room for %d characters", n)
	}
	if n == 0 { // the standard is silent; implementations give a null pointer
		return slot{}, true
	}
	if to.N == 0 {
		return slot{}, c.VM.Find("null-argument", nil, 0, "fgets is given a null pointer")
	}
	can, ok := s.input(c)
	if !can {
		return slot{}, ok
	}
	var b []byte
	for int32(len(b)) < n-1 {
		x, ok := s.next(c)
		if !ok {
			return slot{}, false
		}
		if x < 0 {
			break
		}
		if b = append(b, byte(x)); x == '\n' {
			break
		}
	}
	if len(b) == 0 && n > 1 {
		return slot{}, true
	}
	return to, put(c, to, append(b, 0))
}

// fread is C17 7.21.8.1.
func fread(c *call) (slot, bool) {
	to, size, n := arg(c, 0), arg(c, 1).N, arg(c, 2).N
	s, ok := usable(c, arg(c, 3))
	if !ok || size == 0 || n == 0 {
		return slot{}, ok
	}
	can, ok := s.input(c)
	if !can {
		return slot{}, ok
	}
	if size > 1<<40 || n > 1<<40/size {
		n = 1 << 40 / size
	}
	var b []byte
	for uint64(len(b)) < size*n {
		if len(s.back) > 0 || s.eof {
			x, _ := s.next(c)
			if x < 0 {
				break
			}
			b = append(b, byte(x))
			continue
		}
		more, e, ok := take(c, s.f, int64(size*n-uint64(len(b))))
		if !ok {
			return slot{}, false
		}
		if e != 0 {
			s.bad = true
			if !errno(c, int(e)) {
				return slot{}, false
			}
			break
		}
		if len(more) == 0 {
			s.eof = true
			break
		}
		b = append(b, more...)
	}
	if !put(c, to, b) {
		return slot{}, false
	}
	// A part of an element has no known value, 7.21.8.1p2.
	if part := uint64(len(b)) % size; part != 0 {
		q := to
		q.N += uint64(len(b)) - part
		if o, off, ok := room(c, q, part, true); ok {
			o.Lose(off, part, "indeterminate-contents", "the last element that fread read is not all there, and its value is used")
		}
	}
	return slot{N: uint64(len(b)) / size}, true
}

// getDelim is POSIX's getdelim.
func getDelim(c *call, end int32, stream slot) (slot, bool) {
	s, ok := usable(c, stream)
	if !ok {
		return slot{}, false
	}
	line, ok := c.VM.Load(arg(c, 0), code.TPtr)
	if !ok {
		return slot{}, false
	}
	t := code.U64
	if c.VM.P.Ptr == 4 {
		t = code.U32
	}
	size := slot{}
	if line.N != 0 {
		if size, ok = c.VM.Load(arg(c, 1), t); !ok {
			return slot{}, false
		}
	}
	can, ok := s.input(c)
	if !can {
		return slot{N: eof}, ok
	}
	var b []byte
	for {
		x, ok := s.next(c)
		if !ok {
			return slot{}, false
		}
		if x < 0 {
			break
		}
		if b = append(b, byte(x)); int32(x) == end {
			break
		}
	}
	need := uint64(len(b)) + 1
	if line.N == 0 || size.N < need {
		d := *c
		size.N = max(120, 2*size.N, need)
		d.Args = []slot{line, size}
		if line, ok = realloc(&d); !ok {
			return slot{}, false
		}
		if line.N == 0 {
			return slot{N: eof}, true
		}
		if !c.VM.Store(arg(c, 0), code.TPtr, line) || !c.VM.Store(arg(c, 1), t, size) {
			return slot{}, false
		}
	}
	if len(b) == 0 {
		return slot{N: eof}, true
	}
	return slot{N: uint64(len(b))}, put(c, line, append(b, 0))
}

// emitStream formats to a stream.
func emitStream(c *call, s *strm, f slot, l *list) (slot, bool) {
	b, ok := format(c, f, l)
	if !ok {
		return slot{}, false
	}
	good, ok := s.put1(c, b)
	if !good {
		return slot{N: eof}, ok
	}
	return slot{N: uint64(len(b))}, ok
}

// onStd makes an output function for a standard stream.
func onStd(stream string, do func(c *call, s *strm) (slot, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		s, ok := std(c, stream)
		if !ok {
			return slot{}, false
		}
		return do(c, s)
	}
}

// onStream makes one for the stream that argument i is.
func onStream(i int, do func(c *call, s *strm) (slot, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		s, ok := usable(c, arg(c, i))
		if !ok {
			return slot{}, false
		}
		return do(c, s)
	}
}

func putChar(c *call, s *strm) (slot, bool) {
	b := byte(arg(c, 0).N)
	good, ok := s.put1(c, []byte{b})
	if !good {
		return slot{N: eof}, ok
	}
	return slot{N: uint64(b)}, ok
}

func putString(c *call, s *strm, end string) (slot, bool) {
	b, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	good, ok := s.put1(c, append(b[:len(b):len(b)], end...))
	if !good {
		return slot{N: eof}, ok
	}
	return slot{N: 1}, ok
}

// writing is the output functions of C17 7.21.6 to 7.21.8.
var writing = map[string]run.LibFunc{
	"printf":   onStd("stdout", func(c *call, s *strm) (slot, bool) { return emitStream(c, s, arg(c, 0), direct(c, 1)) }),
	"vprintf":  onStd("stdout", func(c *call, s *strm) (slot, bool) { return emitStream(c, s, arg(c, 0), &list{c: c, va: arg(c, 1)}) }),
	"fprintf":  onStream(0, func(c *call, s *strm) (slot, bool) { return emitStream(c, s, arg(c, 1), direct(c, 2)) }),
	"vfprintf": onStream(0, func(c *call, s *strm) (slot, bool) { return emitStream(c, s, arg(c, 1), &list{c: c, va: arg(c, 2)}) }),
	"dprintf":  onFD(func(c *call, f *file) (slot, bool) { return emitFD(c, f, direct(c, 2)) }),
	"vdprintf": onFD(func(c *call, f *file) (slot, bool) { return emitFD(c, f, &list{c: c, va: arg(c, 2)}) }),
	"putchar":  onStd("stdout", putChar), "putchar_unlocked": onStd("stdout", putChar),
	"fputc": onStream(1, putChar), "putc": onStream(1, putChar), "putc_unlocked": onStream(1, putChar),
	"puts":  onStd("stdout", func(c *call, s *strm) (slot, bool) { return putString(c, s, "\n") }),
	"fputs": onStream(1, func(c *call, s *strm) (slot, bool) { return putString(c, s, "") }),
	"fwrite": onStream(3, func(c *call, s *strm) (slot, bool) {
		size, n := arg(c, 1).N, arg(c, 2).N
		if size == 0 || n == 0 {
			return slot{}, true
		}
		if n > 1<<40/size {
			return slot{}, c.VM.Find("library-overread", ptr(arg(c, 0)), 0, "fwrite is told to write %d elements of %d bytes", n, size)
		}
		b, ok := bytesOf(c, arg(c, 0), size*n)
		if !ok {
			return slot{}, false
		}
		good, ok := s.put1(c, b)
		if !good {
			return slot{}, ok
		}
		return slot{N: n}, ok
	}),
	"asprintf":  func(c *call) (slot, bool) { return allocText(c, direct(c, 2)) },
	"vasprintf": func(c *call) (slot, bool) { return allocText(c, &list{c: c, va: arg(c, 2)}) },
	"sprintf":   func(c *call) (slot, bool) { return intoText(c, ^uint64(0), 1, direct(c, 2)) },
	"vsprintf":  func(c *call) (slot, bool) { return intoText(c, ^uint64(0), 1, &list{c: c, va: arg(c, 2)}) },
	"snprintf":  func(c *call) (slot, bool) { return intoText(c, arg(c, 1).N, 2, direct(c, 3)) },
	"vsnprintf": func(c *call) (slot, bool) { return intoText(c, arg(c, 1).N, 2, &list{c: c, va: arg(c, 3)}) },
}

func ptr(p slot) *slot { return &p }

func emitFD(c *call, f *file, l *list) (slot, bool) {
	b, ok := format(c, arg(c, 1), l)
	if !ok {
		return slot{}, false
	}
	e, ok := give(c, f, b)
	if e != 0 && ok {
		return minus(c, e)
	}
	return slot{N: uint64(len(b))}, ok
}

func allocText(c *call, l *list) (slot, bool) {
	b, ok := format(c, arg(c, 1), l)
	if !ok {
		return slot{}, false
	}
	p, ok := alloc(c, uint64(len(b))+1, 16)
	if !ok {
		return slot{}, false
	}
	if p.N == 0 {
		return minus(c, vfs.Errno(12))
	}
	return slot{N: uint64(len(b))}, put(c, p, append(b, 0)) && c.VM.Store(arg(c, 0), code.TPtr, p)
}

// intoText formats into memory. The format and the strings that it is given
// must not lie where the text goes, C17 7.21.6.5p2 and 7.21.6.6p2.
func intoText(c *call, n uint64, f int, l *list) (slot, bool) {
	l.strings = &[]span2{}
	b, ok := format(c, arg(c, f), l)
	if !ok {
		return slot{}, false
	}
	if n == 0 {
		return slot{N: uint64(len(b))}, true
	}
	w := append([]byte(nil), b[:min(uint64(len(b)), n-1)]...)
	to := arg(c, 0)
	for _, s := range *l.strings {
		if !apart(c, to, uint64(len(w))+1, s.p, s.n) {
			return slot{}, false
		}
	}
	return slot{N: uint64(len(b))}, put(c, to, append(w, 0))
}

// span2 is a string that a conversion read.
type span2 struct {
	p slot
	n uint64
}
