package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/checkup"
	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/censustest"
	"steward/internal/census/report"
)

// censusReport writes the report of a suite of so many sources.
func censusReport(t *testing.T, dir string, sources int, replace bool) {
	t.Helper()
	var p strings.Builder
	for i := range sources {
		fmt.Fprintf(&p, "Package: brindle%d\nVersion: 1\nDescription: part\n\n", i)
	}
	s := censustest.Suite(t, p.String(), "")
	table := censustest.Table(t, s, census.More{})
	r := censustest.Rank(t, table, "trained")
	if _, err := report.Write(t.Context(), dir, r, report.Options{Pages: 10, Replace: replace}); err != nil {
		t.Fatal(err)
	}
}

func withCensus(dir, who string) func(string) string {
	return func(s string) string { return s + fmt.Sprintf("\n[census]\nreport = %q\nfor = %q\n", dir, who) }
}

// TestCensus: the report is there for whom it is meant, and for all others it is
// as if there were none.
func TestCensus(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "census")
	censusReport(t, dir, 5, false)
	none := newWorld(t, "sqlite")
	team := newWorld(t, "sqlite", withCensus(dir, "team"))
	public := newWorld(t, "sqlite", withCensus(dir, "public"))
	nothing := none.nobody().get("/census/")
	if nothing.code != http.StatusNotFound {
		t.Fatalf("without a census: %d", nothing.code)
	}
	for _, path := range []string{"/census/", "/census/index.html", "/census/assets/style.css", "/census/source/brindle1.html", "/census/nothing.html"} {
		if a := team.nobody().get(path); a.code != http.StatusNotFound || !bytes.Equal(a.body, nothing.body) {
			t.Errorf("anonymous at %s of the team: %d, or another page than where there is none", path, a.code)
		}
	}
	for _, at := range []*world{none, team, public} {
		if a := at.nobody().get("/census"); a.code/100 != 3 {
			t.Errorf("/census answers %d", a.code)
		}
	}
	_, _, all, roles := cast(team)
	for name, p := range all {
		user := p.Role != acl.Anonymous && p.Role != acl.Reporter
		want := http.StatusNotFound
		if user && acl.Allow(acl.CensusRead, p.Role) {
			want = http.StatusOK
		}
		if a := p.get("/census/"); a.code != want {
			t.Errorf("%s (%v): %d", name, roles[name], a.code)
		}
		if links := bytes.Contains(p.get("/team").body, []byte(`href="/census/"`)); links != (want == http.StatusOK) {
			t.Errorf("%s is led to the census: %v", name, links)
		}
	}
	for path, links := range map[string]bool{"/": true, "/report": true} {
		for at, want := range map[*world]bool{public: links, team: false, none: false} {
			if got := bytes.Contains(at.nobody().get(path).body, []byte("/census/")); got != want {
				t.Errorf("%s leads to the census: %v", path, got)
			}
		}
	}
	a := public.nobody().get("/census/")
	if a.code != http.StatusOK || a.head.Get("Content-Security-Policy") != look.Policy || a.head.Get("Cache-Control") != "no-cache" || a.head.Get("Set-Cookie") != "" {
		t.Errorf("%d, %v", a.code, a.head)
	}
	if private := team.person("Dana", acl.Lead).get("/census/"); !strings.HasPrefix(private.head.Get("Cache-Control"), "private") {
		t.Errorf("what is the team's may be kept by all: %v", private.head)
	}
	if bytes.Contains(public.log.bytes(), []byte("/census/")) {
		t.Error("the log tells who reads the public census")
	}
}

// TestCensusSwap: a new report is shown without a restart, and one that is gone
// is not there.
func TestCensusSwap(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "census")
	w := newWorld(t, "sqlite", withCensus(dir, "public"))
	if !bytes.Contains(w.log.bytes(), []byte("the census is not shown")) {
		t.Error("the log does not say that there is no report")
	}
	if a := w.nobody().get("/census/"); a.code != http.StatusNotFound {
		t.Errorf("before there is one: %d", a.code)
	}
	censusReport(t, dir, 3, false)
	first := w.nobody().get("/census/ranking.html")
	if first.code != http.StatusOK || !bytes.Contains(first.body, []byte("to 3 of 3")) {
		t.Errorf("%d", first.code)
	}
	tag := first.head.Get("Etag")
	asked := func() answer {
		return w.nobody().do("GET", "/census/ranking.html", nil, map[string]string{"If-None-Match": tag})
	}
	if a := asked(); tag == "" || a.code != http.StatusNotModified || len(a.body) != 0 {
		t.Errorf("asked again with %q: %d", tag, a.code)
	}
	censusReport(t, dir, 4, true)
	if a := asked(); a.code != http.StatusOK || !bytes.Contains(a.body, []byte("to 4 of 4")) {
		t.Errorf("after a new one: %d", a.code)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if a := asked(); a.code != http.StatusNotFound {
		t.Errorf("after it is gone: %d", a.code)
	}
}

// TestCensusDoctor: the doctor says whether the report is there.
func TestCensusDoctor(t *testing.T) {
	t.Parallel()
	p := newPatient(t, "sqlite")
	raw, err := os.ReadFile(p.dir.Settings())
	p.must(err)
	p.must(os.WriteFile(p.dir.Settings(), []byte(withCensus("census", "team")(string(raw))), 0o600))
	state := func() (s checkup.State) {
		lines := app.Doctor(t.Context(), p.dir, p.now)
		i := slices.IndexFunc(lines, func(l checkup.Line) bool { return l.About == "census" })
		if i < 0 {
			t.Fatal("the doctor does not look at it")
		}
		return lines[i].State
	}
	if s := state(); s != checkup.Wrong {
		t.Errorf("without a folder: %v", s)
	}
	dir := filepath.Join(string(p.dir), "census")
	p.must(os.Mkdir(dir, 0o755))
	p.must(os.WriteFile(filepath.Join(dir, "index.html"), []byte("mine"), 0o644))
	if s := state(); s != checkup.Wrong {
		t.Errorf("with another folder: %v", s)
	}
	p.must(os.RemoveAll(dir))
	censusReport(t, dir, 2, false)
	if s := state(); s == checkup.Wrong {
		t.Errorf("with a report: %v", s)
	}
}
