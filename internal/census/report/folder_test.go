package report_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/report"
)

// ask asks a folder for a path, and gives the answer or why there is none.
func ask(f report.Folder, method, path string, headers ...string) (*httptest.ResponseRecorder, error) {
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, "/", nil)
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	return w, f.Serve(w, r, path)
}

// TestFolder: every file of a report is served as what it is, and nothing else is.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, ranking(t, "trained", 40), 10)
	outside := filepath.Join(filepath.Dir(dir), "secret.html")
	for _, err := range []error{
		os.WriteFile(outside, []byte("secret"), 0o644), os.Symlink(outside, filepath.Join(dir, "way.html")),
		os.WriteFile(filepath.Join(dir, ".hidden.html"), []byte("secret"), 0o644), os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("secret"), 0o644),
		os.Mkdir(filepath.Join(dir, "folder.html"), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f := report.Folder{Dir: dir, Cache: "no-cache"}
	for name, text := range read(t, dir) {
		w, err := ask(f, "GET", name)
		if strings.Contains(text, "secret") && len(text) == len("secret") {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || w.Body.String() != text || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, err)
		}
		if policy := w.Header().Get("Content-Security-Policy"); strings.Contains(policy, "script-src") != strings.HasSuffix(name, ".html") || !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s has the policy %q", name, policy)
		}
	}
	if err := os.Symlink(filepath.Dir(dir), filepath.Join(dir, "up")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"way.html", "up/secret.html", "../secret.html", "/index.html", "source/../index.html", "source", "source/", "assets", ".", "folder.html", "no.html", "index.html/x.html", "a\x00.html", strings.Repeat("a/", 5000) + "b.html"} {
		if w, err := ask(f, "GET", path); !errs.Is(err, errs.NotFound) || w.Body.Len() > 0 {
			t.Errorf("%.40q: %v", path, err)
		}
	}
	front, err := ask(f, "GET", "")
	if err != nil || front.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatal(err, front.Header())
	}
	if w, err := ask(f, "GET", "", "If-None-Match", front.Header().Get("Etag")); err != nil || w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("asked again: %d, %v", w.Code, err)
	}
	if w, err := ask(f, "HEAD", ""); err != nil || w.Body.Len() > 0 || w.Header().Get("Etag") != front.Header().Get("Etag") {
		t.Errorf("head: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, report.Manifest)); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(f, "GET", ""); !errs.Is(err, errs.NotFound) {
		t.Errorf("a folder that is no report is served: %v", err)
	}
	if err := report.Check(dir); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}

// TestReplace: an earlier report gives way to a new one, and nothing else does.
func TestReplace(t *testing.T) {
	t.Parallel()
	small, large := ranking(t, "trained", 20), ranking(t, "trained", 60)
	put := func(dir, name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(dir string){
		"a file beside":      func(dir string) { put(dir, "notes.txt", "mine") },
		"a file in a folder": func(dir string) { put(dir, "source/mine.html", "mine") },
		"a folder":           func(dir string) { put(dir, "mine/x", "mine") },
		"an empty folder":    func(dir string) { _ = os.Mkdir(filepath.Join(dir, "empty"), 0o755) },
		"no manifest":        func(dir string) { _ = os.Remove(filepath.Join(dir, report.Manifest)) },
		"another's manifest": func(dir string) { put(dir, report.Manifest, `{"kind": "other"}`) },
		"a broken manifest":  func(dir string) { put(dir, report.Manifest, `{`) },
		"a link": func(dir string) {
			_ = os.Remove(filepath.Join(dir, "index.html"))
			_ = os.Symlink("ranking.html", filepath.Join(dir, "index.html"))
		},
	} {
		dir, _ := write(t, small, 5)
		spoil(dir)
		before := read(t, dir)
		_, err := report.Write(t.Context(), dir, large, report.Options{Pages: 5, Replace: true})
		var said *errs.Error
		if !errs.Is(err, errs.Conflict) || !errors.As(err, &said) || said.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if after := read(t, dir); len(after) != len(before) {
			t.Errorf("%s: of %d files %d are left", name, len(before), len(after))
		}
	}
	dir, _ := write(t, small, 5)
	if _, err := report.Write(t.Context(), dir, large, report.Options{Pages: 5, Replace: true}); err != nil {
		t.Fatal(err)
	}
	fresh, _ := write(t, large, 5)
	got, want := read(t, dir), read(t, fresh)
	for name := range want {
		if name != "index.html" && got[name] == "" {
			t.Errorf("%s is not there", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, not %d", len(got), len(want))
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); err != nil || len(left) != 1 {
		t.Errorf("left beside it: %v", left)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".*")); err != nil || len(left) != 0 {
		t.Errorf("left beside it: %v", left)
	}
}

// TestReplaceWhileRead: who reads while one report gives way to another finds one
// of them at any time, whole.
func TestReplaceWhileRead(t *testing.T) {
	t.Parallel()
	small, large := ranking(t, "trained", 20), ranking(t, "trained", 60)
	dir, _ := write(t, small, 5)
	f := report.Folder{Dir: dir}
	done := make(chan error)
	go func() {
		var err error
		for n := 0; n < 12 && err == nil; n++ {
			_, err = report.Write(t.Context(), dir, []*census.Ranking{large, small}[n%2], report.Options{Pages: 5, Replace: true})
		}
		done <- err
	}()
	for asked := 0; ; asked++ {
		w, err := ask(f, "GET", "ranking.html")
		if err != nil || !strings.HasSuffix(w.Body.String(), "</html>\n") {
			t.Errorf("asked %d times: %v, %d bytes", asked, err, w.Body.Len())
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}
