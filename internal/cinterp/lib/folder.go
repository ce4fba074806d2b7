package lib

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// dir is an open directory of opendir.
type dir struct {
	at     slot
	node   *vfs.Node
	names  []string
	i      int
	entry  slot // the struct dirent that readdir gives
	closed bool
}

// folders is POSIX on names and directories.
var folders = map[string]run.LibFunc{
	"stat": statName, "lstat": statName,
	"fstat": onFD(func(c *call, f *file) (slot, bool) {
		if f.std != 0 {
			return slot{}, fillStat(c, &vfs.Node{Mode: 0o600, Links: 1}, 0o010000)
		}
		return slot{}, fillStat(c, f.node, 0)
	}),
	"access": onName(func(c *call, n *vfs.Node) (slot, bool) {
		if i32(c, 1)&2 != 0 && n.ReadOnly {
			return minus(c, vfs.EROFS)
		}
		if i32(c, 1)&1 != 0 && !n.Dir() && n.Mode&0o111 == 0 {
			return minus(c, 13)
		}
		return slot{}, true
	}),
	"chmod": onName(func(c *call, n *vfs.Node) (slot, bool) {
		if n.ReadOnly {
			return minus(c, vfs.EROFS)
		}
		n.Mode = uint32(arg(c, 1).N) & 0o7777
		return slot{}, true
	}),
	"fchmod": onFD(func(c *call, f *file) (slot, bool) {
		if f.node == nil || f.node.ReadOnly {
			return minus(c, vfs.EROFS)
		}
		f.node.Mode = uint32(arg(c, 1).N) & 0o7777
		return slot{}, true
	}),
	"umask": func(c *call) (slot, bool) {
		x := ext(c)
		old := x.umask
		x.umask = uint32(arg(c, 0).N) & 0o777
		return slot{N: uint64(old)}, true
	},
	"unlink": func(c *call) (slot, bool) {
		p, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		return done(c, ext(c).fs.Unlink(ext(c).cwd, p, false))
	},
	"rmdir": func(c *call) (slot, bool) {
		p, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		return done(c, ext(c).fs.Unlink(ext(c).cwd, p, true))
	},
	"mkdir": func(c *call) (slot, bool) {
		p, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		return done(c, ext(c).fs.Mkdir(ext(c).cwd, p, uint32(arg(c, 1).N)&^ext(c).umask))
	},
	"link": func(c *call) (slot, bool) {
		from, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		to, ok := name(c, 1)
		if !ok {
			return slot{}, false
		}
		return done(c, ext(c).fs.Link(ext(c).cwd, from, to))
	},
	"readlink": onName(func(c *call, _ *vfs.Node) (slot, bool) { return minus(c, vfs.EINVAL) }),
	"truncate": onName(func(c *call, n *vfs.Node) (slot, bool) {
		return done(c, ext(c).fs.Truncate(n, int64(arg(c, 1).N)))
	}),
	"chdir": onName(func(c *call, n *vfs.Node) (slot, bool) {
		if !n.Dir() {
			return minus(c, vfs.ENOTDIR)
		}
		ext(c).cwd = n
		return slot{}, true
	}),
	"getcwd":   getcwd,
	"realpath": realpath,
	"mkstemp":  func(c *call) (slot, bool) { return temporary(c, "file") },
	"mkdtemp":  func(c *call) (slot, bool) { return temporary(c, "dir") },
	"mktemp":   func(c *call) (slot, bool) { return temporary(c, "") },
	"basename": func(c *call) (slot, bool) { return part(c, true) },
	"dirname":  func(c *call) (slot, bool) { return part(c, false) },
	"opendir": onNameNull(func(c *call, n *vfs.Node) (slot, bool) {
		names, e := ext(c).fs.Names(n)
		if e != 0 {
			return null(c, e)
		}
		p, ok := own(c, "directory stream", 16)
		if !ok {
			return p, false
		}
		c.VM.M.Objs[p.Obj].Made = c.Pos
		ext(c).dirs[p.N] = &dir{at: p, node: n, names: append([]string{".", ".."}, names...)}
		return p, true
	}),
	"readdir": readdir,
	"rewinddir": onDir(func(c *call, d *dir) (slot, bool) {
		names, _ := ext(c).fs.Names(d.node)
		d.i, d.names = 0, append([]string{".", ".."}, names...)
		return slot{}, true
	}),
	"closedir": onDir(func(c *call, d *dir) (slot, bool) {
		d.closed = true
		c.VM.M.End(c.VM.M.Objs[d.at.Obj], 1, c.Pos)
		if d.entry.Obj != 0 {
			c.VM.M.End(c.VM.M.Objs[d.entry.Obj], 1, c.Pos)
		}
		return slot{}, true
	}),
}

