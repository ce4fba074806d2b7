package tree

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

// TestHandlerRanges: a part is a part of the form that was asked for.
func TestHandlerRanges(t *testing.T) {
	t.Parallel()
	h, tr := served(t)
	const target = "/advisories/A-1/A-1.txt"
	whole, err := tr.Read(target[1:])
	if err != nil {
		t.Fatal(err)
	}
	first := request(h, "GET", target)
	tag, zipped := first.Header.Get("ETag"), body(t, request(h, "GET", target, "Accept-Encoding", "gzip"))
	for _, tt := range []struct {
		header []string
		status int
		want   string
	}{
		{[]string{"Range", "bytes=0-9"}, 206, string(whole[:10])},
		{[]string{"Range", "bytes=-5"}, 206, string(whole[len(whole)-5:])},
		{[]string{"Range", "bytes=3-", "If-Range", tag}, 206, string(whole[3:])},
		{[]string{"Range", "bytes=3-", "If-Range", `"other"`}, 200, string(whole)},
		{[]string{"Range", "bytes=0-9", "Accept-Encoding", "gzip"}, 206, zipped[:10]},
		{[]string{"Range", "lines=1-2"}, 416, ""},
		{[]string{"Range", "bytes=999999-"}, 416, ""},
		{[]string{"If-Match", `"other"`}, 412, ""},
		{[]string{"If-Match", `"other"`, "If-None-Match", tag}, 412, ""},
		{[]string{"If-Unmodified-Since", noon.Add(-time.Hour).Format(http.TimeFormat), "If-None-Match", tag}, 412, ""},
	} {
		r := request(h, "GET", target, tt.header...)
		got := body(t, r)
		if r.StatusCode != tt.status || (tt.want != "" && got != tt.want) {
			t.Errorf("%v: %d %q, want %d", tt.header, r.StatusCode, got, tt.status)
		}
	}
}

// TestHandlerServesWhatIsPublished: every path answers with the bytes that
// Read gives, the first time and again, also after another process published.
func TestHandlerServesWhatIsPublished(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	h := tr.Handler()
	for n := 1; n <= 3; n++ {
		at := noon.Add(time.Duration(n) * time.Minute)
		apply(t, open(t, dir), s, Update{Files: append(group(fmt.Sprintf("A-%d", n), 1), site(n)...), At: at})
		if err := tr.Refresh(); err != nil {
			t.Fatal(err)
		}
		for e := range tr.snapshot().all {
			for _, suffix := range suffixes {
				want, err := tr.Read(e.path + suffix)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if got := body(t, request(h, "GET", "/"+e.path+suffix)); got != string(want) {
						t.Fatalf("publication %d: /%s%s is served as %q, not %q", n, e.path, suffix, got, want)
					}
				}
			}
		}
	}
}

// TestHandlerLargeFiles: what is too large to be kept is served all the same.
func TestHandlerLargeFiles(t *testing.T) {
	t.Parallel()
	tr := open(t, t.TempDir())
	large := make([]byte, largestKept)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range large {
		large[i] = byte(rng.Uint32())
	}
	apply(t, tr, newSigner(t), Update{Files: append(site(1), File{Path: "big.zip", Data: large}), At: noon})
	h := tr.Handler()
	for range 2 {
		r := request(h, "GET", "/big.zip")
		if got := body(t, r); r.StatusCode != 200 || got != string(large) {
			t.Errorf("status %d, %d bytes", r.StatusCode, len(got))
		}
	}
	if got := body(t, request(h, "GET", "/big.zip", "Range", "bytes=1000-1999")); got != string(large[1000:2000]) {
		t.Error("another part than was asked for")
	}
	if p := tr.snapshot().hot.get("big.zip"); p != nil {
		t.Errorf("a file of %d bytes is kept in memory", p.size)
	}
}

// TestCacheIsPassedOn: what a publication leaves as it was stays in memory, and
// nothing else does.
func TestCacheIsPassedOn(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newSigner(t)
	tr := open(t, dir)
	publish := func(n int) {
		apply(t, tr, s, Update{Files: append(group(fmt.Sprintf("A-%d", n), 1), site(n)...), At: noon.Add(time.Duration(n) * time.Minute)})
	}
	ask := func(path string) (p *page, text string) {
		text = body(t, request(tr.Handler(), "GET", "/"+path))
		return tr.snapshot().hot.get(path), text
	}
	const stays, changes = "advisories/A-1/A-1.txt", "index.html"
	publish(1)
	kept, _ := ask(stays)
	ask(changes)
	publish(2)
	if tr.snapshot().hot.get(stays) != kept || tr.snapshot().hot.bytes != kept.size {
		t.Errorf("%d bytes are kept, of %s alone %d", tr.snapshot().hot.bytes, stays, kept.size)
	}
	if _, text := ask(changes); text != string(site(2)[0].Data) {
		t.Errorf("the page that changed is served as %q", text)
	}
}

// TestCacheIsBounded: pages that are kept never take more than they may, and
// what is put in is there.
func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c cache
	for n := range 200 {
		path := fmt.Sprint("page ", n%150)
		c.put(path, &page{size: largestKept/2 + int64(n)})
		if c.get(path) == nil {
			t.Fatalf("%s is not there", path)
		}
		var sum int64
		for _, p := range c.pages {
			sum += p.size
		}
		if sum != c.bytes || sum > keptBytes {
			t.Fatalf("%d bytes are kept, of %d at most; it counts %d", sum, keptBytes, c.bytes)
		}
	}
	if len(c.pages) < int(keptBytes/largestKept) {
		t.Errorf("only %d pages are kept", len(c.pages))
	}
}

// BenchmarkHandler answers for a page as most are asked for.
func BenchmarkHandler(b *testing.B) {
	tr := open(b, b.TempDir())
	apply(b, tr, newSigner(b), Update{Files: append(group("A-1", 1), site(1)...), At: noon})
	h := tr.Handler()
	const target = "/advisories/A-1/A-1.txt"
	tag := request(h, "GET", target).Header.Get("ETag")
	for name, header := range map[string]http.Header{
		"plain": {}, "br": {"Accept-Encoding": {"gzip, deflate, br, zstd"}}, "304": {"If-None-Match": {tag}},
	} {
		b.Run(name, func(b *testing.B) {
			r, err := http.NewRequest("GET", target, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header = header
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&nowhere{header: http.Header{}}, r)
			}
		})
	}
}

// nowhere is a http.ResponseWriter whose answers nobody reads.
type nowhere struct {
	header http.Header
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}
