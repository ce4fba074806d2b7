package scale

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/trial"
)

// limit is what the slowest of a hundred answers may take.
const limit = 200 * time.Millisecond

// times is how often each page is opened, unless that would take longer than
// enough.
const (
	times  = 100
	enough = 30 * time.Second
)

// BenchmarkPages measures every page and route at each size, on a server of
// its own, and what the server does beside answering.
func BenchmarkPages(b *testing.B) {
	engine := os.Getenv("STEWARD_SCALE_ENGINE")
	if engine == "" {
		engine = "sqlite"
	}
	sizes := os.Getenv("STEWARD_SCALE")
	if sizes == "" {
		sizes = "1000"
	}
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < originals {
			b.Fatalf("STEWARD_SCALE: %q is no number of cases from %d on", size, originals)
		}
		b.Run(engine+"/"+size, func(b *testing.B) { measure(b, engine, n) })
	}
}

func measure(b *testing.B, engine string, n int) {
	address := trial.Addr(b)
	w := newWorld(b, engine, address)
	took := func(what string, f func() error) {
		b.Helper()
		began := time.Now()
		if err := f(); err != nil {
			b.Fatalf("%s: %v", what, err)
		}
		b.Logf("%-40s %10s", what, time.Since(began).Round(time.Millisecond/10))
	}
	took("filling", func() error { w.seed(n); return nil })
	took("publishing all advisories", func() error { return w.Publish(b.Context()) })
	visits := w.walk()
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}

	s := serve(b, string(w.dir), address)
	b.Logf("%-40s %10s", "start of the server", s.start.Round(time.Millisecond/10))
	b.Logf("%-40s %s", "memory at the start", s.memory())
	b.ResetTimer()
	worst := time.Duration(0)
	b.Logf("%-13s %-68s %9s %9s %9s %9s", "who", "what", "p50", "p99", "CPU", "bytes")
	for _, v := range visits {
		worst = max(worst, s.open(v))
	}
	b.StopTimer()
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms-worst-p99")
	m := s.memory()
	b.Logf("%-40s %s", "memory at the end", m)
	b.ReportMetric(float64(m.RSS>>20), "MiB-RSS")
	s.end()
	beside(b, w.dir, took)
}

func (m memory) String() string { return fmt.Sprintf("heap %d MiB, RSS %d MiB", m.Heap>>20, m.RSS>>20) }

// beside measures what the server does when nobody asks.
func beside(b *testing.B, dir app.Dir, took func(string, func() error)) {
	b.Helper()
	took("opening", func() error {
		a, err := app.Open(b.Context(), dir, app.Options{})
		if err != nil {
			return err
		}
		defer a.Close()
		took("what is due, the first time", func() error { return a.Due(b.Context()) })
		took("what is due, 100 times", func() error {
			for range 100 {
				if err := a.Due(b.Context()); err != nil {
					return err
				}
			}
			return nil
		})
		size := counter(0)
		took("backup", func() error {
			_, err := a.Backup(b.Context(), &size)
			return err
		})
		b.Logf("%-40s %7d MB", "bytes of the backup", size/1_000_000)
		return nil
	})
}

// counter counts what is written.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// end lets the server finish.
func (s *server) end() {
	_ = s.child.Process.Kill()
	_ = s.child.Wait()
}

// open makes a visit many times and gives the time of the slowest but a
// hundredth.
func (s *server) open(v visit) time.Duration {
	s.tb.Helper()
	took := make([]time.Duration, 0, times)
	size, busy := 0, s.cpu()
	for start, nth := time.Now(), 0; nth <= times && time.Since(start) < enough; nth++ {
		began := time.Now()
		n, code, err := s.once(s.tb.Context(), v, nth)
		if err != nil || code != v.want() {
			s.tb.Errorf("%s as %s: %d, %v", v.path, v.who.name, code, err)
			return 0
		}
		if size = n; nth > 0 { // the first makes what is kept
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	p99 := took[len(took)-1-len(took)/100]
	busy = (s.cpu() - busy) / time.Duration(len(took))
	s.tb.Logf("%-13s %-68s %9s %9s %9s %9d", v.who.name, v.name(), took[len(took)/2].Round(time.Microsecond*10),
		p99.Round(time.Microsecond*10), busy.Round(time.Microsecond*10), size)
	if p99 > limit {
		s.tb.Errorf("%s as %s takes %s", v.name(), v.who.name, p99)
	}
	return p99
}

func (s *server) once(ctx context.Context, v visit, nth int) (size, code int, err error) {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(v.request(s.url, nth).WithContext(ctx))
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	return int(n), res.StatusCode, err
}
