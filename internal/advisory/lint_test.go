package advisory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// released is an advisory without fault after its first release.
func released() Advisory {
	a := sample("SEC-2026-0001")
	a.Published, a.Updated = noon, noon
	a.Revisions = []Revision{{Number: 1, At: noon, Summary: "First release."}}
	return a
}

func TestLintFindsNothing(t *testing.T) {
	t.Parallel()
	full := released()
	full.Aliases = []string{"CVE-2026-12345", "GHSA-vp9c-fpxx-744v", "GO-2026-0007"}
	full.Severity.CVSS4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"
	full.Overview = "Set `XXX` and run `mktemp /tmp/XXXXXX`.\n\n    // TODO in the sample\n\nReport to <https://example.org/>."
	full.Affected = []Affected{
		{Product: "libquill", Ranges: []Range{
			{Introduced: "0", Fixed: "1.0.7", Repo: "https://git.example.org/quill", FixedBy: strings.Repeat("0123abcdef", 4)},
			{Introduced: "1.1", LastAffected: "1.1.9"},
			{Introduced: "2.0"},
		}, Versions: []string{"3.0-rc1", "2021c"}},
		{Product: "quill-tools", Ecosystem: "Debian:13", Package: "quill", PURL: "pkg:deb/debian/quill", Ranges: []Range{{Introduced: "0", Fixed: "1:1.2-3+deb13u1"}}},
	}
	full.Credits = append(full.Credits, Credit{Name: "Ada Example", Role: "reporter", URL: "mailto:ada@example.org", Group: "Example Labs"})
	full.Withdrawn = &Withdrawal{At: noon, Reason: "It was no fault."}
	draft := sample("")
	draft.Publisher = Publisher{}
	for name, a := range map[string]Advisory{"released": released(), "everything": full, "draft": draft} {
		if ps := Lint(a, noon); len(ps) > 0 {
			t.Errorf("%s: %v", name, ps)
		}
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	const block, warn = true, false
	affected := func(p Affected) func(*Advisory) {
		return func(a *Advisory) {
			p.Product = "libquill"
			a.Affected = []Affected{p}
		}
	}
	ranges := func(eco string, rs ...Range) func(*Advisory) {
		return affected(Affected{Ecosystem: eco, Package: eco, Ranges: rs})
	}
	for _, tt := range []struct {
		path  string
		stops bool
		want  string // part of the message
		do    func(*Advisory)
	}{
		{"id", block, "is missing", func(a *Advisory) { a.ID = "" }},
		{"id", block, "PREFIX-YEAR-NNNN", func(a *Advisory) { a.ID = "SEC-26-1" }},
		{"id", block, "which prenotices have", func(a *Advisory) { a.ID = "PRE-2026-0001" }},
		{"aliases[0]", block, "not a CVE", func(a *Advisory) { a.Aliases = []string{"CVE-2026-123"} }},
		{"aliases[0]", block, "not a GHSA", func(a *Advisory) { a.Aliases = []string{"GHSA-aaaa-bbbb-cccc"} }},
		{"aliases[0]", block, "not an identifier", func(a *Advisory) { a.Aliases = []string{"12"} }},
		{"aliases[0]", block, "own identifier", func(a *Advisory) { a.Aliases = []string{a.ID} }},
		{"aliases[1]", block, "twice", func(a *Advisory) { a.Aliases = []string{"GO-2026-1", "GO-2026-1"} }},
		{"aliases[1]", warn, "second CVE", func(a *Advisory) { a.Aliases = []string{"CVE-2026-1234", "CVE-2026-1235"} }},
		{"aliases", block, "51 items", func(a *Advisory) { a.Aliases = make([]string, 51) }},
		{"title", block, "is missing", func(a *Advisory) { a.Title = "" }},
		{"title", block, "is missing", func(a *Advisory) { a.Title = " " }},
		{"title", warn, "121 characters", func(a *Advisory) { a.Title = strings.Repeat("ä", 121) }},
		{"title", block, "201 characters", func(a *Advisory) { a.Title = strings.Repeat("ä", 201) }},
		{"title", warn, "full stop", func(a *Advisory) { a.Title += "." }},
		{"title", block, "line break", func(a *Advisory) { a.Title = "a\nb" }},
		{"title", warn, "space", func(a *Advisory) { a.Title = " a" }},
		{"title", block, "U+202E", func(a *Advisory) { a.Title = "a\u202eb" }},
		{"overview", block, "is missing", func(a *Advisory) { a.Overview = "\n" }},
		{"overview", block, "U+001B", func(a *Advisory) { a.Overview = "a\x1b[31m" }},
		{"overview", block, "bytes", func(a *Advisory) { a.Overview = strings.Repeat("a", MarkdownLimit+1) }},
		{"overview", block, `"TBD"`, func(a *Advisory) { a.Overview = "Details TBD." }},
		{"impact", block, `"Lorem ipsum"`, func(a *Advisory) { a.Impact = "Lorem ipsum dolor" }},
		{"impact", block, "is missing", func(a *Advisory) { a.Impact = "" }},
		{"impact", block, "CVE-2026-XXXX", func(a *Advisory) { a.Impact = "See CVE-2026-XXXX." }},
		{"remedy", block, "is missing", func(a *Advisory) { a.Remedy = "" }},
		{"remedy", warn, "Internal note", func(a *Advisory) { a.Remedy = "Internal note: wait." }},
		{"remedy", warn, "TLP:AMBER", func(a *Advisory) { a.Remedy = "This is TLP:AMBER." }},
		{"remedy", warn, "tracker.corp", func(a *Advisory) { a.Remedy = "See [this](https://tracker.corp/1)." }},
		{"workaround", warn, "10.0.0.1", func(a *Advisory) { a.Workaround = "See http://10.0.0.1:80/." }},
		{"severity.level", block, "is missing", func(a *Advisory) { a.Severity = Severity{} }},
		{"severity.level", block, `"important" is not a level`, func(a *Advisory) { a.Severity = Severity{Level: "important"} }},
		{"severity.cvss31", warn, "scores 9.8, which is critical, but the level is low", func(a *Advisory) { a.Severity.Level = Low }},
		{"severity.cvss31", warn, "scores 0.0", func(a *Advisory) { a.Severity.CVSS31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N" }},
		{"severity.cvss31", block, "AV (attack vector)", func(a *Advisory) { a.Severity.CVSS31 = "CVSS:3.1/AV:Q" }},
		{"severity.cvss4", block, "begins with CVSS:4.0/", func(a *Advisory) { a.Severity.CVSS4 = "AV:N" }},
		{"cwe[0]", block, "not a weakness", func(a *Advisory) { a.CWE = []string{"787"} }},
		{"cwe[1]", block, "twice", func(a *Advisory) { a.CWE = []string{"CWE-787", "CWE-787"} }},
		{"cwe", warn, "is empty", func(a *Advisory) { a.CWE = nil }},

		{"affected", block, "is empty", func(a *Advisory) { a.Affected = nil }},
		{"affected[0].product", block, "is missing", func(a *Advisory) { a.Affected[0].Product = "" }},
		{"affected[1].product", block, "twice", func(a *Advisory) { a.Affected = append(a.Affected, a.Affected[0]) }},
		{"affected[0]", block, "names no version", affected(Affected{})},
		{"affected", block, "101 items", func(a *Advisory) { a.Affected = make([]Affected, 101) }},
		{"affected", block, "names 5001 ranges and versions", affected(Affected{Versions: make([]string, 5001)})},
		{"affected[0].ranges", block, "51 items", affected(Affected{Ranges: make([]Range, 51)})},
		{"affected[0].ecosystem", block, `"Golang" is not`, func(a *Advisory) { a.Affected[0].Ecosystem = "Golang" }},
		{"affected[0].ecosystem", block, `"Debian:" is not`, ranges("Debian:", Range{Introduced: "0"})},
		{"affected[0].ecosystem", block, "is missing", func(a *Advisory) { a.Affected[0].Ecosystem = "" }},
		{"affected[0].package", block, "is missing", func(a *Advisory) { a.Affected[0].Package = "" }},
		{"affected[0].purl", block, "not a package URL", func(a *Advisory) { a.Affected[0].PURL = "golang/x" }},
		{"affected[0].purl", block, "holds the version", func(a *Advisory) { a.Affected[0].PURL += "@1.2.3" }},
		{"affected[0].purl", warn, "plain form", func(a *Advisory) { a.Affected[0].PURL = "pkg:golang/Example.org/quill" }},
		{"affected[0].purl", warn, "the type npm", func(a *Advisory) { a.Affected[0].PURL = "pkg:npm/quill" }},
		{"affected[0].ranges[0].introduced", block, "is missing", ranges("", Range{Fixed: "1"})},
		{"affected[0].ranges[0].introduced", block, "not a single version", ranges("", Range{Introduced: "< 2"})},
		{"affected[0].ranges[0].introduced", block, "longer than 100", ranges("", Range{Introduced: strings.Repeat("1", 101)})},
		{"affected[0].ranges[0].introduced", warn, "not a semantic version", ranges("npm", Range{Introduced: "1.2"})},
		{"affected[0].ranges[0].fixed", block, "does not come after", ranges("", Range{Introduced: "1.10", Fixed: "1.9"})},
		{"affected[0].ranges[0].fixed", block, "does not come after", ranges("npm", Range{Introduced: "1.0.0", Fixed: "1.0.0-rc.1"})},
		{"affected[0].ranges[0].fixed", block, "does not come after", ranges("", Range{Introduced: "2021c", Fixed: "2021c"})},
		{"affected[0].ranges[0].lastAffected", block, "cannot stand beside", ranges("", Range{Introduced: "0", Fixed: "2", LastAffected: "1"})},
		{"affected[0].ranges[0].lastAffected", block, "comes before", ranges("", Range{Introduced: "2", LastAffected: "1"})},
		{"affected[0].ranges[1]", block, "twice", ranges("", Range{Introduced: "1", Fixed: "2"}, Range{Introduced: "1", Fixed: "2"})},
		{"affected[0].ranges[1]", warn, "overlaps with range 1", ranges("", Range{Introduced: "1", Fixed: "2"}, Range{Introduced: "1.5", Fixed: "3"})},
		{"affected[0].ranges[1]", warn, "overlaps with range 1", ranges("", Range{Introduced: "1"}, Range{Introduced: "3", LastAffected: "3"})},
		{"affected[0].ranges[0].fixedBy", block, "not a commit", ranges("", Range{Introduced: "0", Repo: "https://example.org/r", FixedBy: "abc123"})},
		{"affected[0].ranges[0].repo", block, "is missing", ranges("", Range{Introduced: "0", FixedBy: strings.Repeat("a", 40)})},
		{"affected[0].ranges[0].repo", block, "https://", ranges("", Range{Introduced: "0", Repo: "git://example.org/r"})},
		{"affected[0].ranges[0].fixedBy", block, "brought the fault in", ranges("", Range{Introduced: "0", Repo: "https://example.org/r", IntroducedBy: strings.Repeat("a", 64), FixedBy: strings.Repeat("a", 64)})},
		{"affected[0].versions[1]", block, "twice", affected(Affected{Versions: []string{"1", "1"}})},
		{"affected[0].versions[0]", block, "is empty", affected(Affected{Versions: []string{""}})},
		{"affected[0].versions[0]", block, "not a single version", affected(Affected{Versions: []string{"1, 2"}})},
		{"affected[0].versions[0]", block, "fixed in a range", affected(Affected{Ranges: []Range{{Introduced: "1", Fixed: "2"}}, Versions: []string{"2"}})},

		{"references[0].kind", block, "not a kind", func(a *Advisory) { a.References[0].Kind = "FIX" }},
		{"references[0].url", block, "is missing", func(a *Advisory) { a.References[0].URL = "" }},
		{"references[0].url", block, "must start with https://", func(a *Advisory) { a.References[0].URL = "http://example.org/" }},
		{"references[0].url", block, "not a full address", func(a *Advisory) { a.References[0].URL = "https:///x" }},
		{"references[0].url", block, "characters that an address", func(a *Advisory) { a.References[0].URL = "https://example.org/a b" }},
		{"references[0].url", block, "characters that an address", func(a *Advisory) { a.References[0].URL = "https://example.org/ä" }},
		{"references[0].url", block, "characters that an address", func(a *Advisory) { a.References[0].URL = "https://example.org/a[1]" }},
		{"references[0].url", block, "characters that an address", func(a *Advisory) { a.References[0].URL = "https://example.org/a#b#c" }},
		{"references[0].url", block, "characters that an address", func(a *Advisory) { a.References[0].URL = "https://example.org/a\\b" }},
		{"references[0].url", block, "password", func(a *Advisory) { a.References[0].URL = "https://me:secret@example.org/" }},
		{"references[0].url", warn, "cannot reach", func(a *Advisory) { a.References[0].URL = "https://wiki.internal/x" }},
		{"references[0].url", block, "2001 characters", func(a *Advisory) { a.References[0].URL = "https://example.org/" + strings.Repeat("x", 1981) }},
		{"references[1].url", block, "twice", func(a *Advisory) { a.References = append(a.References, a.References[0]) }},
		{"references", warn, "is empty", func(a *Advisory) { a.References = nil }},
		{"credits[0].name", block, "is missing", func(a *Advisory) { a.Credits[0].Name = "" }},
		{"credits[0].role", block, "not a role", func(a *Advisory) { a.Credits[0].Role = "hero" }},
		{"credits[0].url", block, "https://", func(a *Advisory) { a.Credits[0].URL = "ftp://example.org/" }},
		{"credits[0].url", block, "not a full address", func(a *Advisory) { a.Credits[0].URL = "mailto:a@b<c>" }},
		{"credits[1]", block, "twice", func(a *Advisory) { a.Credits = append(a.Credits, a.Credits[0]) }},
		{"credits", warn, "is empty", func(a *Advisory) { a.Credits = nil }},

		{"timeline[0].at", block, "is missing", func(a *Advisory) { a.Timeline[0].At = time.Time{} }},
		{"timeline[0].at", block, "in the future", func(a *Advisory) { a.Timeline[0].At = noon.Add(time.Hour) }},
		{"timeline[0].at", block, "before 1970", func(a *Advisory) { a.Timeline[0].At = noon.AddDate(-100, 0, 0) }},
		{"timeline[1].at", warn, "before the line above", func(a *Advisory) {
			a.Timeline = append(a.Timeline, Event{At: noon.AddDate(0, 0, -10), What: "Found."})
		}},
		{"timeline[0].what", block, "is missing", func(a *Advisory) { a.Timeline[0].What = "" }},
		{"revisions[0].number", block, "numbered 1, 2, 3", func(a *Advisory) { a.Revisions[0].Number = 2 }},
		{"revisions[0].summary", block, "is missing", func(a *Advisory) { a.Revisions[0].Summary = "" }},
		{"revisions[1].at", block, "not later", func(a *Advisory) { a.Revisions = append(a.Revisions, Revision{2, noon, "x"}) }},
		{"published", block, "is missing", func(a *Advisory) { a.Published = time.Time{} }},
		{"published", block, "differs", func(a *Advisory) { a.Published = noon.Add(-time.Hour) }},
		{"updated", block, "before the first release", func(a *Advisory) { a.Updated = noon.Add(-time.Hour) }},
		{"updated", block, "differs", func(a *Advisory) { a.Updated = noon.Add(-time.Hour) }},
		{"publisher.contact", block, "is missing", func(a *Advisory) { a.Publisher.Contact = "" }},
		{"publisher.terms", block, "is missing", func(a *Advisory) { a.Publisher.Terms = "" }},
		{"publisher.audience", block, "is missing", func(a *Advisory) { a.Publisher.Audience = "" }},
		{"publisher.namespace", block, "not a full address", func(a *Advisory) { a.Publisher.Namespace = "example" }},
		{"publisher.name", block, "is missing", func(a *Advisory) { a.Publisher = Publisher{} }},
		{"withdrawn.reason", block, "is missing", func(a *Advisory) { a.Withdrawn = &Withdrawal{At: noon} }},
		{"withdrawn.at", block, "before the first release", func(a *Advisory) { a.Withdrawn = &Withdrawal{noon.Add(-time.Second), "x"} }},
	} {
		a := released()
		tt.do(&a)
		ps := Lint(a, noon)
		if !slices.ContainsFunc(ps, func(p Problem) bool {
			return p.Path == tt.path && p.Blocking == tt.stops && strings.Contains(p.Message, tt.want)
		}) {
			t.Errorf("want %s: %q (blocking: %v), got %v", tt.path, tt.want, tt.stops, ps)
		}
		for _, p := range ps {
			if p.Message == "" || strings.HasSuffix(p.Message, ".") || !strings.HasPrefix(p.String(), p.Path+": ") {
				t.Errorf("a badly worded problem: %q", p)
			}
		}
	}
}

// The largest advisory that the limits allow is looked at in a moment.
// Not parallel, so that it measures nothing else.
func TestLintIsQuick(t *testing.T) {
	a := released()
	a.Affected = nil
	for i := range maxAffected {
		p := Affected{Product: fmt.Sprint("p", i), Ranges: make([]Range, maxRanges)}
		for j := range p.Ranges {
			p.Ranges[j] = Range{Introduced: fmt.Sprintf("%d.0.0-rc.1+build", j), Fixed: fmt.Sprintf("%d.0.0", j)}
		}
		a.Affected = append(a.Affected, p)
	}
	a.Overview = strings.Repeat("*[`", MarkdownLimit/3)
	start := spent(t)
	if ps := Lint(a, noon); len(ps) > 0 {
		t.Errorf("%d problems, the first: %v", len(ps), ps[0])
	}
	if took := spent(t) - start; took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if ps := Lint(Advisory{}, noon); len(Blocking(ps)) != 6 {
		t.Errorf("the empty advisory: %v", ps)
	}
}

// Every text of every field is looked at: whichever holds a hidden character,
// the path of that field is named and the release stopped.
func TestLintLooksEverywhere(t *testing.T) {
	t.Parallel()
	a := released()
	a.Severity.CVSS4 = "x"
	a.Affected[0].Versions = []string{"x"}
	a.Affected[0].Ranges[0] = Range{"x", "x", "x", "x", "x", "x"}
	a.References[0].Title, a.Credits[0].URL, a.Credits[0].Group = "x", "x", "x"
	a.Withdrawn = &Withdrawal{noon, "x"}
	var paths []string
	walkTexts(reflect.ValueOf(a), "", func(path, _ string) { paths = append(paths, path) })
	if len(paths) < 37 {
		t.Errorf("%d texts: %v", len(paths), paths)
	}
	for _, path := range paths {
		b := released()
		b.Severity.CVSS4, b.Affected = a.Severity.CVSS4, []Affected{a.Affected[0]}
		b.Affected[0].Versions, b.Affected[0].Ranges = []string{"x"}, []Range{a.Affected[0].Ranges[0]}
		b.Withdrawn = &Withdrawal{noon, "x"}
		spoil(t, reflect.ValueOf(&b).Elem(), path)
		if !slices.ContainsFunc(Lint(b, noon), func(p Problem) bool {
			return p.Path == path && p.Blocking && strings.Contains(p.Message, "U+2066")
		}) {
			t.Errorf("nothing is said of %s", path)
		}
	}
}

// spoil puts a hidden character into the text at the path.
func spoil(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	done := false
	var walk func(v reflect.Value, at string)
	walk = func(v reflect.Value, at string) {
		switch v.Kind() {
		case reflect.String:
			if at == path {
				v.SetString(v.String() + "\u2066x")
				done = true
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), at)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s[%d]", at, i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() {
					name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
					walk(v.Field(i), strings.TrimPrefix(at+"."+name, "."))
				}
			}
		}
	}
	walk(v, "")
	if !done {
		t.Fatalf("there is no %s", path)
	}
}

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	// Ascending; each is compared with each.
	for eco, list := range map[string][]string{
		"npm": {"0", "0.0.1-alpha", "0.0.1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "v2.0.0", "99999999999999999999.0.0"},
		"":    {"0", "0.9", "1", "1.0.1", "1.2.9", "1.10", "v1.11", "2", "20240101"},
	} {
		for i, a := range list {
			for j, b := range list {
				want := max(-1, min(1, i-j))
				if got, ok := CompareVersions(eco, a, b); !ok || got != want {
					t.Errorf("%q: %s and %s: %d, %v; want %d", eco, a, b, got, ok, want)
				}
			}
		}
	}
	for _, tt := range []struct {
		eco, a, b string
		want      int
		ok        bool
	}{
		{"", "1.0", "1.0.0", 0, true},
		{"npm", "1.0.0+a", "1.0.0+b", 0, true},
		{"", "2024.09", "2024.9", 0, true},
		{"", "2024.09", "2024.10", -1, true},
		{"PyPI", "1.0.0", "1.0.0rc1", 0, false},
		{"Debian:13", "1.0.0", "1.0.0-1", 0, false},
		{"Maven", "1.0.0", "1.0.10", -1, true},
		{"", "2021c", "2021d", 0, false},
	} {
		if got, ok := CompareVersions(tt.eco, tt.a, tt.b); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %s and %s: %d, %v", tt.eco, tt.a, tt.b, got, ok)
		}
	}
}
