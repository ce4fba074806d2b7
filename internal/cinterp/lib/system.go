package lib

import (
	"time"

	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// page is the unit in which memory is mapped.
const page = 4096

// system is POSIX on mapped memory, limits of resources and the times of files,
// as far as a program alone on its machine can tell the difference.
var system = map[string]run.LibFunc{
	"mmap":     mapped,
	"munmap":   unmapped,
	"mprotect": func(c *call) (slot, bool) { return onMapping(c, i32(c, 2)&1 != 0) },
	"msync":    func(c *call) (slot, bool) { return onMapping(c, true) },
	// No limit is set, and what a program sets is accepted.
	"getrlimit": func(c *call) (slot, bool) {
		s, p := pointee(c, 1), arg(c, 1)
		none := slot{N: ^uint64(0)}
		if c.VM.LongSize() == 4 {
			none.N = 0xffffffff
		}
		return slot{}, setMember(c, s, p, "rlim_cur", none) && setMember(c, s, p, "rlim_max", none)
	},
	"setrlimit": func(c *call) (slot, bool) {
		_, ok := getMember(c, pointee(c, 1), arg(c, 1), "rlim_cur")
		return slot{}, ok
	},
	"utime":   onName(func(c *call, n *vfs.Node) (slot, bool) { return touch(c, n, "modtime") }),
	"utimes":  onName(func(c *call, n *vfs.Node) (slot, bool) { return touch(c, n, "tv_sec") }),
	"symlink": func(c *call) (slot, bool) { return minus(c, 1) }, // EPERM: a file system without them
	"alarm": func(c *call) (slot, bool) {
		x := ext(c)
		left := max(0, x.alarm-x.slept+999_999_999) / int64(time.Second)
		if x.alarm == 0 {
			left = 0
		}
		x.alarm = 0
		if n := int64(uint32(arg(c, 0).N)); n > 0 {
			x.alarm = x.slept + n*int64(time.Second)
		}
		return num(left)
	},
	"pause": func(c *call) (slot, bool) {
		return slot{}, c.VM.Cannot("the program waits for a signal, and none can come")
	},
}

// rung tells that the clock, which moves only when the program sleeps, has come
// to the time of an alarm.
func rung(c *call) bool {
	if x := ext(c); x.alarm != 0 && x.slept >= x.alarm {
		return c.VM.Cannot("an alarm comes while the program sleeps, which is not supported")
	}
	return true
}

// mapped is mmap: of no file, or of a file's contents as they are.
func mapped(c *call) (slot, bool) {
	n, prot, flags, fd := arg(c, 1).N, i32(c, 2), i32(c, 3), i32(c, 4)
	if n == 0 || flags&3 == 0 {
		return minus(c, vfs.EINVAL)
	}
	if prot&3 == 0 || prot&4 != 0 || flags&16 != 0 {
		return slot{}, c.VM.Cannot("mmap of memory that is not for data, or at a fixed address, is not supported")
	}
	var data []byte
	if flags&32 == 0 {
		f := ext(c).at(fd)
		if f == nil || f.node == nil {
			return minus(c, 9)
		}
		var e vfs.Errno
		if data, e = ext(c).fs.Bytes(f.node, int64(arg(c, 5).N), int64(min(n, 1<<40))); e != 0 {
			return minus(c, e)
		}
		if flags&1 != 0 && prot&2 != 0 || uint64(len(data)+page-1)/page < (n+page-1)/page {
			return slot{}, c.VM.Cannot("mmap that writes to a file, or reaches behind its last page, is not supported")
		}
	}
	if n > c.VM.Limits.Memory {
		return minus(c, 12)
	}
	o := c.VM.M.Alloc((n+page-1)/page*page, page, mem.ClassHeap)
	if o == nil {
		return slot{}, c.VM.Cannot("the limit of %d bytes of memory is reached", c.VM.Limits.Memory)
	}
	o.Made = c.Pos
	o.SetAll()
	copy(o.Data, data)
	return slot{N: o.Base, Obj: o.ID}, true
}

// mapping gives the object that a call is about, when it is all of one.
func mapping(c *call) (*mem.Object, bool) {
	p := arg(c, 0)
	if p.Obj == 0 {
		p = c.VM.M.Recover(p.N)
	}
	if p.Obj == 0 {
		return nil, false
	}
	o := c.VM.M.Objs[p.Obj]
	return o, o.State == mem.Alive && o.Class == mem.ClassHeap && p.N == o.Base && o.Size%page == 0
}

func unmapped(c *call) (slot, bool) {
	o, ok := mapping(c)
	if n := arg(c, 1).N; !ok || (n+page-1)/page*page != o.Size {
		return slot{}, c.VM.Cannot("munmap of what is not all of a mapping is not supported")
	}
	c.VM.M.End(o, mem.Freed, c.Pos)
	return slot{}, true
}

func onMapping(c *call, can bool) (slot, bool) {
	if _, ok := mapping(c); !ok || !can {
		return slot{}, c.VM.Cannot("%s of what is not a mapping, or so that it cannot be read, is not supported", c.Name)
	}
	return slot{}, true
}

// touch sets the time of a file to what a structure has, or to now.
func touch(c *call, n *vfs.Node, member string) (slot, bool) {
	if n.ReadOnly {
		return minus(c, vfs.EROFS)
	}
	p := arg(c, 1)
	if p.N == 0 {
		n.Mtime, _ = ext(c).wall()
		return slot{}, true
	}
	s := pointee(c, 1)
	if s == nil {
		return slot{}, c.VM.Cannot("%s is called in a way that hides the type of its structure", c.Name)
	}
	if c.Name == "utimes" { // the second of two
		p.N += uint64(s.Size())
	}
	v, ok := getMember(c, s, p, member)
	n.Mtime = int64(v.N)
	return slot{}, ok
}
