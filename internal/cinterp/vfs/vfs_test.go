package vfs

import (
	"testing"
	"testing/fstest"
)

func TestNamesAndErrors(t *testing.T) {
	t.Parallel()
	f := New(Limits{})
	if e := f.Mount("/home", fstest.MapFS{"in.txt": {Data: []byte("hello")}, "d/x": {Data: []byte("x")}}); e != 0 {
		t.Fatal(e)
	}
	cwd, e := f.Lookup(nil, "/home")
	if e != 0 {
		t.Fatal(e)
	}
	n, e := f.Lookup(cwd, "in.txt")
	if e != 0 || n.Size() != 5 {
		t.Fatal(n, e)
	}
	if b, e := f.Bytes(n, 1, 3); e != 0 || string(b) != "ell" {
		t.Errorf("read %q, %d", b, e)
	}
	for _, c := range []struct {
		what string
		got  Errno
		want Errno
	}{
		{"write what is mounted", f.Write(n, 0, []byte("x")), EROFS},
		{"remove what is mounted", f.Unlink(cwd, "in.txt", false), EROFS},
		{"mkdir", f.Mkdir(cwd, "new", 0o755), 0},
		{"mkdir twice", f.Mkdir(cwd, "new", 0o755), EEXIST},
		{"mkdir in nothing", f.Mkdir(cwd, "no/new", 0o755), ENOENT},
		{"into itself", f.Rename(cwd, "new", "new/more"), EINVAL},
		{"rename", f.Rename(cwd, "new", "../other"), 0},
		{"gone", look(f, cwd, "new"), ENOENT},
		{"there", look(f, nil, "/other"), 0},
		{"through a file", look(f, cwd, "in.txt/x"), ENOTDIR},
		{"file as a directory", look(f, cwd, "in.txt/"), ENOTDIR},
		{"above the root", look(f, nil, "/../../home/d/../in.txt"), 0},
		{"no name", look(f, nil, ""), ENOENT},
		{"not empty", f.Unlink(nil, "/home", true), ENOTEMPTY},
		{"unlink a directory", f.Unlink(nil, "/other", false), EISDIR},
		{"rmdir", f.Unlink(nil, "/other", true), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
	if names, e := f.Names(cwd); e != 0 || len(names) != 2 || names[0] != "d" {
		t.Errorf("names %v, %d", names, e)
	}
}

func look(f *FS, cwd *Node, p string) Errno {
	_, e := f.Lookup(cwd, p)
	return e
}

func TestLimits(t *testing.T) {
	t.Parallel()
	f := New(Limits{Bytes: 100, Nodes: 4})
	n, e := f.Create(nil, "a", 0o644, true)
	if e != 0 {
		t.Fatal(e)
	}
	if e := f.Write(n, 90, []byte("12345")); e != 0 || n.Size() != 95 {
		t.Errorf("write: %d, %d bytes", e, n.Size())
	}
	if e := f.Write(n, 1<<62, []byte("12345")); e != Limit {
		t.Errorf("far write: %d", e)
	}
	if _, e := f.Create(nil, "b", 0o644, true); e != 0 {
		t.Error(e)
	}
	if e := f.Write(n, 95, []byte("123456")); e != Limit {
		t.Errorf("too much: %d", e)
	}
	if e := f.Truncate(n, 10); e != 0 {
		t.Error(e)
	}
	if e := f.Truncate(n, 50); e != 0 {
		t.Error(e)
	}
	if b, e := f.Bytes(n, 0, 100); e != 0 || len(b) != 50 || b[49] != 0 {
		t.Errorf("%d bytes, %d", len(b), e)
	}
	if _, e := f.Create(nil, "c", 0o644, true); e != 0 {
		t.Error(e)
	}
	if _, e := f.Create(nil, "d", 0o644, true); e != Limit {
		t.Errorf("too many: %d", e)
	}
}
