package tree

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// exported publishes a tree of two parts and the site, and exports it.
func exported(t *testing.T, s *sign.Signer) (dir string, tr *Tree) {
	t.Helper()
	return exportedOf(t, s, groupsPerPart+1)
}

// exportedOf does so with a number of groups.
func exportedOf(t *testing.T, s *sign.Signer, groups int) (dir string, tr *Tree) {
	t.Helper()
	tr = open(t, t.TempDir())
	all := site(1)
	for n := range groups {
		all = append(all, File{Path: fmt.Sprintf("a/%d.txt", n), Data: fmt.Appendf(nil, "file %d\n", n), Group: fmt.Sprint("g", n)})
	}
	apply(t, tr, s, Update{Files: all, State: map[string]string{"seq": "1"}, At: noon})
	dir = t.TempDir()
	if err := tr.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir, tr
}

func checked(t *testing.T, dir string) *Report {
	t.Helper()
	r, err := Check(t.Context(), dir, CheckOptions{Now: noon.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// named gives the paths of a report's findings, each once.
func named(r *Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Path)
	}
	return slices.Compact(out)
}

func paths(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, rerr := filepath.Rel(dir, p)
			out, err = append(out, filepath.ToSlash(rel)), rerr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCheckGood(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	dir, tr := exported(t, s)
	steps := 0
	r, err := Check(t.Context(), dir, CheckOptions{
		Now: noon.Add(time.Hour), Fingerprint: strings.ToLower(s.Fingerprint()),
		Progress: func(done int, path string) { steps++ },
	})
	if err != nil || len(r.Findings) > 0 {
		t.Fatalf("%v, %v", r, err)
	}
	if all := paths(t, dir); r.Files != len(all) || r.Sequence != 1 || !r.Published.Equal(noon) || r.Fingerprint != s.Fingerprint() {
		t.Errorf("report %+v of %d files", r, len(all))
	}
	if steps == 0 {
		t.Error("no progress was reported")
	}
	// What was exported is what is published, byte for byte.
	want := files(t, tr)
	for _, p := range paths(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, p))
		if err != nil || string(data) != want[p] {
			t.Errorf("%s is exported with other bytes (%v)", p, err)
		}
	}
	if r, err := Check(t.Context(), dir, CheckOptions{Now: noon, Fingerprint: newSigner(t).Fingerprint()}); err != nil || !slices.Equal(named(r), []string{KeyPath}) {
		t.Errorf("with another key asked for: %v, %v", r, err)
	}
	if r, err := Check(t.Context(), dir, CheckOptions{Now: noon.Add(-time.Hour)}); err != nil || len(r.Findings) == 0 {
		t.Errorf("signatures of the future: %v, %v", r, err)
	}
	for _, bad := range []string{t.TempDir(), filepath.Join(dir, "nowhere")} {
		if _, err := Check(t.Context(), bad, CheckOptions{}); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// samples are files of every kind that a tree holds.
var samples = []string{"index.html", "a/0.txt", ".well-known/security.txt", KeyPath, partPath(0), partPath(1), RootPath}

// One flipped bit anywhere is found and the file named; and where the list
// that names it is intact, no other file is blamed.
func TestCheckNamesEveryFlip(t *testing.T) {
	t.Parallel()
	dir, _ := exportedOf(t, newSigner(t), 2)
	const places = 9 // in each file; another nine at each run
	start := int(time.Now().UnixNano()) % places
	for _, file := range samples {
		for _, suffix := range suffixes {
			p := filepath.Join(dir, file+suffix)
			good, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			for at := start; at < len(good); at += max(1, len(good)/places) {
				bad := bytes.Clone(good)
				bad[at] ^= 1 << (at % 8)
				overwrite(t, p, bad)
				got := named(checked(t, dir))
				if !slices.Contains(got, file+suffix) {
					t.Errorf("a flip in byte %d of %s is not named: %v", at, file+suffix, got)
				}
				list := strings.HasPrefix(file, listFolder) && suffix == ""
				if len(got) != 1 && !list {
					t.Errorf("a flip in byte %d of %s: others are blamed: %v", at, file+suffix, got)
				}
				if list && slices.ContainsFunc(got, func(q string) bool { return q != file && samplesOK(t, dir, q) }) {
					t.Errorf("a flip in byte %d of %s: files that are good are blamed: %v", at, file, got)
				}
			}
			overwrite(t, p, good)
		}
	}
	if r := checked(t, dir); len(r.Findings) > 0 {
		t.Errorf("after all was mended: %v", r.Findings)
	}
}

// samplesOK tells whether a path is on disk: only what is misnamed by an
// altered list is not, and may be missed.
func samplesOK(t *testing.T, dir, path string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(dir, path))
	return err == nil
}

func overwrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCheckNamesOtherDamage(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	pristine, _ := exported(t, s)
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { overwrite(t, filepath.Join(dir, name), []byte(text)) }
	}
	all := func(file string) []string {
		return []string{file, file + ".asc", file + ".sha256", file + ".sha512"}
	}
	tests := []struct {
		name   string
		damage func(*testing.T, string)
		want   []string
	}{
		{"removed", remove("a/3.txt"), []string{"a/3.txt"}},
		{"signature removed", remove("a/3.txt.asc"), []string{"a/3.txt.asc"}},
		{"hash removed", remove("a/64.txt.sha512"), []string{"a/64.txt.sha512"}},
		{"key removed", remove(KeyPath), []string{KeyPath}},
		{"root's signature removed", remove(RootPath + ".asc"), []string{RootPath + ".asc"}},
		{"root's hash removed", remove(RootPath + ".sha256"), []string{RootPath + ".sha256"}},
		{"list removed", remove(partPath(2)), []string{partPath(2)}},
		{"list's signature removed", remove(partPath(2) + ".asc"), []string{partPath(2) + ".asc"}},
		{"emptied", write("a/3.txt", ""), []string{"a/3.txt"}},
		{"longer", write("a/3.txt", "file 3\n\n"), []string{"a/3.txt"}},
		{"extra", write("a/extra.txt", "x"), []string{"a/extra.txt"}},
		{"extra list", write("index/000003.txt", listHead), []string{"index/000003.txt"}},
		{"extra signature of a signature", write("a/3.txt.asc.asc", "x"), []string{"a/3.txt.asc.asc"}},
		{"hidden", write(".htaccess", "Deny"), []string{".htaccess"}},
		{"half an export", write(exporting, ""), []string{exporting}},
		{"two files swapped", func(t *testing.T, dir string) {
			for _, suffix := range suffixes {
				a, b := filepath.Join(dir, "a/1.txt"+suffix), filepath.Join(dir, "a/2.txt"+suffix)
				for _, mv := range [][2]string{{a, a + "~"}, {b, a}, {a + "~", b}} {
					if err := os.Rename(mv[0], mv[1]); err != nil {
						t.Fatal(err)
					}
				}
			}
		}, append(all("a/1.txt"), all("a/2.txt")...)},
		{"symbolic link", func(t *testing.T, dir string) {
			remove("a/3.txt")(t, dir)
			overwrite(t, filepath.Join(dir, "..", "good"), []byte("file 3\n"))
			if err := os.Symlink("../../good", filepath.Join(dir, "a/3.txt")); err != nil {
				t.Fatal(err)
			}
		}, []string{"a/3.txt"}},
		{"several, with the root", func(t *testing.T, dir string) {
			write("a/3.txt", "x")(t, dir)
			write("a/64.txt.asc", "x")(t, dir)
			flip(t, filepath.Join(dir, RootPath))
		}, []string{RootPath, "a/3.txt", "a/64.txt.asc"}},
		{"several, with a list", func(t *testing.T, dir string) {
			write("a/3.txt", "x")(t, dir)
			write("index.html.sha512", "x")(t, dir)
			flip(t, filepath.Join(dir, partPath(1)))
		}, []string{"a/3.txt", partPath(1), "index.html.sha512"}},
		{"all signed anew with another key", func(t *testing.T, dir string) {
			forge(t, dir, newSigner(t))
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "x")
			if err := os.CopyFS(dir, os.DirFS(pristine)); err != nil {
				t.Fatal(err)
			}
			tt.damage(t, dir)
			r := checked(t, dir)
			got := named(r)
			slices.Sort(tt.want)
			if tt.want == nil {
				// Only who knows the right key can see it.
				r, err := Check(t.Context(), dir, CheckOptions{Now: noon.Add(time.Hour), Fingerprint: s.Fingerprint()})
				if err != nil || !slices.Contains(named(r), KeyPath) {
					t.Errorf("named %v (%v), want %s", named(r), err, KeyPath)
				}
				return
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("named %v, want %v", r.Findings, tt.want)
			}
		})
	}
}

