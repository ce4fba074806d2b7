package osv

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/entry.json anew")

var commit = strings.Repeat("a1b2c3d4e5", 4)

// sample is a valid entry with a little of everything; each call makes a new
// one, to be bent by a test.
func sample() *Entry {
	return &Entry{
		SchemaVersion: SchemaVersion,
		ID:            LocalID("LF-2026-0001"),
		Modified:      At(time.Date(2026, 3, 2, 15, 0, 0, 250_000_000, time.FixedZone("", 3600))),
		Published:     At(time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)),
		Aliases:       []string{"CVE-2026-10001"},
		Summary:       "Libfoo: heap overflow in the <parser> & lexer",
		Details:       "A long line overflows the heap.\n\nUpgrade to 1.4.2.",
		Severity: []Severity{
			{CVSSV4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},
			{CVSSV3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		},
		Affected: []Affected{{
			Package: &Package{Ecosystem: "Go", Name: "libfoo.example/foo", PURL: "pkg:golang/libfoo.example/foo"},
			Ranges: []Range{
				{Type: Semver, Events: []Event{{Introduced: "1.0.0"}, {Fixed: "1.4.2"}}},
				{Type: Git, Repo: "https://git.libfoo.example/foo", Events: []Event{{Introduced: "0"}, {Fixed: commit}}},
			},
			Versions:         []string{"1.0.0", "1.4.1"},
			DatabaseSpecific: json.RawMessage(`{"any": [null]}`),
		}},
		References: []Reference{{ReferenceAdvisory, "https://libfoo.example/security/LF-2026-0001"}},
		Credits:    []Credit{{Name: "R. Porter", Type: CreditFinder, Contact: []string{"mailto:r@porter.example"}}},
	}
}

func marshal(t *testing.T, e *Entry) []byte {
	t.Helper()
	data, err := Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The file is read by the tests of the independent judges too.
func TestSampleFile(t *testing.T) {
	t.Parallel()
	const file = "testdata/entry.json"
	got := marshal(t, sample())
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("Marshal no longer gives the bytes of %s; if that is meant, run the test with -update", file)
	}
	for _, p := range Validate(want) {
		t.Error(p)
	}
}

