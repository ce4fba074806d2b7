package popcon_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
	"steward/internal/census/popcon"
)

const head = `#Format
#
#<name> is the package name;
#<inst> is the number of people who installed this package;
#rank name                            inst  vote   old recent no-files (maintainer)
`

const end = "------------------------------------------------------------------\n4     Total                          300    20    10    30     0\n"

func row(rank int, name string, inst int) string {
	return fmt.Sprintf("%-5d %-30s %5d %5d %5d %5d %5d (%s)\n", rank, name, inst, inst/2, inst/4, inst/8, 0, "A Team, of two")
}

func packed(t testing.TB, list string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, list); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	t.Parallel()
	whole := head + row(1, "adduser", 248240) + row(2, "libc6", 248000) + row(3, "libstdc++6", 7) + row(4, "x", 0) + end
	want := map[string]int{"adduser": 248240, "libc6": 248000, "libstdc++6": 7, "x": 0}
	for name, c := range map[string]struct {
		list   string
		want   map[string]int
		broken int
		whole  bool
	}{
		"whole":          {whole, want, 0, true},
		"DOS":            {strings.ReplaceAll(whole, "\n", "\r\n"), want, 0, true},
		"cut off":        {head + row(1, "adduser", 5), map[string]int{"adduser": 5}, 0, false},
		"no newline":     {strings.TrimSpace(row(1, "adduser", 5)), map[string]int{"adduser": 5}, 0, false},
		"empty":          {"", map[string]int{}, 0, false},
		"by source":      {"1 adduser 5 1 1 1 1\n", map[string]int{"adduser": 5}, 0, false},
		"twice":          {row(1, "a", 5) + row(2, "a", 4), map[string]int{"a": 5}, 0, false},
		"behind the end": {row(1, "a", 5) + end + row(2, "b", 4) + end, map[string]int{"a": 5}, 1, true},
		"broken": {
			"<html>\n1 a\n1 a -5 0 0 0 0\n1 a 1e3\nx a 5 0 0 0 0\n1 ä 5 0 0 0 0\n--- a\n1 " + strings.Repeat("n", 300) + " 5\n1 b 99999999999999999999\n" +
				"2 c " + strings.Repeat("5 ", 9999) + "\n" + row(3, "last", 3), map[string]int{"last": 3}, 10, false,
		},
	} {
		for _, packing := range []bool{false, true} {
			raw := []byte(c.list)
			if packing {
				raw = packed(t, c.list)
			}
			got, broken, err := popcon.Read(t.Context(), bytes.NewReader(raw))
			if err != nil || broken != c.broken || got.Whole != c.whole || !maps.Equal(got.Installs, c.want) {
				t.Errorf("%s: %+v, %d broken, %v", name, got, broken, err)
			}
			most := 0
			for _, n := range c.want {
				most = max(most, n)
			}
			if got.Most != most {
				t.Errorf("%s: most %d", name, got.Most)
			}
		}
	}
}

// endless is a list of comments without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	p[len(p)-1] = '\n'
	return len(p), nil
}

func TestBounds(t *testing.T) {
	t.Parallel()
	z := packed(t, head+row(1, "a", 5)+end)
	for name, r := range map[string]io.Reader{
		"cut":     bytes.NewReader(z[:len(z)-9]),
		"no gzip": strings.NewReader("\x1f\x8bno"),
		"endless": endless{},
	} {
		if c, _, err := popcon.Read(t.Context(), r); !errs.Is(err, errs.Invalid) || c.Installs != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := popcon.Read(ctx, strings.NewReader(head)); err == nil {
		t.Error("read for nobody")
	}
}

// TestCollect: the list is fetched, and not a second time; without it there is
// none, which is no error.
func TestCollect(t *testing.T) {
	t.Parallel()
	z := packed(t, head+row(1, "a", 5)+end)
	asked, sent := 0, 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if r.Header.Get("If-None-Match") == "" {
			sent++
		}
		w.Header().Set("ETag", `"a"`)
		w.Header().Set("Content-Type", "application/x-gzip")
		http.ServeContent(w, r, "by_inst.gz", time.Time{}, bytes.NewReader(z))
	}))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	if _, _, ok, err := popcon.Open(t.Context(), dir); ok || err != nil {
		t.Errorf("of nothing: %v %v", ok, err)
	}
	for n := range 2 {
		_, same, err := popcon.Collect(t.Context(), fetch.New(), s.URL+"/by_inst.gz", dir, nil)
		if err != nil || same != (n > 0) {
			t.Fatalf("%v %v", same, err)
		}
	}
	c, broken, ok, err := popcon.Open(t.Context(), dir)
	if err != nil || !ok || broken != 0 || c.Installs["a"] != 5 || sent != 1 {
		t.Errorf("%+v %d %v %v, sent %d times", c, broken, ok, err, sent)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + row(1, "a", 5) + end))
	f.Add(packed(f, head+row(1, "a", 5)+end))
	f.Add([]byte("1 a 5\n-\n--\n2 Total\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, broken, err := popcon.Read(t.Context(), bytes.NewReader(raw))
		if err != nil {
			return
		}
		if broken < 0 || broken > 1+bytes.Count(raw, []byte("\n")) && raw[0] != 0x1f {
			t.Errorf("%d broken", broken)
		}
		for name, n := range c.Installs {
			if name == "" || strings.ContainsAny(name, " \t\n") || n < 0 || n > c.Most {
				t.Errorf("%q: %d", name, n)
			}
		}
	})
}

// BenchmarkRead reads a list as long as Debian's.
func BenchmarkRead(b *testing.B) {
	var list strings.Builder
	list.WriteString(head)
	for i := range 200_000 {
		list.WriteString(row(i+1, fmt.Sprintf("lib%x-package%d", i%97, i), 250_000-i))
	}
	list.WriteString(end)
	z := packed(b, list.String())
	b.SetBytes(int64(list.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if c, broken, err := popcon.Read(b.Context(), bytes.NewReader(z)); err != nil || broken > 0 || len(c.Installs) != 200_000 {
			b.Fatal(err, broken)
		}
	}
}
