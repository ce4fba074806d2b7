package render

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"steward/internal/advisory"
	"steward/internal/base/look"
	"steward/internal/base/look/looktest"
)

// out, when set, keeps the pages of TestPages for looking at in a browser.
var out = flag.String("out", "", "write the rendered pages below this folder")

func at(day string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", day)
	if err != nil {
		panic(err)
	}
	return t
}

var publisher = advisory.Publisher{
	Name: "Quillfeather", Namespace: "https://security.quillfeather.example",
	Contact:  "security@quillfeather.example",
	Terms:    "You may copy and share this advisory as long as you keep its source.",
	Audience: "Users, packagers and operators of the affected versions.",
}

func fullSite() Site {
	return Site{
		TeamName: "Quillfeather", BaseURL: "https://security.quillfeather.example", Publisher: publisher,
		Policy: "We fix vulnerabilities in the latest two releases.\n\n## What we promise\n\n- A person answers within three days.\n- You hear of each step, and of the date at which we go public.\n\n## What we ask\n\nGive us up to 90 days. Do not touch other people's data.",
		Rules: []Rule{
			{Title: "A crash that only the user can cause to themselves", Why: "Passing a bad flag to your own command is a bug, not a vulnerability."},
			{Title: "Missing headers on the project's web site", Why: "The site has no accounts and holds nothing private."},
		},
		Products:    []Product{{Name: "libquill", URL: "https://quillfeather.example", Supported: "8.4 and 8.3"}, {Name: "quill-cli", Supported: "the latest release"}},
		Fingerprint: "5c8f16f2a6c1b1b4a0d13d3c7f5e8f0a9b2c4d6e", PublicKeyPath: "keys/signing.asc",
		ContactEmail: "security@quillfeather.example", AckPromise: "A person answers within three days.",
		ReportURL: "/report", MailboxURL: "/mailbox", SubscribeURL: "/subscribe", Lists: "/lists",
		Handling:   handling,
		SecurityMD: "# Security\n",
		Channels: []Channel{
			{Name: "Web form", Proved: at("2026-04-01 14:00")}, {Name: "API", Proved: at("2026-03-31 09:00"), Failed: true},
			{Name: "Encrypted mail"}, {Name: "SMTP", Failed: true},
		},
		Feeds: []Feed{
			{Label: "Atom", Path: "feed.atom", Type: "application/atom+xml", Note: "for feed readers", Head: true},
			{Label: "CSAF", Path: "csaf/provider-metadata.json", Type: "application/json", Note: "for security tools"},
		},
		Demo: true,
	}
}

// handling is a policy as a page: policy.Page writes such ones.
const handling = `# How we handle vulnerabilities in Quill\_feather

The figures are ours.

## Tell us

Please tell us privately first: <security@quillfeather.example> or <https://security.quillfeather.example/report>.

What this is about: Everything that we release and still support.

## What you can expect

- A person answers within 72 hours.
- You hear from us at least every 7 days until the matter is public.
- If nobody has answered after 14 days, we tell CERT/CC (<https://kb.cert.org/vuls/report/>).
- Without another agreement, a matter may be public 90 days after the report.

## By severity

| Severity | Private | Told before the release | Everyone hears that a release comes | The fix is public | CVE |
|---|---|---|---|---|---|
| low | no: fixed in public at once | nobody | no | at once | no |
| moderate | 48 hours from when the fix is ready | nobody | no | with the release | yes |
| high | 7 days from when the fix is ready | distros, at most 7 days before: the draft of the advisory, the patch, the hour of the release | 3 business days before: the day and hour of the release, the product, the severity | with the release | yes |
| critical | 7 days from when the fix is ready | distros, at most 7 days before: the draft of the advisory, the patch, the hour of the release | 3 business days before: the day and hour of the release, the product, the severity; a workaround is public before the details | with the release | yes |

Releases that were kept private come on Monday, Tuesday, Wednesday, Thursday from 13:00 to 17:00 UTC.

## Sources

- [A policy](https://example.org/policy), read on 2026-11-27
`

