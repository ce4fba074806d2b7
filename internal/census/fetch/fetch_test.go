package fetch_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
)

var (
	day  = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	long = func() []byte {
		b := make([]byte, 700_000)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}()
)

// site is a server that keeps what it was asked.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
}

func serve(t *testing.T, h func(n int, w http.ResponseWriter, r *http.Request)) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r)
		n := len(s.asked)
		s.mu.Unlock()
		h(n, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// file answers as servers of files do: with ranges, tags and dates.
func file(w http.ResponseWriter, r *http.Request, tag string, content []byte) {
	if tag != "" {
		w.Header().Set("ETag", tag)
	}
	http.ServeContent(w, r, "", day, bytes.NewReader(content))
}

// client waits for nothing and tells how long it would have.
func client(waits *[]time.Duration) *fetch.Client {
	c := fetch.New()
	c.Now = func() time.Time { return day }
	c.Silence = 20 * time.Second
	c.Wait = func(ctx context.Context, d time.Duration) error {
		if waits != nil {
			*waits = append(*waits, d)
		}
		return ctx.Err()
	}
	return c
}

func get(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// alone: nothing but the file and its origin is in the folder.
func alone(t *testing.T, path string, want int) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != want {
		t.Errorf("in the folder: %v, %v", entries, err)
	}
}

// TestFile: a file comes whole with its origin, is not sent again while it has not
// changed, and is when it has.
func TestFile(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{`"a"`, `W/"a"`, ""} {
		content := long
		s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/from" {
				http.Redirect(w, r, "/to", http.StatusFound)
				return
			}
			if r.Header.Get("User-Agent") != "steward" || r.Header.Get("Accept-Encoding") != "identity" || r.Header.Get("Referer") != "" {
				t.Errorf("asked with %v", r.Header)
			}
			if tag != "" && len(content) < len(long) {
				file(w, r, `"b"`, content)
				return
			}
			file(w, r, tag, content)
		})
		path := filepath.Join(t.TempDir(), "deep", "list")
		c := client(nil)
		var last, total int64
		o, same, err := c.File(t.Context(), s.URL+"/from", path, func(done, all int64) {
			if done <= last || all != int64(len(long)) {
				t.Errorf("%d of %d after %d", done, all, last)
			}
			last, total = done, all
		})
		sum := sha256.Sum256(long)
		if err != nil || same || o.SHA256 != hex.EncodeToString(sum[:]) || o.ETag != tag || !o.Fetched.Equal(day) || last != total || total == 0 {
			t.Fatalf("%+v %v %v, %d of %d", o, same, err, last, total)
		}
		if !bytes.Equal(get(t, path), long) {
			t.Error("another file")
		}
		if kept, ok := fetch.OriginOf(path); !ok || kept != o {
			t.Errorf("kept %+v", kept)
		}
		o2, same, err := c.File(t.Context(), s.URL+"/from", path, nil)
		if err != nil || !same || o2 != o {
			t.Errorf("again: %+v %v %v", o2, same, err)
		}
		alone(t, path, 2)
		if tag == "" {
			continue // the date is the same
		}
		content = long[:1000]
		if _, same, err = c.File(t.Context(), s.URL+"/from", path, nil); err != nil || same || !bytes.Equal(get(t, path), content) {
			t.Errorf("changed: %v %v", same, err)
		}
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := fetch.OriginOf(path); ok {
			t.Error("another file has an origin")
		}
		if _, same, err = c.File(t.Context(), s.URL+"/from", path, nil); err != nil || same || !bytes.Equal(get(t, path), content) {
			t.Errorf("after a change by hand: %v %v", same, err)
		}
		alone(t, path, 2)
	}
}

