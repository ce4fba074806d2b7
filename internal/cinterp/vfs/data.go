package vfs

import (
	"io"
	"io/fs"
	"path"
)

// Mount shows what src has at a directory, which is made when it is not there.
func (f *FS) Mount(dir string, src fs.FS) Errno {
	parts, e := split(dir)
	if e != 0 {
		return e
	}
	n := f.Root
	for _, p := range parts {
		k := n.kids[p]
		if k == nil {
			if k, e = f.node(true); e != 0 {
				return e
			}
			n.kids[p], k.up = k, n
			n.Links++
		}
		if !k.Dir() {
			return ENOTDIR
		}
		n = k
	}
	n.src, n.path = src, "."
	return f.list(n)
}

// list reads a mounted directory when it is first looked at.
func (f *FS) list(n *Node) Errno {
	if n.src == nil || !n.Dir() {
		return 0
	}
	src := n.src
	n.src = nil
	entries, err := fs.ReadDir(src, n.path)
	if err != nil {
		return EIO
	}
	for _, x := range entries {
		if n.kids[x.Name()] != nil || !(x.IsDir() || x.Type().IsRegular()) {
			continue
		}
		k, e := f.node(x.IsDir())
		if e != 0 {
			return e
		}
		k.up, k.ReadOnly, k.src, k.path = n, true, src, path.Join(n.path, x.Name())
		if k.Dir() {
			n.Links++
		} else if info, err := x.Info(); err == nil {
			k.size = info.Size()
		}
		n.kids[x.Name()] = k
	}
	return 0
}

// load reads a mounted file when it is first read.
func (f *FS) load(n *Node) Errno {
	if n.src == nil || n.Dir() {
		return 0
	}
	r, err := n.src.Open(n.path)
	if err != nil {
		return EIO
	}
	defer r.Close()
	room := f.lim.Bytes - f.bytes
	b, err := io.ReadAll(io.LimitReader(r, room+1))
	if err != nil {
		return EIO
	}
	if int64(len(b)) > room {
		return Limit
	}
	f.bytes += int64(len(b))
	n.data, n.src = b, nil
	return 0
}

// Bytes gives what a file has from an offset, at most n bytes and of a device at
// most 64 KiB. Callers do not change or keep it.
func (f *FS) Bytes(x *Node, off, n int64) ([]byte, Errno) {
	if x.Dir() {
		return nil, EISDIR
	}
	if x.Endless != nil {
		b := make([]byte, min(max(n, 0), 1<<16))
		x.Endless(b)
		return b, 0
	}
	if e := f.load(x); e != 0 {
		return nil, e
	}
	if off < 0 || off >= int64(len(x.data)) {
		return nil, 0
	}
	if n > int64(len(x.data))-off {
		n = int64(len(x.data)) - off
	}
	return x.data[off : off+n], 0
}

// Write writes at an offset; a gap is filled with zeros.
func (f *FS) Write(x *Node, off int64, b []byte) Errno {
	switch {
	case x.Dir():
		return EISDIR
	case x.ReadOnly:
		return EROFS
	case off < 0:
		return EINVAL
	case len(b) == 0 || x.Sink:
		return 0
	}
	end := off + int64(len(b))
	if end < 0 || end > f.lim.Bytes {
		return Limit
	}
	if end > int64(len(x.data)) {
		if e := f.resize(x, end); e != 0 {
			return e
		}
	}
	copy(x.data[off:], b)
	x.Mtime = f.now()
	return 0
}

// Truncate makes a file as long as n.
func (f *FS) Truncate(x *Node, n int64) Errno {
	switch {
	case x.Dir():
		return EISDIR
	case x.ReadOnly:
		return EROFS
	case n < 0:
		return EINVAL
	}
	if x.Sink {
		return 0
	}
	x.Mtime = f.now()
	return f.resize(x, n)
}

func (f *FS) resize(x *Node, n int64) Errno {
	old := int64(len(x.data))
	if n > f.lim.Bytes || f.bytes+n-old > f.lim.Bytes {
		return Limit
	}
	f.bytes += n - old
	if n <= old {
		clear(x.data[n:])
		x.data = x.data[:n]
		return 0
	}
	if n <= int64(cap(x.data)) {
		x.data = x.data[:n]
		return 0
	}
	b := make([]byte, n, n+n/2)
	copy(b, x.data)
	x.data = b
	return 0
}

// Forget gives a file's room back, when no name and no program has it.
func (f *FS) Forget(x *Node) {
	if x.Links <= 0 && !x.Dir() {
		f.bytes -= int64(len(x.data))
		x.data = nil
	}
}
