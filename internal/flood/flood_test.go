package flood

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"steward/internal/cli"
)

const childDir = "STEWARD_FLOOD_DATA"

// TestMain lets the test binary be the server that is flooded.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(cli.Run(context.Background(), []string{"serve", "--data", dir}, cli.OS()))
	}
	os.Exit(m.Run())
}

// scope is the size of a flood and what must hold in it.
type scope struct {
	lasts  time.Duration
	slow   int     // connections
	junk   float64 // reports a second
	honest float64 // reports a second

	latest  time.Duration // p99 of what honest people wait for
	slowest float64       // a page of the team, in the middle, over what it takes at rest
	memory  int64         // bytes of the server
}

// setting is the flood that was asked for. The short one shares the machine
// with other tests, and so says little about time.
func setting(t *testing.T) scope {
	tr := scope{lasts: 5 * time.Second, slow: 300, junk: 30, honest: 5, latest: 10 * time.Second, slowest: 200, memory: 512 << 20}
	if s := os.Getenv("STEWARD_FLOOD"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < time.Second {
			t.Fatalf("STEWARD_FLOOD=%q is not a time such as 60s", s)
		}
		tr = scope{lasts: d, slow: 2000, junk: 200, honest: 5, latest: 500 * time.Millisecond, slowest: 2, memory: 512 << 20}
	}
	return tr
}

// TestFlood floods a server. Honest reporters send forms from an address of
// their own each, some with files, and a member of the team goes through the
// queue. All that was accepted is there afterwards.
func TestFlood(t *testing.T) {
	t.Parallel()
	tr := setting(t)
	s := newServer(t)
	s.start(t)

	rest := newTeam(s)
	during(tr.lasts/3, rest.work)

	flood, people, team := newFlood(s), newPeople(s), newTeam(s)
	before := s.cpu(t)
	during(tr.lasts, func(ctx context.Context) {
		together(
			func() { flood.connections(ctx, tr.slow) },
			func() { flood.reports(ctx, tr.junk) },
			func() { people.report(ctx, tr.honest) },
			func() { team.work(ctx) },
		)
	})
	t.Logf("server: %.1f of a core, %d MB at most", (s.cpu(t)-before).Seconds()/tr.lasts.Seconds(), s.memory(t)>>20)
	flood.verify(t, tr)
	people.verify(t, tr)
	team.verify(t, tr, rest)
	if used := s.memory(t); used > tr.memory {
		t.Errorf("the server took %d MB of memory, more than %d", used>>20, tr.memory>>20)
	}
	s.kill()
	if said := s.complaints(t); len(said) > 0 {
		t.Errorf("the server logged %d errors, the first: %s", len(said), said[0])
	}
	s.verify(t, people, flood)
}

// during runs f for a while.
func during(lasts time.Duration, f func(context.Context)) {
	ctx, stop := context.WithTimeout(context.Background(), lasts)
	defer stop()
	f(ctx)
}

func together(all ...func()) {
	var wg sync.WaitGroup
	for _, f := range all {
		wg.Go(f)
	}
	wg.Wait()
}

// paced calls f so many times a second, each in its own goroutine, until the
// context ends, and waits for all of them. It never waits in between: the
// next comes whether or not the one before was answered.
func paced(ctx context.Context, rate float64, f func(n int)) {
	var wg sync.WaitGroup
	defer wg.Wait()
	began := time.Now()
	for n := 0; ; n++ {
		at := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(at)):
		}
		wg.Go(func() { f(n) })
	}
}
