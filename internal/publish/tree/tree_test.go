package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newSigner(t testing.TB) *sign.Signer {
	t.Helper()
	s, err := sign.Generate(nil, "Example Security Team", "security@example.org", noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, dir string) *Tree {
	t.Helper()
	tr, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func apply(t testing.TB, tr *Tree, s *sign.Signer, u Update) {
	t.Helper()
	u.After = tr.Sequence()
	if err := tr.Apply(t.Context(), s, u); err != nil {
		t.Fatal(err)
	}
}

// group makes the files of one imaginary advisory.
func group(id string, revision int) []File {
	body := strings.Repeat(fmt.Sprintf("Advisory %s, revision %d. ", id, revision), 40)
	return []File{
		{Path: "advisories/" + id + "/index.html", Data: []byte("<p>" + body), Group: id},
		{Path: "advisories/" + id + "/" + id + ".txt", Data: []byte(body + "\n"), Group: id},
		{Path: "advisories/" + id + "/" + id + ".json", Data: fmt.Appendf(nil, "{%q:%d}\n", id, revision), Group: id},
		{Path: fmt.Sprintf("advisories/%s/r%d.json", id, revision), Data: fmt.Appendf(nil, "{%q:%d,\"fixed\":true}\n", id, revision), Group: id, Fixed: true},
	}
}

// site makes the files that change at each publication.
func site(n int) []File {
	return []File{
		{Path: "index.html", Data: fmt.Appendf(nil, "<p>%d advisories", n)},
		{Path: "404.html", Data: []byte("<p>Nothing here.")},
		{Path: ".well-known/security.txt", Data: []byte("Contact: mailto:security@example.org\n")},
	}
}

// files reads everything that a tree publishes.
func files(t *testing.T, tr *Tree) map[string]string {
	t.Helper()
	out := map[string]string{}
	for e := range tr.snapshot().all {
		for _, suffix := range suffixes {
			data, err := tr.Read(e.path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			out[e.path+suffix] = string(data)
		}
	}
	return out
}

func TestApply(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	if tr.Sequence() != 0 || len(files(t, tr)) != 0 {
		t.Error("a new tree is not empty")
	}
	apply(t, tr, s, Update{Files: append(group("A-1", 1), site(1)...), State: map[string]string{"seq": "1"}, At: noon})
	apply(t, tr, s, Update{Files: append(group("A-2", 1), site(2)...), State: map[string]string{"seq": "2"}, At: noon.Add(time.Minute)})
	if tr.Sequence() != 2 || !tr.Published().Equal(noon.Add(time.Minute)) || tr.State()["seq"] != "2" {
		t.Errorf("sequence %d, published %s, state %v", tr.Sequence(), tr.Published(), tr.State())
	}
	want := map[string]string{KeyPath: string(s.PublicKey())}
	for _, f := range append(append(group("A-1", 1), group("A-2", 1)...), site(2)...) {
		want[f.Path] = string(f.Data)
	}
	got := files(t, tr)
	for path, data := range want {
		if got[path] != data {
			t.Errorf("%s holds %q, want %q", path, got[path], data)
		}
	}
	for path, data := range got {
		file, kind := splitPath(path)
		if _, ok := want[file]; !ok && !strings.HasPrefix(file, listFolder) {
			t.Errorf("%s is published and was not handed in", path)
		}
		if kind == signature {
			if err := sign.Verify(s.PublicKey(), []byte(got[file]), []byte(data), noon.Add(time.Hour)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}

	// The same again changes nothing, not even on disk.
	before := listing(t, dir)
	apply(t, tr, s, Update{Files: append(group("A-2", 1), site(2)...), State: map[string]string{"seq": "2"}, At: noon.Add(time.Hour)})
	if tr.Sequence() != 2 || !maps.Equal(before, listing(t, dir)) {
		t.Error("handing the same in again published something")
	}

	// Another process finds the same.
	again := open(t, dir)
	if !maps.Equal(got, files(t, again)) || again.Sequence() != 2 || again.State()["seq"] != "2" {
		t.Error("the tree is another one after it was opened anew")
	}
	if !maps.Equal(before, listing(t, dir)) {
		t.Error("opening removed or added bundles")
	}
}

// listing gives every file below a directory with its time.
func listing(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			out[p] = info.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The same updates give the same bytes with any directory, whatever the order
// in which the disk finished.
func TestApplyIsDeterministic(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	var trees [2]map[string]string
	for i := range trees {
		tr := open(t, t.TempDir())
		for n := range 3 {
			apply(t, tr, s, Update{Files: append(group(fmt.Sprint("A-", n), 1), site(n)...), At: noon.Add(time.Duration(n) * time.Minute)})
		}
		trees[i] = files(t, tr)
	}
	if !maps.Equal(trees[0], trees[1]) {
		t.Error("two trees of the same updates differ")
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	file := func(path string) []File { return []File{{Path: path, Data: []byte("x")}} }
	tests := []struct {
		name string
		u    Update
		kind errs.Kind
		say  string
	}{
		{"a fixed file changes", Update{Files: []File{{Path: "advisories/A-1/r1.json", Data: []byte("{}")}}}, errs.Conflict, "is fixed"},
		{"the clock goes back", Update{Files: file("new.txt"), At: noon.Add(-time.Minute)}, errs.Conflict, "later than"},
		{"twice", Update{Files: append(file("new.txt"), file("new.txt")...)}, errs.Invalid, "twice"},
		{"a list", Update{Files: file("index/tree.txt")}, errs.Invalid, "fills itself"},
		{"a signature", Update{Files: file("x.asc")}, errs.Invalid, "fills itself"},
		{"a hash", Update{Files: file("a/x.sha512")}, errs.Invalid, "fills itself"},
		{"another key", Update{Files: file(KeyPath)}, errs.Conflict, "is fixed"},
		{"file under a file", Update{Files: file("index.html/x")}, errs.Invalid, "both a file and a folder"},
		{"file for a folder", Update{Files: file("advisories/A-1")}, errs.Invalid, "both a file and a folder"},
		{"both at once", Update{Files: append(file("q/w"), file("q")...)}, errs.Invalid, "both a file and a folder"},
		{"empty path", Update{Files: file("")}, errs.Invalid, "cannot be published"},
		{"absolute", Update{Files: file("/etc/passwd")}, errs.Invalid, "cannot be published"},
		{"climbing", Update{Files: file("a/../../b")}, errs.Invalid, "cannot be published"},
		{"dots", Update{Files: file("..")}, errs.Invalid, "cannot be published"},
		{"hidden", Update{Files: file("a/.htaccess")}, errs.Invalid, "cannot be published"},
		{"hidden at the top", Update{Files: file(".git/config")}, errs.Invalid, "cannot be published"},
		{"well-known below", Update{Files: file("a/.well-known/x")}, errs.Invalid, "cannot be published"},
		{"newline", Update{Files: file("a\nb")}, errs.Invalid, "cannot be published"},
		{"space", Update{Files: file("a b")}, errs.Invalid, "cannot be published"},
		{"option", Update{Files: file("-rf")}, errs.Invalid, "cannot be published"},
		{"backslash", Update{Files: file(`a\b`)}, errs.Invalid, "cannot be published"},
		{"too long", Update{Files: file(strings.Repeat("a/", 100) + "b")}, errs.Invalid, "cannot be published"},
		{"group with a newline", Update{Files: []File{{Path: "x", Group: "a\nb"}}}, errs.Invalid, "cannot be published"},
		{"state of two lines", Update{State: map[string]string{"a": "b\nc"}}, errs.Internal, ""},
	}
	dir := t.TempDir()
	tr := open(t, dir)
	apply(t, tr, s, Update{Files: append(group("A-1", 1), site(1)...), At: noon})
	before, bundles := files(t, tr), listing(t, dir)
	for _, tt := range tests {
		if tt.u.At.IsZero() {
			tt.u.At = noon.Add(time.Hour)
		}
		tt.u.After = 1
		err := tr.Apply(t.Context(), s, tt.u)
		if !errs.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("%s: got %v, want %s with %q", tt.name, err, tt.kind, tt.say)
		}
	}
	if err := tr.Apply(t.Context(), newSigner(t), Update{After: 1, Files: file("new.txt"), At: noon.Add(time.Hour)}); !errs.Is(err, errs.Conflict) {
		t.Errorf("another signer: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tr.Apply(cancelled, s, Update{After: 1, Files: file("new.txt"), At: noon.Add(time.Hour)}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if !maps.Equal(before, files(t, tr)) || !maps.Equal(bundles, listing(t, dir)) {
		t.Error("a refused update left something behind")
	}
}

// The check of a tree against the one before it, with trees that Apply itself
// would never make.
func TestCheckSuccessor(t *testing.T) {
	t.Parallel()
	e := func(content string, fixed bool, at time.Time) *entry {
		return &entry{path: "a", sums: [companions]sum{{content[0]}}, fixed: fixed, modified: at}
	}
	snap := func(seq int64, at time.Time, files ...*entry) *snapshot {
		return &snapshot{root: root{sequence: seq, at: at, key: "K"}, parts: []*part{newPart(nil, files)}}
	}
	later := noon.Add(time.Hour)
	old := snap(1, noon, e("x", false, noon))
	fixed := snap(1, noon, e("x", true, noon))
	other := snap(2, later, e("x", false, noon))
	other.key = "L"
	for _, tt := range []struct {
		name      string
		old, next *snapshot
		ok        bool
	}{
		{"changed", old, snap(2, later, e("y", false, later)), true},
		{"same", old, snap(2, noon, e("x", false, noon)), true},
		{"fixed stays", fixed, snap(2, later, e("x", true, noon)), true},
		{"vanished", old, snap(2, later), false},
		{"part vanished", old, &snapshot{root: root{sequence: 2, at: later, key: "K"}}, false},
		{"fixed changed", fixed, snap(2, later, e("y", true, later)), false},
		{"fixed no more", fixed, snap(2, later, e("x", false, noon)), false},
		{"file older", old, snap(2, later, e("y", false, noon.Add(-time.Second))), false},
		{"tree older", old, snap(2, noon.Add(-time.Second), e("x", false, noon)), false},
		{"sequence same", old, snap(1, later, e("x", false, noon)), false},
		{"sequence jumps", old, snap(3, later, e("x", false, noon)), false},
		{"key changed", old, other, false},
	} {
		if err := checkSuccessor(tt.old, tt.next); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Adding a group rewrites the list of its part and of the site, and the root;
// a full part is left alone for ever.
func TestPartsAreLeftAlone(t *testing.T) {
	t.Parallel()
	s, tr := newSigner(t), open(t, t.TempDir())
	var many []File
	for n := range 2*groupsPerPart + 3 {
		many = append(many, group(fmt.Sprintf("A-%04d", n), 1)[0])
	}
	apply(t, tr, s, Update{Files: append(many, site(0)...), At: noon})
	before := tr.snapshot()
	if len(before.parts) != 4 || len(before.parts[1].groups) != groupsPerPart || len(before.parts[3].groups) != 3 {
		t.Fatalf("%d parts", len(before.parts))
	}
	apply(t, tr, s, Update{Files: append(group("B-1", 1), site(1)...), At: noon.Add(time.Minute)})
	after := tr.snapshot()
	for n, want := range []bool{true, false, false, true} {
		if changed := after.parts[n] != before.parts[n]; changed != want {
			t.Errorf("part %d: changed is %v, want %v", n, changed, want)
		}
	}
	// A later revision of an old group goes where the group is.
	apply(t, tr, s, Update{Files: group("A-0003", 2), At: noon.Add(2 * time.Minute)})
	last := tr.snapshot()
	for n, want := range []bool{false, true, false, false} {
		if changed := last.parts[n] != after.parts[n]; changed != want {
			t.Errorf("revision: part %d: changed is %v, want %v", n, changed, want)
		}
	}
	if last.parts[1].files["advisories/A-0003/r2.json"] == nil {
		t.Error("the new file of an old group is not with it")
	}
}

// Two processes have the tree open: each publishes upon what the other has
// published, or is told that the tree has moved on; neither serves what the
// other has taken away.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	a, b := open(t, dir), open(t, dir)
	version := func(n int) File { return File{Path: "x.txt", Data: fmt.Append(nil, n), Group: "x"} }
	apply(t, a, s, Update{Files: append(site(1), version(1)), At: noon})
	if err := b.Apply(t.Context(), s, Update{Files: site(2), At: noon}); !errors.Is(err, ErrMoved) {
		t.Errorf("an update of what is no more: %v", err)
	}
	if b.Sequence() != 1 {
		t.Errorf("b is at %d after it was told", b.Sequence())
	}
	apply(t, b, s, Update{Files: append(group("A-1", 1), version(2)), At: noon.Add(time.Minute)})
	// The bundle that a knows is gone.
	if data, err := a.Read("x.txt"); err != nil || string(data) != "2" {
		t.Errorf("a reads %q, %v", data, err)
	}
	apply(t, b, s, Update{Files: group("A-2", 1), At: noon.Add(time.Minute)})
	if err := a.Refresh(); err != nil || !maps.Equal(files(t, a), files(t, b)) {
		t.Errorf("a and b differ (%v)", err)
	}
	apply(t, a, s, Update{Files: group("A-3", 1), At: noon.Add(time.Minute)})
	if again := open(t, dir); again.Sequence() != 4 || !maps.Equal(files(t, a), files(t, again)) {
		t.Errorf("on disk is sequence %d", again.Sequence())
	}
}

// Whoever wants to publish waits for the one who does.
func TestLock(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	unlock, err := open(t, dir).tryLock()
	if err != nil {
		t.Fatal(err)
	}
	hasty, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := tr.Apply(hasty, s, Update{Files: site(1), At: noon}); !errors.Is(err, context.DeadlineExceeded) || tr.Sequence() != 0 {
		t.Errorf("published in spite of the lock: %v", err)
	}
	time.AfterFunc(30*time.Millisecond, unlock)
	apply(t, tr, s, Update{Files: site(1), At: noon})
}

// Bundles that nothing names any more go: at the next publication, and, when
// a crash left them, at the next Open.
func TestOldBundlesGo(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	count := func() int {
		names, err := os.ReadDir(filepath.Join(dir, "bundles"))
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	apply(t, tr, s, Update{Files: site(0), At: noon})
	apply(t, tr, s, Update{Files: site(1), At: noon})
	first := count() // with the first bundle, of which some files stay
	for n := range 5 {
		apply(t, tr, s, Update{Files: site(n % 2), At: noon.Add(time.Duration(n) * time.Second)})
	}
	if got := count(); got != first {
		t.Errorf("%d bundles after five publications, %d after one", got, first)
	}
	tr.pin()
	apply(t, tr, s, Update{Files: site(7), At: noon.Add(time.Minute)})
	if count() <= first {
		t.Error("bundles went while an export was under way")
	}
	tr.unpin()
	apply(t, tr, s, Update{Files: site(8), At: noon.Add(2 * time.Minute)})
	if got := count(); got != first {
		t.Errorf("%d bundles after the export, want %d", got, first)
	}
	want := files(t, tr)
	for _, name := range []string{"bundles/" + strings.Repeat("ab", 12) + "-2", "bundles/.new-123", ".new-4"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, dir)
	if got := count(); got != first || !maps.Equal(want, files(t, again)) {
		t.Errorf("%d bundles after Open, want %d", got, first)
	}
	if _, err := os.Stat(filepath.Join(dir, ".new-4")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file is still there: %v", err)
	}
}

// A damaged bundle is not served as if it were good: the lists are checked
// when the tree is opened, and each file when it is exported.
func TestDamagedBundles(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	apply(t, tr, s, Update{Files: append(site(1), group("A-1", 1)...), At: noon})
	damage := func(path string) (undo func()) {
		e := tr.snapshot().entry(path, tr.where)
		name := filepath.Join(dir, "bundles", e.bundle())
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := tr.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(good)
		bad[bytes.Index(bad, data)+3] ^= 1
		write := func(data []byte) {
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write(bad)
		return func() { write(good) }
	}
	undo := damage("index.html")
	if err := tr.Export(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "index.html is damaged") {
		t.Errorf("exporting a damaged file: %v", err)
	}
	undo()
	for _, path := range []string{RootPath, partPath(1)} {
		undo := damage(path)
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("opening with a damaged %s: %v", path, err)
		}
		undo()
	}
	if err := tr.Export(t.Context(), t.TempDir()); err != nil {
		t.Errorf("after mending: %v", err)
	}
}
