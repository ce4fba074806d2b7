// Package vfs is the file system that a program sees in the interpreter: files
// and directories in memory. Nothing is written to the host. What a caller
// mounts is read from its fs.FS when it is first looked at and cannot be
// changed by the program; beside it the program may make what it likes.
//
// Names are bytes, separated by '/'. There are no links that are followed, so
// ".." is the directory above. All answers are deterministic: directories are
// listed in the order of their names, numbers are given out one after the other.
package vfs

import (
	"io/fs"
	"slices"
	"strings"
)

// Errno is an error's number as <errno.h> of the interpreter has it; 0 is none.
type Errno int

// The errors. Limit is no error of C: the run cannot go on.
const (
	ENOENT       Errno = 2
	EIO          Errno = 5
	EEXIST       Errno = 17
	EXDEV        Errno = 18
	ENOTDIR      Errno = 20
	EISDIR       Errno = 21
	EINVAL       Errno = 22
	EBUSY        Errno = 16
	EFBIG        Errno = 27
	EROFS        Errno = 30
	ENAMETOOLONG Errno = 36
	ENOTEMPTY    Errno = 39
	Limit        Errno = -1
)

// The longest name and path, in bytes.
const (
	nameMax = 255
	pathMax = 4096
)

// Limits bound a file system. Zero values stand for the defaults.
type Limits struct {
	Bytes int64 // of all files; default 64 MiB
	Nodes int   // files and directories; default 10,000
}

// FS is a file system. It is not safe for use by several goroutines.
type FS struct {
	Root  *Node
	Now   func() int64 // seconds, for times of change; nil: 0
	lim   Limits
	bytes int64
	nodes int
	ino   uint64
}

// Node is a file or a directory.
type Node struct {
	Ino      uint64
	Mode     uint32 // permissions, without the kind
	Mtime    int64  // seconds
	Links    int
	ReadOnly bool // mounted
	Sink     bool // what is written is lost, as in /dev/null

	// Endless fills what is read of a device that has no end, as /dev/zero.
	Endless func(b []byte)

	kids map[string]*Node
	up   *Node
	data []byte
	src  fs.FS // not yet read: where it is
	path string
	size int64 // of a file that is not yet read
}

// New makes an empty file system.
func New(l Limits) *FS {
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Nodes <= 0 {
		l.Nodes = 10_000
	}
	f := &FS{lim: l}
	f.Root, _ = f.node(true)
	f.Root.up = f.Root
	return f
}

func (f *FS) now() int64 {
	if f.Now == nil {
		return 0
	}
	return f.Now()
}

func (f *FS) node(dir bool) (*Node, Errno) {
	if f.nodes >= f.lim.Nodes {
		return nil, Limit
	}
	f.nodes++
	f.ino++
	n := &Node{Ino: f.ino, Mode: 0o644, Mtime: f.now(), Links: 1}
	if dir {
		n.kids, n.Mode, n.Links = map[string]*Node{}, 0o755, 2
	}
	return n, 0
}

// File makes a file that no directory lists, such as one of tmpfile.
func (f *FS) File() (*Node, Errno) {
	n, e := f.node(false)
	if e == 0 {
		n.Links = 0
	}
	return n, e
}

// Dir tells whether it is a directory.
func (n *Node) Dir() bool { return n.kids != nil }

// Size gives the bytes of a file.
func (n *Node) Size() int64 {
	if n.src != nil && !n.Dir() {
		return n.size
	}
	return int64(len(n.data))
}

// split gives the parts of a path; the error is of its length.
func split(path string) ([]string, Errno) {
	if path == "" {
		return nil, ENOENT
	}
	if len(path) > pathMax {
		return nil, ENAMETOOLONG
	}
	var parts []string
	for p := range strings.SplitSeq(path, "/") {
		if len(p) > nameMax {
			return nil, ENAMETOOLONG
		}
		if p != "" && p != "." {
			parts = append(parts, p)
		}
	}
	return parts, 0
}

// Lookup finds what a path names, from cwd when it does not begin with '/'.
func (f *FS) Lookup(cwd *Node, path string) (*Node, Errno) {
	parts, e := split(path)
	if e != 0 {
		return nil, e
	}
	n, e := f.walk(f.start(cwd, path), parts)
	if e == 0 && !n.Dir() && strings.HasSuffix(path, "/") {
		return nil, ENOTDIR
	}
	return n, e
}

func (f *FS) start(cwd *Node, path string) *Node {
	if path[0] == '/' || cwd == nil {
		return f.Root
	}
	return cwd
}

func (f *FS) walk(n *Node, parts []string) (*Node, Errno) {
	for _, p := range parts {
		if !n.Dir() {
			return nil, ENOTDIR
		}
		if e := f.list(n); e != 0 {
			return nil, e
		}
		if p == ".." {
			n = n.up
			continue
		}
		k := n.kids[p]
		if k == nil {
			return nil, ENOENT
		}
		n = k
	}
	return n, 0
}

