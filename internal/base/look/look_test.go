package look

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"steward/internal/base/look/looktest"
)

// TestContrast measures every pair of text and background that the stylesheet
// sets, in both colour schemes. WCAG 2.2, 1.4.3: 4.5 to 1 for text; 1.4.11: 3
// to 1 for the edges of controls.
func TestContrast(t *testing.T) {
	t.Parallel()
	css := string(asset("style.css").Data)
	light, dark, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("the stylesheet has no dark colours")
	}
	dark, _, _ = strings.Cut(dark, "/* Ground */")
	for scheme, colours := range map[string]map[string]string{"light": colours(light), "dark": colours(dark)} {
		for _, ground := range []string{"paper", "card", "sunk"} {
			for _, text := range []string{"ink", "soft", "accent", "critical"} {
				atLeast(t, scheme, colours, text, ground, 4.5)
			}
			atLeast(t, scheme, colours, "edge", ground, 3)
		}
		for _, tone := range []string{"critical", "high", "moderate", "low", "good", "note", "outside", "accent"} {
			atLeast(t, scheme, colours, tone, tone+"-wash", 4.5)
			atLeast(t, scheme, colours, "ink", tone+"-wash", 7)
			atLeast(t, scheme, colours, "soft", tone+"-wash", 4.5)
		}
		atLeast(t, scheme, colours, "accent-ink", "accent", 4.5)
		atLeast(t, scheme, colours, "accent-ink", "accent-strong", 4.5)
		atLeast(t, scheme, colours, "demo-ink", "demo", 4.5)
		atLeast(t, scheme, colours, "paper", "outside", 4.5)
		atLeast(t, scheme, colours, "card", "good", 4.5)
	}
}

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

func colours(css string) map[string]string {
	all := map[string]string{}
	for _, m := range colour.FindAllStringSubmatch(css, -1) {
		all[m[1]] = m[2]
	}
	return all
}

func atLeast(t *testing.T, scheme string, colours map[string]string, text, ground string, least float64) {
	t.Helper()
	a, b := luminance(t, colours[text]), luminance(t, colours[ground])
	ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05)
	if ratio < least {
		t.Errorf("%s: %s on %s has contrast %.2f; at least %.1f is needed", scheme, text, ground, ratio, least)
	}
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	part := func(shift uint) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// TestAssetsKeepPolicy: the stylesheet fetches nothing and the scripts make
// no code or style at run time.
func TestAssetsKeepPolicy(t *testing.T) {
	t.Parallel()
	for _, a := range Assets() {
		for _, bad := range []string{"@import", "url(", "http://", "https://", "eval(", "innerHTML", ".style", "fetch(", "XMLHttpRequest"} {
			if bytes.Contains(a.Data, []byte(bad)) && !strings.HasSuffix(a.Path, ".svg") {
				t.Errorf("%s holds %q", a.Path, bad)
			}
		}
	}
}

type demoPage struct {
	Shell
	Moments   []Moment
	Strip     *Strip
	Countdown Countdown
	Steps     []Step
}

