package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	gmhtml "github.com/yuin/goldmark/renderer/html"
)

// careless are pages that put what they are given where it does harm: each is
// the home of some payloads.
var careless = map[string]func(payload string) string{
	"text":     func(p string) string { return "<p>" + p + "</p>" },
	"double":   func(p string) string { return `<input value="` + p + `">` },
	"single":   func(p string) string { return `<input value='` + p + `'>` },
	"title":    func(p string) string { return "<title>" + p + "</title>" },
	"textarea": func(p string) string { return "<textarea>" + p + "</textarea>" },
	"script":   func(p string) string { return "<script>var s = '" + p + "'</script>" },
	"style":    func(p string) string { return "<style>" + p + "</style>" },
	"comment":  func(p string) string { return "<!-- " + p + " -->" },
	"noscript": func(p string) string { return "<noscript>" + p + "</noscript>" },
	"select":   func(p string) string { return "<select><option>" + p + "</option></select>" },
	"markdown": func(p string) string {
		var b strings.Builder
		_ = goldmark.New(goldmark.WithRendererOptions(gmhtml.WithUnsafe())).Convert([]byte(p), &b) // a builder takes everything
		return b.String()
	},
}

// decoders are what a careless program does to a text before it puts it into a
// page.
var decoders = map[string]func(payload string) string{
	"decoded":       html.UnescapeString,
	"decoded twice": func(p string) string { return html.UnescapeString(html.UnescapeString(p)) },
	"folded": func(p string) string { // to the narrow letters that look the same
		return strings.Map(func(r rune) rune {
			if r > '\uff00' && r < '\uff5f' {
				return r - '\uff00' + ' '
			}
			return r
		}, p)
	},
}

// carelessPage is the home of a payload with the payload in it.
func carelessPage(home, payload string) string {
	decoder, place, ok := strings.Cut(home, ", ")
	if !ok {
		return careless[home](payload)
	}
	return careless[place](decoders[decoder](payload))
}

// mostRun is how many in a hundred run at least in a browser of today.
const mostRun = 75

// onSheet is how many payloads are tried on one page, each in frames of its own.
const onSheet = 20

// TestPayloadsAreLive serves every payload as it is, in the place that it is
// made for, and sees the trap snap: what fires nowhere else fires here.
func TestPayloadsAreLive(t *testing.T) {
	t.Parallel()
	all := somePayloads(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sheet/{first}", func(w http.ResponseWriter, r *http.Request) {
		first, _ := strconv.Atoi(r.PathValue("first")) // we ask for numbers only
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for _, p := range all[first:min(first+onSheet, len(all))] {
			for _, home := range p.homes {
				fmt.Fprintf(w, "<iframe width=40 height=30 src='/home/%s/%d'></iframe>\n", home, p.no)
			}
		}
	})
	mux.HandleFunc("GET /home/{home}/{no}", func(w http.ResponseWriter, r *http.Request) {
		no, _ := strconv.Atoi(r.PathValue("no"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html>\n", carelessPage(r.PathValue("home"), all[no].as(no)))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	p := setTrap(t, &steward{base: srv.URL}, false)

	live := map[int]bool{}
	for first := 0; first < len(all); first += onSheet {
		p.load(func() error { return p.navigate(fmt.Sprint("/sheet/", first)) })
		ask[bool](p.tab, `for (const f of document.querySelectorAll("iframe")) {
			try { if (f.contentDocument) touch(f.contentDocument); } catch {} // one that a payload led away
		} true`)
		for _, n := range p.settle(min(onSheet, len(all)-first) * mostRun / 100) {
			live[n] = true
		}
	}
	var silent []string
	ran := map[string]int{} // by kind
	for _, one := range all {
		if live[one.no] {
			ran["vector "+one.vector]++
			ran["wrapping "+one.wrapping]++
		} else {
			silent = append(silent, one.vector+", "+one.wrapping)
		}
	}
	t.Logf("%d of %d payloads run in a careless page", len(live), len(all))
	if len(live) < len(all)*mostRun/100 {
		t.Errorf("only %d of %d payloads run; these do not:\n  %s", len(live), len(all), strings.Join(silent, "\n  "))
	}
	if len(all) < len(allPayloads()) {
		return // too few to ask of each kind
	}
	for _, v := range vectors {
		if n := ran["vector "+v.name]; n < len(wrappings)/2 {
			t.Errorf("of the payloads of the kind %q only %d run", v.name, n)
		}
	}
	for _, w := range wrappings {
		if n := ran["wrapping "+w.name]; n < len(vectors)*3/4 && w.name != "UTF-7" && w.name != "overlong" { // no browser of today reads these two
			t.Errorf("of the payloads that are wrapped %q only %d run", w.name, n)
		}
	}
}
