package tree

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

func request(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = target
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func served(t *testing.T) (http.Handler, *Tree) {
	t.Helper()
	tr := open(t, t.TempDir())
	all := append(group("A-1", 1), site(1)...)
	all = append(all, File{Path: "feed.atom", Data: []byte("<feed/>")}, File{Path: "look/logo.svg", Data: []byte("<svg/>")})
	apply(t, tr, newSigner(t), Update{Files: all, At: noon})
	return tr.Handler(), tr
}

func TestHandlerAnswers(t *testing.T) {
	t.Parallel()
	h, _ := served(t)
	for _, tt := range []struct {
		method, path string
		status       int
		kind         string // Content-Type, or where to for 301
	}{
		{"GET", "/", 200, "text/html; charset=utf-8"},
		{"HEAD", "/", 200, "text/html; charset=utf-8"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8"},
		{"GET", "/advisories/A-1/", 200, "text/html; charset=utf-8"},
		{"GET", "/advisories/A-1", 301, "A-1/"},
		{"GET", "/advisories/A-1/A-1.txt", 200, "text/plain; charset=utf-8"},
		{"GET", "/advisories/A-1/A-1.json", 200, "application/json"},
		{"GET", "/advisories/A-1/A-1.json.asc", 200, "application/pgp-signature"},
		{"GET", "/advisories/A-1/A-1.json.sha256", 200, "text/plain; charset=utf-8"},
		{"GET", "/advisories/A-1/A-1.json.sha512", 200, "text/plain; charset=utf-8"},
		{"GET", "/.well-known/security.txt", 200, "text/plain; charset=utf-8"},
		{"GET", "/feed.atom", 200, "application/atom+xml; charset=utf-8"},
		{"GET", "/look/logo.svg", 200, "image/svg+xml"},
		{"GET", "/index/tree.txt", 200, "text/plain; charset=utf-8"},
		{"GET", "/index/000001.txt.asc", 200, "application/pgp-signature"},
		{"GET", "/" + KeyPath, 200, "text/plain; charset=utf-8"},
		{"GET", "/nothing", 404, "text/html; charset=utf-8"},
		{"GET", "/advisories/", 404, "text/html; charset=utf-8"},
		{"GET", "//", 404, "text/html; charset=utf-8"},
		{"GET", "//example.net", 404, "text/html; charset=utf-8"},
		{"GET", "/../current", 404, "text/html; charset=utf-8"},
		{"GET", "/current", 404, "text/html; charset=utf-8"},
		{"GET", "/index/1.txt", 404, "text/html; charset=utf-8"},
		{"GET", "/index/-00001.txt", 404, "text/html; charset=utf-8"},
		{"GET", "/index/000009.txt", 404, "text/html; charset=utf-8"},
		{"GET", "/index.html.asc.asc", 404, "text/html; charset=utf-8"},
		{"POST", "/", 405, "text/plain; charset=utf-8"},
		{"DELETE", "/index.html", 405, "text/plain; charset=utf-8"},
	} {
		r := request(h, tt.method, tt.path)
		got := r.Header.Get("Content-Type")
		if tt.status == 301 {
			got = r.Header.Get("Location")
		}
		if r.StatusCode != tt.status || got != tt.kind {
			t.Errorf("%s %s: %d %s, want %d %s", tt.method, tt.path, r.StatusCode, got, tt.status, tt.kind)
		}
		if r.StatusCode == 405 && r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: Allow is %q", tt.method, tt.path, r.Header.Get("Allow"))
		}
		if (r.StatusCode == 200 || r.StatusCode == 404) && (r.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(r.Header.Get("Content-Security-Policy"), "default-src 'none'") ||
			r.Header.Get("Referrer-Policy") != "no-referrer") {
			t.Errorf("%s %s: headers %v", tt.method, tt.path, r.Header)
		}
		if tt.method == "HEAD" && body(t, r) != "" {
			t.Errorf("HEAD %s has a body", tt.path)
		}
	}
	if got := body(t, request(h, "GET", "/nothing")); got != "<p>Nothing here." {
		t.Errorf("for nothing: %q", got)
	}
	if got := request(h, "GET", "/advisories/A-1/r1.json").Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("a fixed file may be kept for %q", got)
	}
	if got := request(h, "GET", "/").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the front page may be kept for %q", got)
	}
}

func TestHandlerEmptyTree(t *testing.T) {
	t.Parallel()
	if r := request(open(t, t.TempDir()).Handler(), "GET", "/"); r.StatusCode != 404 {
		t.Errorf("status %d", r.StatusCode)
	}
}

