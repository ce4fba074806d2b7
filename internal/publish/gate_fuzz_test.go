package publish

import (
	"bytes"
	"testing"
	"time"

	"steward/internal/advisory"
)

// FuzzGate: an advisory with which the lint has no quarrel can be published in
// every form: no renderer fails and each validator takes what it made.
func FuzzGate(f *testing.F) {
	f.Add("libquill: overflow", "A *header* overflows.\n\n- a\n- b", "libquill", "Go", "example.org/quill", "pkg:golang/example.org/quill", "1.0.0", "1.4.2", "2.0.0", "https://example.org/1.4.2", "Ada Example", "CVE-2026-40001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
	f.Add("<b>&\u00ad", "| a |\n|---|\n| b |", "quill \"x\"", "", "", "", "0", "", "1:1.2~rc1+dfsg", "https://example.org/?a=b&c=%20", "\u00c5sa \u4e2d", "GHSA-vp9c-fpxx-744v", "")
	f.Add("x", "y", "q", "Debian:13", "quill", "pkg:deb/debian/quill?arch=amd64#x", "v1.0", "1.0+b", "*", "https://[::1]/", "-", "X-1", "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:C/C:N/I:N/A:L/E:U")
	f.Add("x", "[a]: https://example.org\n\n[a]", "q", "npm", "@quill/wasm", "pkg:npm/%40quill/wasm", "1.0.0-rc.1", "1.0.0", "1.0.0-rc.1+b", "https://example.org:8443/~x", "=cmd()", "CVE-2026-40001", "")
	s := site()
	f.Fuzz(func(t *testing.T, title, text, product, ecosystem, pack, purl, introduced, fixed, version, link, credit, alias, vector string) {
		a := draft(1)
		a.ID = "QF-2026-0001"
		a.Title, a.Overview, a.Impact, a.Workaround = title, text, text+".", text
		a.Affected = []advisory.Affected{{Product: product, Ecosystem: ecosystem, Package: pack, PURL: purl,
			Ranges: []advisory.Range{{Introduced: introduced, Fixed: fixed}}, Versions: []string{version}}}
		a.References[0].URL = link
		a.Credits[0].Name, a.Credits[0].Group = credit, product
		a.Aliases = []string{alias}
		a.Severity.CVSS31 = vector
		now := noon.Add(time.Hour)
		a.Published, a.Updated = now, now
		a.Revisions = []advisory.Revision{{Number: 1, At: now, Summary: "First release."}}
		stopped := advisory.Blocking(advisory.Lint(a, now))
		if err := Gate(s, a, now); (err == nil) != (len(stopped) == 0) {
			t.Errorf("the lint stops %v, the gate %v", stopped, err)
		}
	})
}

// FuzzRow: a line of a list of dates is read as it was written.
func FuzzRow(f *testing.F) {
	f.Add(`"2026/x.json","2026-03-03T00:00:00Z"`)
	f.Add(`2026-03-03T00:00:00Z,QF-2026-0001`)
	f.Add(`"","`)
	f.Fuzz(func(t *testing.T, line string) {
		for _, form := range []rowForm{changesRow, osvRow} {
			r, err := form.read(line)
			if err != nil {
				continue
			}
			if got := writtenRow(form, r); got != line+"\n" {
				t.Errorf("%q is read as %+v and written as %q", line, r, got)
			}
		}
	})
}

func writtenRow(form rowForm, r row) string {
	var b bytes.Buffer
	form.write(&b, r)
	return b.String()
}