// flip alters a hash in a list.
func flip(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.LastIndex(data, []byte("  "))
	data[i-1] ^= 1
	overwrite(t, path, data)
}

// forge does what someone can do who has the whole directory but not the key.
func forge(t *testing.T, dir string, s *sign.Signer) {
	t.Helper()
	other := open(t, t.TempDir())
	apply(t, other, s, Update{Files: site(9), At: noon})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := other.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
}

// What was published wrong is found too, though the lists are right.
func TestCheckFindsWhatWasSignedWrong(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	dir, tr := exported(t, s)
	other, err := s.Detach([]byte("another file"), noon)
	if err != nil {
		t.Fatal(err)
	}
	// Build the tree by hand: a signature that does not fit, properly listed.
	next := tr.snapshot()
	e := next.parts[1].files["a/3.txt"]
	e.sums[signature] = sha256.Sum256(other)
	resign := func(path string, text []byte) *entry {
		sig, err := s.Detach(text, noon)
		if err != nil {
			t.Fatal(err)
		}
		l := &entry{path: path, modified: noon}
		for kind, data := range [][]byte{text, sig, hash256Text(path, sha256.Sum256(text)), hash512Text(path, sha512.Sum512(text))} {
			l.sums[kind] = sha256.Sum256(data)
			overwrite(t, filepath.Join(dir, path+suffixes[kind]), data)
		}
		return l
	}
	overwrite(t, filepath.Join(dir, "a/3.txt.asc"), other)
	next.lists[1] = resign(partPath(1), listText(slices.Collect(maps.Values(next.parts[1].files))))
	resign(RootPath, next.root.text())
	if r := checked(t, dir); !slices.Equal(named(r), []string{"a/3.txt.asc"}) {
		t.Errorf("named %v", r.Findings)
	}
}

// GnuPG and sha256sum find the same tree good, given only what is in it.
func TestOrdinaryToolsAgree(t *testing.T) {
	t.Parallel()
	dir, _ := exported(t, newSigner(t))
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	run := func(folder, name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = folder
		cmd.Env = append(cmd.Environ(), "GNUPGHOME="+home, "LC_ALL=C")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
	}
	run(dir, "gpg", "--batch", "--import", KeyPath)
	for _, file := range samples {
		run(dir, "gpg", "--batch", "--faked-system-time", "20261120T130000", "--verify", file+".asc", file)
		run(filepath.Join(dir, filepath.Dir(file)), "sha256sum", "--strict", "-c", filepath.Base(file)+".sha256")
		run(filepath.Join(dir, filepath.Dir(file)), "sha512sum", "--strict", "-c", filepath.Base(file)+".sha512")
		if strings.HasPrefix(file, listFolder) {
			run(dir, "sha256sum", "--strict", "--quiet", "-c", file)
		}
	}
}
