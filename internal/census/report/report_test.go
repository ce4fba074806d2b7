package report_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"steward/internal/base/errs"
	"steward/internal/base/look/looktest"
	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/censustest"
	"steward/internal/census/report"
)

// hostile is what an index may say where a description stands.
const hostile = `</title></svg><script src="https://evil.example/x.js"></script><p style="x" onclick='y()'>{{.Rank}}`

// ranking ranks a suite of n sources: a chain, in which some need themselves in a
// circle, some have names that are hard on file systems, and some are in no index
// of sources.
func ranking(t *testing.T, model string, n int) *census.Ranking {
	t.Helper()
	name := func(i int) string {
		special := []string{"main", "Main", "MAIN", "libstdc++", "found", "a..b", "aux", "x_y", strings.Repeat("Long", 50), "find", "index.html"}
		if i < len(special) {
			return special[i]
		}
		return fmt.Sprintf("p%04d", i)
	}
	var p, q strings.Builder
	for i := range n {
		fmt.Fprintf(&p, "Package: %s\nVersion: 1%s\nSection: %s\nInstalled-Size: %d\nDescription: %s\n", name(i), hostile, hostile, i+1, hostile)
		if i > 0 {
			fmt.Fprintf(&p, "Depends: %s, %s\n", name(i-1), name(i/7))
		} else if n > 3 {
			fmt.Fprintf(&p, "Depends: %s\n", name(2))
		}
		fmt.Fprint(&p, "\n")
		if i%5 > 0 {
			fmt.Fprintf(&q, "Package: %s\nVersion: 1%s\nStandards-Version: 4.%d.0\nMaintainer: %s\nChecksums-Sha256:\n aa %d x.orig.tar.xz\n\n", name(i), hostile, i%12, hostile, 1000+i)
		}
	}
	s, err := archive.Load(context.Background(), [][]byte{[]byte(p.String())}, [][]byte{[]byte(q.String())})
	if err != nil || len(s.Sources) != n {
		t.Fatal(len(s.Sources), err)
	}
	table := censustest.Table(t, s, census.More{})
	return censustest.Rank(t, table, model)
}

func write(t *testing.T, r *census.Ranking, pages int) (dir string, made report.Made) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "new", "census")
	made, err := report.Write(t.Context(), dir, r, report.Options{Pages: pages, From: hostile})
	if err != nil {
		t.Fatal(err)
	}
	return dir, made
}

// read gives all files of a folder by their paths.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(dir, p))
		all[p] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPages: of any suite, each page keeps the policy and can be used by whoever
// does not see it, and each of its links leads to something.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model            string
		sources, pages   int
		wantSourcesPages int
	}{
		{"trained", 1500, 40, 50}, {"rank-sum", 60, 1000, 60}, {"trained", 1, 1, 1}, {"rank-sum", 12, 0, 0}, {"trained", 0, 10, 0},
	} {
		t.Run(fmt.Sprint(c.model, c.sources), func(t *testing.T) {
			t.Parallel()
			dir, made := write(t, ranking(t, c.model, c.sources), c.pages)
			files := read(t, dir)
			if made.Files != len(files) || made.Pages < min(c.pages, c.sources) || made.Pages > c.wantSourcesPages {
				t.Errorf("%+v, found %d files", made, len(files))
			}
			size := int64(0)
			for name, text := range files {
				size += int64(len(text))
				if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._~-/") != "" || len(path.Base(name)) > 200 {
					t.Errorf("a file is called %q", name)
				}
				if strings.HasSuffix(name, ".html") {
					checkPage(t, files, name)
				}
			}
			if size != made.Bytes {
				t.Errorf("%d bytes are told, %d are there", made.Bytes, size)
			}
		})
	}
}

func checkPage(t *testing.T, files map[string]string, name string) {
	t.Helper()
	text := files[name]
	for _, fault := range looktest.Faults([]byte(text)) {
		t.Errorf("%s: %s", name, fault)
	}
	if !strings.Contains(text, `http-equiv="Content-Security-Policy"`) {
		t.Errorf("%s carries no policy", name)
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "action" {
				checkLink(t, files, name, a.Val)
			}
		}
	}
}

