package watermark

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// run runs a program in a directory, with what it reads.
func run(t testing.TB, dir string, in []byte, name string, args ...string) []byte {
	t.Helper()
	out, err := tryRun(dir, in, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return out
}

func tryRun(dir string, in []byte, name string, args ...string) ([]byte, error) {
	c := exec.Command(name, args...)
	c.Dir, c.Stdin = dir, bytes.NewReader(in)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org", "LC_ALL=C")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s %s", err, stderr.String(), out)
	}
	return out, err
}

// tree is the files of a directory, with their modes.
type tree map[string]string

func (tr tree) write(t testing.TB, dir string) {
	t.Helper()
	for name, s := range tr {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode, text, _ := strings.Cut(s, ":")
		perm := fs.FileMode(0o644)
		if mode == "x" {
			perm = 0o755
		}
		if err := os.WriteFile(path, []byte(text), perm); err != nil {
			t.Fatal(err)
		}
	}
}

func readTree(t testing.TB, dir string) tree {
	t.Helper()
	out := tree{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		mode := "-"
		if info.Mode()&0o100 != 0 {
			mode = "x"
		}
		name, err := filepath.Rel(dir, path)
		out[name] = mode + ":" + string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// source writes lines of a program in which much is met many times over.
func source(r *rand.Rand, n int) []string {
	var out []string
	for i := range n {
		switch r.IntN(9) {
		case 0:
			out = append(out, fmt.Sprintf("static int f%d(struct conn *c, size_t n)", i), "{")
		case 1:
			out = append(out, "}", "")
		case 2:
			out = append(out, fmt.Sprintf("\tn = read(c, %d);", r.IntN(1000)))
		case 3:
			out = append(out, "-- not a signature", "@@ -1,2 +1,2 @@ not a head")
		default:
			out = append(out, []string{"\tif (n < 0)", "\t\treturn -1;", "\tc->left -= n;", "", "\tfree(c);  "}[r.IntN(5)])
		}
	}
	return out
}

// edit changes lines here and there.
func edit(r *rand.Rand, ls []string, times int) []string {
	ls = slices.Clone(ls)
	for range times {
		at := r.IntN(len(ls) + 1)
		switch r.IntN(3) {
		case 0:
			ls = slices.Insert(ls, at, "\tif (n > c->left)", "\t\treturn -1;")
		case 1:
			ls = slices.Delete(ls, min(at, len(ls)), min(at+1+r.IntN(2), len(ls)))
		default:
			if at < len(ls) {
				ls[at] += fmt.Sprintf(" /* %d */", r.IntN(100))
			}
		}
	}
	return ls
}

// randomTrees gives a tree and what became of it.
func randomTrees(r *rand.Rand) (before, after tree) {
	before, after = tree{}, tree{}
	join := func(ls []string, end string, last bool) string {
		s := strings.Join(ls, end)
		if last && s != "" {
			s += end
		}
		return s
	}
	for i := range 2 + r.IntN(9) {
		kind := r.IntN(9)
		name := fmt.Sprintf("%s/f%d.c", []string{"src", "lib/deep/er"}[r.IntN(2)], i)
		if kind > 3 && r.IntN(3) == 0 { // patch does not rename such a file
			name = fmt.Sprintf("ä/f %d.c", i)
		}
		ls := source(r, 3+r.IntN(150))
		end := []string{"\n", "\n", "\n", "\r\n"}[r.IntN(4)]
		was := "-:" + join(ls, end, r.IntN(5) > 0)
		now := "-:" + join(edit(r, ls, 1+r.IntN(5)), end, r.IntN(5) > 0)
		switch kind {
		case 0:
			before[name] = was
		case 1:
			after[name] = now
		case 2:
			before[name], after[name+".new"] = was, now
		case 3:
			before[name], after["moved/"+filepath.Base(name)] = was, was
		case 4:
			before[name], after[name] = was, "x"+now[1:]
		case 5:
			before[name], after[name] = was, was
		default:
			before[name], after[name] = was, now
		}
	}
	before["README"], after["README"] = "-:x\n", "-:y\n"
	if r.IntN(4) == 0 {
		after["empty"] = "-:"
	}
	return before, after
}

// patchesOf makes the patches of a change, with git.
func patchesOf(t testing.TB, r *rand.Rand, before, after tree) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	run(t, dir, nil, "git", "init", "-q")
	before.write(t, dir)
	run(t, dir, nil, "git", "add", "-A")
	run(t, dir, nil, "git", "commit", "-qm", "before")
	for name := range before {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	after.write(t, dir)
	run(t, dir, nil, "git", "add", "-A")
	run(t, dir, nil, "git", "commit", "-qm", "Fix\n\nWhat was wrong.")
	context := fmt.Sprintf("-U%d", []int{3, 3, 3, 5, 10, 2, 1}[r.IntN(7)])
	return map[string][]byte{
		"git diff":         run(t, dir, nil, "git", "diff", "-M", context, "HEAD~", "HEAD"),
		"git format-patch": run(t, dir, nil, "git", "format-patch", "--stdout", "--full-index", context, "-1"),
		"git diff -C":      run(t, dir, nil, "git", "diff", "--no-renames", "--abbrev=11", context, "HEAD~", "HEAD"),
	}
}

// applied applies a patch to a tree.
func applied(t testing.TB, before tree, patch []byte, name string, args ...string) (tree, error) {
	t.Helper()
	dir := t.TempDir()
	before.write(t, dir)
	if _, err := tryRun(dir, patch, name, args...); err != nil {
		return nil, err
	}
	return readTree(t, dir), nil
}

// TestPatchApplies: with the real programs, each copy makes of the tree what
// the original makes of it, whatever the change is.
func TestPatchApplies(t *testing.T) {
	t.Parallel()
	const trees = 12
	for seed := range trees {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			before, after := randomTrees(r)
			for kind, original := range patchesOf(t, r, before, after) {
				marked, err := Patch(original, mark(t, fmt.Sprint(seed)))
				if err != nil {
					t.Fatalf("%s: %v\n%s", kind, err, original)
				}
				if marked, err = PatchLine(marked, "Copy for Distributor 3, TLP:AMBER"); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(changes(original), changes(marked)) {
					t.Fatalf("%s: other lines are changed", kind)
				}
				for _, tool := range [][]string{{"git", "apply"}, {"patch", "-p1", "-s", "-f", "--no-backup-if-mismatch"}} {
					// patch makes no file that is empty; what it makes of the
					// original is what counts.
					want, err := applied(t, before, original, tool[0], tool[1:]...)
					if err != nil {
						t.Fatalf("%s: the original: %v", kind, err)
					}
					if tool[0] == "git" && !maps.Equal(want, after) {
						t.Fatal("the original makes another tree")
					}
					got, err := applied(t, before, marked, tool[0], tool[1:]...)
					if err != nil || !maps.Equal(got, want) {
						t.Fatalf("%s with %v: %v\n%s\n---------- was\n%s", kind, tool, err, marked, original)
					}
				}
			}
		})
	}
}