// cut sends a part of an answer and breaks the connection.
func cut(w http.ResponseWriter, r *http.Request, tag string, content []byte, from, upTo int) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = w.Write(content[from:upTo])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// TestCut: what breaks off is taken up where it broke off if the server still has
// the same, and begins anew if not.
func TestCut(t *testing.T) {
	t.Parallel()
	other := bytes.ToUpper(long[:500_000])
	for name, c := range map[string]struct {
		h      func(n int, w http.ResponseWriter, r *http.Request)
		want   []byte
		ranges []string
	}{
		"taken up": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, r, `"a"`, long, 0, 300_000)
			}
			if got := r.Header.Get("If-Range"); got != `"a"` {
				t.Errorf("If-Range is %q", got)
			}
			file(w, r, `"a"`, long)
		}, long, []string{"", "bytes=300000-"}},
		"changed meanwhile": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, r, `"a"`, long, 0, 300_000)
			}
			file(w, r, `"b"`, other)
		}, other, []string{"", "bytes=300000-"}},
		"a weak tag": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, r, `W/"a"`, long, 0, 300_000)
			}
			file(w, r, `W/"a"`, long)
		}, long, []string{"", ""}},
		"another part": {func(n int, w http.ResponseWriter, r *http.Request) {
			switch n {
			case 1:
				cut(w, r, `"a"`, long, 0, 300_000)
			case 2:
				cut(w, r, `"a"`, long, 200_000, 400_000)
			}
			file(w, r, `"a"`, long)
		}, long, []string{"", "bytes=300000-", ""}},
		"a part of another state": {func(n int, w http.ResponseWriter, r *http.Request) {
			switch n {
			case 1:
				cut(w, r, `"a"`, long, 0, 300_000)
			case 2:
				cut(w, r, `"b"`, long, 300_000, 400_000)
			}
			file(w, r, `"b"`, other)
		}, other, []string{"", "bytes=300000-", ""}},
		"a part of the rest": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, r, `"a"`, long, 0, 300_000)
			}
			if n == 2 {
				r.Header.Set("Range", "bytes=300000-399999")
			}
			file(w, r, `"a"`, long)
		}, long, []string{"", "bytes=300000-399999", "bytes=400000-"}},
		"shorter by now": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, r, `"a"`, long, 0, 300_000)
			}
			r.Header.Del("If-Range")
			file(w, r, `"b"`, long[:10])
		}, long[:10], []string{"", "bytes=300000-", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.h)
			path := filepath.Join(t.TempDir(), "list")
			o, _, err := client(nil).File(t.Context(), s.URL+"/x", path, nil)
			sum := sha256.Sum256(c.want)
			if err != nil || !bytes.Equal(get(t, path), c.want) || o.SHA256 != hex.EncodeToString(sum[:]) {
				t.Fatalf("%+v %v", o, err)
			}
			var ranges []string
			for _, r := range s.asked {
				ranges = append(ranges, r.Header.Get("Range"))
			}
			if fmt.Sprint(ranges) != fmt.Sprint(c.ranges) {
				t.Errorf("asked for %q", ranges)
			}
			alone(t, path, 2)
		})
	}
}

// TestManyCuts: as long as each try brings something it goes on.
func TestManyCuts(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		var from int
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		if upTo := from + 40_000; upTo < len(long) {
			cut(w, r, `"a"`, long, from, upTo)
		}
		file(w, r, `"a"`, long)
	})
	path := filepath.Join(t.TempDir(), "list")
	if _, _, err := client(nil).File(t.Context(), s.URL, path, nil); err != nil || !bytes.Equal(get(t, path), long) || len(s.asked) != 18 {
		t.Errorf("%v after %d", err, len(s.asked))
	}
}

// TestBusy: a server that asks for patience gets it, within bounds.
func TestBusy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		after  string
		waits  []time.Duration
		ok     bool
	}{
		"seconds":     {503, "7", []time.Duration{7 * time.Second, 7 * time.Second}, true},
		"a date":      {429, day.Add(9 * time.Second).Format(http.TimeFormat), []time.Duration{9 * time.Second, 9 * time.Second}, true},
		"in the past": {429, day.Add(-time.Hour).Format(http.TimeFormat), []time.Duration{0, 0}, true},
		"no word":     {500, "", []time.Duration{time.Second, 2 * time.Second}, true},
		"nonsense":    {502, "soon", []time.Duration{time.Second, 2 * time.Second}, true},
		"too long":    {503, "99999999999", nil, false},
		"not found":   {404, "1", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
				if n > 2 {
					file(w, r, "", long)
					return
				}
				w.Header().Set("Retry-After", c.after)
				w.WriteHeader(c.status)
			})
			var waits []time.Duration
			path := filepath.Join(t.TempDir(), "list")
			_, _, err := client(&waits).File(t.Context(), s.URL+"/a/list?key=secret", path, nil)
			if (err == nil) != c.ok || fmt.Sprint(waits) != fmt.Sprint(c.waits) {
				t.Fatalf("%v, waited %v", err, waits)
			}
			if err != nil {
				host := strings.TrimPrefix(s.URL, "http://")
				if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), host+"/a/list ") || strings.Contains(err.Error(), "secret") {
					t.Errorf("it says: %v", err)
				}
				if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
					t.Error("a file is there")
				}
				alone(t, path, 0)
			}
		})
	}
}

