package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"steward/internal/advisory"
	"steward/internal/format/csaf"
	"steward/internal/format/osv"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

const commitA, commitB = "0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"

// released is a full advisory in its second revision; edit changes it before
// it is looked at.
func released(edit func(*advisory.Advisory)) advisory.Advisory {
	first, second := at("2026-03-03 15:00"), at("2026-03-05 10:00")
	a := advisory.Advisory{
		ID: "QF-2026-0012", Aliases: []string{"CVE-2026-40001", "GHSA-vp9c-fpxx-744v"},
		Title:    "libquill: overflow in the <header> parser",
		Overview: "A header of more than **64** bytes overflows `buf`:\n\n```c\nchar buf[64];\n\tstrcpy(buf, header); // no check\n```\n\nSee [the code](https://git.quillfeather.example/quill?a=1&b=2).",
		Impact:   "Whoever can send a header\n\n- runs code, or\n- stops the server.",
		Severity: advisory.Severity{Level: advisory.Critical, CVSS4: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		CWE:      []string{"CWE-787", "CWE-20"},
		Affected: []advisory.Affected{
			{Product: "libquill", Ecosystem: "Go", Package: "quillfeather.example/quill", PURL: "pkg:golang/quillfeather.example/quill",
				Ranges: []advisory.Range{{Introduced: "8.0.0", Fixed: "8.3.7"}, {Introduced: "v8.4.0", Fixed: "v8.4.2"}}},
			{Product: "quill-cli", Ranges: []advisory.Range{
				{Introduced: "1.0", Fixed: "2.2", Repo: "https://git.quillfeather.example/cli", IntroducedBy: commitA, FixedBy: commitB},
			}, Versions: []string{"2.3-small"}},
		},
		Remedy:     "Upgrade to 8.3.7 or 8.4.2.",
		Workaround: "Refuse headers of more than 64 bytes.",
		References: []advisory.Reference{{Kind: "release", URL: "https://quillfeather.example/8.4.2", Title: "Release 8.4.2"}, {Kind: "report", URL: "https://git.quillfeather.example/issues/7"}},
		Credits:    []advisory.Credit{{Name: "Ada Example", Role: "finder", URL: "https://ada.example", Group: "Example Labs"}, {Name: "Lin", Role: "remediation developer"}},
		Timeline:   []advisory.Event{{At: at("2026-02-01 09:00"), What: "Ada reports the fault."}},
		Revisions:  []advisory.Revision{{Number: 1, At: first, Summary: "First release."}, {Number: 2, At: second, Summary: "A workaround is known."}},
		Publisher:  publisher, Exploited: true, Published: first, Updated: second,
	}
	if edit != nil {
		edit(&a)
	}
	return a
}

// shapes are advisories of all the kinds that a project can have to write.
func shapes() map[string]advisory.Advisory {
	c := func(ranges []advisory.Range, versions ...string) func(*advisory.Advisory) {
		return func(a *advisory.Advisory) {
			a.Affected = []advisory.Affected{{Product: "quilld", Ranges: ranges, Versions: versions}}
		}
	}
	repo := "https://git.quillfeather.example/quilld"
	return map[string]advisory.Advisory{
		"full": released(nil),
		"withdrawn": released(func(a *advisory.Advisory) {
			a.Withdrawn = &advisory.Withdrawal{At: a.Updated, Reason: "The report was wrong."}
		}),
		"bare": released(func(a *advisory.Advisory) {
			*a = advisory.Advisory{ID: a.ID, Title: "quilld: crash", Overview: "It crashes.", Impact: "It stops.",
				Severity: advisory.Severity{Level: advisory.Low}, Affected: []advisory.Affected{{Product: "quilld", Ranges: []advisory.Range{{Introduced: "0"}}}},
				Remedy: "Wait for the next release.", Revisions: a.Revisions[:1], Publisher: publisher, Published: a.Published, Updated: a.Published}
		}),
		"c with commits":    released(c([]advisory.Range{{Introduced: "0", Fixed: "7.9", Repo: repo, FixedBy: commitB}})),
		"c unfixed":         released(c([]advisory.Range{{Introduced: "7.1", Repo: repo, IntroducedBy: commitA}})),
		"c without commits": released(c([]advisory.Range{{Introduced: "7.1", Fixed: "7.9"}})),
		"c semantic":        released(c([]advisory.Range{{Introduced: "7.1.0", LastAffected: "7.9.0-rc.1"}})),
		"odd versions":      released(c([]advisory.Range{{Introduced: "2021c", Fixed: "2022a"}}, "all", "before-2", "1:1.2~rc1+dfsg", "1.0")),
		"only versions":     released(c(nil, "3.1", "3.2")),
		"two cves":          released(func(a *advisory.Advisory) { a.Aliases = []string{"CVE-2026-40001", "CVE-2026-40002"} }),
		"unknown weakness":  released(func(a *advisory.Advisory) { a.CWE = []string{"CWE-999999"} }),
		"registered prefix": released(func(a *advisory.Advisory) { a.ID = "CURL-2026-0001" }),
		"debian": released(func(a *advisory.Advisory) {
			a.Affected = []advisory.Affected{{Product: "quill", Ecosystem: "Debian:13", Package: "quill", PURL: "pkg:deb/debian/quill",
				Ranges: []advisory.Range{{Introduced: "0", Fixed: "1:1.2-3+deb13u1"}}}}
		}),
		"every reference and role": released(func(a *advisory.Advisory) {
			a.References, a.Credits = nil, nil
			for _, k := range advisory.ReferenceKinds {
				a.References = append(a.References, advisory.Reference{Kind: k, URL: "https://quillfeather.example/" + k})
			}
			for _, r := range advisory.CreditRoles {
				a.Credits = append(a.Credits, advisory.Credit{Name: "Lin", Role: r, URL: "mailto:lin@quillfeather.example"})
			}
		}),
		"temporal score": released(func(a *advisory.Advisory) { a.Severity.CVSS31 += "/E:P/RL:O/RC:C/MAV:L" }),
		"same product twice": released(func(a *advisory.Advisory) {
			a.Affected = append(a.Affected, advisory.Affected{Product: "libquill", Ecosystem: "npm", Package: "@quill/wasm", PURL: "pkg:npm/%40quill/wasm", Ranges: []advisory.Range{{Introduced: "1.0.0", LastAffected: "1.9.0"}}})
		}),
	}
}

// forms are the machine-readable forms of an advisory and their validators.
var forms = []struct {
	name   string
	render func(Site, advisory.Advisory) ([]byte, error)
	faults func([]byte) []string
}{
	{"csaf.json", CSAF, func(b []byte) (faults []string) {
		for _, p := range csaf.Validate(b) {
			faults = append(faults, p.String())
		}
		return faults
	}},
	{"osv.json", OSV, func(b []byte) (faults []string) {
		for _, p := range osv.Errors(osv.Validate(b)) {
			faults = append(faults, p.String())
		}
		return faults
	}},
	{"txt", Text, func(b []byte) (faults []string) {
		if s := string(b); s != advisory.CleanText(s) {
			faults = append(faults, "holds hidden characters")
		}
		for line := range strings.Lines(string(b)) {
			if n := len([]rune(line)); n > 73 && !strings.Contains(line, "://") && !strings.HasPrefix(line, "    ") && !strings.Contains(line, "CVSS:") {
				faults = append(faults, "has a long line: "+line)
			}
		}
		return faults
	}},
}

// Whatever the lint lets pass is valid in every form, whether of a known
// ecosystem or of none, and the same each time.
func TestFormsAreValid(t *testing.T) {
	t.Parallel()
	for shape, a := range shapes() {
		if ps := advisory.Blocking(advisory.Lint(a, a.Updated)); len(ps) > 0 {
			t.Errorf("%s: the test's advisory is wrong: %v", shape, ps)
		}
		for _, form := range forms {
			b, err := form.render(fullSite(), a)
			if err != nil {
				t.Errorf("%s as %s: %v", shape, form.name, err)
				continue
			}
			for _, f := range form.faults(b) {
				t.Errorf("%s as %s: %s", shape, form.name, f)
			}
			again, err := form.render(fullSite(), a)
			if err != nil || !bytes.Equal(b, again) {
				t.Errorf("%s as %s differs the second time (%v)", shape, form.name, err)
			}
		}
	}
}

// Every advisory that the lint does not stop is valid in every form, however
// oddly it is put together.
func TestFormsAreValidWhateverPasses(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"a", "libquill", "<b>", "&", "ä", "1", "all", "a\u200cb", "`", "[x](y)", "pkg:x/y"})
	version := rapid.SampledFrom([]string{"1", "1.0", "1.0.0", "v2.0.0", "2.0.0-rc.1+b", "2021c", "all", "1:2-3~x", "é", "before", "1.0.0.0.0", "x_y"})
	ranges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) (r advisory.Range) {
		r.Introduced = rapid.OneOf(rapid.Just("0"), version).Draw(t, "introduced")
		switch rapid.IntRange(0, 3).Draw(t, "end") {
		case 0:
			r.Fixed = version.Draw(t, "fixed")
		case 1:
			r.LastAffected = version.Draw(t, "last")
		case 2:
			r.Repo, r.FixedBy = "https://git.example.org/r", commitB
			r.IntroducedBy = rapid.SampledFrom([]string{"", commitA}).Draw(t, "by")
		}
		return r
	}), 0, 2)
	affected := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) advisory.Affected {
		p := advisory.Affected{Product: word.Draw(t, "product"), Ranges: ranges.Draw(t, "ranges"), Versions: rapid.SliceOfN(version, 0, 2).Draw(t, "versions"),
			PURL: rapid.SampledFrom([]string{"", "pkg:golang/e.org/x", "pkg:generic/%C3%A4%20b", "pkg:npm/%40a/b?x=y#z"}).Draw(t, "purl")}
		if p.Ecosystem = rapid.SampledFrom([]string{"", "Go", "PyPI", "Debian:13"}).Draw(t, "ecosystem"); p.Ecosystem != "" {
			p.Package = word.Draw(t, "package")
		}
		return p
	}), 1, 2)
	passed := 0
	rapid.Check(t, func(rt *rapid.T) {
		a := released(func(a *advisory.Advisory) {
			a.Affected = affected.Draw(rt, "affected")
			a.Aliases = rapid.SliceOfN(rapid.SampledFrom([]string{"CVE-2026-40001", "CVE-2026-40002", "GO-2026-1", "x-y"}), 0, 2).Draw(rt, "aliases")
			a.Workaround, a.Title = word.Draw(rt, "workaround"), word.Draw(rt, "title")
			a.Credits[0].Group, a.References[0].Title = word.Draw(rt, "group"), word.Draw(rt, "link")
			a.References[0].URL = "https://e.example/" + rapid.SampledFrom([]string{"", "?q=%20", "ä", "<b>", "[x]", "a:b@c", "#x"}).Draw(rt, "path")
		})
		if len(advisory.Blocking(advisory.Lint(a, a.Updated))) > 0 {
			return
		}
		passed++
		for _, form := range forms[:2] {
			b, err := form.render(fullSite(), a)
			if err != nil {
				rt.Fatalf("%s: %v", form.name, err)
			}
			if faults := form.faults(b); len(faults) > 0 {
				rt.Fatalf("%s: %v", form.name, faults)
			}
		}
	})
	if passed < 5 {
		t.Errorf("%d advisories passed the lint: the test tests too little", passed)
	}
}

