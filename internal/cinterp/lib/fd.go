package lib

import (
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// file is an open file description: several descriptors may have it.
type file struct {
	node        *vfs.Node
	std         int // 1 standard input, 2 output, 3 error; 0: node
	pos         int64
	read, write bool
	app         bool // each write goes to the end
	refs        int
}

// The flags of open, as fcntl.h has them.
const (
	oCreat = 0o100
	oExcl  = 0o200
	oTrunc = 0o1000
	oApp   = 0o2000
	oDir   = 0o200000
	oKnown = 3 | oCreat | oExcl | oTrunc | oApp | oDir | 0o400 | 0o4000 | 0o4010000 | 0o400000 | 0o2000000
)

// fdMax is how many descriptors a program can have.
const fdMax = 1024

// open opens a file: a new description without a descriptor.
func (x *extra) open(path string, flags int, mode uint32) (*file, vfs.Errno) {
	f := &file{read: flags&3 != 1, write: flags&3 != 0, app: flags&oApp != 0}
	var e vfs.Errno
	if flags&oCreat != 0 {
		f.node, e = x.fs.Create(x.cwd, path, mode&^x.umask, flags&oExcl != 0)
	} else {
		f.node, e = x.fs.Lookup(x.cwd, path)
	}
	switch {
	case e != 0:
		return nil, e
	case f.node.Dir() && f.write:
		return nil, vfs.EISDIR
	case !f.node.Dir() && flags&oDir != 0:
		return nil, vfs.ENOTDIR
	case f.write && f.node.ReadOnly:
		return nil, vfs.EROFS
	}
	if flags&oTrunc != 0 && f.write {
		if e := x.fs.Truncate(f.node, 0); e != 0 {
			return nil, e
		}
	}
	return f, 0
}

// number gives a description its descriptor, not below low; -1: there is none.
func (x *extra) number(f *file, low int) int {
	for i := low; i < fdMax; i++ {
		if i >= len(x.fds) {
			x.fds = append(x.fds, make([]*file, i+1-len(x.fds))...)
		}
		if x.fds[i] == nil {
			x.fds[i] = f
			f.refs++
			return i
		}
	}
	return -1
}

// at gives the description of a descriptor; nil: it is not open.
func (x *extra) at(fd int32) *file {
	if fd < 0 || int(fd) >= len(x.fds) {
		return nil
	}
	return x.fds[fd]
}

func (x *extra) closeFD(fd int32) {
	f := x.fds[fd]
	x.fds[fd] = nil
	if f.refs--; f.refs == 0 && f.node != nil {
		x.fs.Forget(f.node)
	}
}

// take reads at most n bytes from where the description is.
func take(c *call, f *file, n int64) ([]byte, vfs.Errno, bool) {
	switch {
	case !f.read:
		return nil, 9, true
	case f.std == 1:
		s := state(c)
		b := s.Input[s.read:]
		b = b[:min(int64(len(b)), n)]
		s.read += len(b)
		return b, 0, true
	}
	b, e := ext(c).fs.Bytes(f.node, f.pos, n)
	if e == vfs.Limit {
		return nil, e, c.VM.Cannot("%s: the limit of the file system in memory is reached", c.Name)
	}
	f.pos += int64(len(b))
	return b, e, true
}

// give writes bytes where the description is.
func give(c *call, f *file, b []byte) (vfs.Errno, bool) {
	switch {
	case !f.write:
		return 9, true
	case f.std > 1:
		return 0, write(c, f.std-1, b)
	}
	if f.app {
		f.pos = f.node.Size()
	}
	e := ext(c).fs.Write(f.node, f.pos, b)
	if e == vfs.Limit {
		return e, c.VM.Cannot("%s: the limit of the file system in memory is reached", c.Name)
	}
	if e == 0 {
		f.pos += int64(len(b))
	}
	return e, true
}

// seek moves the description; the standard streams are pipes.
func (x *extra) seek(f *file, off int64, whence int32) (int64, vfs.Errno) {
	if f.std != 0 {
		return 0, 29
	}
	switch whence {
	case 0:
	case 1:
		off += f.pos
	case 2:
		off += f.node.Size()
	default:
		return 0, vfs.EINVAL
	}
	if off < 0 {
		return 0, vfs.EINVAL
	}
	f.pos = off
	return off, 0
}

// descriptor gives argument i's description; when it is not open, -1 is the
// answer with EBADF and f is nil.
func descriptor(c *call, i int) (f *file, ok bool) {
	if f = ext(c).at(i32(c, i)); f == nil {
		return nil, errno(c, 9)
	}
	return f, true
}

// onFD makes a function whose first argument is a descriptor.
func onFD(do func(c *call, f *file) (slot, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		f, ok := descriptor(c, 0)
		if f == nil {
			return slot{N: ^uint64(0)}, ok
		}
		return do(c, f)
	}
}

// described is POSIX on descriptors.
var described = map[string]run.LibFunc{
	"open": func(c *call) (slot, bool) { return openFD(c, 0) },
	"openat": func(c *call) (slot, bool) {
		if s, ok := name(c, 1); !ok || i32(c, 0) != -100 && (s == "" || s[0] != '/') {
			return slot{}, ok && c.VM.Cannot("openat below a directory's descriptor is not supported")
		}
		return openFD(c, 1)
	},
	"creat": func(c *call) (slot, bool) {
		s, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		return opened(c, s, 1|oCreat|oTrunc, uint32(arg(c, 1).N))
	},
	"close": onFD(func(c *call, _ *file) (slot, bool) {
		ext(c).closeFD(i32(c, 0))
		return slot{}, true
	}),
	"read": onFD(func(c *call, f *file) (slot, bool) { return readInto(c, f, arg(c, 1), arg(c, 2).N) }),
	"pread": onFD(func(c *call, f *file) (slot, bool) {
		if f.std != 0 {
			return minus(c, 29)
		}
		g := *f
		if g.pos = int64(arg(c, 3).N); g.pos < 0 {
			return minus(c, vfs.EINVAL)
		}
		return readInto(c, &g, arg(c, 1), arg(c, 2).N)
	}),
	"write": onFD(func(c *call, f *file) (slot, bool) { return writeFrom(c, f, arg(c, 1), arg(c, 2).N) }),
	"pwrite": onFD(func(c *call, f *file) (slot, bool) {
		if f.std != 0 {
			return minus(c, 29)
		}
		g := *f
		if g.pos = int64(arg(c, 3).N); g.pos < 0 {
			return minus(c, vfs.EINVAL)
		}
		return writeFrom(c, &g, arg(c, 1), arg(c, 2).N)
	}),
	"lseek": onFD(func(c *call, f *file) (slot, bool) {
		n, e := ext(c).seek(f, int64(arg(c, 1).N), i32(c, 2))
		if e != 0 {
			return minus(c, e)
		}
		return num(n)
	}),
	"dup": onFD(func(c *call, f *file) (slot, bool) { return dupFD(c, f, 0) }),
	"dup2": onFD(func(c *call, f *file) (slot, bool) {
		x, to := ext(c), i32(c, 1)
		if to < 0 || to >= fdMax {
			return minus(c, 9)
		}
		if to == i32(c, 0) {
			return num(int64(to))
		}
		if x.at(to) != nil {
			x.closeFD(to)
		}
		return num(int64(x.number(f, int(to))))
	}),
	"fsync":  onFD(func(*call, *file) (slot, bool) { return slot{}, true }),
	"isatty": notTTY,
	"ftruncate": onFD(func(c *call, f *file) (slot, bool) {
		if f.std != 0 || !f.write {
			return minus(c, vfs.EINVAL)
		}
		return done(c, ext(c).fs.Truncate(f.node, int64(arg(c, 1).N)))
	}),
	"fcntl": onFD(func(c *call, f *file) (slot, bool) {
		switch i32(c, 1) {
		case 0:
			return dupFD(c, f, int(i32(c, 2)))
		case 1, 2:
			return slot{}, true
		case 3:
			n := int64(0)
			switch {
			case f.read && f.write:
				n = 2
			case f.write:
				n = 1
			}
			if f.app {
				n |= oApp
			}
			return num(n)
		case 4:
			f.app = arg(c, 2).N&oApp != 0
			return slot{}, true
		}
		return slot{}, c.VM.Cannot("fcntl with the command %d is not supported", i32(c, 1))
	}),
}

func notTTY(c *call) (slot, bool) {
	f, ok := descriptor(c, 0)
	if f == nil {
		return slot{}, ok
	}
	return null(c, 25)
}

func dupFD(c *call, f *file, low int) (slot, bool) {
	if low < 0 || low >= fdMax {
		return minus(c, vfs.EINVAL)
	}
	n := ext(c).number(f, low)
	if n < 0 {
		return minus(c, 24)
	}
	return num(int64(n))
}

// openFD is open with its name at argument i.
func openFD(c *call, i int) (slot, bool) {
	s, ok := name(c, i)
	if !ok {
		return slot{}, false
	}
	flags, mode := int(i32(c, i+1)), uint32(0o644)
	if flags&^oKnown != 0 || flags&3 == 3 {
		return slot{}, c.VM.Cannot("%s with the flags %#o is not supported", c.Name, flags)
	}
	if flags&oCreat != 0 {
		if len(c.Args) < i+3 {
			return slot{}, c.VM.Find("library-argument", nil, 0, "%s is told to make a file and has no argument with its mode", c.Name)
		}
		mode = uint32(arg(c, i+2).N)
	}
	return opened(c, s, flags, mode)
}

func opened(c *call, path string, flags int, mode uint32) (slot, bool) {
	x := ext(c)
	f, e := x.open(path, flags, mode)
	if e != 0 {
		return minus(c, e)
	}
	n := x.number(f, 0)
	if n < 0 {
		return minus(c, 24)
	}
	return num(int64(n))
}

func readInto(c *call, f *file, to slot, n uint64) (slot, bool) {
	if !f.read || f.node != nil && f.node.Dir() {
		if f.read {
			return minus(c, vfs.EISDIR)
		}
		return minus(c, 9)
	}
	if n == 0 {
		return slot{}, true
	}
	if n > 1<<40 {
		n = 1 << 40
	}
	b, e, ok := take(c, f, int64(n))
	if !ok || e != 0 {
		if ok {
			return minus(c, e)
		}
		return slot{}, false
	}
	return slot{N: uint64(len(b))}, put(c, to, b)
}

func writeFrom(c *call, f *file, from slot, n uint64) (slot, bool) {
	if !f.write {
		return minus(c, 9)
	}
	b, ok := bytesOf(c, from, n)
	if !ok {
		return slot{}, false
	}
	if e, ok := give(c, f, b); !ok || e != 0 {
		if ok {
			return minus(c, e)
		}
		return slot{}, false
	}
	return slot{N: n}, true
}
