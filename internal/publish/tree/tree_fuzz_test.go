package tree

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

// FuzzReadRoot: a root that is read says the same when it is written again.
func FuzzReadRoot(f *testing.F) {
	tr := fuzzTree(f)
	text, err := tr.Read(RootPath)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(rootHead + "# sequence 9223372036854775807\n# time 2026-03-03T00:00:00+23:59\n# key K\n# state a b c\n"))
	f.Add([]byte(rootHead + "# sequence -1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := readRoot(text)
		if err != nil {
			return
		}
		again, err := readRoot(r.text())
		if err != nil {
			t.Fatalf("written again it cannot be read: %v\n%s", err, r.text())
		}
		if !again.at.Equal(r.at) || again.sequence != r.sequence || again.key != r.key || !reflect.DeepEqual(again.state, r.state) || !sameEntries(again.lists, r.lists) {
			t.Errorf("%s\nis read as %+v, and written as\n%s", text, r, r.text())
		}
	})
}

// FuzzReadList: a list that is read names safe paths, each once, and says the
// same when it is written again.
func FuzzReadList(f *testing.F) {
	tr := fuzzTree(f)
	text, err := tr.Read(partPath(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(listHead + "# at 2026-03-03T00:00:00Z 1\n" + strings.Repeat("0", 64) + "  ../../etc/passwd\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := readList(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range list {
			if !safePath(e.path) || seen[e.path] || !filepath.IsLocal(filepath.FromSlash(e.path)) {
				t.Errorf("the list names %q", e.path)
			}
			seen[e.path] = true
		}
		written := listText(append([]*entry(nil), list...))
		again, err := readList(written)
		if err != nil || !sameEntries(again, list) {
			t.Errorf("%s\nwritten again is\n%s: %v", text, written, err)
		}
	})
}

// sameEntries compares lists whatever their order.
func sameEntries(a, b []*entry) bool {
	byPath := map[string]*entry{}
	for _, e := range a {
		byPath[e.path] = e
	}
	for _, e := range b {
		o := byPath[e.path]
		if o == nil || o.group != e.group || o.sums != e.sums || !o.modified.Equal(e.modified) || o.sequence != e.sequence || o.fixed != e.fixed {
			return false
		}
	}
	return len(a) == len(b)
}

// FuzzParsePointer: what names a root is read and written alike.
func FuzzParsePointer(f *testing.F) {
	f.Add("12 " + strings.Repeat("ab", 32))
	f.Add("-1 " + strings.Repeat("AB", 32))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePointer(text)
		if err != nil {
			return
		}
		if again, err := parsePointer(p.String()); err != nil || again != p {
			t.Errorf("%q is read as %v, and that as %v: %v", text, p, again, err)
		}
	})
}

// FuzzBundle: whatever lies in the place of a bundle, reading from it ends
// with an error or within the file.
func FuzzBundle(f *testing.F) {
	dir := f.TempDir()
	tr := fuzzTreeIn(f, dir)
	var path string
	var good []byte
	for e := range tr.snapshot().all {
		if strings.HasSuffix(e.path, ".txt") && e.group != "" {
			path = e.path
			raw, err := os.ReadFile(filepath.Join(tr.bundles(), e.bundle()))
			if err != nil {
				f.Fatal(err)
			}
			good = raw
		}
	}
	f.Add(good)
	zero := strings.Repeat("0", 128)
	f.Add([]byte(bundleHead + " 16777216\n"))
	index := "9223372036854775807 1 " + zero + " other\n-1 0 " + zero + " " + path + "\n"
	f.Add([]byte(bundleHead + " 400\n" + index))
	f.Add([]byte(bundleHead + " 400\n9223372036854775807 1 " + zero + " other\n5 5 " + zero + " " + path + "\n"))
	file := filepath.Join(f.TempDir(), "bundle")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := openStored(filepath.Dir(file), filepath.Base(file), path)
		if err != nil {
			return
		}
		defer s.Close()
		for n := range sections {
			got, err := io.ReadAll(s.section(n))
			if err == nil && !bytes.Contains(data, got) {
				t.Errorf("section %d has %d bytes that are not in the file", n, len(got))
			}
		}
	})
}

