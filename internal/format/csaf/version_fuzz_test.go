package csaf

import (
	"strings"
	"testing"
)

// FuzzVersion: the order of revision numbers is an order, and two that are
// written alike but for build metadata are equal in it.
func FuzzVersion(f *testing.F) {
	f.Add("1", "1.0.0", "1.0.0-rc.1")
	f.Add("2.0.0-alpha.1", "2.0.0-alpha.beta", "2.0.0+x")
	f.Add("999999999999999999", "0", "0.0.0-0")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var v [3]revisionNumber
		for i, s := range []string{a, b, c} {
			n, err := parseVersion(Version(s))
			if err != nil {
				return
			}
			v[i] = n
			if bare, _, built := strings.Cut(s, "+"); built {
				if m, err := parseVersion(Version(bare)); err != nil || m.compare(n) != 0 {
					t.Errorf("%s and %s: %v", s, bare, err)
				}
			}
		}
		if v[0].compare(v[1]) != -v[1].compare(v[0]) || v[0].compare(v[0]) != 0 {
			t.Errorf("%s and %s", a, b)
		}
		if v[0].compare(v[1]) <= 0 && v[1].compare(v[2]) <= 0 && v[0].compare(v[2]) > 0 {
			t.Errorf("%s, %s, %s are in a circle", a, b, c)
		}
	})
}

// FuzzValues: a value that is refused is told in a short message without
// control characters of its own.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"CVE-2026-1", "cpe:/a:x", "pkg:golang/a@1", "de-CH-1996", "https://a/%zz", "2026-03-03T00:00:00Z", "CVSS:3.1/AV:N", "\x1b[2J", strings.Repeat("a", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, fault := range []string{
			Category(s).fault(), TrackingID(s).fault(), CVE(s).fault(), CWEID(s).fault(), HashValue(s).fault(), Lang(s).fault(), CPE(s).fault(),
			PURL(s).fault(), CVSSVector(s).fault(), URI(s).fault(), Version(s).fault(), dateTimeFault(s), Rating(s).fault(), NoteCategory(s).fault(),
		} {
			if len(fault) > 1_500 {
				t.Errorf("%q is answered by %d bytes: %q", s, len(fault), fault)
			}
		}
		name := Filename(TrackingID(s))
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789+-_.") != "" || !strings.HasSuffix(name, ".json") {
			t.Errorf("%q names the file %q", s, name)
		}
	})
}