func checkLink(t *testing.T, files map[string]string, from, to string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.RawQuery != "" {
		t.Errorf("%s leads to %q", from, to)
		return
	}
	target := from
	if u.Path != "" {
		target = path.Join(path.Dir(from), u.Path)
	}
	text, ok := files[target]
	if !ok {
		t.Errorf("%s leads to %q, which is not there", from, to)
	} else if u.Fragment != "" && !strings.Contains(text, ` id="`+html.EscapeString(u.Fragment)+`"`) && !strings.Contains(text, ` id="`+strings.ReplaceAll(u.Fragment, "+", "&#43;")+`"`) {
		t.Errorf("%s leads to %q, which has no such place", from, to)
	}
}

// TestSameBytes: the same ranking gives the same files.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	one, _ := write(t, ranking(t, "trained", 300), 50)
	two, _ := write(t, ranking(t, "trained", 300), 50)
	a, b := read(t, one), read(t, two)
	if len(a) != len(b) {
		t.Fatalf("%d files, then %d", len(a), len(b))
	}
	for name, text := range a {
		if b[name] != text {
			t.Errorf("%s differs", name)
		}
	}
}

// TestSays: the pages say what is to be said of a source.
func TestSays(t *testing.T) {
	t.Parallel()
	r := ranking(t, "trained", 300)
	dir, _ := write(t, r, 300)
	files := read(t, dir)
	page := html.UnescapeString(files["source/libstdc~2b~2b.html"])
	for _, s := range census.Signals() {
		if !strings.Contains(page, s.Why) {
			t.Errorf("the page of a source lacks the signal %s", s.Name)
		}
	}
	for _, want := range []string{`href="../source/~4d~41~49~4e.html"`, "unknown", `class="below"`, `class="above"`, "<title>MAIN: reach"} {
		if !strings.Contains(page+files["source/p0100.html"], want) {
			t.Errorf("the page of a source lacks %s", want)
		}
	}
	for _, want := range []string{"AUC", "fetch("} {
		if strings.Contains(files["index.html"], want) {
			t.Errorf("the front says %q, which is not for people", want)
		}
	}
	for _, want := range []string{`class="bound"`, "88 %", "240", "libstdc"} {
		if !strings.Contains(files["index.html"], want) {
			t.Errorf("the front lacks %s", want)
		}
	}
}

// TestScripts: what runs keeps to the policy and makes no page of what it reads.
func TestScripts(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, ranking(t, "trained", 20), 5)
	for name, text := range read(t, dir) {
		if !strings.HasPrefix(name, "assets/") || strings.HasSuffix(name, ".svg") {
			continue
		}
		for _, bad := range []string{"@import", "url(", "https://", "eval(", "innerHTML", "outerHTML", "insertAdjacent", ".style", "fetch(", "XMLHttpRequest", "document.write"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
}

// TestVacant: nothing is overwritten, and what fails leaves nothing.
func TestVacant(t *testing.T) {
	t.Parallel()
	r := ranking(t, "trained", 30)
	parent := t.TempDir()
	full, empty, file := filepath.Join(parent, "full"), filepath.Join(parent, "empty"), filepath.Join(parent, "file")
	for _, err := range []error{os.Mkdir(full, 0o755), os.Mkdir(empty, 0o755), os.WriteFile(file, []byte("mine"), 0o644), os.WriteFile(filepath.Join(full, "mine"), []byte("mine"), 0o644)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{full, file} {
		_, err := report.Write(t.Context(), dir, r, report.Options{})
		var said *errs.Error
		if !errs.Is(err, errs.Conflict) || !errors.As(err, &said) || said.Hint == "" {
			t.Errorf("%s: %v", dir, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := report.Write(gone, empty, r, report.Options{Pages: 9}); err == nil {
		t.Error("wrote although it was called off")
	}
	if _, err := report.Write(t.Context(), empty, r, report.Options{Pages: -1}); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
	if left := read(t, parent); len(left) != 2 {
		t.Errorf("left behind: %d files", len(left))
	}
	if _, err := report.Write(t.Context(), empty, r, report.Options{}); err != nil {
		t.Error(err)
	}
}