// Each case bends the sample; path is where the one problem then is, or
// nothing if there is none.
func TestValidate(t *testing.T) {
	t.Parallel()
	first := func(edit func(*Affected)) func(*Entry) {
		return func(e *Entry) { edit(&e.Affected[0]) }
	}
	events := func(r int, list ...Event) func(*Entry) {
		return func(e *Entry) { e.Affected[0].Ranges[r].Events = append([]Event{}, list...) }
	}
	severity := func(s Severity) func(*Entry) {
		return func(e *Entry) { e.Severity = []Severity{s} }
	}
	for _, tc := range []struct {
		name    string
		edit    func(*Entry)
		path    string
		warning bool
	}{
		{"nothing but what is needed", func(e *Entry) { *e = Entry{SchemaVersion: "1.7.5", ID: "CVE-2026-1", Modified: e.Modified} }, "", false},
		{"no schema version", func(e *Entry) { e.SchemaVersion = "" }, "schema_version", true},
		{"schema version with v", func(e *Entry) { e.SchemaVersion = "v1.7.5" }, "schema_version", false},
		{"schema version 2", func(e *Entry) { e.SchemaVersion = "2.0.0" }, "schema_version", false},
		{"no id", func(e *Entry) { e.ID = "" }, "id", false},
		{"id without a dash", func(e *Entry) { e.ID = "LF20260001" }, "id", false},
		{"prefix not registered", func(e *Entry) { e.ID = "LF-2026-0001" }, "id", true},
		{"registered prefix with a dash", func(e *Entry) { e.ID = "openSUSE-SU-2026:1-1" }, "", false},
		{"no modified", func(e *Entry) { e.Modified = "" }, "modified", false},
		{"modified in a zone", func(e *Entry) { e.Modified = "2026-03-01T14:00:00+01:00" }, "modified", false},
		{"published on no day", func(e *Entry) { e.Published = "2026-02-30T14:00:00Z" }, "published", false},
		{"withdrawn", func(e *Entry) { e.Withdrawn = "2026-03-05T14:00:00Z" }, "", false},
		{"withdrawn on a day", func(e *Entry) { e.Withdrawn = "2026-03-05" }, "withdrawn", false},
		{"alias of no form", func(e *Entry) { e.Aliases = []string{"a bug"} }, "aliases[0]", true},
		{"upstream of no form", func(e *Entry) { e.Upstream = []string{"-"} }, "upstream[0]", true},
		{"related", func(e *Entry) { e.Related = []string{"GHSA-vp9c-fpxx-744v"} }, "", false},
		{"summary of two lines", func(e *Entry) { e.Summary = "a\nb" }, "summary", true},

		{"CVSS 2", severity(Severity{CVSSV2, "AV:L/AC:M/Au:N/C:N/I:P/A:C"}), "", false},
		{"CVSS 3.0", severity(Severity{CVSSV3, "CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:N/A:N"}), "", false},
		{"Ubuntu", severity(Severity{Ubuntu, "medium"}), "", false},
		{"type unknown", severity(Severity{"CVSS_V5", "x"}), "severity[0]", false},
		{"no type", severity(Severity{"", "x"}), "severity[0]", false},
		{"3.1 as 4", severity(Severity{CVSSV4, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}), "severity[0]", false},
		{"metric missing", severity(Severity{CVSSV3, "CVSS:3.1/AV:N"}), "severity[0]", false},
		{"a number", severity(Severity{CVSSV3, "9.8"}), "severity[0]", false},
		{"2 with a prefix", severity(Severity{CVSSV2, "CVSS:2.0/AV:L/AC:M/Au:N/C:N/I:P/A:C"}), "severity[0]", false},
		{"Ubuntu's unknown", severity(Severity{Ubuntu, "High"}), "severity[0]", false},
		{"endless", severity(Severity{CVSSV3, "CVSS:3.1" + strings.Repeat("/AV:N", 100)}), "severity[0]", false},
		{"severity at both places", first(func(a *Affected) { a.Severity = []Severity{{Ubuntu, "low"}} }), "affected[0].severity", false},
		{"severity at the package", func(e *Entry) { e.Severity, e.Affected[0].Severity = nil, []Severity{{Ubuntu, "low"}} }, "", false},
		{"wrong severity at the package", func(e *Entry) { e.Severity, e.Affected[0].Severity = nil, []Severity{{Ubuntu, "?"}} }, "affected[0].severity[0]", false},

		{"ecosystem with release", first(func(a *Affected) { a.Package.Ecosystem, a.Package.PURL = "Debian:12", "" }), "", false},
		{"ecosystem with empty release", first(func(a *Affected) { a.Package.Ecosystem = "Debian:" }), "affected[0].package.ecosystem", false},
		{"ecosystem in another case", first(func(a *Affected) { a.Package.Ecosystem = "go" }), "affected[0].package.ecosystem", false},
		{"package without name", first(func(a *Affected) { a.Package.Name = "" }), "affected[0].package.name", false},
		{"purl with version", first(func(a *Affected) { a.Package.PURL += "@v1.4.2" }), "affected[0].package.purl", false},
		{"purl that is none", first(func(a *Affected) { a.Package.PURL = "golang/foo" }), "affected[0].package.purl", false},
		{"commits without package", first(func(a *Affected) { a.Package, a.Ranges = nil, a.Ranges[1:] }), "", false},
		{"versions without package", first(func(a *Affected) { a.Package, a.Ranges = nil, a.Ranges[:1] }), "affected[0].ranges[0]", true},
		{"empty version", first(func(a *Affected) { a.Versions[1] = "" }), "affected[0].versions[1]", false},

		{"range type", first(func(a *Affected) { a.Ranges[0].Type = "semver" }), "affected[0].ranges[0].type", false},
		{"commits without repository", first(func(a *Affected) { a.Ranges[1].Repo = "" }), "affected[0].ranges[1].repo", false},
		{"no events", events(0), "affected[0].ranges[0].events", false},
		{"never introduced", events(0, Event{Fixed: "1.0.0"}), "affected[0].ranges[0].events", false},
		{"last affected", events(0, Event{Introduced: "0"}, Event{LastAffected: "1.4.1"}), "", false},
		{"fixed and last affected", events(0, Event{Introduced: "0"}, Event{Fixed: "1.4.2"}, Event{LastAffected: "1.4.1"}), "affected[0].ranges[0].events", false},
		{"two in one event", events(0, Event{Introduced: "0", Fixed: "1.4.2"}), "affected[0].ranges[0].events[0]", false},
		{"none in an event", events(0, Event{Introduced: "0"}, Event{}), "affected[0].ranges[0].events[1]", false},
		{"no end", events(0, Event{Introduced: "0"}, Event{Limit: "*"}), "", false},
		{"leading v", events(0, Event{Introduced: "0"}, Event{Fixed: "v1.4.2"}), "affected[0].ranges[0].events[1].fixed", false},
		{"two numbers", events(0, Event{Introduced: "1.0"}), "affected[0].ranges[0].events[0].introduced", false},
		{"fixed from the beginning", events(0, Event{Introduced: "0"}, Event{Fixed: "0"}), "affected[0].ranges[0].events[1].fixed", false},
		{"short hash", events(1, Event{Introduced: "0"}, Event{Fixed: commit[:12]}), "affected[0].ranges[1].events[1].fixed", false},
		{"hash of SHA-256", events(1, Event{Introduced: strings.Repeat("0f", 32)}), "", false},
		{"any words in an ecosystem", func(e *Entry) {
			e.Affected[0].Ranges = []Range{{Type: Ecosystem, Events: []Event{{Introduced: "0"}, {Fixed: "1:7.88-1+deb12u5"}}}}
		}, "", false},

		{"reference type", func(e *Entry) { e.References[0].Type = "BLOG" }, "references[0].type", false},
		{"reference without scheme", func(e *Entry) { e.References[0].URL = "libfoo.example" }, "references[0].url", false},
		{"credit without name", func(e *Entry) { e.Credits[0].Name = "" }, "credits[0].name", false},
		{"credit without type", func(e *Entry) { e.Credits[0].Type = "" }, "", false},
		{"credit type", func(e *Entry) { e.Credits[0].Type = "HERO" }, "credits[0].type", false},
		{"contact that is no URL", func(e *Entry) { e.Credits[0].Contact[0] = "r@porter.example" }, "credits[0].contact[0]", true},

		{"database's array", func(e *Entry) { e.DatabaseSpecific = json.RawMessage(`[]`) }, "database_specific", false},
		{"ecosystem's text", first(func(a *Affected) { a.EcosystemSpecific = json.RawMessage(`"x"`) }), "affected[0].ecosystem_specific", false},
		{"package's number", first(func(a *Affected) { a.DatabaseSpecific = json.RawMessage(`1`) }), "affected[0].database_specific", false},
		{"range's null", first(func(a *Affected) { a.Ranges[0].DatabaseSpecific = json.RawMessage(`null`) }), "affected[0].ranges[0].database_specific", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := sample()
			tc.edit(e)
			found := Validate(marshal(t, e))
			switch {
			case tc.path == "" && len(found) != 0, tc.path != "" && len(found) != 1:
				t.Fatalf("found %v", found)
			case tc.path != "" && (found[0].Path != tc.path || found[0].Warning != tc.warning):
				t.Errorf("found %v", found)
			}
			if n := len(Errors(found)); (n != 0) != (tc.path != "" && !tc.warning) {
				t.Errorf("%d errors of %v", n, found)
			}
		})
	}
}

