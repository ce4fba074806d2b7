package tree

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

// An export that is brought up to date writes what changed and nothing else.
func TestExportIsIncremental(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	dir, tr := exported(t, s)
	inode := func(name string) os.FileInfo {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	all := paths(t, dir)
	before := map[string]os.FileInfo{}
	for _, p := range all {
		before[p] = inode(p)
	}
	if err := tr.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for p, was := range before {
		if !os.SameFile(was, inode(p)) {
			t.Errorf("%s was written although nothing had changed", p)
		}
	}
	apply(t, tr, s, Update{Files: append(site(2), File{Path: "a/3.txt", Data: []byte("FILE 3\n")}, File{Path: "b.txt", Data: []byte("new")}), At: noon.Add(time.Minute)})
	if err := tr.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if r := checked(t, dir); len(r.Findings) > 0 || r.Sequence != 2 {
		t.Errorf("after an update: %+v", r)
	}
	for p, was := range before {
		file, _ := splitPath(p)
		changes := file == "index.html" || file == "a/3.txt" || file == RootPath || file == partPath(0) || file == partPath(1)
		if same := os.SameFile(was, inode(p)); same == changes {
			t.Errorf("%s: written is %v, want %v", p, !same, changes)
		}
	}
	if got := inode("b.txt").ModTime(); !got.Equal(noon.Add(time.Minute)) {
		t.Errorf("b.txt is of %s on disk", got)
	}
}

// A file that someone altered, shortened or removed is mended, and what does
// not belong to the tree is left alone.
func TestExportMends(t *testing.T) {
	t.Parallel()
	dir, tr := exported(t, newSigner(t))
	at := func(name string) string { return filepath.Join(dir, name) }
	overwrite(t, at("a/3.txt"), []byte("defaced"))
	overwrite(t, at("a/4.txt.asc"), nil)
	overwrite(t, at("a/5.txt"), []byte("FILE 5\n")) // of the same length
	overwrite(t, at("own.txt"), []byte("not of the tree"))
	overwrite(t, at(partPath(1)), []byte("not a list"))
	for _, name := range []string{"a/6.txt", "a/7.txt.sha256"} {
		if err := os.Remove(at(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tr.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := named(checked(t, dir)); len(got) != 1 || got[0] != "own.txt" {
		t.Errorf("after the export: %v", got)
	}
}

// What an earlier export listed and the tree no longer has is removed. A tree
// loses no files, so this one is cut down by hand.
func TestExportRemovesStale(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	dir, _ := exported(t, s)
	overwrite(t, filepath.Join(dir, "a/own.txt"), []byte("not of the tree"))
	small := open(t, t.TempDir())
	apply(t, small, s, Update{Files: site(1), At: noon.Add(time.Minute)})
	if err := small.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := named(checked(t, dir)); len(got) != 1 || got[0] != "a/own.txt" {
		t.Errorf("left over: %v", got)
	}
}

func TestExportRefuses(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	dir, tr := exported(t, s)

	foreign := t.TempDir()
	overwrite(t, filepath.Join(foreign, "thesis.doc"), []byte("years of work"))
	if err := tr.Export(t.Context(), foreign); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "no earlier export") {
		t.Errorf("a directory in use: %v", err)
	}
	if got := paths(t, foreign); len(got) != 1 {
		t.Errorf("it was written to: %v", got)
	}

	other := open(t, t.TempDir())
	apply(t, other, newSigner(t), Update{Files: site(1), At: noon.Add(time.Hour)})
	if err := other.Export(t.Context(), dir); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "another key") {
		t.Errorf("another key's export: %v", err)
	}
	older := open(t, t.TempDir())
	apply(t, older, s, Update{Files: site(1), At: noon.Add(-time.Second)})
	if err := older.Export(t.Context(), dir); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "later than") {
		t.Errorf("an older tree: %v", err)
	}
	if err := open(t, t.TempDir()).Export(t.Context(), t.TempDir()); !errs.Is(err, errs.Conflict) {
		t.Errorf("an empty tree: %v", err)
	}
	if r := checked(t, dir); len(r.Findings) > 0 {
		t.Errorf("the refused exports left %v", r.Findings)
	}
	overwrite(t, filepath.Join(dir, RootPath), []byte("damaged"))
	if err := tr.Export(t.Context(), dir); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged root: %v", err)
	}
}

// An export that was cut off is taken up again.
func TestExportResumes(t *testing.T) {
	t.Parallel()
	_, tr := exported(t, newSigner(t))
	dir := t.TempDir()
	overwrite(t, filepath.Join(dir, exporting), nil)
	overwrite(t, filepath.Join(dir, exporting+"-file"), []byte("half a fi"))
	overwrite(t, filepath.Join(dir, "index.html"), []byte("half a fi"))
	if err := tr.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if r := checked(t, dir); len(r.Findings) > 0 {
		t.Error(r.Findings)
	}
}

// A reader in another process exports although the tree moves on meanwhile.
func TestExportFollowsAnotherProcess(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	apply(t, tr, s, Update{Files: append(site(1), group("A-1", 1)...), At: noon})
	reader, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, tr, s, Update{Files: append(site(2), group("A-2", 1)...), At: noon.Add(time.Minute)})
	to := t.TempDir()
	if err := reader.Export(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if r := checked(t, to); len(r.Findings) > 0 || r.Sequence != 2 {
		t.Errorf("%+v", r)
	}
	if !maps.Equal(files(t, tr), files(t, reader)) {
		t.Error("the reader has not followed")
	}
}
