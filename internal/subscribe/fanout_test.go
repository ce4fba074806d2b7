package subscribe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// TestWhoIsTold: each entry reaches whom it concerns and nobody else.
func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.release(sample("SEC-2026-0001", advisory.Critical, "libquill")) // before anyone was told anything
		wishes := []Wish{
			{Least: advisory.Low},
			{Least: advisory.High, Prenotices: true},
			{Least: advisory.Low, Products: []string{"libquill"}},
			{Least: advisory.Critical, Products: []string{"Quill Server"}, Prenotices: true},
		}
		ids := w.many(len(wishes), func(i int) Wish {
			wishes[i].Address = fmt.Sprintf("s%d@example.org", i)
			return wishes[i]
		})
		lead := acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
		hook, _, err := w.AddWebhook(t.Context(), lead, HookWish{URL: "https://example.org/", Least: advisory.Moderate})
		want(t, "adding a webhook", err, "")
		off, _, err := w.AddWebhook(t.Context(), lead, HookWish{URL: "https://example.org/"})
		want(t, "adding a webhook", err, "")
		want(t, "disabling it", second(w.DisableWebhook(t.Context(), lead, off.ID)), "")
		if n := w.fanOut(); n != 0 {
			t.Errorf("%d jobs for what is past", n)
		}
		pre := advisory.Prenotice{ID: "PRE-2026-0001", Product: "Quill Server", Versions: "8.4.0", Severity: advisory.Critical,
			Release: w.now().Add(72 * time.Hour), Zone: "Europe/Stockholm"}
		later, came := pre, pre
		later.Release, came.Advisory = pre.Release.Add(time.Hour), "SEC-2026-0003"
		came.Release = later.Release
		for _, step := range []struct {
			name  string
			do    func()
			tells []int
			hook  bool
		}{
			{"low of libquill", func() { w.release(sample("SEC-2026-0002", advisory.Low, "libquill")) }, []int{0, 2}, false},
			{"announced", func() { w.announce(pre) }, []int{1, 3}, true},
			{"another hour", func() { w.announce(later) }, []int{1, 3}, true},
			{"critical of both", func() { w.release(sample("SEC-2026-0003", advisory.Critical, "libquill", "quill server")) }, []int{0, 1, 2, 3}, true},
			{"it came", func() { w.announce(came) }, nil, true},
			{"less severe, of one", func() { w.release(sample("SEC-2026-0003", advisory.Low, "libquill")) }, []int{0, 1, 2, 3}, true},
			{"withdrawn", func() { w.withdraw("SEC-2026-0003") }, []int{0, 1, 2, 3}, true},
			{"the first revised", func() { w.release(sample("SEC-2026-0001", advisory.Critical, "libquill")) }, []int{0, 1, 2}, true},
		} {
			before, hooks := w.queued(KindNotice), len(w.queued(KindWebhook))
			step.do()
			n := w.fanOut()
			var told []int
			for job := range w.queued(KindNotice) {
				if before[job] == 0 {
					told = append(told, slices.Index(ids, job.ID))
				}
			}
			slices.Sort(told)
			called := len(w.queued(KindWebhook)) - hooks
			if !slices.Equal(told, step.tells) || called == 1 != step.hook || n != len(told)+called {
				t.Errorf("%s: told %v (and %d webhooks, %d in all), want %v", step.name, told, called, n, step.tells)
			}
		}
		for job := range w.queued(KindWebhook) {
			if job.ID != hook.ID {
				t.Error("a disabled webhook is called")
			}
		}
		if f := must(w.Figures(t.Context(), lead)); f.Told != f.Head || f.Head != 9 || f.Webhooks != 1 || f.Subscriptions[Confirmed] != 4 {
			t.Errorf("%+v", f)
		}
	})
}

// faltering is randomness that ends after some bytes.
type faltering struct {
	from io.Reader
	left int
}

func (f *faltering) Read(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("cut off")
	}
	return f.from.Read(p)
}