// The bytes of some forms are kept, so that each change of them is seen.
func TestFormsAreKept(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{"full", "withdrawn", "bare"} {
		for _, form := range forms {
			got, err := form.render(fullSite(), shapes()[shape])
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", shape+"."+form.name)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is not what is made now (%v); if it should be, run go test -update and read the difference", path, err)
			}
		}
	}
}

// Each of the thirteen fields of ISO/IEC 29147 is found in every form, of a
// withdrawn advisory too.
func TestFormsHoldAllFields(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{"full", "withdrawn"} {
		for _, form := range forms {
			b, err := form.render(fullSite(), shapes()[shape])
			if err != nil {
				t.Fatal(err)
			}
			if form.name != "txt" {
				b = unescaped(t, b)
			}
			text := strings.Join(strings.Fields(string(b)), " ")
			for field, want := range map[string]string{
				"identifier": "QF-2026-0012", "alias": "CVE-2026-40001", "title": "libquill: overflow in the <header> parser",
				"overview": "overflows `buf`", "impact": "stops the server.", "severity": "critical", "score": "CVSS:4.0/AV:N",
				"references": "https://quillfeather.example/8.4.2", "affected": "8.4.2", "remedy": "Upgrade to 8.3.7 or 8.4.2.",
				"workaround": "Refuse headers of more than 64 bytes.", "credit": "Ada Example", "revision": "A workaround is known.",
				"contact": publisher.Contact, "terms": publisher.Terms, "audience": publisher.Audience,
				"timeline": "Ada reports the fault.", "weakness": "CWE-20",
			} {
				if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
					t.Errorf("%s as %s has no %s (%q)", shape, form.name, field, want)
				}
			}
			if shape == "withdrawn" && !strings.Contains(text, "The report was wrong.") {
				t.Errorf("%s does not say why it is withdrawn", form.name)
			}
		}
	}
}

