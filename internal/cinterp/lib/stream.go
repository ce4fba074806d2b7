package lib

import (
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// strm is a stream, C17 7.21.2. Nothing is buffered: what is written is there
// at once, and what is read is not read ahead.
type strm struct {
	at          slot // the FILE
	fd          int32
	f           *file
	read, write bool
	bin         bool
	eof, bad    bool
	closed      bool
	used        bool // an operation took place
	last        byte // r or w: the last operation was input or output
	back        []byte
	backAtStart bool // ungetc on a binary stream at its start, 7.21.7.10p5
	wide        int8 // -1 bytes, 1 wide
	memory      *memory2
	told        map[int64]bool // positions that ftell gave
	room        slot           // what setvbuf gave the stream
	roomSize    uint64
}

// memory2 is what open_memstream and fmemopen write to.
type memory2 struct {
	to, size slot
	buf      slot
	room     uint64
}

// openStream makes a FILE for a description.
func openStream(c *call, f *file, fd int32, name string) (*strm, bool) {
	p, ok := own(c, name, 16)
	if !ok {
		return nil, false
	}
	c.VM.M.Objs[p.Obj].Made = c.Pos
	s := &strm{at: p, fd: fd, f: f, read: f.read, write: f.write}
	ext(c).streams[p.N] = s
	return s, true
}

// standard makes the three streams that every program has.
func standard(c *call) bool {
	x := ext(c)
	for fd, name := range []string{"stdin", "stdout", "stderr"} {
		v, has := c.VM.StaticNamed(name)
		s, ok := openStream(c, x.fds[fd], int32(fd), name)
		if !ok {
			return false
		}
		x.kept[name] = s.at
		if has && !c.VM.Store(v, code.TPtr, s.at) {
			return false
		}
	}
	return true
}

// usable finds the stream of a FILE pointer and checks that it is open.
func usable(c *call, p slot) (*strm, bool) {
	if p.N == 0 {
		return nil, c.VM.Find("null-argument", nil, 0, "%s is given a null pointer as its stream", c.Name)
	}
	s := ext(c).streams[p.N]
	if s == nil {
		return nil, c.VM.Find("library-argument", &p, 0, "%s is given a pointer that is no stream", c.Name)
	}
	if s.closed {
		return nil, c.VM.Find("closed-stream", &s.at, 0, "%s is given a stream that was closed", c.Name)
	}
	return s, true
}

// std gives a standard stream, by its name.
func std(c *call, name string) (*strm, bool) {
	if _, ok := ext(c).kept[name]; !ok && !standard(c) {
		return nil, false
	}
	p := ext(c).kept[name]
	if v, ok := c.VM.StaticNamed(name); ok {
		if q, ok := c.VM.Load(v, code.TPtr); ok && q.N != 0 {
			p = q // POSIX systems let a program assign to it
		}
	}
	return usable(c, p)
}

// mode reads the mode of fopen, C17 7.21.5.3p3: the flags of open.
func mode(c *call, p slot) (flags int, bin, ok bool) {
	b, ok := str(c, p)
	if !ok {
		return 0, false, false
	}
	m := string(b)
	switch {
	case strings.HasPrefix(m, "r"):
	case strings.HasPrefix(m, "w"):
		flags = 1 | oCreat | oTrunc
	case strings.HasPrefix(m, "a"):
		flags = 1 | oCreat | oApp
	default:
		return 0, false, c.VM.Find("fopen-mode", nil, 0, "%s is given the mode %q, which is none", c.Name, m)
	}
	rest := m[1:]
	for _, r := range rest {
		switch r {
		case '+':
			flags = flags&^3 | 2
		case 'b':
			bin = true
		case 'x':
			flags |= oExcl
		case 'e', 'c', 'm', 't':
			// POSIX's, and extensions that change nothing here.
		default:
			if !c.VM.Find("fopen-mode", nil, 0, "%s is given the mode %q, which is none", c.Name, m) {
				return 0, false, false
			}
		}
	}
	return flags, bin, true
}

// opening is C17 7.21.4 and 7.21.5, and POSIX's ways to a stream.
var opening = map[string]run.LibFunc{
	"fopen":   func(c *call) (slot, bool) { return fopen(c) },
	"freopen": freopen,
	"fclose": func(c *call) (slot, bool) {
		s, ok := usable(c, arg(c, 0))
		if !ok {
			return slot{}, false
		}
		if s.memory != nil && !syncMemory(c, s) {
			return slot{}, false
		}
		shut(c, s)
		return slot{}, true
	},
	"fdopen": func(c *call) (slot, bool) {
		flags, bin, ok := mode(c, arg(c, 1))
		if !ok {
			return slot{}, false
		}
		f := ext(c).at(i32(c, 0))
		if f == nil {
			return null(c, 9)
		}
		if flags&3 != 1 && !f.read || flags&3 != 0 && !f.write {
			return null(c, vfs.EINVAL)
		}
		s, ok := openStream(c, f, i32(c, 0), "stream of a descriptor")
		if !ok {
			return slot{}, false
		}
		s.bin, s.read, s.write = bin, flags&3 != 1, flags&3 != 0
		f.app = f.app || flags&oApp != 0
		return s.at, true
	},
	"fileno": func(c *call) (slot, bool) {
		s, ok := usable(c, arg(c, 0))
		if !ok {
			return slot{}, false
		}
		if s.fd < 0 {
			return minus(c, 9)
		}
		return num(int64(s.fd))
	},
	"tmpfile": func(c *call) (slot, bool) {
		n, e := ext(c).fs.File()
		if e != 0 {
			return null(c, e)
		}
		f := &file{node: n, read: true, write: true}
		fd := ext(c).number(f, 0)
		if fd < 0 {
			return null(c, 24)
		}
		s, ok := openStream(c, f, int32(fd), "stream of tmpfile")
		if ok {
			s.bin = true
			return s.at, true
		}
		return slot{}, false
	},
	"fflush": func(c *call) (slot, bool) {
		if arg(c, 0).N == 0 {
			return slot{}, true
		}
		s, ok := usable(c, arg(c, 0))
		if !ok {
			return slot{}, false
		}
		// On a file POSIX defines it, and what it does is what C programs expect.
		if s.last == 'r' || !s.write {
			if !c.VM.Find("fflush-input", &s.at, 0, "fflush is given a stream whose last operation was input") {
				return slot{}, false
			}
		}
		s.last = 0
		return slot{}, s.memory == nil || syncMemory(c, s)
	},
	"setvbuf": func(c *call) (slot, bool) {
		m := i32(c, 2)
		if m < 0 || m > 2 {
			return slot{N: ^uint64(0)}, true
		}
		return slot{}, buffer(c, arg(c, 1), arg(c, 3).N)
	},
	"setbuf":     func(c *call) (slot, bool) { return slot{}, buffer(c, arg(c, 1), 8192) },
	"setbuffer":  func(c *call) (slot, bool) { return slot{}, buffer(c, arg(c, 1), arg(c, 2).N) },
	"setlinebuf": func(c *call) (slot, bool) { return slot{}, buffer(c, slot{}, 0) },
	"flockfile":  func(c *call) (slot, bool) { _, ok := usable(c, arg(c, 0)); return slot{}, ok },
	"funlockfile": func(c *call) (slot, bool) {
		_, ok := usable(c, arg(c, 0))
		return slot{}, ok
	},
	"open_memstream": memStream,
}

// shut closes a stream. Its FILE ends, so that a report can say where.
func shut(c *call, s *strm) {
	if s.fd >= 0 && ext(c).at(s.fd) != nil {
		ext(c).closeFD(s.fd)
	}
	s.closed = true
	giveBack(c, s)
	if o := c.VM.M.Objs[s.at.Obj]; o.State == mem.Alive {
		c.VM.M.End(o, mem.Freed, c.Pos)
	}
}

// buffer is setvbuf, C17 7.21.5.6: the room must be there, and it comes first.
func buffer(c *call, buf slot, n uint64) bool {
	s, ok := usable(c, arg(c, 0))
	if !ok {
		return false
	}
	if s.used && !c.VM.Find("setvbuf-late", &s.at, 0, "%s is called after another operation on the stream", c.Name) {
		return false
	}
	if buf.N == 0 || n == 0 {
		return true
	}
	o, off, ok := room(c, buf, n, true)
	if ok && i32(c, 2) != 2 || c.Name != "setvbuf" { // not for _IONBF
		s.room, s.roomSize = buf, n
		o.Lose(off, n, "setvbuf-contents", "the buffer that a stream was given is read, and what it holds is the stream's own")
	}
	return ok
}

// giveBack ends what setvbuf began.
func giveBack(c *call, s *strm) {
	if s.room.Obj == 0 {
		return
	}
	if o := c.VM.M.Objs[s.room.Obj]; o.State == mem.Alive {
		o.SetInit(s.room.N-o.Base, s.roomSize)
		o.Lost = nil
	}
	s.room = slot{}
}

func fopen(c *call) (slot, bool) {
	path, ok := name(c, 0)
	if !ok {
		return slot{}, false
	}
	flags, bin, ok := mode(c, arg(c, 1))
	if !ok {
		return slot{}, false
	}
	x := ext(c)
	f, e := x.open(path, flags, 0o666)
	if e != 0 {
		return null(c, e)
	}
	fd := x.number(f, 0)
	if fd < 0 {
		return null(c, 24)
	}
	s, ok := openStream(c, f, int32(fd), "stream")
	if !ok {
		return slot{}, false
	}
	c.VM.M.Objs[s.at.Obj].Type = "stream of the file " + path
	s.bin = bin
	return s.at, true
}

// freopen is C17 7.21.5.4. The stream stays where it is.
func freopen(c *call) (slot, bool) {
	flags, bin, ok := mode(c, arg(c, 1))
	if !ok {
		return slot{}, false
	}
	s, ok := usable(c, arg(c, 2))
	if !ok {
		return slot{}, false
	}
	if arg(c, 0).N == 0 {
		return slot{}, c.VM.Cannot("freopen without a name is not supported")
	}
	path, ok := name(c, 0)
	if !ok {
		return slot{}, false
	}
	x := ext(c)
	f, e := x.open(path, flags, 0o666)
	if e != 0 {
		shut(c, s)
		return null(c, e)
	}
	if x.at(s.fd) != nil {
		x.closeFD(s.fd)
	}
	s.fd = int32(x.number(f, int(s.fd)))
	at := s.at
	*s = strm{at: at, fd: s.fd, f: f, read: f.read, write: f.write, bin: bin}
	return at, true
}

// memStream is POSIX's open_memstream.
func memStream(c *call) (slot, bool) {
	n, e := ext(c).fs.File()
	if e != 0 {
		return null(c, e)
	}
	s, ok := openStream(c, &file{node: n, write: true, refs: 1}, -1, "stream in memory")
	if !ok {
		return slot{}, false
	}
	s.memory = &memory2{to: arg(c, 0), size: arg(c, 1)}
	return s.at, syncMemory(c, s)
}

// syncMemory puts what was written where the program looks for it: when the
// stream is flushed or closed, as POSIX says.
func syncMemory(c *call, s *strm) bool {
	m := s.memory
	b, _ := ext(c).fs.Bytes(s.f.node, 0, 1<<40)
	need := uint64(len(b)) + 1
	if m.buf.N == 0 || need > m.room {
		p, ok := alloc(c, max(2*need, 64), 16)
		if !ok || p.Obj == 0 {
			return ok
		}
		if m.buf.Obj != 0 && c.VM.M.Objs[m.buf.Obj].State == mem.Alive {
			c.VM.M.End(c.VM.M.Objs[m.buf.Obj], mem.Freed, c.Pos)
		}
		m.buf, m.room = p, max(2*need, 64)
	}
	t := code.U64
	if c.VM.P.Ptr == 4 {
		t = code.U32
	}
	return put(c, m.buf, append(append([]byte(nil), b...), 0)) && c.VM.Store(m.to, code.TPtr, m.buf) && c.VM.Store(m.size, t, slot{N: uint64(len(b))})
}