// FuzzSafePath: a path that is safe names a file below a folder, on every
// system, and nothing else.
func FuzzSafePath(f *testing.F) {
	for _, p := range []string{"a/b.txt", ".well-known/security.txt", "../x", "a//b", "/x", "a/.", "a\x00", "-x", "a/..b", "CON", strings.Repeat("a", 101)} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if !safePath(p) {
			return
		}
		if !filepath.IsLocal(p) || strings.ContainsAny(p, "\\:*?\"<>| \n\r\t%#&") || len(p) > maxPath {
			t.Errorf("%q is taken for safe", p)
		}
		for _, folder := range parents(p) {
			if !safePath(folder) && folder != ".well-known" || !strings.HasPrefix(p, folder+"/") {
				t.Errorf("%q lies in %q", p, folder)
			}
		}
		if file, kind := splitPath(p); file+suffixes[kind] != p {
			t.Errorf("%q is companion %d of %q", p, kind, file)
		}
	})
}

// fuzzTree is a small published tree.
func fuzzTree(f *testing.F) *Tree { return fuzzTreeIn(f, f.TempDir()) }

func fuzzTreeIn(f *testing.F, dir string) *Tree {
	f.Helper()
	tr, s := open(f, dir), newSigner(f)
	apply(f, tr, s, Update{Files: append(site(1), group("A-1", 1)...), State: map[string]string{"head": "1"}, At: noon})
	apply(f, tr, s, Update{Files: append(site(2), group("A-2", 1)...), State: map[string]string{"head": "2"}, At: noon.Add(time.Hour)})
	return tr
}

// FuzzHandler: whatever is asked for and however, the answer is a file of the
// tree in a form that the asker takes, a redirect within it, or a refusal.
func FuzzHandler(f *testing.F) {
	tr := fuzzTree(f)
	h := tr.Handler()
	published := map[string][]byte{}
	for e := range tr.snapshot().all {
		for _, suffix := range suffixes {
			data, err := tr.Read(e.path + suffix)
			if err != nil {
				f.Fatal(err)
			}
			published["/"+e.path+suffix] = data
		}
	}
	for _, path := range []string{"/", "/advisories/A-1/", "/advisories/A-1", "/advisories/A-1/A-1.txt", "/index/tree.txt.asc", "/../x", "/x", "//example.org/", "/advisories/A-1/index.html.sha256"} {
		f.Add("GET", path, "gzip, br;q=0.5", `W/"x", *`, "bytes=0-")
		f.Add("HEAD", path, "br;q=0, *;q=1", "", "")
	}
	f.Add("POST", "/", "", "", "")
	f.Add("GET", "/index.html", strings.Repeat("gzip;q=1.000,", 200), strings.Repeat(`"a",`, 500), "bytes=-1,2-1")
	f.Fuzz(func(t *testing.T, method, path, accept, match, ranges string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Method, r.URL.Path = method, path
		r.Header.Set("Accept-Encoding", accept)
		r.Header.Set("If-None-Match", match)
		r.Header.Set("Range", ranges)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body := w.Body.Bytes()
		switch w.Code {
		case http.StatusOK:
			if strings.HasSuffix(path, "/") || path == "" {
				path += "index.html"
			}
			want, ok := published["/"+strings.TrimPrefix(path, "/")]
			if got := unpacked(t, w.Header().Get("Content-Encoding"), body); !ok || method == "GET" && !bytes.Equal(got, want) {
				t.Errorf("%s %q with %q: %d bytes, want %d", method, path, accept, len(got), len(want))
			}
		case http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
			if ranges == "" {
				t.Errorf("%q: %d, and no range was asked for", path, w.Code)
			}
		case http.StatusNotModified:
			if match == "" || len(body) > 0 {
				t.Errorf("%q: not modified, without a tag", path)
			}
		case http.StatusMovedPermanently:
			if to := w.Header().Get("Location"); strings.HasPrefix(to, "/") || strings.Contains(to, ":") || !safePath(strings.TrimSuffix(to, "/")) {
				t.Errorf("%q leads to %q", path, to)
			}
		case http.StatusNotFound, http.StatusMethodNotAllowed:
		default:
			t.Errorf("%s %q: %d", method, path, w.Code)
		}
	})
}

func unpacked(t *testing.T, coding string, body []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil // a HEAD has no body
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	case "":
	default:
		t.Errorf("the coding is %q", coding)
	}
	out, err := io.ReadAll(r)
	if err != nil && len(body) > 0 {
		t.Error(err)
	}
	return out
}