// TestGivesUp: in the end; and what was there before stays.
func TestGivesUp(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]func(n int, w http.ResponseWriter, r *http.Request){
		"always busy": func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		"always cut":  func(_ int, w http.ResponseWriter, r *http.Request) { cut(w, r, `"a"`, long, 0, 0) },
		"cut anew": func(_ int, w http.ResponseWriter, r *http.Request) {
			cut(w, r, `W/"a"`, long, 0, 300_000)
		},
		"a little each time": func(_ int, w http.ResponseWriter, r *http.Request) {
			var from int
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			cut(w, r, `"a"`, long, from, from+10)
		},
		"too much, and says so": func(_ int, w http.ResponseWriter, r *http.Request) { file(w, r, "", append(long, long...)) },
		"too much": func(_ int, w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				_, _ = w.Write(long)
			}
		},
		"in circles":   func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusFound) },
		"304 unasked":  func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) },
		"206 unasked":  func(_ int, w http.ResponseWriter, r *http.Request) { cut(w, r, `"a"`, long, 1, 2) },
		"nothing here": func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) },
		"silent": func(_ int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "1")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, h)
			path := filepath.Join(t.TempDir(), "list")
			if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			c := client(nil)
			c.Limit = 1_000_000
			if name == "silent" {
				c.Silence = 100 * time.Millisecond
			}
			_, _, err := c.File(t.Context(), s.URL+"/x", path, nil)
			if !errs.Is(err, errs.Conflict) {
				t.Errorf("%v", err)
			}
			if string(get(t, path)) != "before" {
				t.Error("the file has changed")
			}
			if len(s.asked) > 50 {
				t.Errorf("asked %d times", len(s.asked))
			}
			alone(t, path, 1)
		})
	}
}

// TestElsewhere: a server cannot send us into a network that is not public; who
// names such an address is served.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	inner := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { file(w, r, "", long) })
	outer := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inner.URL, http.StatusTemporaryRedirect)
	})
	c := client(nil)
	for address, ok := range map[string]bool{outer.URL: false, inner.URL: true} {
		body, err := c.Get(t.Context(), address)
		if (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil {
			continue
		}
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, long) {
			t.Error(err)
		}
		_ = body.Close()
	}
	if len(inner.asked) != 1 {
		t.Errorf("the inner one was asked %d times", len(inner.asked))
	}
}

// TestDown: https never leads to http.
func TestDown(t *testing.T) {
	t.Parallel()
	plain := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { file(w, r, "", long) })
	safe := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(safe.Close)
	c := client(nil)
	if _, err := c.Get(t.Context(), safe.URL); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v", err)
	}
	h := fetch.NewHTTP()
	h.Transport = safe.Client().Transport
	c.HTTP = h
	if _, err := c.Get(t.Context(), safe.URL); !errs.Is(err, errs.Conflict) || len(plain.asked) > 0 {
		t.Errorf("%v, asked %d times", err, len(plain.asked))
	}
}

// TestSlow: who sends a little now and then is not silent.
func TestSlow(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		for range 5 {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(700 * time.Millisecond)
		}
	})
	c := client(nil)
	c.Silence = 2 * time.Second
	path := filepath.Join(t.TempDir(), "list")
	if _, _, err := c.File(t.Context(), s.URL, path, nil); err != nil || string(get(t, path)) != "xxxxx" || len(s.asked) != 1 {
		t.Errorf("%v, asked %d times", err, len(s.asked))
	}
}

// TestOtherAddress: what another address says of itself says nothing of a file.
func TestOtherAddress(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { file(w, r, `"1"`, []byte(r.URL.Path)) })
	path := filepath.Join(t.TempDir(), "list")
	for _, at := range []string{"/one", "/two"} {
		if o, same, err := client(nil).File(t.Context(), s.URL+at, path, nil); err != nil || same || string(get(t, path)) != at || o.URL != s.URL+at {
			t.Errorf("%s: %+v %v %v", at, o, same, err)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			w.WriteHeader(503)
			return
		}
		cut(w, r, "", long, 0, 300_000)
	})
	body, err := client(nil).Get(t.Context(), s.URL+"/list")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "/list") || len(got) != 300_000 {
		t.Errorf("%d, %v", len(got), err)
	}
	_ = body.Close()
	c := client(nil)
	c.Limit = 100_000
	if body, err = c.Get(t.Context(), serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(long) }).URL); err != nil {
		return
	}
	if _, err := io.ReadAll(body); !errs.Is(err, errs.Conflict) {
		t.Errorf("too much: %v", err)
	}
	_ = body.Close()
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, a := range []string{"", "x", "/x", "ftp://x/y", "https://", "file:///etc/passwd", "https://\x00", "http://[::1"} {
		if _, err := client(nil).Get(t.Context(), a); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", a, err)
		}
		if _, _, err := client(nil).File(t.Context(), a, filepath.Join(t.TempDir(), "x"), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", a, err)
		}
	}
}

// TestNobody: a closed port, a name that is none, and a caller who has no time.
func TestNobody(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	var waits []time.Duration
	if _, err := client(&waits).Get(t.Context(), "http://"+closed+"/x"); !errs.Is(err, errs.Conflict) || len(waits) != 4 {
		t.Errorf("%v after %v", err, waits)
	}
	s := serve(t, func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client(nil).Get(ctx, s.URL); !errs.Is(err, errs.Conflict) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := fetch.Sleep(ctx, time.Hour); err == nil {
		t.Error("slept")
	}
	if err := fetch.Sleep(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
}