// onName makes a function whose first argument names what exists.
func onName(do func(c *call, n *vfs.Node) (slot, bool)) run.LibFunc { return named(do, minus) }

func onNameNull(do func(c *call, n *vfs.Node) (slot, bool)) run.LibFunc { return named(do, null) }

func named(do func(c *call, n *vfs.Node) (slot, bool), no func(*call, vfs.Errno) (slot, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		p, ok := name(c, 0)
		if !ok {
			return slot{}, false
		}
		n, e := ext(c).fs.Lookup(ext(c).cwd, p)
		if e != 0 {
			return no(c, e)
		}
		return do(c, n)
	}
}

func onDir(do func(c *call, d *dir) (slot, bool)) run.LibFunc {
	return func(c *call) (slot, bool) {
		p := arg(c, 0)
		if p.N == 0 {
			return slot{}, c.VM.Find("null-argument", nil, 0, "%s is given a null pointer", c.Name)
		}
		d := ext(c).dirs[p.N]
		if d == nil {
			return slot{}, c.VM.Find("library-argument", &p, 0, "%s is given a pointer that is no directory stream", c.Name)
		}
		if d.closed {
			return slot{}, c.VM.Find("closed-stream", &d.at, 0, "%s is given a directory stream that was closed", c.Name)
		}
		return do(c, d)
	}
}

func statName(c *call) (slot, bool) {
	return onName(func(c *call, n *vfs.Node) (slot, bool) { return slot{}, fillStat(c, n, 0) })(c)
}

// fillStat writes a struct stat. kind is the file's kind when it is no node of
// the file system.
func fillStat(c *call, n *vfs.Node, kind uint64) bool {
	s, p := pointee(c, 1), arg(c, 1)
	if s == nil {
		return c.VM.Cannot("%s is called in a way that hides the type of its structure", c.Name)
	}
	if _, _, ok := room(c, p, uint64(s.Size()), true); !ok || !fill(c, p, 0, uint64(s.Size())) {
		return false
	}
	switch {
	case kind != 0:
	case n.Dir():
		kind = 0o040000
	case n.Sink:
		kind = 0o020000
	default:
		kind = 0o100000
	}
	size := uint64(n.Size())
	if n.Dir() {
		size = 4096
	}
	for _, m := range []struct {
		name string
		v    uint64
	}{{"st_dev", 1}, {"st_ino", n.Ino}, {"st_mode", kind | uint64(n.Mode)}, {"st_nlink", uint64(max(n.Links, 0))}, {"st_uid", 1000}, {"st_gid", 1000},
		{"st_size", size}, {"st_blksize", 4096}, {"st_blocks", (size + 511) / 512}} {
		if !setMember(c, s, p, m.name, slot{N: m.v}) {
			return false
		}
	}
	for _, m := range []string{"st_atim", "st_mtim", "st_ctim"} {
		f := s.FieldByName(m)
		if f == nil {
			return c.VM.Cannot("%s: a struct stat without %s", c.Name, m)
		}
		at := p
		at.N += uint64(f.Offset())
		ts, ok := f.Type().(*cc.StructType)
		if !ok || !setMember(c, ts, at, "tv_sec", slot{N: uint64(n.Mtime)}) {
			return false
		}
	}
	return true
}

func getcwd(c *call) (slot, bool) {
	p, e := ext(c).fs.Path(ext(c).cwd)
	if e != 0 {
		return null(c, e)
	}
	to, n := arg(c, 0), arg(c, 1).N
	if to.N == 0 {
		if n == 0 {
			n = uint64(len(p)) + 1
		}
		if n <= uint64(len(p)) {
			return null(c, 34)
		}
		q, ok := alloc(c, n, 16)
		return q, ok && put(c, q, append([]byte(p), 0))
	}
	if n == 0 {
		return null(c, vfs.EINVAL)
	}
	if n <= uint64(len(p)) {
		return null(c, 34)
	}
	return to, put(c, to, append([]byte(p), 0))
}