// place finds the directory and the name of something that may not be there.
func (f *FS) place(cwd *Node, path string) (*Node, string, Errno) {
	parts, e := split(path)
	if e != 0 {
		return nil, "", e
	}
	if len(parts) == 0 || parts[len(parts)-1] == ".." {
		return nil, "", EBUSY
	}
	d, e := f.walk(f.start(cwd, path), parts[:len(parts)-1])
	if e != 0 {
		return nil, "", e
	}
	if !d.Dir() {
		return nil, "", ENOTDIR
	}
	return d, parts[len(parts)-1], f.list(d)
}

// Create finds or makes a file; excl asks that it is new.
func (f *FS) Create(cwd *Node, path string, mode uint32, excl bool) (*Node, Errno) {
	d, name, e := f.place(cwd, path)
	if e == EBUSY {
		return nil, EISDIR
	}
	if e != 0 {
		return nil, e
	}
	if n := d.kids[name]; n != nil {
		if excl {
			return nil, EEXIST
		}
		if strings.HasSuffix(path, "/") && !n.Dir() {
			return nil, ENOTDIR
		}
		return n, 0
	}
	if strings.HasSuffix(path, "/") {
		return nil, EISDIR
	}
	n, e := f.node(false)
	if e == 0 {
		n.Mode, n.up, d.Mtime = mode&0o7777, d, f.now()
		d.kids[name] = n
	}
	return n, e
}

// Mkdir makes a directory.
func (f *FS) Mkdir(cwd *Node, path string, mode uint32) Errno {
	d, name, e := f.place(cwd, path)
	switch {
	case e == EBUSY:
		return EEXIST
	case e != 0:
		return e
	case d.kids[name] != nil:
		return EEXIST
	}
	n, e := f.node(true)
	if e == 0 {
		n.Mode, n.up, d.Mtime = mode&0o7777, d, f.now()
		d.kids[name] = n
		d.Links++
	}
	return e
}

// Unlink removes a file, or when dir is set an empty directory.
func (f *FS) Unlink(cwd *Node, path string, dir bool) Errno {
	d, name, e := f.place(cwd, path)
	if e != 0 {
		return e
	}
	n := d.kids[name]
	switch {
	case n == nil:
		return ENOENT
	case n.Dir() && !dir:
		return EISDIR
	case !n.Dir() && (dir || strings.HasSuffix(path, "/")):
		return ENOTDIR
	case n.ReadOnly:
		return EROFS
	}
	if dir {
		if e := f.list(n); e != 0 {
			return e
		}
		if len(n.kids) > 0 {
			return ENOTEMPTY
		}
		d.Links--
	}
	f.drop(d, name)
	return 0
}

// drop takes a name out of a directory. A file that is open lives on.
func (f *FS) drop(d *Node, name string) {
	n := d.kids[name]
	delete(d.kids, name)
	d.Mtime = f.now()
	n.Links--
	f.nodes--
}

// Link gives a file a second name.
func (f *FS) Link(cwd *Node, from, to string) Errno {
	n, e := f.Lookup(cwd, from)
	if e != 0 {
		return e
	}
	d, name, e := f.place(cwd, to)
	switch {
	case e != 0:
		return e
	case d.kids[name] != nil:
		return EEXIST
	case n.Dir():
		return 1 // EPERM
	case f.nodes >= f.lim.Nodes:
		return Limit
	}
	f.nodes++
	n.Links++
	d.kids[name] = n
	return 0
}

// Rename moves a file or a directory; what has the new name goes.
func (f *FS) Rename(cwd *Node, from, to string) Errno {
	a, an, e := f.place(cwd, from)
	if e != 0 {
		return e
	}
	n := a.kids[an]
	if n == nil {
		return ENOENT
	}
	b, bn, e := f.place(cwd, to)
	if e != 0 {
		return e
	}
	old := b.kids[bn]
	if old == n {
		return 0
	}
	if n.ReadOnly || old != nil && old.ReadOnly {
		return EROFS
	}
	for d := b; ; d = d.up {
		if d == n {
			return EINVAL // into itself
		}
		if d == f.Root || d.up == d {
			break
		}
	}
	if old != nil {
		switch {
		case old.Dir() && !n.Dir():
			return EISDIR
		case !old.Dir() && n.Dir():
			return ENOTDIR
		case old.Dir() && len(old.kids) > 0:
			return ENOTEMPTY
		}
		f.drop(b, bn)
	}
	delete(a.kids, an)
	b.kids[bn] = n
	n.up = b
	a.Mtime, b.Mtime = f.now(), f.now()
	return 0
}

// Names lists a directory in order, without "." and "..".
func (f *FS) Names(n *Node) ([]string, Errno) {
	if !n.Dir() {
		return nil, ENOTDIR
	}
	if e := f.list(n); e != 0 {
		return nil, e
	}
	names := make([]string, 0, len(n.kids))
	for k := range n.kids {
		names = append(names, k)
	}
	slices.Sort(names)
	return names, 0
}

// Path gives the path of a directory from the root.
func (f *FS) Path(n *Node) (string, Errno) {
	if n == f.Root {
		return "/", 0
	}
	var parts []string
	for ; n != f.Root; n = n.up {
		name := ""
		for k, x := range n.up.kids {
			if x == n {
				name = k
			}
		}
		if name == "" {
			return "", ENOENT // it was removed
		}
		parts = append(parts, name)
	}
	slices.Reverse(parts)
	return "/" + strings.Join(parts, "/"), 0
}