func TestHandlerForms(t *testing.T) {
	t.Parallel()
	h, tr := served(t)
	const target = "/advisories/A-1/A-1.txt"
	want, err := tr.Read(target[1:])
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]bool{}
	for accept, coding := range map[string]string{
		"":                      "",
		"gzip":                  "gzip",
		"br":                    "br",
		"gzip, deflate, br":     "br",
		"GZIP;q=0.5":            "gzip",
		"br;q=0, gzip":          "gzip",
		"br; q=0.0":             "",
		"gzip;q=x":              "",
		"deflate":               "",
		"identity":              "",
		strings.Repeat(",", 99): "",
	} {
		r := request(h, "GET", target, "Accept-Encoding", accept)
		if got := r.Header.Get("Content-Encoding"); got != coding || r.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("accept %q: coding %q, vary %q", accept, got, r.Header.Get("Vary"))
		}
		tags[r.Header.Get("ETag")] = true
		raw := body(t, r)
		if r.Header.Get("Content-Length") != fmt.Sprint(len(raw)) {
			t.Errorf("accept %q: length %s of %d", accept, r.Header.Get("Content-Length"), len(raw))
		}
		if got := decode(t, coding, raw); got != string(want) {
			t.Errorf("accept %q: %q", accept, got)
		}
		if coding != "" && len(raw) >= len(want) {
			t.Errorf("%s makes it larger", coding)
		}
	}
	if len(tags) != 3 {
		t.Errorf("three forms have the tags %v", tags)
	}
	// What does not gain from it is sent as it is.
	if r := request(h, "GET", "/", "Accept-Encoding", "br"); r.Header.Get("Content-Encoding") != "" || r.Header.Get("Vary") != "" {
		t.Errorf("a short file: %v", r.Header)
	}
}

func decode(t *testing.T, coding, raw string) string {
	t.Helper()
	var r io.Reader = strings.NewReader(raw)
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHandlerNotModified(t *testing.T) {
	t.Parallel()
	h, _ := served(t)
	const target = "/advisories/A-1/A-1.txt"
	tag := request(h, "GET", target).Header.Get("ETag")
	zipped := request(h, "GET", target, "Accept-Encoding", "gzip").Header.Get("ETag")
	date := noon.Format(http.TimeFormat)
	for _, tt := range []struct {
		header []string
		status int
	}{
		{[]string{"If-None-Match", tag}, 304},
		{[]string{"If-None-Match", "W/" + tag}, 304},
		{[]string{"If-None-Match", `"other", ` + tag}, 304},
		{[]string{"If-None-Match", "*"}, 304},
		{[]string{"If-None-Match", zipped}, 200},
		{[]string{"If-None-Match", zipped, "Accept-Encoding", "gzip"}, 304},
		{[]string{"If-None-Match", `"other"`}, 200},
		{[]string{"If-None-Match", `"other"`, "If-Modified-Since", date}, 200},
		{[]string{"If-Modified-Since", date}, 304},
		{[]string{"If-Modified-Since", noon.Add(-time.Second).Format(http.TimeFormat)}, 200},
		{[]string{"If-Modified-Since", "yesterday"}, 200},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			r := request(h, method, target, tt.header...)
			dated := r.Header.Get("Last-Modified") == date || tt.status == 304 // which has the tag
			if r.StatusCode != tt.status || r.Header.Get("ETag") == "" || !dated {
				t.Errorf("%s with %v: %d %v, want %d", method, tt.header, r.StatusCode, r.Header, tt.status)
			}
			if tt.status == 304 && body(t, r) != "" {
				t.Errorf("%s with %v: 304 with a body", method, tt.header)
			}
		}
	}
}

// While trees are published as fast as may be, every answer is whole: a body
// that fits its tag, and a root that fits its signature is never absent.
func TestHandlerNeverTorn(t *testing.T) {
	t.Parallel()
	s, tr := newSigner(t), open(t, t.TempDir())
	h := tr.Handler()
	version := func(n int) []File {
		return []File{{Path: "index.html", Data: bytes.Repeat(fmt.Appendf(nil, "%06d\n", n), 2000)}}
	}
	apply(t, tr, s, Update{Files: version(0), At: noon})
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r := request(h, "GET", "/", "Accept-Encoding", "gzip")
				if r.StatusCode != 200 {
					t.Errorf("status %d", r.StatusCode)
					return
				}
				got := decode(t, r.Header.Get("Content-Encoding"), body(t, r))
				if got != strings.Repeat(got[:7], 2000) {
					t.Error("an answer is of two versions")
					return
				}
				if r := request(h, "GET", "/"+RootPath+".asc"); r.StatusCode != 200 {
					t.Errorf("the root's signature: status %d", r.StatusCode)
					return
				}
			}
		})
	}
	for n := range 40 {
		apply(t, tr, s, Update{Files: version(n + 1), At: noon.Add(time.Duration(n) * time.Second)})
	}
	close(stop)
	wait.Wait()
}