func fullAdvisory() advisory.Advisory {
	return advisory.Advisory{
		ID: "QF-2026-0012", Aliases: []string{"CVE-2026-31337", "GHSA-xxxx-yyyy-zzzz"},
		Title:    "libquill: heap overflow when reading a long header name",
		Overview: "The parser of headers in `quill_header_read` copies a name into a buffer of **256** bytes and checks its length only afterwards.\n\nA server that reads requests from the network is affected in its default configuration.",
		Impact:   "Who can send a request can write past the end of a heap buffer. We believe that this can run code; we have seen it crash the server.",
		Severity: advisory.Severity{Level: advisory.Critical, CVSS4: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		CWE:      []string{"CWE-787"},
		Affected: []advisory.Affected{
			{Product: "libquill", Ecosystem: "Go", Package: "quillfeather.example/quill", Ranges: []advisory.Range{{Introduced: "8.0.0", Fixed: "8.3.7"}, {Introduced: "8.4.0", Fixed: "8.4.2", FixedBy: "8f31c02a9d40c2b1e77f5b6ad8ce90b1d2f3a4b5"}}},
			{Product: "quill-cli", Ranges: []advisory.Range{{Introduced: "0", LastAffected: "2.1"}}, Versions: []string{"2.2-rc1"}},
		},
		Remedy: "Upgrade to libquill **8.4.2** or **8.3.7**.", Workaround: "Set `max_header_name = 200` in the configuration.",
		References: []advisory.Reference{{Kind: "fix", URL: "https://git.quillfeather.example/c/8f31c02", Title: "The fix"}, {Kind: "web", URL: "https://quillfeather.example/news"}},
		Credits:    []advisory.Credit{{Name: "Ada Example", Role: "finder", URL: "https://ada.example", Group: "Example Labs"}, {Name: "Lin", Role: "remediation developer"}},
		Timeline: []advisory.Event{
			{At: at("2026-01-09 08:00"), What: "Reported by Ada Example"}, {At: at("2026-01-10 09:30"), What: "Acknowledged and reproduced"},
			{At: at("2026-02-02 12:00"), What: "Fix reviewed"}, {At: at("2026-02-20 12:00"), What: "Distributions told, under embargo"}, {At: at("2026-03-03 15:00"), What: "Fix and advisory released"},
		},
		Revisions: []advisory.Revision{{Number: 1, At: at("2026-03-03 15:00"), Summary: "First release."}, {Number: 2, At: at("2026-03-05 10:00"), Summary: "A workaround is known."}},
		Publisher: publisher, Exploited: true, Published: at("2026-03-03 15:00"), Updated: at("2026-03-05 10:00"),
	}
}

// emptyAdvisory has only what a release cannot be without.
func emptyAdvisory() advisory.Advisory {
	return advisory.Advisory{
		ID: "QF-2026-0001", Title: "libquill: wrong answer", Overview: "x", Impact: "y", Remedy: "z",
		Severity: advisory.Severity{Level: advisory.Low}, Affected: []advisory.Affected{{Product: "libquill", Ranges: []advisory.Range{{Introduced: "0"}}}},
		Revisions: []advisory.Revision{{Number: 1, At: at("2026-01-01 00:00"), Summary: "First release."}},
		Publisher: publisher, Published: at("2026-01-01 00:00"), Updated: at("2026-01-01 00:00"),
	}
}

func fullListing() Listing {
	withdrawn := emptyAdvisory()
	withdrawn.ID, withdrawn.Title = "QF-2025-0140", "quill-cli: a report that did not hold"
	withdrawn.Withdrawn = &advisory.Withdrawal{At: at("2025-12-01 09:00"), Reason: "The fault is not there: the report was wrong."}
	high, moderate := emptyAdvisory(), emptyAdvisory()
	high.ID, high.Severity.Level, high.Title = "QF-2026-0009", advisory.High, "libquill: a redirect sends credentials to another host"
	moderate.ID, moderate.Severity.Level, moderate.Title = "QF-2026-0004", advisory.Moderate, "libquill: endless loop on a crafted archive whose name is so long that the title wraps over two lines"
	return Listing{
		Latest: []advisory.Advisory{fullAdvisory(), high, moderate, emptyAdvisory(), withdrawn}, Total: 260,
		Prenotices: []advisory.Prenotice{
			{ID: "PRE-2026-0003", Product: "libquill", Versions: "8.4.4, 8.3.9", Severity: advisory.Critical, Release: at("2026-04-02 14:00"), Zone: "UTC", Posted: at("2026-04-02 08:00"),
				Branches: []string{"8.4", "8.3"}, Mitigation: "Set this and restart:\n\n```\nmax_header_name = 200\n```\n\n- Nothing else is lost.\n- See [the manual](https://quillfeather.example/manual)."},
			{ID: "PRE-2026-0002", Product: "libquill", Versions: "8.4.3", Severity: advisory.High, Release: at("2026-04-08 14:00"), Zone: "Europe/Stockholm", Posted: at("2026-04-01 14:00"), Branches: []string{"8.4"}},
		},
		Past:     []advisory.Prenotice{{ID: "PRE-2026-0001", Product: "libquill", Versions: "8.4.2", Severity: advisory.Critical, Release: at("2026-03-03 15:00"), Zone: "UTC", Posted: at("2026-02-24 14:00"), Advisory: "QF-2026-0012"}},
		Archives: []Archive{{Year: 2026}, {Year: 2025, Part: 1}, {Year: 2025}},
		Products: []string{"libquill", "quill-cli", "Quill for Windows", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"},
	}
}

// site renders every page that a tree has, by path.
func renderAll(t *testing.T, s Site, l Listing, advisories ...advisory.Advisory) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	put := func(path string, page []byte, err error) {
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files[path] = page
	}
	if s.Handling != "" {
		page, err := Handling(s)
		put(HandlingPath, page, err)
	}
	feeds, err := Feeds(s, l.Products)
	put(FeedsPath, feeds, err)
	for _, p := range []string{FrontPath, SecurityPath} {
		page, err := Front(s, l, p)
		put(p, page, err)
	}
	page, err := List(s, l)
	put(ListPath, page, err)
	page, err = Keys(s)
	put(KeysPath, page, err)
	page, err = NotFound(s)
	put(NotFoundPath, page, err)
	for _, a := range l.Archives {
		page, err = ArchivePage(s, a, l.Latest)
		put(a.Path(), page, err)
	}
	for _, a := range append(advisories, l.Latest...) {
		page, err = Advisory(s, a, []Download{
			{Label: "Plain text", Path: AdvisoryPath(a.ID) + a.ID + ".txt", Size: 5120, SHA256: strings.Repeat("0a", 32)},
			{Label: "CSAF 2.0", Path: "csaf/white/2026/" + strings.ToLower(a.ID) + ".json", Size: 11264, SHA256: strings.Repeat("1b", 32)},
		})
		put(AdvisoryPagePath(a.ID), page, err)
		revisions := []advisory.Advisory{a}
		if len(a.Revisions) > 1 {
			first := a
			first.Workaround, first.Revisions = "", a.Revisions[:1]
			revisions = []advisory.Advisory{first, a}
		}
		page, err = History(s, revisions)
		put(HistoryPagePath(a.ID), page, err)
	}
	return files
}

func TestPages(t *testing.T) {
	t.Parallel()
	bare := Site{TeamName: "Bare", BaseURL: "https://bare.example/sec", Fingerprint: fullSite().Fingerprint, PublicKeyPath: "keys/k.asc"}
	for name, files := range map[string]map[string][]byte{
		"full":  renderAll(t, fullSite(), fullListing()),
		"empty": renderAll(t, bare, Listing{}, emptyAdvisory()),
	} {
		for _, asset := range look.PublicAssets() {
			files[asset.Path] = asset.Data
		}
		for p, page := range files {
			if strings.HasSuffix(p, ".html") {
				looktest.Check(t, name+" "+p, page)
				checkLinks(t, p, page, files)
			}
			if *out != "" {
				file := filepath.Join(*out, name, filepath.FromSlash(p))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, page, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// elsewhere are the parts of a tree that others render.
var elsewhere = []string{"keys/", "csaf/", "feed.atom", "feeds/", "SECURITY.md", ".well-known/", "advisories/"}

// checkLinks: every link of a page leads to a file of the tree from wherever
// the tree is put: it is relative, and it does not climb out.
func checkLinks(t *testing.T, from string, page []byte, files map[string][]byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if (a.Key != "href" && a.Key != "src") || strings.Contains(a.Val, ":") || strings.HasPrefix(a.Val, "#") {
				continue
			}
			if strings.HasPrefix(a.Val, "/") {
				if from != NotFoundPath && a.Val != "/report" && a.Val != "/mailbox" && a.Val != "/subscribe" && a.Val != "/lists" {
					t.Errorf("%s: the link %q is not relative", from, a.Val)
				}
				continue
			}
			target := path.Join(path.Dir(from), a.Val)
			if strings.HasSuffix(a.Val, "/") || a.Val == "" {
				target = path.Join(target, "index.html")
			}
			if strings.HasPrefix(target, "../") {
				t.Errorf("%s: the link %q climbs out of the tree", from, a.Val)
			}
			if files[target] == nil && (strings.HasSuffix(target, ".html") || !hasAnyPrefix(target, elsewhere)) {
				t.Errorf("%s: the link %q leads to %s, which is not there", from, a.Val, target)
			}
		}
	}
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// TestThirteenFields: each field that ISO/IEC 29147:2018 asks of an advisory
// has its label on the page, even where there is nothing to say.
func TestThirteenFields(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]advisory.Advisory{"full": fullAdvisory(), "empty": emptyAdvisory()} {
		page, err := Advisory(fullSite(), a, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, label := range []string{
			"Identifier", a.ID, "<h1>" + a.Title, "Overview", "Impact", "Severity", "References", "Affected versions", "Remediation",
			"Workarounds", "Credit", "Revision history", "Contact", a.Publisher.Contact, "Terms of use", a.Publisher.Terms, "Audience", a.Publisher.Audience,
		} {
			if !bytes.Contains(page, []byte(label)) {
				t.Errorf("%s: the page lacks %q", name, label)
			}
		}
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	one, two := renderAll(t, fullSite(), fullListing()), renderAll(t, fullSite(), fullListing())
	for p := range one {
		if !bytes.Equal(one[p], two[p]) {
			t.Errorf("%s differs from one time to the next", p)
		}
	}
}

func TestEscaped(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	a := fullAdvisory()
	a.Title, a.Overview, a.Impact, a.Remedy, a.Workaround = evil, evil, evil, evil, evil
	a.Credits = []advisory.Credit{{Name: evil, Role: evil, URL: "javascript:alert(1)"}}
	a.References = []advisory.Reference{{Kind: evil, URL: "javascript:alert(1)", Title: evil}}
	a.Timeline[0].What, a.Affected[0].Product, a.Affected[0].Ranges[0].Introduced = evil, evil, evil
	s := fullSite()
	s.Policy, s.Rules, s.TeamName = evil, []Rule{{evil, evil}}, evil
	s.Handling, s.Channels = "# "+evil+"\n"+evil+"\n## "+evil+"\n\n"+evil, []Channel{{Name: evil}}
	notice := fullListing().Prenotices[0]
	notice.Mitigation, notice.Branches = evil, []string{evil}
	for p, page := range renderAll(t, s, Listing{Latest: []advisory.Advisory{a}, Prenotices: []advisory.Prenotice{notice}, Products: []string{evil}}) {
		for _, bad := range []string{"<script>alert", "<img", "javascript:"} {
			if bytes.Contains(page, []byte(bad)) {
				t.Errorf("%s holds %q", p, bad)
			}
		}
	}
}

// TestAffectedRows: what an entry names one by one beside a range stands in
// the range's line, and is folded when there is much of it.
func TestAffectedRows(t *testing.T) {
	t.Parallel()
	one := []advisory.Range{{Introduced: "1.0", Fixed: "1.4"}}
	many := strings.Split(strings.Repeat("1.1 ", foldedVersions)+"1.2", " ")
	for name, c := range map[string]struct {
		affected advisory.Affected
		want     string
	}{
		"a range":             {advisory.Affected{Ranges: one}, "[range 0 false]"},
		"two ranges and few":  {advisory.Affected{Ranges: append(one, one...), Versions: many[:1]}, "[range 0 false range 1 false]"},
		"a range and many":    {advisory.Affected{Ranges: one, Versions: many}, "[range 9 true]"},
		"many without ranges": {advisory.Affected{Versions: many}, "[none 9 false]"},
	} {
		var got []string
		for _, r := range affectedRows([]advisory.Affected{c.affected}) {
			kind := "none"
			if r.Range != nil {
				kind = "range"
			}
			got = append(got, fmt.Sprint(kind, " ", len(r.Listed), " ", r.Folded))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: rows %v; want %s", name, got, c.want)
		}
	}
}

// TestAnnouncements: the front page tells what comes, the list also what came.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	l := fullListing()
	front, err := Front(fullSite(), l, FrontPath)
	if err != nil {
		t.Fatal(err)
	}
	list, err := List(fullSite(), l)
	if err != nil {
		t.Fatal(err)
	}
	for id, page := range map[string][]byte{l.Prenotices[0].ID: front, l.Past[0].ID: list} {
		if !bytes.Contains(page, []byte(id)) {
			t.Errorf("a page does not tell of %s", id)
		}
	}
	if bytes.Contains(front, []byte(l.Past[0].ID)) {
		t.Errorf("the front page tells of %s, which is past", l.Past[0].ID)
	}
}

func TestArchiveOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"QF-2026-0001": "advisories/2026/index.html", "QF-2026-0100": "advisories/2026/index.html",
		"QF-2026-0101": "advisories/2026-2/index.html", "A-B-1999-12345": "advisories/1999-124/index.html",
		"QF-2026-0000": "advisories/2026/index.html",
	} {
		a, err := ArchiveOf(id)
		if err != nil || a.Path() != want {
			t.Errorf("ArchiveOf(%q) = %s, %v; want %s", id, a.Path(), err, want)
		}
	}
	for _, id := range []string{"", "QF", "QF-26-1", "QF-2026-x", "QF-2026-"} {
		if a, err := ArchiveOf(id); err == nil {
			t.Errorf("ArchiveOf(%q) = %v; want an error", id, a)
		}
	}
}

func TestHistoryNamesChanges(t *testing.T) {
	t.Parallel()
	old, now := fullAdvisory(), fullAdvisory()
	now.Affected = []advisory.Affected{{Product: "libquill", Ranges: []advisory.Range{{Introduced: "7.0", Fixed: "8.4.2"}}}}
	now.Severity.Level = advisory.High
	var got []string
	for _, c := range fieldChanges(old, now) {
		got = append(got, c.Field)
	}
	if fmt.Sprint(got) != "[Severity Affected versions]" {
		t.Errorf("changed fields: %v", got)
	}
	if c := fieldChanges(old, now)[1]; c.After != "libquill from 7.0 before 8.4.2" {
		t.Errorf("the new versions read %q", c.After)
	}
}
