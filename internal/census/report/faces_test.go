package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"steward/internal/census"
	"steward/internal/census/change"
	"steward/internal/census/index"
	"steward/internal/census/report"
)

// through gives a ranking with an earlier release, which had fewer sources.
func through(t *testing.T, n int) *census.Ranking {
	t.Helper()
	r := ranking(t, "trained", n)
	r.Release = hostile
	for _, m := range []int{n / 3, n / 2} {
		r.Earlier = append(r.Earlier, census.Stand("old"+hostile, ranking(t, "trained", m)))
	}
	return r
}

// TestThrough: with earlier releases each page still keeps the policy, and tells
// in words what its pictures draw.
func TestThrough(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, through(t, 120), 120)
	files := read(t, dir)
	for name := range files {
		if strings.HasSuffix(name, ".html") {
			checkPage(t, files, name)
		}
	}
	for name, wants := range map[string][]string{
		"source/main.html":  {"Rank through the releases: old", "Reach through the releases: ", "Through the releases", `class="line" d="M`},
		"source/p0119.html": {"did not have it", "not there"},
		"index.html":        {`class="spark"`, "from old", "way-"},
		"ranking.html":      {"In old", ">new<", "way-same"},
	} {
		if name == "source/p0119.html" && files[name] == "" {
			t.Fatalf("%s is not there", name)
		}
		for _, want := range wants {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	if plain, _ := write(t, ranking(t, "trained", 120), 40); strings.Contains(read(t, plain)["source/main.html"], "Through the releases") {
		t.Error("a course without earlier releases")
	}
}

// TestChanges: the page says what changed, and why, and each page still keeps the
// policy; the data that a report holds are those that it is compared with.
func TestChanges(t *testing.T) {
	t.Parallel()
	before, after := ranking(t, "trained", 40), ranking(t, "trained", 90)
	old, _ := write(t, before, 10)
	f, err := index.Open(filepath.Join(old, report.Data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := change.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(run.Sources) != fmt.Sprint(change.Of(before).Sources) {
		t.Errorf("%+v", run.Sources[0])
	}
	if _, ok := read(t, old)["changes.html"]; ok {
		t.Error("changes since nothing")
	}
	made := func(older, newer *change.Run) map[string]string {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "census")
		if _, err := report.Write(t.Context(), dir, after, report.Options{Pages: 10, Since: change.Between(older, newer)}); err != nil {
			t.Fatal(err)
		}
		files := read(t, dir)
		for name := range files {
			if strings.HasSuffix(name, ".html") {
				checkPage(t, files, name)
			}
		}
		return files
	}
	files := made(run, change.Of(after))
	for _, want := range []string{"50</strong> are new", "0</strong> are gone", "reach <span", "Shown are 25 of 50"} {
		if !strings.Contains(files["changes.html"], want) {
			t.Errorf("the changes lack %q", want)
		}
	}
	if !strings.Contains(files["index.html"], "50 are new") || !strings.Contains(files["trust.html"], "changes.html") {
		t.Error("nothing leads to the changes")
	}
	other := change.Of(ranking(t, "rank-sum", 120))
	other.Signals[0] = "other" + hostile
	if page := made(other, change.Of(after))["changes.html"]; !strings.Contains(page, "The model is another one") || !strings.Contains(page, "30</strong> are gone") || !strings.Contains(page, "Known then and not now") {
		t.Error("another model, what went, or a signal that is gone is not told")
	}
}

// TestTrust: the page tells what the model says of itself, and its limits.
func TestTrust(t *testing.T) {
	t.Parallel()
	for _, model := range census.Models() {
		dir, _ := write(t, ranking(t, model, 60), 10)
		page := html.UnescapeString(read(t, dir)["trust.html"])
		m, err := census.ModelNamed(model)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{m.About, m.Trust.Before, "It follows attention", "the first 10 %", "<desc", "Tenth"} {
			if !strings.Contains(page, want) {
				t.Errorf("of %s the page lacks %q", model, want)
			}
		}
		if has := strings.Contains(page, `class="foretold"`); has != (m.Method == census.Logistic) {
			t.Errorf("%s: foretold shares are drawn: %v", model, has)
		}
	}
	r := ranking(t, "trained", 60)
	untried := *r.Model
	untried.Trust = &census.Trust{Before: "a", After: "b", AUC: .7, Low: .6, High: .8, Decile: .4, Hits: 9}
	for _, trust := range []*census.Trust{untried.Trust, nil} {
		if untried.Trust = trust; trust != nil {
			if _, err := report.TrustPicture(&untried); err == nil {
				t.Error("drew what is not there")
			}
		}
		r.Model = &untried
		dir, _ := write(t, r, 10)
		files := read(t, dir)
		for name := range files {
			if strings.HasSuffix(name, ".html") {
				checkPage(t, files, name)
			}
		}
		if strings.Contains(files["trust.html"], "<desc") || strings.Contains(files["trust.html"], "Nobody has held") != (trust == nil) {
			t.Errorf("trust %v: the page says otherwise", trust)
		}
	}
}

// TestTrustPicture: the picture that stands alone is whole XML with words for who
// does not see it, and the same each time.
func TestTrustPicture(t *testing.T) {
	t.Parallel()
	for _, name := range census.Models() {
		m, err := census.ModelNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		one, err := report.TrustPicture(m)
		if err != nil {
			t.Fatal(err)
		}
		if two, _ := report.TrustPicture(m); !bytes.Equal(one, two) {
			t.Error("twice is not the same")
		}
		seen := map[string]bool{}
		d := xml.NewDecoder(bytes.NewReader(one))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if e, ok := token.(xml.StartElement); ok {
				seen[e.Name.Local] = true
				if seen["script"] || e.Name.Space != "http://www.w3.org/2000/svg" {
					t.Errorf("%s: <%s> of %q", name, e.Name.Local, e.Name.Space)
				}
			}
		}
		for _, want := range []string{"title", "desc", "style"} {
			if !seen[want] {
				t.Errorf("%s: no <%s>", name, want)
			}
		}
		if !bytes.Contains(one, []byte("prefers-color-scheme: dark")) {
			t.Error("it is not for dark screens")
		}
	}
}