// TestFanOutSurvivesAnyCrash: the fan-out is cut off after every write, and
// within every write after some jobs; when it goes on, each subscription and
// webhook has exactly one job for each entry that concerns it.
func TestFanOutSurvivesAnyCrash(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, engine)
			var cut atomic.Pointer[func()]
			d.OnCommit(func(int, time.Duration) {
				if f := cut.Load(); f != nil {
					(*f)()
				}
			})
			w := newWorld(t, d)
			w.batch = 3
			wish := func(i int) Wish {
				return Wish{Address: fmt.Sprintf("s%d@example.org", i), Least: advisory.Levels[i%4], Prenotices: i%2 == 0}
			}
			ids := w.many(10, wish)
			lead := acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
			hook, _, err := w.AddWebhook(t.Context(), lead, HookWish{URL: "https://example.org/"})
			want(t, "adding a webhook", err, "")
			w.fanOut()
			expected := map[notice]int{}
			publish := func(n int) {
				for i := range n {
					seq := must(w.Advisories.Head(t.Context())) + 1
					level := advisory.Levels[i%4]
					w.release(sample(fmt.Sprintf("SEC-2026-%04d", seq), level, "libquill"))
					for k, id := range ids {
						if advisory.Levels[k%4].Rank() <= level.Rank() {
							expected[notice{id, seq}] = 1
						}
					}
				}
			}
			check := func(what string) {
				t.Helper()
				cut.Store(nil)
				w.Jobs.Rand = w.Rand
				w.fanOut()
				got := w.queued(KindNotice)
				if !maps.Equal(got, expected) {
					t.Fatalf("%s: the jobs are %v, want %v", what, got, expected)
				}
				if n := len(w.queued(KindWebhook)); n != int(must(w.Advisories.Head(t.Context()))) {
					t.Fatalf("%s: %d calls of %s", what, n, hook.ID)
				}
			}
			// Two entries are 8 writes: 3 full batches, and a last one, for each.
			for after := 1; after <= 9; after++ {
				publish(2)
				ctx, cancel := context.WithCancel(t.Context())
				left := after
				cutOff := func() {
					if left--; left == 0 {
						cancel()
					}
				}
				cut.Store(&cutOff)
				_, err := w.FanOut(ctx, acl.Myself())
				if (err != nil) != (after < 8) && after != 8 {
					t.Errorf("cut off after %d writes: %v", after, err)
				}
				check(fmt.Sprintf("after %d writes", after))
				cancel()
			}
			for jobs := range 11 { // as many as two entries have
				publish(2)
				w.Jobs.Rand = &faltering{w.Rand, 16*jobs + 8}
				if _, err := w.FanOut(t.Context(), acl.Myself()); err == nil {
					t.Fatalf("it did not falter after %d jobs", jobs)
				}
				check(fmt.Sprintf("within a write, after %d jobs", jobs))
			}
		})
	}
}

// TestTwoFanOutsAtOnce: whoever calls it, each is told once.
func TestTwoFanOutsAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.batch = 2
		w.fanOut()
		w.many(9, func(i int) Wish { return Wish{Address: fmt.Sprintf("s%d@example.org", i), Least: advisory.Low} })
		for i := range 5 {
			w.release(sample(fmt.Sprintf("SEC-2026-%04d", i+1), advisory.Low, "libquill"))
		}
		counts := make(chan int, 4)
		for range cap(counts) {
			go func() {
				n, err := w.FanOut(context.WithoutCancel(t.Context()), acl.Myself())
				if err != nil {
					t.Error(err)
				}
				counts <- n
			}()
		}
		sum := 0
		for range cap(counts) {
			sum += <-counts
		}
		if got := w.queued(KindNotice); len(got) != 45 || sum != 45 {
			t.Errorf("%d jobs, %d counted", len(got), sum)
		}
	})
}

// BenchmarkFanOut: one entry to 10,000 subscriptions.
func BenchmarkFanOut(b *testing.B) {
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, dbtest.Open(b, engine))
			const many = 10_000
			w.many(many, func(i int) Wish { return Wish{Address: fmt.Sprintf("s%d@example.org", i), Least: advisory.Low} })
			if _, err := w.FanOut(b.Context(), acl.Myself()); err != nil {
				b.Fatal(err)
			}
			i := 0
			for b.Loop() {
				i++
				b.StopTimer()
				w.release(sample(fmt.Sprintf("SEC-2026-%04d", i), advisory.High, "libquill"))
				b.StartTimer()
				if n := w.fanOut(); n != many {
					b.Fatalf("%d jobs", n)
				}
			}
			b.ReportMetric(many*float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