// unescaped writes every text of a JSON document on a line.
func unescaped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	d := json.NewDecoder(bytes.NewReader(b))
	for {
		token, err := d.Token()
		if err != nil {
			return out.Bytes()
		}
		if s, ok := token.(string); ok {
			out.WriteString(s + "\n")
		}
	}
}

func TestCSAFProducts(t *testing.T) {
	t.Parallel()
	type got struct{ names, purls []string }
	tree := func(a advisory.Advisory) (g got) {
		for _, vendor := range newCSAFProducts(a).tree {
			for _, product := range vendor.Branches {
				for _, v := range product.Branches {
					g.names = append(g.names, product.Name+": "+string(v.Category)+" "+v.Name)
					if h := v.Product.ProductIdentificationHelper; h != nil {
						g.purls = append(g.purls, string(h.PURL))
					}
				}
			}
		}
		return g
	}
	for shape, want := range map[string]got{
		"full": {[]string{
			"libquill (Go quillfeather.example/quill): product_version_range vers:golang/>=8.0.0|<8.3.7",
			"libquill (Go quillfeather.example/quill): product_version_range vers:golang/>=v8.4.0|<v8.4.2",
			"libquill (Go quillfeather.example/quill): product_version 8.3.7",
			"libquill (Go quillfeather.example/quill): product_version v8.4.2",
			"quill-cli: product_version_range vers:intdot/>=1.0|<2.2",
			"quill-cli: product_version_range vers:generic/2.3-small",
			"quill-cli: product_version 2.2",
		}, []string{"pkg:golang/quillfeather.example/quill", "pkg:golang/quillfeather.example/quill", "pkg:golang/quillfeather.example/quill@8.3.7", "pkg:golang/quillfeather.example/quill@v8.4.2",
			"pkg:generic/quill-cli", "pkg:generic/quill-cli@2.3-small", "pkg:generic/quill-cli@2.2"}},
		"bare":       {[]string{"quilld: product_version_range vers:all/*"}, []string{"pkg:generic/quilld"}},
		"c semantic": {[]string{"quilld: product_version_range vers:semver/>=7.1.0|<=7.9.0-rc.1"}, []string{"pkg:generic/quilld"}},
		"c unfixed":  {[]string{"quilld: product_version_range vers:intdot/>=7.1"}, []string{"pkg:generic/quilld"}},
		"odd versions": {[]string{
			"quilld: product_version_range vers:generic/>=2021c|<2022a", "quilld: product_version_range vers:generic/all",
			"quilld: product_version_range vers:generic/before-2", "quilld: product_version 1:1.2~rc1+dfsg", "quilld: product_version 1.0",
			"quilld: product_version 2022a",
		}, []string{"pkg:generic/quilld", "pkg:generic/quilld@all", "pkg:generic/quilld@before-2", "pkg:generic/quilld@1:1.2~rc1%2Bdfsg", "pkg:generic/quilld@1.0", "pkg:generic/quilld@2022a"}},
		"debian": {[]string{
			"quill (Debian:13): product_version_range vers:deb/<1:1.2-3%2Bdeb13u1", "quill (Debian:13): product_version 1:1.2-3+deb13u1",
		}, []string{"pkg:deb/debian/quill", "pkg:deb/debian/quill@1:1.2-3%2Bdeb13u1"}},
	} {
		g := tree(shapes()[shape])
		if !slices.Equal(g.names, want.names) || !slices.Equal(g.purls, want.purls) {
			t.Errorf("%s gives\n%s\n%v\nwant\n%s\n%v", shape, strings.Join(g.names, "\n"), g.purls, strings.Join(want.names, "\n"), want.purls)
		}
	}
}