// What Go's decoder would let pass, or would read as something else, is
// refused.
func TestParse(t *testing.T) {
	t.Parallel()
	text := string(marshal(t, sample()))
	change := func(old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	for _, tc := range []struct{ name, text, words string }{
		{"nothing", "", "not JSON"},
		{"half", text[:len(text)/2], "not JSON"},
		{"two", text + "{}", "something follows"},
		{"an array", "[]", "not what is needed"},
		{"not UTF-8", change("Libfoo", "\xff"), "UTF-8"},
		{"unknown property", change(`"summary"`, `"colour": "red", "summary"`), "colour"},
		{"unknown property deep inside", change(`"events"`, `"event": [], "events"`), "event"},
		{"upper case", change(`"id"`, `"ID"`), "unknown property"},
		{"upper case that is left to the database", change(`"any"`, `"Any"`), ""},
		{"name twice", change(`"summary"`, `"id": "CVE-2026-1", "summary"`), "twice"},
		{"name twice in what is left to the database", change(`"any"`, `"any": 1, "any"`), "twice"},
		{"null list", change(`"summary"`, `"related": null, "summary"`), "null"},
		{"null text", change(`"name": "R. Porter"`, `"name": null`), "null"},
		{"number for text", change(`"name": "R. Porter"`, `"name": 1`), "not what is needed"},
		{"too deep", strings.Repeat("[", 100), "levels"},
		{"too large", `{"id": "` + strings.Repeat("a", MaxSize) + `"}`, "at most"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(tc.text))
			if tc.words == "" && err == nil {
				return
			}
			if err == nil || tc.words == "" || !strings.Contains(err.Error(), tc.words) {
				t.Fatalf("error: %v", err)
			}
			if found := Validate([]byte(tc.text)); len(found) != 1 || found[0].Warning {
				t.Errorf("found %v", found)
			}
		})
	}
}

// However much is wrong, the answer stays short.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	e := sample()
	e.References = slices.Repeat([]Reference{{"?", "?"}}, 500)
	if found := Validate(marshal(t, e)); len(found) != maxProblems {
		t.Errorf("%d problems", len(found))
	}
}

func TestLocalID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"LF-2026-0001":   "x_LF-2026-0001",
		"CURL-CVE-2026":  "CURL-CVE-2026",
		"CURLY-2026":     "x_CURLY-2026",
		"x_LF-2026-0001": "x_LF-2026-0001",
		"cve-2026-1":     "x_cve-2026-1",
	} {
		if got := LocalID(id); got != want {
			t.Errorf("%s: %s, not %s", id, got, want)
		}
	}
}

func FuzzValidate(f *testing.F) {
	data, err := Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := Validate(data), Validate(again); !slices.Equal(a, b) {
			t.Errorf("%s\ngives %v, and\n%s\ngives %v", data, a, again, b)
		}
	})
}
