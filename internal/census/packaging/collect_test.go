package packaging

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/base/errs"
)

// server is a mirror of sources that a test makes, and counts what it is asked.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string][]byte
	asked map[string]int
	index strings.Builder
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{files: map[string][]byte{}, asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked[r.URL.Path]++
		raw, ok := s.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(raw)
	}))
	t.Cleanup(s.Close)
	return s
}

// get is what a downloader is to the collector.
func get(ctx context.Context, url string) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusNotFound {
			return nil, errs.Missing()
		}
		return nil, errors.New(answer.Status)
	}
	return answer.Body, nil
}

// add puts a source on the mirror, and in its index.
func (s *server) add(t *testing.T, name, version string, packing string) (path string) {
	t.Helper()
	log := entry(name+" ("+version+") unstable; urgency=low", "  * CVE-2020-1234", "Wed, 01 Jan 2020 00:00:00 +0000")
	files := []file{{name: "debian/changelog", text: log}}
	_, bare, ok := strings.Cut(version, ":") // file names have no epoch
	if !ok {
		bare = version
	}
	var raw []byte
	file := name + "_" + bare + ".debian.tar." + packing
	switch packing {
	case "diff":
		file, raw = name+"_"+bare+".diff.gz", pack(t, "gz", diffOf(files))
	case "native":
		files[0].name = name + "/debian/changelog"
		file, raw = name+"_"+bare+".tar.xz", pack(t, "xz", tarOf(t, files...))
	default:
		raw = pack(t, packing, tarOf(t, files...))
	}
	path = "/debian/pool/main/" + name[:1] + "/" + name + "/" + file
	s.files[path] = raw
	upstream := ""
	if packing != "native" {
		upstream = fmt.Sprintf(" %064x 9 %s_1.orig.tar.gz\n", 1, name)
	}
	fmt.Fprintf(&s.index, "Package: %s\nVersion: %s\nDirectory: pool/main/%s/%s\nChecksums-Sha256:\n %064x 9 %s.dsc\n%s %x %d %s\n\n",
		name, version, name[:1], name, 0, name, upstream, sha256.Sum256(raw), len(raw), file)
	return path
}

func (s *server) collect(t *testing.T, ctx context.Context, dir string, progress func(int, int)) (Collected, error) {
	t.Helper()
	store, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	wanted, _ := Wants([]byte(s.index.String()))
	c := Collector{Get: get, Mirror: s.URL + "/debian/", Store: store, Now: today.Time, Progress: progress}
	return c.Collect(ctx, wanted)
}

// TestCollect: what a mirror has is read, once; what it has not, or has wrong, is
// told and passed over, and tried again.
func TestCollect(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var paths []string
	for i, packing := range []string{"xz", "gz", "zst", "diff", "native"} {
		paths = append(paths, s.add(t, fmt.Sprintf("good%d", i), "1:1.0+x~y-1", packing))
	}
	delete(s.files, s.add(t, "gone", "1-1", "xz"))
	longer := s.add(t, "longer", "1-1", "xz")
	s.files[longer] = append(s.files[longer], 0)
	other := s.add(t, "other", "1-1", "gz")
	s.files[other] = bytes.Clone(s.files[other])
	s.files[other][4]++ // the time in gzip's head: the packaging is the same
	shorter := s.add(t, "shorter", "1-1", "xz")
	s.files[shorter] = s.files[shorter][:100]
	wrong := s.add(t, "wrong", "1-1", "xz")
	_ = wrong
	index := strings.Replace(s.index.String(), "Package: wrong", "Package: right", 1)
	s.index.Reset()
	s.index.WriteString(index)

	dir := t.TempDir()
	var steps []int
	got, err := s.collect(t, context.Background(), dir, func(done, total int) {
		if steps = append(steps, done); total != 10 {
			t.Errorf("%d of %d", done, total)
		}
	})
	if err != nil || got.Added != 5 || got.Kept != 0 || got.Gone != 1 || got.Failed != 4 || len(got.Failures) != 4 {
		t.Fatalf("%v: %+v", err, got)
	}
	for _, f := range got.Failures {
		if !errs.Is(f.Err, errs.Invalid) {
			t.Errorf("%s: %v", f.Source, f.Err)
		}
	}
	if !slices.Equal(steps, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Error(steps)
	}
	if got, err = s.collect(t, context.Background(), dir, nil); err != nil || got.Added != 0 || got.Kept != 5 || got.Gone != 1 || got.Failed != 4 {
		t.Errorf("%v: %+v", err, got)
	}
	for _, p := range paths {
		if s.asked[p] != 1 {
			t.Errorf("%s was fetched %d times", p, s.asked[p])
		}
	}
	store, err := Load(dir)
	if err != nil || store.Len() != 5 {
		t.Fatal(err)
	}
	for _, h := range store.All() {
		if len(h.Named) != 1 || h.Version != "1:1.0+x~y-1" {
			t.Errorf("%+v", h)
		}
	}
}