// Products with a fix are told to upgrade, the others that there is none.
func TestCSAFRemediations(t *testing.T) {
	t.Parallel()
	mixed := released(func(a *advisory.Advisory) {
		a.Affected[1].Ranges, a.Affected[1].Versions = []advisory.Range{{Introduced: "1.0"}}, nil
	})
	got := map[csaf.RemediationCategory][]csaf.ProductID{}
	for _, r := range csafRemediations(mixed, newCSAFProducts(mixed)) {
		got[r.Category] = r.ProductIDs
	}
	if !slices.Equal(got[csaf.VendorFix], []csaf.ProductID{"CSAFPID-0001", "CSAFPID-0002"}) ||
		!slices.Equal(got[csaf.NoneAvailable], []csaf.ProductID{"CSAFPID-0005"}) || len(got[csaf.Workaround]) != 3 {
		t.Errorf("remediations: %v", got)
	}
	mixed.References = append(mixed.References, advisory.Reference{Kind: "fix", URL: "https://quillfeather.example/patch"})
	if r := csafRemediations(mixed, newCSAFProducts(mixed)); len(r) != 2 || len(r[0].ProductIDs) != 3 {
		t.Errorf("with a patch: %v", r)
	}
}

func TestOSVAffected(t *testing.T) {
	t.Parallel()
	for shape, want := range map[string]string{
		"full": `[{"package":{"ecosystem":"Go","name":"quillfeather.example/quill","purl":"pkg:golang/quillfeather.example/quill"},` +
			`"ranges":[{"type":"SEMVER","events":[{"introduced":"8.0.0"},{"fixed":"8.3.7"}]},{"type":"SEMVER","events":[{"introduced":"8.4.0"},{"fixed":"8.4.2"}]}],` +
			`"database_specific":{"product":"libquill"}},` +
			`{"ranges":[{"type":"GIT","repo":"https://git.quillfeather.example/cli","events":[{"introduced":"` + commitA + `"},{"fixed":"` + commitB + `"}]}],` +
			`"versions":["2.3-small","1.0"],"database_specific":{"product":"quill-cli","ranges":["from 1.0 before 2.2"]}}]`,
		"c with commits": `[{"ranges":[{"type":"GIT","repo":"https://git.quillfeather.example/quilld","events":[{"introduced":"0"},{"fixed":"` + commitB + `"}]}],` +
			`"database_specific":{"product":"quilld","ranges":["before 7.9"]}}]`,
		"c unfixed": `[{"ranges":[{"type":"GIT","repo":"https://git.quillfeather.example/quilld","events":[{"introduced":"` + commitA + `"}]}],` +
			`"versions":["7.1"],"database_specific":{"product":"quilld","ranges":["from 7.1"]}}]`,
		"c without commits": `[{"versions":["7.1"],"database_specific":{"product":"quilld","ranges":["from 7.1 before 7.9"]}}]`,
		"c semantic":        `[{"ranges":[{"type":"SEMVER","events":[{"introduced":"7.1.0"},{"last_affected":"7.9.0-rc.1"}]}],"database_specific":{"product":"quilld"}}]`,
		"only versions":     `[{"versions":["3.1","3.2"],"database_specific":{"product":"quilld"}}]`,
		"debian": `[{"package":{"ecosystem":"Debian:13","name":"quill","purl":"pkg:deb/debian/quill"},` +
			`"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.2-3+deb13u1"}]}],"database_specific":{"product":"quill"}}]`,
	} {
		affected, err := osvAffected(shapes()[shape])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(affected); err != nil || string(got) != want {
			t.Errorf("%s gives (%v)\n%s\nwant\n%s", shape, err, got, want)
		}
	}
}

