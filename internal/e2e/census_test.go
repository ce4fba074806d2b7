package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"steward/internal/census"
	"steward/internal/census/censustest"
	"steward/internal/census/change"
	"steward/internal/census/report"
)

// censusOf ranks a suite of so many sources.
func censusOf(t *testing.T, n int) *census.Ranking {
	t.Helper()
	var p, q strings.Builder
	for i := range n {
		name := fmt.Sprintf("brindle%04d+x", i)
		fmt.Fprintf(&p, "Package: %s\nVersion: 1.%d\nSection: libs\nInstalled-Size: %d\nDescription: part %d of <b>Brindle</b>\n", name, i, i+1, i)
		if i > 0 {
			fmt.Fprintf(&p, "Depends: brindle%04d+x, brindle%04d+x\n", i/3, i/50)
		}
		fmt.Fprint(&p, "\n")
		if i%9 > 0 {
			fmt.Fprintf(&q, "Package: %s\nVersion: 1.%d\nStandards-Version: 4.%d.0\nChecksums-Sha256:\n aa %d x.orig.tar.xz\n\n", name, i, i%12, 1000*i)
		}
	}
	s := censustest.Suite(t, p.String(), q.String())
	table := censustest.Table(t, s, census.More{})
	return censustest.Rank(t, table, "trained")
}

// censusPages writes the report of a suite of a few hundred sources, with two
// releases before it and an earlier run.
func censusPages(t *testing.T) string {
	t.Helper()
	r, before := censusOf(t, 1200), censusOf(t, 900)
	r.Release, r.Earlier = "third", []*census.Standing{census.Stand("first", censusOf(t, 500)), census.Stand("second", before)}
	dir := filepath.Join(t.TempDir(), "census")
	if _, err := report.Write(t.Context(), dir, r, report.Options{Pages: 40, From: "Packages, Sources", Since: change.Between(change.Of(before), change.Of(r))}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pointAt moves the pointer to a dot of the plot, and gives the name on its card.
const pointAt = `(() => {
	const dot = [...document.querySelectorAll("[data-plot] .dots circle")].find(c => c.textContent.startsWith("brindle0001+x:"));
	const box = dot.getBoundingClientRect();
	dot.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));
	return document.querySelector(".name-card .what").textContent;
})()`

// TestCensus: the report of a census can be used by all, on a phone and on a
// desk, and a reader finds a source by its name.
func TestCensus(t *testing.T) {
	t.Parallel()
	dir := censusPages(t)
	folder := report.Folder{Dir: dir, Cache: "no-cache"}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := folder.Serve(w, r, strings.TrimPrefix(r.URL.Path, "/")); err != nil {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(host.Close)
	for _, sc := range screens {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, &steward{base: host.URL}, sc, "a reader")
			b.open("/")
			b.judge("census-front")
			b.fill("", "find", "DLE0007")
			b.sees("1 source.", "brindle0007+x")
			b.judge("census-found")
			if shown := ask[string](b, `document.querySelector(".name-card .what").textContent`); shown != "brindle0007+x" {
				t.Errorf("the plot shows %q", shown)
			}
			if shown := ask[string](b, pointAt); shown != "brindle0001+x" {
				t.Errorf("the pointer is at brindle0001+x, and the plot shows %q", shown)
			}
			b.follow("[data-found]", "brindle0007+x")
			b.sees("All that is known of it", "part 7 of <b>Brindle</b>")
			b.sees("Why it stands here", "Through the releases", "How far to trust this")
			b.judge("census-source")
			b.open("/trust.html")
			b.sees("What that means for a budget", "It follows attention")
			b.judge("census-trust")
			b.open("/changes.html")
			b.sees("Riskier now", "300")
			b.judge("census-changes")
			b.open("/ranking-2.html")
			b.sees("Places 1 001 to 1 200 of 1 200")
			b.judge("census-ranking")
			b.fill("", "find", "brindle1111+x")
			b.follow("[data-found]", "brindle1111+x") // it has no page of its own, but a row
			if at := ask[string](b, `document.querySelector(":target").id`); at != "s-brindle1111+x" {
				t.Errorf("the search led to %q", at)
			}
		})
	}
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		b := openTab(t, &steward{base: "file://" + dir}, screens[1], "a reader without a server")
		b.load(func() error {
			_, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: "file://" + dir + "/index.html"})
			return err
		})
		b.fill("", "find", "brindle0007+x")
		b.sees("1 source.")
	})
}
