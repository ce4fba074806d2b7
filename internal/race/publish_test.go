package race

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"steward/internal/app"
	"steward/internal/base/db"
	"steward/internal/config"
	"steward/internal/publish/render"
)

// BenchmarkPublish publishes one advisory into a site of 100 and of 5,000.
// Steward starts at the release and ends when the tree is on the disk: record,
// every form, checks, hashes, signatures, pages, feeds and lists, synced.
// csaf_provider is given the CSAF document that Steward made of it. They take
// turns, and the median counts.
func BenchmarkPublish(b *testing.B) {
	const rounds = 9
	for b.Loop() {
		sync := syncer(b)
		var disk, before []float64
		for _, size := range []int{100, 5000} {
			s, p := newPublic(b, size), newProvider(b)
			p.load(s.document(s.release()), size)
			var ours, theirs, start []float64
			for range rounds {
				unix.Sync() // what csaf_provider left to be written is not ours to wait for
				began := time.Now()
				id := s.release()
				ours = append(ours, ms(time.Since(began)))
				theirs = append(theirs, ms(p.upload(s.document(id))))
				began = time.Now()
				p.post("/api/none", "", nil)
				start = append(start, ms(time.Since(began)))
				began = time.Now()
				if err := sync(); err != nil {
					b.Fatal(err)
				}
				disk = append(disk, ms(time.Since(began)))
			}
			b.ReportMetric(middle(ours), fmt.Sprint(size, "-ms"))
			b.ReportMetric(middle(theirs), fmt.Sprint(size, "-csaf_provider-ms"))
			b.ReportMetric(middle(theirs)/middle(ours), fmt.Sprint(size, "-times-faster"))
			b.Logf("%d: to start csaf_provider takes %.1f ms of its time", size, middle(start))
			before = append(before, middle(ours))
		}
		b.ReportMetric(before[1]/before[0], "5000/100")
		b.ReportMetric(middle(disk), "disk-sync-ms")
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkReaders lets four readers ask for the feed of each at a steady pace
// while advisories are published one after the other, without a pause, and
// gives how many of a hundred reads found it torn or with less in it than
// before. TestReaders in internal/publish looks closer at Steward's own.
func BenchmarkReaders(b *testing.B) {
	for b.Loop() {
		s, p := newPublic(b, 500), newProvider(b)
		p.load(s.document(s.release()), 500)
		sample := s.document(s.release())
		server := httptest.NewServer(s.Publisher.Handler())
		b.Cleanup(server.Close)
		n := 0
		b.ReportMetric(torn(server.URL+"/"+s.feed(), func() { s.release() }), "torn-%")
		b.ReportMetric(torn(p.url+providerFeed, func() { n++; p.upload(sample.like(fmt.Sprintf("NEW-2026-%05d", n))) }), "csaf_provider-torn-%")
	}
}

// torn lets readers read a feed many times while someone publishes, and gives
// the share of bad reads in percent.
func torn(url string, publish func()) float64 {
	const reads, pace = 4000, 5 * time.Millisecond
	var left, bad atomic.Int64
	left.Store(reads)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			most := 0
			beat := time.NewTicker(pace)
			defer beat.Stop()
			for left.Add(-1) >= 0 {
				<-beat.C
				n, err := entries(url)
				if err != nil || n < most {
					bad.Add(1)
				}
				most = max(most, n)
			}
		})
	}
	for left.Load() > 0 {
		publish()
	}
	readers.Wait()
	return 100 * float64(bad.Load()) / reads
}

// entries counts the entries of a feed.
func entries(url string) (int, error) {
	res, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	ids, err := feedIDs(text)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	return len(ids), err
}

