package scale

import (
	"io"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// small and large are the sizes between which no answer may take much more
// work. At the small one every list fills a page already.
const small, large = 1200, 4800

// TestWorkDoesNotGrow opens every page of a Steward, fills it with four times
// as many cases, people and advisories, and opens every page again: each
// touches about as many pages of the database, and is about as long. Nothing is
// timed.
func TestWorkDoesNotGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite", "")
	before := w.work(small)
	after := w.work(large)
	if len(before) != len(after) || len(before) < 50 {
		t.Errorf("the walks had %d and %d visits", len(before), len(after))
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		a, b := before[name], after[name]
		t.Logf("%-65s %6d → %6d pages, %7d → %7d bytes", name, a.pages, b.pages, a.bytes, b.bytes)
		if b.pages > a.pages*5/2+20 { // an index that is a level deeper is a page more for each row
			t.Errorf("%s touches %d pages of the database with %d cases and %d with %d", name, a.pages, small, b.pages, large)
		}
		if strings.Contains(name, "GET /calendar/") && b.bytes < 500*400 {
			continue // a feed has all that falls due, up to a bound that is not reached here
		}
		if b.bytes > a.bytes*3/2+1000 {
			t.Errorf("%s has %d bytes with %d cases and %d with %d", name, a.bytes, small, b.bytes, large)
		}
	}
}

// cost is what an answer took.
type cost struct{ pages, bytes int }

// work fills the world and walks. The published tree is no matter of the
// database, and what looks through all there is has its own bound.
func (w *world) work(n int) map[string]cost {
	w.tb.Helper()
	w.seed(n)
	h, err := w.Handler()
	if err != nil {
		w.tb.Fatal(err)
	}
	all := map[string]cost{}
	for _, v := range w.walk() {
		if v.pattern == "" {
			continue
		}
		var c cost
		for nth := range 2 { // what is kept from the first time is not the page's work
			touched(w.tb)
			res := httptest.NewRecorder()
			h.ServeHTTP(res, v.request("", n+nth))
			body, err := io.ReadAll(res.Result().Body)
			if err != nil {
				w.tb.Fatal(err)
			}
			if res.Code != v.want() {
				w.tb.Errorf("%s as %s: %d %.300s", v.path, v.who.name, res.Code, body)
			}
			c = cost{touched(w.tb), len(body)}
		}
		all[v.who.name+" "+v.name()] = c
	}
	return all
}