func realpath(c *call) (slot, bool) {
	p, ok := name(c, 0)
	if !ok {
		return slot{}, false
	}
	x := ext(c)
	n, e := x.fs.Lookup(x.cwd, p)
	if e != 0 {
		return null(c, e)
	}
	t, base := "", ""
	if !n.Dir() {
		if i := strings.LastIndexByte(p, '/'); i >= 0 {
			p, base = p[:i+1], p[i+1:]
		} else {
			p, base = ".", p
		}
		if n, e = x.fs.Lookup(x.cwd, p); e != 0 {
			return null(c, e)
		}
	}
	if t, e = x.fs.Path(n); e != 0 {
		return null(c, e)
	}
	if base != "" {
		t = strings.TrimSuffix(t, "/") + "/" + base
	}
	to := arg(c, 1)
	if to.N == 0 {
		if to, ok = alloc(c, uint64(len(t))+1, 16); !ok || to.N == 0 {
			return to, ok
		}
	}
	return to, put(c, to, append([]byte(t), 0))
}

// tempName makes a name that does not exist from one that ends in XXXXXX.
func (x *extra) tempName(t string) string {
	for {
		x.temp++
		s := t[:len(t)-6] + fmt.Sprintf("%06d", x.temp%1000000)
		if _, e := x.fs.Lookup(x.cwd, s); e != 0 {
			return s
		}
	}
}

// temporary is mkstemp, mkdtemp and mktemp.
func temporary(c *call, what string) (slot, bool) {
	t, ok := name(c, 0)
	if !ok {
		return slot{}, false
	}
	if !strings.HasSuffix(t, "XXXXXX") {
		if what == "file" {
			return minus(c, vfs.EINVAL)
		}
		return null(c, vfs.EINVAL)
	}
	x := ext(c)
	s := x.tempName(t)
	if !put(c, arg(c, 0), []byte(s)) {
		return slot{}, false
	}
	switch what {
	case "file":
		return opened(c, s, 2|oCreat|oExcl, 0o600)
	case "dir":
		if e := x.fs.Mkdir(x.cwd, s, 0o700); e != 0 {
			return null(c, e)
		}
	}
	return arg(c, 0), true
}

// part is basename and dirname, which may change their argument.
func part(c *call, base bool) (slot, bool) {
	p := arg(c, 0)
	if p.N == 0 {
		return kept(c, "result of "+c.Name, ".", true)
	}
	b, ok := str(c, p)
	if !ok {
		return slot{}, false
	}
	s := string(b)
	end := len(strings.TrimRight(s, "/"))
	switch i := strings.LastIndexByte(s[:end], '/'); {
	case s == "":
		return kept(c, "result of "+c.Name, ".", true)
	case end == 0:
		return kept(c, "result of "+c.Name, "/", true)
	case base:
		if end < len(s) {
			q := p
			if q.N += uint64(end); !put(c, q, []byte{0}) {
				return slot{}, false
			}
		}
		p.N += uint64(i + 1)
		return p, true
	case i < 0:
		return kept(c, "result of "+c.Name, ".", true)
	default:
		j := len(strings.TrimRight(s[:i], "/"))
		if j == 0 {
			return kept(c, "result of "+c.Name, "/", true)
		}
		q := p
		q.N += uint64(j)
		return p, put(c, q, []byte{0})
	}
}

// readdir gives the next entry in an object that the directory stream keeps.
func readdir(c *call) (slot, bool) {
	return onDir(func(c *call, d *dir) (slot, bool) {
		ft, ok := c.Site.Type.(*cc.FunctionType)
		if !ok {
			return slot{}, c.VM.Cannot("readdir is called in a way that hides its type")
		}
		p, _ := ft.Result().(*cc.PointerType)
		if p == nil {
			return slot{}, c.VM.Cannot("readdir is declared without a struct dirent")
		}
		s, _ := p.Elem().(*cc.StructType)
		if s == nil {
			return slot{}, c.VM.Cannot("readdir is declared without a struct dirent")
		}
		if d.i >= len(d.names) {
			return slot{}, true
		}
		n := d.names[d.i]
		d.i++
		if d.entry.Obj == 0 {
			if d.entry, ok = own(c, "directory entry", uint64(s.Size())); !ok {
				return slot{}, false
			}
		}
		node, e := ext(c).fs.Lookup(d.node, n)
		if e != 0 {
			node = d.node // it was removed meanwhile
		}
		kind := uint64(8)
		if node.Dir() {
			kind = 4
		}
		f := s.FieldByName("d_name")
		if f == nil {
			return slot{}, c.VM.Cannot("readdir: a struct dirent without d_name")
		}
		at := d.entry
		at.N += uint64(f.Offset())
		return d.entry, put(c, at, append([]byte(n), 0)) && setMember(c, s, d.entry, "d_ino", slot{N: node.Ino}) && setMember(c, s, d.entry, "d_type", slot{N: kind})
	})(c)
}