// changes are the lines that are added and removed, in any order.
func changes(patch []byte) []string {
	var out []string
	for l := range strings.SplitSeq(string(patch), "\n") {
		if strings.HasPrefix(l, "+") || strings.HasPrefix(l, "-") && l != "-- " {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

// TestPatchSeries: mails of format-patch that touch the same files stay in
// order and go through git am.
func TestPatchSeries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, dir, nil, "git", "init", "-q")
	r := rand.New(rand.NewPCG(5, 5))
	ls := source(r, 100)
	for i := range 4 {
		for _, name := range []string{"a.c", "b.c", "c.c"} {
			tree{name: "-:" + strings.Join(edit(r, ls, i*3), "\n") + "\n"}.write(t, dir)
		}
		tree{"bin": fmt.Sprintf("-:\x00\x01%d", i)}.write(t, dir)
		run(t, dir, nil, "git", "add", "-A")
		run(t, dir, nil, "git", "commit", "-qm", fmt.Sprint("Step ", i))
	}
	original := run(t, dir, nil, "git", "format-patch", "--stdout", "HEAD~3")
	want := readTree(t, dir)
	for i := range 6 {
		marked, err := Patch(original, mark(t, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(marked, original) {
			t.Error("the copy is the original")
		}
		run(t, dir, nil, "git", "reset", "-q", "--hard", "HEAD~3")
		run(t, dir, marked, "git", "am", "-q")
		if !maps.Equal(readTree(t, dir), want) {
			t.Fatalf("another tree from\n%s", marked)
		}
	}
}

// TestPatchOrder: sections that depend on their order keep it.
func TestPatchOrder(t *testing.T) {
	t.Parallel()
	file := func(path string, extra string) string {
		return "diff --git a/" + path + " b/" + path + "\n" + extra
	}
	change := func(path string) string {
		return file(path, "--- a/"+path+"\n+++ b/"+path+"\n@@ -1 +1 @@\n-a\n+b\n")
	}
	for name, tc := range map[string]struct {
		patch string
		moves bool
	}{
		"two files":             {change("x") + change("y"), true},
		"one file twice":        {change("x") + change("x"), false},
		"a file and its folder": {file("x", "deleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n") + file("x/y", "new file mode 100644\n--- /dev/null\n+++ b/x/y\n@@ -0,0 +1 @@\n+a\n"), false},
		"a copy of a change":    {change("x") + "diff --git a/x b/z\nsimilarity index 100%\ncopy from x\ncopy to z\n", false},
		"text between":          {change("x") + "\ntext\n" + change("y"), false},
		"no line feed":          {change("x") + strings.TrimSuffix(change("y"), "\n"), false},
		"a name that is split":  {change("x") + "diff --git a/a b b/c\nold mode 100644\nnew mode 100755\n", false},
	} {
		moved := false
		for i := range 20 {
			marked, err := Patch([]byte(tc.patch), mark(t, fmt.Sprint(i)))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			moved = moved || string(marked) != tc.patch
		}
		if moved != tc.moves {
			t.Errorf("%s: moved %v", name, moved)
		}
	}
}

// TestPatchBinary: binary sections are the same to the byte.
func TestPatchBinary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, dir, nil, "git", "init", "-q")
	before := tree{"bin": "-:\x00abc", "a.c": "-:1\n2\n3\n4\n5\n6\n7\n8\n9\n"}
	after := tree{"bin": "-:\x00abd" + strings.Repeat("x\x01", 300), "a.c": "-:1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "more": "-:\x00\x00"}
	before.write(t, dir)
	run(t, dir, nil, "git", "add", "-A")
	run(t, dir, nil, "git", "commit", "-qm", "before")
	after.write(t, dir)
	run(t, dir, nil, "git", "add", "-A")
	original := run(t, dir, nil, "git", "diff", "--binary", "HEAD")
	parts := bytes.SplitAfter(original, []byte("\n\n"))
	for i := range 10 {
		marked, err := Patch(original, mark(t, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			if _, bin, ok := bytes.Cut(p, []byte("GIT binary patch\n")); ok && !bytes.Contains(marked, bin) {
				t.Fatalf("a binary part is not in\n%s", marked)
			}
		}
		if got, err := applied(t, before, marked, "git", "apply"); err != nil || !maps.Equal(got, after) {
			t.Fatalf("%v\n%s", err, marked)
		}
	}
}

func TestPatchRefused(t *testing.T) {
	t.Parallel()
	const file = "--- a/x\n+++ b/x\n"
	for name, patch := range map[string]string{
		"empty":       "",
		"no patch":    "Hello.\n",
		"merge":       "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n",
		"no file":     "@@ -1 +1 @@\n-a\n+b\n",
		"cut off":     file + "@@ -1,3 +1,3 @@\n a\n-b\n",
		"too short":   file + "@@ -1,3 +1,3 @@\n a\n-b\ndiff --git a/y b/y\n",
		"too long":    file + "@@ -1,1 +1,2 @@\n-b\n-c\n+d\n",
		"no hunk":     "diff --git a/x b/x\n" + file,
		"bad numbers": file + "@@ -1,99999999999 +1 @@\n",
		"large":       strings.Repeat("x", MaxBytes+1),
	} {
		if out, err := Patch([]byte(patch), mark(t, "r")); err == nil {
			t.Errorf("%s was taken: %q", name, out)
		}
		if r := TracePatch([]byte(patch), []byte(patch), recipients(t, 2)); r.Enough || len(r.Verdicts) != 2 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := PatchLine([]byte(file+"@@ -1 +1 @@\n-a\n+b\n"), "a\nb"); err == nil {
		t.Error("a visible line of two lines was taken")
	}
}

// TestPatchSpeed: patches that are made to be slow are not.
func TestPatchSpeed(t *testing.T) {
	t.Parallel()
	const n = 1 << 17
	hunkOf := "@@ -1 +1 @@ a b c\n-a\n+b\n"
	for _, s := range []string{
		"--- a/x\n+++ b/x\n" + strings.Repeat(hunkOf, n/len(hunkOf)),
		strings.Repeat("--- a/x\n+++ b/x\n"+hunkOf, n/40),
		strings.Repeat("diff --git a/x b/x\n", n/19),
		"diff --git a/x b/x\nrename from " + strings.Repeat("/", n) + "\nrename to x\n",
		"--- a/x\n+++ b/x\n@@ -1,20 +1,20 @@" + strings.Repeat(" a", n/2) + "\n" + strings.Repeat(" a\n", 10) + "-a\n+b\n" + strings.Repeat(" a\n", 9),
	} {
		start := time.Now()
		marked, err := Patch([]byte(s), mark(t, "r"))
		if err == nil {
			TracePatch([]byte(s), marked, recipients(t, 2))
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%.40q took %v", s, took)
		} else {
			t.Logf("%.40q took %v: %v", s, took, err)
		}
	}
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte("diff --git a/x b/x\nindex 0123456789..1234567890 100644\n--- a/x\n+++ b/x\n@@ -1,7 +1,7 @@ int f(void)\n a\n b\n c\n-d\n+e\n f\n g\n h\n-- \n2.39.5\n"))
	f.Add([]byte("diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\ndiff --git a/b b/b\nGIT binary patch\nliteral 1\nIcmZ\n\n"))
	f.Add([]byte("--- a/x\t2026\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n--- /dev/null\n+++ b/z\n@@ -0,0 +1 @@\n+b\n"))
	f.Fuzz(func(t *testing.T, patch []byte) {
		m := mark(t, "f")
		marked, err := Patch(patch, m)
		if err != nil {
			return
		}
		if _, err := Patch(marked, m); err != nil {
			t.Fatalf("the copy is not a patch: %v\n%q\n%q", err, patch, marked)
		}
		if !slices.Equal(changes(patch), changes(marked)) {
			t.Fatalf("%q became %q", patch, marked)
		}
		TracePatch(patch, marked, []Candidate{{Mark: m}})
		TracePatch(patch, patch, []Candidate{{Mark: m}})
	})
}
