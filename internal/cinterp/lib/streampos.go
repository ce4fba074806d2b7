package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// tell gives the position of a stream; characters pushed back lie before it.
func (s *strm) tell(c *call) (int64, vfs.Errno, bool) {
	if s.f.std != 0 {
		return 0, 29, true
	}
	if s.bin && s.backAtStart && len(s.back) > 0 && s.f.pos == 0 {
		if !c.VM.Find("ungetc-position", &s.at, 0, "%s asks for the position of a binary stream after ungetc at its start", c.Name) {
			return 0, 0, false
		}
	}
	if s.f.app && s.last == 'w' {
		return s.f.pos, 0, true
	}
	return s.f.pos - int64(len(s.back)), 0, true
}

// move is fseek.
func (s *strm) move(c *call, off int64, whence int32) (vfs.Errno, bool) {
	s.used = true
	if s.f.std == 0 && whence == 1 {
		off -= int64(len(s.back))
	}
	if whence < 0 || whence > 2 {
		return vfs.EINVAL, true
	}
	if _, e := ext(c).seek(s.f, off, whence); e != 0 {
		return e, true
	}
	s.back, s.eof, s.last = nil, false, 0
	return 0, true
}

func seekStream(c *call, s *strm) (slot, bool) {
	if off := int64(arg(c, 1).N); s.f.std == 0 && !s.bin && s.memory == nil && off != 0 && (i32(c, 2) != 0 || !s.told[off]) &&
		!c.VM.Find("fseek-text", &s.at, 0, "fseek on a text stream with the offset %d, which ftell did not give for SEEK_SET", off) {
		return slot{}, false
	}
	e, ok := s.move(c, int64(arg(c, 1).N), i32(c, 2))
	if !ok {
		return slot{}, false
	}
	return done(c, e)
}

func tellStream(c *call, s *strm) (slot, bool) {
	n, e, ok := s.tell(c)
	if !ok {
		return slot{}, false
	}
	if e != 0 {
		return minus(c, e)
	}
	if s.told == nil {
		s.told = map[int64]bool{}
	}
	if len(s.told) < 1<<16 {
		s.told[n] = true
	}
	return num(n)
}

// positions is C17 7.21.9 and 7.21.10, and the files' names of 7.21.4.
var positions = map[string]run.LibFunc{
	"fseek": onStream(0, seekStream), "fseeko": onStream(0, seekStream),
	"ftell": onStream(0, tellStream), "ftello": onStream(0, tellStream),
	"rewind": onStream(0, func(c *call, s *strm) (slot, bool) {
		if _, ok := s.move(c, 0, 0); !ok {
			return slot{}, false
		}
		s.bad = false
		return slot{}, true
	}),
	"fgetpos": onStream(0, func(c *call, s *strm) (slot, bool) {
		n, e, ok := s.tell(c)
		if !ok {
			return slot{}, false
		}
		if e != 0 {
			return minus(c, e)
		}
		id := arg(c, 1)
		id.N += 8
		return slot{}, c.VM.Store(arg(c, 1), code.I64, slot{N: uint64(n)}) && c.VM.Store(id, code.U64, slot{N: s.at.N})
	}),
	"fsetpos": onStream(0, func(c *call, s *strm) (slot, bool) {
		n, ok := c.VM.Load(arg(c, 1), code.I64)
		if !ok {
			return slot{}, false
		}
		at := arg(c, 1)
		at.N += 8
		id, ok := c.VM.Load(at, code.U64)
		if !ok {
			return slot{}, false
		}
		// A stream of the same file is as good.
		if from := ext(c).streams[id.N]; from == nil || from != s && from.f.node != s.f.node {
			if !c.VM.Find("fsetpos-value", &s.at, 0, "fsetpos is given a position that fgetpos did not set for this file") {
				return slot{}, false
			}
		}
		e, ok := s.move(c, int64(n.N), 0)
		if !ok {
			return slot{}, false
		}
		return done(c, e)
	}),
	"clearerr": onStream(0, func(_ *call, s *strm) (slot, bool) {
		s.eof, s.bad = false, false
		return slot{}, true
	}),
	"feof":   onStream(0, func(_ *call, s *strm) (slot, bool) { return yes(s.eof) }),
	"ferror": onStream(0, func(_ *call, s *strm) (slot, bool) { return yes(s.bad) }),
	"remove": func(c *call) (slot, bool) {
		p, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		x := ext(c)
		e := x.fs.Unlink(x.cwd, p, false)
		if e == vfs.EISDIR {
			e = x.fs.Unlink(x.cwd, p, true)
		}
		return done(c, e)
	},
	"rename": func(c *call) (slot, bool) {
		from, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		to, ok := name(c, 1)
		if !ok {
			return slot{}, false
		}
		return done(c, ext(c).fs.Rename(ext(c).cwd, from, to))
	},
	"tmpnam": func(c *call) (slot, bool) {
		t := ext(c).tempName("/tmp/fileXXXXXX")
		if to := arg(c, 0); to.N != 0 {
			return to, put(c, to, append([]byte(t), 0))
		}
		return kept(c, "name of tmpnam", t, true)
	},
}
