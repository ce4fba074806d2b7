package flood

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// team is a member of the team at work: the queue, a case, its draft, again
// and again, with a moment to read.
type team struct {
	s      *server
	client *http.Client
	took   map[string][]time.Duration // by page
	failed map[string]int
}

var pages = []string{"queue", "case", "draft"}

func newTeam(s *server) *team {
	return &team{s: s, client: s.from(net.IPv4(127, 250, 0, 1)), took: map[string][]time.Duration{}, failed: map[string]int{}}
}

func (w *team) work(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		id := w.s.cases[n%len(w.s.cases)]
		for i, path := range []string{"/team", "/team/cases/" + id, "/team/cases/" + id + "/draft"} {
			began := time.Now()
			if err := w.open(path); err != nil {
				w.failed[pages[i]+": "+err.Error()]++
			}
			w.took[pages[i]] = append(w.took[pages[i]], time.Since(began))
			pause(ctx, 50*time.Millisecond)
		}
	}
}

func (w *team) open(path string) error {
	req, err := http.NewRequest("GET", "http://"+w.s.addr+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", w.s.cookie)
	res, err := w.client.Do(req)
	if err != nil {
		return bare(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || res.Request.URL.Path != path {
		return fmt.Errorf("%s at %s", res.Status, res.Request.URL.Path)
	}
	return nil
}

func (w *team) verify(t *testing.T, tr scope, rest *team) {
	t.Helper()
	for _, page := range pages {
		before, now, worst := quantile(rest.took[page], 0.5), quantile(w.took[page], 0.5), quantile(w.took[page], 0.99)
		t.Logf("%s: %v at rest (p99 %v), %v in the flood (p99 %v)", page, before, quantile(rest.took[page], 0.99), now, worst)
		if before == 0 || float64(now) > tr.slowest*float64(before) || worst > tr.latest {
			t.Errorf("the %s takes %v in the flood, %v at p99, and %v at rest", page, now, worst, before)
		}
	}
	if len(w.failed)+len(rest.failed) > 0 {
		t.Errorf("pages failed: %v at rest, %v in the flood", rest.failed, w.failed)
	}
}