// TestStopAndGoOn: who stops a run loses nothing of it; the next goes on, and what
// comes of both is what one run gives.
func TestStopAndGoOn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const all = 20
	for i := range all {
		s.add(t, fmt.Sprintf("s%02d", i), "1-1", "gz")
	}
	whole, dir := t.TempDir(), t.TempDir()
	if _, err := s.collect(t, context.Background(), whole, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	got, err := s.collect(t, ctx, dir, func(done, _ int) {
		if done == 7 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || got.Added < 7 || got.Added == all {
		t.Fatalf("%v: %+v", err, got)
	}
	again, err := s.collect(t, context.Background(), dir, nil)
	if err != nil || again.Kept != got.Added || again.Added != all-got.Added {
		t.Errorf("%v: %+v after %+v", err, again, got)
	}
	one, err := os.ReadFile(filepath.Join(whole, File))
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("two runs give other bytes than one: %v", err)
	}
}

// TestGivesUp: a mirror that is down is not asked for every source; no more than a
// few are asked for at once.
func TestGivesUp(t *testing.T) {
	t.Parallel()
	store, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	wanted := make([]Wanted, 1000)
	for i := range wanted {
		wanted[i] = Wanted{Source: fmt.Sprint("s", i), Version: "1", Path: "p/f.debian.tar.xz", Size: 1}
	}
	var asked, now, most atomic.Int64
	answer := errors.New("down")
	down := func(context.Context, string) (io.ReadCloser, error) {
		asked.Add(1)
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(time.Millisecond)
		now.Add(-1)
		return nil, answer
	}
	c := Collector{Get: down, Store: store, Now: today.Time}
	got, err := c.Collect(context.Background(), wanted)
	if !errs.Is(err, errs.Unavailable) || got.Failed < maxFailures || got.Failed > maxFailures+atOnce || len(got.Failures) > maxFailures || asked.Load() > maxFailures+2*atOnce {
		t.Errorf("%v after %d: %d failed, %d told", err, asked.Load(), got.Failed, len(got.Failures))
	}
	if most.Load() > atOnce {
		t.Errorf("%d at once", most.Load())
	}
	answer = errs.Missing()
	if got, err := c.Collect(context.Background(), wanted); err != nil || got.Gone != len(wanted) {
		t.Errorf("%v: %+v", err, got)
	}
	for _, mirror := range []string{"ftp://example.org/", "/etc", "https:", ":"} {
		c.Mirror = mirror
		if _, err := c.Collect(context.Background(), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", mirror, err)
		}
	}
}

// TestWants: which file of a source is its packaging.
func TestWants(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("ab", 32)
	stanza := func(name, version, folder string, files ...string) string {
		out := "Package: " + name + "\nVersion: " + version + "\nDirectory: " + folder + "\nChecksums-Sha256:\n"
		for _, f := range files {
			out += " " + sum + " 10 " + f + "\n"
		}
		return out + "\n"
	}
	index := stanza("quilt", "1-1", "pool/q", "q.dsc", "q_1.orig.tar.gz", "q_1.orig-x.tar.gz", "q_1.orig.tar.gz.asc", "q_1-1.debian.tar.xz") +
		stanza("quilt", "1-3", "pool/q", "q_1.orig.tar.gz", "q_1-3.debian.tar.xz") + stanza("quilt", "1-2", "pool/q", "q_1-2.debian.tar.xz") +
		stanza("diff", "1-1", "pool/d", "d_1.orig.tar.gz", "d_1-1.diff.gz", "d_1-1.dsc") +
		stanza("native", "1", "pool/n", "n_1.dsc", "n_1.tar.xz") +
		stanza("two", "1", "pool/t", "t_1.tar.xz", "t_2.tar.xz") + stanza("none", "1", "pool/t", "t_1.dsc") + stanza("orig", "1", "pool/t", "t_1.orig.tar.gz") +
		stanza("out", "1", "../../etc", "o_1.tar.xz") + stanza("out2", "1", "/etc", "o_1.tar.xz") + stanza("out3", "1", "pool", "../o_1.tar.xz") +
		strings.Replace(stanza("extra", "1", "pool/e", "e_1.tar.xz"), "Version", "Extra-Source-Only: yes\nVersion", 1) +
		strings.Replace(stanza("large", "1", "pool/l", "l_1.tar.xz"), " 10 ", " 999999999999 ", 1) +
		strings.Replace(stanza("less", "1", "pool/l", "l_1.tar.xz"), " 10 ", " -1 ", 1) +
		strings.Replace(stanza("sum", "1", "pool/l", "l_1-1.debian.tar.xz"), sum, sum[2:], 1) +
		stanza("a/b", "1", "pool/l", "l_1.tar.xz")
	wanted, left := Wants([]byte(index))
	var got []string
	for _, w := range wanted {
		got = append(got, w.Source+" "+w.Version+" "+w.Path)
		if w.Size != 10 || fmt.Sprintf("%x", w.SHA256) != sum {
			t.Errorf("%+v", w)
		}
	}
	want := []string{"diff 1-1 pool/d/d_1-1.diff.gz", "native 1 pool/n/n_1.tar.xz", "quilt 1-3 pool/q/q_1-3.debian.tar.xz"}
	if !slices.Equal(got, want) || left != 9 {
		t.Errorf("%q, %d left", got, left)
	}
}

func FuzzWants(f *testing.F) {
	f.Add([]byte("Package: a\nVersion: 1\nDirectory: pool\nChecksums-Sha256:\n " + strings.Repeat("ab", 32) + " 10 a_1.tar.xz\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		wanted, _ := Wants(raw)
		for _, w := range wanted {
			if _, ok := within(w.Path); !ok || w.Size <= 0 || w.Size > MaxPacked || !isName([]byte(w.Source)) || !isVersion(w.Version) {
				t.Errorf("%+v", w)
			}
		}
	})
}