// The two packages that know OSV's ecosystems know the same ones.
func TestEcosystemsAgree(t *testing.T) {
	t.Parallel()
	for _, name := range osv.Ecosystems {
		a := released(func(a *advisory.Advisory) {
			a.Affected = []advisory.Affected{{Product: "p", Ecosystem: name, Package: "p", Ranges: []advisory.Range{{Introduced: "0"}}}}
		})
		ok := len(advisory.Blocking(advisory.Lint(a, a.Updated))) == 0
		// GIT is a word of the schema's for a repository, not an ecosystem.
		if ok != (name != "GIT") {
			t.Errorf("the lint and OSV differ on %s", name)
		}
	}
}

// Whatever a field holds, plain text neither steers a terminal nor turns the
// reading order around.
func TestTextIsClean(t *testing.T) {
	t.Parallel()
	const evil = "a\x1b]0;x\x07\u202eb\u2066\x00\r\nc"
	b, err := Text(fullSite(), released(func(a *advisory.Advisory) {
		a.ID, a.Aliases, a.Title, a.Overview, a.Remedy, a.CWE = evil, []string{evil}, evil, evil, evil, []string{evil}
		a.Affected = []advisory.Affected{{Product: evil, Ecosystem: evil, Package: evil, Ranges: []advisory.Range{{Introduced: evil, Fixed: evil}}, Versions: []string{evil}}}
		a.References, a.Credits = []advisory.Reference{{Kind: evil, URL: evil, Title: evil}}, []advisory.Credit{{Name: evil, Role: evil, Group: evil}}
		a.Timeline, a.Withdrawn = []advisory.Event{{What: evil}}, &advisory.Withdrawal{Reason: evil}
		a.Publisher = advisory.Publisher{Name: evil, Namespace: evil, Contact: evil, Terms: evil, Audience: evil}
		a.Revisions[0].Summary = evil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(string(b), advisory.Hidden) {
		t.Errorf("%q", b)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	a := released(func(a *advisory.Advisory) {
		a.Published = time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 2*3600))
	})
	for got, want := range map[string]string{
		CSAFPath(a):               ".well-known/csaf/white/2025/qf-2026-0012.json",
		OSVPath(a.ID):             "osv/x_QF-2026-0012.json",
		OSVPath("CURL-2026-0001"): "osv/CURL-2026-0001.json",
		TextPath(a.ID):            "advisories/QF-2026-0012/QF-2026-0012.txt",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