// BenchmarkTogether lets eight publish at once into a site of 100, five times,
// and gives how many of a hundred documents that were there before or were
// acknowledged are not in the feed at the end: in the mean of three such
// trials, and in the worst.
func BenchmarkTogether(b *testing.B) {
	for b.Loop() {
		var ours, theirs, refused []float64
		for range 3 {
			s, p := newPublic(b, 100), newProvider(b)
			p.load(s.document(s.release()), 100)
			sample := s.document(s.release())
			missing, _ := lost(s.listed, func(int) (string, bool) { return s.release(), true })
			ours = append(ours, missing)
			missing, no := lost(p.listed, func(n int) (string, bool) {
				d := sample.like(fmt.Sprintf("NEW-2026-%05d", n))
				status, _ := p.post("/api/upload", d.name(), d.data)
				return d.id, status == http.StatusOK
			})
			theirs, refused = append(theirs, missing), append(refused, no)
		}
		b.ReportMetric(slices.Max(ours), "worst-lost-%")
		b.ReportMetric(mean(theirs), "csaf_provider-lost-%")
		b.ReportMetric(slices.Max(theirs), "csaf_provider-worst-lost-%")
		b.ReportMetric(mean(refused), "csaf_provider-refused-%")
	}
}

func mean(list []float64) (sum float64) {
	for _, v := range list {
		sum += v / float64(len(list))
	}
	return sum
}

// lost lets eight publish, and gives in percent how much of what should be
// listed is not, and how much was refused.
func lost(listed func() map[string]bool, publish func(n int) (id string, ok bool)) (missing, refused float64) {
	const rounds = 5
	want := maps.Clone(listed())
	var mu sync.Mutex
	for round := range rounds {
		var eight sync.WaitGroup
		for i := range 8 {
			eight.Go(func() {
				id, ok := publish(8*round + i)
				mu.Lock()
				defer mu.Unlock()
				if ok {
					want[id] = true
				} else {
					refused += 100. / (8 * rounds)
				}
			})
		}
		eight.Wait()
	}
	is := listed()
	for id := range want {
		if !is[id] {
			missing += 100 / float64(len(want))
		}
	}
	return missing, refused
}

// public is a Steward that publishes.
type public struct {
	*testing.B
	*app.App
	year int
}

// newPublic is a Steward with that many advisories.
func newPublic(b *testing.B, n int) *public {
	dir := app.Dir(filepath.Join(b.TempDir(), "data"))
	if err := app.Init(dir, config.Answers{Team: "Example", BaseURL: "https://security.example.org"}, time.Now()); err != nil {
		b.Fatal(err)
	}
	a, err := app.Open(context.Background(), dir, app.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	s := &public{b, a, time.Now().Year()}
	for n > 0 {
		some := min(n, 100)
		s.record(some)
		n -= some
	}
	if err := a.Publish(context.Background()); err != nil {
		b.Fatal(err)
	}
	return s
}

// record releases advisories, and gives the last one's identifier.
func (s *public) record(n int) (id string) {
	ctx := context.Background()
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		for range n {
			if id, err = s.Advisories.NextID(ctx, tx, "SEC", s.year); err != nil {
				return err
			}
			if _, err = s.Advisories.Release(ctx, tx, overflow(id), "First release.", time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		panic(err) // also in a goroutine
	}
	return id
}

// release releases one advisory and publishes it.
func (s *public) release() string {
	id := s.record(1)
	if err := s.Publish(context.Background()); err != nil {
		panic(err)
	}
	return id
}

func (s *public) document(id string) document {
	a, err := s.Advisories.Get(context.Background(), id)
	if err != nil {
		s.Fatal(err)
	}
	data, err := s.Publisher.Tree.Read(render.CSAFPath(a))
	if err != nil {
		s.Fatal(err)
	}
	return document{id, data}
}

// feed is where the feed of the latest documents lies.
func (s *public) feed() string {
	years, err := s.Advisories.Years(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	part := (years[0].Highest - 1) / 100
	return fmt.Sprintf("%scsaf-feed-tlp-white-%d-%d.json", render.CSAFFolder, s.year, part+1)
}

// listed gives the identifiers in all feeds.
func (s *public) listed() map[string]bool {
	all := map[string]bool{}
	for part := 1; ; part++ {
		name := fmt.Sprintf("%scsaf-feed-tlp-white-%d-%d.json", render.CSAFFolder, s.year, part)
		if part == 1 {
			name = fmt.Sprintf("%scsaf-feed-tlp-white-%d.json", render.CSAFFolder, s.year)
		}
		text, err := s.Publisher.Tree.Read(name)
		if err != nil {
			return all
		}
		ids, err := feedIDs(text)
		if err != nil {
			s.Fatal(err)
		}
		maps.Copy(all, ids)
	}
}