// TestShell renders the shell with all that it can hold, and with nothing.
func TestShell(t *testing.T) {
	t.Parallel()
	pages, err := Parse(fstest.MapFS{
		"p/_part.html": {Data: []byte(`{{define "extra"}}<p>{{.}}</p>{{end}}`)},
		"p/demo.html": {Data: []byte(`{{define "body"}}<h1>{{.Title}}</h1>{{template "extra" "more"}}
{{with .Strip}}{{template "strip" .}}{{end}}{{template "timeline" .Moments}}{{template "countdown" .Countdown}}
{{template "steps" (args "Steps" .Steps "Across" false)}}{{template "time" (whenOwn .Countdown.Until)}}{{template "chip" (severity "high")}}{{end}}`)},
	}, "p", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := pages.Names(); len(got) != 1 || got[0] != "demo" {
		t.Fatalf("pages: %v", got)
	}
	start := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	moments := []Moment{{start, "one"}, {start.AddDate(0, 0, 20), "two"}}
	full := demoPage{
		Shell: Shell{
			Title: "Page", Description: "d", Team: "Team", Section: "Security", Root: "/", Canonical: "https://x.example/", Static: true,
			Private: true, Demo: true, Nav: []Link{{Label: "A", More: "b", Href: "/a", Current: true, Main: true}},
			SignedIn: &SignedIn{Name: "Ada", Token: "tok", Out: "/out"}, Feeds: []Link{{Label: "Atom", Href: "/f", Type: "application/atom+xml"}},
			Scripts: []string{"passkey.js"}, Notice: &Notice{Text: "Done <b>"}, Foot: []Link{{Label: "F", Href: "/f"}},
		},
		Moments: moments, Strip: NewStrip(moments), Countdown: NewCountdown(start, start.AddDate(0, 0, 10), start.AddDate(0, 0, 5)),
		Steps: []Step{{"First", "said", Done}, {"Second", "", Now}, {"Third", "", Later}},
	}
	for name, page := range map[string]demoPage{"full": full, "empty": {Shell: Shell{Title: "Page", Team: "Team"}}} {
		html, err := pages.Render("demo", page)
		if err != nil {
			t.Fatal(err)
		}
		looktest.Check(t, name, html)
	}
	html, err := pages.Render("demo", full)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`name="token" value="tok"`, "Done &lt;b&gt;", `aria-current="step"`, `width="50"`, `<time datetime="2026-01-12T03:04:00Z" data-local="show"`} {
		if !bytes.Contains(html, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if _, err := pages.Render("none", full); err == nil {
		t.Error("a page that does not exist was rendered")
	}
}

// TestLooktest: the judge of pages finds each kind of fault.
func TestLooktest(t *testing.T) {
	t.Parallel()
	const good = `<!doctype html><html lang="en"><head><title>x</title></head><body><h1>x</h1>%</body></html>`
	if faults := looktest.Faults([]byte(strings.Replace(good, "%", "", 1))); len(faults) != 0 {
		t.Fatalf("a good page has faults: %v", faults)
	}
	for part, want := range map[string]string{
		`<p style="color:red">x</p>`:                        "inline style",
		`<p onclick="x()">x</p>`:                            "inline onclick",
		`<script>x()</script>`:                              "inline script",
		`<h3>x</h3>`:                                        "jumps",
		`<h1>x</h1>`:                                        "2 h1",
		`<input name="a">`:                                  "no label",
		`<form method="post" action="/x"></form>`:           "no token",
		`<p id="a">x</p><p id="a">x</p>`:                    `"a" is there 2 times`,
		`<input aria-label="x" aria-describedby="nowhere">`: "not there",
		`<a href="/x"></a>`:                                 "no words",
		`<p><b>x</p></b>`:                                   "closes",
		`<img src="x">`:                                     "alt",
		`<a href="#ZgotmplZ">x</a>`:                         "refused",
	} {
		faults := looktest.Faults([]byte(strings.Replace(good, "%", part, 1)))
		if !strings.Contains(strings.Join(faults, "\n"), want) {
			t.Errorf("%s: faults are %q; want one with %q", part, faults, want)
		}
	}
}

func TestStrip(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }
	of := func(days ...int) []Moment {
		var ms []Moment
		for _, d := range days {
			ms = append(ms, Moment{At: day(d), What: "x"})
		}
		return ms
	}
	for name, none := range map[string][]Moment{"none": nil, "one": of(1), "same day": of(1, 1), "too many": of(make([]int, 40)...)} {
		if NewStrip(none) != nil {
			t.Errorf("%s: drew a strip", name)
		}
	}
	for _, days := range [][]int{{0, 100}, {0, 1, 2, 100}, {0, 98, 99, 100}, {0, 0, 0, 0, 5}, {0, 1, 50, 50, 51, 100}} {
		s := NewStrip(of(days...))
		for i, k := range s.Knots {
			if k.X < stripMargin || k.X > stripWidth-stripMargin {
				t.Errorf("%v: knot %d lies outside, at %.1f", days, i+1, k.X)
			}
			if i > 0 && k.X-s.Knots[i-1].X < stripApart-0.11 {
				t.Errorf("%v: knots %d and %d overlap", days, i, i+1)
			}
		}
	}
	if s := NewStrip(of(0, 50, 100)); s.Knots[1].X != stripWidth/2 {
		t.Errorf("the middle of the time is drawn at %.1f", s.Knots[1].X)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		0: "now", 30 * time.Second: "now", time.Minute: "in 1 minute", -90 * time.Minute: "1 hour ago", 47 * time.Hour: "in 47 hours",
		49 * time.Hour: "in 2 days", -69 * 24 * time.Hour: "69 days ago", 90 * 24 * time.Hour: "in 3 months", 800 * 24 * time.Hour: "in 2 years",
	} {
		if got := Until(now.Add(d), now); got != want {
			t.Errorf("Until(%v) = %q; want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 16 << 20: "16 MB", 16<<20 + 1: "16.8 MB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q; want %q", n, got, want)
		}
	}
	if got := GroupFingerprint("5c8f16f2a6c1b1b4a0d13d3c7f5e8f0a9b2c4d6e"); got != "5C8F 16F2 A6C1 B1B4 A0D1  3D3C 7F5E 8F0A 9B2C 4D6E" {
		t.Errorf("the fingerprint reads %q", got)
	}
	for share, c := range map[float64]Countdown{
		50: NewCountdown(now, now.Add(2*time.Hour), now.Add(time.Hour)), 0: NewCountdown(now, now.Add(time.Hour), now.Add(-time.Hour)),
		100: NewCountdown(now, now.Add(time.Hour), now.Add(3*time.Hour)),
	} {
		if c.Share != share || c.Late != (share == 100) {
			t.Errorf("countdown %+v; want share %v", c, share)
		}
	}
}
